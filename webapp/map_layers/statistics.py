"""What an edition says of every area: exact for cells and shapes, honest about what is not known.

Definitions of a raster: `mean`, `min`, `max` (the layer's unit) and `share_above:<limit>` (0 to 1
of the area with data) for the publisher's class limits, each of which lies in the class below it;
`details` of `mean` has the share per class. Of shapes: `area_share` and `area_share:<category>` (0 to 1 of the area), `length_m`,
`count`, and `mean` of the values. `no_data_share` is the part of the area (0 to 1) about which the
edition says nothing.
"""

import contextlib
import hashlib
import math
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from flask import current_app
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, insert, select

from gis.coverage import Coverage, Grid, ZoneStatistics, build_coverage
from layers.layer import Layer
from layers.raster_palette import class_starts
from webapp.areas.models import LEVELS, Area
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.map_layers import vector_statistics
from webapp.map_layers.models import LayerAreaValue, LayerEdition
from webapp.map_layers.queries import layer_store, open_raster

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Zone:
    """An area to compute for; `geometry` is EPSG:28992."""

    area_id: int
    municipality_code: str
    geometry: BaseGeometry


def compute(found: LayerEdition, progress: Progress) -> int:
    """Compute the values of all areas anew and add them; the caller commits. Returns how many."""
    if found.kind in ("area_figure", "picture") or found.bounds is None:
        return 0
    db.session.execute(delete(LayerAreaValue).where(LayerAreaValue.edition_id == found.id))
    total = 0
    for place, level in enumerate(LEVELS):
        zones = zones_of(level, found)
        if found.kind == "raster":
            rows = _raster_rows(found, zones)
        else:
            rows = vector_statistics.rows(found, [zone.area_id for zone in zones])
        total += _insert(rows)
        progress(place + 1, len(LEVELS))
    return total


def _insert(rows: list[dict[str, Any]]) -> int:
    if rows:
        db.session.execute(insert(LayerAreaValue), rows)
    return len(rows)


def zones_of(level: str, found: LayerEdition) -> list[Zone]:
    """The areas of a level that meet an edition: of each municipality the newest real outlines."""
    rank = func.dense_rank().over(
        partition_by=Area.municipality_code, order_by=(Area.is_schematic, Area.year.desc())
    )
    ranked = (
        select(Area.id, Area.municipality_code, Area.geom, rank.label("rank"))
        .where(Area.level == level, Area.geom.is_not(None), ~Area.water)
        .subquery()
    )
    rows = db.session.execute(
        select(ranked.c.id, ranked.c.municipality_code, ranked.c.geom)
        .where(ranked.c.rank == 1)
        .where(func.ST_Intersects(ranked.c.geom, stored(shape(found.bounds))))
        .order_by(ranked.c.municipality_code, ranked.c.id)
    )
    return [Zone(key, code, shape(geom)) for key, code, geom in rows]


def _raster_rows(found: LayerEdition, zones: list[Zone]) -> list[dict[str, Any]]:
    if not zones:
        return []
    raster = open_raster(found)
    limits = _limits(found.layer)
    shapes, starts = [zone.geometry for zone in zones], list(limits.values())
    known = _coverage(shapes, raster.grid).statistics(raster.values, starts)
    rows: list[dict[str, Any]] = []
    for place, zone in enumerate(zones):
        rows += _rows_of(found, zone, known, place, limits)
    return rows


def _limits(layer: Layer) -> dict[str, float]:
    """Where each next class begins, by the definition's name: the upper limit of the one below."""
    if layer.categories:
        return {}
    uppers = [each.upper for each in layer.official_classes[:-1]]
    starts = class_starts(layer, uppers)
    return {f"{upper:g}": float(start) for upper, start in zip(uppers, starts, strict=True)}


def _coverage(shapes: list[BaseGeometry], grid: Grid) -> Coverage:
    """Which cells the areas cover: computed once for these very shapes on this very grid."""
    digest = hashlib.blake2b(repr(grid).encode(), digest_size=16)
    for each in shapely.to_wkb(shapes):
        digest.update(each)
    path = layer_store() / "coverage" / f"{digest.hexdigest()}.npz"
    with contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile):
        return Coverage.load(path.read_bytes())
    made = build_coverage(shapes, grid)
    write_whole(path, made.save())
    return made


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a full disk costs time later, not the import."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError as error:
        current_app.logger.warning("a coverage could not be kept: %s", type(error).__name__)


def _rows_of(
    found: LayerEdition, zone: Zone, known: ZoneStatistics, place: int, limits: dict[str, float]
) -> list[dict[str, Any]]:
    """Rows of one area. Without a cell with data there is no number, and the reason is told."""
    without = min(1.0, max(0.0, float(known.no_data_share[place])))
    mean = _number(known.mean[place])
    above = {name: _number(known.share_at_least[start][place]) for name, start in limits.items()}
    details: dict[str, Any] = {
        "area_m2": round(float(known.area_m2[place]), 3),
        "valid_area_m2": round(float(known.valid_area_m2[place]), 3),
    }
    if mean is None:
        details["reason"] = "missing"
    elif above:
        shares = known.class_shares(list(limits.values()))[place]
        details["class_shares"] = [float(share) for share in shares]
    values = {"mean": mean, "min": _number(known.min[place])}
    values["max"] = _number(known.max[place])
    values |= {f"share_above:{name}": share for name, share in above.items()}
    return [
        {
            "edition_id": found.id,
            "area_id": zone.area_id,
            "definition": definition,
            "value": value,
            "no_data_share": without,
            "details": details if definition == "mean" or mean is None else {},
        }
        for definition, value in values.items()
    ]


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
