"""The 3-30-300 rule: trees nearby, canopy around, a park within reach.

The idea (Konijnendijk, 2021) is to see three trees from home, to live under 30 % canopy and within
300 m of a park. Each implementation measures something else, so that their numbers can't be
compared: the parameters of the one that was used stay with the result. None here measures a view:
the first part is *trees nearby*. All geometry is in EPSG:28992 (RD New, metres).
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gis.access import DistanceMode, WeightedShare, share_within
from gis.figure import SHARE, Figure, quotient
from gis.trees import Trees

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Geometries = NDArray[Any]

ARC_CORNERS: Final = 32
"""Corners per quarter turn of the buffers: 0.04 % less area than the true circle."""


@dataclass(frozen=True)
class Preset:
    """Everything that a 3-30-300 result depends on; distances in metres, areas in m².

    ``limits_count`` says whether a tree of exactly the smallest crown or height counts.
    ``canopy_unit`` is whether the canopy is measured around each building or over its whole area;
    ``canopy_buffer`` is of use in the first case. ``None`` means that there is no such limit.
    """

    name: str
    tree_min_area: float
    tree_min_height: float | None
    limits_count: bool
    tree_buffer: float
    canopy_buffer: float
    canopy_min_height: float | None
    canopy_max_height: float | None
    canopy_unit: Literal["building", "area"]
    park_min_area: float
    distance_mode: DistanceMode
    trees_wanted: int = 3
    canopy_wanted: float = 0.3
    park_distance: float = 300.0


NL_COBRA_2023: Final = Preset(
    name="nl_cobra_2023",
    tree_min_area=28.0,
    tree_min_height=None,
    limits_count=True,
    tree_buffer=25.0,
    canopy_buffer=500.0,
    canopy_min_height=None,
    canopy_max_height=None,
    canopy_unit="building",
    park_min_area=0.0,
    distance_mode="straight",
)
"""Cobra and Stichting Steenbreek (watisjouwrheden.nl). It names no smallest park and no way to
measure the distance: no limit and the straight line are our choice."""

UK_2026: Final = Preset(
    name="uk_2026",
    tree_min_area=10.0,
    tree_min_height=3.0,
    limits_count=False,
    tree_buffer=100.0,
    canopy_buffer=50.0,
    canopy_min_height=3.0,
    canopy_max_height=60.0,
    canopy_unit="area",
    park_min_area=0.0,
    distance_mode="network",
)
"""sdgresearch/3-30-300-analysis on GitHub: centroids of segmented trees in the building's buffer,
canopy height from 3 to 60 m, distance over roads to the nearest access point of a park."""

PRESETS: Final = {preset.name: preset for preset in (NL_COBRA_2023, UK_2026)}


def trees_nearby(buildings: Geometries, trees: Trees, preset: Preset) -> NDArray[np.intp]:
    """Count the trees within the distance of each building's outline, inclusive, shape (n,).

    A tree counts by its position. Where the preset asks for a height, one of unknown height doesn't.
    """
    if preset.limits_count:
        large = trees.crown_area_m2 >= preset.tree_min_area
        high = _true_without(preset.tree_min_height, trees.height_m, np.greater_equal)
    else:
        large = trees.crown_area_m2 > preset.tree_min_area
        high = _true_without(preset.tree_min_height, trees.height_m, np.greater)
    standing = shapely.points(trees.positions[large & high])
    found = STRtree(standing).query(buildings, predicate="dwithin", distance=preset.tree_buffer)
    return np.bincount(found[0], minlength=len(buildings))


def _true_without(limit: float | None, values: Floats, compare: Any) -> Flags:
    flags: Flags = np.ones(len(values), dtype=np.bool_) if limit is None else compare(values, limit)
    return flags


def canopy_around(
    buildings: Geometries, canopy: Geometries, distance_m: float, known: Geometries | None = None
) -> tuple[Floats, Floats]:
    """Return the canopy share within a distance of each building and the share without data.

    Both from 0 to 1, shape (n,). The building itself is part of the ground. Canopy is cut exactly at
    the buffer, whose arcs have ``ARC_CORNERS`` corners per quarter turn.

    Args:
        buildings: polygons or points, RD.
        canopy: polygons that don't overlap, RD (``gis.trees.canopy_polygons``, or merged crowns).
        distance_m: around the outline of the building (metres).
        known: where the canopy was looked for (polygons that don't overlap, RD); without it
            everywhere. The share is of the known part, NaN where nothing is known.
    """
    around = shapely.buffer(buildings, distance_m, quad_segs=ARC_CORNERS)
    return canopy_share(around, canopy, known)


def canopy_share(
    zones: Geometries, canopy: Geometries, known: Geometries | None = None
) -> tuple[Floats, Floats]:
    """Return the canopy share in each zone and the share without data; see ``canopy_around``."""
    whole = shapely.area(zones)
    ground = whole if known is None else _area_within(zones, known)
    share = np.full(len(zones), np.nan)
    there = ground > 0
    np.divide(_area_within(zones, canopy), ground, out=share, where=there)
    gaps = np.zeros(len(zones))
    np.divide(whole - ground, whole, out=gaps, where=whole > 0)
    return np.minimum(share, 1.0), np.clip(gaps, 0.0, 1.0)


def _area_within(zones: Geometries, polygons: Geometries) -> Floats:
    zone, polygon = STRtree(polygons).query(zones, predicate="intersects")
    shapely.prepare(zones)
    cut = shapely.area(shapely.intersection(zones[zone], polygons[polygon]))
    within: Floats = np.bincount(zone, weights=cut, minlength=len(zones)).astype(np.float64)
    return within


@dataclass(frozen=True, eq=False)
class ThreeThirty:
    """The three parts for each building, shape (n,).

    ``canopy`` is a share from 0 to 1, ``park_m`` the distance to the nearest park that is large
    enough (metres, infinite when there is no way). NaN is unknown.
    """

    preset: Preset
    trees: Floats
    canopy: Floats
    park_m: Floats

    @property
    def score(self) -> Floats:
        """How many of the three each building meets, 0 to 3, NaN when one of them is unknown."""
        met = (
            (self.trees >= self.preset.trees_wanted).astype(np.float64)
            + (self.canopy >= self.preset.canopy_wanted)
            + (self.park_m <= self.preset.park_distance)
        )
        met[np.isnan(self.trees) | np.isnan(self.canopy) | np.isnan(self.park_m)] = np.nan
        return met


def three_thirty_figures(
    result: ThreeThirty, weights: Floats | None = None
) -> tuple[Figure, Figure, Figure, Figure]:
    """Return the shares (0–1) of an area's buildings that meet each part, and that meet all three.

    Definitions ``3-30-300/trees_nearby``, ``/canopy``, ``/park`` and ``/all``, in that order. With
    ``weights`` (shape (n,)), such as dwellings per building, they are shares of those.

    Raises:
        ValueError: a negative weight, or as many weights as there are not buildings.
    """
    preset = result.preset
    # "At least" as "at most" of the negative: unknown stays unknown.
    trees = share_within(-result.trees, -preset.trees_wanted, weights)
    canopy = share_within(-result.canopy, -preset.canopy_wanted, weights)
    park = share_within(result.park_m, preset.park_distance, weights)
    every = share_within(-result.score, -3, weights)
    return (
        _figure("trees_nearby", trees, preset),
        _figure("canopy", canopy, preset),
        _figure("park", park, preset),
        _figure("all", every, preset),
    )


def canopy_of_area(canopy_m2: float, known_m2: float, area_m2: float, preset: Preset) -> Figure:
    """Return the canopy share (0–1) of an area: the reading of ``canopy_unit`` "area".

    Args:
        canopy_m2: canopy in the area.
        known_m2: the part of the area where canopy was looked for.
        area_m2: the whole area.
        preset: what counted as canopy.

    Raises:
        ValueError: the canopy or the known part is more than the whole.
    """
    if not 0 <= canopy_m2 <= known_m2 * (1 + 1e-9) <= area_m2 * (1 + 1e-6):
        raise ValueError("more canopy than ground")
    value = quotient(min(canopy_m2, known_m2), known_m2)
    gaps = 1 - min(known_m2 / area_m2, 1.0) if area_m2 > 0 else 0.0
    part = WeightedShare(value, canopy_m2, known_m2, gaps, 1)
    return _figure("canopy_of_area", part, preset)


def _figure(component: str, part: WeightedShare, preset: Preset) -> Figure:
    notes: tuple[str, ...] = ()
    if component == "park" and preset.distance_mode == "straight":
        notes = ("straight_line_distance",)
    if part.value is None:
        notes = (*notes, "nothing_to_measure")
    elif part.no_data_share > 0:
        notes = (*notes, "input_partly_without_data")
    return Figure(
        f"3-30-300/{component}",
        "1",
        asdict(preset),
        part.value,
        SHARE,
        numerator=part.numerator,
        denominator=part.denominator,
        no_data_share=part.no_data_share,
        n=part.n,
        notes=notes,
    )
