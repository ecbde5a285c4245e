"""What a raster says at the place of a wish: the cell at a point, the mean around a line."""

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.grid import Grid, Values

Why = Literal["no_place", "outside_layer", "no_data"]
NO_EXPOSURE: Final[tuple[Why, ...]] = get_args(Why)
"""Every reason for an exposure without a value, so that a test can ask for its text."""

Measure = Literal["cell", "mean"]


@dataclass(frozen=True)
class Exposure:
    """A value with how it was measured, or the reason why there is none.

    ``measure`` is ``cell`` at a point, ``mean`` over the ground within ``buffer_m`` of a line or in
    and around a polygon. ``no_data_share`` (0–1) is the part of that ground without a value.
    """

    value: float | None
    reason: Why | None
    measure: Measure
    buffer_m: float
    no_data_share: float


def exposure(
    place: BaseGeometry | None, values: Values, grid: Grid, buffer_m: float = 10.0
) -> Exposure:
    """Return what a raster says at a place.

    A point takes the value of its cell: on the side between two cells the eastern and the southern
    one. A line takes the mean over the ground within ``buffer_m``, with cells weighted exactly by the
    part that is inside; so do a polygon (with the ground around it) and several points.

    Args:
        place: RD (EPSG:28992, metres), in one or more parts.
        values: the cells, NaN where there is no value.
        grid: where they lie.
        buffer_m: 0 or more for a polygon, more than 0 for anything else but a point.

    Raises:
        ValueError: a buffer that is negative or not finite, or 0 where there must be ground.
    """
    if not (np.isfinite(buffer_m) and buffer_m >= 0):
        raise ValueError("a buffer that is negative or not finite")
    if place is None or place.is_empty:
        return Exposure(None, "no_place", "cell", 0.0, 1.0)
    if place.geom_type == "Point":
        return _at_point(place.x, place.y, values, grid)
    ground = shapely.buffer(place, buffer_m, quad_segs=16) if buffer_m else place
    if ground.area == 0:
        raise ValueError("a line without ground around it")
    return _over(ground, values, grid, buffer_m)


def _at_point(x: float, y: float, values: Values, grid: Grid) -> Exposure:
    column = int(np.floor((x - grid.origin_x) / grid.cell))
    row = int(np.floor((grid.origin_y - y) / grid.cell))
    if not (0 <= row < grid.height and 0 <= column < grid.width):
        return Exposure(None, "outside_layer", "cell", 0.0, 1.0)
    value = float(values[row : row + 1, column : column + 1][0, 0])
    if np.isnan(value):
        return Exposure(None, "no_data", "cell", 0.0, 1.0)
    return Exposure(value, None, "cell", 0.0, 0.0)


def _over(ground: BaseGeometry, values: Values, grid: Grid, buffer_m: float) -> Exposure:
    window = grid.window(ground.bounds)
    if window[0].start == window[0].stop or window[1].start == window[1].stop:
        return Exposure(None, "outside_layer", "mean", buffer_m, 1.0)
    cells = np.asarray(values[window], dtype=np.float64)
    source = NumPyRasterSource(cells, *grid.part(window).bounds, nodata=np.nan)
    feature = {"type": "Feature", "properties": {}, "geometry": mapping(ground)}
    found: dict[str, Any] = exact_extract(source, [feature], ["mean", "count"])[0]["properties"]
    covered = float(found["count"]) * grid.cell**2
    gaps = min(max(1 - covered / float(ground.area), 0.0), 1.0)
    mean = found["mean"]
    if covered == 0 or mean is None or np.isnan(mean):
        return Exposure(None, "no_data", "mean", buffer_m, 1.0)
    # The share of what has data counts ground beyond the layer as without data.
    return Exposure(float(mean), None, "mean", buffer_m, gaps if gaps > 1e-6 else 0.0)
