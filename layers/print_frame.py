"""Where a printed map lies and how large it is: RD metres to millimetres on paper, at true scale.

A scale of 1:N is meant on the ground. RD stretches distances by up to 0.01 %, differently per place:
scale bar and coordinates allow for it with the scale factor of the middle of the sheet.
"""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from gis.crs import RD, Bounds, to_lonlat
from gis.measuring import rd_scale

Paper = Literal["a4", "a3"]
Orientation = Literal["portrait", "landscape"]

PAPER_MM: Final[dict[Paper, tuple[float, float]]] = {"a4": (210.0, 297.0), "a3": (297.0, 420.0)}
"""Short and long side (ISO 216)."""
SHEET_MARGIN_MM: Final = 12.0
GRID_MARGIN_MM: Final = 5.0
"""Room around the map for the coordinates of the grid."""
TITLE_MM: Final = 18.0
LEGEND_BESIDE_MM: Final = 74.0
LEGEND_BELOW_SHARE: Final = 0.38

_STEPS: Final = (1, 1.5, 2, 2.5, 4, 5, 7.5)
SCALES: Final = (
    *(round(step * 10**power) for power in range(2, 6) for step in _STEPS),
    *(1_000_000, 1_500_000, 2_000_000, 2_500_000),
)
"""The round numbers N of 1:N that a map can have."""
LARGEST_BAR_MM: Final = 60.0


@dataclass(frozen=True)
class MapFrame:
    """A window on RD: its middle (EPSG:28992, metres), 1:``scale``, and its size in millimetres."""

    x: float
    y: float
    scale: int
    width: float
    height: float

    def __post_init__(self) -> None:
        """Refuse what can't be drawn."""
        numbers = (self.x, self.y, self.width, self.height)
        if not all(map(math.isfinite, numbers)) or min(self.width, self.height) <= 0:
            raise ValueError("a frame needs a place and a size")
        if not SCALES[0] <= self.scale <= SCALES[-1]:
            raise ValueError(f"no scale for a map: 1:{self.scale}")

    @property
    def stretch(self) -> float:
        """RD metres per true metre in the middle of the frame."""
        return _stretch(round(self.x), round(self.y))

    @property
    def mm_per_metre(self) -> float:
        """Millimetres on paper per metre in RD."""
        return 1000 / self.scale / self.stretch

    @property
    def bounds(self) -> Bounds:
        """What the frame shows, in RD."""
        across, up = self.width / 2 / self.mm_per_metre, self.height / 2 / self.mm_per_metre
        return self.x - across, self.y - up, self.x + across, self.y + up

    def to_mm(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn RD coordinates (n × 2) into millimetres from the frame's upper left corner."""
        west, _, _, north = self.bounds
        moved = (coordinates - (west, north)) * (self.mm_per_metre, -self.mm_per_metre)
        return np.asarray(moved, dtype=np.float64)

    @property
    def north(self) -> float:
        """Degrees from grid north to true north, clockwise, in the middle of the frame."""
        middle = to_lonlat(shapely.Point(self.x, self.y))
        return -float(_projection().get_factors(middle.x, middle.y).meridian_convergence)


@dataclass(frozen=True)
class ScaleBar:
    """A bar of ``metres`` on the ground, ``width`` millimetres on paper, in ``parts`` pieces."""

    metres: int
    width: float
    parts: int


def map_size(paper: Paper, orientation: Orientation) -> tuple[float, float]:
    """Give width and height in mm of the map on a sheet with its title above and legend beside.

    The legend of a portrait sheet stands below the map.
    """
    short, long = PAPER_MM[paper]
    around = 2 * (SHEET_MARGIN_MM + GRID_MARGIN_MM)
    if orientation == "portrait":
        return short - around, (long - around - TITLE_MM) * (1 - LEGEND_BELOW_SHARE)
    return long - around - LEGEND_BESIDE_MM, short - around - TITLE_MM


def frame_at(x: float, y: float, scale: int, size: tuple[float, float]) -> MapFrame:
    """Give the frame of a size in mm around a place in RD."""
    return MapFrame(x, y, scale, *size)


def fitting_frame(bounds: Bounds, size: tuple[float, float]) -> MapFrame:
    """Give the frame with the largest round scale in which all of the bounds (RD) fit.

    What is larger than the smallest scale can show is cut off.

    Raises ValueError for bounds that are not finite.
    """
    west, south, east, north = bounds
    if not all(map(math.isfinite, bounds)):
        raise ValueError("bounds must be finite")
    needed = max((east - west) / size[0], (north - south) / size[1]) * 1000 * 1.02
    scale = next((each for each in SCALES if each >= needed), SCALES[-1])
    return MapFrame((west + east) / 2, (south + north) / 2, scale, *size)


def scale_bar(frame: MapFrame) -> ScaleBar:
    """Give the longest bar of 1, 2 or 5 times a power of ten that fits in 60 mm.

    Its width is that of the true distance at the middle of the frame.
    """
    largest = LARGEST_BAR_MM * frame.scale / 1000
    power = 10 ** math.floor(math.log10(largest))
    step = max(each for each in (1, 2, 5) if each * power <= largest)
    metres = round(step * power)
    return ScaleBar(metres, metres * 1000 / frame.scale, 4 if step == 2 else 5)


def grid_step(frame: MapFrame) -> int:
    """Give the distance between grid lines in metres: a round number, about 40 mm on paper."""
    wanted = 40 * frame.scale / 1000
    power: float = 10.0 ** math.floor(math.log10(wanted))
    return round(max(each * power for each in (1, 2, 5) if each * power <= wanted))


@lru_cache(maxsize=1024)
def _stretch(x: int, y: int) -> float:
    middle = to_lonlat(shapely.Point(x, y))
    return rd_scale(middle.x, middle.y)


@cache
def _projection() -> Proj:
    return Proj(RD)
