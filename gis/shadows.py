"""The shadows of many buildings and trees at once, and how much of a place lies in them.

As ``gis.sun``, for thousands of things in a fraction of a second: a building without corners that
turn inwards, and every crown, sweeps the convex hull of itself at both ends of its way. All
geometry is in EPSG:28992 (RD New, metres), on flat ground.
"""

import math
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.sun import LONGEST_SHADOW_M, Sun, building_shadow, shadow_vector

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

CROWN_CORNERS: Final = 16
_CONVEX: Final = 1 - 1e-9


def building_shadows(
    footprints: Shapes, height_m: Floats, sun: Sun, longest_m: float = LONGEST_SHADOW_M
) -> Shapes:
    """Return the ground that each footprint covers and shades, pulled up to its height.

    Args:
        footprints: polygons or multipolygons, shape (n,).
        height_m: shape (n,), finite and not negative.
        sun: above the horizon.
        longest_m: shadows are cut off at this length, at most ``gis.sun.LONGEST_SHADOW_M``.

    Raises:
        ValueError: the sun is not up, or a height is negative or not finite.
    """
    heights = _cut(height_m, sun, longest_m)
    shadows = np.empty(len(footprints), dtype=object)
    if not len(footprints):
        return shadows
    convex = shapely.area(footprints) >= _CONVEX * shapely.area(shapely.convex_hull(footprints))
    shadows[convex] = _hulls(footprints[convex], np.zeros(convex.sum()), heights[convex], sun)
    for place in np.flatnonzero(~convex):
        shadows[place] = building_shadow(footprints[place], float(heights[place]), sun)
    return shadows


def tree_shadows(
    positions: Floats,
    crown_radius_m: Floats,
    crown_base_m: Floats,
    height_m: Floats,
    sun: Sun,
    longest_m: float = LONGEST_SHADOW_M,
) -> Shapes:
    """Return the ground that each crown shades: an upright cylinder from its base to its top.

    Args:
        positions: of the trunks, shape (n, 2).
        crown_radius_m: shape (n,); a crown is drawn with ``CROWN_CORNERS`` corners.
        crown_base_m: shape (n,), not above the top.
        height_m: shape (n,).
        sun: above the horizon.
        longest_m: as for ``building_shadows``; the crown's shadow is cut where it ends.

    Raises:
        ValueError: as ``building_shadows``.
    """
    if not len(positions):
        return np.empty(0, dtype=object)
    crowns = crown_outlines(positions, crown_radius_m)
    bases, tops = (_cut(each, sun, longest_m) for each in (crown_base_m, height_m))
    return _hulls(crowns, bases, tops, sun)


def crown_outlines(positions: Floats, crown_radius_m: Floats) -> Shapes:
    """Return round crowns as polygons with ``CROWN_CORNERS`` corners on the circle."""
    turn = np.arange(CROWN_CORNERS) * (2 * math.pi / CROWN_CORNERS)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    corners = positions[:, None, :] + crown_radius_m[:, None, None] * circle[None]
    crowns: Shapes = shapely.polygons(corners)
    return crowns


def is_cut(height_m: float, sun: Sun, longest_m: float) -> bool:
    """Say whether the shadow of a top at a height is longer than what is drawn."""
    return height_m > longest_m * math.tan(math.radians(sun.elevation))


def _cut(height_m: Floats, sun: Sun, longest_m: float) -> Floats:
    """Return heights no larger than what casts the longest shadow."""
    if not sun.is_up:
        raise ValueError("the sun is not up: everything is in shade")
    if not (np.isfinite(height_m).all() and (height_m >= 0).all()):
        raise ValueError("a height that is negative or not finite")
    longest = min(longest_m, LONGEST_SHADOW_M) * math.tan(math.radians(sun.elevation))
    return np.minimum(height_m, longest)


def _hulls(shapes: Shapes, bottom_m: Floats, top_m: Floats, sun: Sun) -> Shapes:
    """Return what convex shapes pass on their way from one height's shadow to another's."""
    if not len(shapes):
        return shapes
    # Of a height that is not cut off, so that the length stays in proportion.
    small = 0.001
    per_metre = np.asarray(shadow_vector(small, sun)) / small
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    ends = [corners + heights[owner, None] * per_metre for heights in (bottom_m, top_m)]
    owners = np.concatenate([owner, owner])
    order = np.argsort(owners, kind="stable")
    points = shapely.multipoints(np.concatenate(ends)[order], indices=owners[order])
    hulls: Shapes = shapely.convex_hull(points)
    return hulls


class Shade:
    """Shadows that can be asked which share of a place they cover."""

    def __init__(self, shadows: Shapes) -> None:
        self.shadows = shadows
        self._tree = STRtree(shadows)

    def within(self, place: BaseGeometry) -> BaseGeometry:
        """Return the part of a place that lies in shadow; overlapping shadows count once."""
        near = self._tree.query(place, predicate="intersects")
        return shapely.intersection(shapely.union_all(self.shadows[near]), place)

    def share_of(self, place: BaseGeometry) -> float | None:
        """Return the share (0–1) of a line's length or a polygon's area in shade.

        ``None`` for what has neither length nor area.
        """
        measure = shapely.area if shapely.get_dimensions(place) == 2 else shapely.length
        whole = float(measure(place))
        if whole == 0:
            return None
        return min(max(float(measure(self.within(place))) / whole, 0.0), 1.0)
