"""The real database, made once; each test works in a transaction that is rolled back."""

import shutil
from collections.abc import Iterator
from contextvars import Context
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy import select

from tests import factories
from tests.browser.site import LiveSite, running_site
from tests.page_client import PageClient
from webapp import fast_sql
from webapp.database import migrate, temporary_server
from webapp.extensions import db
from webapp.languages import compile_catalogues
from webapp.system_packages import has_library
from webapp.tile_service import TileService

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated, empty database on a server of its own."""
    with temporary_server() as server:
        migrate(server.url)
        yield server.url


@pytest.fixture(scope="session")
def application(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app on the test database."""
    from webapp import create_app

    compile_catalogues()
    settings = {
        "TESTING": True,
        "SECRET_KEY": "a secret for tests only, long enough to be real",
        "WTF_CSRF_ENABLED": True,
        "RATELIMIT_ENABLED": False,
        "SERVER_NAME": "localhost",
        "DATABASE_URL": database_url,
        "LAYER_STORE": str(tmp_path_factory.mktemp("layers")),
        "SQLALCHEMY_ENGINES": {"default": {"url": engine_address(database_url)}},
    }
    return create_app(settings)


def engine_address(url: str) -> str:
    """The address in SQLAlchemy's form."""
    from webapp.config import engine_url

    return engine_url(url)


class OwnContext:
    """Gives each request a context of its own, as a server does.

    Inside the context of a test Flask would share `g` and the session between requests, and with
    them who is signed in.
    """

    def __init__(self, wsgi_app: Any) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        db.session.flush()
        answer = Context().run(self.wsgi_app, environ, start_response)
        db.session.expire_all()
        return answer


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The app inside a transaction: whatever a test commits is gone afterwards.

    Sessions are bound to the connection: with SQLAlchemy 2.1 the extension's own isolation lets a
    commit in the code under test end the outer transaction.
    """
    with application.app_context(), db.engine.connect() as connection:
        transaction = connection.begin()
        bound = {"bind": connection, "join_transaction_mode": "create_savepoint"}
        alone = OwnContext(application.wsgi_app)
        fast = fast_sql.Borrowed(connection)
        borrowed = {"fast_sql": fast, "tiles": TileService(lambda: fast, 0, 0)}
        with (
            patch.dict(db.sessionmaker.kw, bound),
            patch.object(application, "wsgi_app", alone),
            patch.dict(application.extensions, borrowed),
        ):
            yield application
        db.session.close()
        transaction.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A bare client, for answers that are not pages."""
    return app.test_client()


@pytest.fixture
def pages(app: Flask) -> PageClient:
    """A client that checks every page it fetches."""
    return PageClient(app)


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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop in the thread once it runs."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Chromium or Chrome of this machine."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium or Chrome on this machine: browser tests are skipped")
    return path


@pytest.fixture(scope="session")
def playwright(chromium_path: str) -> Iterator[Playwright]:
    """Playwright, started once: it can't run twice in a thread."""
    if not has_library("libatomic.so.1"):
        pytest.skip("Playwright's driver needs the package libatomic1: browser tests are skipped")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A running browser without windows."""
    launched = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield launched
    launched.close()
