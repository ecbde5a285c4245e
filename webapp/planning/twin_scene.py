"""What stands in the 3-D view: buildings and trees with their heights, streets, plans and wishes.

Only what everyone may know is read: the view is made to be shown to a room. All geometry is RD.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from gis.crs import RD, Bounds
from webapp.areas.models import BaseFeature
from webapp.deals.models import text_in
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.interventions.models import PHASE_TYPES, Intervention
from webapp.languages import current_language
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.wishes.publication import published_wishes

HALF = 350.0
"""Half the side of the square that is computed, metres."""
REACH = 250.0
"""How far around the square buildings and trees still count; longer shadows are cut off."""
MOST_BUILDINGS, MOST_TREES = 4000, 4000
MOST_PLANS, MOST_WISHES, MOST_STREETS = 30, 10, 60

RADIUS_TO_HEIGHT, LEAST_RADIUS, LARGEST_RADIUS = 0.3, 1.0, 8.0
BASE_TO_HEIGHT = 0.25
"""Assumptions, shown as such: a crown is as wide as 0.6 of the height of its tree where no width is
known, and begins at a quarter of that height."""
LARGEST_WIDTH = 40.0
CROWN_WIDTHS = ("kroondiameter", "kroondiameter_m")
"""Columns that hold the width of a crown in metres; the names are from memory."""
SPACING = 10.0
MOST_PLANTED = 200

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees: positions (n, 2), heights (NaN unknown) and radii of crowns, in metres."""

    positions: Floats
    height_m: Floats
    radius_m: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which of them have a height."""
        return np.isfinite(self.height_m)

    @property
    def base_m(self) -> Floats:
        """Where each crown begins."""
        return self.height_m * BASE_TO_HEIGHT


@dataclass(frozen=True, eq=False)
class Objects:
    """Buildings (heights NaN where unknown) and trees in and around the square.

    `is_capped` says that there are more than are taken; `inside` and `trees_inside` which of them
    stand in the square itself.
    """

    footprints: NDArray[Any]
    height_m: Floats
    trees: Trees
    inside: NDArray[np.bool_]
    trees_inside: NDArray[np.bool_]
    is_capped: bool

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which buildings have a height."""
        return np.isfinite(self.height_m)


@dataclass(frozen=True)
class Plan:
    """A published intervention."""

    id: int
    name: str
    phase: str
    is_demo: bool
    geometry: BaseGeometry

    @property
    def phase_type(self) -> str:
        return PHASE_TYPES[self.phase]


@dataclass(frozen=True)
class Street:
    """The part of a named street within the square."""

    name: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class HotSpot:
    """A published wish "too hot" whose exact place everyone may know."""

    id: int
    words: str
    place: BaseGeometry


def objects_around(
    middle: Point, buildings: LayerEdition | None, trees: LayerEdition | None
) -> Objects:
    """What stands in and around the square around a place. An edition never changes: kept."""
    ids = (buildings and buildings.id, trees and trees.id)
    return _objects(str(db.engine.url), middle.x, middle.y, *ids)


@lru_cache(maxsize=8)
def _objects(
    _database: str, x: float, y: float, buildings: int | None, trees: int | None
) -> Objects:
    square = shapely.box(x - HALF, y - HALF, x + HALF, y + HALF)
    houses = _nearest(buildings, x, y, MOST_BUILDINGS)
    shapes = np.array([shape(each.geom) for each in houses], dtype=object)
    solid = shapely.area(shapes) > 0 if len(shapes) else np.zeros(0, bool)
    heights = np.array([math.nan if each.value is None else each.value for each in houses])
    crowns = _nearest(trees, x, y, MOST_TREES)
    stems = [shape(each.geom).centroid for each in crowns]
    found = Trees(
        shapely.get_coordinates(stems).reshape(-1, 2),
        np.array([math.nan if each.value is None else each.value for each in crowns]),
        np.array([_radius(each) for each in crowns]),
    )
    return Objects(
        shapes[solid],
        heights[solid],
        found,
        shapely.intersects(shapes[solid], square) if solid.any() else np.zeros(0, bool),
        shapely.intersects(stems, square) if stems else np.zeros(0, bool),
        len(houses) == MOST_BUILDINGS or len(crowns) == MOST_TREES,
    )


def _nearest(edition_id: int | None, x: float, y: float, most: int) -> Sequence[Any]:
    """The features of an edition within reach, the nearest first."""
    if edition_id is None:
        return []
    around = HALF + REACH
    box = func.ST_MakeEnvelope(x - around, y - around, x + around, y + around, RD)
    rows = (
        select(LayerFeature.value, LayerFeature.properties, LayerFeature.geom)
        .where(LayerFeature.edition_id == edition_id, LayerFeature.geom.op("&&")(box))
        .order_by(LayerFeature.geom.op("<->")(stored(Point(x, y))), LayerFeature.id)
        .limit(most)
    )
    return db.session.execute(rows).all()


