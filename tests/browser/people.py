"""What people do in the browser: a resident who places a wish, a moderator who lets it through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.checks import tab_to, wait_until_ready
from webapp.extensions import db
from webapp.wishes.models import Wish
from webapp.wishes.receipts import code_hash

PASSWORD = "a sentence for the browser"
SEND = "main form button[type=submit]"


def in_rows(live: Any, work: Callable[[], Any]) -> Any:
    """What `work` gives, done on the site's database; a thread keeps it apart from the browser."""

    def run() -> Any:
        with live.rows():
            return work()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(run).result()


def sign_in(live: Any, visitor: Page, email: str, language: str = "nl") -> None:
    live.app.extensions["sign_in_attempts"].storage.reset()
    visitor.goto(f"{live.base_url}/{language}/account/login")
    visitor.fill("#email", email)
    visitor.fill("#password", PASSWORD)
    visitor.click("main button")
    visitor.wait_for_url("**/workbench")


def wish_of(visitor: Page) -> Wish:
    """The wish whose receipt is shown; call it within the site's rows."""
    code = visitor.url.rpartition("/")[2]
    return db.session.scalars(select(Wish).filter_by(code_hash=code_hash(code))).one()


def begin(live: Any, visitor: Page, lang: str, door: str) -> None:
    visitor.goto(f"{live.base_url}/{lang}/cases/haarlem/wishes/new")
    visitor.locator(f"button[value={door}]").click()
    wait_until_ready(visitor)


def go_on(visitor: Page) -> None:
    visitor.locator(SEND).last.click()


def pick(visitor: Page, value: str) -> None:
    visitor.locator(f"input[value={value}] + label").click()
    go_on(visitor)


def until_close(visitor: Page) -> None:
    visitor.wait_for_function("() => document.querySelector('.place-form').dataset.level >= 16")


def to_words(live: Any, visitor: Page, lang: str = "nl") -> None:
    """The shortest way to the screen with the text."""
    begin(live, visitor, lang, "neighbourhood")
    visitor.locator("input[name=area] + label").first.click()
    go_on(visitor)
    pick(visitor, "wish")
    pick(visitor, "green")
    visitor.wait_for_url("**/words")


def say_the_rest(visitor: Page, text: str) -> None:
    pick(visitor, "wish")
    pick(visitor, "green")
    visitor.locator("textarea").fill(text)
    go_on(visitor)
    go_on(visitor)
    visitor.wait_for_url("**/follow/**")


def by_two_taps(live: Any, visitor: Page) -> None:
    """The same button twice: once to come closer, once to choose."""
    begin(live, visitor, "nl", "map")
    button = visitor.get_by_role("button", name="Kies deze plek")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
    button.tap()
    until_close(visitor)
    expect(visitor.locator("[data-part=says]")).to_contain_text("in ")
    button.tap()
    visitor.wait_for_url("**/kind")
    expect(visitor.locator(".your-place")).to_contain_text("in ")
    say_the_rest(visitor, "Meer schaduw")


def by_address(live: Any, visitor: Page, lang: str) -> None:
    """Every screen as the server sent it."""
    visitor.goto(f"{live.base_url}/{lang}/cases/haarlem/wishes/new")
    visitor.locator("button[value=address]").click()
    visitor.locator("[name=typed]").fill("zilverlindelaan 12")
    visitor.locator(".search-form button").click()
    visitor.locator("input[name=place] + label").first.click()
    go_on(visitor)
    say_the_rest(visitor, "Een bank onder de bomen")


def press_until(visitor: Page, key: str, condition: str) -> None:
    for _ in range(12):
        if visitor.evaluate(condition):
            return
        visitor.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {condition}")


def enter(visitor: Page, selector: str) -> None:
    """Go there with Tab and press Enter."""
    wait_until_ready(visitor)
    tab_to(visitor, selector)
    visitor.keyboard.press("Enter")


def by_keyboard(live: Any, visitor: Page, lang: str, text: str) -> None:
    """From the page of the case on, with Tab, arrows, space and Enter alone."""
    visitor.goto(f"{live.base_url}/{lang}/cases/haarlem")
    enter(visitor, ".join .button")
    visitor.wait_for_url("**/new")
    enter(visitor, "button[value=map]")
    visitor.wait_for_url("**/place")
    wait_until_ready(visitor)
    tab_to(visitor, ".place-map")
    visitor.keyboard.press("ArrowDown")
    enter(visitor, "[data-part=main]")
    until_close(visitor)
    visitor.keyboard.press("Enter")
    for name, value in (("kind", "wish"), ("theme", "green")):
        visitor.wait_for_url(f"**/{name}")
        tab_to(visitor, f"input[name={name}]")
        visitor.keyboard.press("Space")
        press_until(visitor, "ArrowDown", f"document.activeElement.value === '{value}'")
        enter(visitor, SEND)
    visitor.wait_for_url("**/words")
    wait_until_ready(visitor)
    tab_to(visitor, "textarea")
    visitor.keyboard.type(text)
    enter(visitor, SEND)
    visitor.wait_for_url("**/check")
    enter(visitor, SEND)
    visitor.wait_for_url("**/follow/**")
