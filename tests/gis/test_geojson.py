import json
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, mapping

from gis import crs
from gis.geojson import (
    KINDS,
    REASONS,
    GeometryError,
    Remark,
    parse_feature_collection,
    parse_geometry,
    repair_drawn,
)

HAARLEM = [4.6545, 52.3612]
SQUARE = [[4.60, 52.36], [4.61, 52.36], [4.61, 52.37], [4.60, 52.37], [4.60, 52.36]]
BOW_TIE = [[4.60, 52.36], [4.61, 52.37], [4.61, 52.36], [4.60, 52.37], [4.60, 52.36]]
OTHER_SQUARE = [[lon + 0.005, lat] for lon, lat in SQUARE]

positions = st.tuples(st.floats(3.0, 7.4), st.floats(50.5, 53.8))
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


def geometry(kind: str, coordinates: object, **more: object) -> dict[str, object]:
    return {"type": kind, "coordinates": coordinates, **more}


def feature(*inner: object) -> list[dict[str, object]]:
    return [{"type": "Feature", "properties": {}, "geometry": one} for one in inner]


def collection(*inner: object, **more: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": feature(*inner), **more})


def refusal(obj: object, **options: Any) -> tuple[str, str]:
    with pytest.raises(GeometryError) as caught:
        parse_geometry(obj, **options)
    return caught.value.reason, caught.value.path


def outcome(obj: object) -> Any:
    """Give the geometry, or the error that refused it."""
    try:
        return parse_geometry(obj)
    except GeometryError as error:
        return error


def test_a_point_keeps_its_coordinates() -> None:
    assert parse_geometry(geometry("Point", HAARLEM)) == Point(4.6545, 52.3612)


def test_a_square_drawn_by_hand_has_the_area_worked_out_by_hand() -> None:
    # 0.01° × 0.01° at 52.365° N: (1112.8 m on the ellipsoid) × (1113.2 × cos 52.365° × 1.0021 m)
    square = parse_geometry(geometry("Polygon", [SQUARE]))
    assert crs.to_rd(square).area == pytest.approx(1112.8 * 681.3, rel=0.002)


@given(positions)
def test_every_point_in_the_netherlands_comes_through(position: tuple[float, float]) -> None:
    assert parse_geometry(json.dumps(geometry("Point", position))).coords[0] == position


@given(st.lists(positions, min_size=3, max_size=12, unique=True))
def test_what_is_accepted_is_valid_and_what_is_not_has_a_known_reason(
    ring: Sequence[tuple[float, float]],
) -> None:
    area = outcome(geometry("Polygon", [[*ring, ring[0]]]))
    if isinstance(area, GeometryError):
        assert area.reason in {"self_crossing", "degenerate"}
    else:
        assert area.is_valid
        assert crs.to_rd(area).is_valid


@given(st.sampled_from(sorted(KINDS)), json_values)
def test_any_coordinates_are_accepted_or_refused_with_a_reason(kind: str, value: object) -> None:
    found = outcome(geometry(kind, value))
    if isinstance(found, GeometryError):
        assert found.reason in REASONS
        assert found.path.startswith("coordinates")


@given(json_values)
def test_any_json_is_accepted_or_refused_with_a_reason(value: object) -> None:
    with pytest.raises(GeometryError):
        parse_geometry(value)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_text_is_refused_with_a_reason(text: bytes | str) -> None:
    with pytest.raises(GeometryError):
        parse_feature_collection(text)


@pytest.mark.parametrize(
    ("given_geometry", "reason", "path"),
    [
        (None, "not_geojson", ""),
        ([], "not_geojson", ""),
        ("{", "not_geojson", ""),
        (b"\xff\xfe\xfa", "not_geojson", ""),
        ({}, "not_geojson", "type"),
        ({"type": 7}, "not_geojson", "type"),
        (geometry("Circle", HAARLEM), "unknown_type", "type"),
        (geometry("GeometryCollection", []), "wrong_kind", "type"),
        ({"type": "Feature"}, "wrong_kind", "type"),
        ({"type": "Point"}, "coordinates_not_numbers", "coordinates"),
        (geometry("Point", None), "coordinates_not_numbers", "coordinates"),
        (geometry("Point", "4.6,52.3"), "coordinates_not_numbers", "coordinates"),
        (geometry("Point", ["4.6", 52.3]), "coordinates_not_numbers", "coordinates[0]"),
        (geometry("Point", [True, 52.3]), "coordinates_not_numbers", "coordinates[0]"),
        (geometry("Point", [4.6, None]), "coordinates_not_numbers", "coordinates[1]"),
        (geometry("Point", [4.6]), "coordinates_not_numbers", "coordinates"),
        (geometry("Point", []), "empty", "coordinates"),
        (geometry("Point", [[4.6, 52.3]]), "coordinates_not_numbers", "coordinates"),
        (geometry("Point", [[4.6, 52.3], 1]), "nested_too_deep", "coordinates[0]"),
        (geometry("Point", [4.6, 52.3, 1.0]), "three_dimensional", "coordinates"),
        (geometry("Point", [float("nan"), 52.3]), "not_finite", "coordinates[0]"),
        (geometry("Point", [4.6, float("inf")]), "not_finite", "coordinates[1]"),
        (geometry("Point", [4.6, 10**400]), "not_finite", "coordinates[1]"),
        ('{"type":"Point","coordinates":[4.6,1e309]}', "not_finite", "coordinates[1]"),
        ('{"type":"Point","coordinates":[NaN,52]}', "not_finite", ""),
        (geometry("Point", [52.3612, 4.6545]), "outside_netherlands", "coordinates"),
        (geometry("LineString", [HAARLEM, [0, 0]]), "outside_netherlands", "coordinates[1]"),
        (geometry("LineString", []), "empty", "coordinates"),
        (geometry("LineString", [HAARLEM]), "degenerate", "coordinates"),
        (geometry("LineString", [HAARLEM, HAARLEM]), "degenerate", "coordinates"),
        (
            geometry("LineString", [HAARLEM, [4.6545 + 1e-9, 52.3612]]),
            "degenerate",
            "coordinates",
        ),
        (geometry("LineString", BOW_TIE[:4]), "self_crossing", "coordinates"),
        (geometry("MultiLineString", [SQUARE, BOW_TIE[:4]]), "self_crossing", "coordinates[1]"),
        (geometry("Polygon", []), "empty", "coordinates"),
        (geometry("Polygon", [[]]), "empty", "coordinates[0]"),
        (geometry("Polygon", [SQUARE[:4]]), "ring_not_closed", "coordinates[0]"),
        (geometry("Polygon", [[*SQUARE[:2], SQUARE[0]]]), "degenerate", "coordinates[0]"),
        (
            geometry("Polygon", [[[4.6, 52.3], [4.7, 52.4], [4.65, 52.35], [4.6, 52.3]]]),
            "degenerate",
            "coordinates[0]",
        ),
        (geometry("Polygon", [BOW_TIE]), "self_crossing", "coordinates"),
        (geometry("MultiPolygon", [[SQUARE], [BOW_TIE]]), "self_crossing", "coordinates[1]"),
        (geometry("MultiPolygon", [[SQUARE], [OTHER_SQUARE]]), "self_crossing", "coordinates"),
        (
            geometry("Point", HAARLEM, crs={"properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}),
            "crs_not_supported",
            "crs",
        ),
        (geometry("Point", HAARLEM, crs=None), "crs_not_supported", "crs"),
        (geometry("Point", HAARLEM, crs={"properties": {"name": {}}}), "crs_not_supported", "crs"),
        ("[" * 200_000, "nested_too_deep", ""),
        (" " * 5_000_001, "too_large", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    given_geometry: object, reason: str, path: str
) -> None:
    found = refusal(given_geometry)
    if reason == "coordinates_not_numbers" and path == "coordinates":
        assert found[0] in {"coordinates_not_numbers", "nested_too_deep"}
    else:
        assert found == (reason, path)


def test_a_kind_that_is_not_welcome_is_refused() -> None:
    assert refusal(geometry("Polygon", [SQUARE]), kinds={"Point"}) == ("wrong_kind", "type")


def test_more_vertices_than_allowed_are_refused() -> None:
    assert refusal(geometry("Polygon", [SQUARE]), max_vertices=4)[0] == "too_many_vertices"
    many = geometry("MultiPoint", [HAARLEM] * 5)
    assert refusal(many, max_vertices=4) == ("too_many_vertices", "coordinates[4]")
    assert shapely.get_num_coordinates(parse_geometry(many, max_vertices=5)) == 5


def test_narrower_bounds_are_not_called_the_netherlands() -> None:
    assert refusal(geometry("Point", HAARLEM), bounds=(5, 52, 6, 53))[0] == "outside_bounds"


def test_a_place_that_rd_cannot_express_is_outside() -> None:
    line = geometry("LineString", [[5, 52], [5, 95]])
    assert refusal(line, bounds=(-180, -100, 180, 100))[0] == "outside_bounds"


def test_the_official_name_of_lon_lat_is_accepted_as_crs() -> None:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert parse_geometry(geometry("Point", HAARLEM, crs=named)).equals(Point(HAARLEM))


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("MultiPoint", [HAARLEM]),
        ("LineString", SQUARE),
        ("MultiLineString", [SQUARE, BOW_TIE[:2]]),
        ("MultiPolygon", [[SQUARE]]),
    ],
)
def test_every_kind_keeps_its_type(kind: str, coordinates: object) -> None:
    parsed = parse_geometry(geometry(kind, coordinates))
    assert parsed.geom_type == kind
    assert json.loads(json.dumps(mapping(parsed)))["coordinates"] == coordinates


def test_the_error_reads_as_a_sentence_for_logs() -> None:
    assert str(GeometryError("empty", "coordinates[0]")) == "empty at coordinates[0]"
    assert str(GeometryError("empty")) == "empty"


def test_a_file_becomes_one_geometry_and_a_list_of_refusals() -> None:
    text = collection(
        geometry("Polygon", [SQUARE]),
        geometry("Polygon", [OTHER_SQUARE]),
        geometry("Polygon", [BOW_TIE]),
        geometry("Point", HAARLEM),
        None,
        geometry("Point", HAARLEM, crs=None),
    )
    uploaded = parse_feature_collection(text)
    assert uploaded.geometry.equals(
        Polygon([(4.60, 52.36), (4.615, 52.36), (4.615, 52.37), (4.60, 52.37)])
    )
    assert set(uploaded.refused) == {
        Remark("self_crossing", "features[2].geometry.coordinates"),
        Remark("mixed_kinds", "features[3].geometry"),
        Remark("not_geojson", "features[4].geometry"),
        Remark("crs_not_supported", "features[5].geometry.crs"),
    }


def test_apart_areas_become_a_multipolygon_and_lines_a_multiline() -> None:
    apart = [[lon + 0.1, lat] for lon, lat in SQUARE]
    areas = collection(geometry("Polygon", [SQUARE]), geometry("Polygon", [apart]))
    assert isinstance(parse_feature_collection(areas).geometry, MultiPolygon)
    lines = collection(geometry("LineString", SQUARE), geometry("LineString", apart))
    assert parse_feature_collection(lines).geometry.geom_type == "MultiLineString"
    points = collection(geometry("Point", HAARLEM), geometry("MultiPoint", [HAARLEM]))
    assert parse_feature_collection(points).geometry.geom_type == "MultiPoint"


def test_areas_that_overlap_only_in_rd_are_joined_there() -> None:
    # The long border along 53° N bows 170 m in RD, over the tip a metre north of it.
    south = [[4, 52], [5, 52], [5, 53], [4, 53], [4, 52]]
    north = [[4.5, 53.00001], [4.7, 53.2], [4.3, 53.2], [4.5, 53.00001]]
    text = collection(geometry("Polygon", [south]), geometry("Polygon", [north]))
    joined = parse_feature_collection(text).geometry
    assert joined.geom_type == "Polygon"
    assert crs.to_rd(joined).is_valid


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"type":"FeatureCollection","features":[]}', "empty"),
        ('{"type":"FeatureCollection","features":{}}', "not_geojson"),
        ('{"type":"FeatureCollection","features":[7]}', "not_geojson"),
        ('{"type":"FeatureCollection","crs":7,"features":[]}', "crs_not_supported"),
        ('{"type":"Feature","geometry":null}', "not_geojson"),
        (json.dumps({"type": "FeatureCollection", "features": [0] * 10_001}), "too_many_parts"),
        ("x" * 5_000_001, "too_large"),
    ],
)
def test_a_file_without_a_usable_part_is_refused(text: str, reason: str) -> None:
    with pytest.raises(GeometryError) as caught:
        parse_feature_collection(text)
    assert caught.value.reason == reason


