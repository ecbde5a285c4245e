"""Layers over the planner's map in a browser: tiles, opacity, swipe and places, by keyboard too."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from gis.crs import rd_point
from layers.catalogue import CATALOGUE
from tests import factories
from tests.browser.checks import assert_accessible, tab_to
from tests.browser.site import LiveSite
from tests.layers.made_files import PLACE, good_file, raster_values, write_raster
from webapp.accounts.models import User
from webapp.deals.models import Deal
from webapp.extensions import db
from webapp.map_layers.actions import Options, import_file
from webapp.map_layers.queries import edition as edition_of
from webapp.map_layers.queries import editions, open_raster

NO_WEBGL = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer"]
MAP = "document.querySelector('.planner').planningMap"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(live: LiveSite, tmp_path_factory) -> LiveSite:
    """The site with two editions of one layer and one of another, all made up."""
    folder = tmp_path_factory.mktemp("workbench")
    live.app.config["LAYER_STORE"] = str(folder / "store")
    with live.rows():
        for edition, change in (("1998", 0.0), ("1999", 1.5)):
            layer = CATALOGUE["pet"]
            values = raster_values(layer)
            values[values > 0] += change
            path = write_raster(folder / "pet.tif", values, 5.0)
            import_file("pet", path, Options(edition=edition, is_synthetic=True))
        path = good_file(CATALOGUE["bgt_cover"], folder)
        import_file("bgt_cover", path, Options(edition="1999", is_synthetic=True))
    return live


@pytest.fixture(scope="module")
def world(site: LiveSite) -> dict[str, Any]:
    """A planner's cookie, and the numbers of the editions."""
    with site.rows():
        deal = db.session.scalars(select(Deal).filter_by(slug="mra-west")).one()
        case = factories.make_case(deal, slug=f"layers-{uuid4().hex[:8]}")
        user: User = factories.make_user("planner", case=case)
        found = {f"{each.layer_id}@{each.edition}": each.id for each in editions()}
        return {"cookie": site.cookie_of(user), **found}


@pytest.fixture
def visit(site: LiveSite, world, page) -> Open:
    def open_map(query: str, lang: str = "nl", width: int = 1440) -> Page:
        return show(site, world, page(width=width), f"/{lang}/planning{query}")

    return open_map


def show(site: LiveSite, world: dict[str, Any], visitor: Page, path: str) -> Page:
    visitor.context.add_cookies([world["cookie"]])
    visitor.goto(site.base_url + path)
    visitor.wait_for_selector(".planner[data-ready=true]", timeout=40_000)
    return visitor


def at(zoom: int = 16) -> str:
    from shapely import Point

    from gis.crs import to_lonlat

    place = to_lonlat(Point(PLACE[0] + 100, PLACE[1] + 100))
    return f"at={place.x:.5f},{place.y:.5f},{zoom}"


def settled(visitor: Page) -> None:
    visitor.wait_for_selector(".planner:not([aria-busy])")


def test_layers_are_drawn_from_tiles_in_the_order_of_the_list(visit, world):
    pet, cover = world["pet@1999"], world["bgt_cover@1999"]
    with_tiles: list[str] = []
    visitor = visit(f"?layer=none&{at()}")
    visitor.on("response", lambda got: with_tiles.append(f"{got.status} {got.url}"))
    visitor.locator("summary", has_text="Hitte").click()
    visitor.check("#on-pet")
    visitor.wait_for_selector(".overlay")
    settled(visitor)
    visitor.wait_for_function(f"() => {MAP}.map.areTilesLoaded()")
    assert any(re.search(r"200 .*layers/\d+/\d+/\d+/\d+\.png", seen) for seen in with_tiles)
    visitor.goto(visitor.url.split("?")[0] + f"?layers=bgt_cover@{cover},pet@{pet}:60&{at()}")
    visitor.wait_for_selector(".planner[data-ready=true]")
    order = visitor.evaluate(f"{MAP}.map.getStyle().layers.map(layer => layer.id)")
    mine = [name for name in order if name.startswith("overlay:")]
    assert mine[0] == f"overlay:pet@{pet}/cells"
    assert order.index(mine[-1]) < order.index("interventions-fill")
    visitor.click("#down-bgt_cover")
    settled(visitor)
    visitor.wait_for_function(f"() => {MAP}.map.getStyle().layers.map(l => l.id).filter(id => id.startsWith('overlay:')).pop().startsWith('overlay:pet')")  # fmt: skip


def test_opacity_by_keyboard_changes_map_number_and_address(visit, world):
    pet = world["pet@1999"]
    visitor = visit(f"?layers=pet@{pet}:80&{at()}")
    visitor.focus("#range-pet")
    visitor.keyboard.press("ArrowLeft")
    assert visitor.input_value("#opacity-pet") == "75"
    assert visitor.evaluate(f"{MAP}.map.getPaintProperty('overlay:pet@{pet}/cells', 'raster-opacity')") == 0.75  # fmt: skip
    visitor.wait_for_url(re.compile(rf"layers=pet(%40|@){pet}(%3A|:)75"))
    settled(visitor)
    assert visitor.evaluate("document.activeElement.id") == "range-pet"


