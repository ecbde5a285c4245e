"""The state of the planner's map: read from the address, checked, given to map and page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Subquery
from werkzeug.datastructures import MultiDict

from gis.measuring import Position
from layers.layer import Layer
from webapp.areas.models import LEVELS
from webapp.deals.models import text_in
from webapp.errors import Invalid
from webapp.languages import current_language
from webapp.map_layers import queries as layer_queries
from webapp.map_layers.models import LayerEdition
from webapp.permissions import Scope
from webapp.planning import overlays, queries
from webapp.planning.address import (
    MOST_AREAS,
    Drawn,
    Overlay,
    Side,
    read_drawn,
    read_overlays,
    read_position,
    read_side,
    write_overlays,
)
from webapp.planning.area_figure import (
    AreaFigure,
    Origin,
    choices_of,
    chosen_figure,
    figures_offered,
    origin_of,
)
from webapp.planning.choropleth import Choropleth, choropleth, chosen_edition
from webapp.planning.computed_figures import as_computed, computed_figures, newest_runs
from webapp.planning.forms import FILTERS, PLACE, Filters, ViewForm, numeral
from webapp.planning.ordering import areas_in_order, order_of
from webapp.planning.overlays import Editions, Shown
from webapp.planning.queries import Bounds, CaseChoice, Edition

FIRST_ORDER = {"areas": "name", "wishes": "-submitted", "interventions": "title"}
NETHERLANDS: Bounds = (3.3, 50.7, 7.3, 53.6)


@dataclass
class View:
    """One look at the map by one planner; every selection is made once."""

    scope: Scope
    form: ViewForm
    cases: list[CaseChoice]
    municipalities: dict[str, str]
    figure: AreaFigure | None
    editions: list[Edition]
    edition: Edition | None
    layer_editions: Editions

    @cached_property
    def filters(self) -> Filters:
        return Filters.of(self.form)

    @property
    def layer(self) -> Layer | None:
        """How the figure of the areas is named, classed and coloured."""
        return self.figure.layer if self.figure else None

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
        return self.areas_in(self.edition.level, self.edition.year)

    def areas_in(self, level: str, year: int) -> Any:
        """The areas of a level and year with the same figure, within the same filters."""
        key = self.figure.key if self.figure else None
        return queries.areas_shown(
            level, year, key, self.chosen_municipalities, self.filters.area_codes
        )

    @cached_property
    def areas(self) -> list[Any]:
        """The areas in the order of the table, without their geometry."""
        if self.area_selection is None:
            return []
        rows = queries.area_rows(self.area_selection)
        sort = self.sort if self.table == "areas" else "name"
        return areas_in_order(rows, sort, self.municipalities)

    @cached_property
    def choropleth(self) -> Choropleth | None:
        """The figure in classes."""
        return choropleth(self.layer, self.areas) if self.layer and self.areas else None

    @cached_property
    def areas_of_case(self) -> str:
        """The areas in which the case that is filtered on lies, as they stand in an address."""
        if not self.filters.case or self.area_selection is None:
            return ""
        ids = [each.id for each in self.chosen_cases]
        codes = queries.codes_within_cases(self.area_selection, ids)
        return ",".join(codes) if len(codes) <= MOST_AREAS else ""

    @cached_property
    def origins(self) -> list[Origin]:
        """Where the figures and outlines of the areas come from."""
        ids = {row.figure_import for row in self.areas} | {row.outline_import for row in self.areas}
        imports = [origin_of(each) for each in queries.sources(sorted(filter(None, ids)))]
        own = self.figure.origins if self.figure and self.areas else ()
        return list(dict.fromkeys([*own, *imports]))

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

    @cached_property
    def shown(self) -> list[Shown]:
        """The layers over the map, the uppermost first."""
        if self.form.layers.errors or not self.form.layers.data:
            return []
        return overlays.shown(read_overlays(self.form.layers.data), self.layer_editions)

    @property
    def layers(self) -> list[Overlay]:
        """The same as they stand in the address."""
        return [each.overlay for each in self.shown]

    @cached_property
    def layer_choices(self) -> dict[str, list[overlays.Choice]]:
        """Every layer that can be shown, by group."""
        find = "" if self.form.find.errors else self.form.find.data or ""
        return overlays.choices(self.layer_editions, [each.id for each in self.shown], find)

    @property
    def compared(self) -> tuple[Side, Side] | None:
        """The two sides of a comparison, when one is asked for."""
        form = self.form
        names = ("compare", "left", "right")
        if any(form[name].errors or not form[name].data for name in names):
            return None
        return read_side(form.left.data), read_side(form.right.data)

    @property
    def split(self) -> int:
        """Where the line between both sides is, in per cent from the left."""
        given = None if self.form.split.errors else self.form.split.data
        return 50 if given is None else int(given)

    @property
    def drawn(self) -> Drawn | None:
        """What is measured."""
        given = "" if self.form.measure.errors else self.form.measure.data
        return read_drawn(given) if given else None

    @property
    def point(self) -> Position | None:
        """The place that was pointed at, in degrees."""
        given = "" if self.form.selected.errors else self.form.selected.data or ""
        return read_position(given.removeprefix("point:")) if given.startswith("point:") else None

    @property
    def table(self) -> str:
        given = "areas" if self.form.table.errors else str(self.form.table.data)
        return "areas" if given == "compare" and self.compared is None else given

    @property
    def sort(self) -> str:
        given = "" if self.form.sort.errors else str(self.form.sort.data or "")
        return given or FIRST_ORDER.get(self.table, "name")

    @property
    def pages(self) -> int:
        """How many pages the table has."""
        return max(1, -(-self.counts.get(self.table, 0) // queries.ROWS_PER_PAGE))

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
        if self.table == "compare":
            return []
        rows = getattr(self, self.table)
        titles = {each.slug: text_in(each.title, current_language()) for each in self.cases}
        return queries.page_of(rows, order_of(rows, self.sort, titles), self.page)

    def address(self, **changes: Any) -> str:
        """The address of this look with some parts changed."""
        return url_for("planning.map_page", **self.state(**changes))

    def state(self, **changes: Any) -> dict[str, str]:
        """Every part that differs from the plain look, as it stands in the address."""
        given = {name: _as_text(self.form[name]) for name in STATE}
        given |= {"page": "", "layers": write_overlays(self.layers)}
        given |= {name: "" if value is None else str(value) for name, value in changes.items()}
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
STATE = (
    *("layer", "level", "year", "layers", *FILTERS, "compare", "left", "right", "split"),
    *("measure", "find", "place", "table", "sort", "selected", "at"),
)


def _as_text(field: Any) -> str:
    if field.errors or field.data in (None, ""):
        return ""
    return numeral(field.data) if hasattr(field.data, "isoformat") else str(field.data)


def read_view(scope: Scope, arguments: MultiDict[str, str]) -> View:
    """The look that an address asks for; mistakes are in `form.errors` and change nothing else."""
    keys = queries.figure_keys()
    municipalities = queries.municipalities_in(scope)
    cases = queries.cases_in(scope)
    form = ViewForm(arguments)
    editions = overlays.by_layer(layer_queries.editions())
    runs = newest_runs()
    figures = figures_offered(keys, editions, computed_figures(runs))
    figure = chosen_figure(arguments.get("layer", ""), figures)
    found = queries.editions(figure.key if figure else None, sorted(municipalities))
    titles = [(each.slug, text_in(each.title, current_language())) for each in cases]
    levels = [name for name in LEVELS if any(each.level == name for each in found)]
    years = sorted({each.year for each in found}, reverse=True)
    form.offer(choices_of(figures) | {" ": [("", "")]}, levels, years, titles)
    form.validate()
    _check_layers(form, editions)
    level = "" if form.level.errors else form.level.data
    year = int(form.year.data) if form.year.data and not form.year.errors else None
    edition = chosen_edition(found, level, year)
    if figure and edition:
        figure = as_computed(figure, runs, edition.level, edition.year)
    return View(scope, form, cases, municipalities, figure, found, edition, editions)


def _check_layers(form: ViewForm, editions: Editions) -> None:
    """Say which layers of the address are not there, or no longer."""
    if not form.layers.errors and form.layers.data:
        try:
            overlays.shown(read_overlays(form.layers.data), editions)
        except ValueError as error:
            form.layers.errors = [gettext(str(error))]
    for name in ("left", "right"):
        field = form[name]
        if field.errors or not form.compare.data:
            continue
        side = read_side(field.data) if field.data else None
        if side is None:
            field.errors = [gettext("planning.compare.choose_two")]
        elif side.year is None and _edition(editions, side) is None:
            field.errors = [gettext("planning.form.unknown_layer")]


def _edition(editions: Editions, side: Side) -> LayerEdition | None:
    of_layer: Sequence[LayerEdition] = editions.get(side.layer, ())
    asked = (each for each in of_layer if each.id == side.edition and each.kind != "picture")
    return next(asked, None)


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
