"""Files of layers: what is read, what is refused row by row, and what is refused whole."""

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, Point, Polygon, box

from gis.crs import RD, to_lonlat
from layers.catalogue import CATALOGUE
from layers.layer import Layer
from layers.readers import FeatureRow, FileRefusedError, read_area_values, read_features
from layers.sources import any_file, row_account
from layers.sources.leefbaarometer import sum_difference
from layers.sources.records import column_without_number, find_column, number, plain_properties
from layers.sources.row_account import REFUSALS, RowAccount, RowReport
from tests.layers.made_files import PLACE, good_file, write_vector

X, Y = PLACE
HERE = box(X, Y, X + 100, Y + 100)
SHAPES = CATALOGUE["own_shapes"]


def features(layer: Layer, path: Path, **options: Any) -> tuple[list[FeatureRow], RowReport]:
    rows = read_features(layer, path, **options)
    return list(rows), rows.report


def refused(report: RowReport) -> dict[str, int]:
    return {each.reason: each.count for each in report.rejected}


# Files as a whole


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.sqlite"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    frame = geopandas.GeoDataFrame([{"id": "1", "naam": "Park"}], geometry=[HERE], crs=RD)
    driver = {"driver": "SQLite", "SPATIALITE": "YES"} if name == "a.sqlite" else {}
    frame = frame.to_crs(4258) if name == "a.geojson" else frame
    frame.to_file(path, engine="pyogrio", **driver)
    rows, report = features(SHAPES, path)
    assert [(row.source_key, row.name) for row in rows] == [("1", "Park")]
    assert rows[0].geometry.symmetric_difference(HERE).area < 60
    assert report.crs_declared in ("EPSG:28992", "EPSG:4258")
    assert (report.rows_in, report.rows_loaded, report.rows_rejected) == (1, 1, 0)


def test_a_zip_with_one_shapefile_is_read_and_a_bomb_is_not(tmp_path: Path) -> None:
    write_vector(tmp_path / "a.shp", [{"id": "1"}], [HERE])
    good = tmp_path / "good.zip"
    with zipfile.ZipFile(good, "w") as archive:
        for part in tmp_path.glob("a.*"):
            archive.write(part, part.name)
    assert len(features(SHAPES, good)[0]) == 1
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * 30_000_000)
    with pytest.raises(FileRefusedError, match="unpacks to far more"):
        features(SHAPES, bomb)


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, keep: float) -> None:
    rows = [{"id": str(place), "naam": "x" * 200} for place in range(400)]
    path = write_vector(tmp_path / "a.gpkg", rows, [HERE] * 400)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(FileRefusedError):
        features(SHAPES, path)


def test_a_geojson_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_vector(tmp_path / "a.geojson", [{"id": "1"}], [to_lonlat(HERE)], crs=4258)
    path.write_text(path.read_text()[:-60])
    with pytest.raises(FileRefusedError):
        features(SHAPES, path)


def test_a_file_without_a_coordinate_system_needs_one_given(tmp_path: Path) -> None:
    path = write_vector(tmp_path / "a.shp", [{"id": "1"}], [HERE])
    path.with_suffix(".prj").unlink()
    with pytest.raises(FileRefusedError, match="does not say its coordinate system"):
        features(SHAPES, path)
    rows, report = features(SHAPES, path, crs="EPSG:28992")
    assert rows[0].geometry.equals(HERE)
    assert report.crs_declared == "EPSG:28992"
    with pytest.raises(FileRefusedError, match="is not known"):
        features(SHAPES, path, crs="EPSG:1")


@pytest.mark.parametrize("crs", [3857, 4326, 25831, 28992])
def test_a_declared_system_is_moved_to_rd(tmp_path: Path, crs: int) -> None:
    frame = geopandas.GeoDataFrame([{"id": "1"}], geometry=[HERE], crs=RD).to_crs(crs)
    path = tmp_path / "a.gpkg"
    frame.to_file(path, engine="pyogrio")
    (row,), report = features(SHAPES, path)
    # Without the correction grid the two ways of transforming differ by less than a metre.
    assert row.geometry.hausdorff_distance(HERE) < 1
    assert report.crs_declared == f"EPSG:{crs}"


