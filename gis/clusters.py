"""Clusters of wishes: places where many lie close together, per theme.

All geometry is in EPSG:28992 (RD New, metres). Method: DBSCAN (Ester et al. 1996, KDD-96), with one
change so that the answer doesn't depend on the order of the wishes: a wish at the border of two
clusters goes to the one with the nearest core wish. A core wish has at least ``min_size`` wishes, itself
included, within ``eps_m``; core wishes within ``eps_m`` of one another are one cluster.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from gis.junctions import Floats, Ints

EPS_M: Final = 100.0
MIN_SIZE: Final = 5
DOMINANT: Final = 3


@dataclass(frozen=True, eq=False)
class Cluster:
    """A group of wishes.

    Attributes:
        id: the same for the same places and theme, whatever the order of the wishes.
        theme: what they are about; None when themes are not kept apart.
        members: indexes of the wishes, ascending, shape (k,).
        centre: mean of the places, RD.
        hull: convex hull of the places, RD; a point or line when they lie on one.
        kinds: the commonest kinds with their number, the commonest first, then by name.
    """

    id: str
    theme: str | None
    members: Ints
    centre: Point
    hull: BaseGeometry
    kinds: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Number of wishes."""
        return len(self.members)


def find_clusters(
    places: Sequence[Any],
    kinds: Sequence[str],
    themes: Sequence[str] | None = None,
    eps_m: float = EPS_M,
    min_size: int = MIN_SIZE,
) -> list[Cluster]:
    """Return the clusters of wishes, the largest first.

    Args:
        places: RD points (metres) of the wishes; lines and areas count at their centroid.
        kinds: kind of each wish.
        themes: theme of each wish, to cluster each theme by itself; None clusters all together.
        eps_m: how near wishes lie to be neighbours (metres), inclusive.
        min_size: number of wishes within that distance, itself included, that makes a core.

    Raises:
        ValueError: the numbers of places, kinds and themes differ, a place is empty, or ``eps_m``
            or ``min_size`` is not positive.
    """
    if not (0 < eps_m < float("inf") and min_size >= 1):
        raise ValueError("a distance and a size are positive")
    if len(kinds) != len(places) or (themes is not None and len(themes) != len(places)):
        raise ValueError("each wish has one place, one kind and one theme")
    xy = shapely.get_coordinates(shapely.centroid(np.asarray(places, dtype=object)))
    if len(xy) != len(places):
        raise ValueError("a wish without a place")
    of_theme = [None] * len(places) if themes is None else list(themes)
    found = [
        _cluster(theme, members, xy, kinds)
        for theme in sorted(set(of_theme), key=str)
        for members in _groups(
            np.array([n for n, each in enumerate(of_theme) if each == theme]), xy, eps_m, min_size
        )
    ]
    return sorted(found, key=lambda cluster: (-cluster.size, cluster.id))


def _groups(which: Ints, xy: Floats, eps_m: float, min_size: int) -> list[Ints]:
    """Return the members of each cluster among some wishes."""
    here = xy[which]
    tree = cKDTree(here)
    counts = tree.query_ball_point(here, eps_m, return_length=True)
    core = np.flatnonzero(counts >= min_size)
    if not len(core):
        return []
    core_tree = cKDTree(here[core])
    pairs = core_tree.query_pairs(eps_m, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(core), len(core)))
    count, label = connected_components(links, directed=False)
    group = np.full(len(which), -1)
    group[core] = label
    border = np.setdiff1d(np.arange(len(which)), core)
    for n in border.tolist():
        group[n] = _nearest_group(here[n], here[core], label, eps_m)
    return [which[group == number] for number in range(count)]


def _nearest_group(place: Floats, cores: Floats, label: Ints, eps_m: float) -> int:
    """Return the cluster of the nearest core wish within reach, -1 without one.

    Of core wishes that are equally near, the one farthest west, then south, decides.
    """
    away = np.hypot(*(cores - place).T)
    nearest = np.lexsort((cores[:, 1], cores[:, 0], away))[0]
    return int(label[nearest]) if away[nearest] <= eps_m else -1


def _cluster(theme: str | None, members: Ints, xy: Floats, kinds: Sequence[str]) -> Cluster:
    here = xy[members]
    counted = Counter(kinds[n] for n in members.tolist())
    commonest = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:DOMINANT]
    # Summed in order of place: rounding must not tell in which order the wishes came.
    ordered = here[np.lexsort((here[:, 1], here[:, 0]))]
    centre = Point(ordered.mean(axis=0))
    hull = shapely.multipoints(ordered).convex_hull
    return Cluster(_identity(theme, ordered), theme, members, centre, hull, tuple(commonest))


def _identity(theme: str | None, ordered: Floats) -> str:
    """Return a short id of a theme and places, to the centimetre."""
    said = f"{theme}|" + ";".join(f"{x:.2f} {y:.2f}" for x, y in ordered.tolist())
    return sha256(said.encode()).hexdigest()[:12]
