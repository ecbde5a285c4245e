"""A running site with a database of its own, for tests that visit it with a browser."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.serving import make_server

from webapp.accounts.models import User
from webapp.extensions import db
from webapp.languages import compile_catalogues
from webapp.wishes.cluster_grid import keeping_up


@contextlib.contextmanager
def outside_playwright() -> Iterator[None]:
    """Playwright keeps an event loop running in this thread; inside, the app does not see it."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


@dataclass(frozen=True)
class LiveSite:
    """The running site."""

    base_url: str
    app: Flask

    @contextlib.contextmanager
    def rows(self) -> Iterator[None]:
        """Inside, factories and actions write to the site's database; at the end it is kept."""
        with outside_playwright(), self.app.app_context():
            yield
            db.session.commit()

    def cookie_of(self, user: User) -> dict[str, Any]:
        """The session cookie of a user who signed in, for `context.add_cookies`."""
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        key = user.fs_uniquifier
        content = {
            "_user_id": key,
            "_fresh": True,
            "fs_cc": "set",
            "fs_paa": time.time(),
            "identity.id": key,
        }
        name = self.app.config["SESSION_COOKIE_NAME"]
        return {"name": name, "value": signer.dumps(content), "url": self.base_url}


@contextlib.contextmanager
def running_site(
    application: Flask, name: str, fill: Callable[[Flask], Any], **settings: Any
) -> Iterator[LiveSite]:
    """The site on a port of its own and a copy of the tests' database, filled by `fill`."""
    from webapp import create_app
    from webapp.config import engine_url

    with outside_playwright(), application.app_context():
        db.engine.dispose()
    url = _copy_of(application.config["DATABASE_URL"], name)
    compile_catalogues()
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a secret for browser tests only, long enough",
            "RATELIMIT_ENABLED": False,
            "LAYER_STORE": f"{application.config['LAYER_STORE']}/{name}",
            "MINIMUM_FILL_SECONDS": 0,
            "DATABASE_URL": url,
            "SQLALCHEMY_ENGINES": {"default": {"url": engine_url(url)}},
            **settings,
        }
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    site = LiveSite(f"http://127.0.0.1:{server.server_port}", app)
    app.config["BASE_URL"] = site.base_url
    with site.rows():
        fill(app)
    thread.start()
    with keeping_up(lambda: app, 0.2):
        yield site
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["fast_sql"].close()
    with site.rows():
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
