"""Read features, or figures per area, from any vector file, with every check on the way.

Known are GeoPackage, GeoJSON, shapefile, SpatiaLite (.sqlite), and a zip of one of them.
"""

import shutil
import weakref
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pyogrio
import shapely

from gis.crs import NETHERLANDS_RD
from layers.sources.area_geometry import crs_name, is_known_crs, overlaps_netherlands
from layers.sources.records import find_column
from layers.sources.row_account import RowAccount, RowReport
from layers.sources.vector_files import (
    VECTOR_SUFFIXES,
    FileRefusedError,
    VectorLayer,
    digest,
    layers_of,
    private_copy,
    read_rows,
    temporary_folder,
)

SPATIALITE = ".sqlite"
BATCH_ROWS = 10_000
# GDAL holds a GeoJSON in memory as a whole, some ten times its size.
MAX_JSON_BYTES = 300_000_000

_READ_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FieldError,
)

Row = TypeVar("Row")
RawRow = tuple[dict[str, Any], Any, bool, str, str]
"""Columns, shape or None, whether it was readable, CRS, and the name of the file's layer."""


class SourceRows(Generic[Row]):
    """The rows of one file or service; iterate over them once, then look at :attr:`report`.

    ``total`` is the number of rows announced, if it was, for a progress bar; refused rows count
    as read.
    """

    def __init__(
        self,
        total: int | None,
        account: RowAccount,
        rows: Callable[[], Iterator[Row]],
        folder: Path | None = None,
    ) -> None:
        self.total = total
        self._account = account
        self._rows = rows
        if folder is not None:
            self._close = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def __iter__(self) -> Iterator[Row]:
        yield from self._rows()

    @property
    def rows_read(self) -> int:
        """How many rows were read so far."""
        return self._account.rows_in

    @property
    def report(self) -> RowReport:
        """The account so far; complete when all rows have been read."""
        return self._account.report()


@dataclass(frozen=True)
class OpenFile:
    """A vector file that was found in order: its layers, and where its private copy stands."""

    path: Path
    layers: tuple[VectorLayer, ...]
    folder: Path

    @property
    def total(self) -> int:
        """How many rows its layers have together."""
        return sum(layer.rows for layer in self.layers)

    def rows(self, given_crs: str | None) -> Iterator[RawRow]:
        """Yield every row. Raises :class:`FileRefusedError` when the file breaks off."""
        for layer in self.layers:
            crs = layer.crs or given_crs or ""
            read = 0
            try:
                for record, shape, readable in read_rows(layer, BATCH_ROWS):
                    read += 1
                    yield record, shape, readable, crs, layer.name
            except _READ_ERRORS as error:
                raise FileRefusedError(
                    f"{self.path.name} breaks off after {read} of {layer.rows} rows."
                ) from error
            if read != layer.rows:
                raise FileRefusedError(
                    f"{self.path.name} announces {layer.rows} rows in {layer.name} and has {read}."
                )


def open_file(
    path: Path,
    account: RowAccount,
    required: Collection[tuple[str, ...]],
    *,
    crs: str | None = None,
    parts: Collection[str] = (),
    with_shapes: bool = True,
) -> OpenFile:
    """Open a vector file and check it as a whole.

    ``required`` are groups of column names of which a layer must have one; ``parts`` names the
    layers to read when the file has them. ``crs`` is for a file that does not say its own.

    Raises :class:`FileRefusedError`: no such file, unreadable, no layer with the columns asked,
    no coordinate system, or coordinates outside the Netherlands.
    """
    if not path.is_file():
        raise FileRefusedError(f"{path.name} is not a file.")
    _check_kind(path)
    account.sha256 = digest(path)
    folder = temporary_folder()
    try:
        copy = _copy(path, folder)
        chosen = _with_columns(path, _named(_layers(copy, path), parts), required)
        if with_shapes:
            for layer in chosen:
                _check_crs(layer, path, crs)
            declared = sorted({crs_name(layer.crs or crs or "") for layer in chosen})
            account.crs_declared = ", ".join(declared)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return OpenFile(path, tuple(chosen), folder)


def _check_kind(path: Path) -> None:
    suffix = path.suffix.lower()
    known = (*VECTOR_SUFFIXES, SPATIALITE, ".zip")
    if suffix not in known:
        raise FileRefusedError(
            f"{path.name}: this kind of file is not known. Known are {', '.join(known)}."
        )
    if suffix in (".geojson", ".json") and path.stat().st_size > MAX_JSON_BYTES:
        raise FileRefusedError(
            f"{path.name} is larger than {MAX_JSON_BYTES // 1_000_000} MB; "
            "turn it into a GeoPackage."
        )


def _copy(path: Path, folder: Path) -> Path:
    if path.suffix.lower() == SPATIALITE:
        return Path(shutil.copyfile(path, folder / path.name))
    return private_copy(path, folder)


def _layers(copy: Path, path: Path) -> list[VectorLayer]:
    try:
        return layers_of(copy)
    except _READ_ERRORS as error:
        raise FileRefusedError(f"{path.name} is broken or cut off.") from error


def _named(found: list[VectorLayer], parts: Collection[str]) -> list[VectorLayer]:
    named = [layer for layer in found if layer.name.lower() in parts]
    return named or found


def _with_columns(
    path: Path, found: list[VectorLayer], required: Collection[tuple[str, ...]]
) -> list[VectorLayer]:
    missing: dict[str, str] = {}
    chosen = []
    for layer in found:
        lacks = [names for names in required if find_column(layer.columns, names) is None]
        if lacks:
            missing[layer.name] = " and ".join(" or ".join(names) for names in lacks)
        else:
            chosen.append(layer)
    if not chosen:
        told = "; ".join(f"layer {name} has no column {names}" for name, names in missing.items())
        raise FileRefusedError(f"{path.name}: {told or 'there is no layer in it'}.")
    return chosen


def _check_crs(layer: VectorLayer, path: Path, given: str | None) -> None:
    if layer.bounds is None or layer.rows == 0:
        return
    crs = layer.crs or given
    if crs is None:
        raise FileRefusedError(
            f"{path.name}, layer {layer.name}, does not say its coordinate system. "
            "Add it (a .prj file beside a shapefile), for instance EPSG:28992."
        )
    if not is_known_crs(crs):
        raise FileRefusedError(f"{path.name}: the coordinate system {crs} is not known.")
    if overlaps_netherlands(layer.bounds, crs):
        return
    west, south, east, north = layer.bounds
    swapped = (south, west, north, east)
    hint = "The coordinate system is wrong."
    if overlaps_netherlands(swapped, crs):
        hint = "The first and second coordinate were swapped."
    elif shapely.box(*layer.bounds).intersects(shapely.box(*NETHERLANDS_RD)) and east > 360:
        hint = "The numbers look like EPSG:28992."
    raise FileRefusedError(
        f"{path.name}, layer {layer.name}, says it is in {crs_name(crs)}, but its coordinates are "
        f"then not in the Netherlands. {hint}"
    )
