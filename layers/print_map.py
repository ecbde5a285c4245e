"""Draw a map for paper: SVG in millimetres, in RD (EPSG:28992), at true scale.

Everything is cut to the frame beforehand and drawn as few, large paths, so that a page with
thousands of shapes is made in a second or two. :class:`MapSheet` is one sheet with its legend.
"""

import base64
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import segno
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import RD, Bounds
from layers.palettes import OUTLINE
from layers.print_frame import GRID_MARGIN_MM, MapFrame, Orientation, Paper, grid_step, scale_bar
from layers.print_ground import Ground, draw_ground, draw_names
from layers.print_marks import (
    INK,
    Form,
    Pattern,
    checked_colour,
    class_letter,
    distance_words,
    document,
    line_swatch,
    mark,
    mark_swatch,
    north_arrow_svg,
    pattern_definition,
    scale_bar_svg,
    swatch,
    text,
)
from layers.print_paths import clipped, line_path, polygon_path

CRS_WORDS: Final = f"EPSG:{RD} RD New"
DETAIL_MM: Final = 0.08
"""What is smaller on paper than this is left out of an outline."""
LETTER_FROM_MM2: Final = 25.0
SURFACE_OPACITY: Final = 0.82
MARK_SIZE, DOT_SIZE = 4.2, 1.6
MOST_RINGS: Final = 7

Place = tuple[float, float]
"""Millimetres from the upper left corner of the frame."""


@dataclass(frozen=True)
class Picture:
    """A raster as PNG whose edges are these bounds in RD; it lies above the base map."""

    png: bytes
    bounds: Bounds
    opacity: float = SURFACE_OPACITY


# What the legend takes of a landscape sheet, as measured on paper.
_ABOVE_LEGEND_MM, _GROUP_MM, _LINE_MM = 34.0, 11.0, 5.8
# What the sources below it take: heading with the words about the grid, and each line of a source.
_SOURCES_MM, _SOURCE_LINE_MM, _SOURCE_LETTERS = 20.0, 3.8, 48


@dataclass(frozen=True)
class Surface:
    """A polygon in RD with the look of its class; ``letter`` names the class in the legend."""

    geometry: BaseGeometry
    colour: str
    pattern: Pattern = "solid"
    letter: str = ""


@dataclass(frozen=True)
class Line:
    """A line, or the outline of a polygon, in RD."""

    geometry: BaseGeometry
    colour: str
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """Something with a number in the key; its geometry may be a point, line or polygon in RD."""

    geometry: BaseGeometry
    number: str
    colour: str
    form: Form


@dataclass(frozen=True)
class MapContent:
    """What the map shows, from below to above: ``overlays`` are surfaces above the pictures."""

    ground: Sequence[Ground] = ()
    surfaces: Sequence[Surface] = ()
    pictures: Sequence[Picture] = ()
    overlays: Sequence[Surface] = ()
    lines: Sequence[Line] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class LegendLine:
    """A line of the legend: its words and how it looks; with ``form`` it is a mark."""

    label: str
    colour: str
    pattern: Pattern = "solid"
    letter: str = ""
    form: Form | None = None
    dashed: bool | None = None

    @property
    def file(self) -> str:
        """The name of its drawing among the sheet's files."""
        look = self.form or (self.pattern if self.dashed is None else f"line{self.dashed:d}")
        return f"swatch-{self.colour.removeprefix('#')}-{look}-{self.letter}.svg"

    def drawing(self) -> str:
        """How it looks, as SVG."""
        if self.form is not None:
            return mark_swatch(self.form, self.colour, self.letter)
        if self.dashed is not None:
            return line_swatch(self.colour, self.dashed)
        return swatch(self.colour, self.pattern, self.letter)


@dataclass(frozen=True)
class LegendGroup:
    """The legend of one layer; ``note`` names its unit, edition and how classes were made."""

    title: str
    lines: Sequence[LegendLine]
    note: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True)
