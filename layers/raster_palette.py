"""From the values of a raster to the colours of its legend.

One classification rule for picture, legend and statistics. A class holds its upper limit. When the
publisher wrote the classes in whole numbers (``Layer.whole_numbers``: 32–34, 35–37 °C PET), a value
is rounded half up to a whole number first, so 34.5 is in 35–37 and 34.49 in 32–34. Cells are
float32, and so are the limits they are compared with.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.classes import Classes
from layers.catalogue import class_colours
from layers.layer import Layer

TILE = 256
"""Pixels along the side of a tile."""

_TRANSPARENT = 255
_PNG_START = b"\x89PNG\r\n\x1a\n"

Values = NDArray[np.float32]
Indices = NDArray[np.uint8]


@dataclass(frozen=True)
class Palette:
    """How cells become colours.

    With ``exact`` false, ``limits`` are where the next class begins (ascending, float32): a value
    is in the class of how many limits are at or below it. With ``exact`` true they are the values
    themselves, one per category, and any other value has no colour. ``colours`` are #rrggbb, one
    per class.
    """

    limits: Values
    colours: tuple[str, ...]
    exact: bool = False

    def indices(self, values: Values) -> Indices:
        """Give the class of every cell, 255 where there is none."""
        if self.exact:
            return self._categories(values)
        found = np.zeros(values.shape, np.uint8)
        for limit in self.limits:
            found += (values >= limit).view(np.uint8)
        found[np.isnan(values)] = _TRANSPARENT
        return found

    def png(self, values: Values) -> bytes:
        """Draw cells as an 8-bit palette PNG in which cells without a class are transparent."""
        return _png(self.indices(values), self.colours)

    def _categories(self, values: Values) -> Indices:
        found = np.full(values.shape, _TRANSPARENT, np.uint8)
        for place, key in enumerate(self.limits):
            found[values == key] = place
        return found


def class_starts(layer: Layer, uppers: Sequence[float]) -> Values:
    """Give where each next class begins, from the upper limits of all classes but the last.

    The value ``start`` is the first in its class: compare cells with ``>=``. ``uppers`` ascend,
    in the layer's unit.
    """
    limits = np.asarray(uppers, dtype=np.float32)
    if layer.whole_numbers:
        return np.asarray(np.asarray(uppers, dtype=np.float64) + 0.5, dtype=np.float32)
    return np.nextafter(limits, np.float32(np.inf), dtype=np.float32)


def palette_for(layer: Layer, classes: Classes) -> Palette:
    """Give the colours of a raster layer: its categories, or those of ``class_colours``.

    Everything above the last limit belongs to the last class, as in :func:`classes_of`.
    """
    if layer.categories:
        keys = np.array([float(each.key) for each in layer.categories], dtype=np.float32)
        return Palette(keys, tuple(each.colour for each in layer.categories), exact=True)
    colours = class_colours(layer, len(classes.breaks))
    return Palette(class_starts(layer, classes.breaks[:-1]), colours)


def difference_palette(step: float, colours: Sequence[str]) -> Palette:
    """Give colours for the change between two editions: classes of ``step`` wide around zero.

    ``colours`` run from the largest decrease to the largest increase, an odd number of them; the
    middle class is "less than half a step". Raises ValueError for an even number or no step.
    """
    if len(colours) % 2 == 0 or not step > 0:
        raise ValueError("a palette of differences has an odd number of colours and a step")
    half = (len(colours) - 1) / 2
    limits = (np.arange(len(colours) - 1) - half + 0.5) * step
    return Palette(limits.astype(np.float32), tuple(colours))


def _png(indices: Indices, colours: Sequence[str]) -> bytes:
    height, width = indices.shape
    table = np.zeros((256, 3), np.uint8)
    for place, colour in enumerate(colours):
        table[place] = list(bytes.fromhex(colour.removeprefix("#")))
    count = len(colours) + 1
    pixels = np.minimum(indices, len(colours))
    rows: NDArray[Any] = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = pixels
    alpha = bytes([255] * len(colours) + [0])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            _PNG_START,
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", table[:count].tobytes()),
            _chunk(b"tRNS", alpha),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join(
        (struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(kind + data)))
    )
