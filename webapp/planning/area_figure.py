"""What the areas of the map are coloured by: every figure that can be chosen, and the chosen one.

A figure of CBS, what an imported layer says of each area, and a figure that was computed here are
chosen from one list, and look alike from there on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext

from layers import catalogue
from layers.catalogue import CATALOGUE
from layers.layer import Layer, same_in_all
from layers.palettes import SLATE
from layers.wording import CLASSES, NO_UNIT, PERCENT
from webapp.areas.models import AreaImport
from webapp.deals.models import text_in
from webapp.languages import current_language
from webapp.map_layers.models import LayerEdition
from webapp.map_layers.queries import definitions_by_edition
from webapp.map_layers.tables import SHARES, definition_words, in_order
from webapp.planning.forms import NO_FIGURE
from webapp.planning.overlays import GROUPS, Editions
from webapp.planning.value_sources import layer_key

FIRST_FIGURE = "population_density"
FEW_CLASSES = 5
SPREAD = ("mean", "min", "max", "value")
"""Definitions in the layer's own unit, so in its own classes."""


@dataclass(frozen=True)
class Origin:
    """Who made something, on what terms, and what must stand beside it."""

    title: str
    licence: str
    attribution: str


@dataclass(frozen=True)
class AreaFigure:
    """A figure that can be chosen: `id` stands in the address, `key` is its value source.

    `layer` says how it is named, classed, coloured and rounded. `edition_words` and `origins` are
    empty where the rows themselves say from which import they are.
    """

    id: str
    key: str
    layer: Layer
    edition_words: str = ""
    origins: tuple[Origin, ...] = ()
    is_synthetic: bool = False
    is_demo: bool = False
    is_public: bool = True

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return text_in(dict(self.layer.title), current_language())

    @property
    def label(self) -> str:
        """The same with its edition, in a list."""
        return ", ".join(filter(None, (self.title, self.edition_words)))


Figures = Mapping[str, AreaFigure]


def source_of(origin: AreaImport) -> str:
    """Who published it and of which year; many a source has the year in its name."""
    if str(origin.year) in origin.source:
        return origin.source
    return gettext("planning.edition_of", source=origin.source, year=origin.year)


def origin_of(found: AreaImport) -> Origin:
    """Where rows of an import come from."""
    return Origin(source_of(found), found.licence, found.attribution)


def figures_offered(
    keys: Collection[str], editions: Editions, computed: Sequence[AreaFigure]
) -> dict[str, AreaFigure]:
    """Every figure there is: of the catalogue, computed, of layers, and the others by name."""
    declared = [layer for layer in CATALOGUE.values() if layer.figure in keys]
    known = {layer.figure for layer in CATALOGUE.values()}
    others = [catalogue.layer_for_figure(key, keys) for key in keys if key not in known]
    others.sort(key=lambda layer: text_in(dict(layer.title), current_language()))
    found = [
        *(AreaFigure(layer.id, layer.figure or "", layer) for layer in declared),
        *computed,
        *_of_layers(editions),
        *(AreaFigure(layer.id, layer.figure or "", layer) for layer in others),
    ]
    return {each.id: each for each in found}


def choices_of(figures: Figures) -> dict[str, list[tuple[str, str]]]:
    """The same as (value, label) pairs by group, after "none"."""
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for each in figures.values():
        groups[each.layer.group].append((each.id, each.label))
    none = {"": [(NO_FIGURE, gettext("planning.form.no_figure"))]}
    return none | {
        gettext(f"planning.group.{group}"): choices for group, choices in groups.items() if choices
    }


def chosen_figure(asked: str, figures: Figures) -> AreaFigure | None:
    """The figure of an id; of any other word the first one that suits most."""
    if asked == NO_FIGURE:
        return None
    first = figures.get(FIRST_FIGURE) or next(iter(figures.values()), None)
    return figures.get(asked, first)


def _of_layers(editions: Editions) -> list[AreaFigure]:
    definitions = definitions_by_edition()
    return [
        of_layer(edition, definition)
        for of_one in editions.values()
        for edition in of_one
        for definition in in_order(definitions.get(edition.id, ()))
    ]


def of_layer(edition: LayerEdition, definition: str) -> AreaFigure:
    """What an edition says of each area by one definition."""
    language = current_language()
    edition_words = edition.label(language)
    return AreaFigure(
        id=f"{edition.layer_id}@{edition.id}:{definition}",
        key=layer_key(edition.id, definition),
        layer=_as_area_layer(edition, definition),
        edition_words=edition_words,
        origins=(
            Origin(
                gettext("planning.edition_of", source=edition.publisher, year=edition_words),
                edition.licence,
                edition.attribution,
            ),
        ),
        is_synthetic=edition.is_synthetic,
        is_demo=edition.is_demo,
        is_public=edition.is_public,
    )


def _as_area_layer(edition: LayerEdition, definition: str) -> Layer:
    """The layer as one figure per area: in its own classes, or in those of a share or a number."""
    own, name = edition.layer, definition.partition(":")[0]
    title = edition.name(current_language())
    words = definition_words(edition, definition)
    named = title if definition == "value" else f"{title}: {words}"
    layer = replace(own, geometry="area_figure", categories=(), title=same_in_all(named))
    if name in SPREAD:
        return layer
    is_share = name in SHARES
    unit = PERCENT if is_share else same_in_all("m") if name == "length_m" else NO_UNIT
    return in_quantiles(layer, unit, decimals=int(is_share), colours=_few(own))


def in_quantiles(
    layer: Layer, unit: Mapping[str, str], decimals: int, colours: Sequence[str]
) -> Layer:
    """A layer whose values are of another kind than those it has by itself."""
    return replace(
        layer,
        unit=unit,
        decimals=decimals,
        colours=tuple(colours),
        scheme="quantiles",
        official_classes=(),
        whole_numbers=False,
        legend_text=CLASSES["quantiles"],
    )


def _few(layer: Layer) -> tuple[str, ...]:
    if layer.categories or len(layer.colours) < FEW_CLASSES:
        return SLATE
    return catalogue.class_colours(layer, FEW_CLASSES)
