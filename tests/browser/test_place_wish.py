"""A wish through each door, as residents do it: by two taps, by keyboard, without a script."""

import gzip

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.checks import assert_accessible, wait_until_ready
from tests.browser.people import (
    begin,
    by_address,
    by_keyboard,
    by_two_taps,
    go_on,
    pick,
    say_the_rest,
    until_close,
    wish_of,
)

LIMIT_BYTES = 100_000


def stored(live, visitor: Page) -> tuple[str, str, str]:
    """Door, language and place in words of the wish whose receipt is shown."""
    with live.rows():
        wish = wish_of(visitor)
        return wish.door, wish.language, wish.place_words


def test_the_place_is_set_in_two_taps_on_a_phone(live, page):
    visitor = page(width=390)
    by_two_taps(live, visitor)
    assert stored(live, visitor)[:2] == ("map", "nl")


def test_a_tap_on_the_map_brings_the_cross_there(live, page):
    visitor = page(width=390)
    begin(live, visitor, "nl", "map")
    visitor.locator(".place-map").tap(position={"x": 200, "y": 220})
    until_close(visitor)
    visitor.get_by_role("button", name="Kies deze plek").tap()
    visitor.wait_for_url("**/kind")


def test_a_wish_in_arabic_by_keyboard_alone(live, page):
    visitor = page(width=1440)
    by_keyboard(live, visitor, "ar", "أريد أشجارا أكثر")
    expect(visitor.locator("html")).to_have_attribute("dir", "rtl")
    assert stored(live, visitor)[:2] == ("map", "ar")


@pytest.mark.parametrize("lang", ["nl", "ar"])
def test_by_address_without_a_script(live, page, lang):
    visitor = page(javascript=False)
    by_address(live, visitor, lang)
    door, language, place = stored(live, visitor)
    assert (door, language) == ("address", lang)
    assert place.startswith("Zilverlindelaan 12")


def test_without_a_script_the_map_page_says_what_to_do(live, page):
    visitor = page(javascript=False)
    visitor.goto(f"{live.base_url}/nl/cases/haarlem/wishes/new")
    visitor.locator("button[value=map]").click()
    expect(visitor.get_by_text("De kaart werkt hier niet.")).to_be_visible()
    expect(visitor.locator(".place-form")).to_be_hidden()


def test_a_route_is_drawn_point_by_point(live, page):
    visitor = page(width=390)
    begin(live, visitor, "nl", "map")
    main = visitor.locator("[data-part=main]")
    visitor.get_by_role("button", name="Een route tekenen").click()
    main.click()
    until_close(visitor)
    main.click()
    visitor.locator("[data-part=finish]").click()
    expect(visitor.locator("[data-part=says]")).to_contain_text("minstens twee")
    visitor.locator(".place-map").focus()
    visitor.keyboard.press("ArrowDown")
    visitor.keyboard.press("ArrowDown")
    expect(visitor.locator("[data-part=here]")).to_be_visible()
    main.click()
    visitor.wait_for_function("() => document.querySelector('.place-form').dataset.drawn === '2'")
    visitor.locator("[data-part=finish]").click()
    visitor.wait_for_url("**/kind")
    pick(visitor, "route")
    pick(visitor, "active_social")
    visitor.locator("textarea").fill("Een pad")
    go_on(visitor)
    expect(visitor.locator(".answers")).to_contain_text("Een getekende route")


@pytest.mark.parametrize(("lang", "width"), [("nl", 1440), ("ar", 320)])
def test_no_screen_has_barriers(live, page, lang, width):
    visitor = page(width=width)

    def check(step: str) -> None:
        visitor.wait_for_url(f"**/{step}")
        wait_until_ready(visitor)
        assert_accessible(visitor)

    visitor.goto(f"{live.base_url}/{lang}/cases/haarlem/wishes/new")
    check("new")
    visitor.locator("button[value=map]").click()
    check("place")
    visitor.locator("[data-part=main]").click()
    until_close(visitor)
    visitor.locator("[data-part=main]").click()
    check("kind")
    pick(visitor, "wish")
    check("theme")
    pick(visitor, "green")
    check("words")
    go_on(visitor)
    expect(visitor.locator(".error-summary")).to_be_focused()
    check("words")
    visitor.locator("textarea").fill("Meer schaduw")
    go_on(visitor)
    check("check")
    go_on(visitor)
    check("follow/**")
    visitor.locator("a.danger").click()
    check("withdraw")
    visitor.locator("button.danger").click()
    visitor.wait_for_url("**/follow/**")
    assert_accessible(visitor)


def test_the_browsers_back_button_and_a_second_send_make_one_wish(live, page):
    visitor = page()
    begin(live, visitor, "nl", "neighbourhood")
    visitor.locator("input[name=area] + label").first.click()
    go_on(visitor)
    say_the_rest(visitor, "Meer schaduw")
    receipt = visitor.url
    visitor.go_back()
    visitor.wait_for_url("**/follow/**")
    assert visitor.url == receipt


def test_a_resident_downloads_little(live, page):
    visitor = page(width=390)
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.request.resource_type in ("script", "stylesheet"):
            sizes[response.url] = len(gzip.compress(response.body()))

    visitor.on("response", weigh)
    begin(live, visitor, "nl", "map")
    visitor.wait_for_load_state("networkidle")
    assert any("leaflet.js" in url for url in sizes)
    assert sum(sizes.values()) <= LIMIT_BYTES, sizes
