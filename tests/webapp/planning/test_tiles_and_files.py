"""Downloads: the same rows as the table, within the scope, without what is private."""

import csv
import io
import json

import geopandas
import pyogrio
import pytest
import shapely

from tests import factories
from webapp.extensions import db
from webapp.wishes.models import WishContact

X, Y = factories.HAARLEM
DENSITY = "bevolkingsdichtheid_inwoners_per_km2"


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def client(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    return pages.client


@pytest.mark.parametrize(
    ("path", "status"),
    [
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
    frame = geopandas.read_file(path, engine="pyogrio", layer="areas")
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


def test_one_geopackage_has_every_table_with_its_style(client, case, tmp_path):
    factories.make_area("district", "WK039201", figures={DENSITY: 1234})
    factories.make_wish(case)
    factories.make_intervention(case)
    path = tmp_path / "map.gpkg"
    path.write_bytes(client.get("/nl/planning/map.gpkg").data)
    assert {"areas", "wishes", "interventions"} <= {name for name, _ in pyogrio.list_layers(path)}
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    assert {"areas", "wishes"} <= set(styles.f_table_name)
    areas = styles.set_index("f_table_name").styleQML["areas"]
    assert 'label="Geen cijfer"' in areas
    told = pyogrio.read_info(path, layer="areas")["layer_metadata"]
    assert "CBS" in told["source"]
    assert told["licence"]
