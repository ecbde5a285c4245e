"""What new targets or new paths change in known walking distances, without searching again.

All geometry is in EPSG:28992 (RD New, metres). The search goes only where the way becomes shorter,
so its cost grows with what changes and not with the network.

Method: Dijkstra's search from what is new, stopped where the known distance is as short.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString

from gis.junctions import Floats, Ints, cut_line
from gis.network import WalkingNetwork
from gis.positions import Positions, Posts, Reached

NO_POSITIONS: Final = Positions(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
JOIN_M: Final = 25.0
"""How far the end of a drawn path may lie from the network and still be joined to it."""
JUNCTION_M: Final = 0.1
ROUNDING_M: Final = 1e-9


@dataclass(frozen=True, eq=False)
class NewPaths:
    """Drawn paths as a network of their own, and where that meets the existing one.

    Attributes:
        network: the drawn paths, RD (metres).
        node: node of the drawn network at each meeting, shape (c,).
        at: position on the existing network of each meeting, shape (c,).
    """

    network: WalkingNetwork
    node: Ints
    at: Positions


@dataclass(frozen=True, eq=False)
class Change:
    """What became nearer.

    Attributes:
        nodes: the nodes of the network with a shorter way than before, ascending, shape (k,).
        metres: their new distance, shape (k,).
        target: their new nearest target, shape (k,).
        posts: new positions on edges from which the way is known.
        paths: distances over the drawn paths themselves, with the drawn network; None without.
        visited: number of nodes that the search looked at.
    """

    nodes: Ints
    metres: Floats
    target: Ints
    posts: Posts
    paths: tuple[WalkingNetwork, Reached] | None
    visited: int


@dataclass(frozen=True, eq=False)
class EdgeIndex:
    """Which places lie on an edge; made once for places that stay where they are."""

    positions: Positions
    order: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", np.argsort(self.positions.edge, kind="stable"))

    @cached_property
    def _edges(self) -> Ints:
        return self.positions.edge[self.order]

    def on(self, edges: Ints) -> Ints:
        """Return the places (indices, ascending) that lie on any of the edges."""
        first = np.searchsorted(self._edges, edges, side="left")
        last = np.searchsorted(self._edges, edges, side="right")
        found = [self.order[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def meet(
    network: WalkingNetwork,
    paths: Sequence[LineString] = (),
    bridges: Sequence[LineString] = (),
    join_m: float = JOIN_M,
) -> NewPaths:
    """Return drawn paths and bridges cut and joined to the network.

    Both are joined where they start and end (the gap counts as walking); a path also wherever it
    crosses a path of the network. Drawn lines that cross one another are connected.

    Args:
        network: the existing paths.
        paths: drawn RD lines (metres).
        bridges: drawn RD lines (metres) over or under what they cross.
        join_m: how far an end may lie from the network and still be joined (metres).
    """
    simple = [part for path in paths for part in _apart_where_it_crosses(path)]
    pieces = [piece for path in simple for piece in _cut_at(network, path)]
    drawn = WalkingNetwork.from_lines([*pieces, *bridges], split="crossing")
    points = shapely.points(drawn.nodes)
    at = network.snap(list(points), max(join_m, ROUNDING_M))
    degree = np.bincount(np.concatenate([drawn.start, drawn.end]), minlength=len(drawn.nodes))
    joined = (at.edge >= 0) & ((degree == 1) | (at.gap_m <= JUNCTION_M))
    return NewPaths(drawn, np.flatnonzero(joined), at.take(joined))


def _apart_where_it_crosses(path: LineString) -> list[LineString]:
    """Return a path that meets itself as parts that don't; a place on it is then one place."""
    return [path] if path.is_simple else list(shapely.get_parts(shapely.node(path)))


def _cut_at(network: WalkingNetwork, path: LineString) -> list[LineString]:
    if not len(network.start):
        return [path]
    met = shapely.intersection(network.lines[network.tree.query(path, "intersects")], path)
    points = shapely.get_parts(met)
    points = points[shapely.get_type_id(points) == 0]
    return cut_line(path, shapely.line_locate_point(path, points).tolist(), JUNCTION_M)