def test_the_vertices_of_all_features_count_together() -> None:
    apart = [[lon + 0.1, lat] for lon, lat in SQUARE]
    text = collection(geometry("LineString", SQUARE), geometry("LineString", apart))
    with pytest.raises(GeometryError, match="too_many_vertices"):
        parse_feature_collection(text, max_vertices=9)


def test_a_feature_that_names_another_crs_is_refused() -> None:
    inner = {"type": "Feature", "geometry": geometry("Point", HAARLEM), "crs": {"type": "EPSG"}}
    for text in (inner, {"type": "FeatureCollection", "features": [inner]}):
        with pytest.raises(GeometryError, match="crs_not_supported"):
            parse_feature_collection(json.dumps(text))


def test_a_bare_geometry_and_a_byte_order_mark_are_fine() -> None:
    text = "\ufeff" + json.dumps(geometry("Point", HAARLEM))
    assert parse_feature_collection(text).geometry == Point(HAARLEM)
    assert parse_feature_collection(text.encode()).refused == ()


def test_repair_keeps_the_good_parts_and_names_the_others() -> None:
    repaired = repair_drawn(geometry("MultiLineString", [SQUARE, [HAARLEM], BOW_TIE[:4]]))
    assert repaired.geometry is not None
    assert len(repaired.geometry.geoms) == 2
    assert repaired.refused == (Remark("degenerate", "coordinates[1]"),)
    assert repaired.changed == ()


