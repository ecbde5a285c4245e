"""What a browser test asks of a page as it stands: no barrier, nothing wider than the screen."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHTS = {390: 844, 1440: 900}
WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  window.reportBreach(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


def watch(page: Page, breaches: list[str]) -> None:
    """Write down each breach of the content security policy and each error in a script."""
    page.context.expose_binding("reportBreach", lambda _source, words: breaches.append(words))
    page.context.add_init_script(WATCH)
    page.on("pageerror", lambda error: breaches.append(str(error)))
    page.on("console", lambda message: breaches.extend(_breach(message.text)))


def _breach(words: str) -> list[str]:
    return [words] if "Content Security Policy" in words else []


def axe_findings(page: Page) -> list[str]:
    """Each finding of axe as one line: rule, help, and the elements it is about."""
    page.evaluate(AXE.read_text() + "\n;0")
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules},"
        " resultTypes: ['violations']})",
        RULES,
    )
    assert result["passes"], "axe looked at nothing"
    return [
        f"{found['id']}: {found['help']}: {[node['html'][:160] for node in found['nodes']]}"
        for found in result["violations"]
    ]


def assert_accessible(page: Page) -> None:
    """Zero axe findings, and no scrolling sideways."""
    found = axe_findings(page)
    assert not found, "\n".join([page.url, *found])
    assert_fits(page)


def assert_fits(page: Page) -> None:
    """The page is not wider than the screen."""
    wider = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0, f"{page.url} is {wider} px wider than the screen"


def wait_until_ready(page: Page) -> None:
    """Every module of the page has started."""
    # A function, not an expression: Playwright would evaluate that anew, which our policy forbids.
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-module]')].every(e => e.dataset.ready === 'true')"
    )


def focused(page: Page) -> str:
    """What has the focus: its role-like tag and its words, for keyboard tests."""
    words: str = page.evaluate(
        "(e => `${e.tagName} ${e.id} ${(e.innerText || e.value || '').trim()}`)"
        "(document.activeElement)"
    )
    return " ".join(words.split())


def tab_to(page: Page, selector: str, at_most: int = 60) -> None:
    """Press Tab until the element has the focus; fails when the keyboard does not reach it."""
    for _ in range(at_most):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")