def improve(
    network: WalkingNetwork,
    reached: Reached,
    targets: Positions = NO_POSITIONS,
    paths: NewPaths | None = None,
    path_targets: Positions = NO_POSITIONS,
    first_target: int = 0,
) -> Change:
    """Return what new targets and new paths bring nearer; nothing becomes farther.

    Args:
        network: the existing paths.
        reached: a search on that network; its limit holds here too.
        targets: new targets on the network.
        paths: drawn paths, from ``meet``.
        path_targets: new targets on the drawn paths (edges of ``paths.network``).
        first_target: number of the first new target; those on drawn paths come last.
    """
    plan = _Plan(network, reached)
    for number, target in enumerate(_rows(targets)):
        plan.add(target, target[2], first_target + number)
    if paths is not None:
        plan.add_paths(paths, path_targets, first_target + len(targets))
    plan.search()
    return plan.outcome(paths)


def improved_places(
    network: WalkingNetwork, reached: Reached, change: Change, index: EdgeIndex
) -> tuple[Ints, Floats, Ints]:
    """Return the places whose way over the network changed: index, metres now, nearest target now.

    Gaps are included. A way over a drawn path from a place beside that path is not in it:
    ``network.distances`` on ``change.paths`` tells that one.
    """
    edges = np.union1d(network.edges_at(change.nodes), change.posts.edge)
    which = index.on(edges)
    here = index.positions.take(which)
    from_ends = [
        _patched(reached, change, nodes[here.edge]) for nodes in (network.start, network.end)
    ]
    metres, target = network.nearest(here, from_ends, [reached.posts, change.posts])
    near = metres <= reached.limit_m
    return which[near], metres[near], target[near]


def _patched(reached: Reached, change: Change, nodes: Ints) -> tuple[Floats, Ints]:
    """Return metres and target now at nodes, of which a few have changed."""
    metres, target = reached.metres[nodes], reached.target[nodes]
    if len(change.nodes):
        place = np.minimum(np.searchsorted(change.nodes, nodes), len(change.nodes) - 1)
        changed = change.nodes[place] == nodes
        metres[changed] = change.metres[place[changed]]
        target[changed] = change.target[place[changed]]
    return metres, target


def _rows(positions: Positions) -> list[tuple[int, float, float]]:
    columns = (positions.edge.tolist(), positions.offset_m.tolist(), positions.gap_m.tolist())
    return [row for row in zip(*columns, strict=True) if row[0] >= 0]


