"""What stands out about a plan: too small, loose, or where no path comes."""

import numpy as np
from shapely.geometry import LineString, Point, box

from gis.network import WalkingNetwork
from gis.plan_notes import PlanNotes, plan_notes
from gis.surroundings import Homes, prepare
from gis.what_if import Plan

X, Y = 104_000.0, 488_000.0
STREET = WalkingNetwork.from_lines([LineString([(X, Y), (X + 1000, Y)])])
HOMES = Homes(
    np.array([Point(X, Y), Point(X + 10, Y + 400)], dtype=object), np.array([1.0, 2.0]), np.ones(2)
)


def notes(plan: Plan, network: WalkingNetwork = STREET, green=()) -> PlanNotes:
    return plan_notes(prepare(HOMES, network, list(green)), plan)


def park(south: float, side: float) -> Plan:
    return Plan(parks=(box(X, Y + south, X + side, Y + south + side),))


def test_a_park_is_small_or_far_from_any_path():
    assert notes(park(0, 80)) == PlanNotes(0, 0, 0, 2.0)
    assert notes(park(0, 60)).small_parks == 1
    beside = [box(X, Y + 60, X + 60, Y + 120)]
    assert notes(park(0, 60), green=beside).small_parks == 0
    assert notes(park(26, 80)).parks_without_path == 1
    with_path = Plan(park(26, 80).parks, paths=(LineString([(X, Y), (X, Y + 26)]),))
    assert notes(with_path).parks_without_path == 0


def test_a_path_or_bridge_joins_nothing():
    loose = LineString([(X, Y + 200), (X, Y + 300)])
    assert notes(Plan(paths=(loose,))).loose_paths == 1
    one_end = LineString([(X, Y), (X, Y + 300)])
    assert notes(Plan(paths=(one_end,))).loose_paths == 0
    assert notes(Plan(bridges=(one_end,))).loose_paths == 1


def test_without_a_network_only_size_is_told():
    assert notes(park(500, 60), WalkingNetwork.from_lines([])) == PlanNotes(1, 0, 0, 0.0)
