"""Pages of features for programs, answered in front of Flask by the code of the route.

Only for who asks plainly: no session, no token, a question in plain characters. A question with a
problem, a database that is away and everything else go the ordinary way.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import psycopg
from flask import Flask
from werkzeug.datastructures import MultiDict

from webapp.errors import DomainError
from webapp.open_data import items
from webapp.open_data.queries import COLLECTIONS
from webapp.open_data.quick_place import Environ, Start
from webapp.permissions import PUBLIC, declared
from webapp.security import headers_for

ASK_FLASK = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE")
"""Whoever sends one of these asks for more than a page."""
PLAIN_QUESTION = re.compile(r"[\w.,:/=&%+-]*", re.ASCII)
UNKNOWN_BYTES = re.compile("%[^0-7]|%$|%.$")


class QuickItems:
    """Stands in front of an app and answers plain questions for pages of features."""

    def __init__(self, app: Flask, own_headers: Mapping[str, str]) -> None:
        closed = [n for n in COLLECTIONS if declared(app, f"open_data.{n}") != PUBLIC]
        if closed:
            raise RuntimeError(f"{closed} are not for everyone, so they can't be answered here")
        self._app, self._inner = app, app.wsgi_app
        self._names = {f"{items.BASE}/{name}": name for name in COLLECTIONS}
        self._own_headers = own_headers

    def __call__(self, environ: Environ, start: Start) -> Any:
        """An answer of ours, or that of the app."""
        name = self._names.get(environ["PATH_INFO"])
        if name is None or environ["REQUEST_METHOD"] != "GET" or not _asks_plainly(environ):
            return self._inner(environ, start)
        asked = MultiDict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        try:
            with self._app.app_context():
                text, headers = items.page(name, asked)
        except (DomainError, psycopg.Error):
            return self._inner(environ, start)
        body = text.encode()
        over_tls = environ["wsgi.url_scheme"] == "https"
        is_secure = over_tls or self._app.config["SESSION_COOKIE_SECURE"]
        more = {"Content-Length": str(len(body)), "Cache-Control": "no-store"}
        more |= headers_for(is_secure) | self._own_headers
        start("200 OK", [*headers, *more.items()])
        return [body]


def _asks_plainly(environ: Environ) -> bool:
    question = environ["QUERY_STRING"]
    return (
        not any(environ.get(name) for name in ASK_FLASK)
        and bool(PLAIN_QUESTION.fullmatch(question))
        and not UNKNOWN_BYTES.search(question)
    )
