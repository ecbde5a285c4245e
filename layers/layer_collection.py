"""Features of any layer as a collection of the stand-alone map: colours, names, values, reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gis.classes import Classes
from layers.layer import Layer, texts
from layers.palettes import NO_DATA_LINES
from layers.standalone import Collection
from layers.style import feature_colour
from layers.wording import MISSING, NO_VALUE

_NAME = texts(nl="Naam", en="Name", tr="Ad", ar="الاسم", pl="Nazwa", uk="Назва")
_VALUE = texts(nl="Waarde", en="Value", tr="Değer", ar="القيمة", pl="Wartość", uk="Значення")
_KIND = texts(nl="Soort", en="Kind", tr="Tür", ar="النوع", pl="Rodzaj", uk="Вид")
_SEPARATORS = {"en": "."}


@dataclass(frozen=True)
class ShownFeature:
    """One feature to show: ``geometry`` is GeoJSON in CRS84, the rest as in ``FeatureRow``."""

    name: str
    value: float | None
    reason: str | None
    category: str | None
    geometry: Mapping[str, Any] | None


def collection_of(
    layer: Layer, classes: Classes, features: Iterable[ShownFeature], language: str
) -> Collection:
    """Give features of a layer with the colours of its legend, in one of the six languages."""
    columns = [("name", _NAME[language])]
    if layer.categories:
        columns.append(("kind", _KIND[language]))
    if classes.breaks:
        unit = layer.unit[language]
        columns.append(("value", f"{_VALUE[language]} ({unit})" if unit else _VALUE[language]))
    shown = [
        {
            "type": "Feature",
            "geometry": feature.geometry,
            "properties": {
                "name": feature.name,
                "kind": _kind(layer, feature.category, language),
                "value": _value(layer, feature, language),
                "colour": feature_colour(layer, classes, feature.value, feature.category)
                or NO_DATA_LINES,
            },
        }
        for feature in features
    ]
    return Collection(layer.title[language], shown, columns)


def _kind(layer: Layer, category: str | None, language: str) -> str:
    labels = {kind.key: kind.label[language] for kind in layer.categories}
    return labels.get(category or "", "")


def _value(layer: Layer, feature: ShownFeature, language: str) -> str:
    if feature.value is None:
        return MISSING.get(feature.reason or "", NO_VALUE)[language]
    return f"{feature.value:.{layer.decimals}f}".replace(".", _SEPARATORS.get(language, ","))
