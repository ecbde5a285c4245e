"""HEAT-1, HEAT-2 and COOL-1 of every area."""

from dataclasses import replace

import numpy as np
import shapely

from gis.coolness import HVA_2021, Coolness, cool_1, cool_places
from gis.coverage import ZoneStatistics, statistics_once
from gis.figure import Figure
from gis.heat import STRONG_STARTS, Variant, heat_1, heat_2, heat_zones
from webapp.figures.compute_world import Floats, Shapes, World, known_ground
from webapp.figures.kinds import NETWORK

Figures = dict[str, list[Figure]]

ROADS = "weg"
"""The class of `bgt_cover` that is road."""


def heat(world: World) -> Figures:
    """HEAT-1 and HEAT-2 over all the ground of each area."""
    raster = world.raster("pet")
    found = world.coverage(raster.grid).statistics(raster.values, (STRONG_STARTS,))
    pairs = _pairs(found, "all_land")
    return {"heat-1": [pair[0] for pair in pairs], "heat-2": [pair[1] for pair in pairs]}


def heat_near_dwellings(world: World) -> Figures:
    """HEAT-1 over the ground within 50 m of a dwelling."""
    raster = world.raster("pet")
    zones = list(heat_zones(list(world.shapes), "around_dwellings", dwellings=world.dwellings))
    found = statistics_once(raster.values, zones, raster.grid, (STRONG_STARTS,))
    return {"heat-1-dwellings": [pair[0] for pair in _pairs(found, "around_dwellings")]}


def _pairs(found: ZoneStatistics, variant: Variant) -> list[tuple[Figure, Figure]]:
    rows = zip(
        found.share_at_least[STRONG_STARTS].tolist(),
        found.mean.tolist(),
        known_ground(found).tolist(),
        found.area_m2.tolist(),
        strict=True,
    )
    return [
        (heat_1(share, known, whole, variant), heat_2(mean, known, whole, variant))
        for share, mean, known, whole in rows
    ]


def cool_ground(world: World) -> tuple[Shapes, Coolness, tuple[str, ...]]:
    """The cool places in and around the areas, what they were made with, and notes.

    Where no road surface is loaded the margin to roads can't be kept, and the parameters say so.
    """
    pet, origin, cell = world.cells("pet")
    definition, notes, roads = HVA_2021, (), None
    if world.edition("bgt_cover") is None:
        definition, notes = replace(HVA_2021, road_margin_m=0.0), ("roads_not_known",)
    else:
        roads = shapely.union_all(world.shapes_of("bgt_cover", ROADS))
    mode = "network" if has_network(world) else "straight"
    definition = replace(definition, mode=mode)
    return cool_places(pet, origin, cell, definition, roads=roads), definition, notes


def has_network(world: World) -> bool:
    """Whether there is a walking network."""
    try:
        world.input(NETWORK)
    except KeyError:
        return False
    return True


def coolness(world: World) -> Figures:
    """COOL-1 along paths, or straight where there is no walking network."""
    places, definition, notes = cool_ground(world)
    metres = world.distances(world.dwellings, places, definition.mode)
    return {"cool-1": [_cool(metres[at], definition, notes) for at in in_each_area(world)]}


def _cool(metres: Floats, definition: Coolness, notes: tuple[str, ...]) -> Figure:
    found = cool_1(metres, definition)
    return replace(found, notes=(*found.notes, *notes))


def in_each_area(world: World) -> list[np.ndarray]:
    """Which dwellings lie in each area, as masks."""
    return [world.area_of_dwelling == place for place in range(len(world.zones))]