def test_a_wrong_or_flipped_system_is_told_apart(tmp_path: Path) -> None:
    wrong = write_vector(tmp_path / "wrong.gpkg", [{"id": "1"}], [HERE], crs=4326)
    with pytest.raises(FileRefusedError, match="look like EPSG:28992"):
        features(SHAPES, wrong)
    lonlat = shapely.transform(to_lonlat(HERE), lambda pairs: pairs[:, ::-1])
    flipped = write_vector(tmp_path / "flipped.gpkg", [{"id": "1"}], [lonlat], crs=4326)
    with pytest.raises(FileRefusedError, match="were swapped"):
        features(SHAPES, flipped)


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("x")
    with pytest.raises(FileRefusedError, match="Known are"):
        features(SHAPES, text)
    with pytest.raises(FileRefusedError, match="is not a file"):
        features(SHAPES, tmp_path / "nothing.gpkg")
    (tmp_path / "b.gpkg").write_bytes(b"not a database")
    with pytest.raises(FileRefusedError):
        features(SHAPES, tmp_path / "b.gpkg")


def test_a_large_geojson_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_vector(tmp_path / "a.geojson", [{"id": "1"}], [to_lonlat(HERE)], crs=4258)
    monkeypatch.setattr(any_file, "MAX_JSON_BYTES", 10)
    with pytest.raises(FileRefusedError, match="GeoPackage"):
        features(SHAPES, path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write_vector(tmp_path / "a.gpkg", [{"id": "1", "iets": 2.0}], [HERE])
    with pytest.raises(FileRefusedError, match="has no column afstand or"):
        features(CATALOGUE["distance_to_coolness"], path)
    with pytest.raises(FileRefusedError, match="has no column gebruiksdoel"):
        features(CATALOGUE["bag_dwellings"], path)
    with pytest.raises(FileRefusedError, match="has no column hoogte"):
        features(SHAPES, path, column="hoogte")
    assert features(SHAPES, path, column="iets")[0][0].value == 2.0


def test_reading_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = good_file(CATALOGUE["parks"], tmp_path)
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr("layers.sources.vector_files.tempfile.tempdir", str(made))
    rows = read_features(CATALOGUE["parks"], path)
    list(rows)
    del rows
    assert list(made.iterdir()) == []


# Single rows


def test_rows_that_cannot_be_loaded_are_counted_with_their_reason(tmp_path: Path) -> None:
    layer = CATALOGUE["bag_buildings"]
    far = box(600_000, 900_000, 600_010, 900_010)
    shapes: list[Any] = [HERE, None, Polygon(), far, LineString([(X, Y), (X + 5, Y)]), HERE, HERE]
    rows = [{"identificatie": str(place), "hoogte": 9.0} for place in range(7)]
    rows[5]["hoogte"] = 9000.0
    rows[6] |= {"status": "Pand gesloopt"}
    found, report = features(layer, write_vector(tmp_path / "a.gpkg", rows, shapes))
    assert [row.source_key for row in found] == ["0"]
    assert refused(report) == {
        "no_geometry": 2,
        "outside_netherlands": 1,
        "wrong_shape": 1,
        "out_of_range": 1,
        "not_current": 1,
    }
    assert (report.rows_in, report.rows_loaded, report.rows_rejected) == (7, 1, 6)
    assert {each.reason: each.rows for each in report.rejected}["out_of_range"] == (6,)


def test_a_shape_that_crosses_itself_is_repaired(tmp_path: Path) -> None:
    bow_tie = Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    path = write_vector(tmp_path / "a.gpkg", [{"id": "1"}], [bow_tie])
    (row,), report = features(CATALOGUE["natura_2000"], path)
    assert row.geometry.is_valid
    assert row.geometry.area == pytest.approx(5000)
    assert report.repaired == 1


def test_only_the_parts_of_the_layers_kind_are_kept(tmp_path: Path) -> None:
    mixed = GeometryCollection([HERE, LineString([(X, Y), (X + 9, Y)]), Point(X, Y)])
    path = write_vector(tmp_path / "a.gpkg", [{"id": "1"}], [mixed])
    for layer_id, kind in (("natura_2000", "MultiPolygon"), ("walking_network", "MultiLineString")):
        (row,), _ = features(CATALOGUE[layer_id], path)
        assert row.geometry.geom_type == kind


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), None])
def test_what_is_no_number_is_a_reason(tmp_path: Path, value: float | None) -> None:
    rows = [{"id": "1", "hoogte": value}, {"id": "2", "hoogte": 4.0}]
    path = write_vector(tmp_path / "a.gpkg", rows, [HERE, HERE])
    (row, other), report = features(CATALOGUE["bag_buildings"], path)
    assert (row.value, row.reason) == (None, "missing")
    assert (other.value, other.reason) == (4.0, None)
    json.dumps(row.properties, allow_nan=False)
    assert report.rejected == ()


