"""Files to take away: what a spreadsheet or GIS reads is what was meant."""

import csv
import io
import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point
from shapely.geometry import shape

from gis.crs import to_lonlat
from layers.tables import Row, TableInfo, csv_text, geojson_text, geopackage_bytes
from tests.layers.area_files import square

INFO = TableInfo("wensen", "Wensen in Haarlem", "Balanskaart", date(2026, 11, 21))


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_becomes_text(start: str) -> None:
    _, (cell,) = cells(csv_text([({"text": f"{start}1+1"}, None)], ["text"]))
    assert cell == f"'{start}1+1"


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    row = {"a": -5, "b": 1.5, "c": None, "d": float("nan"), "e": date(2026, 1, 2), "f": True}
    assert cells(csv_text([(row, None)], list(row)))[1] == [
        "-5",
        "1.5",
        "",
        "",
        "2026-01-02",
        "True",
    ]


def test_headings_are_safe_too_and_the_file_says_that_it_is_utf8() -> None:
    text = csv_text([({"=x": "ş"}, None)], ["=x"])
    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert cells(text) == [["'=x"], ["ş"]]


@given(st.text())
def test_no_cell_starts_like_a_formula_and_none_is_lost(text: str) -> None:
    written = cells(csv_text([({"a": text, "b": 1}, None)], ["a", "b"]))
    assert written[1][1] == "1"
    assert not written[1][0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_geojson_is_lonlat_with_seven_decimals_and_anticlockwise() -> None:
    rows: list[Row] = [
        ({"name": "a", "when": datetime(2026, 1, 2, tzinfo=UTC), "n": float("inf")}, square()),
        ({"name": "b"}, None),
    ]
    first, second = json.loads(geojson_text(rows))["features"]
    assert first["properties"] == {"name": "a", "when": "2026-01-02T00:00:00+00:00", "n": None}
    assert second["geometry"] is None
    drawn = shape(first["geometry"])
    assert drawn.exterior.is_ccw
    assert drawn.hausdorff_distance(to_lonlat(square())) < 2e-7
    assert all(round(value, 7) == value for pair in drawn.exterior.coords for value in pair)


def test_a_geopackage_holds_rd_and_tells_its_source(tmp_path: Path) -> None:
    rows: list[Row] = [
        ({"name": "=a", "count": 3, "on": date(2026, 1, 2)}, square()),
        ({"name": "b", "count": None}, None),
    ]
    path = tmp_path / "rows.gpkg"
    path.write_bytes(geopackage_bytes(rows, ["name", "count", "on"], INFO))
    read = geopandas.read_file(path)
    assert read.crs.to_epsg() == 28992
    assert read.geometry[0].equals(square())
    assert read["name"].tolist() == ["=a", "b"]
    assert read["on"][0] == "2026-01-02"
    assert pyogrio.read_info(path)["layer_metadata"]["source"] == "Balanskaart"
    with sqlite3.connect(path) as connection:
        contents = connection.execute(
            "SELECT identifier, description FROM gpkg_contents"
        ).fetchone()
    connection.close()
    assert contents == ("Wensen in Haarlem", "Balanskaart, 2026-11-21")


def test_an_empty_geopackage_is_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "rows.gpkg"
    path.write_bytes(geopackage_bytes([], ["name"], INFO))
    assert pyogrio.read_info(path)["features"] == 0


def test_points_are_written_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.gpkg"
    path.write_bytes(geopackage_bytes([({"name": "a"}, Point(103_000, 488_000))], ["name"], INFO))
    assert pyogrio.read_info(path)["geometry_type"] == "Point"
