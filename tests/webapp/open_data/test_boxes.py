"""The index condition of a box decides how fast an answer comes, never what is in it."""

import random

import pytest
from geoalchemy2 import Geometry
from sqlalchemy import func, select, text, type_coerce

from gis.crs import CRS84_URI, RD
from tests import factories
from webapp import fast_sql
from webapp.extensions import db
from webapp.open_data.queries import _page_text, page
from webapp.wishes.models import Wish
from webapp.wishes.publication import may_show_in, published_wishes

X, Y = factories.HAARLEM


@pytest.fixture
def wishes(app):
    """Published wishes of every precision around the middle, and unsafe ones with company."""
    case, area = factories.make_case(), factories.make_area(side=400)
    chance = random.Random(5)
    for n in range(60):
        at = X + chance.uniform(-900, 900), Y + chance.uniform(-900, 900)
        precision = ("exact", "100m", "neighbourhood")[n % 3]
        kind = "unsafe" if n % 10 == 0 else "wish"
        factories.make_wish(case, at=at, precision=precision, kind=kind, area_id=area.id, status="published")  # fmt: skip
    db.session.flush()


def test_box_gives_what_the_rule_gives(wishes):
    chance = random.Random(7)
    rule = published_wishes().subquery()
    for _ in range(80):
        x, y, side = X + chance.uniform(-900, 900), Y + chance.uniform(-900, 900), chance.choice((1, 20, 100, 700))  # fmt: skip
        box = type_coerce(func.ST_MakeEnvelope(x, y, x + side, y + side, RD), Geometry(srid=RD))
        by_rule = set(db.session.scalars(select(rule.c.id).where(func.ST_Intersects(rule.c.geom, box))))  # fmt: skip
        narrowed = published_wishes().where(may_show_in(box)).subquery()
        exact = func.ST_Intersects(narrowed.c.geom, box)
        assert set(db.session.scalars(select(narrowed.c.id).where(exact))) == by_rule


def test_pages_of_a_box_use_the_index_of_the_place(app):
    case = factories.make_case()
    factories.make_wish(case, status="published")
    db.session.execute(
        text(
            "INSERT INTO wishes (case_id, kind, theme, text, language, door, geom, channel, status, "
            "retain_until) SELECT :case, 'wish', 'green', 'x', 'nl', 'map', ST_SetSRID(ST_MakePoint("
            "90000 + n % 400 * 250, 450000 + n / 400 * 250), 28992), 'web', 'published', '2031-01-01' "
            "FROM generate_series(1, 20000) n"
        ),
        {"case": case.id},
    )
    db.session.execute(text("ANALYZE wishes"))
    given = {"west": 4.64, "south": 52.35, "east": 4.65, "north": 52.36, "most": 100, "cursor": 0}
    statement = _page_text("wishes", (), True, CRS84_URI)
    plan = "\n".join(row[0] for row in fast_sql.executor().rows("EXPLAIN " + statement, given))
    assert "idx_wishes_geom" in plan
    assert "Seq Scan on wishes" not in plan
    assert db.session.scalar(select(func.count(Wish.id))) > 20000
    assert page("wishes", {}, (4.64, 52.35, 4.65, 52.36), 100, 0, CRS84_URI).geojson
