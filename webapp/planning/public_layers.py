"""The layers over the map in the file that may be mailed: only what everyone may see."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry import mapping

from gis.crs import Bounds, to_lonlat, to_rd
from layers import standalone
from layers.raster_palette import palette_for
from webapp.geodata import shape
from webapp.languages import current_language
from webapp.map_layers import queries
from webapp.map_layers.legend import amount, classes_of_edition, legend_lines
from webapp.map_layers.models import LayerEdition
from webapp.planning.overlays import Shown
from webapp.planning.print_layers import layer_shapes, look_of
from webapp.templating import number

MOST_SHAPES = 5_000
PICTURE_SIDE = 700
"""Pixels along the longer side of a raster: enough for a screen, small enough to mail."""

Layers = list[standalone.Collection | standalone.PictureLayer]


def public_layers(shown: Sequence[Shown], within: Bounds, warning: str) -> tuple[Layers, list[str]]:
    """The public ones of these layers within bounds in degrees, and the names of the others.

    `warning` stands with each layer that was made up.
    """
    made: Layers = []
    left_out: list[str] = []
    for each in reversed(shown):
        edition = each.edition
        words = warning if edition.is_synthetic else ""
        layer = _layer(each, within, words) if edition.is_public else None
        if layer is None:
            left_out.append(each.title)
        else:
            made.append(layer)
    return made, left_out


def source_words_public(shown: Sequence[Shown]) -> list[str]:
    """Edition, licence and attribution of each public layer."""
    language = current_language()
    public = [each.edition for each in shown if each.edition.is_public]
    return [f"{each.title(language)} · {each.licence} · {each.attribution}" for each in public]


def _layer(
    each: Shown, within: Bounds, warning: str
) -> standalone.Collection | standalone.PictureLayer | None:
    edition, language = each.edition, current_language()
    title = edition.title(language)
    legend = [
        standalone.Key(line.label, line.colour, line.pattern)
        for line in legend_lines(edition, language)
    ]
    note = edition.layer.unit[language]
    if edition.kind == "raster":
        found = _picture(edition, within)
        if found is None:
            return None
        png, bounds = found
        return standalone.PictureLayer(
            title, png, bounds, legend, note, warning, each.opacity / 100
        )
    features = _features(edition, within)
    if len(features) > MOST_SHAPES:
        features = features[:MOST_SHAPES]
        capped = gettext("planning.download.most_shapes", count=number(MOST_SHAPES))
        note = " · ".join(filter(None, (note, capped)))
    columns = [("name", title), ("value", edition.layer.unit[language] or title)]
    return standalone.Collection(
        title, features, columns, legend=legend, note=note, warning=warning
    )


def _features(edition: LayerEdition, within: Bounds) -> list[dict[str, Any]]:
    language = current_language()
    labels = {each.key: each.label[language] for each in edition.layer.categories}
    west, south, east, north = to_rd(shapely.box(*within)).bounds
    rows = layer_shapes(edition, MOST_SHAPES + 1, (west, south, east, north))
    features = []
    for row in rows:
        colour, _ = look_of(edition, row)
        value = "" if row.value is None else amount(row.value, edition.layer, language)
        properties = {
            "name": row.name or "",
            "value": labels.get(row.category, value),
            "colour": colour,
        }
        geometry = mapping(to_lonlat(shape(row.geom)))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features


def _picture(edition: LayerEdition, within: Bounds) -> tuple[bytes, Bounds] | None:
    """The cells within bounds in degrees as PNG in web mercator, sampled, never averaged."""
    if edition.bounds is None:
        return None
    known = to_lonlat(shape(edition.bounds)).bounds
    west, south = max(within[0], known[0]), max(within[1], known[1])
    east, north = min(within[2], known[2]), min(within[3], known[3])
    if west >= east or south >= north:
        return None
    low, high = _mercator(south), _mercator(north)
    across, up = math.radians(east - west), high - low
    step = max(across, up) / PICTURE_SIDE
    wide, tall = max(1, round(across / step)), max(1, round(up / step))
    lons = west + (np.arange(wide) + 0.5) * (east - west) / wide
    turned = high - (np.arange(tall) + 0.5) * up / tall
    lats = np.degrees(np.arctan(np.sinh(turned)))
    places = np.column_stack([each.ravel() for each in np.meshgrid(lons, lats)])
    flat = shapely.get_coordinates(to_rd(shapely.MultiPoint(places)))
    values = queries.open_raster(edition).values_at(flat[:, 0], flat[:, 1])
    cells = values.reshape(tall, wide).astype(np.float32)
    png = palette_for(edition.layer, classes_of_edition(edition)).png(cells)
    return png, (west, south, east, north)


def _mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(latitude)))
