"""The planner's map in a browser: drawn, filtered, selected, by keyboard, and without WebGL."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page
from sqlalchemy import select, text

from tests import factories
from tests.browser.checks import assert_accessible, tab_to
from webapp.deals.models import Case, Deal
from webapp.extensions import db
from webapp.planning import tiles

X, Y = factories.HAARLEM
DENSITY = "bevolkingsdichtheid_inwoners_per_km2"
NO_WEBGL = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer"]
RENDERED = """layer => document.querySelector('.planner').planningMap.map
    .queryRenderedFeatures({layers: [].concat(layer)}).map(feature => feature.properties)"""
AREAS = ["areas-fill", "areas-no_figure"]

Open = Callable[..., Page]


@pytest.fixture
def planner(live) -> dict[str, Any]:
    """A planner of a case of their own, with six green and two noisy wishes and two plans."""

    def fill() -> dict[str, Any]:
        with live.rows():
            deal = db.session.scalar(select(Deal).filter_by(slug="mra-west"))
            case = factories.make_case(deal, slug=f"map-{uuid4().hex[:8]}")
            user = factories.make_user("planner", case=case)
            themes = ["green"] * 6 + ["air_noise"] * 2
            wishes = [
                factories.make_wish(case, at=(X + 250 * place, Y), theme=theme).id
                for place, theme in enumerate(themes)
            ]
            factories.make_intervention(case, at=(X, Y + 800))
            factories.make_intervention(case, at=(X + 900, Y + 800), phase="planned")
            return {"cookie": live.cookie_of(user), "case": case.slug, "wishes": wishes}

    return fill()


@pytest.fixture
def visit(live, planner, page) -> Open:
    """Opens the map as the planner and waits until it is drawn."""

    def open_map(query: str = "", lang: str = "nl", width: int = 1440, **options: Any) -> Page:
        visitor = page(width=width, **options)
        show(live, planner, visitor, f"/{lang}/planning{query}")
        return visitor

    return open_map


def show(live, planner, visitor: Page, path: str, is_scripted: bool = True) -> None:
    visitor.context.add_cookies([planner["cookie"]])
    visitor.goto(live.base_url + path)
    if is_scripted:
        visitor.wait_for_selector(".planner[data-ready=true]", timeout=40_000)


def drawn(visitor: Page, layer: str | list[str]) -> list[dict[str, Any]]:
    return visitor.evaluate(RENDERED, layer)


def wait_for_drawn(visitor: Page, layer: str | list[str], condition: str) -> None:
    """Until what is drawn in a layer meets a condition on `found`."""
    visitor.wait_for_function(f"layer => {{ const found = ({RENDERED})(layer); return {condition}; }}", arg=layer)  # fmt: skip


def settled(visitor: Page) -> None:
    visitor.wait_for_selector(".planner:not([aria-busy])")


def keys(visitor: Page) -> list[str]:
    return visitor.eval_on_selector_all("tr[data-key]", "rows => rows.map(row => row.dataset.key)")


def test_choropleth_shows_the_values_of_the_table_and_the_database(live, visit):
    visitor = visit()
    assert visitor.get_attribute(".planner", "data-engine") == "maplibre"
    wait_for_drawn(visitor, AREAS, "found.length > 10")
    on_map = {row["code"]: row.get("value") for row in drawn(visitor, AREAS)}
    cells = visitor.eval_on_selector_all(
        "tr[data-key]",
        "rows => rows.map(row => [row.dataset.key.slice(5), row.querySelector('td.number').dataset.value])",
    )
    in_table = {code: float(value) if value else None for code, value in cells}
    stored = stored_values(live)
    assert in_table == stored
    assert on_map
    assert on_map == {code: stored[code] for code in on_map}


def stored_values(live) -> dict[str, float | None]:
    statement = text(
        "SELECT a.code, max((f.figures ->> :key)::float) FROM areas a "
        "LEFT JOIN area_figures f ON f.area_id = a.id "
        "WHERE a.level = 'district' AND a.year = 2024 AND NOT a.water GROUP BY a.code"
    )
    with live.rows():
        return dict(db.session.execute(statement, {"key": DENSITY}).all())


def test_filter_changes_map_table_and_address_alike(visit):
    visitor = visit("?table=wishes")
    wait_for_drawn(visitor, "wishes-symbol", "new Set(found.map(f => f.id)).size === 8")
    visitor.select_option("#theme", "air_noise")
    wait_for_drawn(visitor, "wishes-symbol", "new Set(found.map(f => f.id)).size === 2")
    settled(visitor)
    assert len(keys(visitor)) == 2
    assert "theme=air_noise" in visitor.url
    assert {row["theme"] for row in drawn(visitor, "wishes-symbol")} == {"air_noise"}
    visitor.go_back()
    wait_for_drawn(visitor, "wishes-symbol", "new Set(found.map(f => f.id)).size === 8")
    assert visitor.input_value("#theme") == ""


def test_address_brings_everything_back(visit):
    query = "?layer=population&level=district&year=2024&theme=green&table=wishes&sort=id&at=4.65100,52.36000,13.50"  # fmt: skip
    visitor = visit(query)
    visitor.click("tr[data-key] a >> nth=2")
    settled(visitor)
    address = visitor.url
    table = keys(visitor)
    again = visit("?" + address.split("?")[1])
    assert keys(again) == table
    assert again.input_value("#layer") == "population"
    assert again.input_value("#theme") == "green"
    assert again.locator("tr.selected").count() == 1
    assert again.locator("#detail h2").inner_text() == visitor.locator("#detail h2").inner_text()
    place = again.evaluate("document.querySelector('.planner').planningMap.position()")
    assert [float(part) for part in place.split(",")] == pytest.approx([4.651, 52.36, 13.5], abs=1e-4)  # fmt: skip


def test_area_that_is_clicked_is_selected_in_the_table(visit):
    visitor = visit("?theme=safe_clean&phase=stopped")
    wait_for_drawn(visitor, AREAS, "found.length > 10")
    visitor.click(".canvas canvas")
    visitor.wait_for_selector("#detail h2")
    settled(visitor)
    name = visitor.locator("#detail h2").inner_text()
    assert visitor.locator("tr.selected th a").inner_text() == name
    wait_for_drawn(visitor, "areas-selected", "found.length > 0")
    assert {row["name"] for row in drawn(visitor, "areas-selected")} == {name}


def test_keyboard_alone_sorts_selects_and_closes(visit):
    visitor = visit("?theme=safe_clean&phase=stopped")
    tab_to(visitor, "#layer")
    tab_to(visitor, ".maplibregl-canvas")
    assert visitor.locator(".cross").is_visible()
    wait_for_drawn(visitor, AREAS, "found.length > 10")
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector("#detail h2")
    settled(visitor)
    tab_to(visitor, ".detail-bar a")
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector("#detail", state="hidden")
    settled(visitor)
    tab_to(visitor, "th[data-column=value] button", at_most=120)
    visitor.keyboard.press("Enter")
    visitor.keyboard.press("Enter")
    assert visitor.get_attribute("th[data-column=value]", "aria-sort") == "descending"
    values = visitor.eval_on_selector_all(
        "tr[data-key] td.number[data-value]", "cells => cells.map(cell => cell.dataset.value)"
    )
    known = [float(value) for value in values if value]
    assert known == sorted(known, reverse=True)
    assert values == [value for value in values if value] + [""] * values.count("")
    assert "sort=-value" in visitor.url


def test_zoom_buttons_are_large_and_named(visit):
    visitor = visit()
    for name in ("Inzoomen", "Uitzoomen"):
        box = visitor.get_by_role("button", name=name).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_another_figure_changes_legend_and_map(visit):
    visitor = visit()
    visitor.select_option("#layer", "share_65_and_older")
    settled(visitor)
    assert "65" in visitor.locator("#legend h3").inner_text()
    visitor.wait_for_function(
        "() => Math.max(...(" + RENDERED + ")('areas-fill').map(f => f.value)) <= 100"
    )


def test_full_map_says_that_it_shows_a_part(visit, monkeypatch):
    monkeypatch.setattr(tiles, "MOST_FEATURES", 3)
    visitor = visit("?q=schaduw")  # the grid knows no words: a tile has the newest wishes
    visitor.wait_for_selector("#map-capped", state="visible")
    assert "3" in visitor.locator("#map-capped").inner_text()


def test_many_wishes_in_one_place_are_a_number_that_opens(live, planner, visit):
    with live.rows():
        case = db.session.scalar(select(Case).filter_by(slug=planner["case"]))
        for n in range(12):
            factories.make_wish(case, at=(X + 600 + n, Y - 600))
    time.sleep(2)  # new wishes are on the map within two seconds
    visitor = visit(f"?case={planner['case']}&at=4.66300,52.35600,11.00")
    wait_for_drawn(visitor, "wishes-cluster", "found.some(each => each.count >= 12)")
    visitor.evaluate(
        """() => { const map = document.querySelector('.planner').planningMap.map;
        const [found] = map.queryRenderedFeatures({layers: ['wishes-cluster']})
            .sort((one, other) => other.properties.count - one.properties.count);
        map.jumpTo({center: found.geometry.coordinates}); }"""
    )
    visitor.focus(".canvas canvas")
    visitor.keyboard.press("Enter")
    visitor.wait_for_function(
        "() => document.querySelector('.planner').planningMap.map.getZoom() === 13"
    )


@pytest.mark.parametrize(
    ("lang", "width", "query"),
    [
        ("nl", 390, "?table=wishes&selected=area:WK039220"),
        ("nl", 1440, "?theme=moon&table=interventions"),
        ("ar", 1440, "?table=wishes&selected=area:WK039220"),
    ],
)
def test_no_barriers(visit, lang, width, query):
    assert_accessible(visit(query, lang=lang, width=width))


def test_without_javascript_the_table_and_filters_work(live, planner, page):
    visitor = page(width=1440, javascript=False)
    show(live, planner, visitor, "/nl/planning?table=wishes", is_scripted=False)
    assert visitor.locator("noscript p").is_visible()
    visitor.select_option("#theme", "green")
    visitor.click("#filters button[type=submit]")
    assert visitor.locator("tr[data-key]").count() == 6
    visitor.click("th[data-column=id] button")
    assert "theme=green" in visitor.url
    assert "sort=id" in visitor.url
    visitor.click("tr[data-key] a >> nth=0")
    assert visitor.locator("#detail h2").is_visible()


def test_without_webgl_a_simple_map_shows_the_same_figures(
    live, planner, playwright, chromium_path
):
    seen = visit_without_webgl(live, planner, playwright, chromium_path)
    assert seen["engine"] == "leaflet"
    assert seen["notice"]
    assert seen["areas"] > 10
    assert seen["wishes"] == 8
    assert seen["filtered"] == 2
    assert seen["selected"]
    assert seen["breaches"] == []


def visit_without_webgl(live, planner, playwright, path: str) -> dict[str, Any]:
    browser = playwright.chromium.launch(executable_path=path, args=NO_WEBGL)
    visitor = browser.new_page(viewport={"width": 1440, "height": 900})
    breaches: list[str] = []
    visitor.on("pageerror", lambda error: breaches.append(str(error)))
    visitor.on("console", lambda said: breaches.append(said.text) if "Security Policy" in said.text else None)  # fmt: skip
    show(live, planner, visitor, "/nl/planning")
    count = "name => document.querySelector('.planner').planningMap.drawing.shapes[name].getLayers().length"  # fmt: skip
    seen = {
        "engine": visitor.get_attribute(".planner", "data-engine"),
        "notice": visitor.locator("#map-fallback").is_visible(),
        "areas": visitor.evaluate(count, "areas"),
        "wishes": visitor.evaluate(count, "wishes"),
    }
    assert_accessible(visitor)
    visitor.select_option("#theme", "air_noise")
    visitor.wait_for_function(f"() => ({count})('wishes') === 2")
    seen["filtered"] = visitor.evaluate(count, "wishes")
    visitor.click("tr[data-key] a >> nth=0")
    visitor.wait_for_selector("#detail h2")
    seen["selected"] = re.search(r"selected=area", visitor.url)
    browser.close()
    return seen | {"breaches": breaches}
