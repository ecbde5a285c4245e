"""Save what a service gives as one file, so that it is imported, hashed and kept like any other.

Features become GeoJSON in CRS84, written page by page; a table of StatLine becomes JSON. Each
feature remembers the collection it came from in ``collection_name``.
"""

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shapely.geometry import mapping

from gis.crs import RD, to_lonlat
from layers.sources import cbs_odata
from layers.sources.http import Host, SourceUnavailable
from layers.sources.records import plain_properties
from layers.sources.services import Bbox, features, is_wfs

COLLECTION = "collection_name"
MAX_FEATURES = 500_000

Progress = Callable[[int, int | None], None]


def is_service(address: str) -> bool:
    """Tell whether an address is of a service that gives rows, and not of a file."""
    path = urlsplit(address).path
    return is_wfs(address) or path.endswith("/items") or is_table(address)


def is_table(address: str) -> bool:
    """Tell whether an address is of a StatLine table."""
    return "/odata" in urlsplit(address).path.lower()


def addresses_of(address: str) -> list[str]:
    """Give the address of each collection: ``…/collections/pand,wegdeel/items`` names two."""
    head, found, tail = address.partition("/collections/")
    names, _, rest = tail.partition("/")
    return [f"{head}{found}{name}/{rest}" for name in names.split(",")] if found else [address]


def save_features(
    address: str, host: Host, target: Path, bbox: Bbox | None, progress: Progress
) -> int:
    """Write the features within ``bbox`` (EPSG:28992) to a GeoJSON file; returns how many.

    Raises :class:`SourceUnavailable` when the service stops half-way or gives too many; the file
    is then not finished and must not be used.
    """
    count = 0
    with target.open("w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        for one in addresses_of(address):
            name = _collection_name(one)
            for record, shape, readable, crs in features(one, host, bbox):
                if not readable:
                    raise SourceUnavailable(f"A shape in {name} could not be read.")
                stream.write(",\n" if count else "\n")
                stream.write(_feature(plain_properties(record) | {COLLECTION: name}, shape, crs))
                count += 1
                if count > MAX_FEATURES:
                    raise SourceUnavailable(
                        f"More than {MAX_FEATURES} features: ask a smaller box."
                    )
                progress(count, None)
        stream.write("\n]}\n")
    return count


def save_table(
    address: str, host: Host, target: Path, municipalities: Collection[str], progress: Progress
) -> int:
    """Write the rows of a StatLine table for some municipalities to JSON; returns how many.

    Raises :class:`SourceUnavailable`, and ValueError when no municipality is named.
    """
    rows = cbs_odata.fetch_records(host, urlsplit(address).path, municipalities)
    target.write_text(json.dumps({"value": rows}), encoding="utf-8")
    progress(len(rows), len(rows))
    return len(rows)


def _feature(record: dict[str, Any], shape: Any, crs: str | int) -> str:
    moved = to_lonlat(shape) if shape is not None and crs == RD else shape
    geometry = None if moved is None else mapping(moved)
    document = {"type": "Feature", "properties": record, "geometry": geometry}
    return json.dumps(document, allow_nan=False)


def _collection_name(address: str) -> str:
    steps = urlsplit(address).path.rstrip("/").split("/")
    return steps[-2] if steps[-1] == "items" and len(steps) > 1 else steps[-1]
