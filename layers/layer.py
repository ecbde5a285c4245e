"""What a map layer is: one frozen record that every face of the layer is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from gis.crs import RD
from layers.sources.metadata import SourceMetadata

LANGUAGES = ("nl", "en", "tr", "ar", "pl", "uk")

Texts = Mapping[str, str]
GeometryKind = Literal["area_figure", "vector", "raster", "wishes", "interventions"]
Group = Literal["people", "income", "housing", "surroundings", "other"]
Scheme = Literal["quantiles", "natural_breaks", "equal_interval", "official"]
Audience = Literal["public", "staff"]
EditionRule = Literal["newest", "newest_with_value"]
NodataRule = Literal["cbs_missing_codes"]


def texts(*, nl: str, en: str, tr: str, ar: str, pl: str, uk: str) -> Texts:
    """Give one text in all six languages; leaving one out is an error."""
    return MappingProxyType({"nl": nl, "en": en, "tr": tr, "ar": ar, "pl": pl, "uk": uk})


def same_in_all(text: str) -> Texts:
    """Give a text that is written alike in all six languages, such as a unit symbol."""
    return MappingProxyType(dict.fromkeys(LANGUAGES, text))


@dataclass(frozen=True)
class OfficialClass:
    """A class that the publisher defined: values up to and including ``upper``."""

    upper: float
    label: Texts


@dataclass(frozen=True)
class Layer:
    """A layer of the map, declared once.

    ``figure`` is the key in ``AreaRow.figures``. ``class_count`` colours stand in ``colours``,
    from low to high; ``official_classes`` replace computed classes when scheme is "official".
    ``decimals`` is how precisely the source publishes the figure. ``crs`` is the EPSG number of
    the stored geometry.

    ``edition_rule``: "newest" shows the newest edition; "newest_with_value" shows, per level, the
    newest edition that has values, and the map must name that year: CBS publishes some figures,
    income first of all, one or two years after the others.
    """

    id: str
    title: Texts
    group: Group
    geometry: GeometryKind
    source: SourceMetadata
    unit: Texts
    figure: str | None
    scheme: Scheme
    colours: tuple[str, ...]
    definition: Texts
    legend_text: Texts
    edition_rule: EditionRule
    decimals: int = 0
    official_classes: tuple[OfficialClass, ...] = ()
    nodata_rule: NodataRule = "cbs_missing_codes"
    audience: Audience = "public"
    popup_fields: tuple[str, ...] = ("name", "code", "year", "value")
    crs: int = RD

    @property
    def class_count(self) -> int:
        """How many classes the layer has at most: one per colour."""
        return len(self.colours)

    @property
    def licence(self) -> str:
        """The licence of the layer's source."""
        return self.source.licence

    @property
    def attribution(self) -> str:
        """What must be visible wherever the layer is shown."""
        return self.source.attribution
