"""One block in Delft: topography (BGT) and heights (AHN3), against sums that are made otherwise."""

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.features import rasterize, shapes

from gis.green import merged
from gis.three_thirty import (
    NL_COBRA_2023,
    UK_2026,
    ThreeThirty,
    canopy_around,
    canopy_share,
    three_thirty_figures,
    trees_nearby,
)
from gis.trees import canopy_polygons, trees_from_heights

pytestmark = pytest.mark.real_data

VEGETATED, BARE, ROAD, WATER, BUILDING = 1, 2, 3, 4, 5
CANOPY_FROM = 3.0


@dataclass(frozen=True)
class Block:
    folder: Path
    surface: np.ndarray
    heights: np.ndarray
    transform: rasterio.Affine

    def polygons(self, name: str) -> np.ndarray:
        return np.asarray(gpd.read_file(self.folder / f"bgt_{name}.sqlite").geometry)

    @property
    def corner(self) -> tuple[float, float]:
        return self.transform.c, self.transform.f


@pytest.fixture(scope="module")
def block() -> Block:
    """Height of what is no building or water, NaN outside the block that was surveyed."""
    data = os.environ.get("BALANSKAART_REAL_DATA")
    if not data:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    folder = Path(data) / "delft_bgt_ahn3"
    with rasterio.open(folder / "delft_surface_1m.tif") as source:
        surface, transform = source.read(1), source.transform
    with rasterio.open(folder / "delft_ndsm_1m.tif") as source:
        heights = source.read(1, masked=True).filled(np.nan)
    heights[np.isin(surface, [WATER, BUILDING])] = 0
    heights[surface == 0] = np.nan
    return Block(folder, surface, heights, transform)


@pytest.fixture(scope="module")
def buildings(block: Block) -> np.ndarray:
    return block.polygons("pand")


def test_green_share(block: Block, buildings: np.ndarray) -> None:
    zone = shapely.box(*shapely.total_bounds(buildings))
    kinds = ("begroeidterreindeel", "onbegroeidterreindeel", "wegdeel", "pand", "waterdeel")
    ground = {name: block.polygons(name) for name in kinds}
    known = merged(np.concatenate(list(ground.values())))
    [share], [gaps] = canopy_share(
        np.array([zone]), merged(ground["begroeidterreindeel"]), known=known
    )
    clipped = {name: gpd.GeoSeries(each).clip(zone).area.sum() for name, each in ground.items()}
    # The published polygons overlap by some square metres, so a plain sum is a hair too large.
    expected = clipped["begroeidterreindeel"] / sum(clipped.values())
    assert share == pytest.approx(expected, abs=5e-4)
    assert gaps == pytest.approx(1 - sum(clipped.values()) / zone.area, abs=5e-3)
    window = rasterio.windows.from_bounds(*zone.bounds, block.transform).round()
    cells = block.surface[window.toslices()]
    assert share == pytest.approx((cells == VEGETATED).sum() / (cells > 0).sum(), abs=2e-3)
    assert 0.05 < share < 0.2


def test_height_proxy(block: Block) -> None:
    """Canopy as polygons is as large as what rasterio makes of the same cells, part by part."""
    polygons = canopy_polygons(block.heights, block.corner, 1.0, CANOPY_FROM)
    canopy = np.nan_to_num(block.heights) >= CANOPY_FROM
    other = [
        shapely.geometry.shape(geometry)
        for geometry, value in shapes(canopy.astype(np.uint8), transform=block.transform)
        if value
    ]
    assert sorted(shapely.area(polygons).tolist()) == sorted(each.area for each in other)
    assert shapely.union_all(polygons).symmetric_difference(shapely.union_all(other)).area == 0


