"""Invented map layers of the drawn quarter and its surroundings: always the same, always labelled.

Nothing here is measured. The rasters follow what is drawn: buildings and paving are hot, trees,
water and park are cool, roads are loud; smooth noise from a fixed seed makes them look like maps.
They go through the importer like any file, marked as synthetic.
"""

import json
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy.ndimage import gaussian_filter
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from gis.crs import RD
from webapp.demo.features import BaseFeature
from webapp.demo.quarter import draw_quarter
from webapp.demo.region import draw_region
from webapp.extensions import db
from webapp.map_layers.actions import AlreadyLoadedError, Options, import_file
from webapp.map_layers.models import LayerEdition

SEED = 2024
BOUNDS = (103_600.0, 483_600.0, 107_400.0, 488_800.0)
"""The neighbourhoods of the Haarlem case, EPSG:28992; outside it the layers say nothing."""
CELL = 4.0
YEAR, EARLIER = "2022", "2012"
PUBLISHER = "Balanskaart (verzonnen / invented)"
LICENCE = "CC0 1.0"

Cells = NDArray[np.float32]


def load_layers() -> int:
    """Import what is not there yet; returns how many editions are new. Each is committed."""
    rows = db.session.execute(
        select(LayerEdition.layer_id, LayerEdition.edition).where(
            LayerEdition.is_demo, LayerEdition.status == "ready"
        )
    )
    known = {(layer_id, edition) for layer_id, edition in rows}
    wanted = {key: make for key, make in _makers().items() if key not in known}
    with tempfile.TemporaryDirectory(prefix="demo-layers-") as folder:
        for (layer_id, edition), make in wanted.items():
            options = Options(
                edition=edition,
                publisher=PUBLISHER,
                licence=LICENCE,
                is_synthetic=True,
                is_demo=True,
            )
            path = Path(folder) / f"{layer_id}_{edition}_synthetic"
            try:
                import_file(layer_id, make(path), options)
            except AlreadyLoadedError:
                continue
    return len(wanted)


def _makers() -> dict[tuple[str, str], Callable[[Path], Path]]:
    return {
        ("pet", EARLIER): lambda path: _raster(path, _heat(0.55) - _warming()),
        ("pet", YEAR): lambda path: _raster(path, _heat(1.0)),
        ("tree_cover", YEAR): lambda path: _raster(path, _tree_cover()),
        ("noise_lden", YEAR): lambda path: _raster(path, _noise()),
        ("parks", YEAR): lambda path: _shapes(path, _parks()),
        ("trees", YEAR): lambda path: _shapes(path, _trees()),
        ("bag_dwellings", YEAR): lambda path: _shapes(path, _dwellings()),
        ("bag_buildings", YEAR): lambda path: _shapes(path, _buildings()),
    }


@cache
def _drawn() -> tuple[BaseFeature, ...]:
    quarter, _ = draw_quarter()
    return (*draw_region(), *quarter)


def _of(*kinds: str) -> list[BaseFeature]:
    return [feature for feature in _drawn() if feature.kind in kinds]


def _grid_shape() -> tuple[int, int]:
    west, south, east, north = BOUNDS
    return round((north - south) / CELL), round((east - west) / CELL)


def _transform() -> Affine:
    return Affine(CELL, 0, BOUNDS[0], 0, -CELL, BOUNDS[3])


def _mask(shapes: Iterable[BaseGeometry]) -> Cells:
    """1 where a shape covers the middle of a cell, 0 elsewhere."""
    box = shapely.box(*BOUNDS)
    inside = [shape for shape in shapes if shape.intersects(box)]
    if not inside:
        return np.zeros(_grid_shape(), np.float32)
    return rasterize(inside, _grid_shape(), transform=_transform(), dtype="float32")


def _smooth_noise(number: int, metres: float) -> Cells:
    """Waves of some size between about -2 and 2: the same for the same number."""
    dice = np.random.default_rng(SEED + number)
    rough = dice.standard_normal(_grid_shape(), dtype=np.float32)
    smooth = gaussian_filter(rough, metres / CELL)
    return (smooth / smooth.std()).astype(np.float32)


def _crowns(share: float) -> list[BaseGeometry]:
    """The crowns of the first so many trees: those of an earlier year were fewer."""
    trees = _of("tree")
    kept = trees[: round(len(trees) * share)]
    return [tree.geometry.buffer(tree.attributes["crown_m"] / 2, quad_segs=2) for tree in kept]


def _roads(*kinds: str, metres: float) -> list[BaseGeometry]:
    return [feature.geometry.buffer(metres, quad_segs=2) for feature in _of(*kinds)]


