"""The shade in the 3-D view: what lies in it at a moment, and which share of each place."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.shadows import Shade, building_shadows, is_cut, tree_shadows
from gis.sun import Sun
from webapp.planning import twin_scene
from webapp.planning.twin import Look
from webapp.planning.twin_scene import REACH, Objects, Plan, Street, Trees

HOURS = ("09:00", "12:00", "15:00", "18:00")
AROUND_A_POINT = 5.0
"""The shade at a point is that of the ground within so many metres."""
MOST_STREETS = 8
DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True)
class Row:
    """A place with its share in shade (0–1) per column; None: the sun is down."""

    kind: str
    name: str
    shares: tuple[float | None, ...]


@dataclass
class Shadows:
    """The shadows of a look, by the clock, with and without the assumed trees."""

    look: Look

    @cached_property
    def objects(self) -> Objects:
        """Buildings and trees around the place."""
        look = self.look
        return twin_scene.objects_around(look.middle, look.buildings, look.trees)

    @cached_property
    def planted(self) -> Trees | None:
        """The trees that are assumed on a plan, when the plans are shown."""
        plan = self.look.planted
        if plan is None or not self.look.with_plans:
            return None
        return twin_scene.trees_along(plan, self.look.tree_height, self.objects.footprints)

    def at(self, clock: str, *, planted: bool = True) -> Shade | None:
        """The shade at a time of the day; None when the sun is down."""
        sun = self.look.sun(clock)
        if not sun.is_up:
            return None
        shadows = _of_objects(self.objects, sun)
        if planted and self.planted is not None:
            shadows = np.concatenate([shadows, _of_trees(self.planted, sun)])
        return Shade(shadows)

    @property
    def is_cut(self) -> bool:
        """Whether shadows at the chosen moment are longer than what is drawn."""
        sun = self.look.sun()
        heights = [self.objects.height_m[self.objects.known]]
        heights.append(self.objects.trees.height_m[self.objects.trees.known])
        highest = max((float(each.max()) for each in heights if len(each)), default=0.0)
        return sun.is_up and is_cut(highest, sun, REACH)

    def drawn(self) -> BaseGeometry:
        """The ground in shade within the square at the chosen moment, without what is built on."""
        shade = self.at(self.look.clock)
        if shade is None:
            return shapely.Polygon()
        square = shapely.box(*self.look.bounds)
        return _polygons(shapely.difference(shade.within(square), self._built))

    @cached_property
    def _built(self) -> BaseGeometry:
        inside = self.objects.footprints[self.objects.inside]
        return shapely.union_all(inside) if len(inside) else shapely.Polygon()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The times of the table, the chosen one among them."""
        return tuple(sorted({*HOURS, self.look.clock}))

    @cached_property
    def rows(self) -> list[Row]:
        """Which share of each place lies in shade at the times of the table."""
        shades = [self.at(clock) for clock in self.columns]
        return [
            Row(kind, name, tuple(shade and shade.share_of(place) for shade in shades))
            for kind, name, place in self._places()
        ]

    def _places(self) -> list[tuple[str, str, BaseGeometry]]:
        look = self.look
        square = shapely.box(*look.bounds)
        ids = [each.id for each in look.chosen_cases]
        places = [("view", gettext("planning.twin.view"), square)]
        places += [("plan", each.name, each.geometry) for each in look.plans]
        places += [("street", each.name, each.geometry) for each in self.streets[:MOST_STREETS]]
        places += [
            ("wish", gettext("planning.twin.too_hot", place=each.words), each.place)
            for each in twin_scene.hot_spots(ids, look.bounds)
        ]
        outdoors = ((kind, name, self._outdoors(place)) for kind, name, place in places)
        return [each for each in outdoors if not each[2].is_empty]

    def _outdoors(self, place: BaseGeometry) -> BaseGeometry:
        """The part of a place in the square that is not built on; of points what is around them."""
        if shapely.get_dimensions(place) == 0:
            place = place.buffer(AROUND_A_POINT)
        return shapely.clip_by_rect(place, *self.look.bounds).difference(self._built)

    @cached_property
    def streets(self) -> list[Street]:
        """The named streets in the square, the longest first."""
        return twin_scene.streets_within(self.look.bounds)

    @cached_property
    def gain(self) -> tuple[Plan, float, float] | None:
        """The plan with assumed trees and its share in shade without and with them."""
        if self.planted is None or self.look.planted is None:
            return None
        place = self._outdoors(self.look.planted.geometry)
        clock = self.look.clock
        before, after = self.at(clock, planted=False), self.at(clock)
        if before is None or after is None or place.is_empty:
            return None
        return self.look.planted, before.share_of(place) or 0.0, after.share_of(place) or 0.0

    @property
    def counts(self) -> dict[str, int]:
        """How many buildings and trees stand in the square, and of how many no height is known."""
        objects = self.objects
        here, trees_here = objects.inside, objects.trees_inside
        return {
            "buildings": int(here.sum()),
            "flat": int((here & ~objects.known).sum()),
            "trees": int(trees_here.sum()),
            "low": int((trees_here & ~objects.trees.known).sum()),
            "planted": 0 if self.planted is None else len(self.planted.positions),
        }


def direction_of(sun: Sun) -> str:
    """The point of the compass where the sun stands."""
    return DIRECTIONS[round(sun.azimuth / 45) % 8]


@lru_cache(maxsize=32)
def _of_objects(objects: Objects, sun: Sun) -> NDArray[Any]:
    known = objects.known
    return np.concatenate(
        [
            building_shadows(objects.footprints[known], objects.height_m[known], sun, REACH),
            _of_trees(objects.trees, sun),
        ]
    )


def _of_trees(trees: Trees, sun: Sun) -> NDArray[Any]:
    known = trees.known
    return tree_shadows(
        *(trees.positions[known], trees.radius_m[known]),
        *(trees.base_m[known], trees.height_m[known]),
        sun,
        REACH,
    )


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Only what has a surface."""
    parts = [each for each in shapely.get_parts(geometry) if each.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)
