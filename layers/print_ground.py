"""The drawn base map on paper: the same features and colours as on screen, as vector paths."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.drawing import EDGE, FILL, HALO, INK, ROAD, SEA, Kind
from layers.print_frame import MapFrame
from layers.print_marks import text
from layers.print_paths import clipped, line_path, lines_of, polygon_path

MOST_VERTICES: Final = 120_000
"""With more than this in the frame, buildings and trees are left out: a page must stay light."""
BUILDINGS_TO_SCALE: Final = 20_000
TREES_TO_SCALE: Final = 5_000
STREET_NAMES_TO_SCALE: Final = 7_500

_DETAIL_MM: Final = 0.1
_SURFACES: Final[tuple[Kind, ...]] = ("land", "built_up", "sand", "green", "water")
_ROAD_METRES: Final = {"main": 14.0, "street": 8.0, "lane": 5.0}
_NAME_MM: Final = 2.2
_PIXELS_PER_MM: Final = 4.6


@dataclass(frozen=True)
class Ground:
    """One thing of the base map in RD; ``kind`` "name" is a place name at a point.

    ``size`` is that of a place name, in pixels as on the screen's map.
    """

    kind: Kind | str
    geometry: BaseGeometry
    name: str = ""
    road_class: str = "street"
    size: int = 12


def draw_ground(frame: MapFrame, ground: Sequence[Ground]) -> Iterable[str]:
    """Give the base map as SVG parts, from below to above."""
    if not ground:
        yield f'<rect width="{frame.width:g}" height="{frame.height:g}" fill="#ffffff"/>'
        return
    yield f'<rect width="{frame.width:g}" height="{frame.height:g}" fill="{SEA}"/>'
    detailed = sum(shapely.get_num_coordinates(each.geometry) for each in ground) <= MOST_VERTICES
    for kind in _SURFACES:
        yield from _fill(frame, kind, _of(ground, kind))
    yield from _thin(frame, "boundary", _of(ground, "boundary"), "2.2 1.1")
    yield from _thin(frame, "path", _of(ground, "path"), "1 0.7")
    yield from _roads(frame, _of(ground, "road"))
    if detailed and frame.scale <= BUILDINGS_TO_SCALE:
        yield from _fill(frame, "building", _of(ground, "building"))
    if detailed and frame.scale <= TREES_TO_SCALE:
        yield from _trees(frame, _of(ground, "tree"))


def draw_names(
    frame: MapFrame, ground: Sequence[Ground], around: Sequence[tuple[float, float]] = ()
) -> Iterable[str]:
    """Give street names on large scales, place names on small ones; none covers another.

    ``around`` are places in mm where something stands that no name may cover.
    """
    taken: list[BaseGeometry] = [shapely.box(x - 2, y - 2, x + 2, y + 2) for x, y in around]
    if frame.scale > STREET_NAMES_TO_SCALE:
        for each in _of(ground, "name"):
            place = frame.to_mm(shapely.get_coordinates(each.geometry)[:1])[0]
            yield from _write(frame, each.name, place, each.size / _PIXELS_PER_MM, 0, taken)
        return
    for each in (*_of(ground, "road"), *_of(ground, "path")):
        if each.name:
            yield from _write_along(frame, each, taken)


def _of(ground: Iterable[Ground], kind: str) -> list[Ground]:
    return [each for each in ground if each.kind == kind]


def _fill(frame: MapFrame, kind: Kind, ground: Iterable[Ground]) -> Iterable[str]:
    shapes = [clipped(frame, each.geometry, _DETAIL_MM) for each in ground]
    surface = "".join(polygon_path(frame, shape) for shape in shapes)
    lines = "".join(line_path(frame, shape) for shape in shapes)
    edge = f' stroke="{EDGE[kind]}" stroke-width="0.12"' if kind in EDGE else ""
    if surface:
        yield f'<path d="{surface}" fill="{FILL[kind]}" fill-rule="evenodd"{edge}/>'
    if lines:
        yield f'<path d="{lines}" fill="none" stroke="{FILL[kind]}" stroke-width="0.7"/>'


def _thin(frame: MapFrame, kind: Kind, ground: Iterable[Ground], dashes: str) -> Iterable[str]:
    path = _edges(frame, ground)
    if path:
        yield (
            f'<path d="{path}" fill="none" stroke="{EDGE[kind]}" stroke-width="0.3" '
            f'stroke-dasharray="{dashes}"/>'
        )


def _edges(frame: MapFrame, ground: Iterable[Ground]) -> str:
    shapes = (each.geometry for each in ground)
    edges = (
        shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape for shape in shapes
    )
    return "".join(line_path(frame, clipped(frame, edge, _DETAIL_MM)) for edge in edges)


def _roads(frame: MapFrame, ground: Sequence[Ground]) -> Iterable[str]:
    paths = {}
    for road_class in _ROAD_METRES:
        roads = [each for each in ground if _class_of(each) == road_class]
        paths[road_class] = _edges(frame, roads)
    # All edges first, so that crossings run into each other.
    for colour, wider in ((EDGE["road"], 0.24), (ROAD, 0.0)):
        for road_class, metres in reversed(_ROAD_METRES.items()):
            width = max(0.3, metres * frame.mm_per_metre) + wider
            if path := paths[road_class]:
                yield (
                    f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.2f}" '
                    'stroke-linecap="butt" stroke-linejoin="round"/>'
                )


def _class_of(road: Ground) -> str:
    return road.road_class if road.road_class in _ROAD_METRES else "street"


def _trees(frame: MapFrame, ground: Iterable[Ground]) -> Iterable[str]:
    window = shapely.box(*frame.bounds)
    points = [each.geometry.centroid for each in ground if each.geometry.intersects(window)]
    radius = max(0.4, 2.5 * frame.mm_per_metre)
    for x, y in frame.to_mm(shapely.get_coordinates(points)).tolist():
        yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{FILL["tree"]}"/>'


def _write_along(frame: MapFrame, way: Ground, taken: list[BaseGeometry]) -> Iterable[str]:
    """Write a name once, on the longest straight stretch of its way, never upside down."""
    stretches = [
        (path[place], path[place + 1])
        for path in (frame.to_mm(line) for line in lines_of(clipped(frame, way.geometry, 0.3)))
        for place in range(len(path) - 1)
    ]
    if not stretches:
        return
    start, end = max(stretches, key=lambda pair: float(np.hypot(*(pair[1] - pair[0]))))
    along = end - start
    if np.hypot(*along) < _width(way.name, _NAME_MM):
        return
    degrees = (math.degrees(math.atan2(along[1], along[0])) + 90) % 180 - 90
    yield from _write(frame, way.name, (start + end) / 2, _NAME_MM, degrees, taken)


def _width(name: str, size: float) -> float:
    return len(name) * size * 0.55


def _write(
    frame: MapFrame,
    name: str,
    place: Sequence[float],
    size: float,
    degrees: float,
    taken: list[BaseGeometry],
) -> Iterable[str]:
    x, y = float(place[0]), float(place[1])
    flat = shapely.box(
        x - _width(name, size) / 2, y - size / 2, x + _width(name, size) / 2, y + size / 2
    )
    turn = math.radians(degrees)
    c, s = math.cos(turn), math.sin(turn)
    box = shapely.transform(flat, lambda xy: (xy - (x, y)) @ np.array([[c, s], [-s, c]]) + (x, y))
    if not shapely.box(0, 0, frame.width, frame.height).contains(box):
        return
    if any(box.intersects(other) for other in taken):
        return
    taken.append(box)
    turned = {"transform": f"rotate({degrees:.1f} {x:.2f} {y:.2f})"} if degrees else {}
    for look in ({"stroke": HALO, "stroke_width": "0.6", "fill": HALO}, {"fill": INK}):
        yield text(name, x, y + size * 0.35, size, text_anchor="middle", **look, **turned)
