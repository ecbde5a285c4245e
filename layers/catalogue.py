"""The catalogue of map layers. Adding a layer is adding an entry; no other code changes.

Classes are everywhere ``gis.classes.Classes``: ascending upper limits, each inside its class.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from gis.classes import Classes, classify
from layers.cbs_people import PEOPLE_LAYERS
from layers.cbs_places import PLACE_LAYERS
from layers.column_titles import column_title
from layers.layer import LANGUAGES, Layer, Texts, texts
from layers.palettes import NO_DATA_BACKGROUND, SLATE
from layers.sources.metadata import CBS_FIGURES
from layers.wording import CLASSES, MISSING, NO_UNIT, PERCENT

__all__ = [
    "CATALOGUE",
    "LANGUAGES",
    "Layer",
    "LegendItem",
    "class_colours",
    "classes_of",
    "find",
    "layer_for_figure",
    "legend",
]

CATALOGUE: dict[str, Layer] = {layer.id: layer for layer in (*PEOPLE_LAYERS, *PLACE_LAYERS)}

_BY_FIGURE = {layer.figure: layer for layer in CATALOGUE.values()}
_ID_PREFIX = "cbs."


@dataclass(frozen=True)
class LegendItem:
    """One line of a legend.

    ``lower`` and ``upper`` are the first and last value of the class, already rounded to the
    precision in which the source publishes, so neighbouring lines never share a number.
    ``label`` replaces the numbers when there is one.
    ``reason`` is set on the hatched lines: why there is no figure.
    """

    lower: float | None
    upper: float | None
    label: Texts | None
    colour: str
    pattern: Literal["solid", "hatch"]
    reason: str | None = None


def find(layer_id: str, available: Collection[str] = ()) -> Layer:
    """Give the layer with this id, also the ``cbs.<figure>`` ids of :func:`layer_for_figure`.

    Raises KeyError when there is none.
    """
    if layer_id.startswith(_ID_PREFIX):
        return layer_for_figure(layer_id.removeprefix(_ID_PREFIX), available)
    return CATALOGUE[layer_id]


def layer_for_figure(key: str, available: Collection[str]) -> Layer:
    """Give the layer of any CBS figure: its own entry, or a default one made from its name.

    ``available`` holds the keys of the numeric figures that are loaded; a key outside it raises
    KeyError, so that a made-up key in a web address never becomes a layer.
    """
    if key not in available:
        raise KeyError(key)
    return _BY_FIGURE.get(key) or _default_layer(key)


def classes_of(layer: Layer, values: Iterable[float | None]) -> Classes:
    """Divide the layer's values into its classes: the publisher's own, or computed ones.

    Values are in the layer's unit; None counts as missing. A computed limit is moved down to the
    largest value that occurs below it, so that the legend names values that really occur and
    says of each of them in which class it is.
    """
    given = list(values)
    known = sorted(value for value in given if value is not None)
    if layer.scheme == "official":
        limits = [official.upper for official in layer.official_classes]
    else:
        computed = classify(known, layer.scheme, layer.class_count)
        limits = sorted({known[bisect_right(known, limit) - 1] for limit in computed.breaks})
    counts = [0] * len(limits)
    for value in known:
        counts[min(bisect_left(limits, value), len(limits) - 1)] += 1
    missing = len(given) - len(known)
    return Classes(tuple(limits), tuple(counts), missing, min(known, default=None))


def class_colours(layer: Layer, count: int) -> tuple[str, ...]:
    """Pick ``count`` colours of the layer, spread from its lightest to its darkest.

    Raises ValueError when the layer has fewer colours than classes are asked for.
    """
    if count > len(layer.colours):
        raise ValueError(f"layer {layer.id} has {len(layer.colours)} colours, not {count}")
    if count == 0:
        return ()
    if count == 1:
        return (layer.colours[len(layer.colours) // 2],)
    last = len(layer.colours) - 1
    return tuple(layer.colours[round(place * last / (count - 1))] for place in range(count))


def legend(
    layer: Layer, classes: Classes, missing: Sequence[str] = ("missing",)
) -> list[LegendItem]:
    """Give the lines of the legend: the classes from low to high, then each reason for no figure.

    ``missing`` are the reasons that occur on the map (keys of ``wording.MISSING``).
    """
    colours = class_colours(layer, len(classes.breaks))
    items = [_class_item(layer, classes, place, colour) for place, colour in enumerate(colours)]
    return items + [
        LegendItem(None, None, MISSING[reason], NO_DATA_BACKGROUND, "hatch", reason)
        for reason in missing
    ]


def _class_item(layer: Layer, classes: Classes, place: int, colour: str) -> LegendItem:
    upper = round(classes.breaks[place], layer.decimals)
    labels = [official.label for official in layer.official_classes if official.upper == upper]
    lower = min(upper, _first_value(layer, classes, place))
    return LegendItem(lower, upper, labels[0] if labels else None, colour, "solid")


def _first_value(layer: Layer, classes: Classes, place: int) -> float:
    if place == 0:
        lowest = classes.breaks[0] if classes.lowest is None else classes.lowest
        return round(lowest, layer.decimals)
    below = round(classes.breaks[place - 1], layer.decimals)
    return round(below + 10.0**-layer.decimals, layer.decimals)


def _default_layer(key: str) -> Layer:
    share = key.startswith(("percentage_", "perc_"))
    count = key.startswith("aantal_")
    return Layer(
        id=_ID_PREFIX + key,
        title=column_title(key),
        group="other",
        geometry="area_figure",
        source=CBS_FIGURES,
        unit=PERCENT if share else NO_UNIT,
        figure=key,
        scheme="quantiles",
        colours=SLATE,
        definition=_DEFAULT_DEFINITION,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=0 if share or count else 1,
    )


_DEFAULT_DEFINITION = texts(
    nl="Zoals CBS het omschrijft in de toelichting bij de kerncijfers wijken en buurten.",
    en="As defined by Statistics Netherlands in the notes to its neighbourhood key figures.",
    tr="CBS'nin mahalle verilerine ilişkin açıklamalarında tanımlandığı gibi.",
    ar="كما عرّفه مكتب الإحصاء الهولندي في شرح الأرقام الأساسية للأحياء.",
    pl="Według definicji CBS w objaśnieniach do danych o dzielnicach.",
    uk="Як визначає CBS у поясненнях до показників районів.",
)
