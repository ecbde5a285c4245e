"""PDOK: CBS areas (OGC API Features), addresses (Locatieserver) and base map tiles (BRT).

Addresses and rules of the services: pdok.nl. Each adapter has one fixed host; the base address is
a parameter only so that tests can put a stand-in there. Nothing about a resident is sent but the
words of an address search; the tile requests come from our server.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from shapely.errors import ShapelyError
from shapely.geometry import shape

from gis.crs import ETRS89
from layers.sources.area_rows import AreaReader, AreaRow
from layers.sources.cbs_codes import municipality_of
from layers.sources.cbs_columns import column_key
from layers.sources.http import Host, SourceUnavailable
from layers.sources.import_report import ImportReport, Tally
from layers.sources.metadata import BRT_TILES, CBS_AREAS, LOCATIESERVER

__all__ = ["PdokAreas", "PdokTiles", "SearchHit", "SourceUnavailable", "search", "suggest"]

AREAS_SOURCE = CBS_AREAS
SEARCH_SOURCE = LOCATIESERVER
TILES_SOURCE = BRT_TILES

API_HOST = "https://api.pdok.nl"
SERVICE_HOST = "https://service.pdok.nl"

AreaCollection = Literal["buurten", "wijken", "gemeenten"]
COLLECTIONS: tuple[AreaCollection, ...] = ("gemeenten", "wijken", "buurten")
PAGE_ROWS = 1000
# The Netherlands has some 15,000 buurten; far beyond that the server is sending us in circles.
MAX_PAGES = 200

TileLayer = Literal["standaard", "grijs", "pastel", "water"]
TILE_LAYERS: tuple[TileLayer, ...] = ("standaard", "grijs", "pastel", "water")
MAX_TILE_BYTES = 1_000_000
MAX_TILE_ZOOM = 19

_POINT = re.compile(r"POINT\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)")


@dataclass(frozen=True)
class SearchHit:
    """A place that was found: its kind (adres, weg, …), how to show it, and where it is.

    ``lon`` and ``lat`` are degrees (CRS84).
    """

    kind: str
    label: str
    lon: float
    lat: float


class PdokAreas:
    """CBS areas of one edition, fetched page by page through the same checks as a file.

    ``bbox`` is (west, south, east, north) in degrees (CRS84). ``municipalities`` are codes such
    as GM0392; the service cannot filter on them reliably, so the filter is applied here.
    """

    def __init__(
        self,
        year: int,
        *,
        bbox: tuple[float, float, float, float] | None = None,
        municipalities: Collection[str] = (),
        host: Host | None = None,
    ) -> None:
        self._host = host or Host(API_HOST)
        self._root = f"/cbs/wijken-en-buurten-{int(year)}/ogc/v1/collections"
        self._bbox = bbox
        self._municipalities = frozenset(municipalities)
        self._tally = Tally(crs_declared="OGC:CRS84")
        self._reader = AreaReader(self._tally, year)

    @property
    def report(self) -> ImportReport:
        """The account so far; rows left out by the municipality filter are not in it."""
        return self._tally.report()

    def pages(
        self,
        collection: AreaCollection,
        progress: Callable[[int, int | None], None] = lambda read, total: None,
    ) -> Iterator[list[AreaRow]]:
        """Yield the areas of each page. ``progress(read, total)`` gets the features read so far
        and the number the service announced, if it did.

        Raises :class:`SourceUnavailable`: no answer, no GeoJSON, a next link to another host, or
        no end to the pages.
        """
        params: dict[str, str] | None = {"f": "json", "limit": str(PAGE_ROWS)}
        if self._bbox and params is not None:
            params["bbox"] = ",".join(f"{edge:.6f}" for edge in self._bbox)
        address = f"{self._root}/{collection}/items"
        read = 0
        for _ in range(MAX_PAGES):
            page, url = self._host.get_json(address, params)
            features = _features(page)
            read += len(features)
            yield [row for feature in features if (row := self._row(feature)) is not None]
            progress(read, _announced(page))
            link = _next_link(page)
            if link is None:
                return
            address, params = self._host.address(link, below=url), None
        raise SourceUnavailable(f"The service sent more than {MAX_PAGES} pages.")

    def _row(self, feature: dict[str, Any]) -> AreaRow | None:
        record = feature.get("properties") or {}
        if self._municipalities and _municipality(record) not in self._municipalities:
            return None
        geometry = feature.get("geometry")
        try:
            outline = None if geometry is None else shape(geometry)
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            self._reader.refuse(record, "unreadable_geometry")
            return None
        return self._reader.read(record, outline, ETRS89)


def search(
    words: str, municipalities: Collection[str], *, rows: int = 8, host: Host | None = None
) -> list[SearchHit]:
    """Find addresses and places by words, within municipalities given by name.

    Raises :class:`SourceUnavailable` when the Locatieserver does not answer; the caller then
    searches the names that are loaded.
    """
    return _locations("free", words, municipalities, rows, host)


def suggest(
    words: str, municipalities: Collection[str], *, rows: int = 8, host: Host | None = None
) -> list[SearchHit]:
    """Give the places that unfinished words may become, within municipalities given by name.

    Raises :class:`SourceUnavailable` when the Locatieserver does not answer.
    """
    return _locations("suggest", words, municipalities, rows, host)


class PdokTiles:
    """Tiles of the BRT Achtergrondkaart in web mercator (EPSG:3857), 256 pixels."""

    def __init__(self, host: Host | None = None) -> None:
        self._host = host or Host(SERVICE_HOST)

    def tile(self, layer: TileLayer, z: int, x: int, y: int) -> bytes:
        """Fetch one tile as PNG.

        Raises ValueError for a tile or layer that does not exist, :class:`SourceUnavailable` when
        the service does not answer with a PNG of at most 1 MB.
        """
        if layer not in TILE_LAYERS:
            raise ValueError(f"no such base map: {layer}")
        if not (0 <= z <= MAX_TILE_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
            raise ValueError(f"no such tile: {z}/{x}/{y}")
        path = f"/brt/achtergrondkaart/wmts/v2_0/{layer}/EPSG:3857/{z}/{x}/{y}.png"
        body, media_type, _ = self._host.get(path, None, MAX_TILE_BYTES)
        if media_type != "image/png" or not body.startswith(b"\x89PNG\r\n\x1a\n"):
            raise SourceUnavailable(f"The base map sent {media_type or 'no type'}, not a PNG.")
        return body


def _locations(
    method: str, words: str, municipalities: Collection[str], rows: int, host: Host | None
) -> list[SearchHit]:
    # The Locatieserver refuses requests with a parameter it does not list; these it does.
    params = {"q": words, "rows": str(rows), "fl": "type,weergavenaam,centroide_ll"}
    if municipalities:
        names = " OR ".join(_quoted(name) for name in sorted(municipalities))
        params["fq"] = f"gemeentenaam:({names})"
    path = f"/bzk/locatieserver/search/v3_1/{method}"
    answer, _ = (host or Host(API_HOST)).get_json(path, params)
    response = answer.get("response")
    found = response.get("docs") if isinstance(response, dict) else None
    if not isinstance(found, list):
        raise SourceUnavailable("The address search answered in a shape we do not know.")
    return [hit for each in found if (hit := _hit(each)) is not None]


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "").replace('"', "") + '"'


def _hit(found: Any) -> SearchHit | None:
    if not isinstance(found, dict):
        return None
    point = _POINT.fullmatch(str(found.get("centroide_ll") or "").strip())
    label = str(found.get("weergavenaam") or "").strip()
    if point is None or not label:
        return None
    return SearchHit(str(found.get("type") or ""), label, float(point[1]), float(point[2]))


def _municipality(record: dict[str, Any]) -> str:
    for name, value in record.items():
        if column_key(name) in ("buurtcode", "wijkcode", "gemeentecode"):
            return municipality_of(str(value))
    return ""


def _features(page: dict[str, Any]) -> list[dict[str, Any]]:
    features = page.get("features")
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise SourceUnavailable("The service answered, but not with GeoJSON features.")
    return features


def _announced(page: dict[str, Any]) -> int | None:
    total = page.get("numberMatched")
    return total if isinstance(total, int) else None


def _next_link(page: dict[str, Any]) -> str | None:
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and link.get("href"):
            return str(link["href"])
    return None
