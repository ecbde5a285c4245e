"""The catalogue of map layers. Adding a layer is adding an entry; no other code changes.

Classes are everywhere ``gis.classes.Classes``: ascending upper limits, each inside its class. Where
a publisher wrote classes in whole numbers (``Layer.whole_numbers``) a value is rounded half up
before it is compared with them; :func:`inclusive_limits` gives limits for values as they are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from gis.classes import Classes, classify
from layers.air_noise_layers import AIR_NOISE_LAYERS
from layers.cbs_people import PEOPLE_LAYERS
from layers.cbs_places import PLACE_LAYERS
from layers.column_titles import column_title
from layers.green_layers import GREEN_LAYERS
from layers.ground_layers import GROUND_LAYERS
from layers.health_layers import HEALTH_LAYERS
from layers.heat_layers import HEAT_LAYERS
from layers.layer import LANGUAGES, GeometryKind, Group, Layer, Texts, texts
from layers.liveability_layers import LIVEABILITY_LAYERS, SES_LAYERS
from layers.nearness_layers import NEARNESS_LAYERS
from layers.own_layers import OWN_LAYERS
from layers.palettes import NO_DATA_BACKGROUND, SLATE
from layers.route_layers import ROUTE_LAYERS
from layers.sources.metadata import CBS_FIGURES
from layers.water_nature_layers import WATER_NATURE_LAYERS
from layers.wording import CLASSES, MISSING, NO_UNIT, PERCENT

__all__ = [
    "CATALOGUE",
    "LANGUAGES",
    "NO_CLASSES",
    "Layer",
    "LegendItem",
    "class_colours",
    "class_of",
    "classes_of",
    "find",
    "inclusive_limits",
    "layer_for_figure",
    "layers_of",
    "legend",
    "shape_colour",
]

CATALOGUE: dict[str, Layer] = {
    layer.id: layer
    for layer in (
        *PEOPLE_LAYERS,
        *PLACE_LAYERS,
        *HEAT_LAYERS,
        *GREEN_LAYERS,
        *AIR_NOISE_LAYERS,
        *HEALTH_LAYERS,
        *SES_LAYERS,
        *LIVEABILITY_LAYERS,
        *NEARNESS_LAYERS,
        *WATER_NATURE_LAYERS,
        *ROUTE_LAYERS,
        *GROUND_LAYERS,
        *OWN_LAYERS,
    )
}
"""Every layer with values or shapes. All of them go through every face."""

NO_CLASSES: Final = Classes((), (), 0, None)
"""For layers without numbers: kinds, or only a shape."""

_BY_FIGURE = {layer.figure: layer for layer in CATALOGUE.values() if layer.figure}
_ID_PREFIX = "cbs."


@dataclass(frozen=True)
class LegendItem:
    """One line of a legend.

    ``lower`` and ``upper`` are the first and last value of the class, already rounded to the
    precision in which the source publishes, so neighbouring lines never share a number.
    ``label`` replaces the numbers when there is one.
    ``reason`` is set on the hatched lines: why there is no figure. ``category`` is the key of a
    layer's kind, with the pattern that goes over its colour.
    """

    lower: float | None
    upper: float | None
    label: Texts | None
    colour: str
    pattern: Literal["solid", "hatch", "dots", "lines", "cross"]
    reason: str | None = None
    category: str | None = None


def find(layer_id: str, available: Collection[str] = ()) -> Layer:
    """Give the layer with this id, also the ``cbs.<figure>`` ids of :func:`layer_for_figure`.

    Raises KeyError when there is none.
    """
    if layer_id.startswith(_ID_PREFIX):
        return layer_for_figure(layer_id.removeprefix(_ID_PREFIX), available)
    return CATALOGUE[layer_id]


def layers_of(geometry: GeometryKind | None = None, group: Group | None = None) -> list[Layer]:
    """Give the layers of a kind of geometry, of a group, or of both, in the catalogue's order."""
    return [
        layer
        for layer in CATALOGUE.values()
        if geometry in (None, layer.geometry) and group in (None, layer.group)
    ]


def inclusive_limits(layer: Layer, uppers: Iterable[float]) -> tuple[float, ...]:
    """Give, for the upper limits of classes, the largest value that is still in each class.

    In whole numbers "up to 34" holds everything that rounds (half up) to 34: up to the largest
    number below 34.5 that a raster of 32 bits can hold. Cells have 32 bits, and so have the
    limits of a raster, or 0.2 in a cell would be above 0.2.
    """
    if not layer.whole_numbers:
        is_raster = layer.geometry == "raster"
        return tuple(float(np.float32(upper)) if is_raster else upper for upper in uppers)
    halves = (np.float32(upper + 0.5) for upper in uppers)
    return tuple(float(np.nextafter(half, np.float32(-np.inf))) for half in halves)


def class_of(layer: Layer, classes: Classes, value: float) -> int:
    """Give the place of the class in which a value lies; above all limits it is the last one."""
    limits = inclusive_limits(layer, classes.breaks)
    return min(bisect_left(limits, value), len(limits) - 1)


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
    inclusive = inclusive_limits(layer, limits)
    for value in known:
        counts[min(bisect_left(inclusive, value), len(limits) - 1)] += 1
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

    ``missing`` are the reasons that occur on the map (keys of ``wording.MISSING``). A layer of
    kinds has a line per kind after its classes; one that is only a shape or a picture has one
    line, its title.
    """
    colours = class_colours(layer, len(classes.breaks))
    items = [_class_item(layer, classes, place, colour) for place, colour in enumerate(colours)]
    items += [
        LegendItem(None, None, kind.label, kind.colour, kind.pattern, category=kind.key)
        for kind in layer.categories
    ]
    if not items and layer.geometry in ("vector", "picture"):
        items = [LegendItem(None, None, layer.title, shape_colour(layer), "solid")]
    return items + [
        LegendItem(None, None, MISSING[reason], NO_DATA_BACKGROUND, "hatch", reason)
        for reason in missing
    ]


def shape_colour(layer: Layer) -> str:
    """Give the colour of features that have neither a value nor a kind."""
    return layer.colours[len(layer.colours) * 3 // 4]


def _class_item(layer: Layer, classes: Classes, place: int, colour: str) -> LegendItem:
    upper = round(classes.breaks[place], layer.decimals)
    lower = min(upper, _first_value(layer, classes, place))
    label = layer.official_classes[place].label if layer.scheme == "official" else None
    return LegendItem(lower, upper, label, colour, "solid")


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
