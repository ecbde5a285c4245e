"""Positions on a walking network and the distances found from them: records of `gis.network`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gis.junctions import Floats, Ints

Unreached = Literal["too_far_from_path", "not_connected", "beyond_limit"]
UNREACHED: Final[tuple[Unreached, ...]] = get_args(Unreached)
"""Why a place has no distance: no path near it, no target on its part of the network, or none
within the limit of the search."""


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

    @cached_property
    def order(self) -> Ints:
        """The posts in order of their edge."""
        return np.argsort(self.edge, kind="stable")


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
