"""The moderator's work in a browser: without barriers, by keyboard, and without JavaScript."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from tests import factories
from tests.browser.checks import tab_to, wait_until_ready
from tests.browser.people import PASSWORD, in_rows, sign_in
from webapp.accounts.actions import create_user, grant
from webapp.accounts.queries import Place
from webapp.extensions import db
from webapp.wishes.models import Wish, WishContact, WishPhoto

FIRST = "Bel mevrouw Jansen op 06-12345678. Het is hier te heet zonder bomen."


@pytest.fixture
def queue(live):
    """A case of its own with three wishes that wait, one decided, and a moderator."""
    return in_rows(live, fill)


def fill():
    x, y = factories.HAARLEM
    name = datetime.now(UTC).strftime("%H%M%S%f")
    case = factories.make_case(title=factories.words("Case voor de rij"))
    factories.make_round(case)
    area = factories.make_area(code=f"BU{name[-8:]}")
    old = datetime.now(UTC) - timedelta(days=3)
    first = factories.make_wish(
        case,
        text=FIRST,
        kind="too_hot",
        flags=["phone_number", "person_name"],
        submitted_at=old,
        area_id=area.id,
        place_words="bij Zilverlindelaan 12",
    )
    contact = {"email": "r@example.org", "language": "nl", "retain_until": first.retain_until}
    factories.add(WishContact(wish=first, **contact))
    factories.add(WishPhoto(wish_id=first.id, width=640, height=480, jpeg=picture()))
    others = [factories.make_wish(case, at=(x + 40 * n, y), area_id=area.id) for n in (1, 2)]
    done = factories.make_wish(
        case, status="refused", reason="other_owner", decision_text="De grond is van een ander."
    )
    factories.make_message(done, "decision")
    user = create_user(f"m{name}@example.org", PASSWORD)
    grant(user, "moderator", Place(case_id=case.id))
    grant(user, "planner", Place(case_id=case.id))
    ids = [first.id, *(wish.id for wish in others)]
    return {"email": user.email, "ids": ids, "done": done.id}


def picture():
    file = BytesIO()
    Image.new("RGB", (640, 480), "#7a9b76").save(file, "JPEG")
    return file.getvalue()


def status_of(live, wish_id):
    return in_rows(live, lambda: db.session.get(Wish, wish_id).status)


def test_a_wish_is_decided_by_keyboard_and_the_next_one_opens(live, page, queue):
    visitor = page(width=1440)
    sign_in(live, visitor, queue["email"])
    visitor.goto(f"{live.base_url}/nl/moderation/{queue['ids'][0]}")
    wait_until_ready(visitor)
    tab_to(visitor, "a[href='#decision']")
    visitor.keyboard.press("Enter")
    tab_to(visitor, "[name=decision]")
    visitor.keyboard.press("Space")
    assert visitor.locator("[name=precision]").first.is_visible()
    tab_to(visitor, "[name=mask]")
    visitor.keyboard.press("Space")
    tab_to(visitor, "#decision button")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url(f"**/moderation/{queue['ids'][1]}")
    assert status_of(live, queue["ids"][0]) == "published"
    assert "[…]" in in_rows(live, lambda: db.session.get(Wish, queue["ids"][0]).text)


def test_a_wish_is_refused_without_javascript(live, page, queue):
    visitor = page(width=390, javascript=False)
    sign_in(live, visitor, queue["email"])
    visitor.goto(f"{live.base_url}/nl/moderation/{queue['ids'][1]}")
    visitor.check("[value=refused]")
    visitor.click("#decision button")
    assert visitor.locator(".error-summary").is_visible()
    visitor.select_option("#reason", "other_owner")
    visitor.fill("#explanation", "De grond is van de provincie. Vraag het daar.")
    visitor.click("#decision button")
    visitor.wait_for_url("**/moderation/*")
    assert status_of(live, queue["ids"][1]) == "refused"


def test_the_map_shows_the_wish_and_what_is_near(live, page, queue):
    visitor = page(width=1440)
    sign_in(live, visitor, queue["email"])
    visitor.goto(f"{live.base_url}/nl/moderation/{queue['ids'][0]}")
    wait_until_ready(visitor)
    assert visitor.locator(".small-map path").count() == 3
