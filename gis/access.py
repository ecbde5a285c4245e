"""ACCESS-1: who lives within a distance of green that is large enough.

All geometry is in EPSG:28992 (RD New, metres). Source of the definition: WHO Regional Office for
Europe, "Urban green spaces and health" (2016), and Annerstedt van den Bosch et al. (2016), doi
10.1177/1403494815615444: the share of residents within a distance of the *boundary* of green of at
least a given size. The values 300 m and 0.5 ha are quoted from memory of that report, unverified.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.figure import SHARE, Figure, Parameter, quotient

DistanceMode = Literal["straight", "network"]
Target = Literal["boundary", "entrance"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Geometries = NDArray[Any]

WHO_DISTANCE_M: Final = 300.0
WHO_MIN_AREA_M2: Final = 5_000.0
# A query per so many places keeps the memory for the pairs it finds bounded.
_CHUNK: Final = 5_000
# Sides of squares as a part of the distance, and how many there may be per point to be worth it.
_SQUARES: Final = (0.7, 0.3)
_WORTH_SQUARES: Final = 0.5
# Their numbers are kept as floats, which count exactly up to here.
_MOST_SQUARES: Final = 2.0**52


def qualifying_green(
    green: Iterable[BaseGeometry], min_area_m2: float = WHO_MIN_AREA_M2, gap_m: float = 0.0
) -> Geometries:
    """Return the contiguous green of at least ``min_area_m2`` as an array of polygons, RD.

    Pieces that overlap or share an edge are merged before their size is tested, so that a park that
    is drawn in parts counts whole. With ``gap_m`` above 0 pieces that lie no further apart than that
    (on either side of a path, say) are tested together as well, but stay separate polygons. Pieces
    that only touch in a point are not contiguous when ``gap_m`` is 0.

    Raises:
        ValueError: a size or gap that is negative or not finite.
    """
    if not (np.isfinite([min_area_m2, gap_m]).all() and min(min_area_m2, gap_m) >= 0):
        raise ValueError("a size or a gap that is negative or not finite")
    union = shapely.union_all(np.asarray(list(green), dtype=object))
    pieces = shapely.get_parts(union)
    pieces = pieces[shapely.get_dimensions(pieces) == 2]
    areas = shapely.area(pieces)
    if gap_m > 0 and len(pieces) > 0:
        first, second = STRtree(pieces).query(pieces, predicate="dwithin", distance=gap_m)
        near = coo_array((np.ones(len(first)), (first, second)), shape=(len(pieces),) * 2)
        _, group = connected_components(near, directed=False)
        areas = np.bincount(group, weights=areas)[group]
    qualifying: Geometries = pieces[areas >= min_area_m2]
    return qualifying


def within_distance(
    places: Geometries, targets: Geometries, distance_m: float, threads: int = 1
) -> Flags:
    """Say of each place whether a target lies within a straight distance, inclusive; shape (n,).

    ``places`` are points or buildings, ``targets`` polygons (their boundary counts, and inside is
    at distance 0) or entrances (points), all RD. Exact: no buffer is drawn. Points are answered by
    the square at once where its middle lies so near to a target that all of it must be within;
    the others one by one. Cost grows with the number of those times the targets near each;
    ``threads`` share it.

    Raises:
        ValueError: a distance that is negative or not finite.
    """
    if not (np.isfinite(distance_m) and distance_m >= 0):
        raise ValueError("a distance that is negative or not finite")
    tree = STRtree(targets)
    flags = np.zeros(len(places), dtype=np.bool_)
    if bool((shapely.get_type_id(places) == 0).all()):
        x, y = shapely.get_x(places), shapely.get_y(places)
        for side in (distance_m * part for part in _SQUARES):
            left = np.flatnonzero(~flags & np.isfinite(x + y))
            flags[left] = _in_near_squares(tree, x[left], y[left], side, distance_m, threads)
    left = np.flatnonzero(~flags)
    flags[left] = _near(tree, places[left], distance_m, threads)
    return flags


def _in_near_squares(
    tree: STRtree, x: Floats, y: Floats, side: float, distance_m: float, threads: int
) -> Flags:
    """Say of each point whether all of its square must be within; no says nothing of the point."""
    if side <= 0 or len(x) == 0:
        return np.zeros(len(x), dtype=np.bool_)
    column, row = np.floor(x / side), np.floor(y / side)
    width, height = np.ptp(column) + 1, np.ptp(row) + 1
    if width * height > _MOST_SQUARES:
        return np.zeros(len(x), dtype=np.bool_)
    number, square = np.unique(
        (row - row.min()) * width + column - column.min(), return_inverse=True
    )
    if len(number) > len(x) * _WORTH_SQUARES:
        return np.zeros(len(x), dtype=np.bool_)
    middles = shapely.points(
        (number % width + column.min() + 0.5) * side, (number // width + row.min() + 0.5) * side
    )
    # Half a diagonal from the middle is the corner; the margin is for rounding.
    surely = distance_m - side * 2**-0.5 - 1e-6
    within: Flags = _near(tree, middles, surely, threads)[square]
    return within


def _near(tree: STRtree, places: Geometries, distance_m: float, threads: int) -> Flags:
    """Say of each place whether a target of the tree is within the distance, in chunks."""
    flags = np.zeros(len(places), dtype=np.bool_)

    def answer(start: int) -> None:
        chunk = places[start : start + _CHUNK]
        found = tree.query(chunk, predicate="dwithin", distance=distance_m)[0]
        flags[start + found] = True

    starts = range(0, len(places), _CHUNK)
    if threads <= 1:
        for start in starts:
            answer(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(answer, starts))
    return flags


def straight_distances(places: Geometries, targets: Geometries) -> Floats:
    """Return the straight distance (metres) from each place to its nearest target, shape (n,), RD.

    Without targets every distance is infinite; a place that is ``None`` or empty has NaN.
    """
    distances = np.full(len(places), np.inf)
    if len(targets) > 0:
        (found, _), metres = STRtree(targets).query_nearest(
            places, return_distance=True, all_matches=False
        )
        distances[found] = metres
    distances[shapely.is_missing(places) | shapely.is_empty(places)] = np.nan
    return distances


@dataclass(frozen=True)
class Spread:
    """Residents per dwelling, shape (n,), NaN where unknown, and those of areas without dwellings."""

    residents: Floats
    unplaced: float


def spread_residents(area_of_dwelling: NDArray[np.intp], residents_of_area: Floats) -> Spread:
    """Distribute the residents of each area evenly over the residential objects in it.

    Own design, for when only the population of an area is known. ``area_of_dwelling`` has the index
    of the area of each dwelling, shape (n,), -1 for a dwelling in none; ``residents_of_area`` has
    NaN for an unknown population. What is handed out and what is unplaced add up to the known
    residents.

    Raises:
        IndexError: a dwelling in an area that isn't there.
        ValueError: a negative number of residents.
    """
    if bool((residents_of_area < 0).any()):
        raise ValueError("a negative number of residents")
    placed = area_of_dwelling >= 0
    counts = np.bincount(area_of_dwelling[placed], minlength=len(residents_of_area))
    if len(counts) > len(residents_of_area):
        raise IndexError("a dwelling in an area that is not there")
    each = residents_of_area / np.maximum(counts, 1)
    residents = np.full(len(area_of_dwelling), np.nan)
    residents[placed] = each[area_of_dwelling[placed]]
    return Spread(residents, float(np.nansum(residents_of_area[counts == 0])))


@dataclass(frozen=True)
class WeightedShare:
    """Part of the known weight that is within reach; the sums, and the share of unknown things."""

    value: float | None
    numerator: float
    denominator: float
    no_data_share: float
    n: int


def share_within(
    distances: Floats, distance_m: float, weights: Floats | None = None
) -> WeightedShare:
    """Return the weighted share of places whose distance is at most ``distance_m``, inclusive.

    A distance of infinity means that there is no way: not within reach. NaN means that it could not
    be measured: such a place counts in neither part, but in ``no_data_share`` (a share of the
    places). A place of unknown weight (NaN) likewise. Without weights every place counts as 1.

    Raises:
        ValueError: a negative weight, or as many weights as there are not places.
    """
    weight = np.ones(len(distances)) if weights is None else weights
    if weight.shape != distances.shape or bool((weight < 0).any()):
        raise ValueError("the weights do not fit the places")
    known = ~(np.isnan(distances) | np.isnan(weight))
    denominator = float(weight[known].sum())
    numerator = float(weight[known & (distances <= distance_m)].sum())
    gaps = 1 - float(known.mean()) if len(known) else 0.0
    return WeightedShare(
        quotient(numerator, denominator), numerator, denominator, gaps, int(known.sum())
    )


@dataclass(frozen=True)
class Access:
    """What ACCESS-1 was computed with; ``qualifying`` names the classes of green that count."""

    distance_m: float = WHO_DISTANCE_M
    min_area_m2: float = WHO_MIN_AREA_M2
    mode: DistanceMode = "straight"
    target: Target = "boundary"
    qualifying: str = ""
    gap_m: float = 0.0


def access_1(
    distances: Floats,
    definition: Access,
    residents: Floats | None = None,
    *,
    residents_are_spread: bool = False,
) -> tuple[Figure, Figure]:
    """Return ACCESS-1 over residents and over dwellings, each a share from 0 to 1.

    ``distances`` (metres, shape (n,)) are those of the dwellings to qualifying green in the mode and
    to the target of ``definition``, see ``straight_distances`` or ``gis.network``; NaN when
    unknown, infinite when there is no way. ``residents`` per dwelling, NaN when unknown; without it
    the figure over residents has no value.

    Raises:
        ValueError: as ``share_within``.
    """
    if residents is None:
        residents = np.full(len(distances), np.nan)
    notes = ("straight_line_distance",) if definition.mode == "straight" else ()
    of_residents = share_within(distances, definition.distance_m, residents)
    of_dwellings = share_within(distances, definition.distance_m)
    spread = ("residents_spread_over_dwellings",) if residents_are_spread else ()
    return (
        _access_figure(of_residents, definition, "residents", notes + spread),
        _access_figure(of_dwellings, definition, "dwellings", notes),
    )


def area_shares_within(
    areas: Sequence[BaseGeometry], green: Geometries, definition: Access
) -> list[Figure]:
    """Return ACCESS-1 over the ground of each area: for where no dwellings are known. Straight only.

    ``areas`` and ``green`` (``qualifying_green``) are RD. The circle arcs around the green have 128
    corners per turn: they lie at most 0.1 m inside the true line at 300 m.

    Raises:
        ValueError: the mode of ``definition`` is not straight, or its distance is negative or not
            finite.
    """
    if definition.mode != "straight":
        raise ValueError("the share of an area is measured along straight lines")
    if not (np.isfinite(definition.distance_m) and definition.distance_m >= 0):
        raise ValueError("a distance that is negative or not finite")
    reach = shapely.buffer(green, definition.distance_m, quad_segs=32)
    tree = STRtree(reach)
    figures = []
    for area in areas:
        near = shapely.union_all(reach[tree.query(area, predicate="intersects")])
        covered = float(shapely.intersection(area, near).area)
        part = WeightedShare(quotient(covered, area.area), covered, float(area.area), 0.0, 1)
        figures.append(_access_figure(part, definition, "area", ("straight_line_distance",)))
    return figures


def _access_figure(
    part: WeightedShare, definition: Access, over: str, notes: tuple[str, ...]
) -> Figure:
    parameters: dict[str, Parameter] = {
        "over": over,
        "distance_m": definition.distance_m,
        "min_area_m2": definition.min_area_m2,
        "mode": definition.mode,
        "target": definition.target,
        "qualifying": definition.qualifying,
        "gap_m": definition.gap_m,
    }
    if part.value is None:
        notes = (*notes, "nothing_to_measure")
    elif part.no_data_share > 0:
        notes = (*notes, "input_partly_without_data")
    return Figure(
        "ACCESS-1",
        "1",
        parameters,
        part.value,
        SHARE,
        numerator=part.numerator,
        denominator=part.denominator,
        no_data_share=part.no_data_share,
        n=part.n,
        notes=notes,
    )
