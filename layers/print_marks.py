"""The small drawings of a printed map: pattern, swatch, numbered mark, scale bar, north arrow.

SVG in millimetres. It holds digits, letters of classes and unit symbols only: words belong in the
page around it, where they are shaped rightly in every script and can be read aloud.
"""

import re
from html import escape
from typing import Final, Literal

from layers.palettes import NO_DATA_BACKGROUND, NO_DATA_LINES, OUTLINE
from layers.print_frame import MapFrame, ScaleBar

Pattern = Literal["solid", "dots", "lines", "cross", "hatch"]
"""How a surface is filled; "hatch" means: no data."""
Form = Literal["circle", "square", "diamond"]

INK: Final = "#1c2420"
FONT: Final = "Print Sans, sans-serif"
BAR_COLOUR: Final = "#000000"
MARK_MM: Final = 4.6
SWATCH_MM: Final = (9.0, 5.0)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PATTERN_MM: Final = 2.0
_PATTERNS: Final[dict[Pattern, str]] = {
    "dots": '<circle cx="1" cy="1" r="0.32" fill="{ink}"/>',
    "lines": '<rect x="0" y="0.8" width="2" height="0.3" fill="{ink}"/>',
    "cross": '<rect x="0" y="0.85" width="2" height="0.25" fill="{ink}"/>'
    '<rect x="0.85" y="0" width="0.25" height="2" fill="{ink}"/>',
    "hatch": '<rect x="0" y="0" width="2" height="2" fill="{paper}"/>'
    '<rect x="0.8" y="0" width="0.45" height="2" fill="{lines}"/>',
}


def checked_colour(colour: str) -> str:
    """Give a colour back when it is ``#rrggbb``; raises ValueError when it isn't."""
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"not a colour: {colour!r}")
    return colour


def on_colour(colour: str) -> str:
    """Give black or white, whichever can be read on a colour."""
    red, green, blue = (int(checked_colour(colour)[place : place + 2], 16) for place in (1, 3, 5))
    return "#000000" if red * 0.299 + green * 0.587 + blue * 0.114 > 140 else "#ffffff"


def pattern_definition(pattern: Pattern) -> str:
    """Give the ``<pattern>`` element of a pattern, with the id ``pattern-…``; "" for solid."""
    if pattern == "solid":
        return ""
    turned = ' patternTransform="rotate(45)"' if pattern in ("lines", "hatch") else ""
    inside = _PATTERNS[pattern].format(ink=INK, paper=NO_DATA_BACKGROUND, lines=NO_DATA_LINES)
    return (
        f'<pattern id="pattern-{pattern}" width="{_PATTERN_MM}" height="{_PATTERN_MM}" '
        f'patternUnits="userSpaceOnUse"{turned}>{inside}</pattern>'
    )


