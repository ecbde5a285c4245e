"""A running site with a database of its own, and a browser to visit it.

`live` gives the address and a way to add rows that stay; `page` opens a page of a given width:

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
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from tests import factories
from tests.browser.checks import HEIGHTS, watch
from tests.browser.site import LiveSite, running_site
from webapp.extensions import db


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def live(application: Flask) -> Iterator[LiveSite]:
    """The site on a port of its own, with the MRA West deal, the drawn demo geography, and a round
    open in Haarlem. Rows stay for the whole run, so each test makes its own case or wish."""
    with running_site(application, "browser", _fill) as site:
        yield site


def _fill(app: Flask) -> None:
    from webapp.deals.actions import load_deal
    from webapp.deals.deal_file import shipped_deals
    from webapp.deals.models import Case
    from webapp.demo.geography import load_geography

    load_deal(next(path for path in shipped_deals() if path.stem == "mra-west"))
    load_geography(db.session)
    case = db.session.scalar(select(Case).filter_by(slug="haarlem"))
    assert case is not None
    factories.make_round(case)


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
