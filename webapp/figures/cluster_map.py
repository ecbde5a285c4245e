"""The small map of clusters: a drawing in RD (EPSG:28992, metres) that the server makes.

It shows the outlines of areas, water and parks around the clusters, and each cluster with its
number in the list beside it, which has the same content in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import func, select

from webapp.areas.models import Area, BaseFeature
from webapp.extensions import db
from webapp.figures.clusters import NamedCluster
from webapp.geodata import stored

MARGIN_M = 250.0
SIMPLER = 400.0
"""Outlines are made simpler by this part of the longest side of the map."""
DRAWN = ("water", "sea", "park", "wood", "street", "lane", "road", "motorway", "rail")
MOST_SHAPES = 400


@dataclass(frozen=True)
class Spot:
    """A cluster on the map: where, how wide, and its number in the list."""

    number: int
    x: float
    y: float
    radius: float
    label_size: float
    is_whole_area: bool


@dataclass(frozen=True)
class ClusterMap:
    """A drawing: its box, paths with their class, the spots, and a bar of so many metres."""

    view_box: str
    paths: tuple[tuple[str, str], ...]
    spots: tuple[Spot, ...]
    bar_m: int
    bar: tuple[float, float, float]


def cluster_map(found: Sequence[NamedCluster]) -> ClusterMap | None:
    """The drawing of some clusters, None without any."""
    if not found:
        return None
    hulls = shapely.union_all([each.hull for each in found] + [each.centre for each in found])
    west, south, east, north = shapely.buffer(hulls, MARGIN_M).bounds
    side = max(east - west, north - south)
    tall = max(north - south, side / 2)
    south, north = (south + north - tall) / 2, (south + north + tall) / 2
    spots = tuple(_spot(number, each, side) for number, each in enumerate(found, 1))
    bar_m = next(each for each in (5000, 2000, 1000, 500, 200, 100, 50) if each < side / 3)
    box = shapely.box(west, south, east, north)
    return ClusterMap(
        f"{west:.0f} {-north:.0f} {east - west:.0f} {north - south:.0f}",
        (*_ground(box, side), *_areas(box, side)),
        spots,
        bar_m,
        (round(west + side * 0.03), round(-south - side * 0.03), round(west + side * 0.03 + bar_m)),
    )


def _spot(number: int, cluster: NamedCluster, side: float) -> Spot:
    reach = shapely.hausdorff_distance(cluster.centre, cluster.hull)
    radius = max(side * 0.03, min(reach, side * 0.15))
    centre = cluster.centre
    whole = cluster.is_whole_area
    return Spot(
        number, round(centre.x), round(-centre.y), round(radius), round(side * 0.035), whole
    )


def _ground(box: Any, side: float) -> list[tuple[str, str]]:
    envelope = stored(box)
    geom = BaseFeature.geom
    cut = func.ST_Intersection(func.ST_MakeValid(func.ST_Simplify(geom, side / SIMPLER)), envelope)
    shown = (
        select(BaseFeature.id, BaseFeature.kind, func.ST_AsSVG(cut, 0, 0).label("path"))
        .where(BaseFeature.kind.in_(DRAWN), geom.op("&&")(envelope))
        .order_by(func.ST_Area(geom).desc(), BaseFeature.id)
        .limit(MOST_SHAPES)
    )
    looks = {"water": "water", "sea": "water", "park": "park", "wood": "park"}
    rows = db.session.execute(shown)
    return [(looks.get(row.kind, "street"), row.path) for row in rows if row.path]


def _areas(box: Any, side: float) -> list[tuple[str, str]]:
    envelope = stored(box)
    newest = select(func.max(Area.year)).where(Area.geom.is_not(None)).scalar_subquery()
    line = func.ST_Intersection(
        func.ST_Boundary(func.ST_SimplifyPreserveTopology(Area.geom, side / SIMPLER)), envelope
    )
    rows = db.session.execute(
        select(func.ST_AsSVG(line, 0, 0).label("path"))
        .where(
            Area.level.in_(("neighbourhood", "district")),
            Area.year == newest,
            Area.geom.op("&&")(envelope),
        )
        .order_by(Area.id)
        .limit(MOST_SHAPES)
    )
    return [("outline", row.path) for row in rows if row.path]
