"""Vector tiles over HTTP: who asks, from what, how old, and without asking twice.

A route that has passed its permission check gives a `TileSource`: what to cut tiles from, for this
reader and these filters. It is remembered for `SOURCE_SECONDS` under the reader's cookie and the
address, and a request for another tile of the same map is then answered in front of Flask, with the
same bytes and headers. The first request, every error and every odd address go the ordinary way. A
role that is taken back therefore stops tiles within `SOURCE_SECONDS`.

A tile carries an ETag made of the source and its revision (`tile_revisions`), which changes with
what it is cut from. What a browser or this process still has of the present revision is not cut
again. `Cache-Control: no-cache` in a request asks for a new one anyway.
"""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, request

from webapp.errors import DomainError, NotFound
from webapp.extensions import db
from webapp.fast_sql import Executor
from webapp.security import HEADERS

TILE_TYPE = "application/vnd.mapbox-vector-tile"
DEEPEST_ZOOM = 22
SOURCE_SECONDS = 2.0
REVISION_SECONDS = 0.25
MOST_SOURCES = 1000
MOST_BYTES = 64 * 1024 * 1024
ASK_AGAIN = "private, no-cache"

_ADDRESS = re.compile(r"(/tiles/[a-z0-9/-]+)/(\d{1,2})/(\d{1,7})/(\d{1,7})\.mvt")
_REVISIONS = (
    "SELECT source, revision FROM tile_revisions "
    "UNION ALL SELECT 'written_wishes', last_value FROM wish_changes_id_seq"
)
Cut = Callable[[Executor, int, int, int], bytes]
Start = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True)
class TileSource:
    """What to cut tiles from. `names` says which sources a zoom level depends on; `fingerprint`
    differs with everything else that the content depends on."""

    cut: Cut
    names: Callable[[int], tuple[str, ...]]
    fingerprint: str
    cache_control: str = ASK_AGAIN


@dataclass(frozen=True)
class Tile:
    """A tile, or with None that the reader has it already."""

    content: bytes | None
    etag: str
    cache_control: str

    @property
    def status(self) -> int:
        """200, 204 for a tile without anything in it, 304 for one that has not changed."""
        return 304 if self.content is None else 200 if self.content else 204

    @property
    def headers(self) -> dict[str, str]:
        """Beside those that every answer has."""
        own = {"ETag": self.etag, "Cache-Control": self.cache_control, "Vary": "Cookie"}
        return own if self.content is None else {"Content-Type": TILE_TYPE, **own}


def fingerprint(*parts: Any) -> str:
    """A short name for values that print the same whenever they are the same."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=9).hexdigest()


class TileMemory:
    """The tiles that were asked last, up to a number of bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._tiles: OrderedDict[Any, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> bytes | None:
        """A tile that is still here."""
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
            return self._tiles.get(key)

    def put(self, key: Any, tile: bytes) -> None:
        """Keep a tile; those that were asked longest ago make room."""
        with self._lock:
            self._bytes += len(tile) - len(self._tiles.pop(key, b""))
            self._tiles[key] = tile
            while self._bytes > self._most:
                self._bytes -= len(self._tiles.popitem(last=False)[1])


class TileService:
    """Answers requests for tiles of one app."""

    def __init__(
        self,
        executor: Callable[[], Executor],
        source_seconds: float = SOURCE_SECONDS,
        revision_seconds: float = REVISION_SECONDS,
    ) -> None:
        self._executor = executor
        self._source_seconds = source_seconds
        self._revision_seconds = revision_seconds
        self._sources: dict[Any, tuple[float, TileSource]] = {}
        self._revisions: tuple[float, Mapping[str, int]] = (0.0, {})
        self._memory = TileMemory()

    def remember(self, prefix: str, environ: Mapping[str, Any], source: TileSource) -> None:
        """For the next tiles of this map and reader."""
        if len(self._sources) >= MOST_SOURCES:
            self._sources.clear()
        expires = time.monotonic() + self._source_seconds
        self._sources[_reader(prefix, environ)] = expires, source

    def remembered(self, prefix: str, environ: Mapping[str, Any]) -> TileSource | None:
        """What was remembered for this map and reader, and is not past its time."""
        expires, source = self._sources.get(_reader(prefix, environ), (0.0, None))
        return source if time.monotonic() < expires else None

    def tile(
        self, source: TileSource, place: tuple[int, int, int], environ: Mapping[str, Any]
    ) -> Tile:
        """The tile of a source; raises `NotFound` for a place that no map has."""
        z, x, y = place
        if z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
            raise NotFound
        revision = self._revision(source.names(z))
        etag = f'"{source.fingerprint}-{revision}"'
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return Tile(None, etag, source.cache_control)
        key = (source.fingerprint, place, revision)
        content = None if "no-cache" in environ.get("HTTP_CACHE_CONTROL", "") else self._memory.get(key)  # fmt: skip
        if content is None:
            content = source.cut(self._executor(), z, x, y)
            self._memory.put(key, content)
        return Tile(content, etag, source.cache_control)

    def _revision(self, names: Iterable[str]) -> str:
        read_at, revisions = self._revisions
        now = time.monotonic()
        if now - read_at >= self._revision_seconds:
            revisions = {str(name): int(of) for name, of in self._executor().rows(_REVISIONS, {})}
            self._revisions = now, revisions
        return ".".join(str(revisions[name]) for name in names)


def _reader(prefix: str, environ: Mapping[str, Any]) -> tuple[str, str, str]:
    return prefix, environ.get("QUERY_STRING", ""), environ.get("HTTP_COOKIE", "")


def answer(source: TileSource, z: int, x: int, y: int) -> Response:
    """What a route returns that has passed its permission check."""
    # The short way has connections of its own: this request's session would only hold one back.
    db.session.close()
    service: TileService = current_app.extensions["tiles"]
    found = _ADDRESS.fullmatch(request.path)
    if found:
        service.remember(found[1], request.environ, source)
    tile = service.tile(source, (z, x, y), request.environ)
    return Response(tile.content, tile.status, headers=tile.headers)


def _in_front(app: Flask, inner: Callable[[dict[str, Any], Start], Any]) -> Any:
    def serve(environ: dict[str, Any], start: Start) -> Any:
        found = _ADDRESS.fullmatch(environ["PATH_INFO"])
        if not found or environ["REQUEST_METHOD"] != "GET":
            return inner(environ, start)
        service: TileService = app.extensions["tiles"]
        source = service.remembered(found[1], environ)
        if source is None:
            return inner(environ, start)
        try:
            tile = service.tile(source, (int(found[2]), int(found[3]), int(found[4])), environ)
        except DomainError:
            return inner(environ, start)
        content = tile.content or b""
        headers = [*HEADERS.items(), *tile.headers.items()]
        if tile.status == 200:
            headers.append(("Content-Length", str(len(content))))
        start(_STATUS[tile.status], headers)
        return [content]

    return serve


_STATUS = {200: "200 OK", 204: "204 No Content", 304: "304 Not Modified"}


def init_app(app: Flask) -> None:
    """Put the remembered maps in front of the app."""
    app.extensions["tiles"] = TileService(lambda: app.extensions["fast_sql"])
    app.wsgi_app = _in_front(app, app.wsgi_app)  # type: ignore[method-assign]