def _paved() -> Cells:
    built = _mask(each.geometry for each in _of("built_up", "industry"))
    near = _mask(each.geometry for each in _of("building", "pavement", "carriageway"))
    roads = _mask(_roads("road", "motorway", "street", metres=8.0))
    return np.clip(0.55 * built + 0.45 * near + 0.3 * roads, 0, 1)


def _green(trees_share: float) -> Cells:
    woods = _mask(each.geometry for each in _of("wood", "park"))
    grass = _mask(each.geometry for each in _of("grass", "garden", "field", "dune"))
    crowns = _mask(_crowns(trees_share))
    return np.clip(0.8 * woods + 0.35 * grass + crowns, 0, 1)


def _water() -> Cells:
    return _mask(each.geometry for each in _of("water", "sea"))


def _heat(trees_share: float) -> Cells:
    """Perceived temperature in °C, from about 27 under trees to about 46 on a hot square."""
    paved = gaussian_filter(_paved(), 12 / CELL)
    green = gaussian_filter(_green(trees_share), 8 / CELL)
    water = gaussian_filter(_water(), 20 / CELL)
    heat = 36.5 + 7.5 * paved - 7.0 * green - 4.0 * water
    heat += 0.9 * _smooth_noise(1, 90) + 0.4 * _smooth_noise(2, 20)
    return np.clip(heat, 24, 52).astype(np.float32)


def _warming() -> Cells:
    """What the earlier edition was cooler, in °C: not everywhere alike."""
    return np.clip(0.9 + 0.5 * _smooth_noise(5, 200), 0, None).astype(np.float32)


def _tree_cover() -> Cells:
    woods = _mask(each.geometry for each in _of("wood", "park"))
    cover = 55 * woods + 100 * gaussian_filter(_mask(_crowns(1.0)), 5 / CELL)
    cover += np.where(_paved() > 0, 8, 2) * np.clip(1 + _smooth_noise(3, 60), 0, None)
    cover[_water() > 0] = 0
    return np.clip(cover, 0, 100).astype(np.float32)


def _noise() -> Cells:
    """dB Lden, louder along roads; quieter than 40 dB does not occur here."""
    loud = 50 * gaussian_filter(_mask(_roads("motorway", metres=30)), 120 / CELL)
    loud += 34 * gaussian_filter(_mask(_roads("road", metres=12)), 35 / CELL)
    loud += 18 * gaussian_filter(_mask(_roads("street", "rail", metres=8)), 12 / CELL)
    return np.clip(44 + loud + 1.2 * _smooth_noise(4, 150), 40, 80).astype(np.float32)


def _raster(path: Path, cells: Cells) -> Path:
    target = path.with_suffix(".tif")
    height, width = cells.shape
    with rasterio.open(
        target,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=1,
        dtype="float32",
        crs=rasterio.CRS.from_epsg(RD),
        transform=_transform(),
        nodata=float("nan"),
    ) as file:
        file.write(cells, 1)
        file.update_tags(note="synthetic, invented for a demo")
    return target


Row = tuple[dict[str, object], BaseGeometry]


def _parks() -> list[Row]:
    box = shapely.box(*BOUNDS)
    return [
        (
            {"naam": each.name or "", "oppervlakte_m2": round(each.geometry.area)},
            each.geometry,
        )
        for each in _of("park", "wood")
        if each.geometry.intersects(box)
    ]


def _trees() -> list[Row]:
    """Height is guessed from the drawn crown."""
    return [
        (
            {
                "plus_type": "boom",
                "hoogte": round(1.3 * each.attributes["crown_m"] + 1, 1),
                "kroondiameter": each.attributes["crown_m"],
            },
            each.geometry,
        )
        for each in _of("tree")
    ]


def _dwellings() -> list[Row]:
    _, places = draw_quarter()
    return [
        ({"naam": each.label, "gebruiksdoel": "woonfunctie"}, each.point)
        for each in places
        if each.kind == "address"
    ]


def _buildings() -> list[Row]:
    return [
        ({"naam": each.name or "", "hoogte": each.attributes["height_m"]}, each.geometry)
        for each in _of("building")
    ]


def _shapes(path: Path, rows: list[Row]) -> Path:
    """GeoJSON in RD, which says so itself."""
    target = path.with_suffix(".geojson")
    features = [
        {
            "type": "Feature",
            "properties": {"identificatie": f"demo-{number}", **properties},
            "geometry": mapping(shape),
        }
        for number, (properties, shape) in enumerate(rows, 1)
    ]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{RD}"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": features}
    target.write_text(json.dumps(document), encoding="utf-8")
    return target
