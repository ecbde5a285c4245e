"""What the drawn base map is made of: features, colours, and the canvas of one tile.

Sizes are in pixels of a tile at scale 1; coordinates in EPSG:3857 (web mercator, for drawing only).
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely.geometry.base import BaseGeometry

Kind = Literal[
    "land",
    "built_up",
    "sand",
    "water",
    "green",
    "building",
    "road",
    "path",
    "boundary",
    "tree",
]

TILE_PIXELS = 256
HALF_WORLD = 20_037_508.342789244
"""Half the width of the world in EPSG:3857, metres."""

SEA = "#e9eef0"
INK = "#4b4a45"
HALO = "#fbf8f1"
FILL: dict[Kind, str] = {
    "land": "#f5f0e4",
    "built_up": "#ece3d4",
    "sand": "#f7e9c4",
    "green": "#d8e6c8",
    "water": "#bcd9e8",
    "building": "#ddd3c3",
    "tree": "#b4cf9e",
}
EDGE: dict[Kind, str] = {
    "water": "#a9cbdd",
    "building": "#c9bda9",
    "road": "#cfc6b4",
    "path": "#a58e6c",
    "boundary": "#9a8fa3",
}
ROAD = "#ffffff"


@dataclass(frozen=True)
class BaseFeature:
    """One thing on the base map; ``geometry`` is in EPSG:3857.

    ``name`` is written along streets and on areas. ``road_class`` (main, street, lane) sets the
    width of a road.
    """

    kind: Kind
    geometry: BaseGeometry
    name: str = ""
    road_class: str = "street"


@dataclass(frozen=True)
class Label:
    """A name at a point in EPSG:3857, such as a place or neighbourhood; ``size`` in pixels."""

    text: str
    x: float
    y: float
    size: int = 13


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Give the bounds of a tile in EPSG:3857: min x, min y, max x, max y.

    Raises ValueError when there is no such tile.
    """
    if not (0 <= z <= 24 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise ValueError(f"no such tile: {z}/{x}/{y}")
    size = 2 * HALF_WORLD / 2**z
    west, north = -HALF_WORLD + x * size, HALF_WORLD - y * size
    return west, north - size, west + size, north


class Canvas:
    """A picture of one tile with its way from metres to pixels."""

    def __init__(self, z: int, bounds: tuple[float, float, float, float], scale: int) -> None:
        self.zoom = z
        self.scale = scale
        self.side = TILE_PIXELS * scale
        self.bounds = bounds
        self.per_metre = self.side / (bounds[2] - bounds[0])
        self.image = Image.new("RGB", (self.side, self.side), SEA)
        self.draw = ImageDraw.Draw(self.image)
        self.taken: list[tuple[int, int, int, int]] = []
        margin = 16 / self.per_metre * scale
        self.clip = (
            bounds[0] - margin,
            bounds[1] - margin,
            bounds[2] + margin,
            bounds[3] + margin,
        )

    def pixels(self, coordinates: NDArray[np.float64]) -> list[tuple[float, float]]:
        """Turn an array of (x, y) in EPSG:3857 into pixels of the picture."""
        moved = (coordinates - (self.bounds[0], self.bounds[3])) * (self.per_metre, -self.per_metre)
        return [(float(px), float(py)) for px, py in moved]

    def inside(self, features: Sequence[BaseFeature]) -> list[BaseGeometry]:
        """Cut features to just outside the tile; what does not touch it falls away."""
        cut = [shapely.clip_by_rect(feature.geometry, *self.clip) for feature in features]
        return [shape for shape in cut if not shape.is_empty]

    def png(self) -> bytes:
        """Give the picture as PNG."""
        stream = io.BytesIO()
        # Few colours: a palette makes the tile a third of the size and costs a millisecond.
        self.image.quantize(64, dither=Image.Dither.NONE).save(stream, "PNG")
        return stream.getvalue()
