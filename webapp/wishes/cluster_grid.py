"""The cluster grid: how many wishes lie in each cell of each zoom level, for maps from afar.

Below `FIRST_POINT_ZOOM` a tile shows cells instead of wishes, so it costs the same however many
wishes there are, and every wish counts. A tile has `CELLS_PER_SIDE` × `CELLS_PER_SIDE` cells, and
cells are numbered along a Z-order curve: a cell's parent is its number shifted by two bits, and a
tile of any zoom is one range of numbers.

Two grids stand side by side: of what staff see, and of what everyone sees. Both are made of the
selections in `publication` and of nothing else.

Whatever changes a wish leaves a row in `wish_changes` (a trigger, in the same transaction). The
worker takes these rows, reads their wishes again and counts the cells that they were or are in
anew, from the finest up. It never adds or subtracts, so it can't drift, and taking a row twice is
harmless.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Select, and_, delete, func, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from webapp.areas.models import TileRevision
from webapp.extensions import db
from webapp.permissions import Scope
from webapp.wishes.models import Wish, WishChange, WishPoint
from webapp.wishes.publication import NEIGHBOURHOOD_ONLY, published_wishes, wishes_for_staff

FIRST_POINT_ZOOM = 14
"""From here on a tile shows the wishes themselves."""
FINEST_ZOOM = FIRST_POINT_ZOOM - 1
SPLIT_ZOOM = 10
"""Up to here the grid is also kept split by kind, theme and status; finer tiles hold few enough
wishes to be counted when they are asked for."""
CELL_BITS = 5
CELLS_PER_SIDE = 2**CELL_BITS
BATCH = 1000
POLL_SECONDS = 0.5
LOCK = 0x63656C6C73
"""One worker counts at a time."""

_EVERYTHING = Scope(True, frozenset(), frozenset())
_PARTS = "kind, theme, status"
_COLUMNS = f"is_public, zoom, cell, case_id, {_PARTS}, wishes, x, y, newest_id"
_SAME = ", ".join(
    f"CASE WHEN count({name}) = count(*) AND min({name}) = max({name}) THEN min({name}) END"
    for name in ("kind", "theme", "status")
)
_DIRTY = "unnest(CAST(:publics AS boolean[]), CAST(:cells AS bigint[])) AS dirty (p, c)"

Cells = Sequence[tuple[bool, int]]


def catch_up(most: int = BATCH) -> int:
    """Take at most so many changes into the grid, in one transaction; returns how many it took."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        db.session.rollback()
        return 0
    waiting = select(WishChange.id).order_by(WishChange.id).limit(most)
    taken = db.session.execute(
        delete(WishChange)
        .where(WishChange.id.in_(waiting.scalar_subquery()))
        .returning(WishChange.wish_id, WishChange.unsafe_area_id)
    ).all()
    if taken:
        affected = _affected(taken)
        _count(sorted(_move(affected)))
        _raise_revision()
    db.session.commit()
    return len(taken)


def catch_up_completely() -> int:
    """Take everything that waits; returns how many changes that were."""
    total = 0
    while taken := catch_up():
        total += taken
    return total


