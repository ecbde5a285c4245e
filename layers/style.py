"""One style, two renderers: the same classes and colours for MapLibre and for Leaflet (folium).

Both take the classes of ``catalogue.classes_of`` and the same hatch for areas without a figure.
Kinds (``Layer.categories``) have a colour and, where colours are alike, a pattern of dark marks.
A raster gets its colours on the server (``raster_palette``); here it only has an opacity.
"""

import io
from typing import Any

from PIL import Image, ImageDraw

from gis.classes import Classes
from layers.catalogue import class_colours, class_of, inclusive_limits, shape_colour
from layers.layer import Layer
from layers.palettes import NO_DATA_BACKGROUND, NO_DATA_LINES, OUTLINE

HATCH_ID = "no-figure"
FILL_OPACITY = 0.78
OUTLINE_WIDTH = 1.0
HATCH_SPACING = 8  # pixels between two lines


def colour_for(layer: Layer, classes: Classes, value: float | None) -> str | None:
    """Give the colour of a value, or None when there is no figure (hatch it).

    A value above the last bound gets the last colour: bounds may be older than the value.
    """
    if value is None or not classes.breaks:
        return None
    return class_colours(layer, len(classes.breaks))[class_of(layer, classes, value)]


def maplibre_paint(
    layer: Layer, classes: Classes, value: str = "value"
) -> dict[str, dict[str, Any]]:
    """Give paint properties and filters for three MapLibre style layers on one source.

    ``value`` names the feature property that holds the figure (absent or null: no figure). Keys:
    ``fill`` and ``no_figure`` for layers of type fill, each with ``filter`` and ``paint``;
    ``outline`` for a layer of type line. The image ``HATCH_ID`` is :func:`hatch_png`.
    """
    known: list[Any] = ["==", ["typeof", ["get", value]], "number"]
    return {
        "fill": {
            "filter": known,
            "paint": {
                "fill-color": _colour_expression(layer, classes, value),
                "fill-opacity": FILL_OPACITY,
            },
        },
        "no_figure": {"filter": ["!", known], "paint": {"fill-pattern": HATCH_ID}},
        "outline": {"paint": {"line-color": OUTLINE, "line-width": OUTLINE_WIDTH}},
    }


def leaflet_style(layer: Layer, classes: Classes) -> dict[str, Any]:
    """Give the same style as plain values for Leaflet; a value belongs to the first bound ≥ it.

    ``fill`` holds ``[upper bound, colour]`` pairs; ``no_figure`` the path options of areas without
    one, whose pattern is :func:`hatch_svg`; ``path`` the options of every area.
    """
    colours = class_colours(layer, len(classes.breaks))
    return {
        "fill": [
            [upper, colour]
            for upper, colour in zip(inclusive_limits(layer, classes.breaks), colours, strict=True)
        ],
        "path": {
            "color": OUTLINE,
            "weight": OUTLINE_WIDTH,
            "fillOpacity": FILL_OPACITY,
        },
        "no_figure": {"fillColor": f"url(#{HATCH_ID})", "fillOpacity": 1.0},
    }


def feature_colour(
    layer: Layer, classes: Classes, value: float | None, category: str | None = None
) -> str | None:
    """Give the colour of one feature: by its kind, its value, or the layer's one colour.

    None when the layer has values and this feature has none: hatch it.
    """
    if layer.categories:
        kinds = {kind.key: kind.colour for kind in layer.categories}
        return kinds.get(category or "")
    if not classes.breaks:
        return shape_colour(layer)
    return colour_for(layer, classes, value)


def hatch_svg(pattern_id: str = HATCH_ID) -> str:
    """Give the hatch as an SVG ``<pattern>``, for a legend or a Leaflet map's ``<defs>``."""
    size = HATCH_SPACING
    return (
        f'<pattern id="{pattern_id}" width="{size}" height="{size}" '
        f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="{size}" height="{size}" fill="{NO_DATA_BACKGROUND}"/>'
        f'<line x1="0" y1="0" x2="0" y2="{size}" stroke="{NO_DATA_LINES}" stroke-width="2"/>'
        "</pattern>"
    )


def hatch_png(scale: int = 1) -> bytes:
    """Give the hatch as a PNG that repeats without a seam, for MapLibre; ``scale`` 2 is @2x."""
    spacing = HATCH_SPACING * scale
    image = Image.new("RGB", (spacing, spacing), NO_DATA_BACKGROUND)
    lines = [
        (x, y) for x in range(spacing) for y in range(spacing) if (x + y) % spacing < 2 * scale
    ]
    ImageDraw.Draw(image).point(lines, fill=NO_DATA_LINES)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _colour_expression(layer: Layer, classes: Classes, value: str) -> Any:
    if not classes.breaks:
        return NO_DATA_BACKGROUND
    colours = class_colours(layer, len(classes.breaks))
    if len(colours) == 1:
        return colours[0]
    # "case" and not "step": a bound belongs to the class below it, as in colour_for.
    cases: list[Any] = ["case"]
    limits = inclusive_limits(layer, classes.breaks)
    for upper, colour in zip(limits[:-1], colours[:-1], strict=True):
        cases += [["<=", ["get", value], upper], colour]
    return [*cases, colours[-1]]
