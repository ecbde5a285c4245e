"""Both renderers give a value the same colour."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gis.classes import Classes
from layers.catalogue import CATALOGUE, classes_of
from layers.style import HATCH_ID, colour_for, hatch_png, hatch_svg, leaflet_style, maplibre_paint

LAYER = CATALOGUE["share_65_and_older"]
NOTHING = Classes((), (), 0, None)


def maplibre_colour(expression: Any, value: float) -> str:
    """Evaluate the small part of MapLibre's expressions that the style uses."""
    if isinstance(expression, str):
        return expression
    word, *parts = expression
    assert word == "case"
    for condition, colour in zip(parts[:-1:2], parts[1:-1:2], strict=True):
        assert condition[:2] == ["<=", ["get", "value"]]
        if value <= condition[2]:
            return str(colour)
    return str(parts[-1])


def leaflet_colour(style: dict[str, Any], value: float) -> str:
    """What the map's script does with the style."""
    return next((colour for upper, colour in style["fill"] if value <= upper), style["fill"][-1][1])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.floats(-10, 110))
def test_both_renderers_agree(values: list[float], value: float) -> None:
    classes = classes_of(LAYER, values)
    expression = maplibre_paint(LAYER, classes)["fill"]["paint"]["fill-color"]
    colour = colour_for(LAYER, classes, value)
    assert maplibre_colour(expression, value) == colour
    assert leaflet_colour(leaflet_style(LAYER, classes), value) == colour


def test_without_a_figure_there_is_no_colour_but_a_hatch() -> None:
    classes = classes_of(LAYER, [1, 2, None])
    paint = maplibre_paint(LAYER, classes, "share")
    assert colour_for(LAYER, classes, None) is None
    assert paint["no_figure"]["paint"] == {"fill-pattern": HATCH_ID}
    assert paint["no_figure"]["filter"] == ["!", paint["fill"]["filter"]]
    assert HATCH_ID in leaflet_style(LAYER, classes)["no_figure"]["fillColor"]


def test_a_map_without_any_figure_has_a_style_too() -> None:
    assert leaflet_style(LAYER, NOTHING)["fill"] == []
    assert maplibre_paint(LAYER, NOTHING)["fill"]["paint"]["fill-color"] == "#ffffff"
    assert colour_for(LAYER, NOTHING, 1.0) is None


@pytest.mark.parametrize("scale", [1, 2])
def test_the_hatch_repeats_without_a_seam(scale: int) -> None:
    image = Image.open(io.BytesIO(hatch_png(scale)))
    side = 8 * scale
    assert image.size == (side, side)
    pixels = [image.getpixel((x, 0)) for x in range(side)]
    # Its lines run at 45 degrees: one row down is the same row, one pixel further.
    below = [image.getpixel((x, 1)) for x in range(side)]
    assert below == pixels[1:] + pixels[:1]
    assert len(set(pixels)) == 2


def test_the_hatch_for_leaflet_is_an_svg_pattern() -> None:
    assert hatch_svg().startswith(f'<pattern id="{HATCH_ID}"')
