"""Paint surfaces and lines of the drawn base map, one painter per kind of feature."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely.geometry.base import BaseGeometry

from layers.drawing import EDGE, FILL, ROAD, BaseFeature, Canvas, Kind

BUILDINGS_FROM_ZOOM = 14
TREES_FROM_ZOOM = 16

# Widths of roads in metres by class; drawn at least two pixels wide.
_ROAD_METRES: dict[str, float] = {"main": 14.0, "street": 8.0, "lane": 5.0}

Painter = Callable[[Canvas, Sequence[BaseFeature]], None]


def _polygons(shape: BaseGeometry) -> list[Any]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def _lines(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    parts = shapely.get_parts(shape)
    rings = [part.boundary if part.geom_type == "Polygon" else part for part in parts]
    lines = shapely.get_parts(rings)
    return [shapely.get_coordinates(line) for line in lines if line.geom_type == "LineString"]


def _fill(kind: Kind) -> Painter:
    def paint(canvas: Canvas, features: Sequence[BaseFeature]) -> None:
        for shape in canvas.inside(features):
            for polygon in _polygons(shape):
                _fill_polygon(canvas, polygon, kind)
            if kind == "water":
                _stroke(canvas, [shape], FILL["water"], 3)

    return paint


def _fill_polygon(canvas: Canvas, polygon: Any, kind: Kind) -> None:
    outer = canvas.pixels(shapely.get_coordinates(polygon.exterior))
    if not polygon.interiors:
        canvas.draw.polygon(outer, fill=FILL[kind], outline=EDGE.get(kind, FILL[kind]))
        return
    mask = Image.new("1", canvas.image.size)
    cutter = ImageDraw.Draw(mask)
    cutter.polygon(outer, fill=1)
    for hole in polygon.interiors:
        cutter.polygon(canvas.pixels(shapely.get_coordinates(hole)), fill=0)
    canvas.image.paste(FILL[kind], mask=mask)


def _stroke(canvas: Canvas, shapes: Iterable[BaseGeometry], colour: str, width: float) -> None:
    for shape in shapes:
        for line in _lines(shape):
            canvas.draw.line(canvas.pixels(line), fill=colour, width=round(width), joint="curve")


def _paint_buildings(canvas: Canvas, features: Sequence[BaseFeature]) -> None:
    if canvas.zoom >= BUILDINGS_FROM_ZOOM:
        _fill("building")(canvas, features)


def _paint_roads(canvas: Canvas, features: Sequence[BaseFeature]) -> None:
    # All edges first, so that crossings run into each other.
    for road_class in sorted(_ROAD_METRES, key=_ROAD_METRES.__getitem__):
        width = max(2.0 * canvas.scale, _ROAD_METRES[road_class] * canvas.per_metre)
        shapes = canvas.inside([each for each in features if _class_of(each) == road_class])
        _stroke(canvas, shapes, EDGE["road"], width + 2 * canvas.scale)
    for road_class in sorted(_ROAD_METRES, key=_ROAD_METRES.__getitem__):
        width = max(2.0 * canvas.scale, _ROAD_METRES[road_class] * canvas.per_metre)
        shapes = canvas.inside([each for each in features if _class_of(each) == road_class])
        _stroke(canvas, shapes, ROAD, width)


def _class_of(road: BaseFeature) -> str:
    return road.road_class if road.road_class in _ROAD_METRES else "street"


def _dashes(kind: Kind, dash: float, gap: float) -> Painter:
    def paint(canvas: Canvas, features: Sequence[BaseFeature]) -> None:
        for feature in features:
            # Dashes are counted from the start of the whole line, so they meet at tile edges.
            for line in _lines(feature.geometry):
                for piece in _dash(canvas, line, dash, gap):
                    canvas.draw.line(piece, fill=EDGE[kind], width=canvas.scale + 1)

    return paint


def _dash(
    canvas: Canvas, line: NDArray[np.float64], dash: float, gap: float
) -> Iterable[list[tuple[float, float]]]:
    path = np.array(canvas.pixels(line))
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    period = (dash + gap) * canvas.scale
    for start, end in _visible_stretches(canvas, path, along):
        at = np.arange(np.floor(start / period) * period, end, period)
        for begin in at:
            places = np.array([begin, min(begin + dash * canvas.scale, along[-1])])
            inner = along[(along > places[0]) & (along < places[1])]
            places = np.concatenate((places[:1], inner, places[1:]))
            xs = np.interp(places, along, path[:, 0])
            ys = np.interp(places, along, path[:, 1])
            yield list(zip(xs.tolist(), ys.tolist(), strict=True))


def _visible_stretches(
    canvas: Canvas, path: NDArray[np.float64], along: NDArray[np.float64]
) -> Iterable[tuple[float, float]]:
    """Give the parts of a line, in pixels along it, whose segments come near the picture."""
    low = np.minimum(path[:-1], path[1:])
    high = np.maximum(path[:-1], path[1:])
    near = ((high > -20) & (low < canvas.side + 20)).all(axis=1)
    for segment in np.flatnonzero(near):
        yield float(along[segment]), float(along[segment + 1])


def _paint_trees(canvas: Canvas, features: Sequence[BaseFeature]) -> None:
    if canvas.zoom < TREES_FROM_ZOOM:
        return
    radius = max(2.0 * canvas.scale, 2.5 * canvas.per_metre)
    for shape in canvas.inside(features):
        for px, py in canvas.pixels(shapely.get_coordinates(shape.centroid)):
            canvas.draw.ellipse(
                (px - radius, py - radius, px + radius, py + radius), fill=FILL["tree"]
            )


PAINTERS: dict[Kind, Painter] = {
    "land": _fill("land"),
    "built_up": _fill("built_up"),
    "sand": _fill("sand"),
    "green": _fill("green"),
    "water": _fill("water"),
    "boundary": _dashes("boundary", 10, 5),
    "path": _dashes("path", 5, 4),
    "road": _paint_roads,
    "building": _paint_buildings,
    "tree": _paint_trees,
}
