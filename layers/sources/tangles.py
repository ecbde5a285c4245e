"""Tell a polygon that crosses itself so often that repairing it would take all memory."""

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

MOST_CROSSINGS: Final = 1_000_000
"""A repair makes a point of each; polygons of publishers that are wrong have some dozens."""
_SAMPLE: Final = 200
_ITSELF_AND_NEIGHBOURS: Final = 3


def is_tangled(shape: BaseGeometry) -> bool:
    """Estimate from some segments, drawn by lot, how often the outlines of a polygon cross."""
    segments = _segments(shape)
    count = len(segments)
    most = 2 * MOST_CROSSINGS / max(1, count) + _ITSELF_AND_NEIGHBOURS
    if count <= most:
        return False
    tree = shapely.STRtree(segments)
    drawn = np.random.default_rng().permutation(count)[:_SAMPLE]
    met = 0
    for segment in segments[drawn]:
        met += len(tree.query(segment, predicate="intersects"))
        if met > most * len(drawn):
            return True
    return False


def _segments(shape: BaseGeometry) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    parts = shapely.get_parts(shape)
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    made: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.linestrings(
        np.stack([pairs[:-1][joined], pairs[1:][joined]], axis=1)
    )
    return made
