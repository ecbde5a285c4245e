"""A plainly good wish from a program, placed in front of Flask: in two statements and little else.

Most of what a round brings is plainly good, and then all that Flask does around it is waiting time
for everyone. What is taken here is a part of what `wish_body` takes, with the same readers and the
same statements, on the allowance and under the permission of the same route. Everything else (a
problem, a key that came before, a spent allowance, someone signed in, a database that is away) goes
the ordinary way from the start: nothing was written then.
"""

import io
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from limits import RateLimitItem, RateLimitItemPerHour

from gis.crs import to_rd
from gis.geojson import GeometryError, parse_geometry
from webapp.errors import DomainError
from webapp.extensions import limiter
from webapp.open_data.schemas import DRAWABLE, SLUG, TEXT, WISH_SUBMISSION
from webapp.open_data.wish_body import KEY, MEDIA_TYPES, MOST_BYTES, submission_of
from webapp.permissions import PUBLIC, declared
from webapp.security import fingerprint_of, headers_for
from webapp.wishes.actions import Placed, Submission, problems_of, write_wish
from webapp.wishes.forms import MOST_POINTS
from webapp.wishes.messages import follow_address_of
from webapp.wishes.models import MINIMUM_ZOOM
from webapp.wishes.placing import Looked, look

ENDPOINT = "open_data.place"
ASK_FLASK = ("QUERY_STRING", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_CONTENT_CRS", "HTTP_EXPECT")
"""Whoever sends one of these asks for more than a plain wish."""

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]

_PROPERTIES = WISH_SUBMISSION["properties"]["properties"]["properties"]
_REQUIRED = frozenset(WISH_SUBMISSION["properties"]["properties"]["required"])
_ALLOWED = frozenset(_PROPERTIES)
_CHOICES = {
    name: frozenset(schema["enum"]) for name, schema in _PROPERTIES.items() if "enum" in schema
}
_LONGEST_SLUG, _LONGEST_TEXT = (_PROPERTIES[name]["maxLength"] for name in ("case", "text"))
_MOST_POSITIONS = WISH_SUBMISSION["properties"]["geometry"]["properties"]["coordinates"]["maxItems"]
_DEEPEST_ZOOM = _PROPERTIES["zoom"]["maximum"]
_SLUG, _TEXT, _SOMETHING = re.compile(SLUG), re.compile(TEXT), re.compile(r"\S")


class NotPlain(ValueError):
    """The ordinary way must look at it."""


