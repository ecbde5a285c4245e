"""A deal with many made-up wishes and areas, a planner, and lists of tiles, for benchmarks."""

import math
import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from webapp import create_app
from webapp.accounts.models import Grant, User
from webapp.areas.outlines import simplify_outlines
from webapp.config import engine_url
from webapp.extensions import db
from webapp.wishes.cluster_grid import recount

SEED = 20261121
CENTRES = 342
AREAS = """
    WITH grid AS (
        SELECT x, y, ST_SetSRID(ST_MakePoint(80000 + x * 1200, 400000 + y * 1200), 28992) AS p
        FROM generate_series(0, :side - 1) x, generate_series(0, :side - 1) y
    ), lines AS (
        -- Each border once, with the same bends for both neighbours.
        SELECT x, y, d, ST_MakeLine(ARRAY(
            SELECT ST_MakePoint(
                80000 + x * 1200 + CASE d WHEN 0 THEN i * 1200.0 / 72 ELSE bend END,
                400000 + y * 1200 + CASE d WHEN 0 THEN bend ELSE i * 1200.0 / 72 END)
            FROM (SELECT i, CASE WHEN i IN (0, 72) THEN 0 ELSE
                    100 * sin(i * 0.7 + x * 3.1 + y * 1.7 + d) * sin(pi() * i / 72)
                    + 12 * sin(i * 5.3 + x + y * 2.3) END AS bend
                  FROM generate_series(0, 72) i) AS bends ORDER BY i)) AS line
        FROM generate_series(0, :side) x, generate_series(0, :side) y, generate_series(0, 1) d
    )
    INSERT INTO areas (year, level, code, name, municipality_code, geom, import_id)
    SELECT 2024, 'neighbourhood', 'BU' || lpad((g.x * :side + g.y)::text, 8, '0'),
        'Buurt ' || g.x || '-' || g.y, 'GM0392', ST_Multi(ST_SetSRID(ST_MakePolygon(
            ST_MakeLine(ARRAY[s.line, e.line, ST_Reverse(n.line), ST_Reverse(w.line)])), 28992)),
        (SELECT id FROM area_imports LIMIT 1)
    FROM grid g
    JOIN lines s ON (s.x, s.y, s.d) = (g.x, g.y, 0) JOIN lines n ON (n.x, n.y, n.d) = (g.x, g.y + 1, 0)
    JOIN lines w ON (w.x, w.y, w.d) = (g.x, g.y, 1) JOIN lines e ON (e.x, e.y, e.d) = (g.x + 1, g.y, 1)
"""
WISHES = """
    INSERT INTO wishes (case_id, round_id, kind, theme, text, language, door, geom, channel, status, retain_until)
    SELECT c.id, r.id, (ARRAY['wish','chance','threat','good_place','too_hot','cool_spot','route'])[1 + n % 7],
        (ARRAY['air_noise','health_lifestyle','active_social','safe_clean','facilities_layout','green'])[1 + n % 6],
        'Meer schaduw ' || n, 'nl', 'map',
        ST_SetSRID(ST_MakePoint(p.x + spread * cos(a) * d, p.y + spread * sin(a) * d), 28992),
        'web', CASE WHEN n % 3 = 0 THEN 'submitted' ELSE 'published' END, '2031-01-01'
    FROM (SELECT n, 1 + (random() * :centres)::int AS k, random() * 2 * pi() AS a,
              sqrt(-ln(1 - random() * 0.98)) AS d FROM generate_series(1, :wishes) n) AS t
    JOIN bench_centres p ON p.k = t.k, cases c, rounds r
"""
SETUP = """
    INSERT INTO deals (slug, kind, title, short_title, summary, source)
        VALUES ('d', 'covenant', '{"nl": "d"}', '{"nl": "d"}', '{"nl": "d"}', 'benchmark');
    INSERT INTO cases (deal_id, slug, title, summary, municipality_code, municipality_name)
        SELECT id, 'haarlem', title, summary, 'GM0392', 'Haarlem' FROM deals;
    INSERT INTO case_parts (case_id, kind, geom, source)
        SELECT id, 'town_edge', ST_Multi(ST_MakeEnvelope(70000, 390000, 240000, 560000, 28992)), 'benchmark' FROM cases;
    INSERT INTO rounds (case_id, title, about, who, decides, opens_at, closes_at)
        SELECT id, title, title, title, title, now() - interval '1 day', now() + interval '9 days' FROM cases;
    INSERT INTO area_imports (source_id, source, year, origin, licence, attribution, retrieved_at, sha256, rows_in, rows_loaded, rows_rejected, report)
        VALUES ('benchmark', 'made up', 2024, 'benchmark', 'none', 'none', now(), 'x', 0, 0, 0, '{}');
    SELECT setseed(0.42);
    CREATE TABLE bench_centres AS SELECT k, 85000 + random() * 130000 AS x, 405000 + random() * 130000 AS y,
        300 + random() * 2500 AS spread FROM generate_series(1, 343) k;
"""
Place = tuple[int, int, int]


class World:
    """The filled database and what benchmarks ask of it."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        settings = {"DATABASE_URL": url, "SECRET_KEY": secret}
        self.app = create_app(settings | {"SQLALCHEMY_ENGINES": {"default": {"url": engine_url(url)}}})  # fmt: skip

    def fill(self, areas_per_side: int) -> None:
        """A case, a round, a planner and square-ish areas with bent borders."""
        with self.app.app_context():
            for statement in SETUP.split(";\n"):
                if statement.strip():
                    db.session.execute(text(statement))
            db.session.execute(text(AREAS), {"side": areas_per_side})
            grant = Grant(role="admin")
            user = User(email="planner@example.org", password="x", active=True, fs_uniquifier="planner", grants=[grant])  # fmt: skip
            db.session.add(user)
            simplify_outlines()
            self._settle()

    def add_wishes(self, number: int) -> None:
        """So many wishes more, in clumps, and the grid with them."""
        with self.app.app_context():
            db.session.execute(text("ALTER TABLE wishes DISABLE TRIGGER wish_changed"))
            db.session.execute(text(WISHES), {"wishes": number, "centres": CENTRES})
            db.session.execute(text("ALTER TABLE wishes ENABLE TRIGGER wish_changed"))
            recount()
            self._settle()

    def _settle(self) -> None:
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))

    def cookie(self) -> str:
        """The session of the planner."""
        from flask.sessions import SecureCookieSessionInterface

        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        content = {"_user_id": "planner", "_fresh": True, "fs_cc": "set", "identity.id": "planner"}
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signer.dumps(content)}"

    def ask(self, work: Callable[[], Any]) -> Any:
        """Something of the app, within it."""
        with self.app.app_context():
            return work()

    def tiles(self, number: int, zooms: range) -> list[Place]:
        """Tiles around random wishes."""
        with self.app.app_context():
            rows = db.session.execute(
                text(
                    "SELECT x, y FROM wish_points WHERE NOT is_public AND wish_id % 97 = 3 LIMIT 5000"
                )
            ).all()
        chooser = random.Random(SEED)
        return [_tile(*chooser.choice(rows), chooser.choice(zooms)) for _ in range(number)]


def _tile(x: float, y: float, z: int) -> Place:
    half = math.pi * 6378137
    side = 2 * half / 2**z
    return z, int((x + half) / side), int((half - y) / side)
