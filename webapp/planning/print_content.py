"""What the planner's map shows, for one sheet of paper: map, legend, sources and tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from flask import current_app
from flask_babel import gettext
from sqlalchemy import Subquery, func, select

from gis.crs import RD, Bounds, to_rd
from layers.basemap import SOURCE as DRAWN_MAP
from layers.palettes import NO_DATA_BACKGROUND, OUTLINE
from layers.print_frame import MapFrame, Orientation, Paper
from layers.print_map import (
    LegendGroup,
    LegendLine,
    Line,
    MapContent,
    MapSheet,
    Mark,
    Surface,
)
from layers.print_marks import Form
from layers.style import colour_for
from layers.wording import MISSING
from webapp.areas.models import Area
from webapp.areas.printed_ground import ground_within
from webapp.deals.models import text_in
from webapp.extensions import db
from webapp.geodata import shape
from webapp.languages import current_language
from webapp.planning.choropleth import Choropleth
from webapp.planning.print_layers import legend_of, printed_layer, source_words_of
from webapp.planning.symbols import PHASE_COLOURS, THEME_SYMBOLS
from webapp.planning.view import View
from webapp.templating import number

PARTS = ("base", "figure", "layers", "wishes", "interventions")
MOST_NUMBERED = 150
MOST_MARKS = 5_000
MEASURE_COLOUR = "#a3231b"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Table:
    """A table of what the map shows; `number` columns are aligned as numbers."""

    title: str
    heads: Sequence[str]
    rows: list[Sequence[str]]
    note: str = ""


@dataclass
class Contents:
    """What was gathered for a sheet."""

    content: MapContent
    legend: list[LegendGroup] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def sheet_of(
    view: View,
    frame: MapFrame,
    paper: Paper,
    orientation: Orientation,
    parts: Sequence[str],
    title: str,
) -> tuple[MapSheet, list[Table]]:
    """One sheet of what a view shows within a frame, and the tables that say the same."""
    gathered = _gathered(view, frame, parts)
    shown = ", ".join(gathered.words) or gettext("planning.print.base")
    sheet = MapSheet(
        paper,
        orientation,
        frame,
        gathered.content,
        gettext("planning.print.description", title=title, scale=number(frame.scale), shown=shown),
        gathered.legend,
        list(dict.fromkeys(gathered.sources)),
        list(dict.fromkeys(gathered.notices)),
    )
    return sheet, gathered.tables


def _gathered(view: View, frame: MapFrame, parts: Sequence[str]) -> Contents:
    gathered = Contents(MapContent())
    adders = {
        "base": _add_base,
        "figure": _add_figure,
        "layers": _add_layers,
        "wishes": _add_wishes,
        "interventions": _add_interventions,
    }
    for part, add in adders.items():
        if part in parts:
            add(gathered, view, frame)
    if view.drawn is not None:
        _add_measured(gathered, view)
    return gathered


def _add(gathered: Contents, **more: Sequence[Any]) -> None:
    content = gathered.content
    joined = {name: (*getattr(content, name), *added) for name, added in more.items()}
    gathered.content = replace(content, **joined)


def _add_base(gathered: Contents, _view: View, frame: MapFrame) -> None:
    if current_app.config["BASE_MAP"] != "drawn":
        gathered.notices.append(gettext("planning.print.no_base"))
        return
    _add(gathered, ground=ground_within(frame.bounds, frame.scale))
    gathered.notices.append(gettext("common.schematic"))
    gathered.sources.append(f"{DRAWN_MAP.title} · {DRAWN_MAP.licence} · {DRAWN_MAP.attribution}")


def _within(rows: Any, bounds: Bounds) -> Any:
    return rows.where(Area.geom.op("&&")(func.ST_MakeEnvelope(*bounds, RD)))


def _add_figure(gathered: Contents, view: View, frame: MapFrame) -> None:
    if view.area_selection is None:
        return
    rows = db.session.execute(_within(view.area_selection, frame.bounds).order_by(Area.name)).all()
    if not rows:
        return
    if any(row.is_schematic for row in rows):
        gathered.notices.append(gettext("common.schematic"))
    gathered.sources += [
        f"{each.title} · {each.licence} · {each.attribution}" for each in view.origins
    ]
    figure = view.choropleth
    if figure is None:
        _add(gathered, lines=[Line(shape(row.geom), OUTLINE) for row in rows])
        gathered.words.append(gettext("planning.table.areas"))
        return
    gathered.words.append(figure.title)
    if view.figure and view.figure.is_synthetic:
        gathered.notices.append(gettext("common.print.synthetic"))
    letters = _letters(figure)
    colours = [colour_for(figure.layer, figure.classes, row.value) for row in rows]
    _add(
        gathered,
        surfaces=[
            Surface(shape(row.geom), colour, "solid", letters.get(colour, ""))
            if colour
            else Surface(shape(row.geom), NO_DATA_BACKGROUND, "hatch")
            for row, colour in zip(rows, colours, strict=True)
        ],
    )
    gathered.legend.append(_figure_legend(figure, letters, view))
    gathered.tables.append(_area_table(figure, rows, [letters.get(c or "", "") for c in colours]))


def _letters(figure: Choropleth) -> dict[str, str]:
    solid = [line.colour for line in figure.lines if not line.is_hatched]
    return dict(zip(solid, LETTERS, strict=False))


def _figure_legend(figure: Choropleth, letters: dict[str, str], view: View) -> LegendGroup:
    lines = [
        LegendLine(line.label, line.colour, "hatch")
        if line.is_hatched
        else LegendLine(line.label, line.colour, "solid", letters.get(line.colour, ""))
        for line in figure.lines
    ]
    level = gettext(f"common.level.{view.edition.level}") if view.edition else ""
    year = str(view.edition.year) if view.edition else ""
    shown = view.figure
    told = (figure.unit, level, year, shown.edition_words, figure.provenance) if shown else ()
    note = " · ".join(filter(None, told))
    return LegendGroup(figure.title, lines, note, bool(shown and shown.is_synthetic))


def _area_table(figure: Choropleth, rows: Sequence[Any], letters: Sequence[str]) -> Table:
    value = f"{figure.title} ({figure.unit})" if figure.unit else figure.title
    heads = (gettext("planning.column.name"), value, gettext("planning.print.class"))
    cells = [
        (row.name, _value_words(figure, row), letter)
        for row, letter in zip(rows, letters, strict=True)
    ]
    return Table(gettext("planning.table.areas"), heads, cells)


def _value_words(figure: Choropleth, row: Any) -> str:
    if row.value is not None:
        return number(row.value, figure.layer.decimals)
    return text_in(dict(MISSING[row.reason or "missing"]), current_language())


def _add_layers(gathered: Contents, view: View, frame: MapFrame) -> None:
    # The uppermost is the first in the address, and drawn last.
    printable = [shown for shown in view.shown if shown.edition.kind != "picture"]
    for shown in view.shown:
        if shown not in printable:
            gathered.notices.append(gettext("planning.print.no_picture", layer=shown.title))
    for shown in reversed(printable):
        printed = printed_layer(shown, frame)
        _add(
            gathered,
            pictures=printed.pictures,
            overlays=printed.surfaces,
            lines=printed.lines,
            marks=printed.marks,
        )
        if printed.left_out:
            gathered.notices.append(gettext("planning.print.too_many_shapes", layer=shown.title))
    for shown in printable:
        gathered.legend.append(legend_of(shown))
        gathered.words.append(shown.edition.title(current_language()))
        if shown.edition.is_synthetic:
            gathered.notices.append(gettext("common.print.synthetic"))
    gathered.sources += source_words_of([shown.edition for shown in printable])


def _placed(rows: Subquery, bounds: Bounds) -> Sequence[Any]:
    box = func.ST_MakeEnvelope(*bounds, RD)
    within = select(rows).where(func.ST_Intersects(rows.c.geom, box)).order_by(rows.c.id)
    return db.session.execute(within.limit(MOST_MARKS)).all()


def _add_wishes(gathered: Contents, view: View, frame: MapFrame) -> None:
    rows = _placed(view.wishes, frame.bounds)
    colours = {theme: colour for theme, (_, colour) in THEME_SYMBOLS.items()}
    keys = [(row.theme, gettext(f"common.theme.{row.theme}")) for row in rows]
    cells = [
        (
            gettext(f"common.kind.{row.kind}"),
            gettext(f"common.theme.{row.theme}"),
            row.text or "",
            row.place_words or "",
        )
        for row in rows
    ]
    heads = [gettext(f"planning.column.{name}") for name in ("kind", "theme", "text", "place")]
    table = Table(gettext("planning.table.wishes"), heads, cells)
    _add_marks(gathered, rows, "circle", colours, keys, table)


def _add_interventions(gathered: Contents, view: View, frame: MapFrame) -> None:
    rows = _placed(view.interventions, frame.bounds)
    keys = [(row.phase_type, gettext(f"planning.phase.{row.phase_type}")) for row in rows]
    cells = [(row.title or "", gettext(f"common.phase.{row.phase}")) for row in rows]
    heads = [gettext("planning.column.title"), gettext("planning.column.phase")]
    table = Table(gettext("planning.table.interventions"), heads, cells)
    _add_marks(gathered, rows, "square", PHASE_COLOURS, keys, table)


def _add_marks(
    gathered: Contents,
    rows: Sequence[Any],
    form: Form,
    colours: dict[str, str],
    keys: Sequence[tuple[str, str]],
    table: Table,
) -> None:
    """Mark rows on the map with the number under which the table has them."""
    if not rows:
        return
    if any(getattr(row, "is_demo", False) for row in rows):
        gathered.notices.append(gettext("common.demo_notice"))
    first = 1 + sum(1 for mark in gathered.content.marks if mark.number)
    numbered = len(rows) <= MOST_NUMBERED
    marks = [
        Mark(shape(row.geom), str(first + place) if numbered else "", colours[key], form)
        for place, (row, (key, _)) in enumerate(zip(rows, keys, strict=True))
    ]
    _add(gathered, marks=marks)
    gathered.words.append(f"{table.title}: {number(len(rows))}")
    present = dict(keys)
    lines = [
        LegendLine(present[key], colour, form=form)
        for key, colour in colours.items()
        if key in present
    ]
    gathered.legend.append(LegendGroup(table.title, lines))
    table.heads = [gettext("planning.column.number"), *table.heads]
    table.rows = [(str(first + place), *row) for place, row in enumerate(table.rows)]
    if not numbered:
        table.note = gettext("planning.print.too_many", count=number(len(rows)))
        table.rows = table.rows[:MOST_NUMBERED]
    gathered.tables.append(table)


def _add_measured(gathered: Contents, view: View) -> None:
    drawn = view.drawn
    if drawn is None:
        return
    outline = shapely.Polygon if drawn.kind == "area" else shapely.LineString
    _add(gathered, lines=[Line(to_rd(outline(drawn.positions)), MEASURE_COLOUR, True)])
    label = gettext("planning.print.measured")
    gathered.legend.append(LegendGroup(label, [LegendLine(label, MEASURE_COLOUR, dashed=True)]))
