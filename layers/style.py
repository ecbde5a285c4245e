"""One style, two renderers: the same classes and colours for MapLibre and for Leaflet (folium).

Both take the classes of ``catalogue.classes_of`` and the same hatch for areas without a figure.
Kinds (``Layer.categories``) have a colour and, where colours are alike, a pattern of dark marks.
A raster gets its colours on the server (``raster_palette``); here it only has an opacity.
"""

import io
from typing import Any

from PIL import Image, ImageDraw

from gis.classes import Classes
from layers.catalogue import class_colours, inclusive_limits, shape_colour
from layers.layer import Category, Layer, Pattern, Shape
from layers.palettes import NO_DATA_BACKGROUND, NO_DATA_LINES, OUTLINE, PATTERN_MARKS

HATCH_ID = "no-figure"
FILL_OPACITY = 0.78
OUTLINE_WIDTH = 1.0
HATCH_SPACING = 8  # pixels between two lines
LINE_WIDTH = 3.0
POINT_RADIUS = 5.0

_GEOMETRY_TYPES: dict[Shape, tuple[str, ...]] = {
    "polygon": ("Polygon", "MultiPolygon"),
    "line": ("LineString", "MultiLineString"),
    "point": ("Point", "MultiPoint"),
}


def colour_for(layer: Layer, classes: Classes, value: float | None) -> str | None:
    """Give the colour of a value, or None when there is no figure (hatch it).

    A value above the last bound gets the last colour: bounds may be older than the value.
    """
    if value is None or not classes.breaks:
        return None
    limits = inclusive_limits(layer, classes.breaks)
    place = next((i for i, upper in enumerate(limits) if value <= upper), len(limits) - 1)
    return class_colours(layer, len(limits))[place]


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


def maplibre_layers(layer: Layer, classes: Classes, value: str = "value") -> list[dict[str, Any]]:
    """Give MapLibre style layers (``id``, ``type``, ``filter``, ``paint``) for one source.

    ``value`` names the property with the figure; a feature's kind is in ``category``. The ids are
    only unique within the layer. Images: ``HATCH_ID`` (:func:`hatch_png`) and
    ``pattern_id(pattern)`` (:func:`pattern_png`).
    """
    if layer.geometry in ("raster", "picture"):
        paint = {"raster-opacity": 1.0, "raster-resampling": "nearest"}
        return [{"id": "raster", "type": "raster", "paint": paint}]
    shapes: tuple[Shape, ...] = (
        ("polygon", "line", "point") if layer.shape == "any" else (layer.shape,)
    )
    if layer.geometry == "area_figure":
        shapes = ("polygon",)
    colour = _feature_expression(layer, classes, value)
    made = [part for shape in shapes for part in _shape_layers(layer, shape, colour)]
    if "polygon" in shapes and classes.breaks and not layer.categories:
        known: list[Any] = ["==", ["typeof", ["get", value]], "number"]
        without = ["all", _of_shape("polygon"), ["!", known]]
        paint_without = {"fill-pattern": HATCH_ID}
        made.append({"id": "hatch", "type": "fill", "filter": without, "paint": paint_without})
    return made


def leaflet_layer(layer: Layer, classes: Classes) -> dict[str, Any]:
    """Give the same style as plain values for Leaflet and folium.

    ``fill`` holds ``[upper bound, colour]`` pairs, ``kinds`` per category its colour and pattern,
    ``colour`` what a feature with neither has; ``path`` and ``radius`` hold for all.
    """
    style = leaflet_style(layer, classes)
    return style | {
        "kinds": {
            kind.key: {"colour": kind.colour, "pattern": kind.pattern} for kind in layer.categories
        },
        "colour": shape_colour(layer),
        "path": style["path"] | ({"weight": LINE_WIDTH} if layer.shape == "line" else {}),
        "radius": POINT_RADIUS,
    }