class MapSheet:
    """One sheet: the map and what must stand beside it.

    ``sources`` name maker, edition, licence and attribution of everything shown. ``notices`` are
    printed across the map's foot: synthetic, schematic. ``description`` is the map in a sentence,
    for who can't see it. ``number`` is the sheet's number, ``code`` what its QR code holds.
    """

    paper: Paper
    orientation: Orientation
    frame: MapFrame
    content: MapContent
    description: str
    legend: Sequence[LegendGroup] = ()
    sources: Sequence[str] = ()
    notices: Sequence[str] = ()
    number: str = ""
    code: str = ""

    @property
    def groups_beside(self) -> int:
        """How many groups of the legend fit beside or below the map; the rest goes overleaf."""
        if self.orientation == "portrait":
            return len(self.legend)
        left = self.frame.height - _ABOVE_LEGEND_MM
        return sum(height <= left for height in itertools.accumulate(map(_height, self.legend)))

    @property
    def has_sources_beside(self) -> bool:
        """Whether the sources fit below the whole legend; if not, they go overleaf."""
        if self.orientation == "portrait":
            return True
        lines = sum(math.ceil(len(source) / _SOURCE_LETTERS) for source in self.sources)
        taken = _SOURCES_MM + _SOURCE_LINE_MM * lines + sum(map(_height, self.legend))
        return taken <= self.frame.height - _ABOVE_LEGEND_MM

    @property
    def crs(self) -> str:
        """The name of the coordinates along the edges."""
        return CRS_WORDS

    @property
    def bar_words(self) -> str:
        """The length of the scale bar."""
        return distance_words(scale_bar(self.frame).metres)

    def files(self) -> dict[str, bytes]:
        """Give the drawings of the sheet by name: map.svg, bar.svg, north.svg and swatches."""
        drawings = {
            "map.svg": draw_map(self.frame, self.content),
            "bar.svg": scale_bar_svg(scale_bar(self.frame)),
            "north.svg": north_arrow_svg(self.frame),
        }
        drawings |= {line.file: line.drawing() for group in self.legend for line in group.lines}
        if self.code:
            drawings["code.svg"] = code_svg(self.code)
        return {name: drawing.encode() for name, drawing in drawings.items()}


def _height(group: LegendGroup) -> float:
    return _GROUP_MM + _LINE_MM * (len(group.lines) + group.is_synthetic)


def draw_map(frame: MapFrame, content: MapContent) -> str:
    """Draw the map with its frame and RD grid as SVG; the same input gives the same text.

    Raises ValueError for a colour that is none.
    """
    patterns = sorted({each.pattern for each in (*content.surfaces, *content.overlays)})
    letters = list(_letters(frame, content.surfaces))
    parts = [
        "<defs>" + "".join(map(pattern_definition, patterns)) + "</defs>",
        *draw_ground(frame, content.ground),
        *_surfaces(frame, content.surfaces),
        *_pictures(frame, content.pictures),
        *_surfaces(frame, content.overlays),
        *draw_names(frame, content.ground, [place for _, place in letters]),
        *(class_letter(letter, x, y + 1, 2.8) for letter, (x, y) in letters),
        *_lines(frame, content.lines),
        *_marks(frame, content.marks),
        *_grid(frame),
    ]
    edge = GRID_MARGIN_MM
    return document(frame.width + 2 * edge, frame.height + 2 * edge, "".join(parts), -edge, -edge)


def code_svg(words: str) -> str:
    """Give a QR code with these words, 18 mm wide."""
    rows = [list(row) for row in segno.make(words, error="m", micro=False).matrix]
    side = 18 / (len(rows) + 8)
    path = "".join(
        f"M{(x + 4) * side:.3f} {(y + 4) * side:.3f}h{side:.3f}v{side:.3f}h-{side:.3f}z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return document(
        18, 18, f'<rect width="18" height="18" fill="#ffffff"/><path d="{path}" fill="#000000"/>'
    )


