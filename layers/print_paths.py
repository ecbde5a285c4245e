"""From shapes in RD to paths in an SVG whose unit is the millimetre."""

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.print_frame import MapFrame


def clipped(frame: MapFrame, shape: BaseGeometry, detail: float = 0.0) -> BaseGeometry:
    """Cut a shape in RD to the frame and leave out details smaller than ``detail`` mm.

    A shape without area or length inside the frame becomes an empty one.
    """
    cut = shapely.clip_by_rect(shape, *frame.bounds)
    return shapely.simplify(cut, detail / frame.mm_per_metre) if detail else cut


def polygon_path(frame: MapFrame, shape: BaseGeometry) -> str:
    """Give all rings of all polygons as path data; other parts are left out."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    rings = (ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors))
    return "".join(_path(frame, shapely.get_coordinates(ring)[:-1]) + "Z" for ring in rings)


def line_path(frame: MapFrame, shape: BaseGeometry) -> str:
    """Give all lines as path data; other parts are left out."""
    return "".join(_path(frame, line) for line in lines_of(shape))


def lines_of(shape: BaseGeometry) -> Iterable[NDArray[np.float64]]:
    """Give the coordinates of each line of a shape."""
    for part in shapely.get_parts(shapely.get_parts(shape)):
        if part.geom_type in ("LineString", "LinearRing"):
            yield shapely.get_coordinates(part)


def _path(frame: MapFrame, coordinates: NDArray[np.float64]) -> str:
    if len(coordinates) < 2:
        return ""
    places = [f"{x:.2f} {y:.2f}" for x, y in frame.to_mm(coordinates).tolist()]
    return "M" + "L".join(places)