def recount() -> tuple[int, int]:
    """Make both grids anew; returns how many wishes staff and how many everyone can see."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    db.session.execute(delete(WishChange))
    db.session.execute(text("TRUNCATE wish_points, wish_cells, wish_cell_parts"))
    counts = [_insert_points(is_public, rows) for is_public, rows in _selections()]
    db.session.execute(text("ANALYZE wish_points"))
    for zoom in range(FINEST_ZOOM, -1, -1):
        _insert_level(zoom, "")
    db.session.execute(text("ANALYZE wish_cells, wish_cell_parts"))
    _raise_revision()
    db.session.commit()
    return counts[0], counts[1]


@contextlib.contextmanager
def keeping_up(make_app: Callable[[], Flask], seconds: float = POLL_SECONDS) -> Iterator[None]:
    """Inside, a thread of its own looks every so many seconds for changes and takes them in. It
    asks instead of listening: NOTIFY would make everyone who places a wish queue at the commit."""
    over = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(make_app, over, seconds), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _keep_up(make_app: Callable[[], Flask], over: threading.Event, seconds: float) -> None:
    app = make_app()
    while not over.is_set():
        taken = 0
        try:
            with app.app_context():
                taken = catch_up()
        except SQLAlchemyError as error:
            # The database is away or was busy; the changes wait there for the next turn.
            app.logger.warning("the grid of wishes waits: %s", type(error).__name__)
        if taken < BATCH:
            over.wait(seconds)


def _selections() -> tuple[tuple[bool, Select[Any]], tuple[bool, Select[Any]]]:
    return (False, wishes_for_staff(_EVERYTHING)), (True, published_wishes())


def _affected(taken: Iterable[Any]) -> list[int]:
    """The wishes of these changes. Whether an unsafe place shows depends on its neighbours, so all
    of its neighbourhood come along."""
    ids = {row.wish_id for row in taken}
    areas = {row.unsafe_area_id for row in taken} - {None}
    if areas:
        unsafe = and_(Wish.kind.in_(NEIGHBOURHOOD_ONLY), Wish.area_id.in_(areas))
        ids |= set(db.session.scalars(select(Wish.id).where(unsafe, Wish.status == "published")))
    return sorted(ids)


def _move(ids: list[int]) -> set[tuple[bool, int]]:
    """Put these wishes where they are now; returns the cells that they left and came into."""
    gone = delete(WishPoint).where(WishPoint.wish_id.in_(ids))
    cells = {(row[0], row[1]) for row in db.session.execute(gone.returning(WishPoint.is_public, WishPoint.cell))}  # fmt: skip
    for is_public, rows in _selections():
        _insert_points(is_public, rows.where(Wish.id.in_(ids)))
    here = select(WishPoint.is_public, WishPoint.cell).where(WishPoint.wish_id.in_(ids))
    return cells | {(row[0], row[1]) for row in db.session.execute(here)}


def _insert_points(is_public: bool, rows: Select[Any]) -> int:
    shown = rows.add_columns(Wish.geom.is_(None).label("is_whole_area")).subquery("shown")
    # A line or an area counts where its middle is.
    middle = func.ST_PointOnSurface(shown.c.geom_web)
    x, y = func.ST_X(middle), func.ST_Y(middle)
    placed = (
        select(
            true() if is_public else ~true(),
            *(shown.c.id, shown.c.case_id, shown.c.kind, shown.c.theme, shown.c.status),
            *(shown.c.is_whole_area, x.label("x"), y.label("y")),
        )
        .where(shown.c.geom_web.is_not(None))
        .subquery("placed")
    )
    columns = [column.name for column in WishPoint.__table__.c]
    given = select(*placed.c, func.web_cell(placed.c.x, placed.c.y))
    result: Any = db.session.execute(insert(WishPoint.__table__).from_select(columns, given))
    return int(result.rowcount)


def _count(cells: Cells) -> None:
    """Count these cells of the finest level anew, and all that are above them."""
    for zoom in range(FINEST_ZOOM, -1, -1):
        publics, numbers = [each[0] for each in cells], [each[1] for each in cells]
        given = {"publics": publics, "cells": numbers, "zoom": zoom}
        for table in ("wish_cells", "wish_cell_parts"):
            old = f"{table} AS old USING {_DIRTY} WHERE old.is_public = p AND old.zoom = :zoom"
            db.session.execute(text(f"DELETE FROM {old} AND old.cell = c"), given)  # noqa: S608
        _insert_level(zoom, given)
        cells = sorted({(is_public, cell >> 2) for is_public, cell in cells})


def _insert_level(zoom: int, dirty: dict[str, Any] | None = None) -> None:
    """Count a level from the points or from the level below it, as a whole or where it is dirty."""
    for table, what, group, first in (
        ("wish_cells", _SAME, "", FINEST_ZOOM),
        ("wish_cell_parts", _PARTS, f", {_PARTS}", SPLIT_ZOOM),
    ):
        if zoom > first:
            continue
        shift = 2 * (FINEST_ZOOM - zoom) if zoom == first else 2
        rows, where = ("wish_points", "") if zoom == first else (table, "WHERE zoom = :finer")
        number, newest = ("1", "wish_id") if zoom == first else ("wishes", "newest_id")
        # The range is what an index can find; the shift alone is not.
        within = f"cell BETWEEN c << {shift} AND (c << {shift}) + {2**shift - 1}"
        joined = f"JOIN {_DIRTY} ON p = is_public AND {within}" if dirty else ""
        statement = f"""
            INSERT INTO {table} ({_COLUMNS})
            SELECT is_public, :zoom, cell >> {shift}, case_id, {what},
                sum({number}), sum(x), sum(y), max({newest})
            FROM {rows} {joined} {where} GROUP BY is_public, cell >> {shift}, case_id {group}
        """  # noqa: S608 - every part is a constant of this module
        db.session.execute(text(statement), {**(dirty or {}), "zoom": zoom, "finer": zoom + 1})


def _raise_revision() -> None:
    wishes = update(TileRevision).where(TileRevision.source == "wishes")
    db.session.execute(wishes.values(revision=TileRevision.revision + 1))


def cells_of_tile(zoom: int, x: int, y: int, grid: int) -> tuple[int, int]:
    """The first and the last cell of a tile in the grid of a zoom level. Of a tile that is smaller
    than a cell: the cell that it lies in."""
    bits = CELL_BITS + grid - zoom
    if bits < 0:
        bits, x, y = 0, x >> -bits, y >> -bits
    number = _interleaved(x) | (_interleaved(y) << 1)
    return number << 2 * bits, ((number + 1) << 2 * bits) - 1


def _interleaved(value: int) -> int:
    return sum((value >> bit & 1) << (2 * bit) for bit in range(value.bit_length()))


__all__ = [
    "CELLS_PER_SIDE",
    "FINEST_ZOOM",
    "FIRST_POINT_ZOOM",
    "SPLIT_ZOOM",
    "catch_up",
    "catch_up_completely",
    "cells_of_tile",
    "keeping_up",
    "recount",
]
