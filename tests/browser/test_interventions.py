"""A case manager draws with the mouse, with the keyboard, and without scripts."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.browser.checks import assert_accessible, tab_to, wait_until_ready
from webapp.deals.models import Case
from webapp.extensions import db
from webapp.interventions.models import Intervention


def in_rows(live, work):
    """What `work` gives, done on the site's database; a thread keeps it apart from the browser."""

    def run():
        with live.rows():
            return work()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(run).result()


@pytest.fixture
def visit(live, page):
    """Opens an address as an administrator."""
    cookie = in_rows(live, lambda: live.cookie_of(factories.make_user("admin")))

    def open_address(address, width=1440, **options):
        visitor = page(width=width, **options)
        visitor.context.add_cookies([cookie])
        answer = visitor.goto(live.base_url + address)
        assert answer.ok, answer.status
        if options.get("javascript", True):
            wait_until_ready(visitor)
        return visitor

    return open_address


def fill_words(visitor, title):
    visitor.fill("#title_nl", title)
    visitor.fill("#summary_nl", "Er komen bomen en een bank.")


def drawn(visitor):
    text = visitor.input_value("#geometry")
    return json.loads(text) if text else None


def saved(live, title):
    found = select(Intervention).where(Intervention.title["nl"].astext == title)
    return in_rows(
        live,
        lambda: [(one.geom is not None, one.phase) for one in db.session.scalars(found)],
    )


def test_an_area_is_drawn_by_clicking_and_saved(live, visit):
    title = f"Muis {uuid4()}"
    visitor = visit("/nl/interventions/new/haarlem")
    fill_words(visitor, title)
    box = visitor.locator("[data-part=map]")
    for place in ((200, 100), (300, 100), (300, 200)):
        box.click(position={"x": place[0], "y": place[1]})
    assert drawn(visitor)["type"] == "Polygon"
    assert "m²" in visitor.locator("[data-part=status]").inner_text()
    visitor.get_by_role("button", name="Laatste punt weg").click()
    assert drawn(visitor) is None
    box.click(position={"x": 320, "y": 220})
    visitor.get_by_role("button", name="Opslaan").click()
    visitor.wait_for_url("**/interventions/*")
    assert saved(live, title) == [(True, "idea")]


def test_a_line_is_drawn_and_bent_with_the_keyboard_alone(live, visit):
    title = f"Toetsen {uuid4()}"
    visitor = visit("/nl/interventions/new/haarlem")
    fill_words(visitor, title)
    visitor.focus("#shape-Polygon")
    visitor.keyboard.press("ArrowLeft")
    tab_to(visitor, "[data-part=add]")
    visitor.keyboard.press("Enter")
    visitor.keyboard.down("Shift")
    tab_to(visitor, "[data-part=map]")
    visitor.keyboard.up("Shift")
    before = drawn(visitor)
    visitor.keyboard.press("ArrowRight")
    tab_to(visitor, "[data-part=add]")
    visitor.keyboard.press("Enter")
    first = drawn(visitor)
    assert before is None
    assert first["type"] == "LineString"
    visitor.focus(".corner[data-corner='1']")
    visitor.keyboard.press("ArrowUp")
    assert drawn(visitor)["coordinates"][1][1] > first["coordinates"][1][1]
    assert visitor.evaluate("document.activeElement.dataset.corner") == "1"
    visitor.keyboard.press("Delete")
    assert drawn(visitor) is None


def test_a_drawing_that_crosses_itself_is_said_at_once(visit):
    visitor = visit("/nl/interventions/new/haarlem")
    box = visitor.locator("[data-part=map]")
    for x, y in ((100, 100), (250, 250), (250, 100), (100, 250)):
        box.click(position={"x": x, "y": y})
    assert "kruist zichzelf" in visitor.locator("[data-part=status]").inner_text()


def test_text_in_the_field_is_shown_on_the_map(visit):
    visitor = visit("/nl/interventions/new/haarlem")
    visitor.locator("details.geojson summary").click()
    visitor.fill("#geometry", '{"type":"Point","coordinates":[4.65,52.36]}')
    visitor.locator("#geometry").blur()
    assert visitor.is_checked("#shape-Point")
    assert visitor.locator(".corner").count() == 1


def test_everything_works_without_scripts(live, visit):
    title = f"Zonder {uuid4()}"
    visitor = visit("/nl/interventions/new/haarlem", width=390, javascript=False)
    fill_words(visitor, title)
    visitor.locator("details.geojson summary").click()
    visitor.fill("#geometry", '{"type":"Point","coordinates":[4.65,52.36]}')
    visitor.get_by_role("button", name="Opslaan").click()
    assert saved(live, title) == [(True, "idea")]


def make_one():
    case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
    return factories.make_intervention(case, title={"nl": "Bomen op het plein"}).id


def test_both_versions_of_a_conflict_are_readable(live, visit):
    number = in_rows(live, make_one)
    visitor = visit(f"/nl/interventions/{number}/edit")

    def change():
        other = db.session.get(Intervention, number)
        other.title, other.version = {"nl": "Van een ander"}, 2

    in_rows(live, change)
    visitor.fill("#title_nl", "Van mij")
    visitor.get_by_role("button", name="Opslaan").click()
    visitor.get_by_role("heading", level=1, name="Iemand anders").wait_for()
    wait_until_ready(visitor)
    assert "Van een ander" in visitor.locator("table.compare").inner_text()
    assert_accessible(visitor)
