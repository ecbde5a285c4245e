"""The layers over the map on paper: rasters as a picture, shapes with the look of their class."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import func, null, select

from gis.crs import RD, Bounds
from layers.catalogue import shape_colour
from layers.palettes import NO_DATA_BACKGROUND
from layers.print_frame import MapFrame
from layers.print_map import LegendGroup, LegendLine, Line, Mark, Picture, Surface
from layers.print_marks import Pattern
from layers.raster_palette import palette_for
from layers.style import feature_colour
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.geodata import shape
from webapp.languages import current_language
from webapp.map_layers import queries
from webapp.map_layers.legend import classes_of_edition, legend_lines
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature
from webapp.planning.overlays import Shown

MOST_PIXELS = 4_000_000
PIXELS_PER_MM = 6
MOST_SHAPES = 20_000


@dataclass
class Printed:
    """What one layer adds to a sheet; `left_out` is how many shapes did not fit."""

    pictures: list[Picture] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    left_out: int = 0


def printed_layer(shown: Shown, frame: MapFrame) -> Printed:
    """A layer within a frame."""
    edition = shown.edition
    if edition.kind == "raster":
        picture = raster_picture(edition, frame, shown.opacity / 100)
        return Printed(pictures=[picture] if picture else [])
    rows = layer_shapes(edition, MOST_SHAPES + 1, frame.bounds)
    printed = Printed(left_out=max(0, len(rows) - MOST_SHAPES))
    for row in rows[:MOST_SHAPES]:
        _add(printed, shape(row.geom), *look_of(edition, row))
    return printed


def raster_picture(edition: LayerEdition, frame: MapFrame, opacity: float) -> Picture | None:
    """The cells within a frame in the colours of their classes; None where there are none.

    Cells are sampled at what the paper can show, never averaged: a class stays a class.
    """
    raster = queries.open_raster(edition)
    west, south, east, north = _common(frame.bounds, raster.grid)
    if east <= west or north <= south:
        return None
    wide = round(max(1, min((east - west) / raster.grid.cell, frame.width * PIXELS_PER_MM)))
    high = round(max(1, min((north - south) / raster.grid.cell, frame.height * PIXELS_PER_MM)))
    step_x, step_y = (east - west) / wide, (north - south) / high
    xs, ys = np.meshgrid(
        west + (np.arange(wide) + 0.5) * step_x, north - (np.arange(high) + 0.5) * step_y
    )
    values = raster.values_at(xs.ravel(), ys.ravel()).reshape(high, wide).astype(np.float32)
    png = palette_for(edition.layer, classes_of_edition(edition)).png(values)
    return Picture(png, (west, south, east, north), opacity)


def _common(bounds: Bounds, grid: Any) -> Bounds:
    """What bounds and a grid have in common, along the edges of cells."""
    cell = grid.cell
    left = grid.origin_x + max(0, np.floor((bounds[0] - grid.origin_x) / cell)) * cell
    top = grid.origin_y - max(0, np.floor((grid.origin_y - bounds[3]) / cell)) * cell
    right = grid.origin_x + min(grid.width, np.ceil((bounds[2] - grid.origin_x) / cell)) * cell
    bottom = grid.origin_y - min(grid.height, np.ceil((grid.origin_y - bounds[1]) / cell)) * cell
    return float(left), float(bottom), float(right), float(top)


def layer_shapes(edition: LayerEdition, most: int, bounds: Bounds | None = None) -> list[Any]:
    """The first shapes of an edition within bounds (RD): `geom` (EPSG:28992), `name`, `value`,
    `category` and `reason`. A figure per area has the outline of the area."""
    geom: Any = Area.geom if edition.kind == "area_figure" else LayerFeature.geom
    if edition.kind == "area_figure":
        rows = (
            select(
                Area.geom,
                Area.name,
                LayerAreaValue.value,
                null().label("category"),
                LayerAreaValue.details["reason"].astext.label("reason"),
            )
            .join(Area, Area.id == LayerAreaValue.area_id)
            .where(LayerAreaValue.edition_id == edition.id, LayerAreaValue.definition == "value")
            .where(Area.geom.is_not(None))
            .order_by(Area.id)
        )
    else:
        columns = [getattr(LayerFeature, name) for name in ("name", "value", "category", "reason")]
        rows = queries.features_of(edition).with_only_columns(LayerFeature.geom, *columns)
        rows = rows.order_by(LayerFeature.id)
    if bounds is not None:
        rows = rows.where(geom.op("&&")(func.ST_MakeEnvelope(*bounds, RD)))
    return list(db.session.execute(rows.limit(most)))


def look_of(edition: LayerEdition, row: Any) -> tuple[str, Pattern]:
    """Colour and pattern of a shape of a layer, by its value or category."""
    layer = edition.layer
    if layer.categories:
        found = next((each for each in layer.categories if each.key == row.category), None)
        return (found.colour, found.pattern) if found else (NO_DATA_BACKGROUND, "hatch")
    colour = feature_colour(layer, classes_of_edition(edition), row.value)
    return (colour, "solid") if colour else (NO_DATA_BACKGROUND, "hatch")


def _add(printed: Printed, geometry: Any, colour: str, pattern: Pattern) -> None:
    kind = geometry.geom_type
    if "Polygon" in kind:
        printed.surfaces.append(Surface(geometry, colour, pattern))
    elif "Line" in kind:
        printed.lines.append(Line(geometry, colour, dashed=pattern != "solid"))
    else:
        printed.marks.append(Mark(geometry, "", colour, "circle"))


def legend_of(shown: Shown) -> LegendGroup:
    """The legend of a layer with its edition and unit; one that was made up says so."""
    edition, language = shown.edition, current_language()
    lines = [
        LegendLine(each.label, each.colour, each.pattern)
        for each in legend_lines(edition, language)
    ]
    if not lines:
        lines = [LegendLine(shown.title, shape_colour(shown.layer))]
    unit = shown.layer.unit[language]
    note = " · ".join(filter(None, (unit, edition.label(language))))
    return LegendGroup(shown.title, lines, note, edition.is_synthetic)


def source_words_of(editions: Iterable[LayerEdition]) -> list[str]:
    """Maker, edition, licence and attribution of each edition."""
    language = current_language()
    return [
        " · ".join(
            dict.fromkeys((each.title(language), each.publisher, each.licence, each.attribution))
        )
        for each in editions
    ]
