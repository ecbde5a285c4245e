"""Every entry of the catalogue through every face that is made here."""

import itertools
import json
import re
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from gis.classes import Classes
from layers.catalogue import (
    CATALOGUE,
    LANGUAGES,
    NO_CLASSES,
    Layer,
    class_of,
    classes_of,
    layers_of,
    legend,
)
from layers.layer import UNKNOWN_LICENCE, Group
from layers.raster import check_raster
from layers.raster_palette import palette_for
from layers.readers import READERS, FileRefusedError, read_area_values, read_features
from layers.sources.row_account import RowReport
from layers.style import feature_colour, leaflet_style, maplibre_paint
from layers.wording import MISSING
from tests.layers.made_files import good_file, raster_values, wrong_file
from tests.layers.test_catalogue import EYES, luminance

every_layer = pytest.mark.parametrize("layer", CATALOGUE.values(), ids=lambda layer: layer.id)
measured_layer = pytest.mark.parametrize(
    "layer",
    [layer for layer in CATALOGUE.values() if layer.geometry not in ("raster", "picture")],
    ids=lambda layer: layer.id,
)
raster_layer = pytest.mark.parametrize("layer", layers_of("raster"), ids=lambda layer: layer.id)
VENDOR = Path(__file__).parents[2] / "static" / "vendor"
COLOUR = re.compile(r"#[0-9a-f]{6}")


def read(layer: Layer, path: Path) -> tuple[list[Any], RowReport]:
    has_features = READERS[layer.reader].kind == "features"
    rows: Any = read_features(layer, path) if has_features else read_area_values(layer, path)
    return list(rows), rows.report


def some_classes(layer: Layer) -> Classes:
    """The classes of values such as the made files have."""
    if layer.geometry == "picture":
        return NO_CLASSES
    if layer.geometry == "vector" and (layer.column is None or layer.categories):
        return NO_CLASSES
    if layer.geometry == "raster":
        return classes_of(layer, [float(v) for v in np.unique(raster_values(layer)) if v > -100])
    low, high = layer.valid_range or (0.0, 10.0)
    return classes_of(layer, [*(low + (high - low) * step / 9 for step in range(10)), None])


# The importer's checks


@measured_layer
def test_a_good_file_loads_whole_and_a_wrong_one_is_refused(layer: Layer, tmp_path: Path) -> None:
    rows, report = read(layer, good_file(layer, tmp_path))
    assert rows
    assert (report.rows_in, report.rows_loaded) == (len(rows), len(rows))
    assert report.rejected == report.warnings == ()
    assert len(report.sha256) == 64
    if layer.geometry == "area_figure":
        assert all(layer.figure in row.values for row in rows)
    with pytest.raises(FileRefusedError):
        read(layer, wrong_file(layer, tmp_path))


@raster_layer
def test_a_good_raster_passes_and_a_wrong_one_is_refused(layer: Layer, tmp_path: Path) -> None:
    facts = check_raster(good_file(layer, tmp_path), layer)
    low, high = layer.valid_range or (-np.inf, np.inf)
    assert low <= facts.minimum < facts.maximum <= high
    with pytest.raises(FileRefusedError, match="CRS"):
        check_raster(wrong_file(layer, tmp_path), layer)


@measured_layer
def test_values_and_kinds_are_those_of_the_layer(layer: Layer, tmp_path: Path) -> None:
    if layer.geometry != "vector":
        return
    rows, _ = read(layer, good_file(layer, tmp_path))
    kinds = {kind.key for kind in layer.categories}
    for row in rows:
        assert row.source_key
        assert (row.category in kinds) == bool(kinds)
        assert row.geometry.is_valid
        json.dumps(row.properties, allow_nan=False)
    if layer.column and not kinds:
        assert all(row.value is not None for row in rows)


# What a reader is told


@every_layer
def test_an_entry_speaks_six_languages(layer: Layer) -> None:
    spoken = [layer.title, layer.definition, layer.legend_text, layer.uncertainty, layer.unit]
    spoken += [kind.label for kind in layer.categories]
    spoken += [official.label for official in layer.official_classes]
    assert all(tuple(texts) == LANGUAGES for texts in spoken)
    for texts in (layer.title, layer.definition, layer.legend_text):
        assert all(text.strip() for text in texts.values())
    assert len(set(layer.title.values())) >= 4
    if layer.source.id not in ("cbs_kerncijfers",):
        assert all(text.strip() for text in layer.uncertainty.values())


@every_layer
def test_an_entry_names_its_source_for_open_data(layer: Layer) -> None:
    source = layer.source
    assert source.id
    assert source.publisher
    assert source.attribution
    assert source.licence in ("CC BY 4.0", "CC0 1.0", UNKNOWN_LICENCE)
    assert layer.is_licence_known == (source.licence != UNKNOWN_LICENCE)
    assert source.url.startswith("https://") or source.id in (
        "gemeente_parken",
        "bkn_gebiedstype",
        "own_file",
    )
    assert layer.download is None or layer.download.startswith("https://")
    assert layer.crs == 28992


