"""How much of a polygon lies in a circle, exactly: no circle is drawn as a polygon.

Method: the area is the signed sum over the sides of the polygon of the triangle between the centre
and that side, cut by the circle: a triangle where the side is inside, a sector where it is not.
"""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

Floats = NDArray[np.float64]
# So many pairs of centre and side are held at once: some 100 MB.
_PAIRS: Final = 1_000_000


def area_in_circles(centres: Floats, radius_m: float, polygons: NDArray[Any]) -> Floats:
    """Return the area (m²) of the polygons within a radius of each centre, shape (n,), RD.

    Exact up to rounding: additive over polygons and independent of their vertex order and rotation.
    Polygons that overlap count twice: merge them first.

    Args:
        centres: RD (metres), shape (n, 2).
        radius_m: of every circle (metres).
        polygons: Polygons or MultiPolygons, RD; ``None`` and empty ones count as nothing.

    Raises:
        ValueError: the radius is negative or not finite, or a coordinate of a centre is not finite.
    """
    if not (np.isfinite(radius_m) and radius_m >= 0 and np.isfinite(centres).all()):
        raise ValueError("a circle without a place or a size")
    areas = np.zeros(len(centres))
    if len(centres) == 0 or len(polygons) == 0:
        return areas
    tree = STRtree(shapely.points(centres))
    for polygon in shapely.get_parts(polygons):
        near = tree.query(polygon, predicate="dwithin", distance=radius_m)
        if len(near) == 0:
            continue
        sides = _sides(polygon)
        step = max(1, _PAIRS // len(sides))
        for start in range(0, len(near), step):
            chunk = near[start : start + step]
            areas[chunk] += _one_polygon(centres[chunk], radius_m, sides)
    return areas


def _sides(polygon: Any) -> Floats:
    """Return the sides with the polygon on their left, shape (m, 2, 2)."""
    rings = shapely.get_rings(shapely.orient_polygons(polygon))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    sides = np.stack([corners[:-1], corners[1:]], axis=1)
    within: Floats = sides[ring[:-1] == ring[1:]]
    return within


def _one_polygon(centres: Floats, radius: float, sides: Floats) -> Floats:
    """Return the area of one polygon in each circle, from its sides, shape (n,)."""
    start = sides[None, :, 0] - centres[:, None]
    along = (sides[:, 1] - sides[:, 0])[None]
    a = (along**2).sum(-1)
    b = (start * along).sum(-1)
    c = (start**2).sum(-1) - radius**2
    root = np.sqrt(np.maximum(b * b - a * c, 0.0))
    safe = np.where(a > 0, a, 1.0)
    # Where the side enters and leaves the circle, as a part of its length.
    enter = np.clip((-b - root) / safe, 0.0, 1.0)
    leave = np.clip((-b + root) / safe, 0.0, 1.0)
    first = start + enter[..., None] * along
    last = start + leave[..., None] * along
    end = start + along
    inside = _cross(first, last) / 2
    sectors = (_angle(start, first) + _angle(last, end)) * radius**2 / 2
    total: Floats = (inside + sectors).sum(axis=1)
    return np.clip(total, 0.0, np.pi * radius**2)


def _cross(one: Floats, other: Floats) -> Floats:
    product: Floats = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return product


def _angle(one: Floats, other: Floats) -> Floats:
    """Return the signed angle from one direction to the other, 0 where they are the same place."""
    turned: Floats = np.arctan2(_cross(one, other), (one * other).sum(-1))
    return turned
