"""Read drawings from GeoJSON (also as a JavaScript variable), GeoPackage or shapefile.

Everything comes out as GeoJSON geometry in longitude and latitude, degenerate shapes included:
what is wrong with a drawing is for the import to say.
"""

import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS, Transformer
from shapely.geometry import mapping as geojson_of
from shapely.geometry.base import BaseGeometry

from gis.crs import ETRS89, RD, to_lonlat
from layers.sources.vector_files import FileRefusedError, layers_of, private_copy, read_rows
from webapp.wishes.mapping import Mapping

MOST_BYTES = 500_000_000
JSON_SUFFIXES = (".geojson", ".json", ".js")
_VARIABLE = re.compile(r"\s*(?:(?:var|let|const)\s+)?[\w$.]+\s*=\s*")
_CRS84 = re.compile(r"CRS84$")

Part = tuple[str, dict[str, Any]]
Row = tuple[dict[str, Any], Any, str]


@dataclass(frozen=True)
class Drawing:
    """One feature of a file: its row (from 1), a reference that is unique in the file, its columns
    and its GeoJSON geometry; `problem` says why there is none."""

    row: int
    reference: str
    properties: dict[str, Any]
    geometry: Any
    problem: str = ""


def read_drawings(path: Path, mapping: Mapping) -> list[Drawing]:
    """Every feature of a file. Raises `FileRefusedError` with a plain sentence."""
    is_json = path.suffix.lower() in JSON_SUFFIXES
    rows = list(_from_json(path) if is_json else _from_layer(path, mapping.layer))
    columns = {name for properties, _, _ in rows for name in properties}
    if rows and (missing := sorted(mapping.columns - columns)):
        raise FileRefusedError(
            f"{path.name} has no column {', '.join(missing)}. It has: {', '.join(sorted(columns))}."
        )
    return list(_numbered(rows, mapping))


def parts_of(drawing: Drawing) -> list[Part]:
    """The single parts of a drawing with their paths."""
    geometry = drawing.geometry
    if not isinstance(geometry, dict):
        return []
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    is_multiple = isinstance(kind, str) and kind.startswith("Multi")
    if not is_multiple or not isinstance(coordinates, list | tuple):
        return [("", geometry)]
    single = str(kind).removeprefix("Multi")
    return [
        (f"part {number}", {"type": single, "coordinates": part})
        for number, part in enumerate(coordinates, 1)
    ]


def _numbered(rows: list[Row], mapping: Mapping) -> Iterator[Drawing]:
    """Give each drawing a name of its own: a name that comes again gets #2, #3 …"""
    times: Counter[str] = Counter()
    for row, (properties, geometry, problem) in enumerate(rows, 1):
        name = mapping.reference_of(properties) or _fingerprint(properties, geometry)
        times[name] += 1
        reference = name if times[name] == 1 else f"{name}#{times[name]}"
        yield Drawing(row, reference, properties, geometry, problem)


def _fingerprint(properties: dict[str, Any], geometry: Any) -> str:
    content = json.dumps([properties, geometry], sort_keys=True, default=str)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def _from_json(path: Path) -> Iterator[Row]:
    if path.stat().st_size > MOST_BYTES:
        raise FileRefusedError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.")
    whole = _decoded(path)
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise FileRefusedError(f"{path.name} is no GeoJSON FeatureCollection.")
    _check_crs(whole, path)
    for feature in features:
        found = feature if isinstance(feature, dict) else {}
        properties = found.get("properties")
        geometry = found.get("geometry")
        problem = (
            "" if isinstance(geometry, dict) else "empty" if geometry is None else "not_geojson"
        )
        yield (properties if isinstance(properties, dict) else {}), geometry, problem


def _decoded(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if variable := _VARIABLE.match(text):
            text = text[variable.end() :].rstrip().removesuffix(";")
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FileRefusedError(
            f"{path.name} holds no GeoJSON in UTF-8, as such or as a JavaScript variable."
        ) from None


def _check_crs(whole: dict[str, Any], path: Path) -> None:
    named = whole.get("crs")
    if named is None:
        return
    properties = named.get("properties") if isinstance(named, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not _CRS84.search(name):
        raise FileRefusedError(
            f"{path.name} is in {name}. GeoJSON is read in longitude and latitude (CRS84) only; "
            "convert it, or give it as GeoPackage."
        )


def _from_layer(path: Path, wanted: str | None) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="drawings-") as folder:
        found = layers_of(private_copy(path, Path(folder)))
        layers = [layer for layer in found if wanted in (None, layer.name)]
        if len(layers) != 1:
            names = ", ".join(layer.name for layer in found)
            raise FileRefusedError(
                f"Say in the mapping which layer of {path.name} to read: {names}."
            )
        layer = layers[0]
        if layer.crs is None:
            raise FileRefusedError(f"{path.name} does not say in which coordinate system it is.")
        for properties, shape, readable in read_rows(layer):
            yield _row(properties, shape, readable, layer.crs)


def _row(properties: dict[str, Any], shape: Any, readable: bool, crs: str) -> Row:
    if not readable:
        return properties, None, "unreadable_geometry"
    if shape is None or shape.is_empty:
        return properties, None, "empty"
    try:
        return properties, geojson_of(_in_lonlat(shape, crs)), ""
    except ValueError:
        return properties, None, "outside_netherlands"


def _in_lonlat(shape: BaseGeometry, crs: str) -> BaseGeometry:
    known = CRS.from_user_input(crs)
    # ESRI's .prj files say "RD_New" and carry no number.
    if known.to_epsg() == RD or known.name.replace("_", " ").endswith("RD New"):
        return to_lonlat(shape)
    if known.is_geographic:
        return shape
    move = Transformer.from_crs(known, ETRS89, always_xy=True).transform
    return shapely.transform(shape, move, interleaved=False)