class _Plan:
    """The nodes that are added to the network for one change, and the search over both."""

    def __init__(self, network: WalkingNetwork, reached: Reached) -> None:
        self.network, self.reached = network, reached
        self.first = len(network.nodes)
        self.places: list[tuple[int, float]] = []
        self.best: dict[int, tuple[float, int]] = {}
        self.links: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        self.on_edge: defaultdict[int, list[int]] = defaultdict(list)
        self.path_nodes: list[int] = []
        self.path_posts: list[tuple[int, float, int]] = []
        self.visited = 0

    def new_node(self, place: tuple[int, float], metres: float, target: int) -> int:
        node = self.first + len(self.places)
        self.places.append(place)
        if np.isfinite(metres):
            self.best[node] = (metres, target)
        return node

    def link(self, one: int, other: int, metres: float) -> None:
        self.links[one].append((other, metres))
        self.links[other].append((one, metres))

    def add(self, place: tuple[int, float, float], metres: float, target: int) -> int:
        """Add a position on the network and the ways from it along its edge."""
        edge, offset, _ = place
        node = self.new_node((edge, offset), metres, target)
        self.link(node, int(self.network.start[edge]), offset)
        ahead = max(float(self.network.length_m[edge]) - offset, 0.0)
        self.link(node, int(self.network.end[edge]), ahead)
        for other in self.on_edge[edge]:
            self.link(node, other, abs(offset - self.places[other - self.first][1]))
        self.on_edge[edge].append(node)
        return node

    def add_paths(self, paths: NewPaths, targets: Positions, first_target: int) -> None:
        drawn = paths.network
        self.path_nodes = [self.new_node((-1, 0.0), np.inf, -1) for _ in drawn.nodes]
        rows = zip(drawn.start.tolist(), drawn.end.tolist(), drawn.length_m.tolist(), strict=True)
        for start, end, metres in rows:
            self.link(self.path_nodes[start], self.path_nodes[end], metres)
        here = Positions(paths.at.edge, paths.at.offset_m, np.zeros(len(paths.at)))
        known = self.network.distances(here, self.reached)
        for number, place in enumerate(_rows(paths.at)):
            node = self.add(place, float(known.metres[number]), int(known.target[number]))
            self.link(node, self.path_nodes[int(paths.node[number])], place[2])
        for number, (edge, offset, gap) in enumerate(_rows(targets)):
            node = self.new_node((-1, 0.0), gap, first_target + number)
            self.path_posts.append((edge, offset, node))
            self.link(node, self.path_nodes[int(drawn.start[edge])], offset)
            length = float(drawn.length_m[edge])
            self.link(node, self.path_nodes[int(drawn.end[edge])], max(length - offset, 0.0))

    def search(self) -> None:
        """Shorten ways until nothing that is new makes any shorter."""
        graph, limit = self.network.graph, self.reached.limit_m
        waiting = [(metres, node) for node, (metres, _) in self.best.items()]
        heapq.heapify(waiting)
        while waiting:
            metres, node = heapq.heappop(waiting)
            known, target = self.best[node]
            if metres > known:
                continue
            self.visited += 1
            ways = list(self.links.get(node, ()))
            if node < self.first:
                span = slice(graph.indptr[node], graph.indptr[node + 1])
                ways += zip(graph.indices[span].tolist(), graph.data[span].tolist(), strict=True)
            for other, length in ways:
                way = metres + length
                if way <= limit and way < self.known(other) - ROUNDING_M:
                    self.best[other] = (way, target)
                    heapq.heappush(waiting, (way, other))

    def known(self, node: int) -> float:
        if node in self.best:
            return self.best[node][0]
        return float(self.reached.metres[node]) if node < self.first else np.inf

    def outcome(self, paths: NewPaths | None) -> Change:
        changed = sorted(node for node in self.best if node < self.first)
        over_paths = None
        if paths is not None:
            at_nodes = [self.best.get(node, (np.inf, -1)) for node in self.path_nodes]
            rows = [(e, o, *self.best[node]) for e, o, node in self.path_posts]
            metres, target = _apart(at_nodes)
            held = frozenset(range(len(paths.network.components)))
            posts = _posts(rows)
            over_paths = (
                paths.network,
                Reached(metres, target, posts, held, self.reached.limit_m),
            )
        rows = [
            (edge, offset, *self.best[self.first + n])
            for n, (edge, offset) in enumerate(self.places)
            if edge >= 0 and self.first + n in self.best
        ]
        metres, target = _apart([self.best[node] for node in changed])
        nodes = np.array(changed, dtype=np.int64)
        return Change(nodes, metres, target, _posts(rows), over_paths, self.visited)


def _apart(rows: Sequence[tuple[float, int]]) -> tuple[Floats, Ints]:
    metres = np.array([row[0] for row in rows], dtype=np.float64)
    return metres, np.array([row[1] for row in rows], dtype=np.int64)


def _posts(rows: Sequence[tuple[int, float, float, int]]) -> Posts:
    metres, target = _apart([row[2:] for row in rows])
    edge = np.array([row[0] for row in rows], dtype=np.int64)
    return Posts(edge, np.array([row[1] for row in rows], dtype=np.float64), metres, target)