def test_repair_splits_an_area_that_crosses_itself_and_says_so() -> None:
    repaired = repair_drawn(geometry("Polygon", [BOW_TIE]))
    assert isinstance(repaired.geometry, MultiPolygon)
    assert repaired.geometry.area == pytest.approx(0.00005)
    assert repaired.changed == (Remark("self_crossing", "coordinates"),)


def test_an_area_that_is_all_hole_is_refused() -> None:
    nothing = geometry("Polygon", [SQUARE, SQUARE])
    assert refusal(nothing)[0] == "self_crossing"
    assert repair_drawn(nothing).refused == (Remark("degenerate", "coordinates"),)


def test_a_scribble_of_thousands_of_crossings_is_refused_at_once() -> None:
    chance = random.Random(1)
    ring = [[4 + chance.random(), 52 + chance.random()] for _ in range(5_000)]
    scribble = geometry("Polygon", [[*ring, ring[0]]])
    started = time.monotonic()
    assert refusal(scribble) == ("self_crossing", "coordinates")
    assert repair_drawn(scribble).refused == (Remark("self_crossing", "coordinates"),)
    assert time.monotonic() - started < 5


def test_repair_drops_heights_and_says_so() -> None:
    repaired = repair_drawn(LineString([(4.6, 52.3, 1.0), (4.7, 52.3, 2.0)]))
    assert repaired.geometry == LineString([(4.6, 52.3), (4.7, 52.3)])
    assert {remark.reason for remark in repaired.changed} == {"heights_dropped"}


