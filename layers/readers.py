"""The readers of the catalogue: from a file or service to checked features or figures per area.

``READERS[layer.reader]`` says how a layer's source is written. :func:`read_features` and
:func:`read_area_values` read a file, :func:`fetch_features` and :func:`fetch_area_values` a
service. Rasters are read by ``layers.raster`` and have no entry here.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from layers.catalogue import CATALOGUE
from layers.layer import Layer
from layers.sources import bag, bgt, cbs, cbs_odata, klimaateffectatlas, leefbaarometer, networks
from layers.sources.any_file import OpenFile, SourceRows, open_file
from layers.sources.area_values import (
    AreaValueChecker,
    AreaValues,
    exact_column,
    figures_of,
    read_all,
)
from layers.sources.feature_rows import FeatureChecker, FeatureRow, Profile
from layers.sources.http import Host
from layers.sources.row_account import Refusal, RowAccount, RowReport
from layers.sources.services import Bbox, addresses_of, allowed_host, features
from layers.sources.vector_files import FileRefusedError

__all__ = [
    "READERS",
    "AreaValues",
    "FeatureRow",
    "FileRefusedError",
    "Reader",
    "RowReport",
    "SourceRows",
    "fetch_area_values",
    "fetch_features",
    "read_area_values",
    "read_features",
]

_CODES = ("buurtcode", "bu_code", "wijkcode", "wk_code", "gemeentecode", "gm_code", "code", "id")

_CBS_REFUSALS: dict[str, Refusal] = {
    "duplicate": "duplicate",
    "foreign": "outside_netherlands",
    "not_a_polygon": "wrong_shape",
    "outside_netherlands": "outside_netherlands",
    "unreadable_geometry": "unreadable_geometry",
}

RecordCheck = Callable[[Iterator[Mapping[str, Any]], RowAccount], Iterator[Mapping[str, Any]]]


@dataclass(frozen=True)
class Reader:
    """How one kind of source is read.

    ``profile`` tells how features are written, per layer. Figures per area come from the "table"s
    of StatLine, from the columns of a vector "file", or with CBS's own "areas"; ``check`` looks at
    each record of a file before it is read.
    """

    kind: Literal["features", "area_values"]
    profile: Callable[[Layer], Profile] | None = None
    values_from: Literal["file", "table", "areas"] = "file"
    check: RecordCheck | None = None


def _features(profile: Profile) -> Reader:
    return Reader("features", lambda layer: profile)


READERS: dict[str, Reader] = {
    "any_shapes": _features(Profile()),
    "areas": Reader("area_values", values_from="areas"),
    "bag_buildings": _features(bag.BUILDINGS),
    "bag_dwellings": _features(bag.DWELLINGS),
    "bgt_cover": _features(bgt.COVER),
    "bgt_paving": _features(bgt.PAVING),
    "bkn_area_types": Reader("features", networks.area_types),
    "coolness": _features(klimaateffectatlas.COOLNESS),
    "cycling_network": _features(networks.ROUTES),
    "health": Reader("area_values", values_from="table"),
    "leefbaarometer": Reader("area_values", check=leefbaarometer.checked_sums),
    "long_walks": _features(networks.ROUTES),
    "natura_2000": _features(networks.NATURE),
    "nearness": Reader("area_values", values_from="table"),
    "parks": _features(networks.PARKS),
    "perception": Reader("area_values"),
    "pet_neighbourhood": Reader("area_values"),
    "ses_woa": Reader("area_values", values_from="table"),
    "trees": _features(bgt.TREES),
    "walking_network": _features(networks.ROUTES),
}


def read_features(
    layer: Layer, path: Path, *, crs: str | None = None, column: str | None = None
) -> SourceRows[FeatureRow]:
    """Open a file of a vector layer: GeoPackage, GeoJSON, shapefile, SpatiaLite, or a zip of one.

    ``crs`` is for a file that does not say its own; ``column`` names the column with the values
    of an own file. At most some 10,000 rows are in memory.

    Raises :class:`FileRefusedError`, also while reading when the file turns out to be cut off.
    """
    profile = _profile(layer, column)
    account = RowAccount()
    opened = open_file(path, account, profile.required, crs=crs, parts=profile.parts)
    checker = FeatureChecker(layer, profile, account)
    return SourceRows(
        opened.total, account, lambda: _feature_rows(opened, checker, crs), opened.folder
    )


def fetch_features(
    layer: Layer,
    address: str,
    hosts: Collection[str],
    *,
    bbox: Bbox | None = None,
    host: Host | None = None,
) -> SourceRows[FeatureRow]:
    """Open a WFS (``…?typeNames=…``) or OGC API Features (``…/collections/…/items``).

    ``hosts`` are the ones that may be asked; ``host`` is a connection that is open already.
    ``bbox`` is in EPSG:28992; features that do not touch it are not given.

    Raises ``services.HostRefusedError`` at once and ``SourceUnavailable`` while reading.
    """
    asked = host or allowed_host(address, hosts)
    account = RowAccount(crs_declared="OGC:CRS84 or EPSG:28992")
    checker = FeatureChecker(layer, _profile(layer, None), account)

    def rows() -> Iterator[FeatureRow]:
        for one in addresses_of(address):
            for record, shape, readable, crs in features(one, asked, bbox):
                if not readable:
                    account.refuse("unreadable_geometry")
                    continue
                row = checker.read(record, shape, crs, _collection(one))
                if row is not None and _touches(row, bbox):
                    yield row

    return SourceRows(None, account, rows)


def read_area_values(
    layer: Layer, path: Path, *, year: int | None = None
) -> SourceRows[AreaValues]:
    """Open a file of figures per area; every figure of the same source that is in it is read.

    ``year`` is the edition for records that do not tell their own.

    Raises :class:`FileRefusedError`, also while reading when the file turns out to be cut off.
    """
    reader = READERS[layer.reader]
    if reader.values_from == "areas":
        return _cbs_areas(layer, path, year)
    if reader.values_from == "table":
        return cbs_odata.read_table(path, layer, _siblings(layer), year)
    account = RowAccount()
    required = (_CODES, (str(layer.column),))
    opened = open_file(path, account, required, with_shapes=False)
    columns = tuple(dict.fromkeys(name for part in opened.layers for name in part.columns))
    figures = figures_of(_siblings(layer), columns, exact_column)
    checker = AreaValueChecker(figures, account, year)
    return SourceRows(
        opened.total, account, lambda: _value_rows(_records(opened), checker, reader), opened.folder
    )


def fetch_area_values(
    layer: Layer,
    address: str,
    hosts: Collection[str],
    *,
    municipalities: Collection[str] = (),
    bbox: Bbox | None = None,
    host: Host | None = None,
) -> SourceRows[AreaValues]:
    """Open a service with figures per area: a WFS, or a table of StatLine.

    A table is asked per municipality (codes such as GM0392), a WFS within ``bbox`` (EPSG:28992).
    Raises ``services.HostRefusedError`` and ``SourceUnavailable``.
    """
    asked = host or allowed_host(address, hosts)
    reader = READERS[layer.reader]
    if reader.values_from == "table":
        path = urlsplit(address).path
        return cbs_odata.fetch_table(asked, path, layer, _siblings(layer), municipalities)
    account = RowAccount()
    columns = {str(column): sibling for column, sibling in _siblings(layer).items()}
    checker = AreaValueChecker(columns, account)

    def rows() -> Iterator[AreaValues]:
        records = (record for record, _, _, _ in features(address, asked, bbox))
        yield from _value_rows(records, checker, reader)

    return SourceRows(None, account, rows)


def _profile(layer: Layer, column: str | None) -> Profile:
    reader = READERS[layer.reader]
    if reader.profile is None:
        raise ValueError(f"{layer.id} has no features to read")
    profile = reader.profile(layer)
    if column is None:
        return profile
    return replace(profile, values=(column,), required=(*profile.required, (column,)))


def _feature_rows(
    opened: OpenFile, checker: FeatureChecker, crs: str | None
) -> Iterator[FeatureRow]:
    for record, shape, readable, declared, name in opened.rows(crs):
        if not readable:
            checker.account.refuse("unreadable_geometry")
            continue
        # A file of one layer is often named after the collection, and its layer is not.
        part = name if name.lower() in checker.profile.parts else opened.path.stem
        row = checker.read(record, shape, declared, part)
        if row is not None:
            yield row


def _records(opened: OpenFile) -> Iterator[Mapping[str, Any]]:
    for record, _, _, _, _ in opened.rows(None):
        yield record


def _value_rows(
    records: Iterator[Mapping[str, Any]], checker: AreaValueChecker, reader: Reader
) -> Iterator[AreaValues]:
    checked = records if reader.check is None else reader.check(records, checker.account)
    yield from read_all(checked, checker)


def _siblings(layer: Layer) -> dict[str, Layer]:
    """Give the layers that come from the same source, by their column."""
    return {
        str(each.column): each
        for each in (*CATALOGUE.values(), layer)
        if each.reader == layer.reader and each.column
    }


def _cbs_areas(layer: Layer, path: Path, year: int | None) -> SourceRows[AreaValues]:
    areas = cbs.read_areas(path, year=year)
    account = RowAccount()

    def rows() -> Iterator[AreaValues]:
        for row in areas:
            account.loaded += 1
            numbers = {key: each for key, each in row.figures.items() if isinstance(each, float)}
            yield AreaValues(row.code, numbers, dict(row.missing), row.year)
        account.crs_declared, account.sha256 = areas.report.crs_declared, areas.report.sha256
        for rejection in areas.report.rejected:
            account.refuse(_CBS_REFUSALS.get(rejection.reason, "bad_code"))

    return SourceRows(areas.total, account, rows)


def _collection(address: str) -> str:
    steps = urlsplit(address).path.rstrip("/").split("/")
    return steps[-2] if steps[-1] == "items" and len(steps) > 1 else steps[-1]


def _touches(row: FeatureRow, bbox: Bbox | None) -> bool:
    if bbox is None:
        return True
    west, south, east, north = row.geometry.bounds
    return bool(west <= bbox[2] and east >= bbox[0] and south <= bbox[3] and north >= bbox[1])
