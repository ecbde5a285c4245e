"""What a plan would change: worked out by hand on one street, and what must always hold."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from gis.green_benefits import BENEFITS, KEYS
from gis.network import WalkingNetwork
from gis.surroundings import Homes, prepare
from gis.what_if import UNCERTAINTIES, Plan, Tree, effects

X, Y = 104_000.0, 488_000.0
QUICK = settings(max_examples=25)


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places])


def point(x: float, y: float) -> Point:
    return Point(X + x, Y + y)


def area(west: float, south: float, east: float, north: float):
    return box(X + west, Y + south, X + east, Y + north)


STREET = WalkingNetwork.from_lines([line((0, 0), (1000, 0)), line((0, 200), (1000, 200))])
NO_PATHS = WalkingNetwork.from_lines([])


def homes(pet=None) -> Homes:
    """Eleven homes along a street, every 100 m, 10 m beside it: two dwellings, five residents."""
    points = np.array([point(x, 10) for x in range(0, 1001, 100)], dtype=object)
    return Homes(points, np.full(11, 2.0), np.full(11, 5.0), pet)


def by_key(found):
    return {effect.key: effect for effect in found}


def test_a_park_brings_homes_within_300_metres_and_ten_minutes():
    present = prepare(homes(), STREET, [])
    park = area(900, -80, 1000, 0)  # 0.8 ha, along the street from 900 m on
    found = by_key(effects(present, Plan(parks=(park,), cost_cents=1_000_001)))
    # Within 290 m of x = 900 along the street: 700, 800, 900, 1000; at 600 it is 10 + 300.
    assert (found["residents_300m"].value, found["dwellings_300m"].value) == (20, 8)
    # 656 m on: from 300 on, eight homes.
    assert (found["residents_10min"].value, found["dwellings_10min"].value) == (40, 16)
    assert found["residents_300m"].parameters["distance_mode"] == "network"
    assert found["cost_per_resident"].value == pytest.approx(1_000_001 / 20)


def test_a_small_park_counts_only_with_the_green_it_touches():
    small = Plan(parks=(area(900, -40, 1000, 0),))
    assert by_key(effects(prepare(homes(), STREET, []), small))["residents_300m"].value == 0
    beside = prepare(homes(), STREET, [area(900, -60, 1000, -40)])
    assert by_key(effects(beside, small))["residents_300m"].value == 20


def test_who_is_near_green_already_is_not_counted_again():
    present = prepare(homes(), STREET, [area(0, -100, 100, 0)])
    park = Plan(parks=(area(300, -100, 400, 0),), cost_cents=500)
    found = by_key(effects(present, park))
    # Green reaches to 390 m already: homes 0 to 300; the park reaches 400 to 600.
    assert found["residents_300m"].value == 15
    nothing = by_key(effects(present, Plan(parks=(area(0, -100, 100, 0),), cost_cents=500)))
    assert nothing["residents_300m"].value == 0
    assert nothing["cost_per_resident"].value is None
    assert nothing["green_added_m2"].value == 0


def test_a_bridge_to_green_on_the_other_side():
    present = prepare(homes(), STREET, [area(450, 200, 550, 300)])
    assert not np.isfinite(present.green_m).any()
    found = by_key(effects(present, Plan(bridges=(line((500, 0), (500, 200)),))))
    # 10 + along the street + 200 over the bridge: only home 500 is within 300 m (210 m); 400 and 600
    # are at 310 m. Ten minutes: 456 m along the street, so 100 to 900.
    assert (found["residents_300m"].value, found["residents_10min"].value) == (5, 45)


def test_a_path_serves_the_homes_beside_it():
    present = prepare(homes(), STREET, [area(450, 60, 550, 160)])
    path = Plan(paths=(line((500, 0), (500, 60)),))
    found = by_key(effects(present, path))
    # 10 + along + 60 m: 300 to 700.
    assert found["residents_300m"].value == 25


def test_without_paths_the_straight_line_counts_and_says_so():
    present = prepare(homes(), NO_PATHS, [])
    found = by_key(effects(present, Plan(parks=(area(900, -100, 1000, 0),))))
    assert found["residents_300m"].value == 20
    assert found["residents_300m"].parameters["distance_mode"] == "straight"
    assert found["residents_300m"].uncertainty == "straight_line_distance"


def test_wishes_and_residents_in_heat_near_the_plan():
    pet = np.array([36.0, 34.0, 35.0, np.nan] + [40.0] * 7)
    present = prepare(homes(pet), STREET, [])
    plan = Plan(trees=(Tree(point(0, 0), 30),))
    wishes = [point(299, 0), point(301, 0), point(10, 0)]
    found = by_key(effects(present, plan, wishes, [7, 8, 3]))
    assert (found["wishes_near"].ids, found["wishes_near"].value) == ((3, 7), 2)
    # Homes 0, 100 and 200 lie within 300 m: 36, 34 and 35 degrees.
    assert found["heat_exposed_near"].value == 10
    without = by_key(effects(prepare(homes(), STREET, []), plan))
    assert without["heat_exposed_near"].value is None


def test_green_75_changes_with_parks_and_unsealed_ground():
    alone = Homes(np.array([point(0, 0)], dtype=object), np.array([100.0]), np.array([200.0]))
    present = prepare(alone, STREET, [area(0, 100, 100, 160)])  # 6,000 m², 60 per dwelling
    found = by_key(effects(present, Plan(unsealed=(area(0, 200, 50, 230),))))  # 1,500 m²
    assert found["green_75_change"].value == pytest.approx(15)
    assert found["dwellings_green_75"].value == 100
    less = by_key(effects(present, Plan(unsealed=(area(0, 200, 50, 229),))))
    assert less["dwellings_green_75"].value == 0
    overlapping = by_key(effects(present, Plan(parks=(area(0, 100, 100, 160),))))
    assert overlapping["green_75_change"].value == 0


def test_parts_of_dwellings_are_counted_too():
    whole = prepare(homes(), STREET, [])
    shared = homes()
    parts = prepare(Homes(shared.points, np.full(11, 1.5), shared.residents), STREET, [])
    every = np.arange(11)
    assert parts.dwellings_around(every).tolist() == (whole.dwellings_around(every) * 0.75).tolist()
    assert whole.dwellings_around(every)[0] == 12


def test_trees_make_three_nearby_and_crowns_make_canopy():
    trees = [point(0, 20), point(10, 20)]
    present = prepare(homes(), STREET, [], trees, np.array([30.0, 28.0]))
    found = by_key(effects(present, Plan(trees=(Tree(point(0, 0), 28), Tree(point(100, 0), 27)))))
    assert found["dwellings_3_trees"].value == 2
    # Within 500 m of (0, 0) lie the homes 0 to 400; of (100, 0) the homes 0 to 500.
    mean = (28 * 5 + 27 * 6) / 6 / (np.pi * 500**2)
    assert found["canopy_change"].value == pytest.approx(mean)
    forest = Plan(trees=tuple(Tree(point(0, n), 2400) for n in range(100)))
    assert by_key(effects(present, forest))["dwellings_30_percent"].value == 10


def test_benefits_are_ranges_with_a_source_or_honestly_unknown():
    assert [benefit.key for benefit in BENEFITS] == list(KEYS)
    assert len(KEYS) == 8
    present = prepare(homes(), STREET, [])
    found = by_key(effects(present, Plan(trees=(Tree(point(0, 0), 100),))))
    carbon, cooling = found["benefit_carbon"], found["benefit_cooling"]
    assert (carbon.low, carbon.high, carbon.value) == (pytest.approx(26), pytest.approx(30), None)
    assert (cooling.low, cooling.high, cooling.unit) == (0.5, 0.8, "celsius")
    assert found["benefit_timber"].uncertainty == "no_defensible_range"
    assert found["benefit_house_prices"].low is None
    for benefit in BENEFITS:
        assert benefit.low is None or (0 < benefit.low < benefit.high and benefit.source)
        assert benefit.unit in {"celsius", "percent", "kg_carbon_per_year", ""}


def test_every_effect_says_its_rule_and_uncertainty():
    present = prepare(homes(), STREET, [])
    for effect in effects(present, Plan(parks=(area(0, -100, 100, 0),), cost_cents=1)):
        assert effect.uncertainty in UNCERTAINTIES
        assert effect.definition


def test_what_can_not_be_computed_is_refused():
    present = prepare(homes(), STREET, [])
    with pytest.raises(ValueError, match="nothing is drawn"):
        effects(present, Plan())
    with pytest.raises(ValueError, match="wishes"):
        effects(present, Plan(trees=(Tree(point(0, 0), 1),)), [point(0, 0)], [])
    with pytest.raises(ValueError, match="crowns"):
        prepare(homes(), STREET, [], [point(0, 0)])


places = st.tuples(st.integers(0, 900), st.integers(-200, 200))


@QUICK
@given(places, st.integers(80, 200), places, st.booleans())
def test_another_park_never_serves_fewer_residents(corner, side, other, walking):
    present = prepare(homes(), STREET if walking else NO_PATHS, [])
    first = area(corner[0], corner[1], corner[0] + side, corner[1] + side)
    second = area(other[0], other[1], other[0] + 100, other[1] + 100)
    one = by_key(effects(present, Plan(parks=(first,))))
    both = by_key(effects(present, Plan(parks=(first, second))))
    for key in ("residents_300m", "residents_10min", "dwellings_green_75", "green_added_m2"):
        assert 0 <= one[key].value <= both[key].value + 1e-9
    assert one["residents_300m"].value <= one["residents_10min"].value <= 55


@QUICK
@given(places, st.integers(80, 200))
def test_a_what_if_equals_the_present_state_with_the_park_in_it(corner, side):
    park = area(corner[0], corner[1], corner[0] + side, corner[1] + side)
    found = by_key(effects(prepare(homes(), STREET, []), Plan(parks=(park,))))
    after = prepare(homes(), STREET, [park])
    assert found["residents_300m"].value == 5 * (after.green_m <= 300).sum()
    assert found["residents_10min"].value == 5 * np.isfinite(after.green_m).sum()
    around = shapely.distance(after.homes.points, park) <= 500
    assert (after.green_around(np.arange(11)) > 0).sum() <= around.sum()