def read_plainly(body: bytes) -> Any:
    """The JSON of a body without anything that `strict_json` would have a word about. Raises
    `NotPlain`."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotPlain from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotPlain
    return found


def _refuse(_constant: str) -> None:
    raise NotPlain


def is_plain(document: Any) -> bool:
    """Whether this is certainly a wish as the schema describes it, and nothing odd. What the schema
    takes beside that (a zoom of 17.0) is left to the schema."""
    return (
        isinstance(document, dict)
        and document.keys() == {"type", "geometry", "properties"}
        and document["type"] == "Feature"
        and _has_plain_geometry(document["geometry"])
        and _has_plain_properties(document["properties"], document["geometry"]["type"])
    )


def _has_plain_geometry(geometry: Any) -> bool:
    return (
        isinstance(geometry, dict)
        and geometry.keys() == {"type", "coordinates"}
        and geometry["type"] in DRAWABLE
        and isinstance(geometry["coordinates"], list)
        and 0 < len(geometry["coordinates"]) <= _MOST_POSITIONS
    )


def _has_plain_properties(properties: Any, kind: str) -> bool:
    if not isinstance(properties, dict) or not _REQUIRED <= properties.keys() <= _ALLOWED:
        return False
    words = (properties[name] for name in _REQUIRED)
    if not all(isinstance(word, str) for word in words):
        return False
    text, slug = properties["text"], properties["case"]
    return (
        all(properties[name] in allowed for name, allowed in _CHOICES.items())
        and len(slug) <= _LONGEST_SLUG
        and bool(_SLUG.fullmatch(slug))
        and len(text) <= _LONGEST_TEXT
        and bool(_SOMETHING.search(text) and _TEXT.fullmatch(text))
        and _can_be_written(text)
        and _has_plain_zoom(properties, MINIMUM_ZOOM if kind == "Point" else 0)
    )


def _has_plain_zoom(properties: Mapping[str, Any], least: int) -> bool:
    zoom = properties.get("zoom", least)
    return type(zoom) is int and least <= zoom <= _DEEPEST_ZOOM


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class QuickPlace:
    """Stands in front of an app and takes the plain wishes out of its way."""

    def __init__(self, app: Flask, address: str, own_headers: Mapping[str, str]) -> None:
        if declared(app, ENDPOINT) != PUBLIC:
            raise RuntimeError(f"{ENDPOINT} is not for everyone, so it can't be answered here")
        self._app, self._inner, self._address = app, app.wsgi_app, address
        self._own_headers = own_headers

    def __call__(self, environ: Environ, start: Start) -> Any:
        """An answer of ours, or that of the app."""
        if environ["PATH_INFO"] != self._address or environ["REQUEST_METHOD"] != "POST":
            return self._inner(environ, start)
        placed = self._placed(environ) if _asks_plainly(environ) else None
        if placed is None:
            return self._inner(environ, start)
        start("201 CREATED", self._headers(environ, *placed))
        return [placed[0]]

    def _placed(self, environ: Environ) -> tuple[bytes, str] | None:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            document = read_plainly(body)
            if not is_plain(document):
                return None
            geometry = document["geometry"]
            drawn = to_rd(parse_geometry(geometry, kinds=DRAWABLE, max_vertices=MOST_POINTS))
            key = UUID(_key(environ))
            with self._app.app_context():
                return self._written(document, drawn, key, environ.get("REMOTE_ADDR", ""))
        except (NotPlain, GeometryError, DomainError, psycopg.Error):
            return None

    def _written(
        self, document: Any, drawn: Any, key: UUID, address: str
    ) -> tuple[bytes, str] | None:
        looked = look(document["properties"]["case"], drawn, key)
        if looked.known_id is not None or looked.case_id is None:
            return None
        submission = submission_of(document, drawn, looked.case_id)
        if problems_of(submission, looked) or not self._is_allowed(address):
            return None
        return _told(submission, key, looked)

    def _is_allowed(self, address: str) -> bool:
        if not limiter.enabled:
            return True
        allowance = _hourly(self._app.config["SUBMISSIONS_PER_HOUR"])
        return limiter.limiter.hit(allowance, fingerprint_of(address), ENDPOINT)

    def _headers(self, environ: Environ, body: bytes, location: str) -> list[tuple[str, str]]:
        over_tls = environ["wsgi.url_scheme"] == "https"
        is_secure = over_tls or self._app.config["SESSION_COOKIE_SECURE"]
        return [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Location", location),
            ("Cache-Control", "no-store"),
            *headers_for(is_secure).items(),
            *self._own_headers.items(),
        ]


def answer_body(placed: Placed) -> bytes:
    """What its sender is told, and nobody else."""
    return json.dumps({"code": placed.code, "status": placed.status}).encode()


def _told(submission: Submission, key: UUID, looked: Looked) -> tuple[bytes, str] | None:
    placed = write_wish(submission, key, looked)
    if placed is None:
        return None
    return answer_body(placed), follow_address_of(key, placed.language)


def _asks_plainly(environ: Environ) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    return (
        not any(environ.get(name) for name in ASK_FLASK)
        and kind in MEDIA_TYPES
        and length.isascii()
        and length.isdecimal()
        and len(length) < 8
        and int(length) <= MOST_BYTES
        and bool(KEY.fullmatch(_key(environ)))
    )


def _key(environ: Environ) -> str:
    return str(environ.get("HTTP_IDEMPOTENCY_KEY", "")).strip().strip('"')


@lru_cache(maxsize=8)
def _hourly(number: int) -> RateLimitItem:
    return RateLimitItemPerHour(number)
