"""Two figures, layers or editions beside each other: on the map, and area by area in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from webapp.deals.models import text_in
from webapp.languages import current_language
from webapp.map_layers import queries as layer_queries
from webapp.map_layers.legend import legend_lines
from webapp.map_layers.models import LayerEdition
from webapp.planning import queries
from webapp.planning.address import Side
from webapp.planning.choropleth import Choropleth, LegendLine, choropleth
from webapp.planning.overlays import title_of
from webapp.planning.queries import Edition
from webapp.planning.view import View


@dataclass(frozen=True)
class SideShown:
    """One side: its name, its values by area code, and what the map draws of it."""

    key: str
    title: str
    edition_words: str
    unit: str
    decimals: int
    lines: Sequence[Any]
    values: dict[str, float | None]
    is_synthetic: bool = False
    edition: LayerEdition | None = None
    year: Edition | None = None
    rows: Sequence[Any] = ()
    choropleth: Choropleth | None = None


@dataclass(frozen=True)
class Compared:
    """One area on both sides."""

    code: str
    name: str
    left: float | None
    right: float | None

    @property
    def change(self) -> float | None:
        """Right minus left, None when either lacks a value."""
        return None if self.left is None or self.right is None else self.right - self.left


@dataclass(frozen=True)
class Comparison:
    """Both sides with their areas; `is_same` says whether a difference means anything."""

    mode: str
    split: int
    left: SideShown
    right: SideShown
    rows: list[Compared]
    is_same: bool


def comparison(view: View) -> Comparison | None:
    """What the address asks to compare."""
    if view.compared is None:
        return None
    years = [each.year for each in view.compared if each.year is not None]
    figures = {year: _areas_of(view, year) for year in years}
    shared = _shared_classes(view, figures)
    left, right = (_side(view, side, figures, shared) for side in view.compared)
    rows = _rows(view, left, right)
    is_same = left.title == right.title
    return Comparison(str(view.form.compare.data), view.split, left, right, rows, is_same)


def side_choices(view: View) -> dict[str, list[tuple[str, str]]]:
    """What can stand on a side: the area figure per year, and every edition of every layer."""
    found: dict[str, list[tuple[str, str]]] = {}
    if view.layer and view.edition:
        here = [each for each in view.editions if each.level == view.edition.level]
        known = {each.year for each in here if each.has_figure} | {view.edition.year}
        years = sorted(known, reverse=True)
        title = title_of(view.layer)
        found[gettext("planning.form.layer")] = [
            (str(Side(year=year)), f"{title}, {year}") for year in years
        ]
    language = current_language()
    for group, layers in view.layer_choices.items():
        options = [
            (str(Side(layer=each.layer_id, edition=each.id)), each.title(language))
            for choice in layers
            for each in view.layer_editions[choice.id]
            if each.kind != "picture"
        ]
        if options:
            found[gettext(f"planning.group.{group}")] = options
    return found


def _areas_of(view: View, year: int) -> list[Any]:
    if view.edition is None or view.layer is None:
        return []
    if year == view.edition.year:
        return view.areas
    return list(queries.area_rows(view.areas_in(view.edition.level, year)))


def _shared_classes(view: View, figures: dict[int, list[Any]]) -> Choropleth | None:
    """One set of classes for all years, so that a colour means the same on both sides."""
    rows = [row for found in figures.values() for row in found]
    return choropleth(view.layer, rows) if view.layer and rows else None


def _side(
    view: View, side: Side, figures: dict[int, list[Any]], shared: Choropleth | None
) -> SideShown:
    if side.year is None:
        return _layer_side(view, side)
    rows = figures[side.year]
    level = view.edition.level if view.edition else ""
    edition = next((e for e in view.editions if (e.level, e.year) == (level, side.year)), None)
    return SideShown(
        key=str(side),
        title=shared.title if shared else gettext("planning.form.no_figure"),
        edition_words=gettext("planning.edition", year=side.year),
        unit=shared.unit if shared else "",
        decimals=shared.layer.decimals if shared else 0,
        lines=shared.lines if shared else (),
        values={row.code: row.value for row in rows},
        year=edition,
        rows=rows,
        choropleth=shared,
    )


def _layer_side(view: View, side: Side) -> SideShown:
    edition = next(each for each in view.layer_editions[side.layer] if each.id == side.edition)
    layer, language = edition.layer, current_language()
    definition = "value" if edition.kind == "area_figure" else "mean"
    by_area = layer_queries.area_values(edition.id, definition)
    return SideShown(
        key=str(side),
        title=edition.name(language),
        edition_words=edition.label(language),
        unit=text_in(dict(layer.unit), language),
        decimals=layer.decimals,
        lines=[
            LegendLine(line.label, line.colour, line.pattern == "hatch", 0, line.pattern)
            for line in legend_lines(edition, language)
        ],
        values={row.code: by_area[row.id].value for row in view.areas if row.id in by_area},
        is_synthetic=edition.is_synthetic,
        edition=edition,
    )


def _rows(view: View, left: SideShown, right: SideShown) -> list[Compared]:
    names = {row.code: row.name for row in (*right.rows, *left.rows, *view.areas)}
    return [
        Compared(code, name, left.values.get(code), right.values.get(code))
        for code, name in sorted(names.items(), key=lambda item: item[1].casefold())
    ]
