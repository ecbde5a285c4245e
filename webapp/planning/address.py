"""The parts of the map's address that hold more than one thing: how they are read and written.

What is written is always what is read back. Reading raises ValueError with the key of a message.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shapely import Point

from gis.crs import NETHERLANDS_LONLAT, to_lonlat
from gis.measuring import Kind, Position

MOST_OVERLAYS = 8
MOST_AREAS = 200
MOST_POSITIONS = 100
OPACITY = 80
"""In per cent: what lies beneath a layer stays readable."""

_LAYER = r"[A-Za-z0-9_.-]{1,80}"
_NUMBER = r"-?[0-9]{1,7}(?:\.[0-9]{1,9})?"
_OVERLAY = re.compile(rf"({_LAYER})(?:@([1-9][0-9]{{0,8}}))?(?::([0-9]{{1,3}}))?")
_SIDE = re.compile(rf"figure@([0-9]{{4}})|({_LAYER})@([1-9][0-9]{{0,8}})")
_MEASURE = re.compile(rf"(line|area):({_NUMBER},{_NUMBER}(?:;{_NUMBER},{_NUMBER})*)")
_TWO_NUMBERS = re.compile(rf"({_NUMBER})\s*[\s,;]\s*({_NUMBER})")
AREA_CODE = re.compile(r"[A-Z]{2}[0-9A-Z]{4,8}")
RD_EAST, RD_NORTH = (0.0, 300_000.0), (300_000.0, 640_000.0)


@dataclass(frozen=True)
class Overlay:
    """A layer over the map: which edition (None: the newest) and how opaque, in per cent."""

    layer: str
    edition: int | None = None
    opacity: int = OPACITY

    def __str__(self) -> str:
        edition = "" if self.edition is None else f"@{self.edition}"
        return f"{self.layer}{edition}:{self.opacity}"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: the area figure of a year, or an edition of a layer."""

    year: int | None = None
    layer: str = ""
    edition: int = 0

    def __str__(self) -> str:
        return f"{self.layer}@{self.edition}" if self.year is None else f"figure@{self.year}"


@dataclass(frozen=True)
class Drawn:
    """A line or the outline of an area that is measured, in degrees."""

    kind: Kind
    positions: tuple[Position, ...]

    def __str__(self) -> str:
        return f"{self.kind}:" + ";".join(position_words(each) for each in self.positions)


def read_overlays(text: str) -> tuple[Overlay, ...]:
    """The layers of `layers=`, the uppermost first; each layer once."""
    overlays = tuple(_overlay(part) for part in text.split(",") if part)
    if len(overlays) > MOST_OVERLAYS:
        raise ValueError("planning.form.too_many_layers")
    if len({each.layer for each in overlays}) < len(overlays):
        raise ValueError("planning.form.layer_twice")
    return overlays


def _overlay(text: str) -> Overlay:
    found = _OVERLAY.fullmatch(text)
    if found is None:
        raise ValueError("planning.form.wrong_layers")
    opacity = OPACITY if found[3] is None else int(found[3])
    if opacity > 100:
        raise ValueError("planning.form.wrong_opacity")
    return Overlay(found[1], int(found[2]) if found[2] else None, opacity)


def write_overlays(overlays: Sequence[Overlay]) -> str:
    """Layers as they stand in an address."""
    return ",".join(str(each) for each in overlays)


def read_side(text: str) -> Side:
    """One side of a comparison."""
    found = _SIDE.fullmatch(text)
    if found is None or found[2] == "figure":
        raise ValueError("common.form.choose")
    if found[1]:
        return Side(year=int(found[1]))
    return Side(layer=found[2], edition=int(found[3]))


def read_area_codes(text: str) -> tuple[str, ...]:
    """The codes of `areas=`, each once, in order."""
    codes = sorted({code for code in text.split(",") if code})
    if len(codes) > MOST_AREAS:
        raise ValueError("planning.form.too_many_areas")
    if not all(AREA_CODE.fullmatch(code) for code in codes):
        raise ValueError("planning.form.wrong_areas")
    return tuple(codes)


def read_drawn(text: str) -> Drawn:
    """What is measured."""
    found = _MEASURE.fullmatch(text)
    if found is None:
        raise ValueError("planning.measure.wrong")
    pairs = [pair.split(",") for pair in found[2].split(";")]
    if len(pairs) > MOST_POSITIONS:
        raise ValueError("planning.measure.too_many")
    positions = tuple(_in_country(float(lon), float(lat)) for lon, lat in pairs)
    kind: Literal["line", "area"] = "area" if found[1] == "area" else "line"
    return Drawn(kind, positions)


def read_position(text: str) -> Position | None:
    """Longitude and latitude, latitude and longitude, or x and y in RD; None: no two numbers."""
    found = _TWO_NUMBERS.fullmatch(text.strip())
    if found is None:
        return None
    one, other = float(found[1]), float(found[2])
    if _within(one, RD_EAST) and _within(other, RD_NORTH):
        place = to_lonlat(Point(one, other))
        one, other = place.x, place.y
    elif one > other:
        one, other = other, one  # the Netherlands lie further north than east
    return _in_country(one, other)


def position_words(position: Position) -> str:
    """A position as it stands in an address: to about a centimetre."""
    return ",".join(f"{number:.7f}".rstrip("0").rstrip(".") for number in position)


def _within(number: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= number <= limits[1]


def _in_country(lon: float, lat: float) -> Position:
    west, south, east, north = NETHERLANDS_LONLAT
    if not (math.isfinite(lon) and _within(lon, (west, east)) and _within(lat, (south, north))):
        raise ValueError("planning.form.outside")
    return lon, lat
