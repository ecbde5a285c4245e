"""Read what people draw or upload as GeoJSON, and say precisely what is wrong with it.

Input and output are lon/lat (CRS84, degrees). Size and self-crossing are judged in RD metres as
well, because that is what is stored.

Sources: RFC 7946 (GeoJSON); OGC Simple Features (valid areas, simple lines).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.coordinates import READERS, Reader, collected, items, valid_in_rd
from gis.crs import NETHERLANDS_LONLAT, Bounds, to_rd
from gis.refusal import REASONS, GeometryError, Remark

__all__ = [
    "KINDS",
    "MAX_BYTES",
    "MAX_PARTS",
    "MAX_VERTICES",
    "REASONS",
    "GeometryError",
    "Remark",
    "Repaired",
    "Uploaded",
    "parse_feature_collection",
    "parse_geometry",
    "repair_drawn",
]

KINDS: Final = frozenset(READERS)
MAX_VERTICES: Final = 10_000
MAX_PARTS: Final = 10_000
MAX_BYTES: Final = 5_000_000

_CRS84_NAMES: Final = frozenset(
    {
        "OGC:CRS84",
        "CRS84",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/OGC/0/CRS84",
    }
)


@dataclass(frozen=True)
class Uploaded:
    """One geometry (lon/lat) from a file, and the parts that were left out."""

    geometry: BaseGeometry
    refused: tuple[Remark, ...]


@dataclass(frozen=True)
class Repaired:
    """The valid parts (lon/lat) of a drawing, ``None`` without any, and what became of the rest."""

    geometry: BaseGeometry | None
    refused: tuple[Remark, ...]
    changed: tuple[Remark, ...]


def parse_geometry(
    obj: object,
    *,
    kinds: Collection[str] = KINDS,
    max_vertices: int = MAX_VERTICES,
    bounds: Bounds = NETHERLANDS_LONLAT,
) -> BaseGeometry:
    """Return the shapely geometry (lon/lat, degrees) of a GeoJSON geometry, or refuse it.

    Args:
        obj: decoded JSON, or the JSON itself as text or bytes.
        kinds: the geometry types that are welcome here.
        max_vertices: the most positions in the whole geometry, closing ones included.
        bounds: west, south, east, north in degrees, borders included.

    Raises:
        GeometryError: with the reason and the JSON path of the first thing that is wrong.
    """
    geometry_object = _json_object(obj)
    _check_crs(geometry_object)
    kind = _kind(geometry_object, kinds)
    reader = Reader(bounds, max_vertices)
    geometry: BaseGeometry = READERS[kind](
        reader, geometry_object.get("coordinates"), "coordinates"
    )
    return geometry


def parse_feature_collection(
    text: str | bytes,
    *,
    kinds: Collection[str] = KINDS,
    max_vertices: int = MAX_VERTICES,
    bounds: Bounds = NETHERLANDS_LONLAT,
) -> Uploaded:
    """Return one (multi)geometry (lon/lat) from a GeoJSON file, and the features that were refused.

    A bare Feature or geometry is fine too. Areas are joined, lines and points are collected. When
    points, lines and areas are mixed the highest dimension is kept and the rest is refused as
    ``mixed_kinds``.

    Raises:
        GeometryError: the file as a whole is no good, or none of its parts is; then with the reason
            of the first part.
    """
    whole = _json_object(text)
    _check_crs(whole)
    accepted: list[tuple[str, BaseGeometry]] = []
    refused: list[Remark] = []
    for path, part in _features(whole):
        try:
            geometry = parse_geometry(part, kinds=kinds, max_vertices=max_vertices, bounds=bounds)
        except GeometryError as error:
            refused.append(Remark(error.reason, _join(path, error.path)))
        else:
            accepted.append((path, geometry))
    kept, mixed = _highest_dimension(accepted)
    if not kept:
        first = refused[0] if refused else Remark("empty", "features")
        raise GeometryError(first.reason, first.path)
    if sum(shapely.get_num_coordinates(part) for part in kept) > max_vertices:
        raise GeometryError("too_many_vertices")
    return Uploaded(_combine(kept), (*refused, *mixed))


def repair_drawn(
    obj: object, *, max_vertices: int = MAX_VERTICES, bounds: Bounds = NETHERLANDS_LONLAT
) -> Repaired:
    """Keep the valid parts of a drawing from a bulk import and name every other part. Lon/lat.

    Takes decoded GeoJSON, its text, or a shapely geometry. Milder than ``parse_geometry``: heights
    are dropped, a line may cross itself (people do draw so), an area that crosses itself is split
    at the crossings. What was dropped or changed is listed, never silent.
    """
    if isinstance(obj, BaseGeometry):
        obj = mapping(obj)
    refused: list[Remark] = []
    kept: list[BaseGeometry] = []
    reader = Reader(bounds, max_vertices, mild=True)
    try:
        for kind, coordinates, path in _single_parts(_json_object(obj)):
            try:
                kept.append(READERS[kind](reader, coordinates, path))
            except GeometryError as error:
                refused.append(Remark(error.reason, error.path))
        together = _combine(kept) if kept else None
    except GeometryError as error:
        return Repaired(None, (*refused, Remark(error.reason, error.path)), ())
    return Repaired(together, tuple(refused), tuple(reader.changed))


def _json_object(obj: object) -> Mapping[str, object]:
    if isinstance(obj, str | bytes):
        obj = _decoded(obj)
    if not isinstance(obj, Mapping):
        raise GeometryError("not_geojson")
    return obj


def _decoded(text: str | bytes) -> object:
    if len(text) > MAX_BYTES:
        raise GeometryError("too_large")
    if isinstance(text, str):
        text = text.removeprefix("\ufeff")
    try:
        decoded: object = json.loads(text, parse_constant=_refuse_constant)
    except GeometryError:
        raise
    except RecursionError:
        raise GeometryError("nested_too_deep") from None
    except ValueError:
        raise GeometryError("not_geojson") from None
    return decoded


def _refuse_constant(_: str) -> NoReturn:
    raise GeometryError("not_finite")


def _check_crs(obj: Mapping[str, object]) -> None:
    """Refuse the old ``crs`` member unless it names what RFC 7946 prescribes anyway."""
    if "crs" not in obj:
        return
    crs = obj["crs"]
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if not isinstance(name, str) or name not in _CRS84_NAMES:
        raise GeometryError("crs_not_supported", "crs")


def _kind(obj: Mapping[str, object], kinds: Collection[str]) -> str:
    kind = obj.get("type")
    if not isinstance(kind, str):
        raise GeometryError("not_geojson", "type")
    if kind in {"GeometryCollection", "Feature", "FeatureCollection"}:
        raise GeometryError("wrong_kind", "type")
    if kind not in KINDS:
        raise GeometryError("unknown_type", "type")
    if kind not in kinds:
        raise GeometryError("wrong_kind", "type")
    return kind


def _features(whole: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Give the path and the geometry of each feature of a file."""
    if whole.get("type") == "Feature":
        yield "geometry", whole.get("geometry")
    elif whole.get("type") == "FeatureCollection":
        features = whole.get("features")
        if not isinstance(features, list):
            raise GeometryError("not_geojson", "features")
        if len(features) > MAX_PARTS:
            raise GeometryError("too_many_parts", "features")
        for n, feature in enumerate(features):
            yield f"features[{n}].geometry", _geometry_of(feature)
    else:
        yield "", whole