def tops_by_hand(heights: np.ndarray, spacing: float) -> list[tuple[float, float]]:
    """Centres (row, column) of the tops, cell by cell."""
    canopy = (np.nan_to_num(heights) >= CANOPY_FROM).astype(np.uint8)
    groups = np.zeros(canopy.shape, dtype=int)
    found = (geometry for geometry, value in shapes(canopy, connectivity=8) if value)
    for number, geometry in enumerate(found, start=1):
        groups[rasterize([geometry], canopy.shape) == 1] = number
    cells = list(zip(*np.nonzero(groups), strict=True))
    reach = int(spacing)
    steps = [
        (down, right)
        for down in range(-reach, reach + 1)
        for right in range(-reach, reach + 1)
        if math.hypot(down, right) <= spacing
    ]
    padded, group = np.pad(heights, reach), np.pad(groups, reach)
    tops = np.zeros(canopy.shape, dtype=np.uint8)
    for row, column in cells:
        around = (
            padded[row + reach + down, column + reach + right]
            for down, right in steps
            if group[row + reach + down, column + reach + right] == groups[row, column]
        )
        tops[row, column] = heights[row, column] >= max(around)
    flat = (geometry for geometry, value in shapes(tops, connectivity=8) if value)
    tied = (np.argwhere(rasterize([each], canopy.shape) == 1) for each in flat)
    return [tuple(cells_of_top.mean(axis=0).tolist()) for cells_of_top in tied]


def test_trees_nearby(block: Block, buildings: np.ndarray) -> None:
    trees = trees_from_heights(block.heights, block.corner, 1.0, CANOPY_FROM)
    tops = tops_by_hand(block.heights, 4.0)
    assert len(trees) == len(tops)
    canopy = np.argwhere(np.nan_to_num(block.heights) >= CANOPY_FROM)
    assert trees.crown_area_m2.sum() == len(canopy)
    for preset in (NL_COBRA_2023, replace(UK_2026, tree_buffer=50.0)):
        found = trees_nearby(buildings, trees, preset)
        large = trees.crown_area_m2 >= preset.tree_min_area + (0 if preset.limits_count else 1e-9)
        high = trees.height_m > (preset.tree_min_height or 0)
        chosen = gpd.GeoDataFrame(
            geometry=gpd.points_from_xy(*trees.positions[large & high].T), crs="EPSG:28992"
        )
        around = gpd.GeoDataFrame(
            geometry=gpd.GeoSeries(buildings, crs="EPSG:28992").buffer(preset.tree_buffer, 256)
        )
        joined = around.sjoin(chosen, predicate="contains").groupby(level=0).size()
        assert found.tolist() == joined.reindex(range(len(buildings)), fill_value=0).tolist()
        assert found.max() >= 3


@pytest.mark.parametrize("radius", [25.0, 50.0])
def test_canopy_around_buildings(block: Block, buildings: np.ndarray, radius: float) -> None:
    """Against cells of 20 cm that are inside or outside by their centre."""
    some = buildings[::16]
    canopy = canopy_polygons(block.heights, block.corner, 1.0, CANOPY_FROM)
    known = canopy_polygons(block.heights, block.corner, 1.0, 0.0)
    shares, gaps = canopy_around(some, canopy, radius, known)
    fine = rasterio.Affine(0.2, 0, block.corner[0], 0, -0.2, block.corner[1])
    heights = block.heights.repeat(5, 0).repeat(5, 1)
    for building, share, gap in zip(some, shares, gaps, strict=True):
        around = building.buffer(radius, 64)
        inside = rasterize([around], heights.shape, transform=fine).astype(bool)
        cells = heights[inside]
        seen = cells[~np.isnan(cells)]
        assert share == pytest.approx((seen >= CANOPY_FROM).mean(), abs=1e-3)
        assert gap == pytest.approx(1 - len(seen) * 0.04 / around.area, abs=2e-3)


def test_the_figures_of_the_block(block: Block, buildings: np.ndarray) -> None:
    preset = replace(UK_2026, tree_buffer=50.0, canopy_unit="building")
    trees = trees_from_heights(block.heights, block.corner, 1.0, CANOPY_FROM)
    canopy = canopy_polygons(block.heights, block.corner, 1.0, CANOPY_FROM, 60.0)
    known = canopy_polygons(block.heights, block.corner, 1.0, 0.0)
    nearby = trees_nearby(buildings, trees, preset).astype(float)
    share, _ = canopy_around(buildings, canopy, preset.canopy_buffer, known)
    no_parks = np.full(len(buildings), np.nan)
    three, thirty, park, every = three_thirty_figures(ThreeThirty(preset, nearby, share, no_parks))
    assert three.value == np.mean(nearby >= 3)
    assert thirty.value == np.mean(share >= 0.3)
    assert (park.value, every.value, every.no_data_share) == (None, None, 1)
    print(f"{len(trees)} trees; {three.value:.3f} with three nearby; canopy {share.mean():.3f}")
