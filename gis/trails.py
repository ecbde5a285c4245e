"""What can be computed of a recreation route: length, time, shape, connection, access and heat.

All geometry is in EPSG:28992 (RD New, metres). Sources: walking speed 4 km/h, NRC (the average of a
walker in the Netherlands); the limit of ROUTE-3 (a detour of more than 1.5 is a barrier) is our own
choice, and so a parameter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gis.figure import RATIO, SHARE, Figure, Parameter, quotient
from gis.junctions import Floats
from gis.network import WalkingNetwork
from gis.positions import Positions

WALKING_KM_PER_HOUR: Final = 4.0
METRES_PER_MINUTE: Final = WALKING_KM_PER_HOUR * 1000 / 60
ACCESS_M: Final = 300.0
PET_MAX: Final = 35.0
"""Degrees Celsius; from here on the official legend says strong heat stress."""
SAMPLE_M: Final = 5.0
BARRIER_RATIO: Final = 1.5
LOOP_M: Final = 20.0
VERSION: Final = "1"


@dataclass(frozen=True)
class Shape:
    """What a route is by itself: length (m), walking time (minutes), and whether it is a loop."""

    length_m: float
    walking_minutes: float
    is_loop: bool


@dataclass(frozen=True, eq=False)
class MissingLink:
    """The shortest straight connection between two things that don't meet.

    Attributes:
        line: from the first to the second, RD (metres).
        length_m: its length (metres).
        between: numbers of what it joins: components of the network, or -1 for a given line.
    """

    line: LineString
    length_m: float
    between: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Detours:
    """ROUTE-3 per place: how much longer the way is than the straight line to the nearest gate.

    Attributes:
        network_m: distance over the network to the nearest gate; infinite without a way, shape (k,).
        straight_m: straight distance to that same gate; to the nearest gate without a way,
            shape (k,).
        ratio: their quotient; infinite without a way, 1 on the gate itself, shape (k,).
        gate: index of the gate, -1 without a way, shape (k,).
    """

    network_m: Floats
    straight_m: Floats
    ratio: Floats
    gate: NDArray[np.int64]

    def barriers(self, limit: float = BARRIER_RATIO) -> NDArray[np.bool_]:
        """Say which places have a barrier between them and the gate."""
        return self.ratio > limit


@dataclass(frozen=True)
class Step:
    """A stretch of a route along one named path; without a name, where there is none."""

    name: str | None
    length_m: float


def walking_minutes(metres: float) -> float:
    """Return how long a walk takes, in minutes: 300 m is 4.5, 2 km is 30."""
    return metres / METRES_PER_MINUTE


def describe(route: BaseGeometry, loop_m: float = LOOP_M) -> Shape:
    """Return length, walking time and whether a route ends where it began.

    Args:
        route: RD line or multiline (metres).
        loop_m: how far begin and end may lie apart in a loop (metres).
    """
    parts = shapely.get_parts(shapely.line_merge(route))
    length = float(route.length)
    is_loop = False
    if len(parts) == 1 and length > 2 * loop_m:
        begin, end = shapely.get_point(parts, 0)[0], shapely.get_point(parts, -1)[0]
        is_loop = bool(begin.distance(end) <= loop_m)
    return Shape(length, walking_minutes(length), is_loop)


def joins(network: WalkingNetwork, route: BaseGeometry, within_m: float = 10.0) -> set[int]:
    """Return the components of the network that a route comes within a distance of (metres)."""
    edges = network.tree.query(route, predicate="dwithin", distance=within_m)
    return set(network.component_of[network.start[edges]].tolist())


def link_to_network(network: WalkingNetwork, route: BaseGeometry) -> MissingLink | None:
    """Return the shortest connection from a route to the network, ``None`` without a network.

    A route that lies on the network has a link of no length.
    """
    if not len(network.start):
        return None
    (edge,) = network.tree.query_nearest(route, all_matches=False)[:1]
    line = shapely.shortest_line(route, network.lines[edge])
    component = int(network.component_of[network.start[edge]])
    return MissingLink(line, float(line.length), (-1, component))


def links_between_components(
    network: WalkingNetwork, longest_m: float = 100.0, least_share: float = 0.0
) -> list[MissingLink]:
    """Return the shortest connection of each pair of components that lie near one another.

    Shortest first.

    Args:
        network: the paths.
        longest_m: the longest link worth naming (metres).
        least_share: components with a smaller share of all length (0–1) are left out.
    """
    of_edge = network.component_of[network.start]
    share = np.array([part.share for part in network.components])
    kept = np.flatnonzero(share[of_edge] >= least_share) if len(share) else np.zeros(0, dtype=int)
    lines, part = network.lines[kept], of_edge[kept]
    one, other = STRtree(lines).query(lines, predicate="dwithin", distance=longest_m)
    apart = part[one] < part[other]
    one, other = one[apart], other[apart]
    length = shapely.distance(lines[one], lines[other])
    order = np.lexsort((other, one, length))
    found: dict[tuple[int, int], MissingLink] = {}
    for n in order.tolist():
        pair = (int(part[one[n]]), int(part[other[n]]))
        if pair not in found:
            line = shapely.shortest_line(lines[one[n]], lines[other[n]])
            found[pair] = MissingLink(line, float(length[n]), pair)
    return list(found.values())


def route_access(
    network: WalkingNetwork,
    homes: Positions,
    dwellings: Floats,
    accesses: Positions,
    distance_m: float = ACCESS_M,
) -> Figure:
    """ROUTE-1: share of dwellings within walking distance of an access to a route.

    A dwelling without a path near it has no known distance: it is left out of the share and counted
    in ``no_data_share``. One on a part of the network without an access is not within reach.

    Args:
        network: the paths.
        homes: positions of addresses or buildings on it, shape (k,).
        dwellings: number of dwellings at each, shape (k,).
        accesses: positions where the route can be entered.
        distance_m: walking distance (metres).
    """
    known = homes.edge >= 0
    found = network.distances(homes, network.search(accesses, distance_m))
    total, counted = float(dwellings.sum()), float(dwellings[known].sum())
    within = float(dwellings[found.within(distance_m)].sum())
    parameters: dict[str, Parameter] = {"distance_m": distance_m, "distance_mode": "network"}
    return Figure(
        "ROUTE-1",
        VERSION,
        parameters,
        quotient(within, counted),
        SHARE,
        within,
        counted,
        quotient(total - counted, total),
        len(homes),
        () if counted else ("nothing_to_measure",),
    )


def sample_places(route: BaseGeometry, step_m: float = SAMPLE_M) -> tuple[Floats, Floats]:
    """Return x and y (RD, metres) of the middles of equal stretches of at most a step long.

    Each stands for the same length of its part of the route, so the mean over the middles is the
    mean over the length when every part is long compared with the step.

    Raises:
        ValueError: the step is not a positive number.
    """
    if not 0 < step_m < float("inf"):
        raise ValueError("the step is not a positive number of metres")
    points: list[Any] = []
    for part in shapely.get_parts(route):
        count = max(1, int(np.ceil(part.length / step_m)))
        points.append(
            shapely.line_interpolate_point(part, (np.arange(count) + 0.5) / count, normalized=True)
        )
    xy = shapely.get_coordinates(np.concatenate(points)) if points else np.zeros((0, 2))
    return xy[:, 0], xy[:, 1]


def route_heat(pet: Floats, pet_max: float = PET_MAX, step_m: float = SAMPLE_M) -> Figure:
    """ROUTE-2: share of a route with a PET of at least the limit.

    Args:
        pet: physiological equivalent temperature (°C) at ``sample_places``; NaN without data.
        pet_max: from here on it is too hot (°C).
        step_m: the step that the places were sampled with (metres).
    """
    return _share_of_route(pet, pet >= pet_max, "ROUTE-2", {"pet_max": pet_max, "step_m": step_m})


def route_shade(tree_share: Floats, least: float = 0.5, step_m: float = SAMPLE_M) -> Figure:
    """ROUTE-2, shaded part: share of a route under trees.

    Args:
        tree_share: share of tree crown (0–1) in the cell at ``sample_places``; NaN without data.
        least: from this share on a place counts as shaded.
        step_m: the step that the places were sampled with (metres).
    """
    parameters: dict[str, Parameter] = {"least_tree_share": least, "step_m": step_m}
    return _share_of_route(tree_share, tree_share >= least, "ROUTE-2-shade", parameters)


def _share_of_route(
    values: Floats, those: NDArray[np.bool_], definition: str, parameters: Mapping[str, Parameter]
) -> Figure:
    known = int(np.isfinite(values).sum())
    part = int((those & np.isfinite(values)).sum())
    notes = () if known else ("nothing_to_measure",)
    if known and known < len(values):
        notes = ("input_partly_without_data",)
    return Figure(
        definition,
        VERSION,
        parameters,
        quotient(part, known),
        SHARE,
        float(part),
        float(known),
        quotient(len(values) - known, len(values)),
        len(values),
        notes,
    )


def detours(
    network: WalkingNetwork, places: Sequence[Any], gates: Sequence[Any], max_gap_m: float = 100.0
) -> Detours:
    """ROUTE-3: the way from places to the nearest gate compared with the straight line.

    Args:
        network: the paths.
        places: RD points (metres), such as the middles of neighbourhoods.
        gates: RD points (metres) where the outer area begins.
        max_gap_m: how far a place or gate may lie from a path (metres).
    """
    points, ends = np.asarray(places, dtype=object), np.asarray(gates, dtype=object)
    reached = network.search(network.snap(gates, max_gap_m))
    found = network.distances(network.snap(places, max_gap_m), reached)
    straight = np.full(len(points), np.inf)
    if len(ends) and len(points):
        at, nearest = STRtree(ends).query_nearest(points, all_matches=False)
        straight[at] = shapely.distance(points[at], ends[nearest])
        there = found.target >= 0
        straight[there] = shapely.distance(points[there], ends[found.target[there]])
    ratio = np.full(len(points), np.inf)
    way = np.isfinite(found.metres)
    apart = way & (straight > 0)
    ratio[way] = 1.0
    ratio[apart] = found.metres[apart] / straight[apart]
    return Detours(found.metres, straight, ratio, found.target)


def detour_figure(found: Detours, place: int, limit: float = BARRIER_RATIO) -> Figure:
    """Return ROUTE-3 of one place as a figure; without a way there is no value, and a note."""
    way = bool(np.isfinite(found.network_m[place]))
    return Figure(
        "ROUTE-3",
        VERSION,
        {"barrier_ratio": limit, "distance_mode": "network"},
        float(found.ratio[place]) if way else None,
        RATIO,
        float(found.network_m[place]) if way else None,
        float(found.straight_m[place]) if np.isfinite(found.straight_m[place]) else None,
        notes=() if way else ("nothing_to_measure",),
    )


def steps(
    network: WalkingNetwork,
    names: Sequence[str | None],
    route: BaseGeometry,
    within_m: float = 10.0,
) -> list[Step]:
    """Return a route as stretches along named paths, in order.

    Args:
        network: the paths.
        names: name of each line that the network was made of.
        route: RD line or multiline (metres).
        within_m: how far from a path the route still follows it (metres).
    """
    found: list[Step] = []
    for part in shapely.get_parts(route):
        x, y = sample_places(part, SAMPLE_M)
        on = network.snap(list(shapely.points(x, y)), within_m)
        each = part.length / len(x)
        for edge in on.edge.tolist():
            name = names[int(network.source[edge])] if edge >= 0 else None
            if found and found[-1].name == name:
                found[-1] = Step(name, found[-1].length_m + each)
            else:
                found.append(Step(name, each))
    return found
