"""COOL-1: who can walk to a cool place on a hot day.

Source of the definition: Hogeschool van Amsterdam, on klimaatadaptatienederland.nl (16-12-2021): a
cool place is at least 200 m², has a PET of at most 35 °C on the hot day, lies a few metres away
from the road and is no elongated ribbon; the norm is 300 m on foot. Rotterdam takes 38 °C. How
elongated a ribbon is, and how far "a few metres", the source doesn't say: the defaults are ours.
All geometry is in EPSG:28992 (RD New, metres).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from gis.access import DistanceMode, share_within
from gis.cells import Corner, cells_as_polygons, compactness
from gis.figure import SHARE, Figure

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Coolness:
    """What makes a place cool, and how far it may be."""

    pet_max: float = 35.0
    min_area_m2: float = 200.0
    road_margin_m: float = 3.0
    min_compactness: float = 0.2
    distance_m: float = 300.0
    public_only: bool = False
    mode: DistanceMode = "network"


HVA_2021: Final = Coolness()
ROTTERDAM: Final = Coolness(pet_max=38.0)


def cool_places(
    pet: NDArray[np.floating[Any]],
    origin: Corner,
    cell: float,
    definition: Coolness = HVA_2021,
    *,
    roads: BaseGeometry | None = None,
    public: BaseGeometry | None = None,
) -> NDArray[Any]:
    """Return the cool places as polygons, RD.

    Cells with a PET of at most ``pet_max`` (not rounded; NaN is never cool) that share a side make a
    place. What lies within ``road_margin_m`` of a road, or outside public ground when
    ``public_only``, is cut off first: each remaining part must be large and compact enough by
    itself. Along a slope the staircase of the cells lengthens the outline by at most √2 = 1.41
    times and so halves the compactness at most: the default threshold allows for that.

    Args:
        pet: PET in °C with NaN where unknown, shape (rows, columns), north at the top.
        origin: upper left corner, RD.
        cell: side of a cell (metres).
        definition: the thresholds.
        roads: the road surface.
        public: the ground that everyone may enter.

    Raises:
        ValueError: ``public_only`` without ``public``, or a cell without a size.
    """
    if definition.public_only and public is None:
        raise ValueError("public ground is needed to keep to it")
    polygons = cells_as_polygons(_large(pet, cell, definition), origin, cell)
    if roads is not None and not roads.is_empty:
        margin = shapely.buffer(roads, definition.road_margin_m, quad_segs=16)
        shapely.prepare(margin)
        polygons = shapely.difference(polygons, margin)
    if definition.public_only:
        polygons = shapely.intersection(polygons, public)
    parts = shapely.get_parts(shapely.get_parts(polygons))
    parts = parts[shapely.get_dimensions(parts) == 2]
    enough = shapely.area(parts) >= definition.min_area_m2
    cool: NDArray[Any] = parts[enough & (compactness(parts) >= definition.min_compactness)]
    return cool


def _large(pet: NDArray[np.floating[Any]], cell: float, definition: Coolness) -> NDArray[np.bool_]:
    """Return the cool cells that are in a contiguous area of at least the smallest size."""
    label, count = ndimage.label(pet <= definition.pet_max)
    cells = np.bincount(label.ravel(), minlength=count + 1)
    # Rounding must not drop here what is exactly large enough: the polygons are tested again.
    large = cells * cell**2 >= definition.min_area_m2 * (1 - 1e-9)
    large[0] = False
    chosen: NDArray[np.bool_] = large[label]
    return chosen


def cool_1(distances: Floats, definition: Coolness = HVA_2021) -> Figure:
    """Return COOL-1, the share of dwellings (0–1) that have a cool place within the distance.

    Args:
        distances: of each dwelling to the nearest cool place (metres), shape (n,): over the walking
            network or straight, as ``definition.mode`` says. Infinite when there is no way, NaN when
            it could not be measured.
        definition: what the places and distances were made with.
    """
    part = share_within(distances, definition.distance_m)
    notes = ("straight_line_distance",) if definition.mode == "straight" else ()
    if part.value is None:
        notes = (*notes, "nothing_to_measure")
    elif part.no_data_share > 0:
        notes = (*notes, "input_partly_without_data")
    return Figure(
        "COOL-1",
        "1",
        {
            "pet_max": definition.pet_max,
            "min_area_m2": definition.min_area_m2,
            "road_margin_m": definition.road_margin_m,
            "min_compactness": definition.min_compactness,
            "distance_m": definition.distance_m,
            "public_only": definition.public_only,
            "mode": definition.mode,
        },
        part.value,
        SHARE,
        numerator=part.numerator,
        denominator=part.denominator,
        no_data_share=part.no_data_share,
        n=part.n,
        notes=notes,
    )
