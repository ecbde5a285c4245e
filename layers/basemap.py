"""The drawn base map: 256-pixel web-mercator tiles from our own features, without any server.

A quiet background: the subject of a map lies on top of it.
"""

from collections.abc import Iterable
from typing import Literal

from layers.drawing import BaseFeature, Canvas, Kind, Label, tile_bounds
from layers.drawing_ground import PAINTERS
from layers.drawing_names import write_names
from layers.sources.metadata import SourceMetadata

__all__ = ["BaseFeature", "Label", "draw_tile", "tile_bounds"]

SOURCE = SourceMetadata(
    id="drawn_base_map",
    title="Drawn base map",
    publisher="Balanskaart",
    licence="EUPL-1.2",
    licence_note="A schematic drawing from the features that are loaded, not a survey.",
    attribution="Balanskaart",
    url="",
)


def draw_tile(
    z: int,
    x: int,
    y: int,
    features: Iterable[BaseFeature],
    labels: Iterable[Label] = (),
    scale: Literal[1, 2] = 1,
) -> bytes:
    """Draw one tile and give it as PNG bytes; the same input gives the same bytes.

    ``features`` may reach beyond the tile; give those that come within 64 pixels of it, so that
    names run on across the edge. ``scale`` 2 makes a tile of 512 pixels for sharp screens.

    Raises ValueError when there is no such tile.
    """
    canvas = Canvas(z, tile_bounds(z, x, y), scale)
    by_kind: dict[Kind, list[BaseFeature]] = {kind: [] for kind in PAINTERS}
    for feature in features:
        by_kind[feature.kind].append(feature)
    for kind in PAINTERS:
        PAINTERS[kind](canvas, by_kind[kind])
    write_names(canvas, [*by_kind["road"], *by_kind["path"]], labels)
    return canvas.png()