def test_repair_of_something_that_is_no_geometry_names_the_reason() -> None:
    assert repair_drawn({"type": "Circle"}).refused == (Remark("unknown_type", "type"),)
    assert repair_drawn(geometry("Point", [0, 0])).geometry is None
    assert repair_drawn(Point()).refused == (Remark("empty", "coordinates"),)


@given(st.lists(st.lists(positions, max_size=5), max_size=4))
def test_repair_accounts_for_every_part(lines: list[list[tuple[float, float]]]) -> None:
    repaired = repair_drawn(geometry("MultiLineString", lines))
    kept = 0 if repaired.geometry is None else shapely.get_num_geometries(repaired.geometry)
    assert kept + len(repaired.refused) == max(len(lines), 1)


@pytest.mark.real_data
def test_every_real_drawing_with_a_valid_part_survives() -> None:
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA names no folder with real data")
    text = (Path(folder) / "amsterdam" / "tekensessies_2015_input.js").read_text()
    drawings = json.loads(text[text.index("{") :].rstrip().rstrip(";"))["features"]
    outcomes = [repair_drawn(drawing["geometry"]) for drawing in drawings]
    assert len(outcomes) == 394
    assert all(repaired.geometry is not None for repaired in outcomes)
    assert sum(len(repaired.refused) for repaired in outcomes) == 9