def pattern_id(pattern: Pattern) -> str:
    """Give the name of a pattern's image in a MapLibre style."""
    return f"pattern-{pattern}"


def pattern_png(pattern: Pattern, scale: int = 1) -> bytes:
    """Give a pattern as a PNG of dark marks on nothing that repeats without a seam."""
    side = HATCH_SPACING * scale
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    marks = [(x, y) for x in range(side) for y in range(side) if _is_mark(pattern, x, y, side)]
    ImageDraw.Draw(image).point(marks, fill=PATTERN_MARKS)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def pattern_svg(kind_colour: str, pattern: Pattern, id_: str) -> str:
    """Give a colour with its pattern as an SVG ``<pattern>``, for a legend or a printed map."""
    size = HATCH_SPACING
    half = size / 2
    marks = {
        "solid": "",
        "dots": f'<circle cx="{half}" cy="{half}" r="1.5" fill="{PATTERN_MARKS}"/>',
        "lines": f'<path d="M0 {half}H{size}" stroke="{PATTERN_MARKS}" stroke-width="1.5"/>',
        "cross": f'<path d="M0 {half}H{size}M{half} 0V{size}" stroke="{PATTERN_MARKS}"/>',
    }[pattern]
    return (
        f'<pattern id="{id_}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{size}" height="{size}" fill="{kind_colour}"/>{marks}</pattern>'
    )


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


def _feature_expression(layer: Layer, classes: Classes, value: str) -> Any:
    if layer.categories:
        expression: list[Any] = ["match", ["to-string", ["get", "category"]]]
        for kind in layer.categories:
            expression += [kind.key, kind.colour]
        return [*expression, NO_DATA_BACKGROUND]
    if not classes.breaks:
        return shape_colour(layer)
    known: list[Any] = ["==", ["typeof", ["get", value]], "number"]
    return ["case", known, _colour_expression(layer, classes, value), NO_DATA_BACKGROUND]


def _of_shape(shape: Shape) -> list[Any]:
    return ["in", ["geometry-type"], ["literal", list(_GEOMETRY_TYPES[shape])]]


def _shape_layers(layer: Layer, shape: Shape, colour: Any) -> list[dict[str, Any]]:
    wanted = _of_shape(shape)
    if shape == "line":
        paint = {"line-color": colour, "line-width": LINE_WIDTH}
        return [{"id": "line", "type": "line", "filter": wanted, "paint": paint}]
    if shape == "point":
        paint = {
            "circle-color": colour,
            "circle-radius": POINT_RADIUS,
            "circle-stroke-color": OUTLINE,
            "circle-stroke-width": OUTLINE_WIDTH,
        }
        return [{"id": "point", "type": "circle", "filter": wanted, "paint": paint}]
    fill = {"fill-color": colour, "fill-opacity": FILL_OPACITY}
    outline = {"line-color": OUTLINE, "line-width": OUTLINE_WIDTH}
    patterned = [kind for kind in layer.categories if kind.pattern != "solid"]
    return [
        {"id": "fill", "type": "fill", "filter": wanted, "paint": fill},
        *(_pattern_layer(kind, wanted) for kind in patterned),
        {"id": "outline", "type": "line", "filter": wanted, "paint": outline},
    ]


def _pattern_layer(kind: Category, wanted: list[Any]) -> dict[str, Any]:
    return {
        "id": f"pattern-{kind.key}",
        "type": "fill",
        "filter": ["all", wanted, ["==", ["to-string", ["get", "category"]], kind.key]],
        "paint": {"fill-pattern": pattern_id(kind.pattern)},
    }


def _is_mark(pattern: Pattern, x: int, y: int, side: int) -> bool:
    middle, thick = side // 2, max(1, side // 8)
    row, column = abs(y - middle) < thick, abs(x - middle) < thick
    if pattern == "dots":
        return abs(x - middle) <= thick and abs(y - middle) <= thick
    return row if pattern == "lines" else pattern == "cross" and (row or column)
