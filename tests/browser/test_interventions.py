"""A case manager draws with the mouse and with the keyboard, and reads the books of a deal."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from tests import factories
from tests.browser.checks import assert_accessible, tab_to, wait_until_ready
from webapp.deals.models import Case, Deal
from webapp.extensions import db
from webapp.interventions.models import Intervention

SHOTS = os.environ.get("BALANSKAART_SCREENSHOTS", "")


def in_rows(live, work):
    """What `work` gives, done on the site's database; a thread keeps it apart from the browser."""

    def run():
        with live.rows():
            return work()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(run).result()


def cookie_of(live, user):
    """The session cookie of a user who signed in."""
    signer = SecureCookieSessionInterface().get_signing_serializer(live.app)
    content = {
        "_user_id": user.fs_uniquifier,
        "_fresh": True,
        "fs_cc": "set",
        "fs_paa": 9e12,
        "identity.id": user.fs_uniquifier,
    }
    return {"name": "session", "value": signer.dumps(content), "url": live.base_url}


@pytest.fixture
def visit(live, page):
    """Opens an address as an administrator."""
    cookie = in_rows(live, lambda: cookie_of(live, factories.make_user("admin")))

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


def fill_desk():
    """An intervention with wishes and bookings in the deal; its number and that of a booking."""
    case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
    deal = db.session.get(Deal, case.deal_id)
    lines = {line.code: line for line in deal.budget_lines}
    intervention = factories.make_intervention(
        case, title={"nl": "Bomen op het plein"}, is_demo=True
    )
    for status in ("published", "private"):
        wish = factories.make_wish(case, status=status)
    factories.link(intervention, wish)
    for source, cents in (("state", 900_000_00), ("regional_public", 650_000_50)):
        for stage, part in (("allocated", 1), ("committed", 2), ("spent", 3)):
            factories.make_booking(
                lines["IF"],
                funder=source,
                stage=stage,
                amount_cents=cents // part,
                case_id=case.id,
                intervention_id=intervention.id,
                is_demo=True,
            )
    factories.make_booking(lines["VAT"], amount_cents=600_000_01)
    factories.make_booking(
        lines["A"], funder="regional_public", is_state_money=True, amount_cents=50_000_00
    )
    booking = factories.make_booking(
        lines["B"],
        funder="regional_private",
        in_kind=True,
        valuation_note="80 uur, 50 euro per uur",
        amount_cents=4_000_00,
        case_id=case.id,
    )
    return intervention.id, booking.id


@pytest.fixture
def desk(live):
    """The addresses of the pages of a filled desk."""
    number, booked = in_rows(live, fill_desk)
    return {
        "interventions": "/interventions",
        "choose": "/interventions/new",
        "edit": f"/interventions/{number}/edit",
        "detail": f"/interventions/{number}",
        "wishes": f"/interventions/{number}/wishes?how=near&metres=500",
        "history": f"/interventions/{number}/history",
        "preview": f"/interventions/{number}/preview",
        "budgets": "/budgets",
        "deal": "/budgets/mra-west",
        "case": "/budgets/cases/haarlem",
        "ledger": "/budgets/mra-west/ledger",
        "book": "/budgets/mra-west/book",
        "reverse": f"/budgets/bookings/{booked}/reverse",
    }


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["nl", "ar"])
def test_no_page_has_a_barrier(visit, desk, language, width):
    for name, address in desk.items():
        visitor = visit(f"/{language}{address}", width)
        if SHOTS:
            path = Path(SHOTS) / f"{name}-{language}-{width}.png"
            visitor.screenshot(path=path, full_page=True)
        assert_accessible(visitor)
        visitor.close()


def test_both_versions_of_a_conflict_are_readable(live, visit, desk):
    visitor = visit(f"/nl{desk['edit']}")
    number = int(desk["detail"].rsplit("/", 1)[1])

    def change():
        other = db.session.get(Intervention, number)
        other.title, other.version = {"nl": "Van een ander"}, 2

    in_rows(live, change)
    visitor.fill("#title_nl", "Van mij")
    visitor.get_by_role("button", name="Opslaan").click()
    visitor.get_by_role("heading", level=1, name="Iemand anders").wait_for()
    wait_until_ready(visitor)
    if SHOTS:
        visitor.screenshot(path=Path(SHOTS) / "conflict-nl-1440.png", full_page=True)
    assert "Van een ander" in visitor.locator("table.compare").inner_text()
    assert_accessible(visitor)
