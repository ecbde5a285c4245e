"""Puts what a file holds into place: cells into the edition's folder, shapes and figures in rows."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import shapely
from sqlalchemy import func, insert, select

from layers.catalogue import classes_of
from layers.layer import Layer
from layers.raster import RasterFacts, store_raster
from layers.raster_check import opened
from layers.readers import (
    AreaValues,
    FeatureRow,
    FileRefusedError,
    RowReport,
    SourceRows,
    fetch_area_values,
    fetch_features,
    read_area_values,
    read_features,
)
from layers.sources.row_account import REFUSALS
from webapp.areas.models import Area
from webapp.deals.models import Case, CasePart
from webapp.extensions import db
from webapp.geodata import stored
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature
from webapp.map_layers.queries import folder_of
from webapp.map_layers.sources import edition_in

BATCH_ROWS = 2000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SAMPLE = 20_000
"""At most so many values make the classes, spread evenly over the rows."""

MARGIN = 1000.0
"""Metres around the cases for which a service is asked."""
EDGE = 1.0
"""Metres around the outermost features: points on one line have an extent without a surface."""
_CORNERS = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """A file whose header passed all checks, or a service that may be asked.

    `rows` is None for a raster, `path` for a service: then `digest` is of the rows, once read.
    """

    layer: Layer
    path: Path | None = None
    crs: str | None = None
    reproject: bool = False
    rows: SourceRows[Any] | None = None
    digest: Any = field(default_factory=hashlib.sha256)


def open_source(path: Path, layer: Layer, crs: str, reproject: bool) -> Source:
    """Check what a file says of itself. Raises `FileRefusedError`."""
    given = crs or None
    if layer.geometry == "raster":
        with opened(path, layer, declared_crs=given, reproject=reproject):
            return Source(layer, path, given, reproject)
    rows: SourceRows[Any]
    if layer.geometry == "area_figure":
        rows = read_area_values(layer, path, year=_year(path))
    else:
        rows = read_features(layer, path, crs=given)
    return Source(layer, path, given, rows=rows)


def _year(path: Path) -> int | None:
    found = edition_in(path.name)
    return int(found) if found else None


def is_service(layer: Layer) -> bool:
    """Whether the publisher gives the layer as a service to ask, not as a file to fetch."""
    address = urlsplit(layer.download or "")
    is_asked = "typenames=" in address.query.lower() or "odata" in address.path.lower()
    return is_asked or address.path.rstrip("/").endswith("/items")


def open_service(layer: Layer, hosts: Collection[str]) -> Source:
    """Ask the publisher's service for what lies in and around the cases of this installation.

    Raises `FileRefusedError` when the host is not on the list or no case has a place yet.
    """
    address = layer.download or ""
    extent = db.session.execute(
        select(*(getattr(func, name)(func.ST_Extent(CasePart.geom)) for name in _CORNERS))
    ).one()
    if extent[0] is None:
        raise FileRefusedError(
            "No case has a place on the map yet, so it is not known where to ask."
        )
    west, south, east, north = extent
    around = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    rows: SourceRows[Any]
    if layer.geometry == "area_figure":
        codes = sorted(set(db.session.scalars(select(Case.municipality_code))))
        rows = fetch_area_values(layer, address, hosts, municipalities=codes, bbox=around)
    else:
        rows = fetch_features(layer, address, hosts, bbox=around)
    return Source(layer, rows=rows)


def store(found: LayerEdition, source: Source, progress: Progress) -> None:
    """Store all of a source; the edition's row gets its counts. Raises `FileRefusedError`."""
    if source.rows is None:
        _store_raster(found, source, progress)
    elif found.kind == "area_figure":
        _store_figures(found, _noted(source), source.rows, progress)
    else:
        _store_features(found, _noted(source), source.rows, progress)


def _noted(source: Source) -> Iterator[Any]:
    """The rows; those of a service are added to its digest as they pass."""
    for row in source.rows or ():
        if source.path is None:
            source.digest.update(repr(row).encode())
        yield row


