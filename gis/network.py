"""Walking distances over a network of paths, for many places and many targets at once.

All geometry is in EPSG:28992 (RD New, metres); every path may be walked both ways. A place reaches
the network over the straight gap to the nearest point of the nearest path, and that gap counts: a
network distance is never shorter than the straight line.

Method: one Dijkstra search from all targets together (scipy, ``min_only``) answers every place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis.junctions import Floats, Ints, Split, adjacency, join_lines
from gis.positions import UNREACHED, Distances, Positions, Posts, Reached

DEFAULT_GAP_M: Final = 100.0


@dataclass(frozen=True)
class Component:
    """A connected part of the network: its nodes, edges, length (m) and share (0–1) of all length."""

    nodes: int
    edges: int
    length_m: float
    share: float


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
        graph = adjacency(made.start, made.end, length, len(made.nodes))
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
        graph = adjacency(start, end, length_m, len(nodes))
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

    def edges_at(self, nodes: Ints) -> Ints:
        """Return the edges (ascending) that start or end at any of the nodes."""
        order, ends = self._edges_by_node
        first = np.searchsorted(ends, nodes, side="left")
        last = np.searchsorted(ends, nodes, side="right")
        found = [order[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        none = np.zeros(0, dtype=np.int64)
        return np.unique(np.concatenate([none, *found]) % max(len(self.start), 1))

    @cached_property
    def _edges_by_node(self) -> tuple[Ints, Ints]:
        ends = np.concatenate([self.start, self.end])
        order = np.argsort(ends, kind="stable")
        return order, ends[order]

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
        offset = np.minimum(
            shapely.line_locate_point(lines[pair], place), self.length_m[edge[pair]]
        )
        gap = shapely.distance(place, shapes[which][pair])
        found = np.unique(np.column_stack([which[pair], edge[pair], offset, gap]), axis=0)
        position = Positions(found[:, 1].astype(np.int64), found[:, 2], found[:, 3])
        return position, found[:, 0].astype(np.int64)

    def search(self, targets: Positions, limit_m: float = np.inf, *, which: bool = True) -> Reached:
        """Find the distance from every node to its nearest target in one search.

        Args:
            targets: positions; those without a path near them are reached by nobody.
            limit_m: how far to search (metres).
            which: whether to tell which target is nearest; without it the search is quicker and
                every ``target`` is -1.
        """
        number = np.flatnonzero(targets.edge >= 0)
        on = targets.take(number)
        posts = Posts(on.edge, on.offset_m, on.gap_m, number.astype(np.int64))
        n = len(self.nodes)
        metres, nearest = np.full(n, np.inf), np.full(n, -1, dtype=np.int64)
        if len(number) and not which:
            posts = Posts(on.edge, on.offset_m, on.gap_m, np.full(len(on), -1))
            found = dijkstra(self._with_targets(posts, at_once=True), indices=n, limit=limit_m)
            metres = found[:n]
        elif len(number):
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
        metres, target = np.full(len(places), np.inf), np.full(len(places), -1, dtype=np.int64)
        ends = (self.start[here.edge], self.end[here.edge])
        from_ends = [(reached.metres[node], reached.target[node]) for node in ends]
        metres[on], target[on] = self.nearest(here, from_ends, [reached.posts])
        metres[metres > reached.limit_m] = np.inf
        target[~np.isfinite(metres)] = -1
        return Distances(metres, target, self._why_not(places, metres, reached))

    def nearest(
        self, here: Positions, from_ends: Sequence[tuple[Floats, Ints]], posts: Sequence[Posts]
    ) -> tuple[Floats, Ints]:
        """Return metres and target of the shortest way by either end of the edge or along it.

        Args:
            here: positions that all have an edge.
            from_ends: metres and target at the start and at the end of each position's edge.
            posts: from where on edges the way is known too.
        """
        (at_start, by_start), (at_end, by_end) = from_ends
        back = at_start + here.offset_m
        ahead = at_end + self.length_m[here.edge] - here.offset_m
        metres, target = np.minimum(back, ahead), np.where(back <= ahead, by_start, by_end)
        for each in posts:
            _along_the_edge(here, each, metres, target)
        return metres + here.gap_m, target

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

    def _with_targets(self, posts: Posts, at_once: bool = False) -> csr_array:
        """Return the graph with a node per target (or one for all) that leads to edges' ends."""
        graph, count = self.graph, 1 if at_once else len(posts.edge)
        ends = np.stack([self.start[posts.edge], self.end[posts.edge]], axis=1).reshape(-1)
        ahead = posts.metres + np.maximum(self.length_m[posts.edge] - posts.offset_m, 0.0)
        ways = np.stack([posts.metres + posts.offset_m, ahead], axis=1).reshape(-1)
        added = graph.indptr[-1] + np.linspace(0, len(ends), count + 1)[1:]
        return csr_array(
            (
                np.concatenate([graph.data, ways]),
                np.concatenate([graph.indices, ends.astype(graph.indices.dtype)]),
                np.concatenate([graph.indptr, np.round(added).astype(graph.indptr.dtype)]),
            ),
            shape=(graph.shape[0] + count, graph.shape[0] + count),
        )


def _along_the_edge(here: Positions, posts: Posts, metres: Floats, target: Ints) -> None:
    """Take the way along the edge itself where a post on the same edge is nearer."""
    if not len(posts.edge):
        return
    edges = posts.edge[posts.order]
    has_post = np.zeros(edges[-1] + 2, dtype=bool)
    has_post[edges] = True
    candidates = np.flatnonzero(has_post[np.minimum(here.edge, len(has_post) - 1)])
    first = np.searchsorted(edges, here.edge[candidates], side="left")
    count = np.searchsorted(edges, here.edge[candidates], side="right") - first
    place = np.repeat(candidates, count)
    step = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    post = posts.order[np.repeat(first, count) + step]
    way = posts.metres[post] + np.abs(posts.offset_m[post] - here.offset_m[place])
    shorter = way < metres[place]
    place, post, way = place[shorter], post[shorter], way[shorter]
    shortest_last = np.lexsort((-way,))
    metres[place[shortest_last]] = way[shortest_last]
    target[place[shortest_last]] = posts.target[post[shortest_last]]
