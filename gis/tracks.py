"""Read walked, cycled or planned routes from GPX files, keeping the line and nothing else.

Reads only the elements with points, straight from the safe XML parser: a library that makes objects
of the whole file refuses it for a wrong date that would be dropped anyway.

Source of the format: GPX 1.0 and 1.1, https://www.topografix.com/gpx.asp.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

import shapely
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from shapely.geometry import LineString, MultiLineString

from gis.coordinates import SMALLEST_LENGTH_M, Position, Reader
from gis.crs import NETHERLANDS_LONLAT, to_rd
from gis.refusal import GeometryError

MAX_BYTES: Final = 10_000_000
MAX_POINTS: Final = 50_000


def parse_gpx(content: bytes) -> MultiLineString:
    """Return the tracks and routes of a GPX file as lines in lon/lat (CRS84, degrees).

    Only longitude and latitude are kept: times, heights, names, waypoints and the rest say who
    walked when, and are dropped. Recorded lines may cross themselves. Pieces that don't move (one
    point, or shorter than a centimetre) are no lines and are left out.

    Raises:
        GeometryError: ``too_large``, ``unsafe_xml`` (it declares a document type or entities),
            ``not_gpx``, ``too_many_vertices``, ``empty``, ``degenerate`` (nothing in it moves); or,
            with the path of the point, ``coordinates_not_numbers``, ``not_finite`` or
            ``outside_netherlands``.
    """
    if len(content) > MAX_BYTES:
        raise GeometryError("too_large")
    reader = Reader(NETHERLANDS_LONLAT, MAX_POINTS, mild=True)
    pieces = [_positions(reader, points, path) for path, points in _pieces(_read(content))]
    if not pieces:
        raise GeometryError("empty")
    lines = [LineString(piece) for piece in pieces if len(piece) > 1]
    moving = [line for line in lines if to_rd(line).length >= SMALLEST_LENGTH_M]
    if not moving:
        raise GeometryError("degenerate")
    return shapely.multilinestrings(moving)


def _read(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise GeometryError("unsafe_xml") from None
    except (ParseError, ValueError, LookupError):
        raise GeometryError("not_gpx") from None
    if root.tag.rpartition("}")[2] != "gpx":
        raise GeometryError("not_gpx")
    return root


def _pieces(gpx: Element) -> Iterator[tuple[str, list[Element]]]:
    """Give path and points of every track segment and route that has points."""
    for t, track in enumerate(gpx.iterfind("{*}trk")):
        for s, segment in enumerate(track.iterfind("{*}trkseg")):
            if points := segment.findall("{*}trkpt"):
                yield f"trk[{t}].trkseg[{s}].trkpt", points
    for r, route in enumerate(gpx.iterfind("{*}rte")):
        if points := route.findall("{*}rtept"):
            yield f"rte[{r}].rtept", points


def _positions(reader: Reader, points: list[Element], path: str) -> list[Position]:
    places = (f"{path}[{n}]" for n in range(len(points)))
    return [
        reader.position(_lon_lat(point, place), place)
        for point, place in zip(points, places, strict=True)
    ]


def _lon_lat(point: Element, path: str) -> Position:
    try:
        return float(point.get("lon", "")), float(point.get("lat", ""))
    except ValueError:
        raise GeometryError("coordinates_not_numbers", path) from None
