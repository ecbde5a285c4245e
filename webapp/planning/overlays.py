"""The layers over the map: which there are, which are shown, and how each is explained."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from flask_babel import gettext

from layers.layer import Layer
from webapp.deals.models import text_in
from webapp.languages import current_language
from webapp.map_layers.models import LayerEdition
from webapp.planning.address import Overlay, write_overlays

GROUPS = (
    *("people", "income", "housing", "health", "heat", "green", "air_noise", "water"),
    *("nature", "routes", "ground", "surroundings", "other"),
)
Editions = Mapping[str, Sequence[LayerEdition]]
"""Per layer its editions, the newest first."""


@dataclass(frozen=True)
class Shown:
    """A layer that lies over the map, in one of its editions."""

    edition: LayerEdition
    opacity: int
    editions: Sequence[LayerEdition]

    @property
    def id(self) -> str:
        """The layer's id."""
        return self.edition.layer_id

    @cached_property
    def layer(self) -> Layer:
        """The catalogue's entry."""
        return self.edition.layer

    @property
    def overlay(self) -> Overlay:
        """How it stands in the address."""
        return Overlay(self.id, self.edition.id, self.opacity)

    @property
    def title(self) -> str:
        """The layer's name, or the one of an own file, in the reader's language."""
        return self.edition.name(current_language())

    @property
    def place(self) -> int:
        """Which of its editions this is, the oldest 0."""
        return len(self.editions) - 1 - list(self.editions).index(self.edition)

    @property
    def in_time(self) -> list[LayerEdition]:
        """Its editions, the oldest first."""
        return list(reversed(self.editions))

    def step(self, by: int) -> LayerEdition | None:
        """The edition before (-1) or after (1) this one."""
        place = self.place + by
        return self.in_time[place] if 0 <= place < len(self.editions) else None


def title_of(layer: Layer) -> str:
    """A layer's name in the reader's language."""
    return text_in(dict(layer.title), current_language())


def by_layer(editions: Sequence[LayerEdition]) -> dict[str, list[LayerEdition]]:
    """Editions per layer, in the order given."""
    found: dict[str, list[LayerEdition]] = defaultdict(list)
    for each in editions:
        found[each.layer_id].append(each)
    return dict(found)


def shown(overlays: Sequence[Overlay], editions: Editions) -> list[Shown]:
    """The layers that an address asks for. Raises ValueError with the key of a message."""
    return [_shown(each, editions.get(each.layer, ())) for each in overlays]


def _shown(overlay: Overlay, editions: Sequence[LayerEdition]) -> Shown:
    asked = [each for each in editions if overlay.edition in (None, each.id)]
    if not asked:
        raise ValueError("planning.form.unknown_layer")
    return Shown(asked[0], overlay.opacity, editions)


@dataclass(frozen=True)
class Choice:
    """A layer in the list of all that can be shown."""

    id: str
    title: str
    is_shown: bool
    is_found: bool
    is_synthetic: bool


def choices(editions: Editions, shown_ids: Sequence[str], find: str) -> dict[str, list[Choice]]:
    """Every layer that is loaded, by group; `is_found` says whether its name has the words."""
    groups: dict[str, list[Choice]] = {group: [] for group in GROUPS}
    words = find.casefold().split()
    for layer_id, of_layer in editions.items():
        layer = of_layer[0].layer
        title, group = _name_in_list(of_layer), gettext(f"planning.group.{layer.group}")
        text = f"{title} {group} {text_in(dict(layer.definition), current_language())}".casefold()
        is_found = all(word in text for word in words)
        made_up = of_layer[0].is_synthetic
        groups[layer.group].append(
            Choice(layer_id, title, layer_id in shown_ids, is_found, made_up)
        )
    for found in groups.values():
        found.sort(key=lambda each: each.title.casefold())
    return {group: found for group, found in groups.items() if found}


def _name_in_list(editions: Sequence[LayerEdition]) -> str:
    """A layer's name; own files are editions of one layer, so the names of the files follow it."""
    files = dict.fromkeys(each.own_title for each in editions if each.own_title)
    layer = title_of(editions[0].layer)
    return f"{layer}: {', '.join(files)}" if files else layer


def moved(overlays: Sequence[Overlay], place: int, by: int) -> str:
    """The layers as an address has them with one further up (-1) or down (1)."""
    order = list(overlays)
    order.insert(place + by, order.pop(place))
    return write_overlays(order)


def without(overlays: Sequence[Overlay], place: int) -> str:
    """The same with one of them taken away."""
    return write_overlays([each for n, each in enumerate(overlays) if n != place])


def at_edition(overlays: Sequence[Overlay], place: int, edition: int) -> str:
    """The same with one of them in another edition."""
    order = list(overlays)
    order[place] = replace(order[place], edition=edition)
    return write_overlays(order)