def document(width: float, height: float, inside: str, left: float = 0, top: float = 0) -> str:
    """Give a whole SVG of a size in mm, whose user units are millimetres too."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}">{inside}</svg>'
    )


def text(words: str, x: float, y: float, size: float, **attributes: str) -> str:
    """Give a ``<text>`` with its baseline at a place in mm."""
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-family="{FONT}" font-size="{size:g}"{more}>'
        f"{escape(words)}</text>"
    )


def swatch(colour: str, pattern: Pattern, letter: str = "") -> str:
    """Give what a class looks like in the legend, with its letter."""
    width, height = SWATCH_MM
    box = f'x="0.2" y="0.2" width="{width - 0.4:g}" height="{height - 0.4:g}"'
    inside = f'<rect {box} fill="{checked_colour(colour)}"/>'
    if pattern != "solid":
        inside = f"<defs>{pattern_definition(pattern)}</defs>{inside}"
        inside += f'<rect {box} fill="url(#pattern-{pattern})"/>'
    inside += f'<rect {box} fill="none" stroke="{OUTLINE}" stroke-width="0.25"/>'
    if letter:
        inside += class_letter(letter, width / 2, height * 0.72, 3.2)
    return document(width, height, inside)


def class_letter(letter: str, x: float, y: float, size: float) -> str:
    """Give a letter on a small white disc, so that it can be read on any class."""
    words = text(letter, x, y, size, text_anchor="middle", fill=INK)
    disc = f'<circle cx="{x:.2f}" cy="{y - size * 0.36:.2f}" r="{size * 0.62:.2f}" '
    return f'{disc}fill="#ffffff" fill-opacity="0.85"/>{words}'


def line_swatch(colour: str, dashed: bool) -> str:
    """Give what a line looks like in the legend."""
    width, height = SWATCH_MM
    dashes = ' stroke-dasharray="1.6 0.9"' if dashed else ""
    return document(
        width,
        height,
        f'<path d="M0.5 {height / 2:g}H{width - 0.5:g}" fill="none" '
        f'stroke="{checked_colour(colour)}" stroke-width="0.9"{dashes}/>',
    )


def mark(form: Form, colour: str, number: str, x: float, y: float, size: float = MARK_MM) -> str:
    """Give a mark around a place in mm: its form and its number say what it is, not colour only."""
    half = size / 2
    look = f'fill="{checked_colour(colour)}" stroke="#ffffff" stroke-width="{size * 0.07:.2f}"'
    if form == "circle":
        drawn = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{half:.2f}" {look}/>'
    elif form == "square":
        drawn = (
            f'<rect x="{x - half:.2f}" y="{y - half:.2f}" width="{size:.2f}" '
            f'height="{size:.2f}" {look}/>'
        )
    else:
        tip = half * 1.3
        drawn = (
            f'<path d="M{x:.2f} {y - tip:.2f}L{x + tip:.2f} {y:.2f}L{x:.2f} {y + tip:.2f}'
            f'L{x - tip:.2f} {y:.2f}Z" {look}/>'
        )
    if number:
        letters = size * (0.62 if len(number) < 3 else 0.46)
        words = text(
            number, x, y + letters * 0.36, letters, text_anchor="middle", fill=on_colour(colour)
        )
        drawn += words
    return drawn


def mark_swatch(form: Form, colour: str, number: str = "") -> str:
    """Give a mark as a drawing of its own, for legend and table."""
    width, height = SWATCH_MM
    return document(width, height, mark(form, colour, number, width / 2, height / 2, 3.6))


def distance_words(metres: int) -> str:
    """Give a round distance with its unit symbol."""
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"


def scale_bar_svg(bar: ScaleBar) -> str:
    """Give the bar with its lengths; from its left to its right end is ``bar.width`` mm."""
    left, top, height = 4.0, 4.2, 1.8
    piece = bar.width / bar.parts
    drawn = "".join(
        f'<rect x="{left + place * piece:.4f}" y="{top:g}" width="{piece:.4f}" '
        f'height="{height:g}" fill="{BAR_COLOUR if place % 2 == 0 else "#ffffff"}"/>'
        for place in range(bar.parts)
    )
    drawn += (
        f'<path d="M{left:g} {top:g}h{bar.width:.4f}M{left:g} {top + height:g}h{bar.width:.4f}" '
        f'stroke="{BAR_COLOUR}" stroke-width="0.2" fill="none"/>'
        f'<path d="M{left + bar.width - 0.1:.4f} {top:g}v{height:g}" stroke="{BAR_COLOUR}" '
        'stroke-width="0.2" fill="none"/>'
    )
    half, whole = bar.metres / 2, distance_words(bar.metres)
    labels = {0.0: "0", bar.width: whole}
    if half == round(half) and (bar.metres < 1000 or half >= 1000 or half % 100 == 0):
        labels[bar.width / 2] = f"{half / 1000:g}" if bar.metres >= 1000 else f"{half:g}"
    drawn += "".join(
        text(words, left + place, 3.2, 2.9, text_anchor="middle", fill=INK)
        for place, words in labels.items()
    )
    return document(bar.width + left + 10, top + height + 0.6, drawn)


def north_arrow_svg(frame: MapFrame) -> str:
    """Give an arrow to grid north with a thin line to true north, where these differ visibly."""
    arrow = (
        f'<path d="M6 1.2L8.6 12L6 10.4Z" fill="{INK}"/>'
        f'<path d="M6 1.2L3.4 12L6 10.4Z" fill="#ffffff" stroke="{INK}" stroke-width="0.2"/>'
    )
    if abs(frame.north) >= 0.1:
        arrow += (
            f'<path d="M6 10.4V0.6" transform="rotate({frame.north:.2f} 6 10.4)" '
            f'stroke="{INK}" stroke-width="0.15" stroke-dasharray="0.6 0.4" fill="none"/>'
        )
    return document(12, 17, arrow + text("N", 6, 16.2, 4, text_anchor="middle", fill=INK))
