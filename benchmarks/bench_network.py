"""Walking distances: one search against networkx, and a what-if against a full search.

Equal results are checked before a ratio is given; a difference is an error, not a figure.
"""

from collections.abc import Callable
from statistics import median
from time import process_time

import networkx as nx
import numpy as np

from benchmarks.report import quick, report
from gis.network import WalkingNetwork
from gis.network_change import improve
from gis.positions import Positions

ROUNDS = 5
SEED = 7


def main() -> None:
    """Both targets."""
    _against_networkx()
    _what_if()


def street_grid(side: int, kept: float) -> WalkingNetwork:
    """A grid of streets some 100 m apart with bent corners, of which some streets are left out."""
    dice = np.random.default_rng(SEED)
    row, column = np.divmod(np.arange(side * side), side)
    nodes = np.column_stack([column, row]) * 100.0 + dice.uniform(-30, 30, (side * side, 2))
    east = np.flatnonzero(column < side - 1)
    north = np.flatnonzero(row < side - 1)
    start = np.concatenate([east, north])
    end = np.concatenate([east + 1, north + side])
    there = dice.random(len(start)) < kept
    return WalkingNetwork.from_edges(nodes, start[there], end[there])


def somewhere(network: WalkingNetwork, count: int, seed: int, gap_m: float = 0.0) -> Positions:
    """Places spread over the network."""
    dice = np.random.default_rng(seed)
    edge = dice.integers(0, len(network.start), count)
    along = dice.random(count) * network.length_m[edge]
    return Positions(edge, along, dice.random(count) * gap_m)


def _times(*works: Callable[[], object]) -> list[float]:
    """The median CPU seconds of each, taken in turns: all run in one thread."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for times, work in zip(taken, works, strict=True):
            began = process_time()
            work()
            times.append(process_time() - began)
    return [median(times) for times in taken]


def _against_networkx() -> None:
    side = 100 if quick() else 316
    network = street_grid(side, 0.88)
    targets = somewhere(network, 1500 * side * side // 316**2, SEED + 1)
    at_nodes = Positions(targets.edge, np.zeros(len(targets)), np.zeros(len(targets)))
    homes = somewhere(network, side * side // 2, SEED + 2, gap_m=30.0)
    peer = nx.Graph()
    peer.add_nodes_from(range(side * side))
    edges = zip(
        network.start.tolist(), network.end.tolist(), network.length_m.tolist(), strict=True
    )
    peer.add_weighted_edges_from(edges)
    sources = set(network.start[at_nodes.edge].tolist())

    def ours() -> np.ndarray:
        return network.distances(homes, network.search(at_nodes, which=False)).metres

    def theirs() -> np.ndarray:
        known = nx.multi_source_dijkstra_path_length(peer, sources)
        at = np.array([known.get(node, np.inf) for node in range(side * side)])
        back = at[network.start[homes.edge]] + homes.offset_m
        ahead = at[network.end[homes.edge]] + network.length_m[homes.edge] - homes.offset_m
        return np.minimum(back, ahead) + homes.gap_m

    if not np.allclose(ours(), theirs()):
        raise SystemExit("the distances differ from those of networkx")
    ours_s, theirs_s = _times(ours, theirs)
    note = (
        f"{side * side} nodes, {len(network.start)} edges, {len(sources)} targets, {len(homes)} places "
        f"on edges, equal distances: {ours_s:.3f} s; networkx {theirs_s:.3f} s"
    )
    report("network_access", theirs_s / ours_s, 20, note)


def _what_if() -> None:
    side = 400 if quick() else 2000
    network = street_grid(side, 0.88)
    targets = somewhere(network, 60_000 * side * side // 2000**2, SEED + 1)
    before = network.search(targets)
    extra = somewhere(network, 1, SEED + 3)
    both = Positions.together(targets, extra)
    changes = [somewhere(network, 1, SEED + 10 + n) for n in range(20)]

    def small() -> None:
        for change in changes:
            improve(network, before, change, first_target=len(targets))

    change = improve(network, before, extra, first_target=len(targets))
    after = before.metres.copy()
    after[change.nodes] = change.metres
    if not np.allclose(after, network.search(both).metres):
        raise SystemExit("the what-if differs from a full search")
    small_s, full_s = _times(small, lambda: network.search(both))
    small_s /= len(changes)
    note = (
        f"{side * side} nodes, {len(network.start)} edges, {len(targets)} targets and one more: "
        f"{small_s * 1000:.2f} ms (mean of {len(changes)} places), full search {full_s:.2f} s; equal"
    )
    report("network_what_if", full_s / small_s, 100, note)
