"""Figures per area from files: one source gives several, sums are checked, margins left out."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import geopandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gis.crs import RD
from layers.catalogue import CATALOGUE
from layers.readers import FileRefusedError, RowReport, read_area_values
from layers.sources.leefbaarometer import sum_difference
from tests.layers.made_files import PLACE, write_vector

X, Y = PLACE
HERE = box(X, Y, X + 100, Y + 100)


def refused(report: RowReport) -> dict[str, int]:
    return {each.reason: each.count for each in report.rejected}


def test_every_figure_of_a_file_is_read_at_once(tmp_path: Path) -> None:
    rows = [
        {"buurtcode": "BU03920101", "b_gel_weg": 12.5, "b_tevr_gr": -9999.0, "b_sv_weg": 101.0},
        {"buurtcode": "BU03920102", "b_gel_weg": -9999.0, "b_tevr_gr": 61.0, "b_sv_weg": 3.0},
        {"buurtcode": "03920103", "b_gel_weg": 1.0, "b_tevr_gr": 1.0, "b_sv_weg": 1.0},
        {"buurtcode": "BU03920102", "b_gel_weg": 5.0, "b_tevr_gr": 1.0, "b_sv_weg": 1.0},
    ]
    path = write_vector(tmp_path / "a.gpkg", rows, [HERE] * 4)
    opened = read_area_values(CATALOGUE["perception_gel_weg"], path, year=2024)
    (row,) = list(opened)
    assert (row.code, row.year) == ("BU03920102", 2024)
    assert row.values == {"beleving_tevr_gr": 61.0, "beleving_sv_weg": 3.0}
    assert row.reasons == {"beleving_gel_weg": "missing"}
    assert refused(opened.report) == {"bad_code": 1, "duplicate": 1, "out_of_range": 1}
    assert opened.total == opened.rows_read == 4


def test_the_mean_perceived_temperature_keeps_the_traps_out(tmp_path: Path) -> None:
    rows = [{"buurtcode": "BU03920101", "_mean": 36.4}, {"buurtcode": "BU03920102", "_mean": 55537}]
    path = write_vector(tmp_path / "a.gpkg", rows, [HERE, HERE])
    found = list(read_area_values(CATALOGUE["pet_neighbourhood"], path))
    assert [(row.values, row.reasons) for row in found] == [
        ({"pet_mean": 36.4}, {}),
        ({}, {"pet_mean": "no_data_here"}),
    ]


def liveability(**changes: float) -> dict[str, Any]:
    """The published row of BU00140000 in 2024."""
    row: dict[str, Any] = {"id": "BU00140000", "year": 2024, "kscore": 9}
    row |= {"fys": 0.0343143, "onv": -0.113587, "soc": -0.0306654, "vrz": 0.310165}
    return row | {"won": -0.011174, "afw": 0.189053} | changes


def test_the_parts_of_the_leefbaarometer_add_up(tmp_path: Path) -> None:
    difference = sum_difference(liveability())
    assert difference == pytest.approx(1e-7, abs=5e-8)
    path = write_vector(tmp_path / "a.gpkg", [liveability()], [HERE])
    opened = read_area_values(CATALOGUE["liveability_class"], path)
    (row,) = list(opened)
    assert row.values["leefbaarometer_kscore"] == 9
    assert row.values["leefbaarometer_onv"] == -0.113587
    assert (row.year, opened.report.warnings) == (2024, ())


def test_parts_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    path = write_vector(tmp_path / "a.gpkg", [liveability(won=0.2)], [HERE])
    opened = read_area_values(CATALOGUE["liveability_afw"], path)
    assert len(list(opened)) == 1
    assert opened.report.warnings == (
        "Leefbaarometer: afw is not the sum of fys, onv, soc, vrz and won.",
    )
    assert sum_difference({"afw": 1.0}) is None


@given(st.lists(st.floats(-1, 1), min_size=5, max_size=5))
def test_any_whole_that_is_the_sum_passes(parts: list[float]) -> None:
    row = dict(zip(("fys", "onv", "soc", "vrz", "won"), parts, strict=True)) | {"afw": sum(parts)}
    assert sum_difference(row) == pytest.approx(0, abs=1e-9)


def test_margins_and_other_ages_are_no_values(tmp_path: Path) -> None:
    def row(value: float, **others: str) -> dict[str, Any]:
        keys = {"WijkenEnBuurten": "BU03920101", "Perioden": "2022JJ00", "Leeftijd": "20300"}
        return {**keys, "Marges": "MW00000", "Eenzaam_27": value, **others}

    path = tmp_path / "health.json"
    rows = [row(49.2), row(45.0, Marges="MOG0095"), row(51.0, Leeftijd="80200")]
    rows.append(row(-99997, WijkenEnBuurten="BU03920102"))
    path.write_text(json.dumps({"value": rows}))
    found = list(read_area_values(CATALOGUE["health_lonely"], path))
    assert [(each.values, each.reasons) for each in found] == [
        ({"health_lonely": 49.2}, {}),
        ({}, {"health_lonely": "secret"}),
    ]
    assert found[0].year == 2022


def test_observations_become_one_row_per_area(tmp_path: Path) -> None:
    path = tmp_path / "Observations.csv"
    path.write_text(
        "Id;Measure;Value;WijkenEnBuurten;Perioden\n"
        "1;D007966_1;41,5;BU03920101;2022JJ00\n"
        "2;D007966_2;39,0;BU03920101;2022JJ00\n"
        "3;D007963_1;12,0;BU03920101;2022JJ00\n"
        "4;D007966_1;;GM0392    ;2022JJ00\n"
    )
    found = list(read_area_values(CATALOGUE["ses_wealth"], path))
    assert [(row.code, row.values, row.reasons) for row in found] == [
        ("BU03920101", {"ses_wealth": 41.5, "ses_income": 39.0}, {}),
        ("GM0392", {}, {"ses_wealth": "missing"}),
    ]


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"value": 3}', ""])
def test_a_broken_table_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(FileRefusedError):
        read_area_values(CATALOGUE["health_lonely"], path)
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(FileRefusedError):
        read_area_values(CATALOGUE["ses_wealth"], tmp_path / "a.csv")
    with pytest.raises(FileRefusedError, match="is not a file"):
        read_area_values(CATALOGUE["ses_wealth"], tmp_path / "b.csv")


def test_a_layer_of_a_geopackage_without_the_column_is_left_out(tmp_path: Path) -> None:
    path = write_vector(tmp_path / "a.gpkg", [{"buurtcode": "BU03920101", "_mean": 30.0}], [HERE])
    write_vector(tmp_path / "b.gpkg", [{"anders": 1}], [HERE], name="style")
    shutil.copyfile(path, tmp_path / "c.gpkg")
    frame = geopandas.GeoDataFrame([{"anders": 1}], geometry=[HERE], crs=RD)
    frame.to_file(tmp_path / "c.gpkg", layer="style", engine="pyogrio")
    with sqlite3.connect(tmp_path / "c.gpkg") as connection:
        assert connection.execute("select count(*) from gpkg_contents").fetchone() == (2,)
    connection.close()
    assert len(list(read_area_values(CATALOGUE["pet_neighbourhood"], tmp_path / "c.gpkg"))) == 1
