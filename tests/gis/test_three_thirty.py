from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate
from shapely.geometry import Point, box

from gis.three_thirty import (
    NL_COBRA_2023,
    PRESETS,
    UK_2026,
    ThreeThirty,
    canopy_around,
    canopy_of_area,
    canopy_share,
    three_thirty_figures,
    trees_nearby,
)
from gis.trees import Trees, trees_from_points

HOUSE = np.array([box(0, 0, 10, 10)])
positions = st.lists(
    st.tuples(st.integers(-150, 150), st.integers(-150, 150)), min_size=1, max_size=20
).map(lambda found: np.array(found, dtype=float))
boxes = st.lists(
    st.tuples(*[st.integers(-100, 100)] * 2, *[st.integers(1, 60)] * 2), min_size=1, max_size=5
).map(
    lambda found: shapely.get_parts(
        shapely.union_all([box(x, y, x + w, y + h) for x, y, w, h in found])
    )
)


def standing(at: np.ndarray, area: float = 30, height: float = 8) -> Trees:
    return trees_from_points(at, np.full(len(at), area), np.full(len(at), height))


def test_the_presets_are_known_by_their_name_and_differ() -> None:
    assert list(PRESETS) == ["nl_cobra_2023", "uk_2026"]
    assert (NL_COBRA_2023.tree_buffer, NL_COBRA_2023.canopy_buffer) == (25, 500)
    assert (UK_2026.tree_buffer, UK_2026.canopy_buffer, UK_2026.canopy_unit) == (100, 50, "area")


def test_trees_nearby_by_hand() -> None:
    """From the outline of a house of 10 × 10 m: at 25 m it counts, beyond it doesn't."""
    trees = standing(np.array([[35.0, 5], [35.1, 5], [5, -20], [27.6, 27.6], [28, 28]]))
    assert trees_nearby(HOUSE, trees, NL_COBRA_2023).tolist() == [3]
    assert trees_nearby(HOUSE, trees, UK_2026).tolist() == [5]


def test_a_crown_of_exactly_the_limit_counts_in_one_preset_only() -> None:
    at = np.array([[12.0, 5.0]])
    assert trees_nearby(HOUSE, standing(at, area=28), NL_COBRA_2023).tolist() == [1]
    assert trees_nearby(HOUSE, standing(at, area=27.99), NL_COBRA_2023).tolist() == [0]
    assert trees_nearby(HOUSE, standing(at, area=10), UK_2026).tolist() == [0]
    assert trees_nearby(HOUSE, standing(at, area=10.01, height=3), UK_2026).tolist() == [0]
    assert trees_nearby(HOUSE, standing(at, area=10.01, height=3.01), UK_2026).tolist() == [1]
    unknown = trees_from_points(at, np.array([30.0]))
    assert trees_nearby(HOUSE, unknown, UK_2026).tolist() == [0]
    assert trees_nearby(HOUSE, unknown, NL_COBRA_2023).tolist() == [1]


def test_25_m_around_a_house_is_3063_m2() -> None:
    """All of it canopy is 1; the 100 m² of the house itself as canopy is 100 / 3063.495."""
    share, gaps = canopy_around(HOUSE, np.array([box(-99, -99, 99, 99)]), 25)
    assert (share.tolist(), gaps.tolist()) == ([1], [0])
    share, _ = canopy_around(HOUSE, HOUSE, 25)
    assert share[0] == pytest.approx(100 / 3063.495, rel=5e-4)
    assert share[0] > 100 / 3063.495


def test_where_nobody_looked_is_no_lack_of_canopy() -> None:
    zone, canopy = np.array([box(0, 0, 10, 10)]), np.array([box(0, 0, 2, 10)])
    share, gaps = canopy_share(zone, canopy, known=np.array([box(0, 0, 4, 10)]))
    assert (share.tolist(), gaps.tolist()) == ([0.5], [0.6])
    share, gaps = canopy_share(zone, canopy, known=np.array([box(20, 0, 24, 10)]))
    assert np.isnan(share).all()
    assert gaps.tolist() == [1]


