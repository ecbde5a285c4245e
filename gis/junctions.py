"""Make a graph of lines: cut them where they meet and join the ends that lie together.

All geometry is in EPSG:28992 (RD New, metres). What counts as a junction is a choice of the caller:
lines that cross need not be connected, because one may be a bridge.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal, get_args

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

Split = Literal["ends", "vertices", "touching", "crossing"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)
"""Where lines are connected: at shared ends only (``ends``); at ends and vertices that lie on the same
spot to the millimetre, as OpenStreetMap means it (``vertices``); at ends and where an end touches the
middle of another line (``touching``); there and wherever two lines cross (``crossing``)."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Junctions:
    """Nodes and edges made of lines.

    Attributes:
        nodes: places of the nodes, RD (metres), shape (n, 2).
        start, end: node index at each end of each edge, shape (m,).
        lines: LineString per edge, RD, ending exactly on its nodes, shape (m,).
        source: index of the given line that each edge is (part of), shape (m,).
        dropped: number of pieces left out because they are shorter than the tolerance.
    """

    nodes: Floats
    start: Ints
    end: Ints
    lines: NDArray[Any]
    source: Ints
    dropped: int


def join_lines(
    lines: Sequence[BaseGeometry], tolerance_m: float = 0.1, split: Split = "ends"
) -> Junctions:
    """Return the nodes and edges of lines whose ends within a tolerance are one junction.

    Ends are joined transitively, and a junction lies in the mean of its ends: keep the tolerance
    far below the length of the lines. Multilines are taken apart; heights are dropped.

    Args:
        lines: RD lines or multilines (metres).
        tolerance_m: how far ends may lie apart and still be one junction (metres).
        split: where lines are connected, one of ``SPLITS``.

    Raises:
        ValueError: a geometry is no line, or the tolerance is negative or not finite.
    """
    if not 0 <= tolerance_m < float("inf"):
        raise ValueError("the tolerance is negative or not finite")
    geometries = np.asarray(lines, dtype=object)
    if not np.isin(shapely.get_type_id(geometries), (1, 2, 5)).all():
        raise ValueError("a walking network is made of lines")
    parts, source = shapely.get_parts(geometries, return_index=True)
    parts = shapely.force_2d(parts)
    whole = ~shapely.is_empty(parts)
    parts, source = parts[whole], source[whole].astype(np.int64)
    if split == "vertices":
        parts, source = _cut_at_vertices(parts, source)
    elif split != "ends":
        parts, source = _cut(parts, source, tolerance_m, split)
    keep = shapely.length(parts) > tolerance_m
    joined = _join_ends(parts[keep], source[keep], tolerance_m)
    return Junctions(*joined, dropped=int((~keep).sum()))


def _join_ends(
    parts: NDArray[Any], source: Ints, tolerance_m: float
) -> tuple[Floats, Ints, Ints, NDArray[Any], Ints]:
    """Return nodes, start, end, lines moved onto their nodes, and their source."""
    count = len(parts)
    if not count:
        nothing = np.zeros(0, dtype=np.int64)
        return np.zeros((0, 2)), nothing, nothing, parts, nothing
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    first = np.searchsorted(owner, np.arange(count), side="left")
    last = np.searchsorted(owner, np.arange(count), side="right") - 1
    ends = xy[np.concatenate([first, last])]
    node_of_end = _together(ends, tolerance_m)
    weight = np.bincount(node_of_end).astype(np.float64)
    nodes = np.column_stack(
        [np.bincount(node_of_end, weights=ends[:, axis]) / weight for axis in (0, 1)]
    )
    xy[first], xy[last] = nodes[node_of_end[:count]], nodes[node_of_end[count:]]
    moved = shapely.linestrings(xy, indices=owner)
    return nodes, node_of_end[:count], node_of_end[count:], moved, source


def _together(ends: Floats, tolerance_m: float) -> Ints:
    """Return a junction number for each end; numbered in order of place (x, then y)."""
    distinct, which = np.unique(ends, axis=0, return_inverse=True)
    pairs = cKDTree(distinct).query_pairs(tolerance_m, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(distinct), len(distinct)))
    _, group = connected_components(links, directed=False)
    return np.asarray(group, dtype=np.int64)[which.reshape(-1)]