def _store_raster(found: LayerEdition, source: Source, progress: Progress) -> None:
    if source.path is None:
        raise FileRefusedError("Only files of a raster can be measured in, not its pictures.")
    folder = folder_of(found)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = store_raster(
        source.path,
        source.layer,
        folder,
        progress,
        declared_crs=source.crs,
        reproject=source.reproject,
    ).facts
    found.crs_declared = told.crs_declared
    found.rows_in, found.rows_loaded = told.cells, told.cells_valid
    found.rows_rejected = 0
    found.warnings = [*told.remarks, *_cells_without(told)]
    found.bounds = stored(shapely.box(*told.bounds))
    found.statistics = {
        **_spread(source.layer, told.sample),
        "min": told.minimum,
        "max": told.maximum,
        "mean": told.mean,
        "missing": told.cells - told.cells_valid,
        "resolution": told.grid.cell,
        "width": told.grid.width,
        "height": told.grid.height,
    }


def _cells_without(told: RasterFacts) -> list[str]:
    notes = [f"{count} cells have no value ({reason})." for reason, count in told.nodata.items()]
    if told.crs_assumed:
        notes.append(f"The file does not say its CRS; {told.crs_declared} was given with it.")
    if told.reprojected:
        notes.append(f"The cells were moved from {told.crs_declared} to EPSG:28992, nearest cell.")
    return notes


def _spread(layer: Layer, values: Iterable[float]) -> dict[str, Any]:
    """What the values look like: quantiles, and the limits of computed classes."""
    known = sorted(values)
    if not known:
        return {}
    told: dict[str, Any] = {
        "quantiles": {f"{share:g}": known[round(share * (len(known) - 1))] for share in QUANTILES}
    }
    if layer.scheme != "official":
        classes = classes_of(layer, known)
        told |= {"breaks": list(classes.breaks), "counts": list(classes.counts)}
    return told


def _store_features(
    found: LayerEdition,
    passing: Iterator[FeatureRow],
    rows: SourceRows[FeatureRow],
    progress: Progress,
) -> None:
    """Write batch after batch, each committed: nobody sees them before the edition is ready."""
    seen = _Seen(rows.total)
    bounds: list[shapely.Geometry] = []
    while batch := list(islice(passing, BATCH_ROWS)):
        # Rows that lie together are stored together, so that a tile reads few pages.
        ordered = sorted(batch, key=lambda row: _nearness(row.geometry))
        db.session.execute(insert(LayerFeature), [_feature(found.id, row) for row in ordered])
        bounds.append(shapely.box(*shapely.total_bounds([row.geometry for row in batch])))
        seen.add([row.value for row in batch])
        db.session.commit()
        progress(rows.rows_read, rows.total or rows.rows_read)
    _tell(found, rows.report)
    if not found.rows_loaded:
        raise FileRefusedError(f"{found.file_name} holds no feature that can be loaded.")
    west, south, east, north = shapely.total_bounds(bounds)
    found.bounds = stored(shapely.box(west - EDGE, south - EDGE, east + EDGE, north + EDGE))
    found.statistics = seen.statistics(found.layer)


def _nearness(geometry: shapely.Geometry) -> tuple[float, float]:
    west, south, _, _ = geometry.bounds
    return (west // 500, south)


def _feature(edition_id: int, row: FeatureRow) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "source_key": row.source_key or None,
        "name": row.name or None,
        "value": row.value,
        "reason": row.reason,
        "category": row.category,
        "properties": row.properties,
        "geom": stored(row.geometry),
    }


