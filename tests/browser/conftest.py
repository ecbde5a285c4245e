"""A browser to visit the running site.

`live` (of the folder above) gives the address and a way to add rows that stay; `page` opens a page
of a given width:

    def test_something(live, page):
        with live.rows():
            case = factories.make_case()
            slug = case.slug
        visitor = page(width=390)
        visitor.goto(f"{live.base_url}/nl/cases/{slug}")
        assert_accessible(visitor)

A page is watched: a breach of the content security policy or an error in a script fails the test.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.checks import HEIGHTS, watch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages: `page(width=390)`, `page(width=1440)`, `page(javascript=False)`; other keywords
    are Playwright's options of a context. Each page has cookies of its own. What was breached is
    in `page.breaches`."""
    contexts: list[BrowserContext] = []
    breaches: list[str] = []

    def open_page(width: int = 390, *, javascript: bool = True, **options: Any) -> Page:
        size = {"width": width, "height": HEIGHTS.get(width, 900)}
        context = browser.new_context(
            **{"viewport": size, "java_script_enabled": javascript, "has_touch": width < 800}
            | options
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        opened = context.new_page()
        watch(opened, breaches)
        return opened

    open_page.breaches = breaches  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    assert breaches == []
