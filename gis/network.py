"""Walking distances over a network of paths, for many places and many targets at once.

All geometry is in EPSG:28992 (RD New, metres); every path may be walked both ways. A place reaches
the network over the straight gap to the nearest point of the nearest path, and that gap counts: a
network distance is never shorter than the straight line.

Method: one Dijkstra search from all targets together (scipy, ``min_only``) answers every place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.junctions import Floats, Ints, Split, join_lines

Unreached = Literal["too_far_from_path", "not_connected", "beyond_limit"]
UNREACHED: Final[tuple[Unreached, ...]] = get_args(Unreached)
"""Why a place has no distance: no path near it, no target on its part of the network, or none
within the limit of the search."""

DEFAULT_GAP_M: Final = 100.0


@dataclass(frozen=True)
class Component:
    """A connected part of the network: its nodes, edges, length (m) and share (0–1) of all length."""

    nodes: int
    edges: int
    length_m: float
    share: float


@dataclass(frozen=True, eq=False)
class Positions:
    """Places on the network: an edge, how far along it, and how far beside it.

    Attributes:
        edge: index of the edge, -1 for a place without a path near it, shape (k,).
        offset_m: distance from the start of the edge (metres), shape (k,).
        gap_m: straight distance to the path (metres); infinite without a path, shape (k,).
    """

    edge: Ints
    offset_m: Floats
    gap_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, which: Any) -> "Positions":
        """Return some of the positions, chosen by index or by mask."""
        return Positions(self.edge[which], self.offset_m[which], self.gap_m[which])

    @staticmethod
    def together(first: "Positions", then: "Positions") -> "Positions":
        """Return two sets of positions as one."""
        return Positions(
            np.concatenate([first.edge, then.edge]),
            np.concatenate([first.offset_m, then.offset_m]),
            np.concatenate([first.gap_m, then.gap_m]),
        )


@dataclass(frozen=True, eq=False)
class Posts:
    """Positions on edges from which the way to a target is known: the targets themselves, to begin.

    Attributes:
        edge, offset_m: where, as in ``Positions``, shape (p,).
        metres: distance from there to the target, shape (p,).
        target: index of that target, shape (p,).
    """

    edge: Ints
    offset_m: Floats
    metres: Floats
    target: Ints


@dataclass(frozen=True, eq=False)
class Reached:
    """What a search found: the distance from every node to its nearest target.

    Attributes:
        metres: per node; infinite where no target was reached, shape (n,).
        target: index of the nearest target per node, -1 where none was reached, shape (n,).
        posts: the targets on their edges.
        components: number of every component that holds a target.
        limit_m: how far the search went.
    """

    metres: Floats
    target: Ints
    posts: Posts
    components: frozenset[int]
    limit_m: float


@dataclass(frozen=True, eq=False)
class Distances:
    """Distance from each place to its nearest target, shape (k,).

    Attributes:
        metres: gaps included; infinite where there is no way.
        target: index of the nearest target, -1 where there is none.
        why_not: index in ``UNREACHED`` where there is no way, -1 elsewhere.
    """

    metres: Floats
    target: Ints
    why_not: NDArray[np.int8]

    def within(self, metres: float) -> NDArray[np.bool_]:
        """Say which places lie within a distance of a target."""
        return self.metres <= metres

    def values(self) -> list[float | None]:
        """Return the distances in metres, ``None`` where there is no way."""
        return [value if np.isfinite(value) else None for value in self.metres.tolist()]

    def reasons(self) -> list[Unreached | None]:
        """Return why a place has no distance, ``None`` where it has one."""
        return [None if code < 0 else UNREACHED[code] for code in self.why_not.tolist()]


@dataclass(frozen=True, eq=False)
class WalkingNetwork:
    """A graph of paths, RD (metres). Make one with ``from_lines`` or ``from_edges``.

    Attributes:
        nodes: places of the nodes, shape (n, 2).
        start, end: node index at each end of each edge, shape (m,).
        length_m: length of each edge (metres), shape (m,).
        source: index of the given line that each edge is (part of), shape (m,).
        graph: symmetric adjacency with lengths; of parallel edges the shortest, shape (n, n).
        dropped: number of pieces left out because they are shorter than the tolerance.
    """

    nodes: Floats
    start: Ints
    end: Ints
    length_m: Floats
    source: Ints
    graph: csr_array = field(repr=False)
    given_lines: NDArray[Any] | None = field(default=None, repr=False)
    dropped: int = 0

    @classmethod
    def from_lines(
        cls, lines: Sequence[BaseGeometry], tolerance_m: float = 0.1, split: Split = "ends"
    ) -> "WalkingNetwork":
        """Build the network of RD lines (metres); see ``gis.junctions.join_lines``.

        Raises:
            ValueError: a geometry is no line, or the tolerance is negative or not finite.
        """
        made = join_lines(lines, tolerance_m, split)
        length = np.asarray(shapely.length(made.lines), dtype=np.float64)
        graph = _adjacency(made.start, made.end, length, len(made.nodes))
        return cls(
            made.nodes, made.start, made.end, length, made.source, graph, made.lines, made.dropped
        )

    @classmethod
    def from_edges(
        cls, nodes: Floats, start: Ints, end: Ints, length_m: Floats | None = None
    ) -> "WalkingNetwork":
        """Build the network of nodes (RD, metres) and straight edges between them.

        Args:
            nodes: shape (n, 2).
            start, end: node index at each end of each edge, shape (m,).
            length_m: length of each edge; without it the straight distance, shape (m,).
        """
        if length_m is None:
            length_m = np.hypot(*(nodes[end] - nodes[start]).T)
        start, end = start.astype(np.int64), end.astype(np.int64)
        graph = _adjacency(start, end, length_m, len(nodes))
        return cls(nodes, start, end, length_m, np.arange(len(start)), graph)

    @cached_property
    def lines(self) -> NDArray[Any]:
        """LineString per edge, RD, shape (m,)."""
        if self.given_lines is not None:
            return self.given_lines
        both = np.stack([self.nodes[self.start], self.nodes[self.end]], axis=1)
        return np.asarray(shapely.linestrings(both), dtype=object)

    @cached_property
    def tree(self) -> STRtree:
        """Spatial index of the edges."""
        return STRtree(self.lines)

    @cached_property
    def component_of(self) -> NDArray[np.int32]:
        """Number of the component of each node; 0 is the one with the most length, shape (n,)."""
        count, label = connected_components(self.graph, directed=False)
        length = np.bincount(label[self.start], weights=self.length_m, minlength=count)
        rank = np.empty(count, dtype=np.int32)
        rank[np.argsort(-length, kind="stable")] = np.arange(count, dtype=np.int32)
        return np.asarray(rank[label], dtype=np.int32)

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The connected parts, the longest first."""
        if not len(self.nodes):
            return ()
        of_edge = self.component_of[self.start]
        nodes = np.bincount(self.component_of)
        edges = np.bincount(of_edge, minlength=len(nodes))
        length = np.bincount(of_edge, weights=self.length_m, minlength=len(nodes))
        share = length / length.sum()
        rows = zip(nodes.tolist(), edges.tolist(), length.tolist(), share.tolist(), strict=True)
        return tuple(Component(*row) for row in rows)

    def snap(self, places: Sequence[Any], max_gap_m: float = DEFAULT_GAP_M) -> Positions:
        """Return the nearest position on the network of each place.

        Args:
            places: RD points (metres); a place without one, or an empty one, has no position.
            max_gap_m: how far a place may lie from a path (metres).
        """
        points = np.asarray(places, dtype=object)
        edge = np.full(len(points), -1, dtype=np.int64)
        if len(points) and len(self.start):
            at, near = self.tree.query_nearest(points, max_distance=max_gap_m, all_matches=False)
            edge[at] = near
        offset, gap = np.zeros(len(points)), np.full(len(points), np.inf)
        on = edge >= 0
        offset[on] = shapely.line_locate_point(self.lines[edge[on]], points[on])
        gap[on] = shapely.distance(self.lines[edge[on]], points[on])
        return Positions(edge, np.minimum(offset, self._length_at(edge)), gap)

    def entrances(
        self, areas: Sequence[BaseGeometry], reach_m: float = 0.0
    ) -> tuple[Positions, Ints]:
        """Return where paths enter, leave or pass areas, and the index of the area of each.

        A path that passes within reach gives entrance at its nearest point and where it comes
        within reach, each with the straight distance to the area as its gap.

        Args:
            areas: RD (multi)polygons (metres).
            reach_m: how far a path may pass beside an area and still give entrance (metres).
        """
        shapes = np.asarray(areas, dtype=object)
        which, edge = self.tree.query(shapes, predicate="dwithin", distance=reach_m)
        lines, of_edge = self.lines[edge], np.arange(len(edge))
        points = [shapely.get_point(shapely.shortest_line(lines, shapes[which]), 0)]
        of = [of_edge]
        for wider in (0.0, reach_m) if reach_m else (0.0,):
            reach = shapely.buffer(shapes, wider) if wider else shapes
            parts, owner = shapely.get_parts(
                shapely.intersection(lines, reach[which]), return_index=True
            )
            stretches = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
            points += [shapely.get_point(parts[stretches], n) for n in (0, -1)]
            of += [owner[stretches]] * 2
        place, pair = np.concatenate(points), np.concatenate(of)
        offset = shapely.line_locate_point(lines[pair], place)
        gap = shapely.distance(place, shapes[which][pair])
        found = np.unique(np.column_stack([which[pair], edge[pair], offset, gap]), axis=0)
        position = Positions(found[:, 1].astype(np.int64), found[:, 2], found[:, 3])
        return position, found[:, 0].astype(np.int64)

    def search(self, targets: Positions, limit_m: float = np.inf) -> Reached:
        """Find the nearest target of every node in one search.

        Args:
            targets: positions; those without a path near them are reached by nobody.
            limit_m: how far to search (metres).
        """
        number = np.flatnonzero(targets.edge >= 0)
        on = targets.take(number)
        posts = Posts(on.edge, on.offset_m, on.gap_m, number.astype(np.int64))
        n = len(self.nodes)
        metres, nearest = np.full(n, np.inf), np.full(n, -1, dtype=np.int64)
        if len(number):
            graph = self._with_targets(posts)
            first = np.arange(n, n + len(number), dtype=np.int32)
            metres, _, origin = dijkstra(
                graph, indices=first, min_only=True, limit=limit_m, return_predecessors=True
            )
            metres, origin = metres[:n], origin[:n]
            there = np.isfinite(metres)
            nearest[there] = number[origin[there] - n]
        held = frozenset(np.unique(self.component_of[self.start[on.edge]]).tolist())
        return Reached(metres, nearest, posts, held, limit_m)

    def distances(self, places: Positions, reached: Reached) -> Distances:
        """Return the distance from each place to its nearest target, gaps included.

        Args:
            places: positions on this network.
            reached: what a search on this network found.
        """
        on = np.flatnonzero(places.edge >= 0)
        here = places.take(on)
        back = self.length_m[here.edge] - here.offset_m
        metres, target = np.full(len(places), np.inf), np.full(len(places), -1, dtype=np.int64)
        by_start = reached.metres[self.start[here.edge]] + here.offset_m
        by_end = reached.metres[self.end[here.edge]] + back
        node = np.where(by_start <= by_end, self.start[here.edge], self.end[here.edge])
        metres[on], target[on] = np.minimum(by_start, by_end), reached.target[node]
        _along_the_edge(here, on, reached.posts, (metres, target))
        metres[on] += here.gap_m
        metres[metres > reached.limit_m] = np.inf
        target[~np.isfinite(metres)] = -1
        return Distances(metres, target, self._why_not(places, metres, reached))

    def _why_not(self, places: Positions, metres: Floats, reached: Reached) -> NDArray[np.int8]:
        code = np.full(len(places), -1, dtype=np.int8)
        lost = ~np.isfinite(metres)
        code[lost] = UNREACHED.index("beyond_limit")
        on = lost & (places.edge >= 0)
        part = self.component_of[self.start[places.edge[on]]]
        held = np.isin(part, np.fromiter(reached.components, dtype=np.int64))
        code[np.flatnonzero(on)[~held]] = UNREACHED.index("not_connected")
        code[places.edge < 0] = UNREACHED.index("too_far_from_path")
        return code

    def _length_at(self, edge: Ints) -> Floats:
        return self.length_m[edge] if len(self.length_m) else np.zeros(len(edge))

    def _with_targets(self, posts: Posts) -> csr_array:
        """Return the graph with a node per target that leads to both ends of its edge."""
        graph, count = self.graph, len(posts.edge)
        ends = np.stack([self.start[posts.edge], self.end[posts.edge]], axis=1)
        ahead = posts.metres + self.length_m[posts.edge] - posts.offset_m
        ways = np.stack([posts.metres + posts.offset_m, ahead], axis=1)
        rows = graph.indptr[-1] + 2 * np.arange(1, count + 1, dtype=graph.indptr.dtype)
        return csr_array(
            (
                np.concatenate([graph.data, ways.reshape(-1)]),
                np.concatenate([graph.indices, ends.reshape(-1).astype(graph.indices.dtype)]),
                np.concatenate([graph.indptr, rows]),
            ),
            shape=(graph.shape[0] + count, graph.shape[0] + count),
        )


