"""Amsterdam South-East: a real network, its gaps, and access to parks by path and by straight line."""

import os
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from gis.crs import RD
from gis.network import WalkingNetwork
from gis.network_change import improve, meet
from gis.positions import UNREACHED
from gis.trails import links_between_components

pytestmark = pytest.mark.real_data

NEAR_M = 300.0


@pytest.fixture(scope="module")
def amsterdam() -> Path:
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    return Path(folder) / "amsterdam"


@pytest.fixture(scope="module")
def network(amsterdam: Path) -> WalkingNetwork:
    lines = gpd.read_file(amsterdam / "greenexp_network.gpkg")
    assert len(lines) == 3899
    return WalkingNetwork.from_lines(list(lines.geometry), 0.001, split="crossing")


def test_the_street_segments_become_the_parts_that_an_independent_count_gives(amsterdam, network):
    lines = gpd.read_file(amsterdam / "greenexp_network.gpkg").geometry.to_numpy()
    graph = nx.Graph()
    for piece in shapely.get_parts(shapely.union_all(lines)):
        ends = (piece.coords[0], piece.coords[-1])
        graph.add_edge(*[tuple(round(value, 4) for value in end) for end in ends])
    assert len(network.components) == nx.number_connected_components(graph) == 197
    assert network.components[0].share > 0.95
    # One street cut at its ends only falls apart: where lines meet is a choice to make and report.
    assert len(WalkingNetwork.from_lines(list(lines)).components) == 1186
    assert sum(part.length_m for part in network.components) == pytest.approx(
        network.length_m.sum()
    )


def test_a_drawn_missing_link_shortens_the_way_by_what_the_sum_says(network):
    link = next(
        each
        for each in links_between_components(network, 60, 0.0005)
        if each.between[0] == 0 and each.length_m > 10
    )
    here, there = (shapely.get_point(link.line, end) for end in (0, 1))
    reached = network.search(network.snap([here]))
    before = network.distances(network.snap([there]), reached)
    assert before.reasons() == ["not_connected"]
    change = improve(network, reached, paths=meet(network, bridges=[link.line]))
    part = change.nodes[network.component_of[change.nodes] == link.between[1]]
    assert len(part) == (network.component_of == link.between[1]).sum()
    # From the far end of the link on, the way is that link and then the way within the part.
    within = network.search(network.snap([there])).metres[part]
    now = change.metres[np.isin(change.nodes, part)]
    assert now.tolist() == pytest.approx((link.length_m + within).tolist(), abs=1e-3)


def test_access_to_parks_by_path_is_less_than_by_straight_line_and_we_know_why(amsterdam, network):
    areas = gpd.read_file(amsterdam / "greenex_AMS_neighborhoods.gpkg")
    parks = gpd.read_file(amsterdam / "greenexp_ams_parken.gpkg").to_crs(RD)
    assert (len(areas), len(parks)) == (518, 123)
    covered = areas[areas.intersects(shapely.MultiPoint(network.nodes).convex_hull)]
    west, south, east, north = covered.total_bounds
    x, y = np.meshgrid(np.arange(west, east, 50), np.arange(south, north, 50))
    points = shapely.points(x.ravel(), y.ravel())
    whole = shapely.union_all(covered.geometry.to_numpy())
    shapely.prepare(whole)
    # Only where there are paths: the network covers a part of these neighbourhoods.
    points = points[shapely.contains(whole, points)]
    points = points[network.snap(list(points), 200).edge >= 0]
    green = parks.geometry[parks.area >= 5000].to_numpy()
    straight = shapely.STRtree(green).query_nearest(points, all_matches=False, return_distance=True)
    near = straight[1] <= NEAR_M

    entrances, _ = network.entrances(list(green), 25.0)
    found = network.distances(network.snap(list(points), 100), network.search(entrances))
    walk = found.within(NEAR_M)
    inside = straight[1] == 0
    lost = near & ~walk & ~inside
    why = {reason: int((lost & (found.why_not == code)).sum()) for code, reason in enumerate(UNREACHED)}  # fmt: skip
    detour = int((lost & np.isfinite(found.metres)).sum())
    share = {"straight": near.mean(), "network": (walk | inside).mean()}
    print(f"{len(points)} places, share within 300 m: {share}; lost: {why}, by detour {detour}")
    assert (found.metres >= straight[1] - 1e-6).all()
    assert not (walk & ~near).any()
    assert sum(why.values()) + detour == lost.sum() == near.sum() - (walk | inside).sum()
    assert 0 < share["network"] < share["straight"] < 1
    assert why["too_far_from_path"] > 0
    assert detour > 0
