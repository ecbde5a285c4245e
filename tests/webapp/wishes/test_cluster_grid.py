"""The grid of wishes: always what a new count would give, for staff and for everyone."""

import time
from typing import Any

import pytest
import shapely
from sqlalchemy import delete, func, select, text

from tests import factories
from webapp.extensions import db
from webapp.geodata import stored
from webapp.moderation.actions import Decision, decide, reopen
from webapp.permissions import Scope
from webapp.wishes import cluster_grid
from webapp.wishes.actions import withdraw_wish
from webapp.wishes.models import Wish, WishCell, WishChange, WishPoint
from webapp.wishes.publication import THRESHOLD, published_wishes, wishes_for_staff

X, Y = factories.HAARLEM
TABLES = ("wish_points", "wish_cells", "wish_cell_parts")


def grid() -> dict[str, list[Any]]:
    """Every row of the grid, in some order."""
    return {
        name: sorted(map(tuple, db.session.execute(text(f"SELECT * FROM {name}"))), key=str)
        for name in TABLES
    }


def assert_as_counted_anew() -> None:
    """What was kept up equals what a new count gives, and both equal the publication rule."""
    db.session.flush()
    cluster_grid.catch_up_completely()
    kept = grid()
    cluster_grid.recount()
    assert kept == grid()
    everything = Scope(True, frozenset(), frozenset())
    for is_public, rule in ((False, wishes_for_staff(everything)), (True, published_wishes())):
        shown = set(db.session.scalars(select(rule.subquery().c.id)))
        points = select(WishPoint.wish_id).where(WishPoint.is_public.is_(is_public))
        assert set(db.session.scalars(points)) == shown
        for zoom in (0, 9, 13):
            counted = select(func.sum(WishCell.wishes)).where(
                WishCell.is_public.is_(is_public), WishCell.zoom == zoom
            )
            assert (db.session.scalar(counted) or 0) == len(shown)


def test_every_change_of_a_wish_comes_through(app):
    case, area = factories.make_case(), factories.make_area()
    wishes = [factories.make_wish(case, at=(X + 60 * n, Y), area_id=area.id) for n in range(6)]
    line = shapely.LineString([(X, Y), (X + 500, Y)])
    factories.make_wish(case, geom=stored(line), kind="route")
    factories.make_wish(case, geom=None, area_id=area.id, door="neighbourhood")
    assert_as_counted_anew()
    published = decide(wishes[0].id, Decision("published", wishes[0].version, "x", "100m"))
    decide(wishes[1].id, Decision("published", wishes[1].version, "x", "neighbourhood"))
    decide(wishes[2].id, Decision("merged", wishes[2].version, "x", merge_into=wishes[0].id))
    assert_as_counted_anew()
    reopen(published.id, published.version)
    withdraw_wish(wishes[1].id)
    wishes[3].geom = stored(shapely.Point(X + 5000, Y))
    wishes[4].theme = "air_noise"
    db.session.execute(delete(Wish).where(Wish.id == wishes[5].id))
    assert_as_counted_anew()


def test_unsafe_places_come_and_go_together(app):
    case, area = factories.make_case(), factories.make_area()
    made = [
        factories.make_wish(case, kind="unsafe", area_id=area.id, status="published")
        for _ in range(THRESHOLD)
    ]
    public = select(func.count()).where(WishPoint.is_public)
    assert_as_counted_anew()
    assert db.session.scalar(public) == THRESHOLD
    withdraw_wish(made[0].id)
    assert_as_counted_anew()
    assert db.session.scalar(public) == 0


def test_a_new_outline_moves_the_wishes_of_its_neighbourhood(app):
    area = factories.make_area()
    factories.make_wish(geom=None, area_id=area.id, door="neighbourhood")
    assert_as_counted_anew()
    area.geom = stored(shapely.MultiPolygon([shapely.box(X + 9000, Y, X + 9900, Y + 900)]))
    assert_as_counted_anew()


def test_the_public_grid_has_no_place_finer_than_is_shown(app):
    factories.make_wish(at=(X + 13, Y + 29), status="published", precision="100m")
    cluster_grid.catch_up_completely()
    rule = published_wishes().subquery()
    shown = db.session.execute(select(func.ST_X(rule.c.geom_web), func.ST_Y(rule.c.geom_web))).one()
    point = db.session.execute(select(WishPoint.x, WishPoint.y).where(WishPoint.is_public)).one()
    assert tuple(point) == pytest.approx(tuple(shown), abs=1e-6)


def test_upkeep_asks_as_often_for_many_changes_as_for_one(app, statements_of_catch_up):
    few = statements_of_catch_up(1)
    assert statements_of_catch_up(60) == few


@pytest.fixture
def statements_of_catch_up(app):
    from sqlalchemy import event

    case = factories.make_case()

    def count(wishes: int) -> int:
        for n in range(wishes):
            factories.make_wish(case, at=(X + 70 * n, Y))
        db.session.flush()
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        cluster_grid.catch_up()
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return count


def test_tile_is_one_range_of_cells():
    first, last = cluster_grid.cells_of_tile(3, 5, 2, 3)
    assert last - first + 1 == cluster_grid.CELLS_PER_SIDE**2
    children = [cluster_grid.cells_of_tile(4, 10 + dx, 4 + dy, 4) for dx in (0, 1) for dy in (0, 1)]
    assert min(low for low, _ in children) == first << 2
    assert max(high for _, high in children) == (last << 2) + 3


def test_a_new_wish_is_counted_within_two_seconds(live):
    with live.rows():
        wish_id = factories.make_wish().id
    start = time.monotonic()
    while time.monotonic() - start < 2:
        with live.rows():
            found = db.session.scalar(select(WishPoint.cell).where(WishPoint.wish_id == wish_id))
        if found is not None:
            break
        time.sleep(0.1)
    assert found is not None
    with live.rows():
        assert db.session.scalar(select(func.count()).select_from(WishChange)) == 0