def test_an_empty_surface_of_a_park_is_measured(tmp_path: Path) -> None:
    rows = [{"Naam": "A", "Oppervlakte_m2": 0}, {"Naam": "B", "Oppervlakte_m2": 9999}]
    path = write_vector(tmp_path / "a.gpkg", rows, [HERE, HERE])
    found, _ = features(CATALOGUE["parks"], path)
    assert [(row.name, row.value) for row in found] == [("A", 10_000.0), ("B", 9999.0)]


@pytest.mark.parametrize(
    ("collection", "surface", "cover", "paving"),
    [
        ("begroeidterreindeel", "groenvoorziening", "begroeid", "begroeid"),
        ("onbegroeidterreindeel", "erf", "onbegroeid", "erf"),
        ("onbegroeidterreindeel", "zand", "onbegroeid", "onverhard"),
        ("wegdeel", "gesloten verharding", "weg", "gesloten_verharding"),
        ("ondersteunendwegdeel", "groenvoorziening", "berm", "begroeid"),
        ("waterdeel", "", "water", "water"),
        ("pand", "", "pand", "pand"),
        ("scheiding", "", "overig", "overig"),
    ],
)
def test_surfaces_of_the_bgt_have_their_kind(
    tmp_path: Path, collection: str, surface: str, cover: str, paving: str
) -> None:
    rows = [{"lokaal_id": "1", "bgt_fysiekvoorkomen": surface, "eindregistratie": None}]
    path = write_vector(tmp_path / f"bgt_{collection}.gpkg", rows, [HERE])
    for layer_id, kind in (("bgt_cover", cover), ("bgt_paving", paving)):
        (row,), _ = features(CATALOGUE[layer_id], path)
        assert row.category == kind
        assert kind in {each.key for each in CATALOGUE[layer_id].categories}


def test_what_has_ended_and_what_is_no_tree_is_left_out(tmp_path: Path) -> None:
    rows = [
        {"lokaalid": "1", "plus_type": "boom", "eindregistratie": None},
        {"lokaalid": "2", "plus_type": "haag", "eindregistratie": None},
        {"lokaalid": "3", "plus_type": "boom", "eindregistratie": "2020-01-01"},
    ]
    path = write_vector(tmp_path / "a.gpkg", rows, [Point(X, Y)] * 3)
    (row,), report = features(CATALOGUE["trees"], path)
    assert (row.source_key, row.category, row.reason) == ("1", "boom", "missing")
    assert refused(report) == {"other_kind": 1, "not_current": 1}


def test_area_types_are_known_by_key_and_by_name(tmp_path: Path) -> None:
    rows = [{"gebiedstype": name} for name in ("Groenblauwe structuur", "dichte_kern", "iets")]
    path = write_vector(tmp_path / "a.gpkg", rows, [HERE] * 3)
    found, _ = features(CATALOGUE["bkn_area_types"], path)
    assert [row.category for row in found] == ["groenblauwe_structuur", "dichte_kern", None]


def test_the_account_stays_small_however_many_rows_are_refused() -> None:
    account = RowAccount()
    for place in range(5000):
        account.refuse("bad_code")
        account.warn(f"row {place} is odd")
        account.warn("the same")
    report = account.report()
    assert report.rejected[0].count == report.rows_in == report.rows_rejected == 5000
    assert report.rejected[0].rows == tuple(range(1, row_account.EXAMPLES + 1))
    assert len(report.warnings) == row_account.MAX_WARNINGS
    assert set(REFUSALS) >= {"bad_code"}


# Figures per area


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


# Spellings


def test_columns_are_found_in_any_spelling() -> None:
    assert find_column(["Bu_Code", "x"], ["buurtcode", "bu_code"]) == "Bu_Code"
    assert find_column(["x"], ["y"]) is None
    assert column_without_number(["Eenzaam_27", "EenzaamAnders_3"], "Eenzaam") == "Eenzaam_27"
    assert column_without_number(["Eenzaam_x"], "Eenzaam") is None


@pytest.mark.parametrize(
    ("given_", "meant"), [("3,5", 3.5), (" 2 ", 2.0), ("", None), (True, None), (None, None)]
)
def test_numbers_are_read_as_people_write_them(given_: Any, meant: float | None) -> None:
    assert number(given_) == meant


def test_properties_can_be_stored_as_json() -> None:
    record = {"a": float("nan"), "b": b"x", "c": "t\x00" * 3000, "d": None, "e": True}
    plain = plain_properties(record)
    json.dumps(plain, allow_nan=False)
    assert (plain["a"], plain["e"]) == (None, True)
    assert "\x00" not in plain["c"]


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
