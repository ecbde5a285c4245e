"""Coordinate reference systems: the only place that knows their numbers.

Geometry is stored and measured in RD New (metres) and exchanged as CRS84 (degrees, longitude
first). Browser coordinates are read as ETRS89, not as WGS84: from WGS84 PROJ has several ways to
RD, and none of them uses the Dutch correction grid.

Without the grid the way to RD is EPSG's "Amersfoort to ETRS89 (8)", within 0.25 m; with it (see
:func:`use_grid`) "Amersfoort to ETRS89 (9)", which is RDNAPTRANS™2018, within 1 mm. Source of the
parameters: EPSG registry, these two operations and the projection "RD New".
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import ProjError
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in the unit of the CRS that is named beside it."""

RD: Final = 28992
"""Amersfoort / RD New, metres. Everything is stored and measured in it."""
ETRS89: Final = 4258
"""What longitude and latitude from a browser are taken to be, degrees."""
WEB: Final = 3857
"""Web mercator, for cutting tiles only: never for distance or area."""

CRS84_URI: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
RD_URI: Final = f"http://www.opengis.net/def/crs/EPSG/0/{RD}"

NETHERLANDS_LONLAT: Final[Bounds] = (3.0, 50.5, 7.4, 53.8)
"""Lon/lat box around the European Netherlands, with a small margin."""

NETHERLANDS_RD: Final[Bounds] = (-20_000.0, 280_000.0, 310_000.0, 660_000.0)
"""RD box around the European Netherlands with the sea that belongs to it, metres."""

KNOWN_POINT_RD: Final = (155_000.0, 463_000.0)
KNOWN_POINT_LONLAT: Final = (5.3872035, 52.1551723)
"""The tower of Onze Lieve Vrouwe in Amersfoort: the origin of RD."""

GRID_FILE: Final = "nl_nsgi_rdtrans2018.tif"
"""The Dutch correction grid as NSGI publishes it (CC BY 4.0)."""
ACCURACY_WITH_GRID, ACCURACY_WITHOUT_GRID = 0.001, 0.25
"""How far a coordinate may lie from RDNAPTRANS™2018, in metres (EPSG; measured in the tests)."""

# Written out instead of asked from PROJ, so that an installed grid, PROJ_DATA or a newer PROJ can't
# move our points away from those of PostGIS: this is what ST_Transform(…, 28992) does from 4258 on
# a server without, and with, the Dutch grid.
_TO_AMERSFOORT: Final = (
    "step proj=push v_3 "
    "step proj=cart ellps=GRS80 "
    "step inv proj=helmert x=565.7381 y=50.4018 z=465.2904 "
    "rx=0.395025981036064 ry=-0.330772431242031 rz=1.87607329462821 s=4.07244 "
    "convention=coordinate_frame "
    "step inv proj=cart ellps=bessel "
    "step proj=pop v_3 "
)
_TO_AMERSFOORT_BY_GRID: Final = 'step inv proj=hgridshift grids="{path}" '
_LONLAT_TO_RD: Final = (
    "proj=pipeline "
    "step proj=unitconvert xy_in=deg xy_out=rad "
    "{datum}"
    "step proj=sterea lat_0=52.1561605555556 lon_0=5.38763888888889 k=0.9999079 "
    "x_0=155000 y_0=463000 ellps=bessel"
)
RD_WITHOUT_GRID: Final = (
    "+proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 "
    "+x_0=155000 +y_0=463000 +ellps=bessel +units=m +no_defs +towgs84=565.7381,50.4018,465.2904,"
    "-0.395025981036064,0.330772431242031,-1.87607329462821,4.07244"
)
"""RD for libraries that take a CRS and not a pipeline: moves cells as ``to_web`` moves shapes.

The same parameters, with the rotations in the other sign convention.
"""
_LONLAT_TO_WEB: Final = (
    "proj=pipeline step proj=unitconvert xy_in=deg xy_out=rad "
    "step proj=webmerc lat_0=0 lon_0=0 x_0=0 y_0=0 ellps=WGS84"
)

_Numbers = NDArray[np.float64]
_Move = Callable[[_Numbers, _Numbers], tuple[_Numbers, _Numbers]]


_lonlat_to_rd = _LONLAT_TO_RD.format(datum=_TO_AMERSFOORT)


