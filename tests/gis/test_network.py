"""Walking distances: worked out by hand, compared with networkx, and the rules they obey."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, box

from gis.network import WalkingNetwork
from gis.positions import UNREACHED, Positions

X, Y = 104_000.0, 488_000.0
QUICK = settings(max_examples=50)


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places])


def point(x: float, y: float) -> Point:
    return Point(X + x, Y + y)


SQUARE = [
    line((0, 0), (100, 0)),
    line((100, 0), (100, 100)),
    line((100, 100), (0, 100)),
    line((0, 100), (0, 0)),
]


def metres(network, places, targets, limit_m=np.inf):
    reached = network.search(network.snap(targets), limit_m)
    return network.distances(network.snap(places), reached)


def test_the_way_round_a_square_is_measured_along_its_sides_and_gaps():
    network = WalkingNetwork.from_lines(SQUARE)
    # 7 m to the path, 20 m to the corner (100, 0), 100 m up, 30 m back, 5 m from the path.
    found = metres(network, [point(80, -7)], [point(70, 105)])
    assert found.values() == [pytest.approx(7 + 20 + 100 + 30 + 5)]
    assert found.target.tolist() == [0]


def test_two_places_on_one_edge_are_reached_along_it():
    network = WalkingNetwork.from_lines(SQUARE)
    found = metres(network, [point(10, 0), point(90, 1)], [point(40, 0), point(60, 2)])
    assert found.values() == pytest.approx([30, 30 + 1 + 2])
    assert found.target.tolist() == [0, 1]


def test_a_target_on_its_own_place_is_at_no_distance():
    network = WalkingNetwork.from_lines(SQUARE)
    places = [point(0, 0), point(50, 0)]
    assert metres(network, places, places).values() == pytest.approx([0, 0])


def test_every_reason_for_no_distance_is_told():
    network = WalkingNetwork.from_lines([*SQUARE, line((0, 300), (100, 300))])
    places = [point(50, 0), point(50, 300), point(50, 190), point(0, 0)]
    targets = network.snap([point(0, 0)])
    near = network.distances(network.snap(places, 50), network.search(targets, 40))
    assert near.values() == [None, None, None, 0]
    assert near.reasons() == ["beyond_limit", "not_connected", "too_far_from_path", None]
    assert near.target.tolist() == [-1, -1, -1, 0]
    assert set(near.reasons()) - {None} == set(UNREACHED)


def test_without_targets_or_paths_nobody_gets_anywhere():
    empty = WalkingNetwork.from_lines([])
    assert empty.components == ()
    assert metres(empty, [point(0, 0)], [point(1, 1)]).reasons() == ["too_far_from_path"]
    network = WalkingNetwork.from_lines(SQUARE)
    assert metres(network, [point(0, 0)], []).reasons() == ["not_connected"]
    assert metres(network, [point(0, 0)], [point(0, 5000)]).reasons() == ["not_connected"]
    assert metres(network, [], [point(0, 0)]).values() == []


def test_a_place_that_is_missing_or_empty_is_nowhere():
    network = WalkingNetwork.from_lines(SQUARE)
    assert network.snap([None, Point(), point(0, 0)]).edge.tolist()[:2] == [-1, -1]


def test_of_two_paths_between_the_same_corners_the_shorter_counts():
    network = WalkingNetwork.from_lines(
        [line((0, 0), (50, 80), (100, 0)), line((0, 0), (100, 0)), line((100, 0), (150, 0))]
    )
    assert metres(network, [point(0, 0)], [point(150, 0)]).values() == pytest.approx([150])


def test_ends_within_the_tolerance_are_one_junction():
    apart = [line((0, 0), (100, 0)), line((100.08, 0), (200, 0))]
    assert len(WalkingNetwork.from_lines(apart, tolerance_m=0.1).components) == 1
    assert len(WalkingNetwork.from_lines(apart, tolerance_m=0.05).components) == 2


@pytest.mark.parametrize(("split", "parts", "edges"), [("ends", 3, 3), ("touching", 2, 4), ("crossing", 1, 6)])  # fmt: skip
def test_lines_are_connected_as_the_caller_chooses(split, parts, edges):
    lines = [
        line((0, 0), (100, 0)),
        line((50, 0.05), (50, 80)),  # touches the first in its middle
        line((20, 40), (80, 40)),  # crosses the second, perhaps by a bridge
    ]
    network = WalkingNetwork.from_lines(lines, split=split)
    assert (len(network.components), len(network.start)) == (parts, edges)
    assert network.length_m.sum() == pytest.approx(100 + 79.95 + 60, abs=0.2)


def test_lines_that_share_a_vertex_meet_there_and_bridges_do_not():
    lines = [
        line((0, 0), (50, 0), (100, 0)),
        line((50, -40), (50, 0), (50, 40)),  # has the vertex (50, 0) in common
        line((0, 20), (100, 20)),  # goes over the second without one
    ]
    network = WalkingNetwork.from_lines(lines, split="vertices")
    assert [(part.edges, part.length_m) for part in network.components] == [(4, 180), (1, 100)]
    assert sorted(network.source.tolist()) == [0, 0, 1, 1, 2]
    around = line((0, 0), (50, 0), (50, 50), (0, 50), (0, 0))
    assert len(WalkingNetwork.from_lines([around], split="vertices").start) == 1
    assert len(WalkingNetwork.from_lines([], split="vertices").start) == 0


def test_components_are_counted_longest_first():
    network = WalkingNetwork.from_lines([line((0, 300), (100, 300)), *SQUARE])
    first, second = network.components
    assert (first.nodes, first.edges, first.length_m, first.share) == (4, 4, 400, 0.8)
    assert (second.nodes, second.edges, second.length_m, second.share) == (2, 1, 100, 0.2)
    assert network.component_of.tolist().count(0) == 4


def test_multilines_are_taken_apart_and_specks_left_out():
    pieces = MultiLineString([line((0, 0), (100, 0)), line((100, 0), (100, 0.01))])
    network = WalkingNetwork.from_lines([pieces, line((100, 0), (200, 0))])
    assert (network.source.tolist(), network.dropped) == ([0, 1], 1)


@pytest.mark.parametrize(("shape", "tolerance"), [(Point(1, 1), 0.1), (SQUARE[0], -1.0), (SQUARE[0], float("nan"))])  # fmt: skip
def test_what_makes_no_network_is_refused(shape, tolerance):
    with pytest.raises(ValueError, match=r"lines|tolerance"):
        WalkingNetwork.from_lines([shape], tolerance_m=tolerance)


def test_a_park_is_entered_where_paths_cross_its_edge_or_pass_it_closely():
    network = WalkingNetwork.from_lines([line((0, 0), (100, 0)), line((0, 50), (100, 50))])
    park = box(X + 40, Y - 20, X + 60, Y + 45)
    positions, of = network.entrances([park], reach_m=10)
    found = {(int(e), round(o), round(g)) for e, o, g in zip(positions.edge, positions.offset_m, positions.gap_m, strict=True)}  # fmt: skip
    assert {(0, 40, 0), (0, 60, 0)} <= found
    assert {(1, 31, 10), (1, 69, 10)} <= found
    assert {gap for edge, _, gap in found if edge == 1} == {5, 10}
    assert set(of.tolist()) == {0}
    reached = network.search(positions)
    assert network.distances(network.snap([point(0, 0), point(0, 50)]), reached).values() == (
        pytest.approx([40, 40 - 75**0.5 + 10], abs=0.1)
    )


def test_no_area_has_no_entrance():
    positions, of = WalkingNetwork.from_lines(SQUARE).entrances([])
    assert (len(positions), len(of)) == (0, 0)


coordinates = st.integers(0, 20).map(lambda n: n * 25.0)
places = st.tuples(coordinates, coordinates)
blocks = st.lists(st.tuples(places, coordinates, st.booleans()), min_size=1, max_size=15).map(
    lambda rows: [
        line(a, (to, a[1]) if level else (a[0], to))
        for a, to, level in rows
        if to != a[0 if level else 1]
    ]
)
streets = st.lists(st.tuples(places, places), min_size=1, max_size=25).map(
    lambda pairs: [line(a, b) for a, b in pairs if a != b]
)


numbers = st.lists(st.integers(0, 500), min_size=1, max_size=8)


@QUICK
@given(streets.filter(bool), numbers, numbers)
def test_distances_equal_those_of_networkx(lines, targets, homes):
    network = WalkingNetwork.from_lines(lines, split="crossing")
    graph = nx.Graph()
    graph.add_nodes_from(range(len(network.nodes)))
    for a, b, length in zip(network.start, network.end, network.length_m, strict=True):
        known = graph.get_edge_data(int(a), int(b), {"weight": np.inf})["weight"]
        graph.add_edge(int(a), int(b), weight=min(length, known))
    chosen = sorted({number % len(network.nodes) for number in targets})
    expected = nx.multi_source_dijkstra_path_length(graph, set(chosen))
    reached = network.search(network.snap([Point(network.nodes[node]) for node in chosen]))
    assert reached.metres.tolist() == pytest.approx(
        [expected.get(node, np.inf) for node in range(len(network.nodes))], abs=1e-6
    )
    quick = network.search(
        network.snap([Point(network.nodes[node]) for node in chosen]), which=False
    )
    assert quick.metres.tolist() == pytest.approx(reached.metres.tolist())
    assert set(quick.target.tolist()) == {-1}
    at = [number % len(network.nodes) for number in homes]
    found = network.distances(network.snap([Point(network.nodes[node]) for node in at]), reached)
    assert found.metres.tolist() == pytest.approx(
        [expected.get(node, np.inf) for node in at], abs=1e-6
    )


@QUICK
@given(streets, st.lists(places, min_size=1, max_size=4), st.lists(places, min_size=1, max_size=8))
def test_a_way_is_never_shorter_than_the_straight_line(lines, targets, homes):
    network = WalkingNetwork.from_lines(lines)
    found = metres(network, [point(*xy) for xy in homes], [point(*xy) for xy in targets])
    straight = shapely.distance(
        np.array([point(*xy) for xy in homes]), shapely.MultiPoint([point(*xy) for xy in targets])
    )
    assert (found.metres >= straight - 1e-6).all()


@QUICK
@given(streets, st.lists(places, min_size=1, max_size=4), st.lists(places, min_size=1, max_size=8), places)  # fmt: skip
def test_another_target_never_makes_the_way_longer(lines, targets, homes, extra):
    network = WalkingNetwork.from_lines(lines)
    homes = [point(*xy) for xy in homes]
    few = metres(network, homes, [point(*xy) for xy in targets])
    more = metres(network, homes, [point(*xy) for xy in (*targets, extra)])
    assert (more.metres <= few.metres + 1e-9).all()


@QUICK
@given(blocks, st.lists(places, min_size=1, max_size=4), st.lists(places, min_size=1, max_size=8))
def test_the_order_and_direction_of_lines_do_not_matter(lines, targets, homes):
    homes, targets = [point(*xy) for xy in homes], [point(*xy) for xy in targets]
    there = WalkingNetwork.from_lines(lines, split="crossing")
    back = WalkingNetwork.from_lines([shapely.reverse(each) for each in lines[::-1]], split="crossing")  # fmt: skip
    assert metres(there, homes, targets).metres.tolist() == pytest.approx(
        metres(back, homes, targets).metres.tolist(), abs=1e-6
    )


def test_an_offset_that_rounding_puts_beyond_the_end_is_the_end():
    network = WalkingNetwork.from_lines(SQUARE)
    beyond = Positions(np.array([0]), network.length_m[:1] * (1 + 1e-12), np.zeros(1))
    reached = network.search(beyond)
    assert reached.metres.min() == 0
    assert reached.metres.max() == pytest.approx(200)
