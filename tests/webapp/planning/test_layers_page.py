"""Layers over the map as the page tells them: list, order, editions, identify, compare, chart."""

import json
import re

import pyogrio
import pytest
from sqlalchemy import event, select

from gis.crs import to_lonlat
from tests import factories
from tests.layers.made_files import CODES, PLACE
from tests.webapp.planning.conftest import DENSITY
from webapp.deals.models import CasePart
from webapp.extensions import db
from webapp.geodata import stored
from webapp.map_layers.queries import open_raster
from webapp.planning import layer_files, public_layers
from webapp.planning import queries as layer_queries_of_planning

SPOT = (PLACE[0] + 20.5, PLACE[1] + 20.5)
HERE = to_lonlat(factories.shapely.Point(*SPOT))
POINT = f"point:{HERE.x:.7f},{HERE.y:.7f}"


@pytest.fixture
def planner(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    return pages


def settings(page):
    return json.loads(page.all("div", id="map-settings")[0]["data-settings"])


def shown(page) -> list[str]:
    return [found["data-layer"].partition("@")[0] for found in page.all("li", class_="overlay")]


def test_every_loaded_layer_can_be_chosen_and_no_other(planner, load):
    load("pet", is_synthetic=True)
    page = planner.get("/nl/planning")
    assert [box["value"] for box in page.all("input", name="on")] == ["pet"]
    assert "Verzonnen, niet gemeten" in page.text
    planner.get("/nl/planning?layers=tree_cover", status=400)
    planner.get("/nl/planning?layers=pet@999999", status=400)


def test_form_fields_lead_to_one_address_that_says_the_same(planner, load):
    pet, trees = load("pet"), load("tree_cover")
    page = planner.get(
        f"/nl/planning?layers=pet@{pet.id}:30&pick=1&on=pet&on=tree_cover&opacity-pet=45&find="
    )
    assert planner.response.request.query_string.decode() == f"layers=tree_cover%2Cpet%40{pet.id}%3A45"  # fmt: skip
    assert shown(page) == ["tree_cover", "pet"]
    assert [each["opacity"] for each in settings(page)["overlays"]] == [0.8, 0.45]
    assert [each["id"] for each in settings(page)["overlays"]] == [f"tree_cover@{trees.id}", f"pet@{pet.id}"]  # fmt: skip


def test_moving_a_layer_is_a_link(planner, load):
    pet, trees = load("pet"), load("tree_cover")
    page = planner.get("/nl/planning?layers=pet,tree_cover")
    down = page.all("a", id="down-pet")[0]["href"]
    page = planner.get(down)
    assert shown(page) == ["tree_cover", "pet"]
    assert f"pet@{pet.id}" in down
    assert f"tree_cover@{trees.id}" in down


def test_search_works_without_a_script(planner, load):
    load("pet")
    load("tree_cover")
    page = planner.get("/nl/planning?find=bomen")
    hidden = ["hidden" in found for found in page.all("li") if "data-choice" in found]
    assert sorted(hidden) == [False, True]
    assert "Geen kaartlaag" in planner.get("/nl/planning?find=zzz").text


def test_editions_are_a_time_line(planner, load):
    old, new = load("pet", "2020"), load("pet", "2022")
    page = planner.get("/nl/planning?layers=pet")
    assert page.all("option", value=str(new.id), selected="")
    before = page.all("a", id="before-pet")[0]["href"]
    page = planner.get(before)
    assert settings(page)["overlays"][0]["id"] == f"pet@{old.id}"
    assert not page.all("a", id="before-pet")
    assert page.all("input", id="time-pet")[0]["value"] == "0"
    assert page.all("input", id="time-pet")[0]["max"] == "1"


def test_legend_says_in_words_and_patterns_what_colours_say(planner, load):
    load("bgt_cover")
    page = planner.get("/nl/planning?layers=bgt_cover")
    assert re.search(r'fill="url\(#pattern-(dots|lines|cross)\)"', page.html)
    style = settings(page)["overlays"][0]["style"]
    assert {pattern for _, pattern in style["patterns"]} <= {"dots", "lines", "cross"}
    assert style["patterns"]


def test_a_place_tells_value_unit_class_source_and_neighbourhood(planner, load):
    edition = load("pet", is_synthetic=True)
    page = planner.get(f"/nl/planning?layers=pet&selected={POINT}")
    value = float(open_raster(edition).values_at([SPOT[0]], [SPOT[1]])[0])
    words = f"{round(value, edition.layer.decimals):.{edition.layer.decimals}f}".replace(".", ",")
    words = words.rstrip("0").rstrip(",") if "," in words else words
    for told in (f"{words} °C", "Klasse", edition.attribution, "Verzonnen, niet gemeten", "Area BU03920101", "om te laten zien hoe het werkt"):  # fmt: skip
        assert told in page.text, told


def test_a_place_needs_no_map_and_no_script(planner, load):
    load("pet")
    page = planner.get(f"/nl/planning?layers=pet&place={HERE.y:.6f}%2C{HERE.x:.6f}")
    assert page.all("li", data_identified=str(settings(page)["overlays"][0]["id"].split("@")[1]))
    factories.make_place("Zilverstraat 1, Haarlem", at=PLACE)
    page = planner.get("/nl/planning?place=zilverstraat")
    assert any("selected=point" in link for link in page.links())
    assert "geen plek" in planner.get("/nl/planning?place=onvindbaar").text
    page = planner.get("/nl/planning?place=13.4,52.5", status=400)
    assert "niet in Nederland" in page.text
    planner.get("/nl/planning?selected=point:13.4,52.5", status=400)


def test_where_a_layer_ends_the_page_says_so(planner, load):
    load("pet")
    page = planner.get("/nl/planning?layers=pet&selected=point:6.5,53.1")
    assert "heeft hier geen gegevens" in page.text
    assert "geen cijfers van een buurt" in page.text


def test_two_editions_are_compared_area_by_area(planner, load):
    old, new = load("pet", "2020"), load("pet", "2022")
    page = planner.get(
        f"/nl/planning?level=neighbourhood&compare=swipe&left=pet@{old.id}&right=pet@{new.id}&split=30&table=compare"
    )
    given = settings(page)
    assert given["compare"]["split"] == 30
    assert given["overlays"][0]["id"] == f"pet@{old.id}"
    assert given["compare"]["right"]["overlays"][0]["id"] == f"pet@{new.id}"
    assert [row["data-key"] for row in page.all("tr") if "data-key" in row] == [f"area:{code}" for code in CODES[:2]]  # fmt: skip
    assert "Verschil" in page.text


def test_two_years_of_a_figure_share_their_classes(planner, quarter):
    newer = factories.make_area("neighbourhood", CODES[0], year=2025, figures={DENSITY: 2400})
    assert newer.id
    page = planner.get("/nl/planning?level=neighbourhood&compare=side&left=figure@2024&right=figure@2025&table=compare")  # fmt: skip
    given = settings(page)
    left, right = given["areas"]["style"], given["compare"]["right"]["areas"]["style"]
    assert left == right
    assert "+1.200" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "compare=swipe",
        "compare=swipe&left=figure@2024",
        "compare=swipe&left=pet@1&right=figure@2024",
        "compare=fold&left=figure@2024&right=figure@2024",
        "compare=swipe&left=x&right=figure@2024",
        "split=101",
        "layers=pet:200",
        "layers=%00",
        "opacity-pet=many&layers=pet",
        "areas=x",
        "measure=line:0,0;1,1",
        "points=nergens&shape=line",
    ],
)
def test_mistake_is_named(planner, query):
    assert planner.get(f"/nl/planning?{query}", status=400).all("div", class_="error-summary")


