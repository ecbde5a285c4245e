"""The 3-D view in a browser: drawn, moved in time, by keyboard, and without WebGL or script."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from playwright.sync_api import Page

from gis.crs import to_lonlat
from tests import factories
from tests.browser.checks import assert_accessible
from webapp.geodata import stored
from webapp.map_layers.models import LayerFeature

X, Y = factories.HAARLEM
MIDDLE = to_lonlat(shapely.Point(X, Y))
AT = f"at={MIDDLE.x:.6f},{MIDDLE.y:.6f},17.0,0.0,45.0&date=2026-06-21"
NO_WEBGL = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer"]
CHOSEN = "#twin-table td.chosen bdi"


@pytest.fixture(scope="module")
def planner(live) -> dict[str, Any]:
    with live.rows():
        case = factories.make_case()
        bounds = stored(shapely.box(X - 400, Y - 400, X + 400, Y + 400))
        houses = factories.make_layer_edition("bag_buildings", edition="9998", bounds=bounds)
        trees = factories.make_layer_edition("trees", edition="9998", bounds=bounds)
        for row in range(-3, 4):
            box = shapely.box(X - 40, Y + 25 * row, X + 40, Y + 25 * row + 10)
            factories.add(LayerFeature(edition_id=houses.id, geom=stored(box), value=9.0))
            tree = stored(shapely.Point(X + 50, Y + 25 * row))
            factories.add(LayerFeature(edition_id=trees.id, geom=tree, value=8.0))
        factories.make_intervention(case, phase="planned", published_at=datetime.now(UTC))
        return {"cookie": live.cookie_of(factories.make_user("planner", case=case))}


@pytest.fixture
def visit(live, planner, page) -> Callable[..., Page]:
    def open_view(query: str = "", **options: Any) -> Page:
        visitor = page(**options)
        show(live, planner, visitor, query)
        if options.get("javascript", True):
            visitor.wait_for_selector("#twin[data-ready=true]", timeout=60_000)
        return visitor

    return open_view


def show(live, planner, visitor: Page, query: str) -> None:
    visitor.context.add_cookies([planner["cookie"]])
    visitor.goto(f"{live.base_url}/nl/planning/3d?{AT}{query}")


def settled(visitor: Page) -> None:
    visitor.wait_for_selector("#twin:not([aria-busy])")


def test_time_moves_sun_table_and_address_together(visit):
    visitor = visit("&time=12:00", width=1440)
    assert visitor.get_attribute("#twin", "data-engine") == "maplibre"
    before = visitor.inner_text("#twin-sun"), visitor.inner_text(f"{CHOSEN} >> nth=1")
    visitor.focus("#twin-minutes")
    for _ in range(28):
        visitor.keyboard.press("ArrowRight")
    visitor.wait_for_function(
        "() => document.querySelector('#twin-sun').textContent.includes('19:00')"
    )
    settled(visitor)
    assert visitor.input_value("#twin-time") == "19:00"
    assert "time=19%3A00" in visitor.url
    after = visitor.inner_text("#twin-sun"), visitor.inner_text(f"{CHOSEN} >> nth=1")
    assert after[0] != before[0]
    assert after[1] != before[1]
    address = visitor.url
    visitor.reload()
    visitor.wait_for_selector("#twin[data-ready=true]", timeout=60_000)
    assert visitor.inner_text(f"{CHOSEN} >> nth=1") == after[1]
    assert visitor.url == address


def test_plans_and_assumed_trees_come_with_one_choice(visit):
    visitor = visit("&time=15:00", width=1440)
    visitor.select_option("#twin-plan", index=1)
    visitor.wait_for_selector(".twin-gain")
    assert visitor.is_checked("#twin-show-1")
    assert "show=plans" in visitor.url
    settled(visitor)
    assert_accessible(visitor)


def test_buttons_turn_the_map_and_the_address_keeps_it(visit):
    visitor = visit("&time=15:00", width=1440, reduced_motion="reduce")
    visitor.click("[data-turn=right]")
    visitor.wait_for_function("() => location.search.includes('15.0%2C45.0')")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    visitor.wait_for_function("() => location.search.includes('15.0%2C30.0')")


def test_without_webgl_the_map_from_above_takes_over(live, planner, playwright, chromium_path):
    launched = playwright.chromium.launch(executable_path=chromium_path, args=NO_WEBGL)
    visitor = launched.new_page(viewport={"width": 1440, "height": 900})
    show(live, planner, visitor, "&time=17:00")
    visitor.wait_for_selector("#twin[data-ready=true]", timeout=60_000)
    assert visitor.get_attribute("#twin", "data-engine") == "drawing"
    assert visitor.is_visible("#twin-simple")
    assert visitor.is_visible("#twin-drawing img")
    visitor.click("[data-step='15']")
    visitor.wait_for_function(
        "() => document.querySelector('#twin-sun').textContent.includes('17:15')"
    )
    assert "17%3A15" in visitor.url
    launched.close()


def test_without_script_the_form_does_the_same(visit):
    visitor = visit("&time=09:00", width=390, javascript=False)
    assert visitor.is_visible("#twin-drawing img")
    visitor.fill("#twin-time", "18:00")
    visitor.click("#twin-form button[type=submit]")
    assert "time=18%3A00" in visitor.url
    assert "18:00" in visitor.inner_text("#twin-sun")
