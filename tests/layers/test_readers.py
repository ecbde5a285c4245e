"""Files of layers: what is read, what is refused row by row, and what is refused whole."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from shapely import GeometryCollection, LineString, Point, Polygon, box

from gis.crs import RD, to_lonlat
from layers.catalogue import CATALOGUE
from layers.layer import Layer
from layers.readers import FeatureRow, FileRefusedError, read_features
from layers.sources import any_file, row_account
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