def test_chosen_areas_filter_table_chart_map_and_wishes(planner, quarter):
    case = factories.make_case()
    planner.sign_in(factories.make_user("planner", case=case))
    inside = factories.make_wish(case, at=(PLACE[0] + 50, PLACE[1] + 50))
    factories.make_wish(case, at=(PLACE[0] + 200, PLACE[1] + 50))
    address = f"/nl/planning?level=neighbourhood&pick_areas=only&area={CODES[0]}"
    page = planner.get(address)
    assert [row["data-key"] for row in page.all("tr") if "data-key" in row] == [f"area:{CODES[0]}"]
    assert [bar["data-bar"] for bar in page.all("li") if "data-bar" in bar] == [f"area:{CODES[0]}"]
    assert f"areas={CODES[0]}" in settings(page)["areas"]["tiles"]
    csv = planner.client.get(f"/nl/planning/areas.csv?level=neighbourhood&areas={CODES[0]}").text
    assert CODES[0] in csv
    assert CODES[1] not in csv
    page = planner.get(f"/nl/planning?table=wishes&areas={CODES[0]}")
    assert [row["data-key"] for row in page.all("tr") if "data-key" in row] == [f"wish:{inside.id}"]


def test_chart_has_the_order_of_the_table_and_marks_the_selected(planner, quarter):
    page = planner.get(f"/nl/planning?level=neighbourhood&sort=-value&selected=area:{CODES[0]}")
    bars = [bar["data-bar"] for bar in page.all("li") if "data-bar" in bar]
    assert bars == [row["data-key"] for row in page.all("tr") if "data-key" in row]
    assert bars == [f"area:{CODES[1]}", f"area:{CODES[0]}"]
    widths = [bar["width"] for bar in page.all("rect", height="12")]
    assert widths == ["100.0%", "25.0%"]
    assert "staat op plaats 2 van 2" in page.text


