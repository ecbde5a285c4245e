"""What a map layer is: one frozen record that every face of the layer is made from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from gis.crs import RD
from layers.sources.metadata import SourceMetadata

LANGUAGES = ("nl", "en", "tr", "ar", "pl", "uk")

Texts = Mapping[str, str]
GeometryKind = Literal["area_figure", "vector", "raster", "picture"]
Shape = Literal["point", "line", "polygon", "any"]
Pattern = Literal["solid", "dots", "lines", "cross"]
Group = Literal[
    "people",
    "income",
    "housing",
    "health",
    "heat",
    "green",
    "air_noise",
    "water",
    "nature",
    "routes",
    "ground",
    "surroundings",
    "other",
]
Scheme = Literal["quantiles", "natural_breaks", "equal_interval", "official"]
Audience = Literal["public", "staff"]
EditionRule = Literal["newest", "newest_with_value"]
Provenance = Literal["measured", "modelled", "survey", "register"]


def texts(*, nl: str, en: str, tr: str, ar: str, pl: str, uk: str) -> Texts:
    """Give one text in all six languages; leaving one out is an error."""
    return MappingProxyType({"nl": nl, "en": en, "tr": tr, "ar": ar, "pl": pl, "uk": uk})


def same_in_all(text: str) -> Texts:
    """Give a text that is written alike in all six languages, such as a unit symbol."""
    return MappingProxyType(dict.fromkeys(LANGUAGES, text))


@dataclass(frozen=True)
class NodataRule:
    """Which numbers of a source mean "no value", and why.

    ``reasons`` maps an exact number to a key of ``wording.MISSING``; every number up to and
    including ``at_most`` is missing too, with reason "missing". What a file declares as its own
    nodata value, NaN and infinities are always missing.
    """

    reasons: Mapping[float, str] = field(default_factory=dict)
    at_most: float | None = None

    def reason(self, value: float) -> str | None:
        """Give why a number is no value, or None when it is one."""
        if value in self.reasons:
            return self.reasons[value]
        if not math.isfinite(value):
            return "missing"
        return "missing" if self.at_most is not None and value <= self.at_most else None


CBS_MISSING_CODES = NodataRule(
    {-99997: "secret", -99995: "later_release", -99991: "discontinued"}, -99990
)
NOTHING_MISSING = NodataRule()

UNKNOWN_LICENCE = "unknown: ask the publisher"


@dataclass(frozen=True)
class OfficialClass:
    """A class that the publisher defined: values up to and including ``upper``.

    The last class holds everything above the one before it; its ``upper`` only names an end.
    """

    upper: float
    label: Texts


@dataclass(frozen=True)
class Category:
    """A class of a layer without numbers: the value as stored, its name, colour and pattern."""

    key: str
    label: Texts
    colour: str
    pattern: Pattern = "solid"


@dataclass(frozen=True)
class Layer:
    """A layer of the map, declared once.

    ``figure`` is the key in ``AreaRow.figures`` of a layer of kind "area_figure". A layer of kind
    "vector" takes its value from column ``column`` (None: it has classes of ``categories``, or only
    a shape); one of kind "raster" from band ``band``; one of kind "picture" has none: another
    server draws it. ``reader`` names the function in
    ``layers.readers`` that reads the source. ``valid_range`` is what can physically occur, in the
    layer's unit: a file with values outside it is refused. ``resolution`` is the side of a cell in
    metres. ``provenance`` and ``uncertainty`` stand beside every figure on screen.

    ``shape`` is what the features of a vector layer are. ``whole_numbers`` is true when the
    publisher wrote the official classes in whole numbers (32–34, 35–37): a value is then rounded
    half up to a whole number before it is classed. ``download`` is the address of the source,
    of a file or of a service, with commas between several collections;
    with ``address_from_memory`` it was not checked against the publisher's own pages.

    ``class_count`` colours stand in ``colours``,
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
    nodata: NodataRule = CBS_MISSING_CODES
    reader: str = "areas"
    column: str | None = None
    band: int = 1
    categories: tuple[Category, ...] = ()
    valid_range: tuple[float, float] | None = None
    resolution: float | None = None
    provenance: Provenance = "register"
    uncertainty: Texts = field(default_factory=lambda: same_in_all(""))
    download: str | None = None
    address_from_memory: bool = False
    shape: Shape = "any"
    whole_numbers: bool = False
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
    def is_licence_known(self) -> bool:
        """Whether it is established on what terms the data may be passed on."""
        return self.source.licence != UNKNOWN_LICENCE

    @property
    def attribution(self) -> str:
        """What must be visible wherever the layer is shown."""
        return self.source.attribution
