"""Where the sun stands and what the shadows of buildings and trees cover.

Shadows fall on flat ground, in EPSG:28992 (RD New, metres). The position of the sun comes from the
library astral (equations of the NOAA solar calculator, within about 0.1°).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import shapely
from astral import Observer
from astral.sun import azimuth, elevation
from numpy.typing import NDArray
from shapely import STRtree
from shapely.affinity import translate
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from gis.crs import rd_point, to_lonlat

LONGEST_SHADOW_M: Final = 1_000.0
"""Shadows are cut off here: a low sun makes them endless, and no longer flat ground either."""


@dataclass(frozen=True)
class Sun:
    """Position of the sun in degrees.

    ``azimuth`` is clockwise from true north; ``rd_azimuth`` from the grid north of RD, which differs
    by up to 1.7° within the Netherlands; ``elevation`` is above the horizon, with refraction.
    """

    azimuth: float
    rd_azimuth: float
    elevation: float

    @property
    def is_up(self) -> bool:
        """Whether the sun casts shadows."""
        return self.elevation > 0


def sun_over(place: Point, when: datetime) -> Sun:
    """Return where the sun stands over a place (RD) at a moment.

    Raises:
        ValueError: the moment has no time zone, or the place can't be projected.
    """
    if when.tzinfo is None:
        raise ValueError("a moment without a time zone")
    lonlat = to_lonlat(place)
    observer = Observer(latitude=lonlat.y, longitude=lonlat.x, elevation=0)
    true_azimuth = float(azimuth(observer, when))
    north = rd_point(lonlat.x, lonlat.y + 0.01)
    turned = math.degrees(math.atan2(north.x - place.x, north.y - place.y))
    return Sun(true_azimuth, (true_azimuth + turned) % 360, float(elevation(observer, when)))


def shadow_vector(height_m: float, sun: Sun) -> tuple[float, float]:
    """Return how far east and north (metres, RD) the shadow of a top at a height falls.

    Cut off at ``LONGEST_SHADOW_M``.

    Raises:
        ValueError: the sun is not up, or the height is negative or not finite.
    """
    if not sun.is_up:
        raise ValueError("the sun is not up: everything is in shade")
    if not (math.isfinite(height_m) and height_m >= 0):
        raise ValueError("a height that is negative or not finite")
    length = min(height_m / math.tan(math.radians(sun.elevation)), LONGEST_SHADOW_M)
    away = math.radians(sun.rd_azimuth + 180)
    return length * math.sin(away), length * math.cos(away)


def building_shadow(footprint: BaseGeometry, height_m: float, sun: Sun) -> BaseGeometry:
    """Return the ground (RD) that a footprint pulled up to a height covers and shades.

    Exact for any footprint: what the footprint sweeps on its way to where its roof's shadow falls,
    with courtyards as far as the sun reaches into them.

    Raises:
        ValueError: as ``shadow_vector``.
    """
    return _sweep(footprint, (0.0, 0.0), shadow_vector(height_m, sun))


def tree_shadow(
    trunk: Point, crown_radius_m: float, height_m: float, sun: Sun, crown_base_m: float = 0.0
) -> BaseGeometry:
    """Return the ground (RD) that a crown shades: an upright cylinder from its base to its top.

    The round crown is drawn with 32 corners. The trunk below the crown casts no shadow.

    Raises:
        ValueError: as ``shadow_vector``, or the crown's base is above its top or its radius negative.
    """
    if not (crown_radius_m >= 0 and 0 <= crown_base_m <= height_m):
        raise ValueError("a crown that can not be")
    disc = trunk.buffer(crown_radius_m, quad_segs=8)
    return _sweep(disc, shadow_vector(crown_base_m, sun), shadow_vector(height_m, sun))


def _sweep(
    shape: BaseGeometry, start: tuple[float, float], stop: tuple[float, float]
) -> BaseGeometry:
    """Return everything that a shape passes when it moves from one place to another."""
    first, last = translate(shape, *start), translate(shape, *stop)
    rings = shapely.get_rings(shape)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    along = ring[:-1] == ring[1:]
    one, other = corners[:-1][along], corners[1:][along]
    move = np.asarray(start), np.asarray(stop)
    # Each side sweeps a parallelogram.
    swept = np.stack([one + move[0], other + move[0], other + move[1], one + move[1]], axis=1)
    sides = shapely.polygons(swept)
    return shapely.union_all([first, last, *sides[shapely.area(sides) > 0]])


def share_in_shade(line: BaseGeometry, shadows: Iterable[BaseGeometry]) -> float | None:
    """Return the share (0–1) of the length of a line that lies in shadows, ``None`` without length.

    Line and shadows in RD. Overlapping shadows count once.
    """
    if line.length == 0:
        return None
    all_shadows: NDArray[Any] = np.asarray(list(shadows), dtype=object)
    near = STRtree(all_shadows).query(line, predicate="intersects")
    if len(near) == 0:
        return 0.0
    lit = shapely.difference(line, shapely.union_all(all_shadows[near]))
    return min(max(1 - float(lit.length) / float(line.length), 0.0), 1.0)