def use_grid(path: str) -> None:
    """Transform by the correction grid in this file from now on; an empty path: without a grid.

    The database must do the same: ``webapp.database`` gives its server the file and checks it.

    Raises:
        ValueError: PROJ can't use the file.
    """
    global _lonlat_to_rd  # noqa: PLW0603 - one transformation per process, set when it starts
    datum = _TO_AMERSFOORT_BY_GRID.format(path=path) if path else _TO_AMERSFOORT
    pipeline = _LONLAT_TO_RD.format(datum=datum)
    try:
        _transformer(pipeline)
    except ProjError as error:
        raise ValueError(f"PROJ can't use the grid {path}: {error}") from error
    _lonlat_to_rd = pipeline


def has_grid() -> bool:
    """Say whether the correction grid is in use."""
    return "hgridshift" in _lonlat_to_rd


def accuracy() -> float:
    """Give how far our RD coordinates may lie from RDNAPTRANS™2018, in metres."""
    return ACCURACY_WITH_GRID if has_grid() else ACCURACY_WITHOUT_GRID


@cache
def _transformer(pipeline: str) -> Transformer:
    """Return the one transformer of a pipeline; pyproj keeps a copy per thread inside it."""
    return Transformer.from_pipeline(pipeline)


def _through(pipeline: str, direction: TransformDirection) -> _Move:
    def move(x: _Numbers, y: _Numbers) -> tuple[_Numbers, _Numbers]:
        moved_x, moved_y = _transformer(pipeline).transform(x, y, direction=direction)
        if not (np.isfinite(moved_x).all() and np.isfinite(moved_y).all()):
            raise ValueError("coordinates that have no place in the target CRS")
        return moved_x, moved_y

    return move


def to_rd(geometry: BaseGeometry) -> BaseGeometry:
    """Move a geometry from lon/lat (CRS84, degrees) to RD (EPSG:28992, metres), without heights.

    Equal to PostGIS's ``ST_Transform`` from 4258 to 28992, and within :func:`accuracy` of
    RDNAPTRANS™2018: on its self-validation points on land the largest difference is 0.233 m
    without the grid and less than 1 mm with it (see the tests).

    Raises:
        ValueError: a coordinate is not finite or can't be projected.
    """
    move = _through(_lonlat_to_rd, TransformDirection.FORWARD)
    return shapely.transform(geometry, move, interleaved=False)


def to_lonlat(geometry: BaseGeometry) -> BaseGeometry:
    """Move a geometry from RD (EPSG:28992, metres) to lon/lat (CRS84, degrees), without heights.

    Within the Netherlands ``to_rd(to_lonlat(g))`` is within 1 mm of ``g``.

    Raises:
        ValueError: a coordinate is not finite or can't be projected.
    """
    move = _through(_lonlat_to_rd, TransformDirection.INVERSE)
    return shapely.transform(geometry, move, interleaved=False)


def to_web(geometry: BaseGeometry) -> BaseGeometry:
    """Move a geometry from RD (EPSG:28992, metres) to web mercator (EPSG:3857), for tiles only.

    Goes by way of ETRS89. In PostGIS that is ``ST_Transform(ST_Transform(g, 4258), 3857)``;
    a direct ``ST_Transform(g, 3857)`` uses other parameters and lands elsewhere by millimetres
    to decimetres, depending on the grids of the server.

    Raises:
        ValueError: a coordinate is not finite or can't be projected.
    """
    move = _through(_LONLAT_TO_WEB, TransformDirection.FORWARD)
    return shapely.transform(to_lonlat(geometry), move, interleaved=False)


def rd_point(lon: float, lat: float) -> Point:
    """Return the RD point (EPSG:28992, metres) of a longitude and latitude in degrees.

    Raises:
        ValueError: a coordinate is not finite or can't be projected.
    """
    return to_rd(Point(lon, lat))


def inside_netherlands(geometry: BaseGeometry) -> bool:
    """Say whether a lon/lat geometry lies wholly in the box around the Netherlands.

    An empty geometry doesn't.
    """
    return inside(geometry, NETHERLANDS_LONLAT)


def inside(geometry: BaseGeometry, bounds: Bounds) -> bool:
    """Say whether a geometry lies wholly within bounds in the same CRS.

    On the border is within; an empty geometry isn't.
    """
    if geometry.is_empty:
        return False
    west, south, east, north = (float(side) for side in geometry.bounds)
    return bounds[0] <= west and bounds[1] <= south and east <= bounds[2] and north <= bounds[3]


def known_point_error() -> float:
    """Return how far our transformation puts the origin of RD from its known place, in metres.

    More than 0.3 m means that the PROJ on this machine is broken.
    """
    x, y = rd_point(*KNOWN_POINT_LONLAT).coords[0]
    return math.hypot(x - KNOWN_POINT_RD[0], y - KNOWN_POINT_RD[1])
