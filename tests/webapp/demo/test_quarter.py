from collections import Counter

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import Point
from shapely.ops import unary_union

from gis.crs import to_rd
from webapp.demo.outlines import outlines
from webapp.demo.quarter import draw_quarter, postcode_of
from webapp.demo.quarter_plan import ROWS, WAYS


@pytest.fixture(scope="module")
def quarter():
    return draw_quarter()


@pytest.fixture(scope="module")
def features(quarter):
    return quarter[0]


@pytest.fixture(scope="module")
def addresses(quarter):
    return [place for place in quarter[1] if place.kind == "address"]


def ways(features) -> list:
    """The pieces of the walking network."""
    return [feature for feature in features if feature.kind == "walk"]


def shapes(features, kind: str) -> list:
    return [feature.geometry for feature in features if feature.kind == kind]


def network(features) -> tuple[int, dict]:
    """The number of separate networks, and how many ways end at each end."""
    ends = [(way.geometry.coords[0], way.geometry.coords[-1]) for way in ways(features)]
    nodes = {end: number for number, end in enumerate(sorted({e for pair in ends for e in pair}))}
    start, end = np.array([[nodes[a], nodes[b]] for a, b in ends]).T
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(len(nodes), len(nodes)))
    count, _ = connected_components(graph, directed=False)
    return count, Counter(end for pair in ends for end in pair)


def test_the_same_seed_draws_the_same_quarter():
    assert draw_quarter(7) == draw_quarter(7)


def test_another_seed_plants_other_trees_only(quarter):
    features, places = draw_quarter(7)
    assert places == quarter[1]
    assert shapes(features, "building") == shapes(quarter[0], "building")
    assert shapes(features, "tree") != shapes(quarter[0], "tree")


def test_every_feature_is_valid_and_lies_near_the_quarter(features):
    near = next(o.geometry for o in outlines() if o.code == "SX0392ZK").buffer(25)
    for feature in features:
        assert feature.geometry.is_valid
        assert not feature.geometry.is_empty
        assert near.covers(feature.geometry)


def test_there_are_some_five_hundred_dwellings_each_with_its_own_address(addresses):
    assert 450 <= len(addresses) <= 550
    assert len({(place.street, place.number) for place in addresses}) == len(addresses)
    assert len({place.label for place in addresses}) == len(addresses)
    assert len({place.point.wkb for place in addresses}) == len(addresses)


def test_every_address_lies_in_a_building(features, addresses):
    buildings = unary_union(shapes(features, "building"))
    assert all(buildings.covers(place.point) for place in addresses)


def test_every_address_stands_near_its_own_street(features, addresses):
    for street in {place.street for place in addresses}:
        line = unary_union([way.geometry for way in ways(features) if way.name == street])
        points = [place.point for place in addresses if place.street == street]
        assert max(line.distance(point) for point in points) < 30


def test_odd_and_even_numbers_stand_on_their_own_side(addresses):
    rows = Counter((row.street, row.parity) for row in ROWS)
    for street, parity in rows:
        numbers = [int(p.number) for p in addresses if p.street == street]
        assert any(number % 2 == parity for number in numbers)


def test_no_postcode_can_be_a_real_one(addresses):
    assert all(place.postcode.startswith("0") for place in addresses)
    assert len({postcode_of(place.street) for place in addresses}) == len(
        {place.street for place in addresses}
    )


def test_streets_and_paths_are_one_walking_network(features):
    separate, _ = network(features)
    assert separate == 1


def test_ways_that_cross_are_cut_at_the_crossing(features):
    lines = [way.geometry for way in ways(features)]
    for first, second in shapely.STRtree(lines).query(lines, predicate="crosses").T:
        assert lines[first].crosses(lines[second]) is False


def test_a_street_is_drawn_where_it_is_walked(features):
    drawn = [feature for feature in features if feature.kind in {"street", "path"}]
    for name in {way.name for way in ways(features)}:
        walked = unary_union([way.geometry for way in ways(features) if way.name == name])
        line = unary_union([feature.geometry for feature in drawn if feature.name == name])
        assert line.hausdorff_distance(walked) < 3


def test_junctions_are_real_and_dead_ends_few(features):
    _, ends = network(features)
    assert sum(count >= 3 for count in ends.values()) > 30
    assert sum(count == 1 for count in ends.values()) <= 6


def test_there_are_fifteen_named_streets_that_can_be_searched(quarter):
    streets = {place.street for place in quarter[1] if place.kind == "street"}
    assert streets == {way.name for way in WAYS if way.kind == "street"}
    assert len(streets) == 15


def test_a_school_a_community_centre_a_playground_and_a_park_can_be_searched(quarter):
    landmarks = [place.label for place in quarter[1] if place.kind == "landmark"]
    assert len(landmarks) == 4
    uses = Counter(f.attributes["use"] for f in quarter[0] if f.kind == "building")
    assert uses["school"] == uses["community_centre"] == 1
    assert uses["flats"] == 5


def test_nothing_is_built_in_the_water_or_on_the_street(features):
    buildings = unary_union(shapes(features, "building"))
    for kind in ("water", "carriageway", "path_surface"):
        assert buildings.intersection(unary_union(shapes(features, kind))).area < 1


def test_buildings_do_not_stand_in_each_other(features):
    buildings = shapes(features, "building")
    overlap = sum(shape.area for shape in buildings) - unary_union(buildings).area
    assert overlap < 5


def test_trees_stand_on_land_and_outside_buildings(features):
    trees = shapes(features, "tree")
    blocked = unary_union([*shapes(features, "water"), *shapes(features, "building")])
    assert 150 < len(trees) < 450
    assert all(blocked.distance(tree) > 0 for tree in trees)


def test_the_known_point_has_a_dwelling_within_fifty_metres(addresses):
    point = to_rd(Point(4.6545, 52.3612))
    assert min(place.point.distance(point) for place in addresses) < 50
