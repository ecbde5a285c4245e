"""The classes of an edition and its legend in words; pattern and words say what colour says."""

import math
from dataclasses import dataclass
from typing import Literal

from babel.numbers import format_decimal
from flask_babel import force_locale, gettext

from gis.classes import Classes
from layers.catalogue import NO_CLASSES, LegendItem, legend
from layers.layer import Layer
from layers.palettes import NO_DATA_BACKGROUND
from layers.wording import NO_VALUE
from webapp.map_layers.models import LayerEdition

Pattern = Literal["solid", "dots", "lines", "cross", "hatch"]


@dataclass(frozen=True)
class LegendLine:
    """A line of a legend: what it says, and how it looks (`colour` as #rrggbb)."""

    label: str
    colour: str
    pattern: Pattern


def classes_of_edition(edition: LayerEdition) -> Classes:
    """The classes of an edition: those of the publisher, or those computed when it was imported."""
    layer, known = edition.layer, edition.statistics
    if layer.categories and known.get("min") is None:
        return NO_CLASSES
    if layer.scheme == "official":
        breaks = tuple(official.upper for official in layer.official_classes)
    else:
        breaks = tuple(known.get("breaks", ()))
    counts = tuple(known.get("counts", ())) or (0,) * len(breaks)
    return Classes(breaks, counts, int(known.get("missing", 0)), known.get("min"))


def legend_lines(edition: LayerEdition, language: str) -> list[LegendLine]:
    """The legend of an edition; the last line is what has no value.
    A picture has one line: whose colours they are."""
    layer = edition.layer
    if edition.kind == "picture":
        return [LegendLine(layer.legend_text[language], NO_DATA_BACKGROUND, "solid")]
    items = legend(layer, classes_of_edition(edition), ())
    lines = [
        LegendLine(_words(layer, item, language, place == 0), item.colour, item.pattern)
        for place, item in enumerate(items)
    ]
    if edition.kind == "vector" and not edition.statistics.get("missing"):
        return lines
    return [*lines, LegendLine(NO_VALUE[language], NO_DATA_BACKGROUND, "hatch")]


def _words(layer: Layer, item: LegendItem, language: str, is_first: bool) -> str:
    if item.label is not None:
        return item.label[language]
    lower, upper = item.lower, item.upper
    with force_locale(language):
        if upper is None or not math.isfinite(upper):
            return gettext("map_layers.legend.above", value=amount(lower, layer, language))
        if is_first or lower is None or not math.isfinite(lower):
            return gettext("map_layers.legend.up_to", value=amount(upper, layer, language))
        if lower == upper:
            return amount(upper, layer, language)
        return gettext(
            "map_layers.legend.range",
            lower=amount(lower, layer, language),
            upper=amount(upper, layer, language),
        )


def amount(value: float | None, layer: Layer, language: str) -> str:
    """A number of a layer as its source publishes it, without its unit."""
    if value is None or not math.isfinite(value):
        return "∞"
    return str(format_decimal(round(value, layer.decimals), locale=language))


def with_unit(value: float, layer: Layer, language: str) -> str:
    """A number of a layer with its unit."""
    return f"{amount(value, layer, language)} {layer.unit[language]}".strip()
