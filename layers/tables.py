"""Write rows as GeoPackage, GeoJSON or CSV, for people who go on in their own tools.

A row is (properties, shape): shapes are shapely geometries in EPSG:28992 (metres), or None.
"""

import csv
import io
import json
import math
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.crs import RD, to_lonlat
from layers.qgis_styles import Rule, Shape, qml, write_styles

Row = tuple[Mapping[str, Any], BaseGeometry | None]

LONLAT_DECIMALS = 7
"""About a centimetre; finer would promise what no source here has."""

_SHAPES: dict[str, Shape] = {"Polygon": "fill", "LineString": "line", "Point": "marker"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class TableInfo:
    """What travels with a GeoPackage: the layer's name, title, source and date of the rows.

    ``rules`` are how QGIS shows them. ``notes`` are what whoever opens the file must know, such as
    that the rows were made up.
    """

    name: str
    title: str
    source: str
    edition: date
    licence: str = ""
    notes: Sequence[str] = ()
    is_synthetic: bool = False
    rules: Sequence[Rule] = ()


@dataclass(frozen=True)
class Table:
    """One layer of a GeoPackage: its rows, the columns of them to write, and what it is."""

    rows: Iterable[Row]
    columns: Sequence[str]
    info: TableInfo


def geojson_text(rows: Iterable[Row]) -> str:
    """Give a FeatureCollection in CRS84 (degrees, 7 decimals), as RFC 7946 wants it."""
    features = [
        {
            "type": "Feature",
            "properties": {key: _json_value(value) for key, value in properties.items()},
            "geometry": None if shape is None else _lonlat(shape),
        }
        for properties, shape in rows
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False)


def csv_text(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """Give a CSV with a byte order mark, so that spreadsheets read it as UTF-8.

    Text that a spreadsheet would run as a formula (it starts with = + - @, tab or return) gets an
    apostrophe before it; numbers stay numbers, also negative ones.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_csv_value(column) for column in columns])
    for properties, _ in rows:
        writer.writerow([_csv_value(properties.get(column)) for column in columns])
    return "\ufeff" + stream.getvalue()


def geopackage_bytes(rows: Iterable[Row], columns: Sequence[str], info: TableInfo) -> bytes:
    """Give a GeoPackage with one layer in EPSG:28992 and its title, source and date inside."""
    return geopackage([Table(rows, columns, info)])


def geopackage(given: Sequence[Table]) -> bytes:
    """Give a GeoPackage with several layers in EPSG:28992, each with its style for QGIS.

    A layer of mixed shapes gets no style: QGIS splits it and would give each part all symbols.
    """
    styles: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="geopackage-") as folder:
        path = Path(folder) / "rows.gpkg"
        for each in given:
            frame = _frame(each)
            _write(path, frame, each.info)
            shape = _shape_of(frame)
            if each.info.rules and shape is not None:
                styles[each.info.name] = qml(each.info.rules, shape)
        _close_journal(path)
        write_styles(path, styles, {each.info.name: each.info.title for each in given})
        return path.read_bytes()


def _frame(table: Table) -> geopandas.GeoDataFrame:
    rows = list(table.rows)
    records = [
        {column: _table_value(properties.get(column)) for column in table.columns}
        for properties, _ in rows
    ]
    shapes = [shape for _, shape in rows]
    return geopandas.GeoDataFrame(records, columns=list(table.columns), geometry=shapes, crs=RD)


def _write(path: Path, frame: geopandas.GeoDataFrame, info: TableInfo) -> None:
    told = {
        "source": info.source,
        "date": info.edition.isoformat(),
        "licence": info.licence,
        "synthetic": "yes" if info.is_synthetic else "no",
        "notes": " ".join(info.notes),
    }
    described = (info.source, info.edition.isoformat(), info.licence, *info.notes)
    frame.to_file(
        path,
        layer=info.name,
        driver="GPKG",
        engine="pyogrio",
        layer_metadata={name: value for name, value in told.items() if value},
        layer_options={
            "IDENTIFIER": info.title,
            "DESCRIPTION": ", ".join(filter(None, described)),
        },
    )


def _shape_of(frame: geopandas.GeoDataFrame) -> Shape | None:
    kinds: set[Shape] = {
        _SHAPES[kind.removeprefix("Multi")]
        for kind in frame.geometry.geom_type.dropna().unique()
        if kind.removeprefix("Multi") in _SHAPES
    }
    return kinds.pop() if len(kinds) == 1 else None


def _close_journal(path: Path) -> None:
    """Put everything in the one file, whatever journal the writer used."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()


def _lonlat(shape: BaseGeometry) -> dict[str, Any]:
    moved = shapely.transform(to_lonlat(shape), lambda xy: xy.round(LONLAT_DECIMALS))
    # RFC 7946 wants outer rings anticlockwise.
    return dict(mapping(shapely.orient_polygons(moved)))


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (str, int, float, bool, list, dict)) or value is None:
        return value
    return _text(value)


def _csv_value(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = _text(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _table_value(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float)) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
