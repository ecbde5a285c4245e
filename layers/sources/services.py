"""Fetch features from a WFS or an OGC API Features.

Only hosts on an allow-list are asked, over https, and never a host they send us on to. Known traps:
a service gives at most 1000 features at a time; some ignore ``CQL_FILTER`` (so none is sent) and
some a bbox (so rows are checked again here); WFS 2.0 gives latitude first for EPSG:4326.
"""

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from gis.crs import ETRS89, NETHERLANDS_LONLAT, RD, to_lonlat
from layers.sources.http import Host, SourceUnavailable

PAGE_ROWS = 1000
MAX_PAGES = 5000

Bbox = tuple[float, float, float, float]
RawFeature = tuple[dict[str, Any], Any, bool, str | int]
"""Columns, shape or None, whether it was readable, and the shape's CRS (x or longitude first)."""


class HostRefusedError(ValueError):
    """The address is not https or not of a host on the list."""


def allowed_host(address: str, hosts: Collection[str]) -> Host:
    """Give the host of an address. Raises :class:`HostRefusedError` when it is not on the list."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise HostRefusedError("This is not an address that can be asked.") from error
    if parts.scheme != "https" or parts.hostname not in hosts or port not in (None, 443):
        raise HostRefusedError(
            f"{parts.hostname or address} is not on the list of hosts (LAYER_HOSTS) that layers "
            "may be fetched from, or the address is not https."
        )
    if parts.username or parts.password:
        raise HostRefusedError("An address with a name and password in it is not used.")
    return Host(f"{parts.scheme}://{parts.netloc}")


def is_wfs(address: str) -> bool:
    """Tell whether an address is of a WFS: it names a type of features."""
    return "typenames" in {name.lower() for name in parse_qs(urlsplit(address).query)}


def addresses_of(address: str) -> list[str]:
    """Give the address of each collection: ``…/collections/pand,wegdeel/items`` names two."""
    head, found, tail = address.partition("/collections/")
    names, _, rest = tail.partition("/")
    return [f"{head}{found}{name}/{rest}" for name in names.split(",")] if found else [address]


def features(address: str, host: Host, bbox: Bbox | None = None) -> Iterator[RawFeature]:
    """Yield the features of a WFS (``…?typeNames=…``) or OGC API (``…/items``), page by page.

    ``bbox`` is (min x, min y, max x, max y) in EPSG:28992. Raises :class:`SourceUnavailable`.
    """
    read = _wfs_pages(address, host, bbox) if is_wfs(address) else _api_pages(address, host, bbox)
    for page in read:
        crs = _declared_crs(page)
        for feature in _features(page):
            yield _raw(feature, crs)


def _api_pages(address: str, host: Host, bbox: Bbox | None) -> Iterator[dict[str, Any]]:
    params: dict[str, str] | None = {"f": "json", "limit": str(PAGE_ROWS)}
    if bbox and params is not None:
        west, south, east, north = to_lonlat(shapely.box(*bbox)).bounds
        params["bbox"] = f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"
    path = urlsplit(address).path
    for _ in range(MAX_PAGES):
        page, url = host.get_json(path, params)
        yield page
        link = _next_link(page)
        if link is None:
            return
        path, params = host.address(link, below=url), None
    raise SourceUnavailable(f"The service sent more than {MAX_PAGES} pages.")


def _wfs_pages(address: str, host: Host, bbox: Bbox | None) -> Iterator[dict[str, Any]]:
    parts = urlsplit(address)
    params = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": _type_name(parts.query),
        "outputFormat": "application/json",
        "srsName": f"urn:ogc:def:crs:EPSG::{RD}",
        "count": str(PAGE_ROWS),
    }
    if bbox:
        params["bbox"] = ",".join(f"{edge:.3f}" for edge in bbox) + f",urn:ogc:def:crs:EPSG::{RD}"
    read, first_before = 0, None
    for _ in range(MAX_PAGES):
        page, _url = host.get_json(parts.path, params | {"startIndex": str(read)})
        found = _features(page)
        if not found:
            return
        first = repr(found[0])
        if first == first_before:
            raise SourceUnavailable("The service gives its first page again and again.")
        yield page
        read, first_before = read + len(found), first
        total = page.get("numberMatched")
        if isinstance(total, int) and read >= total:
            return
    raise SourceUnavailable(f"The service sent more than {MAX_PAGES} pages.")


def _type_name(query: str) -> str:
    found = {name.lower(): values[0] for name, values in parse_qs(query).items()}
    return found["typenames"]


def _features(page: dict[str, Any]) -> list[dict[str, Any]]:
    found = page.get("features")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SourceUnavailable("The service answered, but not with GeoJSON features.")
    return found


def _next_link(page: dict[str, Any]) -> str | None:
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and link.get("href"):
            return str(link["href"])
    return None


def _declared_crs(page: dict[str, Any]) -> int:
    """Read the old GeoJSON member ``crs``; without one GeoJSON is in degrees."""
    declared = page.get("crs")
    name = ""
    if isinstance(declared, dict) and isinstance(declared.get("properties"), dict):
        name = str(declared["properties"].get("name", ""))
    return RD if name.endswith(f":{RD}") else ETRS89


def _raw(feature: dict[str, Any], crs: int) -> RawFeature:
    record = feature.get("properties")
    record = dict(record) if isinstance(record, dict) else {}
    if "id" in feature:
        record.setdefault("id", feature["id"])
    geometry = feature.get("geometry")
    if geometry is None:
        return record, None, True, crs
    try:
        found = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return record, None, False, crs
    return record, _longitude_first(found) if crs == ETRS89 else found, True, crs


def _longitude_first(found: Any) -> Any:
    """Swap what has latitude first: in the Netherlands the two ranges do not overlap."""
    if found.is_empty:
        return found
    west, south, east, north = NETHERLANDS_LONLAT
    x, y = (float(each) for each in shapely.get_coordinates(found)[0])
    if south <= x <= north and west <= y <= east:
        return shapely.transform(found, lambda pairs: pairs[:, ::-1])
    return found