@every_layer
def test_an_entry_is_complete(layer: Layer) -> None:
    assert layer.group in get_args(Group)
    assert (layer.figure is not None) == (layer.geometry == "area_figure")
    assert (layer.reader in READERS) == (layer.geometry not in ("raster", "picture"))
    assert (layer.scheme == "official") == bool(layer.official_classes)
    uppers = [official.upper for official in layer.official_classes]
    assert uppers == sorted(set(uppers))
    assert not uppers or len(uppers) == layer.class_count
    assert set(layer.nodata.reasons.values()) <= set(MISSING)
    if layer.valid_range and layer.scheme == "official":
        assert uppers[-1] <= layer.valid_range[1] + 1
    assert layer.audience == "staff" or layer.source.id != "own_file"
    if layer.source.id == "rivm_gezondheid":
        assert layer.provenance == "modelled"
        assert "Modelschatting" in layer.uncertainty["nl"]


def test_ids_titles_and_figures_are_unique() -> None:
    for language in LANGUAGES:
        titles = [layer.title[language] for layer in CATALOGUE.values()]
        assert len(set(titles)) == len(titles)
    assert all(layer_id == layer.id for layer_id, layer in CATALOGUE.items())


# Colours and legend


@every_layer
@pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)
def test_neighbouring_classes_differ_for_everyone(layer: Layer, eyes: np.ndarray) -> None:
    lights = [luminance(colour, eyes) for colour in layer.colours]
    assert lights == sorted(lights) or lights == sorted(lights, reverse=True)
    for one, other in itertools.pairwise(sorted(lights)):
        assert (other + 0.05) / (one + 0.05) >= 1.3


@every_layer
@pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)
def test_kinds_differ_in_colour_or_in_pattern(layer: Layer, eyes: np.ndarray) -> None:
    for one, other in itertools.combinations(layer.categories, 2):
        lights = sorted(luminance(kind.colour, eyes) + 0.05 for kind in (one, other))
        assert one.pattern != other.pattern or lights[1] / lights[0] >= 1.3, (one.key, other.key)


@every_layer
def test_the_legend_says_each_line_in_words_and_pattern(layer: Layer) -> None:
    classes = some_classes(layer)
    reasons = sorted({*layer.nodata.reasons.values(), "missing"})
    lines = legend(layer, classes, reasons)
    shown = [line for line in lines if line.reason is None]
    assert len(shown) == (len(classes.breaks) + len(layer.categories) or 1)
    assert [line.reason for line in lines if line.reason] == reasons
    for line in lines:
        assert COLOUR.fullmatch(line.colour)
        assert line.pattern in ("solid", "hatch", "dots", "lines", "cross")
        assert line.label is not None or (line.lower is not None and line.upper is not None)
        assert (line.pattern == "hatch") == (line.reason is not None)
    if layer.scheme == "official":
        assert [line.label for line in shown] == [one.label for one in layer.official_classes]


# The two renderers and the picture


@every_layer
def test_both_renderers_class_a_limit_as_the_legend_does(layer: Layer) -> None:
    classes = some_classes(layer)
    if not classes.breaks:
        return
    colours = [line.colour for line in legend(layer, classes, ()) if line.category is None]
    painted = json.dumps(maplibre_paint(layer, classes), allow_nan=False)
    steps = leaflet_style(layer, classes)["fill"]
    assert all(colour in painted for colour in colours)
    assert [colour for _, colour in steps] == colours
    cells = np.float32 if layer.geometry == "raster" else float
    for place, upper in enumerate(float(cells(each)) for each in classes.breaks[:-1]):
        assert class_of(layer, classes, upper) == place
        assert class_of(layer, classes, np.nextafter(steps[place][0], np.inf)) == place + 1
        expected = None if layer.categories else colours[place]
        assert feature_colour(layer, classes, upper) == expected


@raster_layer
def test_the_picture_has_the_colours_of_the_legend(layer: Layer) -> None:
    classes = some_classes(layer)
    palette = palette_for(layer, classes)
    assert list(palette.colours) == [line.colour for line in legend(layer, classes, ())]
    values = raster_values(layer)[1]
    for value, place in zip(values, palette.indices(values), strict=True):
        assert palette.colours[place] == feature_colour(layer, classes, float(value))


# Rules of single layers


@pytest.mark.parametrize(
    ("degrees", "label"),
    [
        (31.49, "< 32"),
        (31.5, "32–34"),
        (34.0, "32–34"),
        (34.49, "32–34"),
        (34.5, "35–37"),
        (35.0, "35–37"),
        (40.0, "38–40"),
        (41.0, "41–43"),
        (45.0, "44–45"),
        (46.0, "46–48"),
        (50.0, "49–50"),
        (50.5, "> 50"),
        (51.0, "> 50"),
    ],
)
def test_perceived_temperature_is_classed_in_whole_degrees(degrees: float, label: str) -> None:
    layer = CATALOGUE["pet"]
    classes = classes_of(layer, [degrees])
    (place,) = [place for place, count in enumerate(classes.counts) if count]
    line = legend(layer, classes, ())[place]
    assert line.label is not None
    assert line.label["nl"].startswith(label)
    assert feature_colour(layer, classes, degrees) == line.colour
    index = palette_for(layer, classes).indices(np.array([[degrees]], np.float32))
    assert index[0, 0] == place


def test_no_source_of_noise_is_a_reason_and_not_zero_decibel() -> None:
    layer = CATALOGUE["noise_lden"]
    assert layer.nodata.reason(0.0) == "no_source"
    assert layer.nodata.reason(45.2) is None
    assert "niet hetzelfde als stil" in MISSING["no_source"]["nl"]


@pytest.mark.parametrize("trap", [55537, 2147483647, -9999, -1])
def test_the_traps_of_the_heat_map_are_no_temperatures(trap: float) -> None:
    assert CATALOGUE["pet"].nodata.reason(trap) == "no_data_here"
