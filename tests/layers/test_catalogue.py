"""Every entry of the catalogue keeps the promises of a layer."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalogue import (
    CATALOGUE,
    LANGUAGES,
    Layer,
    class_colours,
    classes_of,
    find,
    layer_for_figure,
    layers_of,
    legend,
)
from layers.sources.cbs_columns import KNOWN_FIGURES
from layers.sources.metadata import CBS_AREAS, CBS_FIGURES
from layers.style import colour_for
from layers.wording import MISSING

CBS_LAYERS = [layer for layer in CATALOGUE.values() if layer.source is CBS_FIGURES]
EVERY_LAYER = [*CBS_LAYERS, layer_for_figure("percentage_bewoond", {"percentage_bewoond"})]
every_layer = pytest.mark.parametrize("layer", EVERY_LAYER, ids=lambda layer: layer.id)

# How colour-blind eyes see linear RGB (Machado, Oliveira & Fernandes 2009, severity 1).
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def luminance(colour: str, eyes: np.ndarray) -> float:
    """Relative luminance (WCAG) of a colour as these eyes see it."""
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(np.clip(eyes @ linear, 0, 1) @ (0.2126, 0.7152, 0.0722))


def test_ids_and_figures_are_unique() -> None:
    assert len(CBS_LAYERS) == 17
    figures = [layer.figure for layer in layers_of("area_figure")]
    assert len(set(figures)) == len(figures)
    assert None not in figures
    assert all(CATALOGUE[layer.id] is layer for layer in CATALOGUE.values())


@every_layer
def test_an_entry_speaks_six_languages(layer: Layer) -> None:
    for texts in (layer.title, layer.definition, layer.legend_text, layer.unit):
        assert tuple(texts) == LANGUAGES
    for texts in (layer.title, layer.definition, layer.legend_text):
        assert all(text.strip() for text in texts.values())
    assert len(set(layer.title.values())) >= 4


@every_layer
def test_an_entry_names_its_source(layer: Layer) -> None:
    assert layer.attribution == "CBS, Kadaster"
    assert layer.licence == "CC BY 4.0"
    assert layer.source.publisher
    assert layer.figure in KNOWN_FIGURES
    assert layer.crs == 28992


@every_layer
@pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)
def test_neighbouring_colours_differ_for_everyone(layer: Layer, eyes: np.ndarray) -> None:
    lights = [luminance(colour, eyes) for colour in layer.colours]
    assert lights == sorted(lights) or lights == sorted(lights, reverse=True)
    for one, other in itertools.pairwise(sorted(lights)):
        assert (other + 0.05) / (one + 0.05) >= 1.3


@every_layer
def test_official_classes_ascend_and_have_a_colour_and_name_each(layer: Layer) -> None:
    uppers = [official.upper for official in layer.official_classes]
    assert (layer.scheme == "official") == bool(uppers)
    assert uppers == sorted(set(uppers))
    assert not uppers or len(uppers) == layer.class_count
    for official in layer.official_classes:
        assert tuple(official.label) == LANGUAGES


@every_layer
def test_figures_that_come_late_must_name_their_year(layer: Layer) -> None:
    if layer.group in ("income", "housing", "other"):
        assert layer.edition_rule == "newest_with_value"


@given(
    layer=st.sampled_from(EVERY_LAYER),
    values=st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=60),
)
def test_the_legend_tells_of_each_value_what_the_map_shows(
    layer: Layer, values: list[float | None]
) -> None:
    classes = classes_of(layer, values)
    lines = [item for item in legend(layer, classes) if item.pattern == "solid"]
    for value in values:
        if value is None or layer.scheme == "official":
            continue
        (line,) = [item for item in lines if item.lower <= value <= item.upper]
        assert line.colour == colour_for(layer, classes, value)
    assert sum(classes.counts) + classes.missing == len(values)


def test_the_class_of_urbanity_is_no_density() -> None:
    layer = CATALOGUE["urbanity"]
    lines = legend(layer, classes_of(layer, [1, 1, 4, None]))
    assert [item.label["en"].split(":")[0] for item in lines if item.label][:2] == [
        "Very strongly urban",
        "Strongly urban",
    ]
    assert len(lines) == 6


def test_no_figure_is_hatched_with_its_reason() -> None:
    layer = CATALOGUE["population"]
    *_, secret, later = legend(layer, classes_of(layer, [1.0]), ["secret", "later_release"])
    assert (secret.pattern, secret.reason, secret.label) == ("hatch", "secret", MISSING["secret"])
    assert later.label == MISSING["later_release"]


def test_any_loaded_figure_has_a_layer_and_no_other() -> None:
    available = {"aantal_inwoners", "perc_huurwoningen_in_bezit_overige_verhuurders"}
    assert layer_for_figure("aantal_inwoners", available) is CATALOGUE["population"]
    layer = layer_for_figure("perc_huurwoningen_in_bezit_overige_verhuurders", available)
    assert layer.title["nl"] == "Percentage huurwoningen in bezit overige verhuurders"
    assert find(layer.id, available) == layer
    assert find("urbanity") is CATALOGUE["urbanity"]
    for key in ("mannen", "verzonnen", ""):
        with pytest.raises(KeyError):
            find(f"cbs.{key}", available)


def test_colours_spread_over_the_classes_there_are() -> None:
    layer = CATALOGUE["population"]
    assert class_colours(layer, 0) == ()
    assert class_colours(layer, 1) == (layer.colours[2],)
    assert class_colours(layer, 2) == (layer.colours[0], layer.colours[-1])
    assert class_colours(layer, 5) == layer.colours
    with pytest.raises(ValueError, match="has 5 colours, not 6"):
        class_colours(layer, 6)


def test_the_conflict_about_the_licence_is_told() -> None:
    assert "CC0" in CBS_AREAS.licence_note
    assert "CC BY 4.0" in CBS_AREAS.licence_note
    assert CBS_AREAS.attribution == "CBS, Kadaster"
