"""Judge what a vector file really is before GDAL opens it.

GDAL chooses a driver by what is in a file, whatever its name says. Some drivers read other files of
this machine or ask the network for what stands in the file (virtual datasets, WFS, pipelines), so
only the kinds that we know are opened, each by its own driver.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

_SQLITE: Final = b"SQLite format 3\0"
_START: Final[Mapping[str, bytes]] = {
    ".gpkg": _SQLITE,
    ".sqlite": _SQLITE,
    ".shp": b"\0\0\x27\x0a",
}
_DRIVERS: Final[Mapping[str, tuple[str, ...]]] = {
    ".gpkg": ("GPKG",),
    ".sqlite": ("SQLite",),
    ".shp": ("ESRI Shapefile",),
    ".geojson": ("GeoJSON",),
    ".json": ("GeoJSON",),
}
_JSON: Final = (".geojson", ".json")


class _ElsewhereError(ValueError):
    """A GeoJSON that leaves its CRS to an address."""


def why_not(path: Path) -> str | None:
    """Say in one plain sentence why a vector file is not opened; None: it may be.

    A kind of file that is not known may not be.
    """
    suffix = path.suffix.lower()
    if suffix in _JSON:
        return _why_not_json(path)
    start = _START.get(suffix)
    if start is None or not _starts_with(path, start):
        return f"{path.name} is not a readable vector file of the kind that its name says."
    return _why_not_geopackage(path) if suffix == ".gpkg" else None


def address_of(path: Path) -> str:
    """Give the name by which no other driver than that of its kind can open a file."""
    return f"GeoJSON:{path.resolve()}" if path.suffix.lower() in _JSON else str(path)


def is_known_driver(path: Path, driver: str) -> bool:
    """Tell whether GDAL opened a file as the kind that its name says."""
    return driver in _DRIVERS.get(path.suffix.lower(), ())


def _starts_with(path: Path, start: bytes) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(start)) == start
    except OSError:
        return False


def _why_not_geopackage(path: Path) -> str | None:
    """A view is a program: one that never ends would keep us reading for ever."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            found = opened.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchone()
    except sqlite3.Error:
        return f"{path.name} is not a readable vector file."
    return None if found is None else f"{path.name} holds views; only tables are read."


def _why_not_json(path: Path) -> str | None:
    try:
        # Structure is ASCII: text in whatever encoding passes as it is, and NaN is refused.
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("latin-1")
        json.loads(text, strict=False, object_pairs_hook=_judged, parse_constant=_no_number)
    except _ElsewhereError:
        return f"{path.name} leaves its coordinate system to another server; name it (EPSG:28992)."
    except (OSError, ValueError, RecursionError):
        return f"{path.name} is not a readable vector file."
    return None


def _judged(pairs: list[tuple[str, Any]]) -> bool:
    """Look at one object and forget it, so that a large file takes little room. GDAL fetches the
    CRS of an object whose type starts with these words."""
    members = [(name.split("\0")[0].lower(), value) for name, value in pairs]
    if any(name == "properties" for name, _ in members):
        for name, value in members:
            is_word = name == "type" and isinstance(value, str)
            if is_word and value.lower().startswith(("url", "link")):
                raise _ElsewhereError
    return True


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")
