"""The state of the planner's map: read from the address, checked, given to map and page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Subquery, case
from werkzeug.datastructures import MultiDict

from layers.layer import Layer
from webapp.areas.models import LEVELS
from webapp.deals.models import text_in
from webapp.errors import Invalid
from webapp.interventions.models import PHASE_TYPES
from webapp.languages import current_language
from webapp.permissions import Scope
from webapp.planning import queries
from webapp.planning.choropleth import (
    OUTLINES_ONLY,
    Choropleth,
    choropleth,
    chosen_edition,
    chosen_layer,
    figure_choices,
)
from webapp.planning.forms import FILTERS, PLACE, STATUSES, Filters, ViewForm, numeral
from webapp.planning.queries import Bounds, CaseChoice, Edition
from webapp.wishes.models import KINDS, THEMES

FIRST_ORDER = {"areas": "name", "wishes": "-submitted", "interventions": "title"}
NETHERLANDS: Bounds = (3.3, 50.7, 7.3, 53.6)


@dataclass
class View:
    """One look at the map by one planner; every selection is made once."""

    scope: Scope
    form: ViewForm
    cases: list[CaseChoice]
    municipalities: dict[str, str]
    layer: Layer | None
    editions: list[Edition]
    edition: Edition | None

    @cached_property
    def filters(self) -> Filters:
        return Filters.of(self.form)

    @property
    def chosen_cases(self) -> list[CaseChoice]:
        """The case that is filtered on, else all."""
        chosen = [each for each in self.cases if each.slug == self.filters.case]
        return chosen or self.cases

    @property
    def chosen_municipalities(self) -> list[str]:
        """Where areas are shown: in the municipality of the case, else in all of the deals."""
        if self.filters.case:
            return [each.municipality_code for each in self.chosen_cases]
        return sorted(self.municipalities)

    @cached_property
    def area_selection(self) -> Any:
        """The areas as a selection, None where none are loaded."""
        if self.edition is None:
            return None
        figure = self.layer.figure if self.layer else None
        return queries.areas_shown(
            self.edition.level, self.edition.year, figure, self.chosen_municipalities
        )

    @cached_property
    def areas(self) -> list[Any]:
        """The areas in the order of the table, without their geometry."""
        if self.area_selection is None:
            return []
        rows = queries.area_rows(self.area_selection)
        name = self.sort.removeprefix("-") if self.table == "areas" else "name"
        backwards = self.table == "areas" and self.sort.startswith("-")
        known = [row for row in rows if _area_key(row, name, self.municipalities) is not None]
        known.sort(key=lambda row: _area_key(row, name, self.municipalities), reverse=backwards)
        return known + [row for row in rows if _area_key(row, name, self.municipalities) is None]

    @cached_property
    def choropleth(self) -> Choropleth | None:
        """The figure in classes."""
        return choropleth(self.layer, self.areas) if self.layer and self.areas else None

    @cached_property
    def wishes(self) -> Subquery:
        return queries.wishes_shown(self.scope, self.filters)

    @cached_property
    def interventions(self) -> Subquery:
        return queries.interventions_shown(self.scope, self.filters, current_language())

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {
            "areas": len(self.areas),
            "wishes": queries.count(self.wishes),
            "interventions": queries.count(self.interventions),
        }

    @property
    def table(self) -> str:
        return "areas" if self.form.table.errors else str(self.form.table.data)

    @property
    def sort(self) -> str:
        given = "" if self.form.sort.errors else str(self.form.sort.data or "")
        return given or FIRST_ORDER[self.table]

    @property
    def pages(self) -> int:
        """How many pages the table has."""
        return max(1, -(-self.counts[self.table] // queries.ROWS_PER_PAGE))

    @property
    def page(self) -> int:
        asked = 1 if self.form.page.errors else self.form.page.data or 1
        return min(int(asked), self.pages)

    @cached_property
    def rows(self) -> Any:
        """The page of the table that is shown."""
        if self.table == "areas":
            first = (self.page - 1) * queries.ROWS_PER_PAGE
            return self.areas[first : first + queries.ROWS_PER_PAGE]
        rows = getattr(self, self.table)
        return queries.page_of(rows, self._order(rows), self.page)

    def _order(self, rows: Subquery) -> ColumnElement[Any]:
        name = self.sort.removeprefix("-")
        titles = {each.slug: text_in(each.title, current_language()) for each in self.cases}
        columns = {
            "submitted": "submitted_on",
            "place": "place_words",
            "start": "planned_start",
        }
        if name == "case":
            column = _ranked(titles, rows.c.case_slug)
        elif name in WORDS and name != "phase":
            labels = {key: gettext(f"common.{name}.{key}") for key in WORDS[name]}
            column = _ranked(labels, rows.c[name])
        elif name == "phase":
            column = case({key: n for n, key in enumerate(PHASE_TYPES)}, value=rows.c.phase)
        else:
            column = rows.c[columns.get(name, name)]
        return (column.desc() if self.sort.startswith("-") else column.asc()).nulls_last()

    def address(self, **changes: Any) -> str:
        """The address of this look with some parts changed."""
        return url_for("planning.map_page", **self.state(**changes))

    def state(self, **changes: Any) -> dict[str, str]:
        """Every part that differs from the plain look, as it stands in the address."""
        given = {name: _as_text(self.form[name]) for name in STATE}
        given["page"] = ""
        given |= {name: str(value or "") for name, value in changes.items()}
        if given["table"] == "areas":
            del given["table"]
        return {name: value for name, value in given.items() if value}

    @property
    def filter_state(self) -> dict[str, str]:
        """The filters alone, for tiles."""
        return {name: value for name, value in self.state().items() if name in FILTERS}

    @cached_property
    def bounds(self) -> Bounds:
        """What the map shows first: the parts of the cases, else the areas, else the country."""
        ids = [each.id for each in self.chosen_cases]
        edition = self.edition
        areas = queries.extent_of_areas(edition.level, edition.year) if edition else None
        return queries.extent_of_cases(ids) or areas or NETHERLANDS

    @property
    def centre(self) -> list[float] | None:
        """Longitude, latitude and zoom, when the address says them."""
        found = PLACE.fullmatch(self.form.at.data or "")
        if found is None or self.form.at.errors:
            return None
        return [float(number) for number in found.groups()]


SLUG = re.compile(r"[a-z0-9-]{1,100}")
STATE = ("layer", "level", "year", *FILTERS, "table", "sort", "selected", "at")
WORDS = {"theme": THEMES, "kind": KINDS, "status": STATUSES, "phase": tuple(PHASE_TYPES)}


def _as_text(field: Any) -> str:
    if field.errors or not field.data:
        return ""
    return numeral(field.data) if hasattr(field.data, "isoformat") else str(field.data)


def _ranked(labels: Mapping[str, str], column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Order by the words that readers see instead of the keys that are stored."""
    ordered = sorted(labels, key=lambda key: labels[key].casefold())
    return case({key: place for place, key in enumerate(ordered)}, value=column, else_=len(ordered))


