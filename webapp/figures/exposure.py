"""What layers and figures say at the place of each wish: heat, trees, green, coolness, figures.

For staff only. A point takes the cell it lies in; a line or an area the mean over the ground within
10 m. Distances are from a point in a line or an area, along the walking network where there is one.
A wish about a whole neighbourhood has no place to measure at, only the figures of that area. Every
row names the editions it was measured from, or the reason why there is no value.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy import delete, insert, select

from gis.access import WHO_MIN_AREA_M2
from gis.exposure import NO_EXPOSURE, exposure
from gis.figure import CELSIUS, SHARE
from gis.network import WalkingNetwork
from gis.positions import UNREACHED, Reached
from gis.surroundings import ENTRANCE_REACH_M
from webapp.extensions import db
from webapp.figures.compute_heat import cool_ground, has_network
from webapp.figures.compute_world import SEARCH_M, Input, Shapes, World, edition_input
from webapp.figures.exposure_requests import EVERYTHING, NO_LAYER, take
from webapp.figures.kinds import BY_KEY, NETWORK
from webapp.figures.models import WishExposure
from webapp.figures.queries import newest_runs, values_by_area
from webapp.geodata import shape
from webapp.map_layers.queries import newest_edition, open_raster
from webapp.wishes.models import Wish
from webapp.wishes.publication import wishes_for_staff

METRES = "m"
BATCH = 500
LEVEL = "neighbourhood"
OUTSIDE_AREAS = "outside_areas"
REASONS = (*NO_EXPOSURE, *UNREACHED, NO_LAYER, OUTSIDE_AREAS)
"""Every reason for a measure without a value, so that a test can ask for its text."""
RASTERS = (("heat", "pet", CELSIUS, 1.0), ("tree_share", "tree_cover", SHARE, 0.01))
"""Measure, layer, unit, and by what to multiply the layer's values."""

_kept: dict[str, tuple[list[Input], "Targets"]] = {}
_making = Lock()


@dataclass(frozen=True)
class Place:
    """The place of a wish, RD; `is_area` when only its neighbourhood is known."""

    wish_id: int
    geometry: Any
    is_area: bool


@dataclass(frozen=True)
class Measured:
    """A value or the reason why there is none."""

    value: float | None
    reason: str | None


@dataclass(frozen=True, eq=False)
class Targets:
    """Places to walk to, with the search from them all where there is a network."""

    shapes: Shapes
    inputs: list[Input]
    network: WalkingNetwork | None
    reached: Reached | None

    def measure(self, points: Shapes) -> list[Measured]:
        """Metres from each point to the nearest of them; 0 inside one."""
        if not len(self.shapes):
            return [Measured(None, "beyond_limit")] * len(points)
        metres, why = self._ways(points)
        inside = STRtree(self.shapes).query(points, predicate="intersects")[0]
        metres[inside] = 0.0
        return [
            Measured(float(value), None)
            if np.isfinite(value)
            else Measured(None, UNREACHED[code] if code >= 0 else "beyond_limit")
            for value, code in zip(metres, why, strict=True)
        ]

    def _ways(self, points: Shapes) -> tuple[Any, Any]:
        if self.network is None or self.reached is None:
            nearest = STRtree(self.shapes).nearest(points)
            metres = shapely.distance(points, self.shapes[nearest])
            return np.where(metres > SEARCH_M, np.inf, metres), np.full(len(points), -1)
        found = self.network.distances(self.network.snap(list(points)), self.reached)
        return found.metres.copy(), found.why_not


def targets(world: World, shapes: Shapes, inputs: list[Input]) -> Targets:
    """Places to walk to along the network in use, or straight without one."""
    if not has_network(world):
        return Targets(shapes, inputs, None, None)
    network = world.network
    reached = network.search(network.entrances(list(shapes), ENTRANCE_REACH_M)[0], SEARCH_M)
    return Targets(shapes, [*inputs, world.input(NETWORK)], network, reached)


def measure(places: list[Place]) -> Iterator[dict[str, Any]]:
    """Give a row of `wish_exposures` for each place and measure."""
    world = World(LEVEL)
    now = datetime.now(UTC)
    for name, unit, inputs, found in (
        *_rasters(places),
        *_distances(world, places),
        *_figures(world, places),
    ):
        for place, measured in zip(places, found, strict=True):
            yield {
                "wish_id": place.wish_id,
                "measure": name,
                "value": measured.value,
                "unit": unit,
                "reason": measured.reason,
                "inputs": inputs,
                "computed_at": now,
            }


Column = tuple[str, str, list[Input], list[Measured]]


def _rasters(places: list[Place]) -> Iterator[Column]:
    for name, layer, unit, factor in RASTERS:
        edition = newest_edition(layer)
        if edition is None:
            yield name, unit, [], [Measured(None, NO_LAYER)] * len(places)
            continue
        raster = open_raster(edition)
        found = []
        for place in places:
            told = exposure(None if place.is_area else place.geometry, raster.values, raster.grid)
            value = None if told.value is None else told.value * factor
            found.append(Measured(value, told.reason))
        yield name, unit, [edition_input(edition)], found