def shown(frame: MapFrame, geometry: BaseGeometry) -> bool:
    """Say whether a geometry in RD comes within the frame."""
    return bool(shapely.box(*frame.bounds).intersects(geometry))


def _pictures(frame: MapFrame, pictures: Iterable[Picture]) -> Iterable[str]:
    for picture in pictures:
        west, south, east, north = picture.bounds
        (left, top), (right, bottom) = frame.to_mm(np.array([(west, north), (east, south)]))
        data = base64.b64encode(picture.png).decode()
        # Clipped by a viewport: a picture may reach over the frame by a part of a cell.
        yield (
            f'<svg x="0" y="0" width="{frame.width:g}" height="{frame.height:g}" '
            f'viewBox="0 0 {frame.width:g} {frame.height:g}">'
            f'<image x="{left:.3f}" y="{top:.3f}" width="{right - left:.3f}" '
            f'height="{bottom - top:.3f}" preserveAspectRatio="none" opacity="{picture.opacity:g}" '
            f'image-rendering="pixelated" href="data:image/png;base64,{data}"/></svg>'
        )


def _surfaces(frame: MapFrame, surfaces: Sequence[Surface]) -> Iterable[str]:
    groups: dict[tuple[str, Pattern], list[str]] = defaultdict(list)
    outlines: list[str] = []
    for surface in surfaces:
        shape = clipped(frame, surface.geometry, DETAIL_MM)
        groups[checked_colour(surface.colour), surface.pattern].append(polygon_path(frame, shape))
        edge = clipped(frame, shapely.boundary(surface.geometry), DETAIL_MM)
        outlines.append(line_path(frame, edge))
    for (colour, pattern), paths in sorted(groups.items()):
        path = "".join(paths)
        look = f'd="{path}" fill-rule="evenodd" stroke="none"'
        if path and pattern != "hatch":
            yield f'<path {look} fill="{colour}" fill-opacity="{SURFACE_OPACITY}"/>'
        if path and pattern != "solid":
            yield f'<path {look} fill="url(#pattern-{pattern})"/>'
    if edges := "".join(outlines):
        yield f'<path d="{edges}" fill="none" stroke="{OUTLINE}" stroke-width="0.25"/>'


def _letters(frame: MapFrame, surfaces: Sequence[Surface]) -> Iterable[tuple[str, Place]]:
    for surface in surfaces:
        place = _letter_place(frame, surface) if surface.letter else None
        if place is not None:
            yield surface.letter, place


def _letter_place(frame: MapFrame, surface: Surface) -> Place | None:
    parts = shapely.get_parts(clipped(frame, surface.geometry, DETAIL_MM))
    largest = max(parts, key=lambda part: float(part.area), default=None)
    if largest is None or largest.area * frame.mm_per_metre**2 < LETTER_FROM_MM2:
        return None
    inside = shapely.get_coordinates(largest.representative_point())
    ((x, y),) = frame.to_mm(inside).tolist()
    return x, y


def _lines(frame: MapFrame, lines: Iterable[Line]) -> Iterable[str]:
    groups: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for line in lines:
        polygons = shapely.get_dimensions(line.geometry) == 2
        edge = shapely.boundary(line.geometry) if polygons else line.geometry
        path = line_path(frame, clipped(frame, edge, DETAIL_MM))
        groups[checked_colour(line.colour), line.dashed].append(path)
    for (colour, dashed), paths in sorted(groups.items()):
        dashes = ' stroke-dasharray="1.6 0.9"' if dashed else ""
        if path := "".join(paths):
            yield (
                f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="0.6" '
                f'stroke-linecap="round"{dashes}/>'
            )


