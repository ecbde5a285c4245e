"""Each tile finds its rows by an index: what it costs grows with the tile, not with the table.

20,000 wishes and 900 areas are made in SQL; with that many wishes the database is free to read the
whole table, and must not want to. Of the other traps that made map servers slow: connections that close after each use, bytes
as text, and the absence of a limit on time are tested in `test_fast_sql`; transformers per request
in there too; the cap on raw points in `test_tiles`. Stalls of uvicorn without its event loop and
slow tile providers of other servers do not concern us: granian serves, and no such provider runs.
"""

import re

import pytest
from sqlalchemy import text

from tests import factories
from tests.webapp.planning.test_tiles import tile_of
from webapp.areas.outlines import simplify_outlines
from webapp.extensions import db
from webapp.permissions import Scope
from webapp.planning import tiles
from webapp.planning.forms import Filters
from webapp.wishes import cluster_grid

X, Y = factories.HAARLEM
EVERYTHING = Scope(True, frozenset(), frozenset())
BIG = ("wishes", "wish_points", "wish_cells", "wish_cell_parts", "areas", "area_outlines")
MANY_WISHES = """
    INSERT INTO wishes (case_id, round_id, kind, theme, text, language, door, geom, channel, status, retain_until)
    SELECT case_id, round_id, kind, theme, text, language, door,
        ST_SetSRID(ST_MakePoint(80000 + n % 149 * 900.0, 400000 + n % 151 * 900.0), 28992),
        channel, status, retain_until
    FROM generate_series(1, 20000) AS n, (SELECT * FROM wishes ORDER BY id DESC LIMIT 1) AS one
"""
MANY_AREAS = """
    INSERT INTO areas (year, level, code, name, municipality_code, geom, import_id)
    SELECT 2024, 'neighbourhood', 'BU7' || lpad(n::text, 7, '0'), 'Buurt', 'GM0392',
        ST_Multi(ST_MakeEnvelope(x, y, x + 1000, y + 1000, 28992)), import_id
    FROM generate_series(1, 900) AS n, LATERAL (SELECT 80000 + n % 30 * 1000 AS x, 480000 + n / 30 * 1000 AS y) AS corner,
        (SELECT import_id FROM areas ORDER BY id DESC LIMIT 1) AS one
"""


class Explaining:
    """Keeps the plan of what it is asked instead of an answer."""

    def __init__(self) -> None:
        self.plan = ""

    def rows(self, statement, parameters):
        asked = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", dict(parameters))
        self.plan = "\n".join(row[0] for row in asked)
        return []

    def close(self) -> None:
        """Nothing here is ours."""


@pytest.fixture
def many(app):
    factories.make_wish(factories.make_case(), status="published")
    factories.make_area()
    db.session.flush()
    db.session.execute(text(MANY_WISHES))
    db.session.execute(text(MANY_AREAS))
    cluster_grid.recount()
    simplify_outlines()
    db.session.execute(text(f"ANALYZE {', '.join(BIG)}"))


def read_whole(plan: str) -> set[str]:
    return set(re.findall(r"Seq Scan on (\w+)", plan)) & set(BIG)


def asked_of(cut, z: int) -> str:
    explaining = Explaining()
    cut(explaining, *tile_of(X, Y, z))
    assert "Index" in explaining.plan, explaining.plan
    return explaining.plan


def areas(executor, *place):
    asked = tiles.AreasAsked("neighbourhood", 2024, None, ("GM0392",))
    return tiles.area_tile(executor, asked, *place)


def wishes(filters):
    return lambda executor, *place: tiles.wish_tile(executor, EVERYTHING, filters, *place)


CUTS = {
    "wishes": wishes(Filters()),
    "of a theme": wishes(Filters(theme="green")),
    "of everyone": tiles.public_wish_tile,
}


@pytest.mark.usefixtures("many")
def test_every_tile_finds_its_rows_by_an_index():
    whole = {
        (name, z): found
        for name, cut in CUTS.items()
        for z in (11, 13, 15)
        if (found := read_whole(asked_of(cut, z)))
    }
    assert not whole


@pytest.mark.usefixtures("many")
def test_areas_are_found_by_their_place():
    # As on the connections of `fast_sql`: 900 areas are few enough to be read as a whole.
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    for z in (11, 15):
        plan = asked_of(areas, z)
        assert not read_whole(plan)
        assert re.search(r"Index Cond: .*geom_web && ", plan), plan


@pytest.mark.usefixtures("many")
def test_without_the_index_the_whole_table_is_read():
    db.session.execute(text("DROP INDEX idx_wishes_geom_web"))
    assert "wishes" in read_whole(asked_of(CUTS["wishes"], 15))
