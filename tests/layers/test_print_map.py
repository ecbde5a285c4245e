"""A map on paper: true to scale, cut to its frame, the same every time, and closed to odd words."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gis.crs import to_lonlat
from layers.print_frame import SCALES, MapFrame, fitting_frame, map_size, scale_bar
from layers.print_ground import Ground
from layers.print_map import (
    LegendGroup,
    LegendLine,
    Line,
    MapContent,
    MapSheet,
    Mark,
    Surface,
    draw_map,
)
from layers.print_marks import scale_bar_svg

X, Y = 104_000.0, 488_500.0
FRAME = MapFrame(X, Y, 10_000, 180, 150)
SVG = "{http://www.w3.org/2000/svg}"


def elements(svg: str, name: str) -> list[ET.Element]:
    return ET.fromstring(svg).findall(f".//{SVG}{name}")


@given(
    x=st.floats(15_000, 275_000),
    y=st.floats(310_000, 615_000),
    scale=st.sampled_from([each for each in SCALES if each <= 500_000]),
)
def test_bar_is_true_everywhere_at_every_scale(x: float, y: float, scale: int) -> None:
    frame = MapFrame(x, y, scale, 180, 150)
    bar = scale_bar(frame)
    along = bar.width / frame.mm_per_metre
    ends = to_lonlat(shapely.LineString([(x - along / 2, y), (x + along / 2, y)]))
    assert Geod(ellps="GRS80").geometry_length(ends) == pytest.approx(bar.metres, rel=0.001)
    pieces = elements(scale_bar_svg(bar), "rect")
    drawn = sum(float(each.get("width", "nan")) for each in pieces)
    assert drawn == pytest.approx(bar.metres * 1000 / scale, rel=0.001)


@pytest.mark.parametrize("paper", ["a4", "a3"])
@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
def test_frame_holds_what_must_fit_at_a_round_scale(paper: str, orientation: str) -> None:
    size = map_size(paper, orientation)  # type: ignore[arg-type]
    bounds = (X, Y, X + 3_000, Y + 1_000)
    frame = fitting_frame(bounds, size)
    assert frame.scale in SCALES
    assert shapely.box(*frame.bounds).contains(shapely.box(*bounds))


@pytest.mark.parametrize("bounds", [(0, 0, float("nan"), 1), (0, 0, float("inf"), 1)])
def test_no_frame_without_a_place(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        fitting_frame(bounds, (180, 150))


def test_nothing_is_drawn_outside_the_frame() -> None:
    huge = shapely.Point(X, Y).buffer(50_000)
    content = MapContent(
        ground=[Ground("water", huge), Ground("road", huge.boundary)],
        surfaces=[Surface(huge, "#112233", "hatch", "A")],
        lines=[Line(huge, "#445566")],
        marks=[Mark(huge, "1", "#778899", "circle")],
    )
    svg = draw_map(FRAME, content)
    for path in elements(svg, "path"):
        drawn = re.sub(r"[hv][-\d.]+", "", path.get("d", ""))
        numbers = [float(each) for each in re.findall(r"-?\d+\.?\d*", drawn)]
        assert all(-6 <= number <= 186 for number in numbers)


def test_no_data_is_a_pattern_and_numbers_on_one_spot_stand_apart() -> None:
    spot = shapely.Point(X, Y)
    marks = [Mark(spot, str(number), "#112233", "circle") for number in range(1, 6)]
    surfaces = [Surface(spot.buffer(300), "#ffffff", "hatch")]
    svg = draw_map(FRAME, MapContent(surfaces=surfaces, marks=marks))
    assert 'fill="url(#pattern-hatch)"' in svg
    large = [each for each in elements(svg, "circle") if float(each.get("r", "0")) > 2]
    places = {(each.get("cx"), each.get("cy")) for each in large}
    assert len(places) == 5
    assert svg == draw_map(FRAME, MapContent(surfaces=surfaces, marks=marks))


def test_words_stay_words_and_colours_are_colours() -> None:
    name = "</text><script>alert(1)</script>&'\""
    road = Ground("road", shapely.LineString([(X - 800, Y), (X + 800, Y)]), name)
    svg = draw_map(MapFrame(X, Y, 5_000, 180, 150), MapContent(ground=[road]))
    assert name in [each.text for each in elements(svg, "text")]
    with pytest.raises(ValueError, match="not a colour"):
        draw_map(FRAME, MapContent(lines=[Line(road.geometry, '"/><script>')]))


def test_a_legend_that_is_too_long_goes_overleaf() -> None:
    lines = [LegendLine(f"class {number}", "#112233") for number in range(10)]
    groups = [LegendGroup("one", lines), LegendGroup("two", lines), LegendGroup("three", lines)]
    frame = fitting_frame((X, Y, X + 2_000, Y + 2_000), map_size("a4", "landscape"))
    sheet = MapSheet("a4", "landscape", frame, MapContent(), "a map", groups)
    assert 0 < sheet.groups_beside < 3
    assert replace(sheet, orientation="portrait").groups_beside == 3
    assert replace(sheet, legend=groups[:1]).groups_beside == 1
    assert not sheet.has_sources_beside


def test_sources_that_do_not_fit_below_a_whole_legend_go_overleaf() -> None:
    lines = [LegendLine(f"class {number}", "#112233") for number in range(16)]
    frame = fitting_frame((X, Y, X + 2_000, Y + 2_000), map_size("a4", "landscape"))
    sheet = MapSheet("a4", "landscape", frame, MapContent(), "a map", [LegendGroup("one", lines)])
    assert sheet.groups_beside == 1
    assert not replace(sheet, sources=["maker · edition " * 10] * 3).has_sources_beside
    assert replace(sheet, orientation="portrait", sources=["maker"] * 9).has_sources_beside
    short = [LegendGroup("one", lines[:3])]
    assert replace(sheet, legend=short, sources=["maker"] * 3).has_sources_beside


def test_layers_lie_above_the_figure_of_the_areas() -> None:
    below, above = (
        Surface(shapely.Point(X, Y).buffer(300), "#112233"),
        Surface(shapely.Point(X, Y).buffer(200), "#445566"),
    )
    svg = draw_map(FRAME, MapContent(surfaces=[below], overlays=[above]))
    assert svg.index("#112233") < svg.index("#445566")