def _marks(frame: MapFrame, marks: Iterable[Mark]) -> Iterable[str]:
    window = shapely.box(*frame.bounds)
    places: list[tuple[float, float, Mark]] = []
    for each in marks:
        visible = shapely.intersection(each.geometry, window)
        if visible.is_empty:
            continue
        if each.geometry.geom_type not in ("Point", "MultiPoint"):
            yield from _extent_of_mark(frame, visible, each)
        spot = shapely.get_coordinates(visible.representative_point())
        ((x, y),) = frame.to_mm(spot)
        places.append((float(x), float(y), each))
    taken: list[Place] = []
    for x, y, each in places:
        if not each.number:
            yield mark(each.form, each.colour, "", x, y, DOT_SIZE)
            continue
        beside = _free_place(frame, (x, y), taken)
        taken.append(beside)
        if beside != (x, y):
            yield (
                f'<path d="M{x:.2f} {y:.2f}L{beside[0]:.2f} {beside[1]:.2f}" fill="none" '
                f'stroke="{checked_colour(each.colour)}" stroke-width="0.3"/>'
                f"{mark('circle', each.colour, '', x, y, DOT_SIZE)}"
            )
        yield mark(each.form, each.colour, each.number, *beside, MARK_SIZE)


def _free_place(frame: MapFrame, spot: Place, taken: Sequence[Place]) -> Place:
    """Give the nearest place around a spot where a number covers no other; else the spot."""
    for ring in range(MOST_RINGS):
        around = max(1, 8 * ring)
        for step in range(around):
            turn = 2 * math.pi * step / around
            reach = ring * MARK_SIZE * 0.6
            place = (spot[0] + reach * math.sin(turn), spot[1] - reach * math.cos(turn))
            inside = 0 <= place[0] <= frame.width and 0 <= place[1] <= frame.height
            if inside and all(math.dist(place, other) >= MARK_SIZE * 0.95 for other in taken):
                return place
    return spot


def _extent_of_mark(frame: MapFrame, visible: BaseGeometry, each: Mark) -> Iterable[str]:
    colour = checked_colour(each.colour)
    if surface := polygon_path(frame, visible):
        yield f'<path d="{surface}" fill="{colour}" fill-opacity="0.25" fill-rule="evenodd"/>'
    edge = shapely.boundary(visible) if surface else visible
    yield f'<path d="{line_path(frame, edge)}" fill="none" stroke="{colour}" stroke-width="0.5"/>'


def _grid(frame: MapFrame) -> Iterable[str]:
    """Draw the frame, a small cross where grid lines meet, ticks, and coordinates along the edges."""
    west, south, east, north = frame.bounds
    step = grid_step(frame)
    xs = np.arange(np.ceil(west / step) * step, east, step)
    ys = np.arange(np.ceil(south / step) * step, north, step)
    columns = frame.to_mm(np.column_stack((xs, np.full(len(xs), north))))[:, 0]
    rows = frame.to_mm(np.column_stack((np.full(len(ys), west), ys)))[:, 1]
    crosses = "".join(
        f"M{x - 1:.2f} {y:.2f}h2M{x:.2f} {y - 1:.2f}v2" for x in columns for y in rows
    )
    ticks = "".join(f"M{x:.2f} 0v-1M{x:.2f} {frame.height:.2f}v1" for x in columns)
    ticks += "".join(f"M0 {y:.2f}h-1M{frame.width:.2f} {y:.2f}h1" for y in rows)
    yield (
        f'<path d="{crosses}{ticks}" fill="none" stroke="{INK}" stroke-width="0.12"/>'
        f'<rect x="0" y="0" width="{frame.width:g}" height="{frame.height:g}" fill="none" '
        f'stroke="{OUTLINE}" stroke-width="0.35"/>'
    )
    for metres, x in zip(xs, columns, strict=True):
        for y in (-1.6, frame.height + 3.4):
            yield text(_coordinate(metres), float(x), y, 2.3, text_anchor="middle", fill=INK)
    for metres, y in zip(ys, rows, strict=True):
        for x in (-1.6, frame.width + 3.4):
            turned = f"rotate(-90 {x:.2f} {y:.2f})"
            words = _coordinate(metres)
            yield text(words, x, float(y), 2.3, text_anchor="middle", fill=INK, transform=turned)


def _coordinate(metres: float) -> str:
    return f"{round(metres):,}".replace(",", "\u00a0")
