"""Why a drawn plan may change less than it seems: what is too small, loose or out of reach.

All geometry is in EPSG:28992 (RD New, metres).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString

from gis.network import WalkingNetwork
from gis.network_change import meet
from gis.surroundings import ENTRANCE_REACH_M, TEN_MINUTES_M, Present
from gis.what_if import Plan


@dataclass(frozen=True)
class PlanNotes:
    """What stands out about a plan.

    Attributes:
        small_parks: drawn parks that, with the green they touch, are below the smallest area.
        parks_without_path: drawn parks that no path, also no drawn one, comes near.
        loose_paths: drawn paths that no path joins, and bridges with a loose end.
        dwellings_without_path: dwellings within ten minutes' straight distance that no path is
            near; nothing is known of their way to green.
    """

    small_parks: int
    parks_without_path: int
    loose_paths: int
    dwellings_without_path: float


def plan_notes(present: Present, plan: Plan) -> PlanNotes:
    """Return what stands out; without a walking network only what is too small."""
    small = sum(_with_touching(present, park) < present.min_area_m2 for park in plan.parks)
    index = present.index
    if index is None:
        return PlanNotes(small, 0, 0, 0.0)
    network = present.network
    drawn = np.array([*plan.paths, *plan.bridges], dtype=object)
    near = [
        bool(len(network.tree.query(park, predicate="dwithin", distance=ENTRANCE_REACH_M)))
        or bool(shapely.dwithin(drawn, park, ENTRANCE_REACH_M).any())
        for park in plan.parks
    ]
    loose = sum(_joints(network, path, is_bridge=False) == 0 for path in plan.paths)
    loose += sum(_joints(network, bridge, is_bridge=True) < 2 for bridge in plan.bridges)
    around = present.homes.tree.query(plan.shape(), predicate="dwithin", distance=TEN_MINUTES_M)
    without = around[index.positions.edge[around] < 0]
    return PlanNotes(small, near.count(False), loose, float(present.homes.dwellings[without].sum()))


def _with_touching(present: Present, park: shapely.Geometry) -> float:
    touching = present.green[present.green_tree.query(park, predicate="intersects")]
    whole = shapely.union_all(np.array([park, *touching], dtype=object))
    return float(whole.area)


def _joints(network: WalkingNetwork, drawn: LineString, *, is_bridge: bool) -> int:
    """At how many places a drawn line is joined to the network."""
    met = meet(network, [], [drawn]) if is_bridge else meet(network, [drawn])
    return len(met.at)
