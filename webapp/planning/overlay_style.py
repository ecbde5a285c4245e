"""How a layer over the map is drawn, for MapLibre and for Leaflet alike."""

from typing import Any

from flask import url_for

from layers import style
from layers.catalogue import shape_colour
from layers.layer import Layer
from layers.palettes import NO_DATA_LINES
from webapp.map_layers.legend import classes_of_edition
from webapp.map_layers.models import LayerEdition
from webapp.map_layers.tiles import version_of


def overlay_settings(edition: LayerEdition, opacity: int) -> dict[str, Any]:
    """Where the renderer finds a layer, its place in per cent of opacity, and its colours."""
    is_raster = edition.kind in ("raster", "picture")
    settings: dict[str, Any] = {
        "id": f"{edition.layer_id}@{edition.id}",
        "kind": "raster" if is_raster else "vector",
        "opacity": opacity / 100,
        "tiles": _tiles(edition),
        "geojson": None,
        "style": None,
    }
    if not is_raster:
        settings["geojson"] = url_for("planning.layer_features", edition_id=edition.id)
        settings["style"] = _vector_style(edition)
    return settings


def _tiles(edition: LayerEdition) -> str:
    """Another server draws pictures, ours draws rasters; of shapes we cut vector tiles."""
    endpoint = {"raster": "staff_raster_tile", "picture": "picture_tile"}.get(
        edition.kind, "staff_feature_tile"
    )
    ending = "mvt" if endpoint == "staff_feature_tile" else "png"
    place = {"edition_id": edition.id, "z": 0, "x": 0, "y": 0}
    address = url_for(f"map_layers.{endpoint}", **place, v=version_of(edition))
    return address.replace(f"/0/0/0.{ending}", f"/{{z}}/{{x}}/{{y}}.{ending}")


def _vector_style(edition: LayerEdition) -> dict[str, Any]:
    """Colour by category, by value in classes, or one for all; `known` says what has a value."""
    layer = edition.layer
    if layer.categories:
        return _by_category(layer)
    if layer.column or edition.kind == "area_figure":
        return _by_value(edition)
    colour = shape_colour(layer)
    return {"colour": colour, "known": None, "plain": {"one": colour}, "patterns": []}


def _by_category(layer: Layer) -> dict[str, Any]:
    colours = {each.key: each.colour for each in layer.categories}
    expression = ["match", ["to-string", ["get", "category"]]]
    expression += [part for pair in colours.items() for part in pair]
    return {
        "colour": [*expression, NO_DATA_LINES],
        "known": ["has", "category"],
        "plain": {"categories": colours},
        "patterns": [
            [each.key, each.pattern] for each in layer.categories if each.pattern != "solid"
        ],
    }


def _by_value(edition: LayerEdition) -> dict[str, Any]:
    layer, classes = edition.layer, classes_of_edition(edition)
    fill = style.maplibre_paint(layer, classes)["fill"]
    steps = [
        [upper if upper < float("inf") else None, colour]
        for upper, colour in style.leaflet_style(layer, classes)["fill"]
    ]
    return {
        "colour": fill["paint"]["fill-color"],
        "known": fill["filter"],
        "plain": {"steps": steps},
        "patterns": [],
    }
