"""GREEN-1, GREEN-2, GREEN-75 and ACCESS-1 of every area."""

import numpy as np
import shapely

from gis.access import Access, DistanceMode, access_1, spread_residents
from gis.coverage import statistics_once
from gis.figure import Figure
from gis.green import (
    green_1,
    green_2,
    green_75_area,
    green_75_pbl,
    green_75_share,
    green_around_dwellings,
)
from webapp.figures.compute_heat import Figures, in_each_area
from webapp.figures.compute_world import World, known_ground

VEGETATION = ("tree_cover", "shrub_cover", "low_green_cover")
QUALIFYING = "parks"
"""Which classes of green count: those of the layer of parks."""


class GridsDifferError(Exception):
    """Rasters that must be added up lie on different grids."""


def trees(world: World) -> Figures:
    """GREEN-1 of each area."""
    raster = world.raster("tree_cover")
    found = world.coverage(raster.grid).statistics(raster.values)
    valid = known_ground(found)
    rows = zip(found.mean.tolist(), valid.tolist(), found.area_m2.tolist(), strict=True)
    return {"green-1": [green_1(*row) for row in rows]}


def all_green(world: World) -> Figures:
    """GREEN-2 of each area, over the cells where trees, shrubs and low green are all known.

    Raises `GridsDifferError` and `TooLargeError`.
    """
    grids = {world.raster(layer).grid for layer in VEGETATION}
    if len(grids) > 1:
        raise GridsDifferError
    grid = grids.pop()
    cells = [world.cells(layer)[0] for layer in VEGETATION]
    unknown = np.isnan(cells).any(axis=0)
    part = grid.part(grid.window(world.around.bounds))
    shapes = list(world.shapes)
    found = [
        statistics_once(np.where(unknown, np.float32(np.nan), each), shapes, part) for each in cells
    ]
    valid = known_ground(found[0])
    means = np.stack([each.mean for each in found], axis=1)
    rows = zip(means.tolist(), valid.tolist(), found[0].area_m2.tolist(), strict=True)
    return {"green-2": [green_2(tuple(each), known, whole) for each, known, whole in rows]}


def per_dwelling(world: World) -> Figures:
    """GREEN-75 of each area in both readings, and the share of dwellings with 75 m² or more."""
    around = green_around_dwellings(shapely.get_coordinates(world.dwellings), world.parks)
    masks = in_each_area(world)
    shapes = [zone.geometry for zone in world.zones]
    return {
        "green-75-pbl": [green_75_pbl(around, mask) for mask in masks],
        "green-75-share": [green_75_share(around, mask) for mask in masks],
        "green-75-nm": [
            green_75_area(shape, world.parks, int(mask.sum()))
            for shape, mask in zip(shapes, masks, strict=True)
        ],
    }


def access_straight(world: World) -> Figures:
    """ACCESS-1 by the straight line to the boundary of green."""
    return _access(world, "straight")


def access_network(world: World) -> Figures:
    """ACCESS-1 along paths to where they enter or pass green."""
    return _access(world, "network")


def _access(world: World, mode: DistanceMode) -> Figures:
    target = "boundary" if mode == "straight" else "entrance"
    definition = Access(mode=mode, target=target, qualifying=QUALIFYING)
    green = world.qualifying(definition.min_area_m2)
    metres = world.distances(world.dwellings, green, mode)
    residents = spread_residents(world.area_of_dwelling, world.population).residents
    residents_figures: list[Figure] = []
    dwellings_figures: list[Figure] = []
    for mask in in_each_area(world):
        of_residents, of_dwellings = access_1(
            metres[mask], definition, residents[mask], residents_are_spread=True
        )
        residents_figures.append(of_residents)
        dwellings_figures.append(of_dwellings)
    return {
        f"access-1-{mode}-residents": residents_figures,
        f"access-1-{mode}-dwellings": dwellings_figures,
    }
