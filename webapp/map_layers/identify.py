"""What the layers say at a place, in the reader's language and as JSON."""

import math
import re
from typing import Any

import shapely
from babel.dates import format_date
from flask_babel import force_locale, gettext

from gis.crs import inside_netherlands, rd_point
from layers.catalogue import class_of
from layers.wording import MISSING, PICTURE_HAS_NO_VALUE
from webapp.errors import Invalid
from webapp.map_layers.legend import classes_of_edition, with_unit
from webapp.map_layers.queries import Identified, editions_by_id, values_at

MOST_EDITIONS = 50
LARGEST_ID = 2**31 - 1
_NUMBERS = re.compile(r"\d{1,10}(?:,\d{1,10})*")


def point_of(text: str) -> shapely.Point:
    """The point (EPSG:28992) of `lon,lat`. Raises `Invalid` saying what is wrong."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise _wrong("at", "map_layers.wrong.at") from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise _wrong("at", "map_layers.wrong.at")
    if not inside_netherlands(shapely.Point(lon, lat)):
        raise _wrong("at", "map_layers.wrong.outside")
    return rd_point(lon, lat)


def ids_of(text: str) -> list[int]:
    """The numbers of editions in `1,2,3`. Raises `Invalid`."""
    if not text.isascii() or not _NUMBERS.fullmatch(text):
        raise _wrong("editions", "map_layers.wrong.editions")
    ids = list(dict.fromkeys(int(part) for part in text.split(",")))
    if len(ids) > MOST_EDITIONS or max(ids) > LARGEST_ID:
        raise _wrong("editions", "map_layers.wrong.editions")
    return ids


def _wrong(path: str, key: str) -> Invalid:
    words = {
        "map_layers.wrong.at": gettext("map_layers.wrong.at"),
        "map_layers.wrong.outside": gettext("map_layers.wrong.outside"),
        "map_layers.wrong.editions": gettext("map_layers.wrong.editions", most=MOST_EDITIONS),
    }
    return Invalid(problems=[{"path": path, "reason": words[key]}])


def identify(point: shapely.Point, ids: list[int], language: str) -> list[dict[str, Any]]:
    """Every edition's answer at a point (EPSG:28992), in the order asked."""
    found = values_at(point, editions_by_id(ids))
    with force_locale(language):
        return [as_json(each, language) for each in found]


def as_json(found: Identified, language: str) -> dict[str, Any]:
    """One answer: numbers for machines, `text` for the reader, and where it comes from."""
    edition, layer = found.edition, found.edition.layer
    return {
        "edition": edition.id,
        "layer": layer.id,
        "title": layer.title[language],
        "editionLabel": edition.label(language),
        "value": found.value,
        "unit": layer.unit[language],
        "category": found.category,
        "name": found.name,
        "classLabel": class_label(found, language),
        "text": text_of(found, language),
        "reason": found.reason,
        "reasonText": reason_text(found.reason, language),
        "source": edition.publisher,
        "attribution": edition.attribution,
        "licence": edition.licence,
        "retrieved": format_date(edition.retrieved_at, "long", locale=language),
        "provenance": layer.provenance,
        "provenanceText": provenance_text(layer.provenance),
        "uncertainty": layer.uncertainty[language],
        "synthetic": edition.is_synthetic,
        "syntheticText": gettext("map_layers.synthetic_note") if edition.is_synthetic else "",
    }


def text_of(found: Identified, language: str) -> str:
    """The answer in words: value with unit, category, name, or why there is nothing."""
    is_kind = found.edition.kind == "raster" and found.edition.layer.categories
    if found.value is not None and not is_kind:
        return with_unit(found.value, found.edition.layer, language)
    return class_label(found, language) or reason_text(found.reason, language) or (found.name or "")


def class_label(found: Identified, language: str) -> str:
    """The name of the class or category that the answer lies in, empty when it has none."""
    layer = found.edition.layer
    key = found.category
    if key is None and found.value is not None and found.edition.kind == "raster":
        key = f"{found.value:g}"
    for each in layer.categories:
        if each.key == key:
            return each.label[language]
    if found.value is None or not layer.official_classes:
        return found.category or ""
    place = class_of(layer, classes_of_edition(found.edition), found.value)
    return layer.official_classes[place].label[language]


def reason_text(reason: str | None, language: str) -> str:
    """Why there is no value, in words."""
    if reason is None:
        return ""
    if reason == "outside":
        return gettext("map_layers.reason.outside")
    if reason == "picture":
        return PICTURE_HAS_NO_VALUE[language]
    return MISSING.get(reason, MISSING["missing"])[language]


def provenance_text(provenance: str) -> str:
    """How the values of a layer were come by, in words."""
    return {
        "measured": gettext("map_layers.provenance.measured"),
        "modelled": gettext("map_layers.provenance.modelled"),
        "survey": gettext("map_layers.provenance.survey"),
        "register": gettext("map_layers.provenance.register"),
    }[provenance]
