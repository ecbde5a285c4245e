"""Routes: worked out by hand, and the rules their figures obey."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point

from gis import trails
from gis.network import WalkingNetwork
from gis.network_change import improve, meet

X, Y = 104_000.0, 488_000.0
QUICK = settings(max_examples=50)


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places])


def point(x: float, y: float) -> Point:
    return Point(X + x, Y + y)


BANKS = [line((0, 0), (100, 0), (400, 0)), line((0, 60), (400, 60)), line((0, 900), (50, 900))]


@pytest.mark.parametrize(("metres", "minutes"), [(300, 4.5), (500, 7.5), (2000, 30)])
def test_walking_takes_four_kilometres_an_hour(metres, minutes):
    assert trails.walking_minutes(metres) == pytest.approx(minutes)


def test_a_route_has_length_time_and_shape():
    around = line((0, 0), (200, 0), (200, 200), (0, 200), (0, 15))
    assert trails.describe(around) == trails.Shape(785, pytest.approx(11.775), True)
    assert trails.describe(around, loop_m=10).is_loop is False
    assert trails.describe(BANKS[0]).is_loop is False
    apart = MultiLineString([BANKS[0], BANKS[1]])
    assert trails.describe(apart) == trails.Shape(800, pytest.approx(12), False)


def test_a_route_joins_the_parts_of_the_network_that_it_comes_by():
    network = WalkingNetwork.from_lines(BANKS)
    assert trails.joins(network, line((50, 5), (50, 55))) == {0, 1}
    assert trails.joins(network, line((50, 30), (60, 30))) == set()


def test_a_missing_link_is_the_shortest_connection():
    network = WalkingNetwork.from_lines(BANKS)
    link = trails.link_to_network(network, line((500, 0), (600, 0)))
    assert (link.length_m, link.between[0]) == (100, -1)
    assert trails.link_to_network(network, BANKS[0]).length_m == 0
    assert trails.link_to_network(WalkingNetwork.from_lines([]), BANKS[0]) is None
    (only,) = trails.links_between_components(network)
    assert (only.length_m, set(only.between)) == (60, {0, 1})
    assert trails.links_between_components(network, longest_m=59) == []
    far = trails.links_between_components(network, longest_m=1000)
    assert [round(each.length_m) for each in far] == [60, 840, 900]
    assert len(trails.links_between_components(network, 1000, least_share=0.1)) == 1


def test_route_1_counts_dwellings_within_300_metres_over_the_network():
    network = WalkingNetwork.from_lines(BANKS)
    homes = network.snap([point(0, 10), point(80, 10), point(50, 70), point(50, 500)])
    access = network.snap([point(360, 0)])
    figure = trails.route_access(network, homes, np.array([10.0, 30.0, 20.0, 40.0]), access)
    # 370 m, 290 m, no way over the water; the last has no path near it.
    assert (figure.value, figure.numerator, figure.denominator) == (0.5, 30, 60)
    assert (figure.no_data_share, figure.n, figure.definition) == (0.4, 4, "ROUTE-1")


def test_route_1_without_dwellings_says_that_there_is_nothing():
    network = WalkingNetwork.from_lines(BANKS)
    figure = trails.route_access(network, network.snap([]), np.zeros(0), network.snap([]))
    assert (figure.value, figure.notes) == (None, ("nothing_to_measure",))


def test_route_2_is_the_share_of_the_way_that_is_too_hot():
    x, _ = trails.sample_places(line((0, 0), (100, 0)))
    assert len(x) == 20
    assert x[:2].tolist() == [X + 2.5, X + 7.5]
    pet = np.where(x - X < 25, 36.0, 34.9)
    assert trails.route_heat(pet).value == 0.25
    gaps = trails.route_heat(np.where(x - X > 75, np.nan, pet))
    assert (gaps.value, gaps.no_data_share) == (5 / 15, 0.25)
    assert gaps.notes == ("input_partly_without_data",)
    assert trails.route_heat(np.array([35.0, 34.0])).value == 0.5
    assert trails.route_heat(np.full(3, np.nan)).value is None
    assert trails.route_shade(np.array([0.5, 0.4, 1.0, np.nan])).value == pytest.approx(2 / 3)


@pytest.mark.parametrize("step", [0, -1, float("nan"), float("inf")])
def test_a_step_is_a_positive_number(step):
    with pytest.raises(ValueError, match="step"):
        trails.sample_places(BANKS[0], step)


def test_route_3_compares_the_way_with_the_straight_line():
    lines = [line((0, 0), (300, 0)), line((300, 0), (300, 60)), line((300, 60), (0, 60))]
    network = WalkingNetwork.from_lines(lines)
    found = trails.detours(network, [point(0, 0), point(300, 0), point(0, 60)], [point(0, 60)])
    assert found.network_m.tolist() == pytest.approx([660, 360, 0])
    assert found.straight_m.tolist() == pytest.approx([60, np.hypot(300, 60), 0])
    assert found.ratio.tolist() == pytest.approx([11, 360 / np.hypot(300, 60), 1])
    assert found.barriers().tolist() == [True, False, False]
    assert trails.detour_figure(found, 0).value == pytest.approx(11)


def test_route_3_without_a_way_is_a_barrier_without_a_value():
    network = WalkingNetwork.from_lines(BANKS)
    found = trails.detours(network, [point(100, 0)], [point(100, 60)])
    assert (found.straight_m.tolist(), found.barriers().tolist()) == ([60], [True])
    assert trails.detour_figure(found, 0).value is None
    none = trails.detours(network, [point(100, 0)], [])
    assert trails.detour_figure(none, 0).denominator is None


def test_a_drawn_link_shortens_a_route_by_what_a_hand_calculation_gives():
    lines = [line((0, 0), (300, 0)), line((300, 0), (300, 60)), line((300, 60), (0, 60))]
    network = WalkingNetwork.from_lines(lines)
    reached = network.search(network.snap([point(0, 60)]))
    change = improve(network, reached, paths=meet(network, [line((100, 0), (100, 60))]))
    after = dict(zip(change.nodes.tolist(), change.metres.tolist(), strict=True))
    corner = int(np.argmin(np.hypot(*(network.nodes - [X, Y]).T)))
    assert reached.metres[corner] == pytest.approx(660)
    assert after[corner] == pytest.approx(100 + 60 + 100)


def test_a_route_is_told_in_steps():
    network = WalkingNetwork.from_lines([line((0, 0), (100, 0)), line((100, 0), (100, 100))])
    route = line((0, 0), (100, 0), (100, 200))
    found = trails.steps(network, ["Zuidpad", None], route)
    assert [step.name for step in found] == ["Zuidpad", None]
    assert sum(step.length_m for step in found) == pytest.approx(route.length)
    assert found[0].length_m == pytest.approx(100, abs=10)


corners = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=8, unique=True
)


@QUICK
@given(corners, st.floats(1, 50))
def test_sampling_covers_the_whole_route_evenly(places, step):
    route = line(*places)
    x, y = trails.sample_places(route, step)
    assert (len(x) - 1) * step < route.length <= len(x) * step * (1 + 1e-9)
    assert shapely.distance(shapely.points(x, y), route).max() < 1e-6


@QUICK
@given(st.lists(st.floats(10, 60), min_size=1, max_size=30), st.floats(20, 50), st.floats(0, 10))
def test_a_higher_limit_never_makes_more_of_a_route_hot(pet, limit, more):
    values = np.array(pet)
    low, high = (
        trails.route_heat(values, limit).value,
        trails.route_heat(values, limit + more).value,
    )
    assert 0 <= high <= low <= 1


@QUICK
@given(corners, st.integers(100, 500), st.integers(0, 300))
def test_a_longer_way_never_reaches_fewer_dwellings(places, distance, more):
    network = WalkingNetwork.from_lines(BANKS, split="crossing")
    homes = network.snap([point(*xy) for xy in places])
    count = np.arange(1.0, len(places) + 1)
    access = network.snap([point(200, 0)])
    near = trails.route_access(network, homes, count, access, distance)
    far = trails.route_access(network, homes, count, access, distance + more)
    assert near.numerator <= far.numerator <= far.denominator


@QUICK
@given(corners, corners)
def test_no_way_is_shorter_than_the_straight_line(places, gates):
    network = WalkingNetwork.from_lines([*BANKS, line((200, 0), (200, 60))], split="touching")
    found = trails.detours(network, [point(*a) for a in places], [point(*b) for b in gates])
    assert (found.ratio >= 1 - 1e-9).all()
