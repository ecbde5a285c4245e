"""Scenarios: drawn, computed, changed by two people, compared, made an intervention."""

import csv
import io
import json
from uuid import uuid4

import pytest
import shapely
from shapely.geometry import LineString, Point, mapping
from sqlalchemy import func, select

from gis.crs import to_lonlat
from tests import factories
from tests.factories import HAARLEM
from webapp.extensions import db
from webapp.geodata import stored
from webapp.interventions.models import Intervention
from webapp.map_layers.models import LayerFeature
from webapp.planning.models import Scenario, ScenarioMeasure

X, Y = HAARLEM


@pytest.fixture
def case(app):
    case = factories.make_case()
    factories.make_area(side=4000, figures={"gemiddelde_huishoudsgrootte": 2.5})
    return case


@pytest.fixture
def manager(pages, case):
    pages.sign_in(factories.make_user("case_manager", case=case))
    return pages


def edition(layer: str, shapes, category=None, **values):
    made = factories.make_layer_edition(layer, **values)
    rows = [LayerFeature(edition_id=made.id, geom=stored(each), category=category) for each in shapes]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    return made


def homes():
    """Eleven dwellings, every 100 m to the east."""
    points = [Point(X + 100 * n, Y) for n in range(11)]
    return edition("bag_dwellings", points, "woning", is_synthetic=True)


def text(geometry) -> str:
    return json.dumps(mapping(to_lonlat(geometry)))


PARK = shapely.box(X, Y + 50, X + 100, Y + 150)  # 1 ha


def post(pages, address, page, status=200, **values):
    """Post a form with the hidden fields of the page it was on."""
    hidden = {
        name: found[0]["value"]
        for name in ("version", "form_key")
        if (found := page.all("input", name=name))
    }
    return pages.post(address, page, status, **(hidden | values))


def add(pages, scenario, status=200, **values):
    address = f"/nl/planning/scenarios/{scenario.id}"
    return post(pages, address, pages.get(address), status, **({"kind": "park"} | values))


def test_a_park_tells_at_once_what_it_changes(manager, case):
    homes()
    edition("parks", [shapely.box(X + 3000, Y, X + 3100, Y + 100)])
    page = post(manager, "/nl/planning/scenarios", manager.get("/nl/planning/scenarios"), title="Park", in_case=case.slug)  # fmt: skip
    scenario = db.session.scalars(select(Scenario)).one()
    factories.make_wish(case, at=(X, Y + 250), status="published")
    factories.make_wish(case, at=(X, Y + 900), status="published")
    page = add(manager, scenario, geometry=text(PARK), cost="30.000")
    found = {each["key"]: each for each in scenario.result.effects}
    # In a straight line, without paths: 0, 100, 200, 300 and (296 m away) 390 m: homes 0 to 300.
    assert found["dwellings_300m"]["value"] == 4
    assert found["residents_300m"]["value"] == 10
    assert found["cost_per_resident"]["value"] == 3_000_00
    assert found["wishes_near"]["value"] == 1
    assert found["green_added_m2"]["value"] == pytest.approx(10_000, rel=1e-4)
    assert found["heat_exposed_near"]["value"] is None
    assert found["heat_exposed_near"]["missing"] == ["pet"]
    assert "3.000,00" in page.text
    assert "Niet bekend" in page.text
    assert "Verzonnen, niet gemeten" in page.text
    assert "Deze baten tellen wij nooit op bij euro's." in page.text
    assert "Afstanden zijn in een rechte lijn" in page.text
    assert "0,5 tot 0,8" not in page.text  # no trees are drawn
    wishes = manager.get(f"/nl/planning/scenarios/{scenario.id}/wishes")
    assert len(wishes.all("tr")) == 2


def test_without_layers_nothing_is_a_silent_zero(manager, case):
    scenario = factories.make_scenario(case)
    page = add(manager, scenario, geometry=text(PARK))
    values = {each["key"]: each["value"] for each in scenario.result.effects}
    assert {key for key, value in values.items() if value is not None} == {"wishes_near"}
    assert "Woningen" in page.text
    assert "ontbreekt" in page.text


