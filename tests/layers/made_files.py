"""A small source file for any entry of the catalogue, right or wrong, around one place in Haarlem.

``good_file`` makes what a publisher would give: a GeoTIFF, GeoPackage, CSV or JSON. ``wrong_file``
makes one that must be refused as a whole: with its coordinates flipped, or without the column.
Every raster has 40 by 40 cells that climb from west to east and one cell without a value.
"""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import rasterio
import shapely
from affine import Affine
from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from gis.crs import RD
from layers.layer import Layer
from layers.sources.cbs_codes import CODE_PATTERNS

PLACE = (104_992.0, 486_082.0)
"""The south-west corner of the invented quarter Zilverkwartier in Haarlem, EPSG:28992."""
CELLS = 40
NODATA = -3.4e38
CODES = ("BU03920101", "BU03920102", "WK039201", "GM0392")

assert all(any(p.fullmatch(code) for p in CODE_PATTERNS.values()) for code in CODES)


def good_file(layer: Layer, folder: Path) -> Path:
    """Make a file of this layer that every check lets through."""
    if layer.geometry == "raster":
        return write_raster(folder / f"{layer.id}.tif", raster_values(layer), layer.resolution)
    makers = {"health": _health, "ses_woa": _ses, "nearness": _nearness}
    if layer.reader in makers:
        return makers[layer.reader](layer, folder, layer.column or "")
    rows, shapes = feature_rows(layer)
    return write_vector(folder / f"{layer.id}.gpkg", rows, shapes, name=_layer_name(layer))


def wrong_file(layer: Layer, folder: Path) -> Path:
    """Make a file that must be refused: another column, or shapes and cells far from here."""
    if layer.geometry == "raster":
        path = folder / f"{layer.id}_wrong.tif"
        return write_raster(path, raster_values(layer), layer.resolution, crs=None)
    makers = {"health": _health, "ses_woa": _ses, "nearness": _nearness}
    if layer.reader in makers:
        return makers[layer.reader](layer, folder, "SomethingElse")
    rows, shapes = feature_rows(layer)
    path = folder / f"{layer.id}_wrong.gpkg"
    if layer.geometry == "area_figure" and layer.reader != "areas":
        without = [{"buurtcode": CODES[place], "something": 1.0} for place, _ in enumerate(rows)]
        return write_vector(path, without, shapes)
    flipped = [_flipped(shape) for shape in shapes]
    return write_vector(path, rows, flipped, name=_layer_name(layer))


def raster_values(layer: Layer) -> np.ndarray:
    """Give values that climb from west to east, with one cell without a value."""
    low, high = layer.valid_range or (0.0, 10.0)
    usual = {"°C": (24.0, 49.0), "m": (0.0, 0.6), "dB": (40.0, 74.0)}.get(layer.unit["en"])
    low, high = usual if usual and layer.id != "urban_heat_island" else (max(low, 0.0), high)
    low, high = (low, min(high, 60.0)) if layer.unit["en"] != "%" else (low, high)
    if layer.id == "urban_heat_island":
        low, high = 0.0, 2.6
    values = np.tile(np.linspace(low, high, CELLS, dtype=np.float32), (CELLS, 1))
    values[0, 0] = NODATA
    return values


def write_raster(
    path: Path,
    values: np.ndarray,
    cell: float | None = None,
    *,
    crs: int | None = RD,
    nodata: float | None = NODATA,
    corner: tuple[float, float] = PLACE,
) -> Path:
    """Write one band as GeoTIFF, north up; ``corner`` is the south-west corner."""
    side = cell or 10.0
    top = corner[1] + values.shape[0] * side
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype=values.dtype,
        crs=None if crs is None else rasterio.CRS.from_epsg(crs),
        transform=Affine(side, 0, corner[0], 0, -side, top),
        nodata=nodata,
    ) as file:
        file.write(values, 1)
    return path


def write_vector(
    path: Path,
    rows: list[dict[str, Any]],
    shapes: list[BaseGeometry | None],
    *,
    crs: int | None = RD,
    name: str = "rows",
) -> Path:
    """Write rows to the kind of file that the name asks for."""
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=crs)
    options = {} if path.suffix in (".shp", ".geojson") else {"layer": name}
    frame.to_file(path, engine="pyogrio", **options)
    return path