def _geometry_of(feature: object) -> object:
    """Return the geometry of a feature; a CRS the feature names (GeoJSON 2008) goes along."""
    if not isinstance(feature, Mapping):
        return None
    geometry = feature.get("geometry")
    if isinstance(geometry, Mapping) and "crs" in feature:
        return {**geometry, "crs": feature["crs"]}
    return geometry


def _single_parts(obj: Mapping[str, object]) -> Iterator[tuple[str, object, str]]:
    """Give kind, coordinates and path of each single part of a (multi)geometry."""
    _check_crs(obj)
    kind = _kind(obj, KINDS)
    coordinates = obj.get("coordinates")
    if not kind.startswith("Multi"):
        yield kind, coordinates, "coordinates"
        return
    for n, part in enumerate(items(coordinates, "coordinates")):
        yield kind.removeprefix("Multi"), part, f"coordinates[{n}]"


def _join(path: str, inner: str) -> str:
    return f"{path}.{inner}" if path and inner else path or inner


def _highest_dimension(
    accepted: Sequence[tuple[str, BaseGeometry]],
) -> tuple[list[BaseGeometry], list[Remark]]:
    highest = max((shapely.get_dimensions(geometry) for _, geometry in accepted), default=0)
    kept: list[BaseGeometry] = []
    mixed: list[Remark] = []
    for path, geometry in accepted:
        if shapely.get_dimensions(geometry) == highest:
            kept.append(geometry)
        else:
            mixed.append(Remark("mixed_kinds", path))
    return kept, mixed


def _combine(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """Make one geometry of parts of the same dimension; areas that overlap are joined."""
    if len(parts) == 1:
        return parts[0]
    singles = [single for part in parts for single in shapely.get_parts(part)]
    if shapely.get_dimensions(singles[0]) < 2:
        return collected(singles)
    union = shapely.union_all(singles)
    # A straight edge in degrees bows in RD: long neighbours may come to overlap there.
    return union if to_rd(union).is_valid else valid_in_rd(union)