def test_measure_names_how_far_rd_is_off(planner):
    ends = [to_lonlat(factories.shapely.Point(104_000 + dx, 486_000)) for dx in (0, 1000)]
    line = ";".join(f"{end.x:.7f},{end.y:.7f}" for end in ends)
    page = planner.get(f"/nl/planning?measure=line:{line}")
    assert re.search(r"1\.000(,0\d?)? m", page.text)
    assert "7,3 cm per km te kort (schaal 0,9999" in page.text
    page = planner.get("/nl/planning?points=104000,486000%0D%0A105000,486000%0D%0A105000,487000&shape=area")  # fmt: skip
    assert re.search(r"(499\.99|500\.00)\d(,\d)? m²", page.text)
    crossed = "area:4.6,52.3;4.7,52.4;4.7,52.3;4.6,52.4"
    assert "zichzelf niet kruisen" in planner.get(f"/nl/planning?measure={crossed}").text


def test_shapes_of_a_layer_for_a_map_without_webgl(planner, load):
    edition = load("parks")
    found = planner.client.get(f"/planning/layers/{edition.id}.geojson").json
    assert found["features"]
    assert {"name", "value", "category"} <= set(found["features"][0]["properties"])
    assert planner.client.get("/planning/layers/999999.geojson").status_code == 404


def test_number_of_queries_does_not_grow_with_the_layers(planner, load):
    seen = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "RESET", "SET")):
            seen.append(statement)

    def queries(address: str) -> int:
        planner.get(address)
        seen.clear()
        event.listen(db.engine, "before_cursor_execute", count)
        planner.get(address)
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    names = ("pet", "tree_cover", "parks", "bgt_cover")
    for name in names:
        load(name)
    few = queries(f"/nl/planning?layers=pet,parks&selected={POINT}")
    many = queries(f"/nl/planning?layers={','.join(names)}&selected={POINT}")
    assert many == few
    assert many <= 26


def test_areas_of_the_case_are_one_click(planner, quarter):
    case = factories.make_case()
    planner.sign_in(factories.make_user("planner", case=case))
    spot = factories.shapely.Point(PLACE[0] + 50, PLACE[1] + 50).buffer(10)
    for part in db.session.scalars(select(CasePart).filter_by(case_id=case.id)):
        part.geom = stored(factories.shapely.MultiPolygon([spot]))
    db.session.flush()
    page = planner.get(f"/nl/planning?level=neighbourhood&case={case.slug}")
    assert any(f"areas={CODES[0]}" in link and CODES[1] not in link for link in page.links())


def test_what_does_not_fit_is_said_in_page_and_files(planner, load, monkeypatch, tmp_path):
    edition = load("parks")
    for module in (layer_files, public_layers):
        monkeypatch.setattr(module, "MOST_SHAPES", 1)
    monkeypatch.setattr(layer_queries_of_planning, "MOST_SHAPES", 1)
    assert edition.rows_loaded > 1
    assert "de eerste 1 vormen" in planner.get("/nl/planning?layers=parks").text
    assert "de eerste 1 vormen" in planner.client.get("/nl/planning/public-map.html?layers=parks").text  # fmt: skip
    path = tmp_path / "map.gpkg"
    path.write_bytes(planner.client.get("/nl/planning/map.gpkg?layers=parks").data)
    told = pyogrio.read_info(path, layer=f"parks_{edition.id}")
    assert told["features"] == 1
    assert "de eerste 1 vormen" in str(told["layer_metadata"])
