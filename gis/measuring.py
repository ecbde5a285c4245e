"""Length and area of what is drawn, in RD, and how far RD itself stretches there.

RD New is an oblique stereographic projection: distances in its plane are shorter near Amersfoort
and longer at the borders of the country than on the ellipsoid, by about a decimetre per km. The factor
of a place is computed from the projection by PROJ, not looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import shapely
from pyproj import Geod, Proj

from gis.crs import RD, to_rd

Kind = Literal["line", "area"]
Position = tuple[float, float]
"""Longitude and latitude in degrees (CRS84)."""
CENTIMETRES_PER_KILOMETRE = 100_000


@dataclass(frozen=True)
class Measured:
    """What was measured; lengths in metres, areas in m².

    ``length`` is along the line or around the area, in RD; ``on_ellipsoid`` is the same along
    GRS80. ``area`` and ``area_on_ellipsoid`` are None for a line. ``scale`` is the scale factor of
    RD in the middle of what was drawn: a distance in RD divided by it is the true distance.
    """

    length: float
    on_ellipsoid: float
    area: float | None
    area_on_ellipsoid: float | None
    scale: float

    @property
    def deviation(self) -> float:
        """How far RD is off here, in centimetres per kilometre; negative: RD is too short."""
        return (self.scale - 1) * CENTIMETRES_PER_KILOMETRE


def measure(kind: Kind, positions: Sequence[Position]) -> Measured:
    """Measure a line, or an area whose outline is closed by itself.

    Raises:
        ValueError: fewer than two positions (three for an area), a position that can't be
            projected, or an outline that crosses itself.
    """
    least = 3 if kind == "area" else 2
    if len(positions) < least:
        raise ValueError(f"{kind} needs {least} positions")
    drawn = shapely.Polygon(positions) if kind == "area" else shapely.LineString(positions)
    if kind == "area" and not drawn.is_valid:
        raise ValueError("the outline crosses itself")
    flat = to_rd(drawn)
    middle = drawn.centroid
    scale = rd_scale(middle.x, middle.y)
    if kind == "line":
        return Measured(flat.length, float(_globe().geometry_length(drawn)), None, None, scale)
    area, around = _globe().geometry_area_perimeter(drawn)
    return Measured(flat.length, float(around), float(flat.area), abs(float(area)), scale)


def rd_scale(lon: float, lat: float) -> float:
    """Give the scale factor of RD at a longitude and latitude: RD distance per true distance.

    The projection is conformal, so it is the same in every direction.
    """
    return float(_projection().get_factors(lon, lat).meridional_scale)


@cache
def _globe() -> Geod:
    return Geod(ellps="GRS80")


@cache
def _projection() -> Proj:
    return Proj(RD)