def test_trees_along_a_line_and_around_a_place(manager, case):
    homes()
    edition("trees", [], "boom")
    scenario = factories.make_scenario(case)
    line = LineString([(X - 10, Y + 5), (X + 10, Y + 5)])
    add(manager, scenario, 400, kind="trees", geometry=text(line), crown="30")
    page = add(manager, scenario, kind="trees", geometry=text(line), crown="30", number="3")
    found = {each["key"]: each for each in scenario.result.effects}
    assert found["dwellings_3_trees"]["value"] == 1
    assert "0,5 tot 0,8 °C" in page.text
    assert found["canopy_change"]["value"] > 0
    place = to_lonlat(Point(X, Y))
    add(manager, scenario, 400, kind="park", place=f"{place.y:.6f}, {place.x:.6f}")
    add(manager, scenario, kind="park", place=f"{place.y:.6f}, {place.x:.6f}", metres="50")
    assert [each.kind for each in scenario.measures] == ["trees", "park"]


@pytest.mark.parametrize(
    "values",
    [
        {"geometry": "no json"},
        {"geometry": '{"type":"Point","coordinates":[NaN,52]}'},
        {"geometry": text(shapely.box(X, Y, X + 20_000, Y + 100))},
        {"kind": "path", "geometry": text(PARK)},
        {"kind": "bridge"},
        {"kind": "moon", "geometry": text(PARK)},
        {"geometry": text(PARK), "cost": "1,234"},
        {"geometry": text(PARK), "cost": "-5"},
        {"geometry": text(PARK), "form_key": "x"},
        {"place": "Nergensstraat 1"},
        {"kind": "trees", "geometry": text(Point(X, Y)), "crown": "9999"},
    ],
)
def test_what_is_wrong_is_refused_with_a_reason(manager, case, values):
    scenario = factories.make_scenario(case)
    page = add(manager, scenario, 400, **values)
    assert page.all("div", class_="error-summary")
    assert not scenario.measures


def test_a_plan_outside_the_case_is_warned_of(manager, case):
    scenario = factories.make_scenario(case)
    far = shapely.affinity.translate(PARK, 20_000, 0)
    assert "buiten de case" in add(manager, scenario, geometry=text(far)).text


def test_who_is_second_loses_nothing_and_changes_nothing(manager, case):
    scenario = factories.make_scenario(case)
    address = f"/nl/planning/scenarios/{scenario.id}"
    old = manager.get(address)
    add(manager, scenario, geometry=text(PARK))
    page = post(manager, address, old, 409, kind="park", geometry=text(PARK), cost="12.500", form_key=str(uuid4()))  # fmt: skip
    assert "intussen gewijzigd" in page.text
    assert page.all("input", name="cost")[0]["value"] == "12.500"
    assert len(scenario.measures) == 1
    post(manager, address, page, kind="park", geometry=text(PARK), cost="12.500")
    assert len(scenario.measures) == 2
    version = scenario.version
    post(manager, f"{address}/change", old, 409, title="Anders", notes="", version="1")
    page = post(manager, f"{address}/delete", old, version="1")
    assert "intussen gewijzigd" in page.text
    assert scenario.version == version


def test_a_double_click_adds_one(manager, case):
    scenario = factories.make_scenario(case)
    address = f"/nl/planning/scenarios/{scenario.id}"
    page = manager.get(address)
    for _ in range(2):
        post(manager, address, page, kind="park", geometry=text(PARK))
    assert db.session.scalar(select(func.count()).select_from(ScenarioMeasure)) == 1


def test_change_and_take_away_a_measure(manager, case):
    scenario = factories.make_scenario(case)
    add(manager, scenario, geometry=text(PARK), cost="1.000,50")
    address = f"/nl/planning/scenarios/{scenario.id}/measures/{scenario.measures[0].id}"
    page = manager.get(address)
    assert page.all("input", name="cost")[0]["value"] == "1000.50"
    post(manager, address, page, kind="path", geometry=text(LineString([(X, Y), (X + 9, Y)])), cost="")  # fmt: skip
    assert (scenario.measures[0].kind, scenario.measures[0].cost_cents) == ("path", None)
    post(manager, f"{address}/delete", manager.get(f"/nl/planning/scenarios/{scenario.id}"))
    assert not scenario.measures
    assert scenario.result is None


