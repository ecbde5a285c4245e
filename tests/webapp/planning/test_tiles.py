"""Tiles: the rows of the table within the scope, as clusters from afar, capped from near."""

import io
import json
from math import asinh, pi, radians, tan

import pyogrio
import pytest
import shapely
from sqlalchemy import text

from gis.crs import to_lonlat
from tests import factories
from webapp.extensions import db
from webapp.geodata import stored
from webapp.planning import tiles
from webapp.wishes import cluster_grid

X, Y = factories.HAARLEM
DENSITY = "bevolkingsdichtheid_inwoners_per_km2"
Z, TX, TY = 9, 262, 168


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def client(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    return pages.client


def features(tile: bytes) -> list[dict]:
    """The properties in a tile of one layer, read with GDAL; what it has not is not there."""
    if not tile:
        return []
    frame = pyogrio.read_dataframe(io.BytesIO(tile)).drop(columns=["geometry", "mvt_id"], errors="ignore")  # fmt: skip
    rows = json.loads(frame.to_json(orient="records"))
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def tile_of(x: float, y: float, z: int) -> tuple[int, int, int]:
    place, n = to_lonlat(shapely.Point(x, y)), 2**z
    return z, int((place.x + 180) / 360 * n), int((1 - asinh(tan(radians(place.y))) / pi) / 2 * n)


def wishes(client, z: int = Z, query: str = "", at: tuple[float, float] = (X, Y)) -> list[dict]:
    """The wishes of the tile around a place, once the worker has seen what happened."""
    db.session.flush()
    cluster_grid.catch_up_completely()
    _, x, y = tile_of(*at, z)
    return features(client.get(f"/tiles/wishes/{z}/{x}/{y}.mvt{query}").data)


@pytest.mark.parametrize("z", [9, 13, 14, 17])
def test_wish_tile_has_the_wishes_of_the_scope(client, case, z):
    mine = factories.make_wish(case)
    factories.make_wish(factories.make_case(case.deal))
    (found,) = wishes(client, z)
    assert (found["id"], found["theme"], found["kind"], found["status"]) == (mine.id, "green", "wish", "submitted")  # fmt: skip
    assert set(found) <= {"id", "kind", "theme", "status", "of", "count"}


@pytest.mark.parametrize("z", [0, 3, 6, 7, 12, 16, 22])
def test_wish_is_in_its_tile_at_every_zoom(client, case, z):
    factories.make_wish(case)
    assert len(wishes(client, z)) == 1


@pytest.mark.parametrize("z", [0, 5, 9, 10])
def test_every_wish_counts_in_the_clusters_from_afar(client, case, z):
    for n in range(7):
        factories.make_wish(case, at=(X + n, Y), theme="green" if n else "air_noise")
    (found,) = wishes(client, z)
    assert found["count"] == 7
    assert found["status"] == "submitted"
    assert not {"id", "theme"} & set(found), "what differs is not told"


@pytest.mark.parametrize("z", [9, 11, 13, 14])
@pytest.mark.parametrize("name", ["theme", "kind", "status", "case"])
def test_every_filter_of_the_grid_tells_what_the_table_tells(client, case, z, name):
    values = {"theme": "air_noise", "kind": "route", "status": "published"}
    for _ in range(2):
        factories.make_wish(case)
        factories.make_wish(case, **({} if name == "case" else {name: values[name]}))
    asked = case.slug if name == "case" else values[name]
    found = wishes(client, z, f"?{name}={asked}")
    assert sum(row.get("count", 1) for row in found) == (4 if name == "case" else 2)
    assert wishes(client, z, "?case=elsewhere") == []


@pytest.mark.parametrize("query", ["?q=nachtegaal", "?since=2020-01-01&q=nachtegaal"])
def test_filter_that_the_grid_does_not_know_gives_wishes(client, case, query):
    wish = factories.make_wish(case, text="een nachtegaal")
    factories.make_wish(case)
    (found,) = wishes(client, Z, query)
    assert (found["id"], found["of"]) == (wish.id, 1)
    assert wishes(client, Z, "?until=2020-01-01") == []


def test_wish_of_a_whole_neighbourhood_is_at_a_point_in_it(client, case):
    area = factories.make_area()
    wish = factories.make_wish(case, geom=None, area_id=area.id, door="neighbourhood")
    for z in (9, 13, 14, 16):
        assert [row["id"] for row in wishes(client, z)] == [wish.id]


def test_a_route_has_its_own_shape_from_near(client, case):
    line = shapely.LineString([(X, Y), (X + 100, Y)])
    factories.make_wish(case, geom=stored(line), kind="route")
    _, x, y = tile_of(X, Y, 15)
    tile = client.get(f"/tiles/wishes/15/{x}/{y}.mvt").data
    assert pyogrio.read_dataframe(io.BytesIO(tile)).geometry.iloc[0].geom_type == "LineString"
    (found,) = wishes(client, 10)
    assert found["count"] == 1


@pytest.mark.parametrize("query", ["", "?q=schaduw"])
def test_full_tile_is_capped_and_tells_how_many_there_are(client, case, monkeypatch, query):
    monkeypatch.setattr(tiles, "MOST_FEATURES", 3)
    tiles._wish_text.cache_clear()
    made = [factories.make_wish(case, at=(X + n, Y)) for n in range(5)]
    found = wishes(client, 16 if not query else Z, query)
    tiles._wish_text.cache_clear()
    assert {row["id"] for row in found} == {wish.id for wish in made[-3:]}
    assert {row["of"] for row in found} == {5}


def test_what_everyone_sees_is_what_is_public(client, app, case):
    factories.make_wish(case, status="published")
    factories.make_wish(case)
    factories.make_wish(case, kind="unsafe", status="published", area_id=factories.make_area().id)
    cluster_grid.catch_up_completely()
    for z in (9, 16):
        _, x, y = tile_of(X, Y, z)
        answer = app.test_client().get(f"/tiles/public/wishes/{z}/{x}/{y}.mvt")
        assert answer.cache_control.public
        assert sum(row.get("count", 1) for row in features(answer.data)) == 1


def test_area_tile_has_the_value_that_the_database_has(client):
    factories.make_area("district", "WK039201", figures={DENSITY: 1234})
    factories.make_area("district", "WK039202", at=(X + 1500, Y), figures={})
    answer = client.get(f"/tiles/areas/district/2024/{Z}/{TX}/{TY}.mvt?figure={DENSITY}")
    values = {row["code"]: row.get("value") for row in features(answer.data)}
    stored_values = dict(
        db.session.execute(
            text(
                "SELECT a.code, (f.figures ->> :key)::float FROM areas a "
                "JOIN area_figures f ON f.area_id = a.id"
            ),
            {"key": DENSITY},
        ).all()
    )
    assert values == stored_values == {"WK039201": 1234, "WK039202": None}
    assert answer.cache_control.private


def test_intervention_tile_has_phase_and_its_type(client, case):
    plan = factories.make_intervention(case, phase="in_execution")
    factories.make_intervention(factories.make_case(case.deal))
    found = features(client.get(f"/tiles/interventions/{Z}/{TX}/{TY}.mvt").data)
    assert [(row["id"], row["phase_type"]) for row in found] == [(plan.id, "active")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/wishes/23/0/0.mvt", 404),
        ("/tiles/wishes/1/2/0.mvt", 404),
        ("/tiles/wishes/99999999999999999999/0/0.mvt", 404),
        ("/tiles/wishes/0/0/0.mvt?theme=moon", 400),
        ("/tiles/wishes/0/0/0.mvt?case=%00", 400),
        ("/tiles/wishes/0/0/0.mvt?since=1", 400),
        ("/tiles/wishes/0/0/0.mvt?q=%25%28z%29s%27%3B--", 204),
        ("/tiles/interventions/0/0/0.mvt?language=%00", 204),
        ("/tiles/interventions/0/0/0.mvt?q=%25%28z%29s", 204),
        ("/tiles/areas/moon/2024/0/0/0.mvt", 404),
        ("/tiles/areas/district/2024/0/0/0.mvt?figure=password", 404),
        ("/tiles/areas/district/1234567890/0/0/0.mvt", 204),
        ("/tiles/public/wishes/23/0/0.mvt", 404),
    ],
)
def test_odd_address_gets_a_plain_answer(client, path, status):
    assert client.get(path).status_code == status