def _radius(tree: Any) -> float:
    for column in CROWN_WIDTHS:
        width = tree.properties.get(column)
        if isinstance(width, int | float) and 0 < width <= LARGEST_WIDTH:
            return float(width) / 2
    if tree.value is None:
        return LEAST_RADIUS
    return min(max(RADIUS_TO_HEIGHT * tree.value, LEAST_RADIUS), LARGEST_RADIUS)


def plans_within(case_ids: Sequence[int], bounds: Bounds) -> list[Plan]:
    """The published interventions of these cases that touch the square, in order of name."""
    rows = db.session.scalars(
        _published(case_ids)
        .where(Intervention.geom.ST_Intersects(func.ST_MakeEnvelope(*bounds, RD)))
        .order_by(Intervention.id)
        .limit(MOST_PLANS)
    )
    language = current_language()
    plans = [
        Plan(each.id, text_in(each.title, language), each.phase, each.is_demo, shape(each.geom))
        for each in rows
        if each.geom is not None
    ]
    return sorted(plans, key=lambda each: each.name)


def first_plan(case_ids: Sequence[int], within: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """The place of the first published intervention within these shapes."""
    if not within:
        return None
    around = stored(shapely.union_all(within))
    found = db.session.scalars(
        _published(case_ids)
        .where(Intervention.geom.ST_Within(around))
        .order_by(Intervention.id)
        .limit(1)
    ).first()
    return shape(found.geom) if found is not None and found.geom is not None else None


def _published(case_ids: Sequence[int]) -> Any:
    return select(Intervention).where(
        Intervention.case_id.in_(case_ids),
        Intervention.published_at.is_not(None),
        Intervention.phase != "stopped",
    )


def streets_within(bounds: Bounds) -> list[Street]:
    """The named streets of the drawn map within the square, the longest first."""
    rows = db.session.execute(
        select(BaseFeature.name, func.ST_Union(BaseFeature.geom))
        .where(
            BaseFeature.geom.op("&&")(func.ST_MakeEnvelope(*bounds, RD)),
            BaseFeature.name.is_not(None),
            BaseFeature.attributes["drawn_as"].astext.in_(("road", "path")),
            func.ST_Dimension(BaseFeature.geom) == 1,
        )
        .group_by(BaseFeature.name)
    )
    streets = [Street(name, shapely.clip_by_rect(shape(geom), *bounds)) for name, geom in rows]
    inside = [each for each in streets if each.name and each.geometry.length > 0]
    return sorted(inside, key=lambda each: (-each.geometry.length, each.name))[:MOST_STREETS]


def hot_spots(case_ids: Sequence[int], bounds: Bounds) -> list[HotSpot]:
    """Published wishes "too hot" in the square, with the place that everyone may know."""
    seen = published_wishes().subquery("seen")
    rows = db.session.execute(
        select(seen.c.id, seen.c.place_words, seen.c.geom)
        .where(
            seen.c.case_id.in_(case_ids),
            seen.c.kind == "too_hot",
            seen.c.precision == "exact",
            seen.c.geom.op("&&")(func.ST_MakeEnvelope(*bounds, RD)),
        )
        .order_by(seen.c.id.desc())
        .limit(MOST_WISHES)
    )
    return [HotSpot(row.id, row.place_words or "", shape(row.geom)) for row in rows]


def trees_along(plan: Plan, height_m: float, footprints: NDArray[Any]) -> Trees:
    """Trees assumed on a plan: along its lines, in a grid over its areas, one at a point.

    `SPACING` metres apart, none within a building, at most `MOST_PLANTED`.
    """
    spots = [spot for part in shapely.get_parts(plan.geometry) for spot in _spots(part)]
    built = shapely.union_all(footprints) if len(footprints) else Point()
    free = [spot for spot in spots if not built.intersects(spot)][:MOST_PLANTED]
    return Trees(
        shapely.get_coordinates(free).reshape(-1, 2),
        np.full(len(free), height_m),
        np.full(len(free), min(max(RADIUS_TO_HEIGHT * height_m, LEAST_RADIUS), LARGEST_RADIUS)),
    )


def _spots(part: BaseGeometry) -> list[Point]:
    if shapely.get_dimensions(part) == 0:
        return [part]
    if shapely.get_dimensions(part) == 1:
        count = int(part.length // SPACING) + 1
        start = (part.length - (count - 1) * SPACING) / 2
        return [part.interpolate(start + number * SPACING) for number in range(count)]
    west, south, east, north = part.bounds
    if (east - west) * (north - south) > MOST_PLANTED * 100 * SPACING**2:
        return []
    xs = np.arange(west + SPACING / 2, east, SPACING)
    ys = np.arange(south + SPACING / 2, north, SPACING)
    points = shapely.points(*(each.ravel() for each in np.meshgrid(xs, ys)))
    return list(points[shapely.contains(part, points)])