def _area_key(row: Any, name: str, municipalities: Mapping[str, str]) -> Any:
    keys = {
        "name": row.name.casefold(),
        "code": row.code,
        "municipality": municipalities.get(row.municipality_code, row.municipality_code),
        "value": row.value,
    }
    return keys[name]


def read_view(scope: Scope, arguments: MultiDict[str, str]) -> View:
    """The look that an address asks for; mistakes are in `form.errors` and change nothing else."""
    keys = queries.figure_keys()
    municipalities = queries.municipalities_in(scope)
    cases = queries.cases_in(scope)
    form = ViewForm(arguments)
    figures = figure_choices(keys)
    asked = arguments.get("layer", "")
    known = {value for group in figures.values() for value, _ in group}
    layer = chosen_layer(asked if asked in known else "", keys)
    found = queries.editions(layer.figure if layer else None, sorted(municipalities))
    titles = [(each.slug, text_in(each.title, current_language())) for each in cases]
    levels = [name for name in LEVELS if any(each.level == name for each in found)]
    years = sorted({each.year for each in found}, reverse=True)
    form.offer(figures | {" ": [("", "")]}, levels, years, titles)
    form.validate()
    level = "" if form.level.errors else form.level.data
    year = int(form.year.data) if form.year.data and not form.year.errors else None
    edition = chosen_edition(found, level, year)
    return View(scope, form, cases, municipalities, layer, found, edition)


def read_filters(arguments: MultiDict[str, str]) -> Filters:
    """The filters of a tile. Raises `Invalid`, naming each field that is wrong."""
    form = ViewForm(MultiDict({name: arguments[name] for name in FILTERS if name in arguments}))
    slug = arguments.get("case", "")
    form.offer({"": [("", "")]}, (), (), [(slug, slug)] if SLUG.fullmatch(slug) else [])
    if not form.validate():
        raise Invalid(
            problems=[
                {"path": name, "reason": str(errors[0])} for name, errors in form.errors.items()
            ]
        )
    return Filters.of(form)


def map_settings(view: View, selected: dict[str, Any] | None) -> dict[str, Any]:
    """What the map draws, for either renderer."""
    filters = view.filter_state
    settings: dict[str, Any] = {
        "areas": None,
        "bounds": view.bounds,
        "centre": view.centre,
        "selected": selected,
    }
    language = current_language()
    for name, endpoint in (("wishes", "wish_tile"), ("interventions", "intervention_tile")):
        settings[name] = {
            "tiles": _tiles(f"planning.{endpoint}", **filters, language=language),
            "geojson": url_for("planning.download", table=name, file_format="geojson", **filters),
        }
    if view.edition is not None and view.areas:
        settings["areas"] = _area_settings(view, view.edition, filters)
    return settings


def _area_settings(view: View, edition: Edition, filters: dict[str, str]) -> dict[str, Any]:
    figure = view.layer.figure if view.layer else None
    shown = {name: value for name, value in view.state().items() if name in ("layer", "case")}
    state = shown | {"level": edition.level, "year": str(edition.year)}
    return {
        "tiles": _tiles(
            "planning.area_tile",
            level=edition.level,
            year=edition.year,
            figure=figure,
            case=filters.get("case"),
            edition=max(row.figure_import or row.outline_import for row in view.areas),
        ),
        "geojson": url_for("planning.download", table="areas", file_format="geojson", **state),
        "style": view.choropleth.painted() if view.choropleth else OUTLINES_ONLY,
    }


def _tiles(endpoint: str, **values: Any) -> str:
    address = url_for(endpoint, z=0, x=0, y=0, **values)
    return address.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
