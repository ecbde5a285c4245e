"""What was typed is not lost: by a connection that fails, another language, or an old page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_accessible, wait_until_ready
from tests.browser.people import go_on, to_words


@pytest.fixture
def visitor(live, page) -> Page:
    """A resident at the screen with the text."""
    opened = page(width=390)
    to_words(live, opened)
    wait_until_ready(opened)
    opened.locator("textarea").fill("Een bank in de schaduw")
    return opened


def test_without_a_connection_the_button_says_so_and_works_again_later(visitor):
    visitor.context.set_offline(True)
    go_on(visitor)
    expect(visitor.locator("[data-part=offline]")).to_be_focused()
    expect(visitor.locator("textarea")).to_have_value("Een bank in de schaduw")
    assert_accessible(visitor)
    visitor.context.set_offline(False)
    go_on(visitor)
    visitor.wait_for_url("**/check")
    wait_until_ready(visitor)
    visitor.context.set_offline(True)
    go_on(visitor)
    expect(visitor.locator("[data-part=offline]")).to_be_visible()
    visitor.context.set_offline(False)
    go_on(visitor)
    visitor.wait_for_url("**/follow/**")


def test_the_text_goes_along_to_another_language_and_is_forgotten_after_sending(visitor):
    visitor.locator(".languages summary").click()
    visitor.locator(".languages a[hreflang=uk]").click()
    visitor.wait_for_url("**/uk/**")
    wait_until_ready(visitor)
    expect(visitor.locator("textarea")).to_have_value("Een bank in de schaduw")
    go_on(visitor)
    visitor.wait_for_url("**/check")
    go_on(visitor)
    visitor.wait_for_url("**/follow/**")
    wait_until_ready(visitor)
    assert visitor.evaluate("() => Object.keys(sessionStorage)") == []


def test_what_the_server_has_since_heard_is_newer_than_what_the_tab_kept(visitor):
    address = visitor.url
    other = visitor.context.new_page()
    other.goto(address)
    other.locator("textarea").fill("Uit een ander tabblad")
    go_on(other)
    other.wait_for_url("**/check")
    visitor.goto(address)
    wait_until_ready(visitor)
    expect(visitor.locator("textarea")).to_have_value("Uit een ander tabblad")


def test_a_lost_answer_and_a_second_try_make_one_wish(visitor):
    go_on(visitor)
    visitor.wait_for_url("**/check")
    address = visitor.url

    def lose_answer(route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    visitor.route("**/check", lose_answer)
    go_on(visitor)
    visitor.wait_for_url("chrome-error://**")
    visitor.unroute("**/check")
    visitor.goto(address)
    visitor.wait_for_url("**/follow/**")
