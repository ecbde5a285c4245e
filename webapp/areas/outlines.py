"""Outlines of areas made simple per band of zoom levels, so that a tile from afar stays small.

All areas of a level and edition are made simple together: a border between two neighbours stays
one line, without slivers or gaps (`shapely.coverage_simplify`, Visvalingam). The tolerance is about
half a pixel on the screen at the deepest zoom of the band. Web mercator only: for drawing, never
for measuring.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import delete, insert, select

from gis.crs import WEB
from webapp.areas.models import Area, AreaOutline
from webapp.extensions import db
from webapp.geodata import multipolygon

BANDS = (6, 8, 10, 12)
"""The deepest zoom of each band; deeper than the last, tiles hold the outlines as they are."""
SCREEN_PIXELS = 512
WORLD_METRES = 40_075_017
BATCH_ROWS = 500


def band_of(zoom: int) -> int | None:
    """The band that a zoom level belongs to; None: the outlines as they are."""
    return next((band for band in BANDS if zoom <= band), None)


def tolerance(band: int) -> float:
    """Half a pixel at the deepest zoom of a band, in metres of web mercator."""
    return WORLD_METRES / 2**band / SCREEN_PIXELS / 2


def simplify_outlines(years: Iterable[int] = ()) -> int:
    """Make the simple outlines of these editions anew, of all without any; returns how many
    areas got them. The caller commits."""
    wanted = (Area.year.in_(list(years)),) if years else ()
    groups = db.session.execute(
        select(Area.level, Area.year, Area.is_schematic)
        .where(Area.geom.is_not(None), *wanted)
        .distinct()
    ).all()
    return sum(_simplify(*group) for group in groups)


def _simplify(level: str, year: int, is_schematic: bool) -> int:
    edition = (Area.level == level, Area.year == year, Area.is_schematic.is_(is_schematic))
    rows = db.session.execute(
        select(Area.id, Area.geom_web).where(*edition, Area.geom_web.is_not(None))
    ).all()
    ids = [row.id for row in rows]
    shapes = np.array([to_shape(row.geom_web) for row in rows], dtype=object)
    old = select(Area.id).where(*edition)
    db.session.execute(delete(AreaOutline).where(AreaOutline.area_id.in_(old)))
    for band in BANDS:
        _store(ids, shapely.coverage_simplify(shapes, tolerance(band)), band)
    return len(ids)


def _store(ids: list[int], shapes: Any, band: int) -> None:
    values = [
        {"area_id": key, "band": band, "geom_web": from_shape(multipolygon(shape), srid=WEB)}
        for key, shape in zip(ids, shapes, strict=True)
        if not shape.is_empty
    ]
    for start in range(0, len(values), BATCH_ROWS):
        db.session.execute(insert(AreaOutline), values[start : start + BATCH_ROWS])
