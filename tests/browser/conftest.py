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

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from tests import factories
from webapp.extensions import db
from webapp.languages import compile_catalogues

HEIGHTS = {390: 844, 1440: 900}
WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  window.reportBreach(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class LiveSite:
    """The running site."""

    base_url: str
    app: Flask

    @contextlib.contextmanager
    def rows(self) -> Iterator[None]:
        """Inside, factories and actions write to the site's database; at the end it is kept."""
        # Playwright keeps an event loop running in this thread; the app must not see it.
        loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            with self.app.app_context():
                yield
                db.session.commit()
        finally:
            asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def live(application: Flask, database_url: str) -> Iterator[LiveSite]:
    """The site on a port of its own, with the MRA West deal, the drawn demo geography, and a round
    open in Haarlem. Rows stay for the whole run, so each test makes its own case or wish."""
    from webapp import create_app

    with application.app_context():
        db.engine.dispose()
    url = _copy_of(database_url, "browser")
    compile_catalogues()
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a secret for browser tests only, long enough",
            "RATELIMIT_ENABLED": False,
            "MINIMUM_FILL_SECONDS": 0,
            "DATABASE_URL": url,
            "SQLALCHEMY_ENGINES": {"default": {"url": _engine_address(url)}},
        }
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    site = LiveSite(f"http://127.0.0.1:{server.server_port}", app)
    app.config["BASE_URL"] = site.base_url
    with site.rows():
        _fill()
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def _copy_of(url: str, name: str) -> str:
    """A copy of a migrated database; nobody may be connected to it while it is copied."""
    parts = urlsplit(url)
    source = parts.path.lstrip("/")
    outside = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(outside, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (source,)
        )
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return urlunsplit(parts._replace(path=f"/{name}"))


def _engine_address(url: str) -> str:
    from webapp.config import engine_url

    return engine_url(url)


def _fill() -> None:
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
        context.expose_binding("reportBreach", lambda _source, words: breaches.append(words))
        context.add_init_script(WATCH)
        opened = context.new_page()
        opened.on("pageerror", lambda error: breaches.append(str(error)))
        opened.on("console", lambda message: breaches.extend(_breach(message.text)))
        return opened

    open_page.breaches = breaches  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    assert breaches == []


def _breach(words: str) -> list[str]:
    return [words] if "Content Security Policy" in words else []
