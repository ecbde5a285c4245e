"""Tiles and downloads: the same rows as the table, within the scope, without what is private."""

import csv
import io
import json
from math import asinh, pi, radians, tan

import geopandas
import pyogrio
import pytest
import shapely
from sqlalchemy import text

from gis.crs import to_lonlat
from tests import factories
from webapp.extensions import db
from webapp.planning import tiles
from webapp.wishes.models import WishContact

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
    """The properties in a tile of one layer, read with GDAL."""
    if not tile:
        return []
    frame = pyogrio.read_dataframe(io.BytesIO(tile))
    return frame.drop(columns="geometry").to_dict("records")


def test_wish_tile_has_the_wishes_of_the_scope(client, case):
    mine = factories.make_wish(case)
    factories.make_wish(factories.make_case(case.deal))
    found = features(client.get(f"/tiles/wishes/{Z}/{TX}/{TY}.mvt").data)
    assert [(row["id"], row["theme"], row["of"]) for row in found] == [(mine.id, "green", 1)]
    assert set(found[0]) <= {"id", "mvt_id", "kind", "theme", "status", "of"}


def test_wish_tile_follows_the_filters(client, case):
    factories.make_wish(case, theme="green")
    other = factories.make_wish(case, theme="air_noise")
    found = features(client.get(f"/tiles/wishes/{Z}/{TX}/{TY}.mvt?theme=air_noise").data)
    assert [row["id"] for row in found] == [other.id]


@pytest.mark.parametrize("z", [0, 3, 6, 7, 12, 16])
def test_wish_is_in_its_tile_at_every_zoom(client, case, z):
    factories.make_wish(case)
    place = to_lonlat(shapely.Point(X, Y))
    x, y = _tile_of(place.x, place.y, z)
    assert len(features(client.get(f"/tiles/wishes/{z}/{x}/{y}.mvt").data)) == 1


def _tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    n = 2**z
    return int((lon + 180) / 360 * n), int((1 - asinh(tan(radians(lat))) / pi) / 2 * n)


def test_full_tile_is_capped_and_tells_how_many_there_are(client, case, monkeypatch):
    monkeypatch.setattr(tiles, "MOST_FEATURES", 3)
    wishes = [factories.make_wish(case, at=(X + n, Y)) for n in range(5)]
    found = features(client.get(f"/tiles/wishes/{Z}/{TX}/{TY}.mvt").data)
    assert {row["id"] for row in found} == {wish.id for wish in wishes[-3:]}
    assert {row["of"] for row in found} == {5}


def test_area_tile_has_the_value_that_the_database_has(client):
    factories.make_area("district", "WK039201", figures={DENSITY: 1234})
    factories.make_area("district", "WK039202", at=(X + 1500, Y), figures={})
    answer = client.get(f"/tiles/areas/district/2024/{Z}/{TX}/{TY}.mvt?figure={DENSITY}")
    values = {row["code"]: row["value"] for row in features(answer.data)}
    stored = dict(
        db.session.execute(
            text(
                "SELECT a.code, (f.figures ->> :key)::float FROM areas a "
                "JOIN area_figures f ON f.area_id = a.id"
            ),
            {"key": DENSITY},
        ).all()
    )
    assert values["WK039201"] == stored["WK039201"] == 1234
    assert stored["WK039202"] is None
    assert values["WK039202"] != values["WK039202"], "no value at all"
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
        ("/tiles/interventions/0/0/0.mvt?language=%00", 204),
        ("/tiles/areas/moon/2024/0/0/0.mvt", 404),
        ("/tiles/areas/district/2024/0/0/0.mvt?figure=password", 404),
        ("/tiles/areas/district/1234567890/0/0/0.mvt", 204),
        ("/nl/planning/wishes.exe", 404),
        ("/nl/planning/wishes.csv?theme=moon", 400),
    ],
)
def test_odd_address_gets_a_plain_answer(client, path, status):
    assert client.get(path).status_code == status


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("words", ["=1+1", "@SUM(A1)", "+31", "-2", "\tx"])
def test_csv_runs_no_formula(client, case, words):
    factories.make_wish(case, text=words)
    assert table(client.get("/nl/planning/wishes.csv"))[0]["text"] == "'" + words


def test_files_hold_the_filtered_rows(client, case):
    kept = factories.make_wish(case, theme="green")
    factories.make_wish(case, theme="air_noise")
    factories.make_wish(factories.make_case(case.deal), theme="green")
    assert [row["id"] for row in table(client.get("/nl/planning/wishes.csv?theme=green"))] == [str(kept.id)]  # fmt: skip
    collection = json.loads(client.get("/nl/planning/wishes.geojson?theme=green").data)
    lon, lat = collection["features"][0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((4.6545, 52.3612), abs=0.05)


def test_geopackage_is_in_rd(client, case, tmp_path):
    factories.make_area("district", "WK039201", figures={DENSITY: 1234})
    path = tmp_path / "areas.gpkg"
    path.write_bytes(client.get("/nl/planning/areas.gpkg").data)
    frame = geopandas.read_file(path, engine="pyogrio")
    assert frame.crs.to_epsg() == 28992
    assert frame.value.tolist() == [1234]
    assert frame.geometry.iloc[0].centroid.distance(shapely.Point(X, Y)) < 0.001


@pytest.mark.parametrize("file_format", ["gpkg", "geojson", "csv"])
@pytest.mark.parametrize("name", ["areas", "wishes", "interventions"])
def test_empty_download_is_a_file_too(client, name, file_format):
    answer = client.get(f"/nl/planning/{name}.{file_format}")
    assert answer.status_code == 200
    assert answer.data
    assert f"{name}.{file_format}" in answer.headers["Content-Disposition"]


def test_no_download_holds_contact_data(client, case):
    wish = factories.make_wish(case, status="published")
    db.session.add(
        WishContact(
            wish_id=wish.id,
            email="resident@example.org",
            language="nl",
            retain_until=wish.retain_until,
        )
    )
    db.session.flush()
    for path in ("wishes.csv", "wishes.geojson", "wishes.gpkg", "public-map.html"):
        assert b"resident@" not in client.get(f"/nl/planning/{path}").data


def test_map_to_mail_shows_only_what_is_public(client, case):
    factories.make_wish(case, text="openbare wens", status="published", precision="exact")
    factories.make_wish(case, text="nog niet bekeken")
    factories.make_wish(case, text="onveilig", kind="unsafe", status="published")
    factories.make_wish(case, text="<script>alert(1)</script>", status="published")
    factories.make_intervention(case, title=factories.words("Stil plan"))
    page = client.get("/nl/planning/public-map.html").data.decode()
    assert "openbare wens" in page
    for hidden in ("nog niet bekeken", "onveilig", "Stil plan", "<script>alert(1)"):
        assert hidden not in page


def test_map_to_mail_names_figure_source_and_that_it_is_a_sketch(client):
    area = factories.make_area("district", "WK039201", figures={DENSITY: 1234})
    area.is_schematic = True
    page = client.get("/nl/planning/public-map.html").data.decode()
    for words in ("Bevolkingsdichtheid", "1234", "CBS Wijk- en buurtkaart", "getekend, niet gemeten"):  # fmt: skip
        assert words in page