def _distances(world: World, places: list[Place]) -> Iterator[Column]:
    points = shapely.point_on_surface(np.array([each.geometry for each in places], dtype=object))
    for name, layer in (("green_distance", "parks"), ("coolness_distance", "pet")):
        if not world.zones or world.edition(layer) is None:
            yield name, METRES, [], [Measured(None, NO_LAYER)] * len(places)
            continue
        there = _targets_now(name, world)
        told = there.measure(points)
        found = [
            Measured(None, "no_place") if place.is_area else each
            for place, each in zip(places, told, strict=True)
        ]
        yield name, METRES, there.inputs, found


def _targets_now(name: str, world: World) -> Targets:
    """The targets of a distance, kept in the process as long as their editions are the same."""
    layers = ("parks",) if name == "green_distance" else ("pet", "bgt_cover")
    inputs = [world.input(layer) for layer in layers if world.edition(layer) is not None]
    network = [world.input(NETWORK)] if has_network(world) else []
    signature = [world.areas_input, *inputs, *network]
    with _making:
        kept = _kept.get(name)
        if kept is None or kept[0] != signature:
            kept = _kept[name] = (signature, _made(name, world, inputs))
    return kept[1]


def forget_targets() -> None:
    """Search anew what is asked next."""
    with _making:
        _kept.clear()


def _made(name: str, world: World, inputs: list[Input]) -> Targets:
    if name == "green_distance":
        return targets(world, world.qualifying(WHO_MIN_AREA_M2), inputs)
    return targets(world, cool_ground(world)[0], inputs)


def _figures(world: World, places: list[Place]) -> Iterator[Column]:
    runs = list(newest_runs(LEVEL).values())
    if not runs or not world.zones:
        return
    points = shapely.point_on_surface(np.array([each.geometry for each in places], dtype=object))
    ids = [world.zones[at].id if at >= 0 else None for at in world.area_of(points)]
    values = values_by_area(runs)
    for run in sorted(runs, key=lambda each: each.figure):
        if run.figure in BY_KEY:
            found = [_of_area(values[run.id], area) for area in ids]
            yield f"area:{run.figure}", BY_KEY[run.figure].unit, run.inputs, found


def _of_area(values: dict[int, float | None], area: int | None) -> Measured:
    if area is None or area not in values:
        return Measured(None, OUTSIDE_AREAS)
    value = values[area]
    return Measured(value, None if value is not None else "no_data")


def places_of(wish_ids: Iterable[int]) -> list[Place]:
    """Where wishes are; withdrawn ones, and those without any place, are left out."""
    rows = wishes_for_staff(EVERYTHING).where(Wish.id.in_(list(wish_ids)))
    found = db.session.execute(rows.add_columns(Wish.geom.is_(None).label("is_area")))
    return [Place(row.id, shape(row.geom), row.is_area) for row in found if row.geom is not None]


def expose_waiting(most: int = BATCH) -> int:
    """Measure at most so many wishes that wait, in one transaction; returns how many it took."""
    taken = take(most)
    if taken:
        places = places_of(taken)
        db.session.execute(delete(WishExposure).where(WishExposure.wish_id.in_(taken)))
        rows = list(measure(places)) if places else []
        if rows:
            db.session.execute(insert(WishExposure), rows)
    db.session.commit()
    return len(taken)


def expose_all_waiting() -> int:
    """Measure every wish that waits; returns how many."""
    total = 0
    while taken := expose_waiting():
        total += taken
    return total


@dataclass(frozen=True)
class Shown:
    """A measure of a wish for a page."""

    measure: str
    figure: str
    value: float | None
    unit: str
    reason: str | None
    inputs: list[Input]
    computed_at: datetime

    @property
    def is_synthetic(self) -> bool:
        """Whether anything it was measured from was made up."""
        return any(each["is_synthetic"] for each in self.inputs)

    @property
    def by_network(self) -> bool:
        """Whether a distance is along paths."""
        return any(each["layer"] == NETWORK for each in self.inputs)


ORDER = ("heat", "tree_share", "green_distance", "coolness_distance")


def exposures_of(wish_id: int) -> list[Shown]:
    """What was measured for a wish: at its place first, then the figures of its neighbourhood.

    The caller has made sure that the reader may see the wish.
    """
    rows = db.session.scalars(select(WishExposure).where(WishExposure.wish_id == wish_id))
    shown = [
        Shown(
            row.measure.partition(":")[0],
            row.measure.partition(":")[2],
            *(row.value, row.unit, row.reason, row.inputs, row.computed_at),
        )
        for row in rows
    ]
    places = {key: place for place, key in enumerate(BY_KEY)}
    return sorted(
        (each for each in shown if not each.figure or each.figure in BY_KEY),
        key=lambda each: (
            ORDER.index(each.measure) if each.measure in ORDER else len(ORDER),
            places.get(each.figure, 0),
        ),
    )
