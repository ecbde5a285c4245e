"""What a drawn plan would change for residents, and how sure that is.

All geometry is in EPSG:28992 (RD New, metres). Only homes near the plan are looked at, so the cost
grows with the plan and not with the city. Everything is an estimate from the present state; what
literature says is kept apart as a range with its source and is never money.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis.circles import area_in_circles
from gis.figure import Parameter, quotient
from gis.green_benefits import BENEFITS, Benefit
from gis.junctions import Floats, Ints
from gis.network_change import Change, NewPaths, improve, improved_places, meet
from gis.surroundings import (
    ENTRANCE_REACH_M,
    GREEN_RADIUS_M,
    MIN_CROWN_M2,
    TEN_MINUTES_M,
    TREE_RADIUS_M,
    Present,
    no_positions,
)

NEAR_M: Final = 300.0
PET_MAX: Final = 35.0
NORM_M2_PER_DWELLING: Final = 75.0
CANOPY_NORM: Final = 0.30
TREES_NORM: Final = 3
UNCERTAINTIES: Final = (
    "paths_may_be_missing",
    "straight_line_distance",
    "modelled_heat",
    "crowns_may_overlap",
    "literature_range",
    "no_defensible_range",
    "counted",
    "given_cost",
)
"""Every kind of uncertainty that an effect can carry, so that a test can ask for its text."""


@dataclass(frozen=True)
class Tree:
    """A drawn tree: an RD point and the area of its grown crown (m²)."""

    place: Point
    crown_m2: float


@dataclass(frozen=True)
class Plan:
    """What is drawn, RD (metres); the cost in whole cents, when it is known."""

    parks: tuple[Polygon | MultiPolygon, ...] = ()
    trees: tuple[Tree, ...] = ()
    unsealed: tuple[Polygon | MultiPolygon, ...] = ()
    paths: tuple[LineString, ...] = ()
    bridges: tuple[LineString, ...] = ()
    cost_cents: int | None = None

    def shape(self) -> BaseGeometry:
        """Return all that is drawn as one geometry."""
        trees = [tree.place for tree in self.trees]
        drawn = [*self.parks, *trees, *self.unsealed, *self.paths, *self.bridges]
        return shapely.union_all(np.array(drawn, dtype=object))


@dataclass(frozen=True)
class Effect:
    """One thing that changes.

    Attributes:
        key: what it is.
        value: the estimate; ``None`` where there is a range, or nothing can be said.
        low, high: a range from literature instead of a value.
        unit: key of the unit.
        definition: the rule, by its id or in words.
        parameters: of the rule.
        source: where the rule or the range comes from.
        uncertainty: one of ``UNCERTAINTIES``.
        ids: the wishes that are counted.
    """

    key: str
    value: float | None
    unit: str
    definition: str
    parameters: Mapping[str, Parameter]
    source: str
    uncertainty: str
    low: float | None = None
    high: float | None = None
    ids: tuple[int, ...] = field(default=())


def effects(
    present: Present, plan: Plan, wishes: Sequence[Any] = (), wish_ids: Sequence[int] = ()
) -> list[Effect]:
    """Return everything that a plan would change, in a fixed order.

    Args:
        present: the present state, from ``prepare``.
        plan: what is drawn.
        wishes: RD geometries of wishes (metres).
        wish_ids: their ids.

    Raises:
        ValueError: nothing is drawn, or the wishes and their ids differ in number.
    """
    drawn = plan.shape()
    if drawn.is_empty:
        raise ValueError("nothing is drawn")
    if len(wishes) != len(wish_ids):
        raise ValueError("the wishes and their ids differ in number")
    access, residents = _access(present, plan)
    return [
        *access,
        _wishes_near(drawn, wishes, wish_ids),
        *_heat_near(present, drawn),
        *_green_75(present, plan),
        *_trees_nearby(present, plan),
        *_canopy(present, plan),
        *_cost(plan, residents),
        *(_benefit(benefit, plan) for benefit in BENEFITS),
    ]


def _access(present: Present, plan: Plan) -> tuple[list[Effect], float]:
    """Homes newly within 300 m and ten minutes of green; also the residents newly within 300 m."""
    which, metres = newly_near(present, plan)
    before = present.green_m[which]
    straight = present.distance_mode == "straight"
    parameters: dict[str, Parameter] = {
        "min_area_m2": present.min_area_m2,
        "distance_mode": present.distance_mode,
        "entrance_reach_m": None if straight else ENTRANCE_REACH_M,
    }
    uncertainty = "straight_line_distance" if straight else "paths_may_be_missing"
    found: list[Effect] = []
    newly_reached = 0.0
    for suffix, limit in (("300m", NEAR_M), ("10min", TEN_MINUTES_M)):
        newly = which[(metres <= limit) & (before > limit)]
        residents = float(present.homes.residents[newly].sum())
        dwellings = float(present.homes.dwellings[newly].sum())
        newly_reached = residents if suffix == "300m" else newly_reached
        for what, value in (("residents", residents), ("dwellings", dwellings)):
            rule = {**parameters, "distance_m": round(limit, 1)}
            source = "doi:10.1177/1403494815615444; 4 km/h"
            key = f"{what}_{suffix}"
            found.append(Effect(key, value, what, "ACCESS-1", rule, source, uncertainty))
    return found, newly_reached


def newly_near(present: Present, plan: Plan) -> tuple[Ints, Floats]:
    """Return the homes whose way to green may become shorter, and how long it then is (metres)."""
    parks = _reachable_parks(present, plan)
    if present.reached is None or present.index is None:
        return _straight(present, parks)
    network = present.network
    targets = no_positions()
    if parks:
        targets, _ = network.entrances(parks, ENTRANCE_REACH_M)
    paths, path_targets = _drawn_paths(present, plan, parks)
    change = improve(network, present.reached, targets, paths, path_targets)
    which, metres, _ = improved_places(network, present.reached, change, present.index)
    beside, over = _beside_paths(present, plan, change)
    return _nearest_each(np.concatenate([which, beside]), np.concatenate([metres, over]))


def _reachable_parks(present: Present, plan: Plan) -> list[BaseGeometry]:
    """Drawn parks that are large enough, together with the green that they touch."""
    found = []
    for park in plan.parks:
        touching = present.green[present.green_tree.query(park, predicate="intersects")]
        whole = shapely.union_all(np.array([park, *touching], dtype=object))
        if whole.area >= present.min_area_m2:
            found.append(whole)
    return found


def _straight(present: Present, parks: Sequence[BaseGeometry]) -> tuple[Ints, Floats]:
    found = [
        present.homes.tree.query(park, predicate="dwithin", distance=TEN_MINUTES_M)
        for park in parks
    ]
    which = np.concatenate([np.zeros(0, dtype=np.int64), *found]).astype(np.int64)
    each = np.repeat(np.array(parks, dtype=object), [len(near) for near in found])
    metres = np.asarray(shapely.distance(present.homes.points[which], each), dtype=np.float64)
    return _nearest_each(which, metres)


def _drawn_paths(
    present: Present, plan: Plan, parks: Sequence[BaseGeometry]
) -> tuple[NewPaths | None, Any]:
    """The drawn paths joined to the network, and where they enter drawn parks."""
    if not (plan.paths or plan.bridges):
        return None, no_positions()
    paths = meet(present.network, plan.paths, plan.bridges)
    green = [*parks, *_large_green_at(present, plan)]
    return paths, paths.network.entrances(green, 0.0)[0] if green else no_positions()


def _large_green_at(present: Present, plan: Plan) -> list[BaseGeometry]:
    """Present green that a drawn path enters."""
    lines = shapely.union_all(np.array([*plan.paths, *plan.bridges], dtype=object))
    green = present.green[present.green_tree.query(lines, predicate="intersects")]
    return list(green[shapely.area(green) >= present.min_area_m2])


def _beside_paths(present: Present, plan: Plan, change: Change) -> tuple[Ints, Floats]:
    """Homes beside a drawn path, and their way over it."""
    if change.paths is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    network, over = change.paths
    # A bridge is entered at its ends: nobody lives along it.
    near = [
        present.homes.tree.query(path, predicate="dwithin", distance=100.0) for path in plan.paths
    ]
    which = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *near])).astype(np.int64)
    found = network.distances(network.snap(list(present.homes.points[which])), over)
    return which, found.metres


def _nearest_each(which: Ints, metres: Floats) -> tuple[Ints, Floats]:
    """Return every place once, with its shortest distance."""
    order = np.lexsort((metres, which))
    unique, first = np.unique(which[order], return_index=True)
    return unique, metres[order][first]


def _wishes_near(drawn: BaseGeometry, wishes: Sequence[Any], ids: Sequence[int]) -> Effect:
    shapely.prepare(drawn)
    near = shapely.dwithin(np.asarray(wishes, dtype=object), drawn, NEAR_M)
    found = tuple(sorted(int(ids[n]) for n in np.flatnonzero(near).tolist()))
    rule: dict[str, Parameter] = {"distance_m": NEAR_M, "distance_mode": "straight"}
    definition = "wishes within a straight distance of what is drawn"
    return Effect(
        "wishes_near", float(len(found)), "wishes", definition, rule, "", "counted", ids=found
    )


def _heat_near(present: Present, drawn: BaseGeometry) -> list[Effect]:
    """Residents near the plan who live in heat; nothing without a heat layer."""
    homes = present.homes
    near = homes.tree.query(drawn, predicate="dwithin", distance=NEAR_M)
    rule: dict[str, Parameter] = {"pet_max": PET_MAX, "distance_m": NEAR_M}
    definition = "residents within a straight distance whose home has at least this PET"
    value: float | None = None
    if homes.pet is not None:
        pet = homes.pet[near]
        rule["no_data_share"] = quotient(float(np.isnan(pet).sum()), len(pet))
        value = float(homes.residents[near][pet >= PET_MAX].sum())
    source = "Klimaateffectatlas: PET"
    return [
        Effect("heat_exposed_near", value, "residents", definition, rule, source, "modelled_heat")
    ]


def _green_75(present: Present, plan: Plan) -> list[Effect]:
    """GREEN-75 (PBL): dwellings that newly have 75 m² each within 500 m."""
    added = _added_green(present, plan)
    which = np.zeros(0, dtype=np.int64)
    if not added.is_empty:
        reach = present.homes.tree.query(added, predicate="dwithin", distance=GREEN_RADIUS_M)
        which = np.sort(reach).astype(np.int64)
    more = area_in_circles(present.homes.xy[which], GREEN_RADIUS_M, np.array([added]))
    homes, weight = present.dwellings_around(which), present.homes.dwellings[which]
    counted = homes > 0
    before, norm = present.green_around(which)[counted], NORM_M2_PER_DWELLING * homes[counted]
    newly = (before < norm) & (before + more[counted] >= norm)
    per_dwelling = quotient(
        float((more[counted] / homes[counted] * weight[counted]).sum()), float(weight.sum())
    )
    rule: dict[str, Parameter] = {"distance_m": GREEN_RADIUS_M, "norm_m2": NORM_M2_PER_DWELLING}
    source = "PBL, Balans van de Leefomgeving 2010"
    common = ("GREEN-75", rule, source, "counted")
    met = float(weight[counted][newly].sum())
    return [
        Effect("green_added_m2", float(added.area), "m2", *common),
        Effect("dwellings_green_75", met, "dwellings", *common),
        Effect("green_75_change", per_dwelling or 0.0, "m2_per_dwelling", *common),
    ]


def _added_green(present: Present, plan: Plan) -> BaseGeometry:
    """Drawn parks and unsealed ground that is not green yet."""
    drawn = shapely.union_all(np.array([*plan.parks, *plan.unsealed], dtype=object))
    there = present.green[present.green_tree.query(drawn, predicate="intersects")]
    return shapely.difference(drawn, shapely.union_all(there))


def _trees_nearby(present: Present, plan: Plan) -> list[Effect]:
    """3-30-300, first part: dwellings that newly have three trees nearby."""
    large = np.array([t.place for t in plan.trees if t.crown_m2 >= MIN_CROWN_M2], dtype=object)
    _, home = present.homes.building_tree.query(large, "dwithin", distance=TREE_RADIUS_M)
    which, more = np.unique(home, return_counts=True)
    before = present.trees_near(which)
    newly = (before < TREES_NORM) & (before + more >= TREES_NORM)
    rule: dict[str, Parameter] = {
        "trees": TREES_NORM,
        "tree_buffer": TREE_RADIUS_M,
        "tree_min_area": MIN_CROWN_M2,
        "preset": "nl_cobra_2023",
    }
    value = float(present.homes.dwellings[which[newly]].sum())
    source = "3-30-300 (Cobra Groeninzicht)"
    return [Effect("dwellings_3_trees", value, "dwellings", "3-30-300", rule, source, "counted")]


def _canopy(present: Present, plan: Plan) -> list[Effect]:
    """3-30-300, second part: dwellings that newly have 30 % crown within 500 m."""
    places = np.array([tree.place for tree in plan.trees], dtype=object)
    tree, home = present.homes.tree.query(places, "dwithin", distance=GREEN_RADIUS_M).reshape(2, -1)
    crowns = np.array([each.crown_m2 for each in plan.trees], dtype=np.float64)
    which, place = np.unique(home, return_inverse=True)
    more = np.bincount(place, weights=crowns[tree], minlength=len(which))
    circle = np.pi * GREEN_RADIUS_M**2
    before = present.canopy_around(which) / circle
    newly = (before < CANOPY_NORM) & (before + more / circle >= CANOPY_NORM)
    weight = present.homes.dwellings[which]
    mean = quotient(float((more / circle * weight).sum()), float(weight.sum()))
    rule: dict[str, Parameter] = {"canopy_buffer": GREEN_RADIUS_M, "norm": CANOPY_NORM}
    common = ("3-30-300", rule, "3-30-300 (Cobra Groeninzicht)", "crowns_may_overlap")
    met = float(weight[newly].sum())
    return [
        Effect("dwellings_30_percent", met, "dwellings", *common),
        Effect("canopy_change", mean or 0.0, "share", *common),
    ]


def _cost(plan: Plan, residents: float) -> list[Effect]:
    """The cost per resident newly within 300 m, in cents; nothing without a cost."""
    if plan.cost_cents is None:
        return []
    each = float(Fraction(plan.cost_cents) / Fraction(residents)) if residents > 0 else None
    rule: dict[str, Parameter] = {"cost_cents": plan.cost_cents, "residents": residents}
    definition = "given cost divided by residents newly within 300 m"
    return [
        Effect("cost_per_resident", each, "cents_per_resident", definition, rule, "", "given_cost")
    ]


def _benefit(benefit: Benefit, plan: Plan) -> Effect:
    """A range from literature for what is drawn, or that there is none."""
    drawn = {"trees": bool(plan.trees), "parks": bool(plan.parks), "any": True}
    crowns = float(sum(tree.crown_m2 for tree in plan.trees))
    times = crowns if benefit.per == "crown_m2" else 1.0
    common = (benefit.unit, benefit.definition, {"crown_m2": crowns}, benefit.source)
    key = f"benefit_{benefit.key}"
    if benefit.low is None or benefit.high is None or not drawn[benefit.needs]:
        return Effect(key, None, *common, "no_defensible_range")
    low, high = benefit.low * times, benefit.high * times
    return Effect(key, None, *common, "literature_range", low, high)
