from collections import Counter
from typing import get_args

import pytest
import shapely

from layers.drawing import Kind
from webapp.demo.outlines import outlines
from webapp.demo.quarter import draw_quarter
from webapp.demo.region import draw_region

KINDS = {
    "land",
    "sea",
    "field",
    "beach",
    "dune",
    "wood",
    "park",
    "grass",
    "built_up",
    "industry",
    "airport",
    "runway",
    "water",
    "rail",
    "road",
    "motorway",
    "label_water",
    "label_town",
    "label_village",
    "label_nature",
}


@pytest.fixture(scope="module")
def region():
    return draw_region()


def test_every_feature_is_valid_and_of_a_known_kind(region):
    for feature in region:
        assert feature.kind in KINDS
        assert feature.geometry.is_valid
        assert 0 <= feature.min_zoom <= 16


def test_land_lies_under_all_of_the_programme_area(region):
    assert region[0].kind == "land"
    for outline in outlines():
        assert region[0].geometry.covers(outline.geometry)


def test_labels_are_points_with_a_name_and_nothing_else_is_a_point(region):
    for feature in region:
        is_label = feature.kind.startswith("label_")
        assert is_label == (feature.geometry.geom_type == "Point")
        assert not is_label or feature.name


def test_every_municipality_has_a_town_label_at_the_first_zoom(region):
    labels = [f.geometry for f in region if f.kind == "label_town" and f.min_zoom == 0]
    for area in (outline for outline in outlines() if outline.level == "municipality"):
        assert any(area.geometry.covers(label) for label in labels)


def test_places_keep_dry_feet(region):
    sea = next(feature.geometry for feature in region if feature.kind == "sea")
    for outline in outlines():
        assert outline.geometry.intersection(sea).area / outline.geometry.area < 0.05


def test_the_map_has_roads_rail_water_and_green_all_over(region):
    count = Counter(feature.kind for feature in region)
    assert count["motorway"] >= 5
    assert count["rail"] >= 4
    assert count["water"] >= 8
    assert count["built_up"] >= 20


def test_what_is_drawn_is_drawn_as_a_kind_the_base_map_knows(region):
    known = set(get_args(Kind))
    drawn = [feature.drawing() for feature in [*region, *draw_quarter()[0]]]
    assert {drawing["drawn_as"] for drawing in drawn if drawing} <= known
    assert {drawing.get("road_class") for drawing in drawn} == {None, "main", "street"}


def test_names_of_water_and_motorways_are_given(region):
    for feature in region:
        if feature.kind in {"sea", "water", "motorway", "dune"}:
            assert feature.name


def test_nothing_is_drawn_outside_the_land_and_sea(region):
    ground = region[0].geometry
    assert all(ground.covers(feature.geometry) for feature in region)


def test_the_ground_fills_a_screen_of_the_programme_area_at_zoom_ten(region):
    assert region[0].geometry.covers(shapely.box(52_000, 440_000, 162_000, 535_000))
