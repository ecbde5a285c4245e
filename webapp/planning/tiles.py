"""Vector tiles of the planner's map, cut and capped in the database.

From `FIRST_POINT_ZOOM` on a tile holds the wishes themselves, the newest `MOST_FEATURES` of them.
Below, it holds the cells of the cluster grid, each with its `count`; a cell with one wish is that
wish. Filters on the case, theme, kind and status work on the grid; with any other filter a tile
from afar holds the newest wishes instead, because the grid does not know it.

A statement is made once per selection and kept as text. What it compares with then stands in it as
a constant: ours, or what the forms have checked to be one of few choices. What a planner types
freely is always a parameter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from gis.crs import WEB
from webapp.areas.models import AreaOutline
from webapp.areas.outlines import band_of
from webapp.deals.models import Case
from webapp.fast_sql import Executor, prepared, written
from webapp.geodata import tile_box, tile_statement
from webapp.permissions import Scope
from webapp.planning import queries
from webapp.planning.forms import Filters
from webapp.wishes.cluster_grid import FINEST_ZOOM, FIRST_POINT_ZOOM, SPLIT_ZOOM, cells_of_tile
from webapp.wishes.models import Wish, WishCell, WishCellPart, WishPoint
from webapp.wishes.publication import wishes_for_staff

MOST_FEATURES = 2000
"""Of one tile; more is neither legible nor quick. The map says so when it happens."""
MARGIN_SHARE = 0.05
"""How far beyond a tile its features are taken, as a share of the tile: symbols cross the edge."""
WORLD_METRES = 40_075_017
ON_THE_GRID = ("theme", "kind", "status")
ELSEWHERE = ("case", "phase")
"""Filters that the grid serves by the case, and those that are not about wishes."""

_Z, _X, _Y = (bindparam(name, type_=Integer, required=False) for name in "zxy")
_FIRST, _LAST = (bindparam(name, type_=BigInteger, required=False) for name in ("first", "last"))
_PLACE = ("z", "x", "y")
_RANGE = (*_PLACE, "first", "last")


# --- Areas ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AreasAsked:
    """Which areas a tile shows, with which figure; as `queries.areas_shown` takes it."""

    level: str
    year: int
    figure: str | None
    municipalities: tuple[str, ...]
    codes: tuple[str, ...] = ()


def area_tile(executor: Executor, asked: AreasAsked, z: int, x: int, y: int) -> bytes:
    """Outlines with `code`, `name`, `value`; no cap, because a hole in a choropleth is a lie."""
    return _bytes(executor.rows(_area_text(asked, band_of(z)), {"z": z, "x": x, "y": y}))


@lru_cache(maxsize=200)
def _area_text(asked: AreasAsked, band: int | None) -> str:
    shown = (asked.level, asked.year, asked.figure, asked.municipalities, asked.codes)
    rows = queries.areas_shown(*shown).subquery("shown_areas")
    geom: Any = rows.c.geom_web
    if band is not None:
        simple = select(AreaOutline.geom_web).where(
            AreaOutline.area_id == rows.c.id, AreaOutline.band == band
        )
        geom = func.coalesce(simple.scalar_subquery(), geom)
    columns = (rows.c.code, rows.c.name, rows.c.value, rows.c.is_schematic)
    inside = rows.c.geom_web.op("&&")(tile_box(_Z, _X, _Y))
    drawn = select(*columns, geom.label("geom_web")).where(inside)
    return prepared(tile_statement("areas", drawn, _Z, _X, _Y), *_PLACE)


# --- Wishes -----------------------------------------------------------------------------------


def wish_tile(executor: Executor, scope: Scope, filters: Filters, z: int, x: int, y: int) -> bytes:
    """Wishes with `id`, `kind`, `theme`, `status`, or clusters of them with `count`. `of` tells how
    many a tile really has of which it holds the newest."""
    off_grid = is_off_grid(filters)
    table = WishPoint if z >= FIRST_POINT_ZOOM or off_grid else _grid_for(z, filters)
    place = _place(z, x, y, of_points=table is WishPoint)
    if off_grid:
        text, given = written(_drawn_wishes(scope, filters))
        return _bytes(executor.rows(text, given | place))
    if z >= FIRST_POINT_ZOOM:
        return _bytes(executor.rows(_wish_text(scope, filters), place))
    return _bytes(executor.rows(_grid_text(table, scope, filters, _shift(table, z)), place))


def public_wish_tile(executor: Executor, z: int, x: int, y: int) -> bytes:
    """The same of what everyone may see: from the public grid, which holds nothing else."""
    is_far = z < FIRST_POINT_ZOOM
    place = _place(z, x, y, of_points=not is_far)
    text = _grid_text(WishCell, None, Filters(), 0) if is_far else _public_text()
    return _bytes(executor.rows(text, place))


def is_off_grid(filters: Filters) -> bool:
    served = (*ON_THE_GRID, *ELSEWHERE)
    return any(
        getattr(filters, field.name) for field in fields(filters) if field.name not in served
    )


def _grid_for(z: int, filters: Filters) -> Any:
    if not any(getattr(filters, name) for name in ON_THE_GRID):
        return WishCell
    return WishCellPart if z <= SPLIT_ZOOM else WishPoint


def _shift(table: Any, z: int) -> int:
    return 2 * (FINEST_ZOOM - z) if table is WishPoint else 0


def _place(z: int, x: int, y: int, *, of_points: bool) -> dict[str, int]:
    first, last = cells_of_tile(z, x, y, FINEST_ZOOM if of_points else z)
    return {"z": z, "x": x, "y": y, "first": first, "last": last}


@lru_cache(maxsize=500)
def _grid_text(table: Any, scope: Scope | None, filters: Filters, shift: int) -> str:
    """Clusters from a grid, or from points that are gathered now; without a scope the public ones."""
    of = table.__table__.c
    cell = of.cell.op(">>")(literal_column(str(shift))) if shift else of.cell
    number = func.count() if table is WishPoint else func.sum(of.wishes)
    newest = of.wish_id if table is WishPoint else of.newest_id
    conditions = [of.is_public.is_(scope is None), of.cell.between(_FIRST, _LAST)]
    conditions += [] if table is WishPoint else [of.zoom == _Z]
    conditions += [of[name] == getattr(filters, name) for name in ON_THE_GRID if getattr(filters, name)]  # fmt: skip
    conditions += [scope.limit(of.case_id)] if scope else []
    if filters.case:
        asked = select(Case.id).where(Case.slug == filters.case).scalar_subquery()
        conditions.append(of.case_id == asked)
    found = (
        select(
            func.max(newest).label("newest"),
            number.label("wishes"),
            *(_common(of[name]).label(name) for name in ON_THE_GRID),
            *(func.sum(of[name]).label(name) for name in ("x", "y")),
        )
        .where(*conditions)
        .group_by(cell)
        .subquery("found")
    )
    middle = func.ST_MakePoint(*(found.c[name].op("/")(found.c.wishes) for name in ("x", "y")))
    clusters = select(
        case((found.c.wishes == 1, found.c.newest)).label("id"),
        found.c.wishes.cast(Integer).label("count"),
        *(found.c[name] for name in ON_THE_GRID),
        func.ST_SetSRID(middle, WEB).label("geom_web"),
    )
    return prepared(tile_statement("wishes", clusters, _Z, _X, _Y), *_RANGE)


def _common(column: Any) -> Any:
    """What all of a cell have, null where they differ."""
    is_one = (func.min(column) == func.max(column)) & (func.count(column) == func.count())
    return case((is_one, func.min(column)))


@lru_cache(maxsize=500)
def _wish_text(scope: Scope, filters: Filters) -> str:
    return prepared(_drawn_wishes(scope, filters), *_RANGE)


def _drawn_wishes(scope: Scope, filters: Filters) -> Select[Any]:
    """The wishes of a tile: those with a place of their own by its index, those of a whole
    neighbourhood by the grid."""
    own = wishes_for_staff(scope).add_columns(Wish.geom_web.label("drawn")).subquery("own_places")
    whole = wishes_for_staff(scope).where(Wish.geom.is_(None), Wish.id.in_(_whole_areas()))
    of_areas = whole.subquery("of_areas")
    names = ("id", "kind", "theme", "status")
    parts = [
        _filtered(
            own, filters, *(own.c[name] for name in names), own.c.drawn.label("geom_web")
        ).where(own.c.drawn.op("&&")(_box())),
        _filtered(of_areas, filters, *(of_areas.c[name] for name in names), of_areas.c.geom_web),
    ]
    return _capped("wishes", union_all(*parts).subquery("together"), names)


def _whole_areas() -> Select[Any]:
    of = WishPoint.__table__.c
    conditions = (of.is_public.is_(False), of.is_whole_area, of.cell.between(_FIRST, _LAST))
    return select(of.wish_id).where(*conditions)


def _filtered(wishes: Subquery, filters: Filters, *columns: Any) -> Select[Any]:
    cases = aliased(Case)
    rows = select(*columns).where(*queries.wish_conditions(wishes, cases, filters))
    return rows.join(cases, cases.id == wishes.c.case_id) if filters.case else rows


@lru_cache(maxsize=1)
def _public_text() -> str:
    of = WishPoint.__table__.c
    place = func.ST_SetSRID(func.ST_MakePoint(of.x, of.y), WEB)
    rows = select(
        *(of.wish_id.label("id"), of.kind, of.theme, of.status, place.label("geom_web"))
    ).where(of.is_public, of.cell.between(_FIRST, _LAST))
    names = ("id", "kind", "theme", "status")
    return prepared(_capped("wishes", rows.subquery("together"), names), *_RANGE)


# --- Interventions ----------------------------------------------------------------------------


def intervention_tile(
    executor: Executor, scope: Scope, filters: Filters, language: str, z: int, x: int, y: int
) -> bytes:
    """Interventions with `id`, `phase`, `phase_type`, `title`; `of` as for wishes."""
    rows = queries.interventions_shown(scope, filters, language)
    names = ("id", "phase", "phase_type", "title")
    inside = select(rows).where(rows.c.geom_web.op("&&")(_box())).subquery("inside")
    text, given = written(_capped("interventions", inside, names))
    return _bytes(executor.rows(text, given | {"z": z, "x": x, "y": y}))


def _box() -> Any:
    margin = WORLD_METRES * MARGIN_SHARE / func.power(2, _Z)
    return tile_box(_Z, _X, _Y, margin)


def _capped(name: str, rows: Subquery, names: Sequence[str]) -> Select[Any]:
    found = (
        select(
            *(rows.c[column] for column in names),
            func.count().over().label("of"),
            rows.c.geom_web,
        )
        .order_by(rows.c.id.desc())
        .limit(MOST_FEATURES)
    )
    return tile_statement(name, found, _Z, _X, _Y)


def _bytes(rows: Any) -> bytes:
    return bytes(rows[0][0] or b"") if rows else b""