def _cut_at_vertices(parts: NDArray[Any], source: Ints) -> tuple[NDArray[Any], Ints]:
    """Cut lines at every vertex that another vertex, of any line, lies on."""
    if not len(parts):
        return parts, source
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    _, spot, count = np.unique(
        np.round(xy * 1000).astype(np.int64), axis=0, return_inverse=True, return_counts=True
    )
    shared = count[spot.reshape(-1)] > 1
    border = np.concatenate([[True], owner[1:] != owner[:-1]])
    inner = shared & ~border & ~np.concatenate([border[1:], [True]])
    # Every piece takes the vertex that it is cut at along, so that vertex comes twice.
    twice = np.repeat(np.arange(len(xy)), np.where(inner, 2, 1))
    again = np.concatenate([[False], twice[1:] == twice[:-1]])
    piece = np.cumsum(border[twice] | again) - 1
    first = np.flatnonzero(np.concatenate([[True], piece[1:] != piece[:-1]]))
    pieces = np.asarray(shapely.linestrings(xy[twice], indices=piece), dtype=object)
    return pieces, source[owner[twice[first]]]


def _cut(
    parts: NDArray[Any], source: Ints, tolerance_m: float, split: Split
) -> tuple[NDArray[Any], Ints]:
    """Cut lines where others touch (or cross) them."""
    cuts = _touches(parts, tolerance_m)
    if split == "crossing":
        for line, places in _crossings(parts).items():
            cuts[line].extend(places)
    pieces: list[Any] = []
    owner: list[int] = []
    for number, line in enumerate(parts):
        made = cut_line(line, cuts[number], tolerance_m) if number in cuts else [line]
        pieces.extend(made)
        owner.extend([int(source[number])] * len(made))
    return np.array(pieces, dtype=object), np.array(owner, dtype=np.int64)


def cut_line(line: LineString, places_m: Sequence[float], tolerance_m: float) -> list[LineString]:
    """Return the pieces of an RD line cut at distances from its start (metres).

    A cut closer than the tolerance to an end or to the cut before it is not made.
    """
    kept = [0.0]
    for place in sorted(places_m):
        if place - kept[-1] > tolerance_m and line.length - place > tolerance_m:
            kept.append(place)
    kept.append(line.length)
    return [substring(line, a, b) for a, b in pairwise(kept)]


def _touches(parts: NDArray[Any], tolerance_m: float) -> defaultdict[int, list[float]]:
    """Return per line the places where an end of any line lies on it."""
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    at_end, on_line = STRtree(parts).query(ends, predicate="dwithin", distance=tolerance_m)
    found: defaultdict[int, list[float]] = defaultdict(list)
    places = shapely.line_locate_point(parts[on_line], ends[at_end])
    for line, place in zip(on_line.tolist(), places.tolist(), strict=True):
        found[line].append(place)
    return found


def _crossings(parts: NDArray[Any]) -> defaultdict[int, list[float]]:
    """Return per line the places where another line crosses it, or begins or ends to run along it."""
    one, other = STRtree(parts).query(parts, predicate="intersects")
    one, other = one[one != other], other[one != other]
    met, pair = shapely.get_parts(shapely.intersection(parts[one], parts[other]), return_index=True)
    met, pair = met[~shapely.is_empty(met)], pair[~shapely.is_empty(met)]
    along = shapely.get_type_id(met) == 1
    points = np.concatenate([met[~along], *(shapely.get_point(met[along], end) for end in (0, -1))])
    lines = one[np.concatenate([pair[~along], pair[along], pair[along]])]
    places = shapely.line_locate_point(parts[lines], points)
    found: defaultdict[int, list[float]] = defaultdict(list)
    for line, place in zip(lines.tolist(), places.tolist(), strict=True):
        found[line].append(place)
    return found


def adjacency(start: Ints, end: Ints, length_m: Floats, nodes: int) -> csr_array:
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
