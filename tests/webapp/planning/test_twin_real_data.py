"""A real block in Delft in the 3-D view: footprints of the BGT, heights of AHN3, shade by hand."""

import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.features import rasterize

from gis.crs import RD, to_lonlat, to_rd
from gis.grid import Grid
from gis.heights import QUANTILE, building_heights
from gis.sun import sun_over
from tests import factories
from webapp.map_layers.actions import Options, import_file

pytestmark = pytest.mark.real_data

CELL = 0.25
WHEN, QUERY = datetime(2026, 6, 21, 16, 0, tzinfo=UTC), "date=2026-06-21&time=18:00"


@pytest.fixture(scope="module")
def folder() -> Path:
    data = os.environ.get("BALANSKAART_REAL_DATA")
    if not data:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    return Path(data) / "delft_bgt_ahn3"


@pytest.fixture(scope="module")
def buildings(folder):
    """The footprints with their height, as a table, and the raster they come from."""
    table = gpd.read_file(folder / "bgt_pand.sqlite")
    with rasterio.open(folder / "delft_ndsm_1m.tif") as source:
        values = source.read(1, masked=True).astype(float).filled(np.nan)
        transform = source.transform
    grid = Grid(transform.c, transform.f, transform.a, *reversed(values.shape))
    footprints = np.asarray(table.geometry)
    found = building_heights(footprints, values, grid)
    return footprints, found, values, transform


def test_heights_agree_with_the_cells_whose_middle_lies_within(buildings):
    footprints, found, values, transform = buildings
    known = np.isfinite(found.height_m)
    assert known.sum() >= 150
    off = []
    for shape, height in zip(footprints[known], found.height_m[known], strict=True):
        inside = rasterize([shape], values.shape, transform=transform).astype(bool)
        cells = values[inside & np.isfinite(values)]
        if len(cells) >= 20:
            off.append(abs(height - np.quantile(cells, QUANTILE, method="inverted_cdf")))
    assert len(off) > 100
    # Cells along an edge count by their part here and whole or not at all there.
    assert np.median(off) < 0.1
    assert np.quantile(off, 0.9) < 1.0
    assert 4 < np.median(found.height_m[known]) < 15
    assert np.nanmax(found.height_m) < 60


def test_the_view_shows_the_block_with_its_shade(
    app, pages, buildings, folder, tmp_path, monkeypatch
):
    monkeypatch.setitem(app.config, "LAYER_STORE", str(tmp_path))
    footprints, found, _, _ = buildings
    rows = [
        {"type": "Feature", "properties": {"identificatie": str(number), "hoogte": None if math.isnan(height) else height}, "geometry": shapely.geometry.mapping(shape)}
        for number, (shape, height) in enumerate(zip(footprints, found.height_m, strict=True))
    ]  # fmt: skip
    path = tmp_path / "delft.geojson"
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{RD}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}))
    edition = import_file("bag_buildings", path, Options(edition="2016", publisher="BGT, AHN3"))
    assert edition.rows_loaded == len(footprints)

    middle = shapely.box(*shapely.total_bounds(footprints)).centroid
    place = to_lonlat(middle)
    at = f"{place.x:.7f},{place.y:.7f}"
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    page = pages.get(f"/nl/planning/3d?at={at}&{QUERY}")
    flat = int(np.isnan(found.height_m).sum())
    assert f"{len(footprints)} gebouwen" in page.text
    assert f"Hoogte niet bekend: {flat} gebouwen" in page.text
    assert edition.title("nl") in page.text
    scene = json.loads(pages.client.get(f"/tiles/twin/scene.json?at={at}").text)
    heights = [each["properties"]["height"] for each in scene["buildings"]["features"]]
    assert sum(each is not None for each in heights) == len(footprints) - flat

    told = json.loads(pages.client.get(f"/tiles/twin/shade.json?at={at}&{QUERY}").text)
    [shade] = [to_rd(shapely.geometry.shape(each["geometry"])) for each in told["shadows"]["features"]]  # fmt: skip
    expected = shaded_cells(footprints, found.height_m, sun_over(middle, WHEN))
    assert shade.area == pytest.approx(expected, rel=0.01)
    assert expected > 5000


def shaded_cells(footprints, heights, sun) -> float:
    """The area in shade and not built on (m²), by another way: cells, and footprints pushed away
    from the sun in small steps until the length of their shadow."""
    west, south, east, north = shapely.total_bounds(footprints)
    reach = 120.0
    shape = (round((north - south + 2 * reach) / CELL), round((east - west + 2 * reach) / CELL))
    transform = Affine(CELL, 0, west - reach, 0, -CELL, north + reach)
    built = rasterize(list(footprints), shape, transform=transform).astype(bool)
    shaded = np.zeros(shape, bool)
    away = math.radians(sun.rd_azimuth + 180)
    known = np.isfinite(heights)
    lengths = np.nan_to_num(heights) / math.tan(math.radians(sun.elevation))
    for step in np.arange(0, lengths[known].max() + 0.5, 0.5):
        # Each footprint is moved by this step, or by its whole length when it is shorter.
        moves = np.minimum(step, lengths)
        moved = [
            shapely.affinity.translate(each, move * math.sin(away), move * math.cos(away))
            for each, move in zip(footprints[known], moves[known], strict=True)
        ]
        shaded |= rasterize(moved, shape, transform=transform).astype(bool)
    return float((shaded & ~built).sum()) * CELL**2
