"""Why a geometry, or a part of it, was not accepted as it came."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Reason = Literal[
    "coordinates_not_numbers",
    "crs_not_supported",
    "degenerate",
    "empty",
    "heights_dropped",
    "mixed_kinds",
    "nested_too_deep",
    "not_finite",
    "not_geojson",
    "not_gpx",
    "outside_bounds",
    "outside_netherlands",
    "ring_not_closed",
    "self_crossing",
    "three_dimensional",
    "too_large",
    "too_many_parts",
    "too_many_vertices",
    "unknown_type",
    "unsafe_xml",
    "wrong_kind",
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
"""Every reason there is, so that a test can ask for its text in each language."""


class GeometryError(ValueError):
    """A drawn or uploaded geometry that can't be accepted.

    ``reason`` is a stable code (one of ``REASONS``); ``path`` is the place in the input, such as
    ``coordinates[0][1]``, or empty when it is the whole.
    """

    def __init__(self, reason: Reason, path: str = "") -> None:
        super().__init__(f"{reason} at {path}" if path else reason)
        self.reason: Reason = reason
        self.path = path


@dataclass(frozen=True)
class Remark:
    """Something about one part of the input: why it was refused, or how it was changed."""

    reason: Reason
    path: str