def _along_the_edge(here: Positions, on: Ints, posts: Posts, best: tuple[Floats, Ints]) -> None:
    """Take the way along the edge itself where a post on the same edge is nearer."""
    metres, target = best
    order = np.argsort(posts.edge, kind="stable")
    first = np.searchsorted(posts.edge[order], here.edge, side="left")
    count = np.searchsorted(posts.edge[order], here.edge, side="right") - first
    place = np.repeat(np.arange(len(here)), count)
    step = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    post = order[first[place] + step]
    way = posts.metres[post] + np.abs(posts.offset_m[post] - here.offset_m[place])
    shortest_last = np.argsort(-way, kind="stable")
    place, post, way = place[shortest_last], post[shortest_last], way[shortest_last]
    shorter = way < metres[on[place]]
    metres[on[place[shorter]]] = way[shorter]
    target[on[place[shorter]]] = posts.target[post[shorter]]


def _adjacency(start: Ints, end: Ints, length_m: Floats, nodes: int) -> csr_array:
    """Return the symmetric matrix of lengths; of parallel edges the shortest counts."""
    row, column = np.concatenate([start, end]), np.concatenate([end, start])
    length = np.concatenate([length_m, length_m])
    order = np.lexsort((length, column, row))
    row, column, length = row[order], column[order], length[order]
    new = np.ones(len(row), dtype=bool)
    new[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    pointer = np.zeros(nodes + 1, dtype=np.int32)
    pointer[1:] = np.cumsum(np.bincount(row[new], minlength=nodes))
    return csr_array((length[new], column[new].astype(np.int32), pointer), shape=(nodes, nodes))