def feature_rows(layer: Layer) -> tuple[list[dict[str, Any]], list[BaseGeometry | None]]:
    """Give rows and shapes of this layer, as its publisher would name the columns."""
    if layer.geometry == "area_figure":
        return _area_rows(layer), [_square(place) for place in range(2)]
    count = max(3, len(layer.categories))
    rows = [_feature(layer, place) for place in range(count)]
    kinds = {"point": _point, "line": _line, "polygon": _square, "any": _square}
    return rows, [kinds[layer.shape](place) for place in range(count)]


def _area_rows(layer: Layer) -> list[dict[str, Any]]:
    low, high = layer.valid_range or (0.0, 5.0)
    column = layer.column or layer.figure or ""
    values = [low + (high - low) * share for share in (0.4, 0.6)]
    if layer.scheme == "official" and layer.reader in ("areas", "leefbaarometer"):
        values = [2.0, 4.0]
    rows = []
    for code, value in zip(CODES[:2], values, strict=True):
        row: dict[str, Any] = {"buurtcode": code, "buurtnaam": f"Buurt {code[-2:]}", "jaar": 2024}
        if layer.reader == "leefbaarometer":
            row |= dict.fromkeys(("kscore", "kfys", "konv", "ksoc", "kvrz", "kwon"), 5)
            row |= {"fys": 0.1, "onv": -0.2, "soc": 0.05, "vrz": 0.3, "won": 0.0, "afw": 0.25}
            row["id"] = row.pop("buurtcode")
        else:
            row[column] = value
        rows.append(row)
    return rows


def _feature(layer: Layer, place: int) -> dict[str, Any]:
    row: dict[str, Any] = {"identificatie": f"NL.{place + 1:04d}", "naam": f"Plek {place + 1}"}
    if layer.id in ("bgt_cover", "bgt_paving"):
        surfaces = ("groenvoorziening", "open verharding", "gesloten verharding", "erf", "zand")
        return row | {"bgt_fysiekvoorkomen": surfaces[place % 5]}
    if layer.id == "trees":
        return row | {"plus_type": "boom", "hoogte": 6.0 + place}
    if layer.id == "bag_dwellings":
        uses = ("woonfunctie", "kantoorfunctie", "woonfunctie,winkelfunctie")
        return row | {"gebruiksdoel": uses[place % 3]}
    if layer.id == "bag_buildings":
        return row | {"hoogte": 7.5 + place, "bouwjaar": 1950 + place}
    if layer.categories:
        return row | {str(layer.column): layer.categories[place % len(layer.categories)].key}
    return row | ({layer.column: 120.0 + 100 * place} if layer.column else {})


def _layer_name(layer: Layer) -> str:
    return {"bgt_cover": "begroeidterreindeel", "bgt_paving": "onbegroeidterreindeel"}.get(
        layer.id, "buurten" if layer.geometry == "area_figure" else "rows"
    )


def _health(layer: Layer, folder: Path, column: str) -> Path:
    rows = [
        {
            "WijkenEnBuurten": f"{code:<10}",
            "Leeftijd": "20300   ",
            "Marges": "MW00000",
            "Perioden": "2022JJ00",
            f"{column}_9": 20.5 + place,
        }
        for place, code in enumerate(CODES)
    ]
    return _json(folder / f"{layer.id}_2022.json", {"value": rows})


def _nearness(layer: Layer, folder: Path, column: str) -> Path:
    rows = [
        {"WijkenEnBuurten": f"{code:<10}", "Perioden": "2024JJ00", f"{column}_107": 0.4 + place}
        for place, code in enumerate(CODES)
    ]
    return _json(folder / f"{layer.id}_2024.json", {"value": rows})


def _ses(layer: Layer, folder: Path, column: str) -> Path:
    lines = ["Id;Measure;ValueAttribute;Value;WijkenEnBuurten;Perioden"]
    lines += [
        f"{place};{column};None;{40 + place},5;{code:<10};2022JJ00"
        for place, code in enumerate(CODES)
    ]
    path = folder / f"{layer.id}_2022.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _json(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _square(place: int) -> BaseGeometry:
    x, y = PLACE[0] + 150 * place, PLACE[1]
    return box(x, y, x + 120, y + 120)


def _point(place: int) -> BaseGeometry:
    return Point(PLACE[0] + 20 * place, PLACE[1] + 30)


def _line(place: int) -> BaseGeometry:
    x, y = PLACE[0], PLACE[1] + 40 * place
    return LineString([(x, y), (x + 200, y), (x + 300, y + 20)])


def _flipped(shape: BaseGeometry) -> BaseGeometry:
    """Swap x and y, as happens to people."""
    return shapely.transform(shape, lambda pairs: pairs[:, ::-1])
