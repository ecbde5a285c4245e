"""The filtered rows as a file: for staff in full, and as one map that shows only what is public."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from geoalchemy2 import WKBElement
from shapely.geometry import mapping
from sqlalchemy import Subquery, select

from gis.crs import to_lonlat
from layers import standalone, tables
from layers.qgis_styles import Rule, by_value, by_word
from layers.style import colour_for
from layers.wording import MISSING, NO_VALUE
from webapp.deals.models import Case, text_in
from webapp.extensions import db
from webapp.geodata import shape
from webapp.interventions.models import Intervention
from webapp.languages import current_language, direction
from webapp.planning import queries
from webapp.planning.layer_files import layer_tables
from webapp.planning.public_layers import public_layers, source_words_public
from webapp.planning.symbols import PHASE_COLOURS, THEME_SYMBOLS
from webapp.planning.view import View
from webapp.templating import STATIC
from webapp.wishes.publication import published_wishes

INTERVENTION_COLOUR = "#1d5f8a"
WISH_COLOUR = "#7a4b00"
NO_FIGURE_COLOUR = "#9aa19d"
FIGURE_COLUMNS = (
    *("no_data_share", "figure_title", "figure_edition", "provenance", "synthetic", "source"),
)


@dataclass(frozen=True)
class Content:
    """The rows of one table with their columns."""

    columns: tuple[str, ...]
    rows: list[tables.Row]


def _outline(value: WKBElement | None) -> Any:
    return None if value is None else shape(value)


def _area_rows(view: View) -> Content:
    figure = view.figure
    columns = ("code", "name", "level", "year", "municipality_code", "schematic")
    if figure:
        columns = (*columns, "figure", "value", "unit", "reason", *FIGURE_COLUMNS)
    told = _told_of(view) if figure else {}
    found = [] if view.area_selection is None else db.session.execute(view.area_selection).all()
    rows = []
    for row in sorted(found, key=lambda row: row.code):
        properties = {name: getattr(row, name, None) for name in columns}
        properties |= {"schematic": row.is_schematic, **told}
        rows.append(({name: properties[name] for name in columns}, _outline(row.geom)))
    return Content(columns, rows)


def _told_of(view: View) -> dict[str, Any]:
    """What is the same for all rows: which figure it is, of which edition, and how come by."""
    figure = view.figure
    if figure is None:
        return {}
    is_cbs = figure.layer.figure == figure.key
    return {
        "figure": figure.key if is_cbs else figure.id,
        "unit": view.choropleth.unit if view.choropleth else "",
        "figure_title": figure.title,
        "figure_edition": figure.edition_words,
        "provenance": figure.layer.provenance,
        "synthetic": figure.is_synthetic,
        "source": source_words(view),
    }


def _plain_rows(selection: Subquery, columns: tuple[str, ...]) -> Content:
    rows = [
        ({name: getattr(row, name) for name in columns}, _outline(row.geom))
        for row in queries.everything(selection)
    ]
    return Content(columns, rows)


WISH_COLUMNS = (
    *("id", "case_slug", "kind", "theme", "status", "precision", "submitted_on"),
    *("language", "text", "place_words", "area_code", "area_name", "is_demo"),
)
INTERVENTION_COLUMNS = (
    *("id", "case_slug", "title", "phase", "phase_type", "planned_start", "planned_end"),
    *("is_public", "wishes", "is_demo"),
)
CONTENT: dict[str, Callable[[View], Content]] = {
    "areas": _area_rows,
    "wishes": lambda view: _plain_rows(view.wishes, WISH_COLUMNS),
    "interventions": lambda view: _plain_rows(view.interventions, INTERVENTION_COLUMNS),
}
TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
}


def file_of(view: View, table: str, file_format: str) -> bytes:
    """The rows that pass the filters as GeoPackage (EPSG:28992), GeoJSON (CRS84) or CSV."""
    content = CONTENT[table](view)
    if file_format == "geojson":
        return tables.geojson_text(content.rows).encode()
    if file_format == "csv":
        return tables.csv_text(content.rows, content.columns).encode()
    return tables.geopackage([_table(view, table, content)])


def everything_of(view: View) -> bytes:
    """All tables and the layers with shapes that lie over the map, as one GeoPackage."""
    own = [_table(view, name, make(view)) for name, make in CONTENT.items()]
    return tables.geopackage([*own, *layer_tables(view.shown)])


def _table(view: View, name: str, content: Content) -> tables.Table:
    is_areas = name == "areas"
    schematic = is_areas and any(row.is_schematic for row in view.areas)
    is_demo = any(properties.get("is_demo") for properties, _ in content.rows)
    made_up = is_areas and view.figure is not None and view.figure.is_synthetic
    notes = [gettext("common.schematic")] if schematic else []
    notes += [gettext("common.demo_notice")] if is_demo else []
    notes += [gettext("common.print.synthetic")] if made_up else []
    info = tables.TableInfo(
        name=name,
        title=gettext(f"planning.table.{name}"),
        source=source_words(view) if is_areas else gettext("common.product"),
        edition=date.today(),  # noqa: DTZ011 - the day as the planner's calendar has it
        licence="; ".join(sorted({each.licence for each in view.origins})) if is_areas else "",
        notes=notes,
        is_synthetic=is_demo or made_up,
        rules=_rules(view, name),
    )
    return tables.Table(content.rows, content.columns, info)


def _rules(view: View, table: str) -> list[Rule]:
    """How QGIS shows a table: as the map does."""
    if table == "wishes":
        colours = {theme: colour for theme, (_, colour) in THEME_SYMBOLS.items()}
        labels = {theme: gettext(f"common.theme.{theme}") for theme in colours}
        return by_word(colours, "theme", labels)
    if table == "interventions":
        labels = {phase: gettext(f"planning.phase.{phase}") for phase in PHASE_COLOURS}
        return by_word(PHASE_COLOURS, "phase_type", labels)
    figure = view.choropleth
    if figure is None:
        return []
    labels = [line.label for line in figure.lines if not line.is_hatched]
    no_value = text_in(dict(NO_VALUE), current_language())
    return by_value(figure.layer, figure.classes, "value", labels, no_value)


def source_words(view: View) -> str:
    """Who made the figures and outlines that are shown, and of which year."""
    return "; ".join(sorted({each.title for each in view.origins}))


def public_map(view: View) -> str:
    """One HTML file of what everyone may see within these filters, to save or mail."""
    language = current_language()
    warning = gettext("common.print.synthetic")
    layers, left_out = public_layers(view.shown, view.bounds, warning)
    areas = _public_areas(view)
    shown = [*layers, *areas, _public_interventions(view), _public_wishes(view)]
    schematic = any(row.is_schematic for row in view.areas)
    notices = [gettext("common.schematic" if schematic else "planning.public_map.notice")]
    if any(each.warning for each in (*layers, *areas)):
        notices.append(warning)
    if view.figure and not view.figure.is_public:
        left_out.append(view.figure.title)
    if left_out:
        names = ", ".join(left_out)
        notices.append(gettext("planning.public_map.left_out", layers=names))
    return standalone.standalone_map(
        gettext("planning.public_map.title"),
        language,
        direction(language),  # type: ignore[arg-type]
        shown,
        attribution="; ".join(filter(None, [source_words(view), *source_words_public(view.shown)])),
        notice=" ".join(notices),
        vendor=STATIC / "vendor",
    )


def _public_areas(view: View) -> list[standalone.Collection]:
    figure, shown = view.choropleth, view.figure
    if figure is None or shown is None or not shown.is_public:
        return []
    features = []
    for row in db.session.execute(view.area_selection):
        colour = colour_for(figure.layer, figure.classes, row.value) or NO_FIGURE_COLOUR
        reason = text_in(dict(MISSING[row.reason]), current_language()) if row.reason else ""
        value = row.value if row.value is not None else reason
        features.append(_feature(row.geom, name=row.name, value=value, colour=colour))
    heading = f"{figure.title} ({figure.unit})" if figure.unit else figure.title
    columns = (("name", gettext("planning.column.name")), ("value", heading))
    legend = [
        standalone.Key(line.label, line.colour, "hatch" if line.is_hatched else "solid")
        for line in figure.lines
    ]
    told = (figure.unit, shown.edition_words, figure.provenance, figure.uncertainty)
    note = " · ".join(filter(None, told))
    warning = gettext("common.print.synthetic") if shown.is_synthetic else ""
    return [
        standalone.Collection(
            figure.title, features, columns, legend=legend, note=note, warning=warning
        )
    ]


def _public_wishes(view: View) -> standalone.Collection:
    wishes = published_wishes().subquery("published")
    conditions = queries.wish_conditions(wishes, Case, view.filters)
    rows = db.session.execute(
        select(wishes)
        .join(Case, Case.id == wishes.c.case_id)
        .where(view.scope.limit(Case.id), *conditions)
        .order_by(wishes.c.id)
    )
    features = [
        _feature(
            row.geom,
            kind=gettext(f"common.kind.{row.kind}"),
            theme=gettext(f"common.theme.{row.theme}"),
            text=row.text,
            place=row.place_words,
        )
        for row in rows
    ]
    columns = _headed("kind", "theme", "text", "place")
    return standalone.Collection(gettext("planning.table.wishes"), features, columns, WISH_COLOUR)


def _public_interventions(view: View) -> standalone.Collection:
    selection = view.interventions
    rows: Iterable[Any] = db.session.execute(
        select(selection, Intervention.summary)
        .join(Intervention, Intervention.id == selection.c.id)
        .where(selection.c.is_public)
        .order_by(selection.c.id)
    )
    features = [
        _feature(
            row.geom,
            title=row.title,
            phase=gettext(f"common.phase.{row.phase}"),
            summary=text_in(row.summary, current_language()),
        )
        for row in rows
    ]
    name = gettext("planning.table.interventions")
    columns = _headed("title", "phase", "summary")
    return standalone.Collection(name, features, columns, INTERVENTION_COLOUR)


def _headed(*names: str) -> Sequence[tuple[str, str]]:
    return [(name, gettext(f"planning.column.{name}")) for name in names]


def _feature(geom: WKBElement | None, **properties: Any) -> dict[str, Any]:
    geometry = None if geom is None else mapping(to_lonlat(shape(geom)))
    return {"type": "Feature", "properties": properties, "geometry": geometry}
