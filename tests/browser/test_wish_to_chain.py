"""A wish by keyboard in Arabic, by address without a script, and in two taps: each is let through
by a moderator on the moderation page and then followed to its chain page."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.checks import assert_accessible, wait_until_ready
from tests.browser.people import (
    PASSWORD,
    by_address,
    by_keyboard,
    by_two_taps,
    enter,
    in_rows,
    sign_in,
    wish_of,
)
from webapp.accounts.actions import create_user, grant
from webapp.accounts.queries import Place
from webapp.deals.models import Case
from webapp.extensions import db

CHAIN = "a.button[href*='/chain/wishes/']"


def make_moderator() -> str:
    case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
    user = create_user(f"c{datetime.now(UTC):%H%M%S%f}@example.org", PASSWORD)
    grant(user, "moderator", Place(case_id=case.id))
    return user.email


@pytest.fixture
def publish(live, page):
    """Lets the wish of a receipt through, as a moderator does."""

    def let_through(resident: Page) -> None:
        wish_id = in_rows(live, lambda: wish_of(resident).id)
        moderator = page(width=1440)
        sign_in(live, moderator, in_rows(live, make_moderator))
        moderator.goto(f"{live.base_url}/nl/moderation/{wish_id}")
        moderator.check("[name=decision][value=published]")
        moderator.click("#decision .actions button")
        moderator.wait_for_load_state()
        assert in_rows(live, lambda: wish_of(resident).status) == "published"

    return let_through


def test_a_wish_by_keyboard_in_arabic_is_followed_to_its_chain_page(live, page, publish):
    visitor = page(width=1440)
    by_keyboard(live, visitor, "ar", "أريد مقاعد في الظل")
    assert visitor.locator(CHAIN).count() == 0
    publish(visitor)
    visitor.reload()
    enter(visitor, CHAIN)
    visitor.wait_for_url("**/ar/chain/wishes/*")
    wait_until_ready(visitor)
    expect(visitor.locator("html")).to_have_attribute("dir", "rtl")
    expect(visitor.locator("main")).to_contain_text("أريد مقاعد في الظل")
    assert_accessible(visitor)


def test_a_wish_by_address_without_a_script_is_followed_to_its_chain_page(live, page, publish):
    visitor = page(javascript=False)
    by_address(live, visitor, "nl")
    code = visitor.locator(".code").inner_text()
    publish(visitor)
    visitor.goto(f"{live.base_url}/nl/follow")
    visitor.locator("#code").fill(code.lower().replace("-", " "))
    visitor.locator("main form button").click()
    visitor.locator(CHAIN).click()
    visitor.wait_for_url("**/nl/chain/wishes/*")
    expect(visitor.locator("main")).to_contain_text("Een bank onder de bomen")


def test_a_wish_in_two_taps_is_followed_to_its_chain_page(live, page, publish):
    visitor = page(width=390)
    by_two_taps(live, visitor)
    publish(visitor)
    visitor.reload()
    visitor.locator(CHAIN).tap()
    visitor.wait_for_url("**/nl/chain/wishes/*")
    wait_until_ready(visitor)
    expect(visitor.locator("main")).to_contain_text("Meer schaduw")
    assert_accessible(visitor)