def test_unchanged_tile_is_not_cut_again(client, app, case, monkeypatch):
    factories.make_wish(case)
    wishes(client, 9)
    path = f"/tiles/wishes/{Z}/{TX}/{TY}.mvt"
    first = client.get(path)
    cut = tiles.wish_tile
    monkeypatch.setattr(tiles, "wish_tile", lambda *_: pytest.fail("cut again"))
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(path, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path).data == first.data
    monkeypatch.setattr(tiles, "wish_tile", cut)
    factories.make_wish(case, at=(X + 3000, Y))
    db.session.flush()
    cluster_grid.catch_up_completely()
    fresh = client.get(path, headers=known)
    assert fresh.status_code == 200
    assert fresh.data != first.data


def test_tile_in_front_of_flask_is_the_tile_of_the_route(client, app, case, monkeypatch):
    service = app.extensions["tiles"]
    factories.make_wish(case)
    wishes(client, 9)
    path = f"/tiles/wishes/{Z}/{TX}/{TY}.mvt"
    plain = client.get(path)
    monkeypatch.setattr(service, "_source_seconds", 60)
    client.get(path)
    monkeypatch.setattr(tiles, "is_off_grid", lambda _: pytest.fail("the route was asked"))
    quick = client.get(path)
    assert quick.data == plain.data
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Security-Policy"):
        assert quick.headers[name] == plain.headers[name]
    assert app.test_client().get(path).status_code == 401, "another reader is asked who they are"


def test_another_scope_never_gets_a_remembered_tile(app, pages, case):
    factories.make_wish(case)
    cluster_grid.catch_up_completely()
    app.extensions["tiles"]._source_seconds = 60
    path = f"/tiles/wishes/{Z}/{TX}/{TY}.mvt"
    pages.sign_in(factories.make_user("planner", case=case))
    mine = pages.client.get(path)
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    assert mine.data
    assert pages.client.get(path).data == b""
