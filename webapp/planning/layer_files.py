"""The layers that lie over the map, as they leave the house: with source, licence and style."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from layers import tables
from layers.catalogue import shape_colour
from layers.layer import Layer
from layers.qgis_styles import Rule, by_category, by_value
from layers.wording import NO_VALUE
from webapp.geodata import shape
from webapp.languages import current_language
from webapp.map_layers.legend import classes_of_edition, legend_lines
from webapp.map_layers.models import LayerEdition
from webapp.planning.overlays import Shown
from webapp.planning.print_layers import layer_shapes
from webapp.templating import number

MOST_SHAPES = 50_000
COLUMNS = ("name", "value", "unit", "category", "reason", "edition")


def layer_tables(shown: Sequence[Shown]) -> list[tables.Table]:
    """A table per layer with shapes; a raster or a picture has none and stays out."""
    return [
        _table(each.edition) for each in shown if each.edition.kind not in ("raster", "picture")
    ]


def _table(edition: LayerEdition) -> tables.Table:
    language = current_language()
    rows = layer_shapes(edition, MOST_SHAPES + 1)
    notes = [edition.label(language)]
    if len(rows) > MOST_SHAPES:
        rows = rows[:MOST_SHAPES]
        notes.append(gettext("planning.download.most_shapes", count=number(MOST_SHAPES)))
    info = tables.TableInfo(
        name=f"{edition.layer_id}_{edition.id}".replace(".", "_"),
        title=edition.title(language),
        source=f"{edition.publisher} · {edition.attribution}",
        edition=edition.retrieved_at.date(),
        licence=edition.licence,
        notes=notes,
        is_synthetic=edition.is_synthetic,
        rules=_rules(edition, edition.layer, language),
    )
    return tables.Table(
        [(_properties(row, edition), shape(row.geom)) for row in rows], COLUMNS, info
    )


def _properties(row: Any, edition: LayerEdition) -> dict[str, Any]:
    language = current_language()
    given = {name: getattr(row, name) for name in ("name", "value", "category", "reason")}
    return given | {"unit": edition.layer.unit[language], "edition": edition.label(language)}


def _rules(edition: LayerEdition, layer: Layer, language: str) -> list[Rule]:
    no_value = NO_VALUE[language]
    if layer.categories:
        return by_category(layer.categories, "category", language, no_value)
    if layer.column or edition.kind == "area_figure":
        lines = [line for line in legend_lines(edition, language) if line.pattern != "hatch"]
        labels = [line.label for line in lines]
        return by_value(layer, classes_of_edition(edition), "value", labels, no_value)
    return [Rule(layer.title[language], "", shape_colour(layer))]