@settings(max_examples=30)
@given(at=positions, near=st.integers(0, 120), more=st.integers(0, 60))
def test_trees_nearby_grow_with_distance_add_up_and_turn(
    at: np.ndarray, near: int, more: int
) -> None:
    preset = replace(NL_COBRA_2023, tree_buffer=float(near))
    found = trees_nearby(HOUSE, standing(at), preset)[0]
    assert found <= trees_nearby(HOUSE, standing(at), replace(preset, tree_buffer=near + more))[0]
    assert found == sum(HOUSE[0].distance(Point(*each)) <= near for each in at)
    parts = [trees_nearby(HOUSE, standing(part), preset)[0] for part in (at[:5], at[5:])]
    assert sum(parts) == found
    turned = np.column_stack([-at[:, 1], at[:, 0]])
    house = np.array([rotate(HOUSE[0], 90, origin=(0, 0)).reverse()])
    assert trees_nearby(house, standing(turned), preset)[0] == found


@settings(max_examples=30)
@given(canopy=boxes, distance=st.integers(1, 80), cut=st.integers(-99, 99))
def test_canopy_is_bounded_adds_up_and_turns(canopy: np.ndarray, distance: int, cut: int) -> None:
    share = canopy_around(HOUSE, canopy, distance)[0][0]
    assert 0 <= share <= 1
    sides = [box(-999, -999, cut, 999), box(cut, -999, 999, 999)]
    parts = [
        canopy_around(HOUSE, shapely.intersection(canopy, side), distance)[0][0] for side in sides
    ]
    assert sum(parts) == pytest.approx(share)
    turned = np.array([rotate(each, 90, origin=(0, 0)).reverse() for each in canopy])
    house = np.array([rotate(HOUSE[0], 90, origin=(0, 0))])
    assert canopy_around(house, turned, distance)[0][0] == pytest.approx(share)


def test_figures_by_hand() -> None:
    """Four buildings; the last has no known canopy."""
    result = ThreeThirty(
        NL_COBRA_2023,
        trees=np.array([3.0, 2, 5, 3]),
        canopy=np.array([0.3, 0.5, 0.2, np.nan]),
        park_m=np.array([300.0, 100, np.inf, 10]),
    )
    assert result.score[:3].tolist() == [3, 2, 1]
    assert np.isnan(result.score[3])
    trees, canopy, park, every = three_thirty_figures(result)
    assert (trees.value, canopy.value, park.value, every.value) == (
        0.75,
        pytest.approx(2 / 3),
        0.75,
        pytest.approx(1 / 3),
    )
    assert [each.definition for each in (trees, canopy, park, every)] == [
        "3-30-300/trees_nearby",
        "3-30-300/canopy",
        "3-30-300/park",
        "3-30-300/all",
    ]
    assert canopy.no_data_share == 0.25
    assert canopy.notes == ("input_partly_without_data",)
    assert park.notes == ("straight_line_distance",)
    assert trees.parameters["name"] == "nl_cobra_2023"
    assert set(trees.parameters) >= {
        "tree_min_area", "tree_min_height", "tree_buffer", "canopy_buffer", "canopy_min_height",
        "park_min_area", "distance_mode", "canopy_unit",
    }  # fmt: skip
    by_dwellings = three_thirty_figures(result, np.array([10.0, 0, 0, 10]))
    assert [each.value for each in by_dwellings] == [1, 1, 1, 1]
    assert not three_thirty_figures(replace(result, preset=UK_2026))[2].notes


def test_the_canopy_of_an_area() -> None:
    figure = canopy_of_area(235_619, 785_398, 785_398, UK_2026)
    assert figure.value == pytest.approx(0.3, abs=1e-6)
    assert figure.definition == "3-30-300/canopy_of_area"
    assert canopy_of_area(5, 10, 20, UK_2026).no_data_share == 0.5
    assert canopy_of_area(0, 0, 20, UK_2026).value is None
    with pytest.raises(ValueError, match="ground"):
        canopy_of_area(11, 10, 20, UK_2026)


def test_no_buildings_no_value() -> None:
    nothing = np.zeros(0)
    figures = three_thirty_figures(ThreeThirty(UK_2026, nothing, nothing, nothing))
    assert [each.value for each in figures] == [None] * 4
