"""What drawn measures would change: the present state from the map layers, and the effects.

The present state of a case is prepared once per process and edition, so that a change to a plan
costs only what it touches. All geometry is EPSG:28992 (RD New, metres).
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import array

from gis.green import merged
from gis.plan_notes import plan_notes
from gis.surroundings import Homes, Present, prepare
from gis.what_if import NEAR_M, Effect, Plan, Tree, effects
from layers.sources.records import find_column, number
from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.deals.models import CasePart
from webapp.extensions import db
from webapp.figures.compute_three_thirty import CROWN_COLUMNS, HOME_REACH_M
from webapp.geodata import shape, stored
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.map_layers.queries import newest_edition, open_raster
from webapp.permissions import Scope
from webapp.planning.models import ScenarioMeasure
from webapp.trails.queries import current_network, walking_network
from webapp.wishes.publication import wishes_for_staff

LAYERS: Final = ("bag_dwellings", "bag_buildings", "parks", "trees", "pet")
NETWORK: Final = "walking_network"
HOUSEHOLDS: Final = "household_size"
_HOMES: Final = ("bag_dwellings",)
_PEOPLE: Final = ("bag_dwellings", HOUSEHOLDS)
NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "residents_300m": (*_PEOPLE, "parks"),
    "dwellings_300m": (*_HOMES, "parks"),
    "residents_10min": (*_PEOPLE, "parks"),
    "dwellings_10min": (*_HOMES, "parks"),
    "wishes_near": (),
    "heat_exposed_near": (*_PEOPLE, "pet"),
    "green_added_m2": ("parks",),
    "dwellings_green_75": (*_HOMES, "parks"),
    "green_75_change": (*_HOMES, "parks"),
    "dwellings_3_trees": (*_HOMES, "trees"),
    "dwellings_30_percent": (*_HOMES, "trees"),
    "canopy_change": _HOMES,
    "cost_per_resident": (*_PEOPLE, "parks"),
}
"""Without which inputs an effect is not known."""
USES: Final = {
    **dict.fromkeys(("residents_300m", "dwellings_300m", "residents_10min"), (NETWORK,)),
    **dict.fromkeys(("dwellings_10min", "cost_per_resident"), (NETWORK,)),
    "dwellings_3_trees": ("bag_buildings",),
}
"""What an effect takes into account when it is there."""
AROUND_M: Final = 1_500.0
STEP_M: Final = 1_000.0
FAR_M: Final = 5_000.0
MOST_HOMES: Final = 500_000
MEAN_SIZE, RESIDENTS, HOUSEHOLD_COUNT = (
    "gemiddelde_huishoudsgrootte",
    "aantal_inwoners",
    "aantal_huishoudens",
)
Bounds = tuple[float, float, float, float]
Floats = NDArray[np.float64]
Input = dict[str, Any]
_loading = Lock()


class TooManyHomesError(Exception):
    """More homes around the plan than are kept in memory."""


@dataclass(frozen=True)
class Outcome:
    """The effects in a form that is stored, with what they were computed from."""

    effects: list[dict[str, Any]]
    inputs: dict[str, Any]
    fingerprint: str


@dataclass(frozen=True, eq=False)
class _Loaded:
    """A present state and what it lacks: names of inputs, and trees whose crown is unknown."""

    present: Present
    missing: frozenset[str]
    unknown_crowns: int
    homes_without_residents: int


def outcome(case_id: int, measures: Sequence[ScenarioMeasure]) -> Outcome:
    """What the measures of a scenario would change. Raises `TooManyHomesError`."""
    plan = plan_of(measures)
    drawn = plan.shape()
    editions, inputs = _inputs()
    bounds = _area(case_id, drawn.bounds)
    with _loading:
        loaded = _loaded(bounds, _digest(inputs))
    wishes = wishes_within_reach(case_id, drawn)
    found = effects(
        loaded.present, plan, [each[1] for each in wishes], [each[0] for each in wishes]
    )
    outside = _outside(editions, drawn)
    missing = loaded.missing | {f"{name}:outside" for name in outside}
    notes = {
        **asdict(plan_notes(loaded.present, plan)),
        "unknown_crowns": loaded.unknown_crowns,
        "dwellings_without_residents": loaded.homes_without_residents,
        "measures_without_cost": sum(each.cost_cents is None for each in measures),
        "straight": loaded.present.reached is None,
    }
    kept = [_plain(effect, missing) for effect in found]
    told = {"inputs": inputs, "notes": notes}
    return Outcome(kept, told, fingerprint(case_id, measures))


def fingerprint(case_id: int, measures: Sequence[ScenarioMeasure]) -> str:
    """Changes when an input of the outcome does: an edition, the network, a wish within reach."""
    _, inputs = _inputs()
    wishes = wishes_within_reach(case_id, plan_of(measures).shape()) if measures else []
    return _digest([*inputs, [each[0] for each in wishes]])


def _digest(content: Any) -> str:
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()


def plan_of(measures: Sequence[ScenarioMeasure]) -> Plan:
    """The measures as one plan; its cost only when each has one."""
    parts: dict[str, list[Any]] = {"park": [], "unsealing": [], "path": [], "bridge": []}
    trees: list[Tree] = []
    for each in measures:
        drawn = shape(each.geom)
        if each.kind == "trees":
            crown = float(each.parameters["crown_m2"])
            trees += [Tree(place, crown) for place in tree_places(drawn, each.parameters)]
        elif each.kind in {"park", "unsealing"}:
            parts[each.kind].append(drawn)
        else:
            parts[each.kind] += shapely.get_parts(drawn).tolist()
    costs = [each.cost_cents for each in measures]
    known = [cost for cost in costs if cost is not None]
    return Plan(
        parks=tuple(parts["park"]),
        trees=tuple(trees),
        unsealed=tuple(parts["unsealing"]),
        paths=tuple(parts["path"]),
        bridges=tuple(parts["bridge"]),
        cost_cents=sum(known) if known and len(known) == len(costs) else None,
    )


def tree_places(drawn: Any, parameters: dict[str, Any]) -> list[Any]:
    """Where trees stand: each point is one; along a line they are spread evenly, ends included."""
    if shapely.get_dimensions(drawn) == 0:
        return list(shapely.get_parts(drawn))
    count = int(parameters["number"])
    steps = [place / (count - 1) if count > 1 else 0.5 for place in range(count)]
    line = shapely.get_parts(drawn)[0]
    return [shapely.line_interpolate_point(line, step, normalized=True) for step in steps]


def wishes_within_reach(case_id: int, drawn: Any) -> list[tuple[int, Any]]:
    """Id and RD geometry of the wishes of a case within 300 m of what is drawn."""
    seen = wishes_for_staff(Scope(False, frozenset(), frozenset({case_id}))).subquery("seen")
    rows = db.session.execute(
        select(seen.c.id, func.ST_AsBinary(seen.c.geom))
        .where(func.ST_DWithin(seen.c.geom, stored(drawn), NEAR_M))
        .order_by(seen.c.id)
    )
    return [(row[0], shapely.from_wkb(bytes(row[1]))) for row in rows]


def _inputs() -> tuple[dict[str, LayerEdition], list[Input]]:
    """The newest editions, and everything that is used in a form that is stored and compared."""
    found = {name: newest_edition(name) for name in LAYERS}
    editions = {name: each for name, each in found.items() if each is not None}
    inputs = [
        _input(name, each.edition, each.sha256, each.is_synthetic, each.id)
        for name, each in editions.items()
    ]
    network = current_network()
    if network is not None:
        inputs.append(_input(NETWORK, network.edition, network.sha256, network.is_demo))
    people = db.session.execute(
        select(AreaImport.year, AreaImport.sha256)
        .where(AreaImport.id.in_(select(AreaFigures.import_id).distinct()))
        .order_by(AreaImport.year.desc(), AreaImport.id.desc())
    ).all()
    if people:
        digest = ",".join(sorted(row[1] for row in people))
        inputs.append(_input(HOUSEHOLDS, f"CBS {people[0][0]}", digest, False))
    return editions, inputs


def _input(
    name: str, edition: str, sha256: str, is_synthetic: bool, edition_id: int | None = None
) -> Input:
    return {
        "layer": name,
        "edition_id": edition_id,
        "edition": edition,
        "sha256": sha256,
        "is_synthetic": is_synthetic,
    }


def _area(case_id: int, drawn: Bounds) -> Bounds:
    """What is read: the case and what is drawn near it, with room for ten minutes and 500 m.

    Whole kilometres, so that a plan that grows a little needs no other reading.
    """
    parts = db.session.scalars(select(CasePart.geom).where(CasePart.case_id == case_id)).all()
    boxes = [drawn]
    if parts:
        own = shapely.box(*shapely.total_bounds([shape(each) for each in parts]))
        if own.distance(shapely.box(*drawn)) <= FAR_M:
            boxes.append(own.bounds)
    west, south, east, north = shapely.total_bounds([shapely.box(*each) for each in boxes]).tolist()
    return (
        math.floor((west - AROUND_M) / STEP_M) * STEP_M,
        math.floor((south - AROUND_M) / STEP_M) * STEP_M,
        math.ceil((east + AROUND_M) / STEP_M) * STEP_M,
        math.ceil((north + AROUND_M) / STEP_M) * STEP_M,
    )


@lru_cache(maxsize=4)
def _loaded(bounds: Bounds, digest: str) -> _Loaded:
    """The present state in a box. Inputs never change: another one has another digest."""
    editions, inputs = _inputs()
    box = shapely.box(*bounds)
    missing = {name for name in NEEDS_ALL if name not in {each["layer"] for each in inputs}}
    points = shapely.centroid(_shapes(editions.get("bag_dwellings"), box, "woning"))
    if len(points) > MOST_HOMES:
        raise TooManyHomesError
    size = _household_sizes(points, box)
    unknown = int(np.isnan(size).sum())
    if len(points) and unknown == len(points):
        missing.add(HOUSEHOLDS)
    trees, crowns, unknown_crowns = _trees(editions.get("trees"), box)
    if unknown_crowns and not len(trees):
        missing.add("trees")
    buildings = _buildings(points, _shapes(editions.get("bag_buildings"), box))
    pet = _pet(editions.get("pet"), points)
    homes = Homes(points, np.ones(len(points)), np.nan_to_num(size), pet, buildings)
    green = merged(_shapes(editions.get("parks"), box))
    present = prepare(homes, walking_network(), list(green), list(trees), crowns)
    return _Loaded(present, frozenset(missing), unknown_crowns, unknown)


NEEDS_ALL: Final = frozenset(name for names in NEEDS.values() for name in names)


def _rows(edition: LayerEdition | None, box: Any, category: str | None) -> list[Any]:
    if edition is None:
        return []
    rows = select(func.ST_AsBinary(LayerFeature.geom), LayerFeature.properties).where(
        LayerFeature.edition_id == edition.id,
        LayerFeature.geom.op("&&")(stored(box)),
    )
    if category is not None:
        rows = rows.where(LayerFeature.category == category)
    return list(db.session.execute(rows.order_by(LayerFeature.id)))


def _shapes(edition: LayerEdition | None, box: Any, category: str | None = None) -> NDArray[Any]:
    rows = _rows(edition, box, category)
    return np.asarray(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)


def _trees(edition: LayerEdition | None, box: Any) -> tuple[NDArray[Any], Floats, int]:
    """Trees whose crown is known, their crowns (m²), and how many others there are."""
    rows = _rows(edition, box, "boom")
    diameter = np.array([_crown(row[1]) for row in rows], dtype=np.float64)
    known = np.isfinite(diameter) & (diameter > 0)
    shapes = np.asarray(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)
    points = shapely.centroid(shapes[known]) if len(rows) else shapes
    return points, np.pi * diameter[known] ** 2 / 4, int(len(rows) - known.sum())


def _crown(properties: dict[str, Any]) -> float:
    column = find_column(properties, CROWN_COLUMNS)
    found = None if column is None else number(properties[column])
    return math.nan if found is None else found


def _buildings(points: NDArray[Any], buildings: NDArray[Any]) -> NDArray[Any] | None:
    """The building of each dwelling; the point itself where there is none."""
    if not len(buildings):
        return None
    at, which = STRtree(buildings).query(points, predicate="dwithin", distance=HOME_REACH_M)
    found = points.copy()
    found[at[::-1]] = buildings[which[::-1]]
    return found


def _pet(edition: LayerEdition | None, points: NDArray[Any]) -> Floats | None:
    if edition is None:
        return None
    xy = shapely.get_coordinates(points)
    return np.asarray(open_raster(edition).values_at(xy[:, 0], xy[:, 1]), dtype=np.float64)


def _household_sizes(points: NDArray[Any], box: Any) -> Floats:
    """The mean household in the area of each dwelling, NaN where unknown: of its neighbourhood,
    else of its district."""
    found = np.full(len(points), np.nan)
    for level in ("neighbourhood", "district"):
        left = np.flatnonzero(np.isnan(found))
        shapes, sizes = _areas_with_size(level, box)
        if len(left) and len(shapes):
            at, area = STRtree(shapes).query(points[left], predicate="intersects")
            found[left[at[::-1]]] = sizes[area[::-1]]
    return found


def _areas_with_size(level: str, box: Any) -> tuple[NDArray[Any], Floats]:
    """Outlines with the mean household, per municipality of the newest year that has figures."""
    rank = func.dense_rank().over(
        partition_by=Area.municipality_code, order_by=(Area.is_schematic, Area.year.desc())
    )
    ranked = (
        select(Area.geom, AreaFigures.figures, rank.label("rank"))
        .join(AreaFigures, AreaFigures.area_id == Area.id)
        .where(
            Area.level == level,
            Area.geom.op("&&")(stored(box)),
            AreaFigures.figures.has_any(array([MEAN_SIZE, HOUSEHOLD_COUNT])),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(func.ST_AsBinary(ranked.c.geom), ranked.c.figures).where(ranked.c.rank == 1)
    )
    known = [(bytes(row[0]), _mean_size(row[1])) for row in rows]
    known = [each for each in known if math.isfinite(each[1])]
    shapes = np.asarray(shapely.from_wkb([each[0] for each in known]), dtype=object)
    return shapes, np.array([each[1] for each in known], dtype=np.float64)


def _mean_size(figures: dict[str, Any]) -> float:
    size, people, count = (figures.get(key) for key in (MEAN_SIZE, RESIDENTS, HOUSEHOLD_COUNT))
    if isinstance(size, int | float) and size > 0:
        return float(size)
    if isinstance(people, int | float) and isinstance(count, int | float) and count > 0:
        return float(people) / float(count)
    return math.nan


def _outside(editions: dict[str, LayerEdition], drawn: Any) -> set[str]:
    """Layers of homes and heat that say nothing about where the plan is."""
    reach = shapely.buffer(drawn, NEAR_M)
    limited = {name: editions[name] for name in ("bag_dwellings", "pet") if name in editions}
    return {
        name
        for name, each in limited.items()
        if each.bounds is not None and not shape(each.bounds).intersects(reach)
    }


def _plain(effect: Effect, missing: frozenset[str]) -> dict[str, Any]:
    """An effect as it is stored; without a value where an input is missing."""
    lacking = sorted(
        name
        for need in NEEDS.get(effect.key, ())
        for name in (need, f"{need}:outside")
        if name in missing
    )
    if effect.parameters.get("no_data_share") == 1:
        lacking.append("pet:outside")
    known = replace(effect, value=None) if lacking else effect
    return {
        **asdict(known),
        "parameters": {
            name: value
            for name, value in effect.parameters.items()
            if not (isinstance(value, float) and not math.isfinite(value))
        },
        "missing": lacking,
    }
