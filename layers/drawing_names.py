"""Write names on the drawn base map: streets along their line when near, places when far.

Letters come from Pillow's own scalable font, so no font file is needed.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFont

from layers.drawing import HALO, INK, BaseFeature, Canvas, Label

STREET_NAMES_FROM_ZOOM = 16
STREET_NAME_PIXELS = 11

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def write_names(canvas: Canvas, ways: Sequence[BaseFeature], labels: Iterable[Label]) -> None:
    """Write street names from zoom 16 on, and the given labels below it.

    Names that would cover an earlier name are left out, so put the important ones first.
    """
    if canvas.zoom < STREET_NAMES_FROM_ZOOM:
        for label in labels:
            px, py = canvas.pixels(np.array([[label.x, label.y]]))[0]
            _write(canvas, label.text, (px, py), label.size, 0)
        return
    for way in ways:
        if way.name:
            _write_along(canvas, way)


def _write_along(canvas: Canvas, way: BaseFeature) -> None:
    """Write a name once, on the longest straight stretch of its way, never upside down."""
    path = np.array(canvas.pixels(shapely.get_coordinates(way.geometry)))
    if len(path) < 2:
        return
    steps = np.diff(path, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    longest = int(lengths.argmax())
    words, _ = _mask(way.name, STREET_NAME_PIXELS * canvas.scale, 0)
    if lengths[longest] < words.width:
        return
    middle = (path[longest] + path[longest + 1]) / 2
    angle = -math.degrees(math.atan2(steps[longest][1], steps[longest][0]))
    upright = (angle + 90) % 180 - 90
    _write(canvas, way.name, (middle[0], middle[1]), STREET_NAME_PIXELS, round(upright / 3) * 3)


def _write(canvas: Canvas, text: str, middle: tuple[float, float], size: int, degrees: int) -> None:
    halo, ink = _mask(text, size * canvas.scale, degrees)
    left, top = round(middle[0] - ink.width / 2), round(middle[1] - ink.height / 2)
    box = (left, top, left + ink.width, top + ink.height)
    if not _meets(box, (0, 0, canvas.side, canvas.side)):
        return
    if any(_meets(box, other) for other in canvas.taken):
        return
    canvas.taken.append(box)
    canvas.image.paste(HALO, (left, top), halo)
    canvas.image.paste(INK, (left, top), ink)


def _meets(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@lru_cache(maxsize=8)
def _font(size: int) -> _Font:
    return ImageFont.load_default(size)


@lru_cache(maxsize=2048)
def _mask(text: str, size: int, degrees: int) -> tuple[Image.Image, Image.Image]:
    """Give the masks of halo and letters, turned; drawn once and kept."""
    font = _font(size)
    text = _drawable(text)
    left, top, right, bottom = font.getbbox(text)
    edge = max(2, size // 5)
    extent = (math.ceil(right - left) + 2 * edge, math.ceil(bottom - top) + 2 * edge)
    masks = []
    for stroke in (edge - 1, 0):
        mask = Image.new("L", extent)
        place = (edge - left, edge - top)
        ImageDraw.Draw(mask).text(place, text, fill=255, font=font, stroke_width=stroke)
        masks.append(mask.rotate(degrees, Image.Resampling.BICUBIC, expand=True))
    return masks[0], masks[1]


def _drawable(text: str) -> str:
    """Leave out accents: Pillow's font has plain letters only, and would draw boxes."""
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(letter for letter in apart if letter.isascii() and letter.isprintable())
