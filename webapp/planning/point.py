"""What lies at one place: each shown layer with its value and source, and the neighbourhood."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from gis.crs import rd_point
from layers.catalogue import class_of
from layers.wording import MISSING, PICTURE_HAS_NO_VALUE
from webapp.areas.queries import nearby
from webapp.deals.models import text_in
from webapp.extensions import db
from webapp.geodata import stored
from webapp.languages import current_language
from webapp.map_layers import queries as layer_queries
from webapp.map_layers.legend import classes_of_edition, legend_lines, with_unit
from webapp.map_layers.models import LayerEdition
from webapp.map_layers.queries import Identified
from webapp.planning.queries import Bounds
from webapp.planning.view import View


@dataclass(frozen=True)
class LayerValue:
    """What one layer says of a place: a value with its class, or the reason why there is none."""

    title: str
    edition: LayerEdition
    edition_words: str
    value: str
    class_label: str
    reason: str
    name: str
    provenance: str
    uncertainty: str


@dataclass(frozen=True)
class PointDetail:
    """A place on the map: where it is in degrees and in RD, and everything known of it."""

    kind = "point"
    id: str
    place: str
    rd: tuple[float, float]
    layers: list[LayerValue]
    area_code: str | None
    bounds: Bounds


def point_detail(view: View) -> PointDetail | None:
    """The place that was pointed at; None when the address has none."""
    if view.point is None:
        return None
    lon, lat = view.point
    place = rd_point(lon, lat)
    found = layer_queries.values_at(place, [each.edition for each in view.shown])
    return PointDetail(
        id=f"{lon},{lat}",
        place=nearby(place).words,
        rd=(place.x, place.y),
        layers=[_value(each) for each in found],
        area_code=_area_at(view, place),
        bounds=(lon, lat, lon, lat),
    )


def _area_at(view: View, place: Any) -> str | None:
    """The area of the shown edition around a place."""
    if view.area_selection is None:
        return None
    areas = view.area_selection.subquery("areas")
    inside = func.ST_Covers(areas.c.geom, stored(place))
    return db.session.scalar(select(areas.c.code).where(inside).order_by(areas.c.id).limit(1))


def _value(found: Identified) -> LayerValue:
    layer, language = found.edition.layer, current_language()
    value = "" if found.value is None else with_unit(found.value, layer, language)
    labels = {each.key: each.label[language] for each in layer.categories}
    if found.category is not None:
        value = labels.get(found.category, found.category)
    elif not value and found.reason is None:
        value = found.name or found.edition.name(language)
    return LayerValue(
        title=found.edition.name(language),
        edition=found.edition,
        edition_words=found.edition.edition,
        value=value,
        class_label=_class_label(found),
        reason=_reason(found),
        name=found.name or "",
        provenance=layer.provenance,
        uncertainty=text_in(dict(layer.uncertainty), language),
    )


def _class_label(found: Identified) -> str:
    """The line of the legend in which a value falls."""
    layer, classes = found.edition.layer, classes_of_edition(found.edition)
    if found.value is None or not classes.breaks or layer.categories:
        return ""
    place = class_of(layer, classes, found.value)
    return legend_lines(found.edition, current_language())[place].label


def _reason(found: Identified) -> str:
    """Why there is no value, in words; "outside" is told by the page."""
    if found.reason is None or found.value is not None:
        return ""
    words = PICTURE_HAS_NO_VALUE if found.reason == "picture" else MISSING.get(found.reason)
    return text_in(dict(words), current_language()) if words else "outside"
