"""The head of the workbench: one row on every screen, with all of an administrator's works."""

from itertools import pairwise

import pytest

from tests import factories
from tests.browser.checks import axe_findings, tab_to, wait_until_ready
from webapp.languages import LANGUAGES

ONE_ROW = 60


@pytest.fixture
def visit(live, page):
    """Opens the list of interventions as an administrator."""
    with live.rows():
        cookie = live.cookie_of(factories.make_user("admin"))

    def open_list(language, width, **options):
        visitor = page(width=width, **options)
        visitor.context.add_cookies([cookie])
        visitor.goto(f"{live.base_url}/{language}/interventions/new")
        return visitor

    return open_list


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_is_one_row_in_every_language(visit, language):
    visitor = visit(language, 1440)
    for width in (1440, 1366, 1344, 1280, 390, 320):
        visitor.set_viewport_size({"width": width, "height": 800})
        height = visitor.locator("header.top").bounding_box()["height"]
        assert height <= ONE_ROW, f"{height} px at {width} px"
        boxes = [part.bounding_box() for part in visitor.locator("header.top > *").all()]
        starts_and_ends = sorted((box["x"], box["x"] + box["width"]) for box in boxes)
        assert all(a[1] <= b[0] for a, b in pairwise(starts_and_ends))


@pytest.mark.parametrize(("width", "shown"), [(1440, "in-bar"), (390, "in-menu")])
def test_the_page_shown_is_marked(visit, width, shown):
    visitor = visit("nl", width)
    wait_until_ready(visitor)
    visitor.locator(".menu summary").click()
    marked = visitor.locator(".workbench-links [aria-current]:visible")
    assert marked.all_inner_texts() == ["Ingrepen"]
    assert marked.get_attribute("aria-current") == "true"
    assert visitor.locator(f".{shown} [aria-current]").is_visible()
    assert not axe_findings(visitor)


def test_the_menu_opens_and_closes_by_keyboard(visit):
    visitor = visit("nl", 390)
    wait_until_ready(visitor)
    tab_to(visitor, ".menu summary")
    visitor.keyboard.press("Enter")
    for name in ("Ingrepen", "Medewerkers", "Mijn account", "Uitloggen"):
        assert visitor.get_by_role("link", name=name, exact=True).is_visible()
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Escape")
    assert visitor.get_by_role("link", name="Medewerkers").is_hidden()
    assert visitor.evaluate("document.activeElement.matches('.menu summary')")


def test_the_menu_closes_when_the_focus_leaves_it(visit):
    visitor = visit("nl", 1440)
    wait_until_ready(visitor)
    visitor.locator(".menu summary").click()
    visitor.locator(".languages summary").focus()
    assert visitor.get_by_role("link", name="Medewerkers").is_hidden()


def test_the_menu_works_without_scripts(visit):
    visitor = visit("nl", 390, javascript=False)
    visitor.locator(".menu summary").click()
    visitor.get_by_role("link", name="Rondes").click()
    assert visitor.get_by_role("heading", level=1).inner_text() == "Rondes"