def test_rename_and_delete(manager, case):
    scenario = factories.make_scenario(case)
    factories.make_scenario(case, "Blauw")
    address = f"/nl/planning/scenarios/{scenario.id}"
    post(manager, f"{address}/change", manager.get(address), 409, title="Blauw", notes="")
    post(manager, f"{address}/change", manager.get(address), 400, title=" ", notes="")
    page = post(manager, f"{address}/change", manager.get(address), title="Groener", notes="Zo")
    assert "Groener" in page.text
    post(manager, f"{address}/delete", manager.get(address))
    manager.get(address, status=404)


def test_results_that_are_old_say_so_and_are_made_anew(manager, case):
    scenario = factories.make_scenario(case)
    address = f"/nl/planning/scenarios/{scenario.id}"
    assert "daarna veranderd" not in add(manager, scenario, geometry=text(PARK)).text
    factories.make_wish(case, at=(X, Y), status="published")
    page = manager.get(address)
    assert "daarna veranderd" in page.text
    page = post(manager, f"{address}/compute", page)
    assert "daarna veranderd" not in page.text
    assert scenario.result.effects[4]["value"] == 1


def test_scenarios_side_by_side_and_as_a_file(manager, case):
    first, second = factories.make_scenario(case, "=1+1"), factories.make_scenario(case, "Twee")
    add(manager, first, geometry=text(PARK), cost="100")
    add(manager, second, geometry=text(PARK))
    page = manager.get(f"/nl/planning/scenarios/compare?id={first.id}&id={second.id}")
    assert "=1+1" in page.text
    assert "Vul bij elke maatregel de kosten in." in page.text
    answer = manager.client.get(f"/nl/planning/scenarios/effects.csv?id={first.id}")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert {row["scenario"] for row in rows} == {"'=1+1"}
    assert len(rows) == 21
    for wrong in ("", "?id=x", "?id=1&id=2&id=3&id=4&id=5&id=6&id=7"):
        assert manager.client.get(f"/nl/planning/scenarios/effects.csv{wrong}").status_code == 400
    manager.get("/nl/planning/scenarios/compare?id=999999", status=404)
    manager.get("/nl/planning/scenarios/compare")


def test_it_becomes_an_intervention_once(manager, case):
    scenario = factories.make_scenario(case, "Park")
    wish = factories.make_wish(case, at=(X, Y), status="published")
    add(manager, scenario, geometry=text(PARK), cost="100")
    add(manager, scenario, kind="trees", geometry=text(Point(X, Y)), crown="30")
    address = f"/nl/planning/scenarios/{scenario.id}"
    old = manager.get(address)
    page = post(manager, f"{address}/intervention", old)
    made = db.session.scalars(select(Intervention)).one()
    assert scenario.intervention_id == made.id
    assert (made.title, made.phase, made.published_at) == ({"nl": "Park"}, "idea", None)
    assert "100,00" in made.summary["nl"]
    assert page.all("input", name="wishes", value=str(wish.id))
    assert "andere vorm" in page.text or "van een andere" in page.text
    post(manager, f"{address}/intervention", old)
    assert db.session.scalar(select(func.count()).select_from(Intervention)) == 1
    assert f"/nl/interventions/{made.id}" in manager.get(address).links()


def test_a_planner_reads_why_not(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    scenario = factories.make_scenario(case)
    page = add(pages, scenario, geometry=text(PARK))
    assert "Alleen een casemanager" in page.text
    post(pages, f"/nl/planning/scenarios/{scenario.id}/intervention", page, 403)


def test_nothing_of_another_case_is_seen(manager, case):
    other = factories.make_scenario(factories.make_case(case.deal), "Van hen")
    assert "Van hen" not in manager.get("/nl/planning/scenarios").text
    manager.get(f"/nl/planning/scenarios/{other.id}", status=404)
    manager.get(f"/nl/planning/scenarios/compare?id={other.id}", status=404)


def test_a_post_without_a_token_does_nothing(manager, case):
    scenario = factories.make_scenario(case)
    for part in ("", "/change", "/delete", "/compute", "/intervention"):
        answer = manager.client.post(f"/nl/planning/scenarios/{scenario.id}{part}", data={"version": "1"})  # fmt: skip
        assert answer.status_code == 400