class _Seen:
    """The values so far, in bounded memory."""

    def __init__(self, total: int | None) -> None:
        self.every = max(1, (total or 0) // SAMPLE)
        self.sample: list[float] = []
        self.count = self.missing = 0
        self.sum = 0.0
        self.least: float | None = None
        self.most: float | None = None

    def add(self, values: list[float | None]) -> None:
        for value in values:
            if value is None:
                self.missing += 1
                continue
            if self.count % self.every == 0:
                self.sample.append(value)
            self.count += 1
            self.sum += value
            self.least = value if self.least is None else min(self.least, value)
            self.most = value if self.most is None else max(self.most, value)

    def statistics(self, layer: Layer) -> dict[str, Any]:
        if self.least is None or self.most is None:
            return {}
        return {
            **_spread(layer, [self.least, *self.sample, self.most]),
            "min": self.least,
            "max": self.most,
            "mean": self.sum / self.count,
            "missing": self.missing,
        }


def _store_figures(
    found: LayerEdition,
    passing: Iterator[AreaValues],
    rows: SourceRows[AreaValues],
    progress: Progress,
) -> None:
    """Figures of areas that are loaded; those of other areas are counted as rejected."""
    figure = found.layer.figure or ""
    asked: dict[str, AreaValues] = {}
    for row in passing:
        known = asked.get(row.code)
        is_newer = known is None or (row.year or 0) >= (known.year or 0)
        if is_newer and (figure in row.values or figure in row.reasons):
            asked[row.code] = row
    _tell(found, rows.report)
    areas = _areas(asked)
    made = [
        {
            "edition_id": found.id,
            "area_id": area_id,
            "definition": "value",
            "value": asked[code].values.get(figure),
            "no_data_share": 0.0 if figure in asked[code].values else 1.0,
            "details": _why(asked[code], figure),
        }
        for code, area_id in areas.items()
    ]
    if not made:
        raise FileRefusedError(
            f"{found.file_name} holds no figure of an area that is loaded; load CBS's areas first "
            "(balanskaart areas import)."
        )
    db.session.execute(insert(LayerAreaValue), made)
    without = len(asked) - len(areas)
    found.rows_loaded = len(made)
    found.rows_rejected = found.rows_in - len(made)
    if without:
        found.warnings = [*found.warnings, f"{without} rows are of areas that are not loaded."]
    seen = _Seen(len(made))
    seen.add([row["value"] for row in made])
    found.statistics = seen.statistics(found.layer)
    found.bounds = _around(list(areas.values()))
    progress(found.rows_in, found.rows_in)


def _why(row: AreaValues, figure: str) -> dict[str, Any]:
    year = {"year": row.year} if row.year else {}
    return year | ({} if figure in row.values else {"reason": row.reasons.get(figure, "missing")})


def _areas(codes: Iterable[str]) -> dict[str, int]:
    """The newest real area of each code; a shape counts for more than a year."""
    rows = db.session.execute(
        select(Area.code, Area.id)
        .where(Area.code.in_(list(codes)), ~Area.water)
        .order_by(Area.geom.is_not(None), Area.is_schematic.desc(), Area.year)
    )
    return {code: key for code, key in rows}  # noqa: C416 - the last one wins


def _around(area_ids: list[int]) -> Any:
    """The box around areas, None when none of them has a shape."""
    box = func.ST_SetSRID(func.ST_Extent(Area.geom), func.max(func.ST_SRID(Area.geom)))
    return db.session.scalar(
        select(func.ST_Envelope(box)).where(Area.id.in_(area_ids), Area.geom.is_not(None))
    )


def _tell(found: LayerEdition, report: RowReport) -> None:
    found.crs_declared = report.crs_declared
    found.rows_in, found.rows_loaded = report.rows_in, report.rows_loaded
    found.rows_rejected = report.rows_rejected
    found.warnings = [
        *(
            f"{each.count} rows rejected: {REFUSALS[each.reason]} "
            f"(row {', '.join(map(str, each.rows[:5]))}{' …' if each.count > 5 else ''})"
            for each in report.rejected
        ),
        *([f"{report.repaired} geometries were made valid."] if report.repaired else []),
        *report.warnings,
    ]
