"""The present state around a plan, prepared once, so that every plan costs only what it changes.

All geometry is in EPSG:28992 (RD New, metres). A home is a place where people live: a dwelling, an
address or a building, with its number of dwellings and residents.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import STRtree

from gis.circles import area_in_circles
from gis.junctions import Floats, Ints
from gis.network import DEFAULT_GAP_M, WalkingNetwork
from gis.network_change import EdgeIndex
from gis.positions import Positions, Reached

TEN_MINUTES_M: Final = 4000 / 6
"""Ten minutes at 4 km/h, in metres."""
ENTRANCE_REACH_M: Final = 25.0
"""A path that passes a green area this closely gives entrance to it; our own choice."""
MIN_AREA_M2: Final = 5_000.0
GREEN_RADIUS_M: Final = 500.0
TREE_RADIUS_M: Final = 25.0
MIN_CROWN_M2: Final = 28.0

Shapes = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Homes:
    """Where people live.

    Attributes:
        points: RD points, shape (n,).
        dwellings, residents: how many at each, shape (n,).
        pet: physiological equivalent temperature (°C) there, NaN without data; None without a heat
            layer, shape (n,).
        buildings: outlines to count nearby trees from, None for the points themselves, shape (n,).
    """

    points: Shapes
    dwellings: Floats
    residents: Floats
    pet: Floats | None = None
    buildings: Shapes | None = None

    @cached_property
    def xy(self) -> Floats:
        """Coordinates, shape (n, 2)."""
        xy: Floats = shapely.get_coordinates(self.points)
        return xy

    @cached_property
    def tree(self) -> STRtree:
        """Spatial index of the points."""
        return STRtree(self.points)

    @cached_property
    def building_tree(self) -> STRtree:
        """Spatial index of the outlines, or of the points without them."""
        return self.tree if self.buildings is None else STRtree(self.buildings)


@dataclass(frozen=True, eq=False)
class Present:
    """What there is now. Make it with ``prepare``.

    Attributes:
        homes: where people live.
        network: the walking network; without edges the straight line counts.
        green: green that qualifies or may grow to qualify, not overlapping, RD, shape (g,).
        crowns_m2: crown area of each tree (m²), shape (t,).
        trees: RD points, shape (t,).
        min_area_m2: from which area green counts as reachable green (m²).
        green_m: distance from each home to the nearest qualifying green, infinite beyond ten
            minutes, shape (n,).
    """

    homes: Homes
    network: WalkingNetwork
    green: Shapes
    trees: Shapes
    crowns_m2: Floats
    min_area_m2: float
    green_m: Floats
    index: EdgeIndex | None = field(default=None, repr=False)
    reached: Reached | None = field(default=None, repr=False)

    @property
    def distance_mode(self) -> str:
        """``network`` or, where there are no paths, ``straight``."""
        return "straight" if self.reached is None else "network"

    @cached_property
    def green_tree(self) -> STRtree:
        """Spatial index of the green."""
        return STRtree(self.green)

    @cached_property
    def _dwellings_near(self) -> cKDTree | None:
        """Every dwelling as a place of its own, to be counted quickly; None for parts of dwellings."""
        number = self.homes.dwellings
        if (number != np.round(number)).any():
            return None
        return cKDTree(np.repeat(self.homes.xy, number.astype(np.int64), axis=0))

    @cached_property
    def _home_places(self) -> cKDTree:
        return cKDTree(self.homes.xy)

    @cached_property
    def _big_trees(self) -> STRtree:
        return STRtree(self.trees[self.crowns_m2 >= MIN_CROWN_M2])

    @cached_property
    def _tree_places(self) -> cKDTree:
        return cKDTree(shapely.get_coordinates(self.trees).reshape(-1, 2))

    def green_around(self, which: Ints) -> Floats:
        """Return the green (m²) within 500 m of some homes, shape (k,)."""
        if not len(which):
            return np.zeros(0)
        centres = self.homes.xy[which]
        hull = shapely.multipoints(centres)
        near = self.green_tree.query(hull.envelope.buffer(GREEN_RADIUS_M))
        return area_in_circles(centres, GREEN_RADIUS_M, self.green[near])

    def dwellings_around(self, which: Ints) -> Floats:
        """Return the number of dwellings within 500 m of some homes, shape (k,)."""
        centres, quick = self.homes.xy[which], self._dwellings_near
        if quick is not None:
            count = quick.query_ball_point(centres, GREEN_RADIUS_M, return_length=True)
            return np.asarray(count, dtype=np.float64)
        near = self._home_places.query_ball_point(centres, GREEN_RADIUS_M)
        return np.array([self.homes.dwellings[each].sum() for each in near], dtype=np.float64)

    def trees_near(self, which: Ints) -> Ints:
        """Return the number of trees of at least 28 m² within 25 m of some homes, shape (k,)."""
        homes = self.homes
        places = homes.points if homes.buildings is None else homes.buildings
        at, _ = self._big_trees.query(places[which], predicate="dwithin", distance=TREE_RADIUS_M)
        return np.bincount(at, minlength=len(which)).astype(np.int64)

    def canopy_around(self, which: Ints) -> Floats:
        """Return the crown area (m²) of trees within 500 m of some homes, shape (k,)."""
        if not len(self.trees):
            return np.zeros(len(which))
        near = self._tree_places.query_ball_point(self.homes.xy[which], GREEN_RADIUS_M)
        return np.array([self.crowns_m2[each].sum() for each in near], dtype=np.float64)


def prepare(
    homes: Homes,
    network: WalkingNetwork,
    green: Sequence[Any],
    trees: Sequence[Any] = (),
    crowns_m2: Floats | None = None,
    min_area_m2: float = MIN_AREA_M2,
) -> Present:
    """Return the present state around plans.

    Args:
        homes: where people live.
        network: the walking network; one without edges makes the straight line count.
        green: RD polygons of green that don't overlap.
        trees: RD points.
        crowns_m2: crown area of each tree (m²).
        min_area_m2: from which area green counts as reachable green (m²).

    Raises:
        ValueError: the trees and their crowns differ in number.
    """
    crowns = np.zeros(0) if crowns_m2 is None else crowns_m2
    if len(crowns) != len(trees):
        raise ValueError("the trees and their crowns differ in number")
    shapes = np.asarray(green, dtype=object)
    large = shapes[shapely.area(shapes) >= min_area_m2]
    points = np.asarray(trees, dtype=object)
    common = (homes, network, shapes, points, crowns, min_area_m2)
    if not len(network.start):
        return Present(*common, green_m=straight_metres(homes, large))
    positions = network.snap(list(homes.points), DEFAULT_GAP_M)
    entrances, _ = network.entrances(list(large), ENTRANCE_REACH_M)
    reached = network.search(entrances, TEN_MINUTES_M)
    metres = network.distances(positions, reached).metres
    return Present(*common, green_m=metres, index=EdgeIndex(positions), reached=reached)


def straight_metres(homes: Homes, green: Shapes) -> Floats:
    """Return the straight distance to the nearest green, infinite beyond ten minutes' walk."""
    metres = np.full(len(homes.points), np.inf)
    if len(green) and len(metres):
        (at, _), near = STRtree(green).query_nearest(
            homes.points, max_distance=TEN_MINUTES_M, return_distance=True, all_matches=False
        )
        metres[at] = near
    return metres


def no_positions() -> Positions:
    """Return an empty set of positions."""
    return Positions(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
