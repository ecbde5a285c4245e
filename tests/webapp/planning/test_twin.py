"""The 3-D view as the server tells it: sun, shade, table, map from above, and what it refuses."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from gis.crs import to_lonlat, to_rd
from gis.sun import building_shadow, sun_over, tree_shadow
from tests import factories
from webapp.extensions import db
from webapp.geodata import stored
from webapp.map_layers.models import LayerFeature
from webapp.planning.twin import AMSTERDAM

X, Y = factories.HAARLEM
HOUSE = shapely.box(X - 5, Y - 5, X + 5, Y + 5)
MIDDLE = to_lonlat(shapely.Point(X, Y))
AT = f"{MIDDLE.x:.6f},{MIDDLE.y:.6f},16.6,0.0,55.0"
NOON = "date=2026-06-21&time=15:00"


def add_feature(edition, geometry, value, **properties):
    factories.add(
        LayerFeature(
            edition_id=edition.id, geom=stored(geometry), value=value, properties=properties
        )
    )


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def planner(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    return pages


@pytest.fixture
def town(app):
    """A house of 12 metres, one without height, and a tree; with what they belong to."""
    bounds = stored(shapely.box(X - 500, Y - 500, X + 500, Y + 500))
    houses = factories.make_layer_edition("bag_buildings", kind="vector", bounds=bounds)
    trees = factories.make_layer_edition("trees", kind="vector", bounds=bounds)
    add_feature(houses, HOUSE, 12.0)
    add_feature(houses, shapely.box(X + 100, Y, X + 110, Y + 10), None)
    add_feature(trees, shapely.Point(X - 60, Y), 10.0, kroondiameter=8.0)
    add_feature(trees, shapely.Point(X - 80, Y), None)
    return houses, trees


def page_at(pages, query="", status=200):
    return pages.get(f"/nl/planning/3d?at={AT}&{query}", status=status)


def shade_at(pages, query):
    return json.loads(pages.client.get(f"/tiles/twin/shade.json?at={AT}&{query}").text)


def ground(told):
    shapes = [shapely.geometry.shape(each["geometry"]) for each in told["shadows"]["features"]]
    return to_rd(shapely.union_all(shapes))


def shares(page, name):
    row = re.search(rf"<bdi>{re.escape(name)}</bdi>.*?</tr>", page.html, re.DOTALL)
    assert row, name
    return [float(each) for each in re.findall(r"<bdi>(\d+) %</bdi>", row[0])]


def test_the_sun_is_told_in_words_and_numbers(planner, town):
    page = page_at(planner, NOON)
    sun = sun_over(shapely.Point(X, Y), datetime(2026, 6, 21, 13, 0, tzinfo=UTC))
    assert f"{sun.elevation:.0f} graden boven de horizon, in het zuidwesten" in page.text
    assert f"({sun.azimuth:.0f} graden)" in page.text


def test_the_clock_is_that_of_the_netherlands(planner, town):
    summer = shade_at(planner, "date=2026-07-01&time=12:00")["sun"]
    winter = shade_at(planner, "date=2026-12-01&time=12:00")["sun"]
    place = shapely.Point(X, Y)
    for told, hour, month in ((summer, 10, 7), (winter, 11, 12)):
        sun = sun_over(place, datetime(2026, month, 1, hour, tzinfo=UTC))
        assert told["azimuth"] == pytest.approx(sun.azimuth, abs=0.01)
        assert told["elevation"] == pytest.approx(sun.elevation, abs=0.01)


def test_an_hour_that_the_clock_skips_is_named(planner, town):
    assert "Wij rekenen met 03:30" in page_at(planner, "date=2026-03-29&time=02:30").text
    assert "Wij rekenen met" not in page_at(planner, "date=2026-10-25&time=02:30").text


def test_shade_on_the_ground_is_that_of_house_and_tree(planner, town):
    told = shade_at(planner, NOON)
    sun = sun_over(shapely.Point(X, Y), datetime(2026, 6, 21, 13, 0, tzinfo=UTC))
    house = building_shadow(HOUSE, 12.0, sun).difference(HOUSE)
    found = ground(told)
    assert (
        found.intersection(HOUSE.buffer(40)).symmetric_difference(house).area < 0.5
    )  # of 7 digits
    crown = found.difference(HOUSE.buffer(40))
    exact = tree_shadow(shapely.Point(X - 60, Y), 4.0, 10.0, sun, 2.5)
    assert crown.area == pytest.approx(exact.area, rel=0.04)
    assert exact.buffer(0.1).covers(crown)


def test_the_table_says_which_share_of_a_plan_is_in_shade(planner, case, town):
    strip = shapely.box(X - 5, Y + 5, X + 5, Y + 25)
    factories.make_intervention(
        case, geom=stored(strip), phase="done", title=factories.words("Plein"),
        published_at=datetime.now(UTC),
    )  # fmt: skip
    page = page_at(planner, "date=2026-06-21&time=13:40")
    sun = sun_over(shapely.Point(X, Y), datetime(2026, 6, 21, 11, 40, tzinfo=UTC))
    shade = building_shadow(HOUSE, 12.0, sun).intersection(strip)
    found = shares(page, "Plein (nl)")
    assert len(found) == 5  # 9, 12, 15 and 18 o'clock and the chosen time
    assert found[2] == pytest.approx(100 * shade.area / strip.area, abs=0.6)


def test_only_published_plans_are_shown_to_a_room(planner, case, town):
    factories.make_intervention(
        case, geom=stored(HOUSE.buffer(20)), title=factories.words("Geheim")
    )
    factories.make_wish(
        case, kind="too_hot", at=(X, Y + 30), status="submitted", place_words="Hier"
    )
    assert "Geheim" not in page_at(planner, NOON + "&show=plans").text
    assert "Hier" not in page_at(planner, NOON).text


def test_assumed_trees_give_shade_only_with_the_plans_and_say_so(planner, case, town):
    lane = shapely.LineString([(X - 100, Y + 100), (X + 100, Y + 100)])
    plan = factories.make_intervention(
        case, geom=stored(lane), phase="planned", title=factories.words("Laan"),
        published_at=datetime.now(UTC),
    )  # fmt: skip
    without = page_at(planner, f"{NOON}&plan={plan.id}&height=15")
    assert shares(without, "Laan (nl)")[2] == 0
    page = page_at(planner, f"{NOON}&plan={plan.id}&height=15&show=plans")
    assert shares(page, "Laan (nl)")[2] > 10
    assert "Aanname: 21 bomen van 15 meter hoog, elke 10 meter" in page.text
    scene = json.loads(planner.client.get(f"/tiles/twin/scene.json?at={AT}&plan={plan.id}&show=plans").text)  # fmt: skip
    assert len(scene["planted"]) == 21


def test_what_is_not_ready_stands_on_the_map_only_with_the_plans(planner, case, town):
    for phase in ("done", "planned", "stopped"):
        factories.make_intervention(
            case, geom=stored(HOUSE), phase=phase, title=factories.words(phase),
            stop_reason="x" if phase == "stopped" else "", published_at=datetime.now(UTC),
        )  # fmt: skip

    def names(show):
        answer = planner.client.get(f"/tiles/twin/scene.json?at={AT}&show={show}")
        plans = json.loads(answer.text)["plans"]["features"]
        return [each["properties"]["name"] for each in plans]

    assert names("now") == ["done (nl)"]
    assert names("plans") == ["done (nl)", "planned (nl)"]


def test_after_sunset_there_is_no_shade_and_the_page_says_so(planner, town):
    page = page_at(planner, "date=2026-12-21&time=21:00")
    assert "De zon is onder" in page.text
    assert "zon onder" in page.text
    assert shade_at(planner, "date=2026-12-21&time=21:00")["shadows"]["features"] == []


def test_a_low_sun_is_cut_off_and_the_page_says_so(planner, town):
    low = "date=2026-12-21&time=16:15"
    assert "Schaduwen zijn afgekapt bij 250 meter" in page_at(planner, low).text
    assert "afgekapt" not in page_at(planner, NOON).text
    west, south, east, north = ground(shade_at(planner, low)).bounds
    assert np.hypot(east - west, north - south) < 2 * 360


def test_heights_that_are_not_known_are_counted_and_drawn_flat(planner, town):
    page = page_at(planner, NOON)
    assert "2 gebouwen" in page.text
    assert "Hoogte niet bekend: 1 gebouwen" in page.text
    assert "2 bomen. Hoogte niet bekend: 1" in page.text
    scene = json.loads(planner.client.get(f"/tiles/twin/scene.json?at={AT}").text)
    assert [each["properties"]["height"] for each in scene["buildings"]["features"]] == [12.0, None]


def test_sources_editions_and_limits_stand_on_the_page(planner, town):
    houses, _ = town
    houses.is_synthetic = True
    db.session.flush()
    page = page_at(planner, NOON)
    assert houses.title("nl") in page.text
    assert "Verzonnen, niet gemeten" in page.text
    assert "zonder heuvels, zonder wolken" in page.text
    assert "Elk gebouw is een blok met één hoogte" in page.text


def test_the_map_from_above_is_a_drawing_without_script(planner, town):
    answer = planner.client.get(f"/tiles/twin/map.svg?at={AT}&{NOON}")
    assert answer.content_type.startswith("image/svg+xml")
    root = ET.fromstring(answer.text)
    paths = [each.get("fill") for each in root.iter() if each.tag.endswith("path")]
    assert {"#22314a", "#e9dcc3", "#c9c2b4", "#5d9a5f"} <= set(paths)
    assert "<script" not in answer.text


def test_without_layers_the_page_says_what_to_load(planner):
    page = page_at(planner, NOON)
    assert "Er zijn nog geen gebouwen geladen" in page.text


def test_the_plain_address_shows_a_place_and_the_longest_day(planner, town):
    page = planner.get("/nl/planning/3d")
    year = datetime.now(AMSTERDAM).year
    assert page.all("input", id="twin-date")[0]["value"] == f"{year}-06-21"
    assert page.all("input", id="twin-time")[0]["value"] == "15:00"
    assert page.links()


@pytest.mark.parametrize(
    "wrong",
    [
        "time=25:00", "time=x", "date=2026-02-30", "date=1900-01-01", "show=maybe",
        "plan=x", "height=1e9", "case=none", "at=nan,52", "at=0,0", "at=4.6,52.4,99,0,0",
        "place=1,1", "date=%00",
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused_in_words(planner, town, wrong):
    page = planner.get(f"/nl/planning/3d?{wrong}", status=400)
    assert page.all("div", class_="error-summary")
    if not wrong.startswith("place"):
        for name in ("scene.json", "shade.json", "map.svg"):
            answer = planner.client.get(f"/tiles/twin/{name}?{wrong}")
            assert answer.status_code == 400
            assert answer.content_type == "application/problem+json"


def test_a_typed_place_leads_to_an_address_with_that_place(planner, town):
    planner.get(f"/nl/planning/3d?place={X:.0f},{Y:.0f}&{NOON}")
    address = planner.response.request.query_string.decode()
    assert f"at={MIDDLE.x:.4f}"[:8] in address
    assert "time=15:00" in address
    planner.get("/nl/planning/3d?place=nergens", status=400)


def test_nobody_else_may_see_it(pages, town):
    for path in ("/nl/planning/3d", "/tiles/twin/shade.json"):
        assert pages.client.get(path).status_code in {302, 401, 403}


def test_a_plan_that_lies_elsewhere_is_no_mistake(planner, town):
    assert (
        "Aanname"
        not in page_at(planner, f"{NOON}&plan=999999&show=plans").text.split("Hoe zeker")[0]
    )