def test_swipe_by_keyboard(visit, world):
    old, new = world["pet@1998"], world["pet@1999"]
    visitor = visit(f"?compare=swipe&left=pet@{old}&right=pet@{new}&table=compare&{at()}")
    visitor.wait_for_selector(".canvas.right[data-ready=true]")
    handle = visitor.get_by_role("slider", name="Scheiding tussen links en rechts")
    handle.focus()
    for key, place in (("ArrowRight", "52"), ("Home", "0"), ("PageUp", "10"), ("End", "100"), ("ArrowLeft", "98")):  # fmt: skip
        visitor.keyboard.press(key)
        assert handle.get_attribute("aria-valuenow") == place
    assert handle.get_attribute("aria-valuetext") == "98 procent links"
    clip = visitor.evaluate("document.querySelector('.canvas.right').style.clipPath")
    assert clip == "inset(0px 0px 0px 98%)"
    assert "split=98" in visitor.url
    assert visitor.locator("#drawer-content tbody tr").count() > 0
    assert_accessible(visitor)


def test_enter_on_the_map_tells_what_the_raster_has(site, visit, world):
    pet = world["pet@1999"]
    visitor = visit(f"?layers=pet@{pet}&q=no-wish-and-no-plan&{at(18)}")
    for step in range(3):
        if step:
            tab_to(visitor, ".maplibregl-canvas")
            visitor.keyboard.press("ArrowRight")
            visitor.wait_for_function(f"() => !{MAP}.map.isMoving()")
        visitor.focus(".maplibregl-canvas")
        before = visitor.url
        visitor.keyboard.press("Enter")
        visitor.wait_for_function("was => location.href !== was && !document.querySelector('.planner[aria-busy]')", arg=before)  # fmt: skip
        found = re.search(r"selected=point%3A([0-9.]+)%2C([0-9.]+)", visitor.url)
        shown = visitor.locator(f"[data-identified='{pet}'] .headline strong").inner_text()
        place = rd_point(float(found[1]), float(found[2]))
        with site.rows():
            value = float(open_raster(edition_of(pet)).values_at([place.x], [place.y])[0])
        assert shown.replace(",", ".").split()[0] == f"{round(value, 1):g}"


def test_measuring_on_the_map_by_keyboard_is_told(visit):
    visitor = visit(f"?{at()}")
    visitor.locator("summary", has_text="Aanwijzen en meten").click()
    visitor.click("#measure-on-map")
    for _ in range(2):
        visitor.focus(".maplibregl-canvas")
        visitor.keyboard.press("Enter")
        visitor.wait_for_function("() => location.search.includes('measure=')")
        settled(visitor)
        visitor.keyboard.press("ArrowRight")
        visitor.wait_for_function(f"() => !{MAP}.map.isMoving()")
    visitor.wait_for_selector("#measured strong")
    assert "cm per km te kort" in visitor.locator("#measured").inner_text()
    assert visitor.get_attribute("#measure-on-map", "aria-pressed") == "true"


def test_bars_follow_the_table(visit):
    visitor = visit("")
    visitor.click("th[data-column=value] button")
    rows = visitor.eval_on_selector_all("tr[data-key]", "all => all.map(row => row.dataset.key)")
    bars = visitor.eval_on_selector_all("[data-bar]", "all => all.map(bar => bar.dataset.bar)")
    assert bars == rows


@pytest.mark.parametrize(("lang", "width"), [("ar", 1440), ("nl", 390)])
def test_no_barriers(visit, world, lang, width):
    layers = f"layers=pet@{world['pet@1999']},bgt_cover@{world['bgt_cover@1999']}"
    point = at().removeprefix("at=").rpartition(",")[0]
    visitor = visit(f"?{layers}&selected=point:{point}&{at()}", lang=lang, width=width)
    visitor.evaluate("document.querySelectorAll('.planner details').forEach(each => each.open = true)")  # fmt: skip
    assert_accessible(visitor)


def test_without_webgl_the_same_layers_and_values(site, world, playwright, chromium_path):
    browser = playwright.chromium.launch(executable_path=chromium_path, args=NO_WEBGL)
    visitor = browser.new_page(viewport={"width": 1440, "height": 900})
    old, new, cover = (world[name] for name in ("pet@1998", "pet@1999", "bgt_cover@1999"))
    point = at().removeprefix("at=").rpartition(",")[0]
    show(site, world, visitor, f"/nl/planning?layers=pet@{new},bgt_cover@{cover}&selected=point:{point}&{at()}")  # fmt: skip
    assert visitor.get_attribute(".planner", "data-engine") == "leaflet"
    assert visitor.locator(".leaflet-overlays-pane img").count() > 0
    assert visitor.locator(".leaflet-overlays-pane path").count() > 0
    assert "°C" in visitor.locator(f"[data-identified='{new}']").inner_text()
    show(site, world, visitor, f"/nl/planning?compare=side&left=pet@{old}&right=pet@{new}&table=compare&{at()}")  # fmt: skip
    assert visitor.locator(".canvas.right .leaflet-overlays-pane img").count() > 0
    assert visitor.locator("#drawer-content tbody tr").count() > 0
    browser.close()
