"""3-30-300 of every area, in the presets of the Netherlands (Cobra) and the United Kingdom.

A building counts when a dwelling lies in it or within half a metre of it, and counts once.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from gis.coverage import statistics_once
from gis.figure import Figure
from gis.three_thirty import (
    ARC_CORNERS,
    NL_COBRA_2023,
    UK_2026,
    Preset,
    ThreeThirty,
    canopy_of_area,
    three_thirty_figures,
    trees_nearby,
)
from gis.trees import Trees, trees_from_points
from layers.sources.records import find_column, number
from webapp.figures.compute_heat import Figures
from webapp.figures.compute_world import Floats, Shapes, World, known_ground

CROWN_COLUMNS = ("kroondiameter", "kroondiameter_m", "kroon_diameter", "crown_diameter")
"""Columns that may hold the diameter of a crown in metres; names from memory, unverified."""
HOME_REACH_M = 0.5
PARTS = ("trees", "canopy", "park", "all")


def homes(world: World) -> tuple[Shapes, np.ndarray]:
    """The buildings with a dwelling, and the index of the area of each."""
    buildings = world.shapes_of("bag_buildings")
    found = STRtree(buildings).query(world.dwellings, predicate="dwithin", distance=HOME_REACH_M)
    chosen = buildings[np.unique(found[1])]
    return chosen, world.area_of(shapely.point_on_surface(chosen))


def _trees(world: World) -> tuple[Trees, bool]:
    """Trees with a crown that is known, and whether there are others."""
    rows = world.features("trees", "boom")
    points = shapely.get_coordinates(
        shapely.centroid(shapely.from_wkb([bytes(row.geom) for row in rows]))
    )
    diameter = np.array([_crown(row.properties) for row in rows], dtype=np.float64)
    height = np.array([np.nan if row.value is None else row.value for row in rows], np.float64)
    known = np.isfinite(diameter) & (diameter > 0)
    area = np.pi * diameter[known] ** 2 / 4
    trees = trees_from_points(points.reshape(-1, 2)[known], area, height[known])
    return trees, bool(len(known) > known.sum())


def _crown(properties: dict[str, object]) -> float:
    column = find_column(properties, CROWN_COLUMNS)
    found = None if column is None else number(properties[column])
    return np.nan if found is None else found


def _count_trees(world: World, buildings: Shapes, preset: Preset) -> tuple[Floats, bool]:
    """Trees near each building; NaN for all where no tree has a crown that is known."""
    trees, others = _trees(world)
    if len(trees) == 0 and others:
        return np.full(len(buildings), np.nan), True
    return trees_nearby(buildings, trees, preset).astype(np.float64), others


def _canopy(world: World, buildings: Shapes, preset: Preset) -> Floats:
    """The tree cover (0–1) around each building, in cells that are weighted exactly."""
    raster = world.raster("tree_cover")
    around = shapely.buffer(buildings, preset.canopy_buffer, quad_segs=ARC_CORNERS)
    return statistics_once(raster.values, list(around), raster.grid).mean / 100


def _park(world: World, buildings: Shapes, preset: Preset) -> Floats:
    places = buildings
    if preset.distance_mode == "network":
        places = shapely.point_on_surface(buildings)
    return world.distances(places, world.qualifying(preset.park_min_area), preset.distance_mode)


def _measured(world: World, measure: Any, buildings: Shapes, preset: Preset) -> Any:
    key = (measure.__name__, preset.name)
    return world.once(key, lambda: measure(world, buildings, preset))


def _figures(
    world: World, key: str, preset: Preset, wanted: tuple[str, ...], part: str
) -> dict[str, list[Figure]]:
    """One of the four figures of each area, from the parts that are `wanted`."""
    buildings, area = world.once("homes", lambda: homes(world))
    unknown = np.full(len(buildings), np.nan)
    trees, unknown_crowns = unknown, False
    if "trees" in wanted:
        trees, unknown_crowns = _measured(world, _count_trees, buildings, preset)
    canopy = _measured(world, _canopy, buildings, preset) if "canopy" in wanted else unknown
    park = _measured(world, _park, buildings, preset) if "park" in wanted else unknown
    made = []
    for place in range(len(world.zones)):
        here = area == place
        of_area = ThreeThirty(preset, trees[here], canopy[here], park[here])
        found = three_thirty_figures(of_area)[PARTS.index(part)]
        if "canopy" in wanted:
            found = replace(found, notes=(*found.notes, "canopy_from_tree_map"))
        if unknown_crowns:
            found = replace(found, notes=(*found.notes, "crowns_of_some_trees_unknown"))
        made.append(found)
    return {key: made}


def nl_trees(world: World) -> Figures:
    """The 3 of the Dutch preset."""
    return _figures(world, "330-nl-trees", NL_COBRA_2023, ("trees",), "trees")


def nl_canopy(world: World) -> Figures:
    """The 30 of the Dutch preset."""
    return _figures(world, "330-nl-canopy", NL_COBRA_2023, ("canopy",), "canopy")


def nl_park(world: World) -> Figures:
    """The 300 of the Dutch preset."""
    return _figures(world, "330-nl-park", NL_COBRA_2023, ("park",), "park")


def nl_all(world: World) -> Figures:
    """All three of the Dutch preset."""
    return _figures(world, "330-nl-all", NL_COBRA_2023, ("trees", "canopy", "park"), "all")


def uk_trees(world: World) -> Figures:
    """The 3 of the British preset."""
    return _figures(world, "330-uk-trees", UK_2026, ("trees",), "trees")


def uk_park(world: World) -> Figures:
    """The 300 of the British preset."""
    return _figures(world, "330-uk-park", UK_2026, ("park",), "park")


def uk_canopy(world: World) -> Figures:
    """The 30 of the British preset: canopy over the whole area."""
    raster = world.raster("tree_cover")
    found = world.coverage(raster.grid).statistics(raster.values)
    valid = known_ground(found)
    canopy = np.nan_to_num(found.mean) / 100 * valid
    rows = zip(canopy.tolist(), valid.tolist(), found.area_m2.tolist(), strict=True)
    made = [canopy_of_area(*row, UK_2026) for row in rows]
    return {
        "330-uk-canopy": [
            replace(each, notes=(*each.notes, "canopy_from_tree_map")) for each in made
        ]
    }
