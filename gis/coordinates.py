"""Turn GeoJSON coordinates into shapely geometry, refusing at the first thing that is wrong.

Coordinates are lon/lat (CRS84, degrees). Size, validity and crossings are judged in RD metres as
well, because that is what is stored. Sources: RFC 7946, section 3.1; OGC Simple Features.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis.crs import NETHERLANDS_LONLAT, Bounds, to_lonlat, to_rd
from gis.refusal import GeometryError, Reason, Remark

MOST_VERTICES_TO_SPLIT: Final = 500
"""The time to split an area grows with the square of its crossings."""
SMALLEST_LENGTH_M: Final = 0.01
SMALLEST_AREA_M2: Final = 0.0001
_SMALLEST_AREA_DEGREES2: Final = 1e-14

Position = tuple[float, float]


class Reader:
    """Reads the coordinates of one geometry, counting its vertices.

    ``mild`` drops heights, lets lines cross themselves and splits areas where they do; it writes
    what it changed in ``changed``.
    """

    def __init__(self, bounds: Bounds, max_vertices: int, *, mild: bool = False) -> None:
        self.bounds = bounds
        self.left = max_vertices
        self.mild = mild
        self.changed: list[Remark] = []

    def point(self, coordinates: object, path: str) -> Point:
        return Point(self.position(coordinates, path))

    def line(self, coordinates: object, path: str) -> LineString:
        positions = self.positions(coordinates, path)
        if len(set(positions)) < 2:
            raise GeometryError("degenerate", path)
        line = LineString(positions)
        measured = self.measured(line, path)
        if measured.length < SMALLEST_LENGTH_M:
            raise GeometryError("degenerate", path)
        if not self.mild and not (line.is_simple and measured.is_simple):
            raise GeometryError("self_crossing", path)
        return line

    def area(self, coordinates: object, path: str) -> BaseGeometry:
        rings = [self.ring(ring, f"{path}[{n}]") for n, ring in enumerate(items(coordinates, path))]
        area = Polygon(rings[0], rings[1:])
        if all(shape.is_valid for shape in (area, self.measured(area, path))):
            return area
        if not self.mild or shapely.get_num_coordinates(area) > MOST_VERTICES_TO_SPLIT:
            raise GeometryError("self_crossing", path)
        split = valid_in_rd(area)
        if split.is_empty:
            raise GeometryError("degenerate", path)
        self.changed.append(Remark("self_crossing", path))
        return split

    def ring(self, coordinates: object, path: str) -> list[Position]:
        positions = self.positions(coordinates, path)
        if positions[0] != positions[-1]:
            raise GeometryError("ring_not_closed", path)
        if len(set(positions)) < 3:
            raise GeometryError("degenerate", path)
        # Of an outline that crosses itself the area can cancel out, and mending it to measure takes
        # minutes when thousands of edges cross: its hull is flat only when the outline is.
        outline = Polygon(positions)
        surface = outline if outline.is_valid else outline.convex_hull
        flat = surface.area < _SMALLEST_AREA_DEGREES2
        if flat or self.measured(surface, path).area < SMALLEST_AREA_M2:
            raise GeometryError("degenerate", path)
        return positions

    def positions(self, coordinates: object, path: str) -> list[Position]:
        found = items(coordinates, path)
        if len(found) > self.left:
            raise GeometryError("too_many_vertices", path)
        return [self.position(position, f"{path}[{n}]") for n, position in enumerate(found)]

    def position(self, coordinates: object, path: str) -> Position:
        numbers = items(coordinates, path)
        self.left -= 1
        if self.left < 0:
            raise GeometryError("too_many_vertices", path)
        if len(numbers) < 2:
            raise GeometryError("coordinates_not_numbers", path)
        lon, lat, *heights = (_number(number, f"{path}[{n}]") for n, number in enumerate(numbers))
        if heights and not self.mild:
            raise GeometryError("three_dimensional", path)
        if heights:
            self.changed.append(Remark("heights_dropped", path))
        self.check_inside(lon, lat, path)
        return lon, lat

    def check_inside(self, lon: float, lat: float, path: str) -> None:
        west, south, east, north = self.bounds
        if not (west <= lon <= east and south <= lat <= north):
            raise GeometryError(self.outside, path)

    @property
    def outside(self) -> Reason:
        netherlands = self.bounds == NETHERLANDS_LONLAT
        return "outside_netherlands" if netherlands else "outside_bounds"

    def measured(self, geometry: BaseGeometry, path: str) -> BaseGeometry:
        """Return the geometry in RD metres."""
        try:
            return to_rd(geometry)
        except ValueError:
            raise GeometryError(self.outside, path) from None


def _parts_of(read: Callable[[Reader, object, str], BaseGeometry]) -> Callable[..., BaseGeometry]:
    def read_all(reader: Reader, coordinates: object, path: str) -> BaseGeometry:
        parts = items(coordinates, path)
        return collected([read(reader, part, f"{path}[{n}]") for n, part in enumerate(parts)])

    return read_all


def _areas(reader: Reader, coordinates: object, path: str) -> BaseGeometry:
    areas = _parts_of(Reader.area)(reader, coordinates, path)
    if not (areas.is_valid and reader.measured(areas, path).is_valid):
        raise GeometryError("self_crossing", path)
    return areas


READERS: Final[Mapping[str, Callable[..., BaseGeometry]]] = {
    "Point": Reader.point,
    "MultiPoint": _parts_of(Reader.point),
    "LineString": Reader.line,
    "MultiLineString": _parts_of(Reader.line),
    "Polygon": Reader.area,
    "MultiPolygon": _areas,
}


def items(coordinates: object, path: str) -> Sequence[object]:
    if not isinstance(coordinates, list | tuple):
        raise GeometryError("coordinates_not_numbers", path)
    if not coordinates:
        raise GeometryError("empty", path)
    return coordinates


def _number(number: object, path: str) -> float:
    if isinstance(number, list | tuple):
        raise GeometryError("nested_too_deep", path)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise GeometryError("coordinates_not_numbers", path)
    try:
        value = float(number)
    except OverflowError:
        raise GeometryError("not_finite", path) from None
    if not math.isfinite(value):
        raise GeometryError("not_finite", path)
    return value


def valid_in_rd(area: BaseGeometry) -> BaseGeometry:
    """Return a lon/lat area that is valid where it is stored: split or joined at its crossings."""
    mended = shapely.make_valid(to_rd(area), method="structure", keep_collapsed=False)
    return to_lonlat(mended)


def collected(singles: Sequence[BaseGeometry]) -> BaseGeometry:
    if isinstance(singles[0], Point):
        return shapely.multipoints(singles)
    if isinstance(singles[0], LineString):
        return shapely.multilinestrings(singles)
    return shapely.multipolygons(singles)
