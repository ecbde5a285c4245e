"""Vector tiles of the planner's map: the rows of `queries`, cut and capped in the database."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select

from gis.crs import RD
from webapp.errors import NotFound
from webapp.geodata import vector_tile

MOST_FEATURES = 2000
"""Of one tile; more is neither legible nor quick. The map says so when it happens."""
DEEPEST_ZOOM = 22
MARGIN_SHARE = 0.05
"""How far beyond a tile its features are taken, as a share of the tile: symbols cross the edge."""
WORLD_METRES = 40_075_017
FIRST_ZOOM_WITHIN_RD = 7
"""Below it the corners of a tile have no place in RD."""


def area_tile(areas: Select[Any], z: int, x: int, y: int) -> bytes:
    """Outlines with `code`, `name`, `value`; no cap, because a hole in a choropleth is a lie."""
    rows = areas.subquery("areas")
    columns = (rows.c.code, rows.c.name, rows.c.value, rows.c.is_schematic, rows.c.geom_web)
    _check(z, x, y)
    return vector_tile("areas", select(*columns).where(rows.c.geom_web.is_not(None)), z, x, y)


def wish_tile(wishes: Subquery, z: int, x: int, y: int) -> bytes:
    """Wishes with `id`, `kind`, `theme`, `status`; `of` tells how many the tile really has."""
    names = ("id", "kind", "theme", "status")
    return _capped("wishes", wishes, names, (z, x, y))


def intervention_tile(interventions: Subquery, z: int, x: int, y: int) -> bytes:
    """Interventions with `id`, `phase`, `phase_type`, `title`; `of` as for wishes."""
    names = ("id", "phase", "phase_type", "title")
    return _capped("interventions", interventions, names, (z, x, y))


def _capped(
    name: str, rows: Subquery, names: tuple[str, ...], place: tuple[int, int, int]
) -> bytes:
    _check(*place)
    columns = [rows.c[column] for column in names]
    found = (
        select(*columns, func.count().over().label("of"), rows.c.geom_web)
        .where(_near(rows, *place))
        .order_by(rows.c.id.desc())
        .limit(MOST_FEATURES)
    )
    return vector_tile(name, found, *place)


def _near(rows: Subquery, z: int, x: int, y: int) -> ColumnElement[bool]:
    """Within a tile and its margin. Compared in RD: moving every place to web mercator is slow."""
    box = func.ST_Expand(func.ST_TileEnvelope(z, x, y), WORLD_METRES / 2**z * MARGIN_SHARE)
    if z < FIRST_ZOOM_WITHIN_RD:
        return rows.c.geom_web.op("&&")(box)
    return rows.c.geom.op("&&")(func.ST_Transform(box, RD))


def _check(z: int, x: int, y: int) -> None:
    if z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
