"""What new targets and paths change equals a new search over everything, and costs less."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from gis.network import WalkingNetwork
from gis.network_change import EdgeIndex, improve, improved_places, meet
from gis.positions import Positions

X, Y = 104_000.0, 488_000.0
QUICK = settings(max_examples=50)


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places])


def point(x: float, y: float) -> Point:
    return Point(X + x, Y + y)


def grid(side: int) -> WalkingNetwork:
    lines = [line((x * 50, y * 50), (x * 50 + 50, y * 50)) for x in range(side) for y in range(side + 1)]  # fmt: skip
    lines += [line((x * 50, y * 50), (x * 50, y * 50 + 50)) for x in range(side + 1) for y in range(side)]  # fmt: skip
    return WalkingNetwork.from_lines(lines)


GRID = grid(8)
spots = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=6).map(
    lambda pairs: [point(*xy) for xy in pairs]
)


def after(network, reached, change):
    metres, target = reached.metres.copy(), reached.target.copy()
    metres[change.nodes], target[change.nodes] = change.metres, change.target
    return metres, target


@QUICK
@given(spots, spots, spots, st.sampled_from([np.inf, 120.0]))
def test_new_targets_change_what_a_full_search_changes(known, added, homes, limit):
    old, new = GRID.snap(known), GRID.snap(added)
    reached = GRID.search(old, limit)
    change = improve(GRID, reached, new, first_target=len(old))
    whole = GRID.search(Positions.together(old, new), limit)
    metres, _ = after(GRID, reached, change)
    assert metres.tolist() == pytest.approx(whole.metres.tolist())
    assert (change.metres < reached.metres[change.nodes]).all()
    snapped = GRID.snap(homes)
    places = GRID.distances(snapped, reached).metres
    which, now, target = improved_places(GRID, reached, change, EdgeIndex(snapped))
    places[which] = np.minimum(places[which], now)
    assert places.tolist() == pytest.approx(GRID.distances(snapped, whole).metres.tolist())
    assert (target >= 0).all()


on_paths = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 400)), min_size=1, max_size=4).map(
    lambda pairs: [point(x * 50, y) for x, y in pairs]
)
turns = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=5, unique=True
)
drawn = turns.map(lambda pairs: line(*[(x * 50, y * 50) for x, y in pairs]))


@QUICK
@given(on_paths, drawn.filter(lambda path: path.is_simple))
def test_a_new_path_changes_what_a_new_network_would(known, path):
    reached = GRID.search(GRID.snap(known))
    change = improve(GRID, reached, paths=meet(GRID, [path], join_m=0.5))
    rebuilt = WalkingNetwork.from_lines([*GRID.lines, path], split="crossing")
    whole = rebuilt.search(rebuilt.snap(known))
    corners = [Point(xy) for xy in GRID.nodes]
    expected = rebuilt.distances(rebuilt.snap(corners), whole)
    metres, _ = after(GRID, reached, change)
    assert metres.tolist() == pytest.approx(expected.metres.tolist(), abs=0.01)
    assert (metres <= reached.metres).all()


def test_a_bridge_joins_two_banks_and_its_gaps_are_walked():
    banks = WalkingNetwork.from_lines([line((0, 0), (200, 0)), line((0, 60), (200, 60))])
    home, park = banks.snap([point(150, 0)]), banks.snap([point(90, 60)])
    reached = banks.search(park)
    assert banks.distances(home, reached).reasons() == ["not_connected"]
    bridge = meet(banks, bridges=[line((100, 4), (100, 55))])
    change = improve(banks, reached, paths=bridge)
    which, metres, target = improved_places(banks, reached, change, EdgeIndex(home))
    # 50 m along the bank, 4 m to the bridge, 51 m over it, 5 m from it, 10 m along the bank.
    assert (which.tolist(), metres.tolist(), target.tolist()) == ([0], [pytest.approx(120)], [0])
    network, over = change.paths
    beside = network.distances(network.snap([point(101, 30)]), over)
    assert beside.values() == [pytest.approx(1 + 25 + 5 + 10)]


def test_a_bridge_over_a_path_does_not_meet_it_and_a_path_across_it_does():
    network = WalkingNetwork.from_lines([line((0, 0), (200, 0)), line((0, 80), (200, 80))])
    over = line((100, -40), (100, 80))
    assert meet(network, bridges=[over]).at.edge.tolist() == [1]
    assert sorted(meet(network, [over]).at.edge.tolist()) == [0, 1]


def test_a_new_park_at_the_end_of_a_new_path_is_reached_over_it():
    network = WalkingNetwork.from_lines([line((0, 0), (200, 0))])
    reached = network.search(network.snap([]), limit_m=300)
    paths = meet(network, [line((100, 0), (100, 150))])
    end = paths.network.snap([point(100, 150)])
    change = improve(network, reached, paths=paths, path_targets=end, first_target=7)
    which, metres, target = improved_places(
        network, reached, change, EdgeIndex(network.snap([point(30, 10), point(199, 0)]))
    )
    assert (which.tolist(), target.tolist()) == ([0, 1], [7, 7])
    assert metres.tolist() == pytest.approx([10 + 70 + 150, 99 + 150])


def test_a_drawn_path_that_crosses_itself_is_joined_there():
    network = WalkingNetwork.from_lines([line((0, 0), (10, 0))])
    loop = line((0, 0), (100, 0), (100, 100), (50, 100), (50, -50))
    paths = meet(network, [loop])
    change = improve(
        network,
        network.search(network.snap([point(0, 0)])),
        paths=paths,
    )
    drawn, over = change.paths
    assert drawn.distances(drawn.snap([point(50, -50)]), over).values() == [pytest.approx(100)]


def test_a_path_that_reaches_nothing_changes_nothing():
    reached = GRID.search(GRID.snap([point(0, 0)]))
    change = improve(GRID, reached, paths=meet(GRID, [line((1000, 1000), (1200, 1000))]))
    assert len(change.nodes) == len(change.posts.edge) == 0


def test_the_search_stays_where_the_way_becomes_shorter():
    wide = grid(40)
    parks = wide.snap([point(x * 50, y * 50) for x in range(0, 41, 4) for y in range(0, 41, 4)])
    reached = wide.search(parks)
    change = improve(wide, reached, wide.snap([point(1010, 1000)]))
    assert change.visited < 30
    assert change.visited - 1 <= len(change.nodes) <= change.visited
