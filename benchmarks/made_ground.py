"""An invented country for benchmarks: a raster of heat and zones with winding, shared borders."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray

from gis.grid import Grid
from layers.layer import Layer, OfficialClass, same_in_all
from layers.raster import Raster, store_raster
from layers.sources.metadata import SourceMetadata

WEST, NORTH, CELL = 90_000.0, 520_000.0, 10.0
_NO_TEXT = same_in_all("")

HEAT = Layer(
    id="made_heat",
    title=_NO_TEXT,
    group="heat",
    geometry="raster",
    source=SourceMetadata("made", "Made", "Nobody", "CC0 1.0", "", "Made for a benchmark", ""),
    unit=same_in_all("°C"),
    figure=None,
    scheme="official",
    colours=("#ffffcc", "#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#bd0026"),
    definition=_NO_TEXT,
    legend_text=_NO_TEXT,
    edition_rule="newest",
    official_classes=tuple(
        OfficialClass(upper, same_in_all(str(upper))) for upper in (31, 34, 37, 40, 43, 45, 70)
    ),
    whole_numbers=True,
)


def heat(side: int) -> NDArray[np.float32]:
    """Cells of heat with noise, and a lake without values in the middle."""
    rng = np.random.default_rng(7)
    place = np.linspace(0, side / 150, side, dtype=np.float32)
    cells = (np.sin(place)[:, None] * np.cos(place * 0.7)[None, :]).astype(np.float32) * 9 + 37
    cells += rng.standard_normal((side, side), dtype=np.float32) * 2
    lake = slice(side * 9 // 20, side * 11 // 20)
    cells[lake, lake] = np.nan
    return cells


def stored_heat(side: int, folder: Path) -> Raster:
    """Store such a raster of so many cells along its side, and open it."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "heat.tif"
        transform = Affine(CELL, 0, WEST, 0, -CELL, NORTH)
        with rasterio.open(
            path, "w", driver="GTiff", count=1, width=side, height=side, dtype="float32",
            crs="EPSG:28992", transform=transform, tiled=True,
        ) as made:  # fmt: skip
            made.write(heat(side), 1)
        store_raster(path, HEAT, folder)
    return Raster.open(folder)


def zones(count: int, grid: Grid) -> list[shapely.Polygon]:
    """Divide about three quarters of a grid into zones of some 300 vertices."""
    rng = np.random.default_rng(3)
    west, south, east, north = grid.bounds
    margin = (east - west) * 0.06
    places = rng.uniform(
        (west + margin, south + margin), (east - margin, north - margin), (count, 2)
    )
    inside = shapely.box(west + margin, south + margin, east - margin, north - margin)
    drawn = shapely.voronoi_polygons(shapely.multipoints(places), extend_to=inside, ordered=True)
    cut = shapely.intersection(shapely.get_parts(drawn), inside)
    step = float(np.sqrt(inside.area / count)) * 4 / 300
    return list(shapely.transform(shapely.segmentize(cut, step), lambda xy: _wind(xy, step * 3)))


def _wind(places: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Move every place by an amount that depends on the place alone: shared borders stay shared."""
    x, y = places[:, 0] / (by * 2.5), places[:, 1] / (by * 2.5)
    moved = np.column_stack([np.sin(y) + np.sin(2.3 * y + x), np.sin(x) + np.sin(2.1 * x - y)])
    return places + moved * by * 0.3
