"""One figure on the map: which edition, which classes, and the legend in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from gis.classes import Classes
from layers import catalogue, style
from layers.catalogue import LegendItem
from layers.layer import Layer
from webapp.deals.models import text_in
from webapp.languages import current_language
from webapp.planning.queries import Edition
from webapp.templating import number

LEVELS_BY_USE = ("district", "neighbourhood", "municipality")


@dataclass(frozen=True)
class LegendLine:
    """A line of the legend: what it says, how it looks and how many areas it holds."""

    label: str
    colour: str
    is_hatched: bool
    count: int
    pattern: str = "solid"


@dataclass(frozen=True)
class Choropleth:
    """A figure of one edition, ready for map, legend and table."""

    layer: Layer
    classes: Classes
    lines: tuple[LegendLine, ...]

    @property
    def title(self) -> str:
        """The figure's name in the reader's language."""
        return text_in(dict(self.layer.title), current_language())

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return text_in(dict(self.layer.unit), current_language())

    @property
    def definition(self) -> str:
        """What it means."""
        return text_in(dict(self.layer.definition), current_language())

    @property
    def provenance(self) -> str:
        """How the values were come by; nothing where a register simply says them."""
        kind = self.layer.provenance
        return "" if kind == "register" else gettext(f"planning.provenance.{kind}")

    @property
    def uncertainty(self) -> str:
        """How far the values can be trusted."""
        return text_in(dict(self.layer.uncertainty), current_language())

    @property
    def how_classed(self) -> str:
        """How the classes were made."""
        return text_in(dict(self.layer.legend_text), current_language())

    def painted(self) -> dict[str, Any]:
        """The style for both renderers."""
        return {
            "maplibre": style.maplibre_paint(self.layer, self.classes),
            "leaflet": style.leaflet_style(self.layer, self.classes),
        }


def choropleth(layer: Layer, rows: Iterable[Any]) -> Choropleth:
    """Divide rows with `value` and `reason` into classes."""
    given = list(rows)
    classes = catalogue.classes_of(layer, [row.value for row in given])
    reasons = Counter(row.reason for row in given if row.value is None)
    items = catalogue.legend(layer, classes, sorted(reasons))
    counts = [*classes.counts, *(reasons[item.reason] for item in items if item.reason)]
    lines = tuple(_line(layer, item, count) for item, count in zip(items, counts, strict=True))
    return Choropleth(layer, classes, lines)


def _line(layer: Layer, item: LegendItem, count: int) -> LegendLine:
    return LegendLine(_label(layer, item), item.colour, item.pattern == "hatch", count)


def _label(layer: Layer, item: LegendItem) -> str:
    if item.label is not None:
        return text_in(dict(item.label), current_language())
    lower, upper = (number(value, layer.decimals) for value in (item.lower, item.upper))
    return upper if lower == upper else gettext("planning.legend.range", lower=lower, upper=upper)


def chosen_edition(found: Sequence[Edition], level: str, year: int | None) -> Edition | None:
    """The edition asked for; else with the figure, then with real outlines, then the newest."""
    level = level or _best_level(found)
    candidates = [each for each in found if each.level == level]
    asked = [each for each in candidates if each.year == year]
    return max(
        asked or candidates,
        key=lambda each: (each.has_figure, each.is_real, each.year),
        default=None,
    )


def _best_level(found: Sequence[Edition]) -> str:
    """The first level in order of use that has the figure, else the first that is loaded."""
    known = {each.level for each in found if each.has_figure} or {each.level for each in found}
    return next((name for name in LEVELS_BY_USE if name in known), "")
