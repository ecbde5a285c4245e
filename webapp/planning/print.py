"""Print what the planner's map shows: a form, and the sheet as PDF. The address holds all of it."""

import re
from datetime import UTC, datetime
from typing import Any

import shapely
from babel.dates import format_date
from flask import Blueprint, Response, g, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectMultipleField, StringField, ValidationError
from wtforms.validators import Length, Optional

from gis.crs import Bounds, to_rd
from layers.print_frame import SCALES, MapFrame, fitting_frame, frame_at, map_size
from webapp.deals.models import text_in
from webapp.languages import current_language
from webapp.permissions import requires
from webapp.planning.forms import Choice
from webapp.planning.print_content import PARTS, sheet_of
from webapp.planning.view import View, read_view
from webapp.templating import number

SMALLEST, LARGEST = 500, 500_000
"""The scales that can be chosen; one that fits may lie outside them."""
SCREEN_PIXELS = 1100
METRES_PER_PIXEL = 48_000.0
"""Of MapLibre's zoom 0 (tiles of 512 pixels) in the middle of the Netherlands."""
ODD = re.compile(r"[\x00-\x1f\x7f]")


class PrintForm(FlaskForm):
    """What the paper is to be."""

    class Meta:
        csrf = False  # it changes nothing, and its address is meant to be shared

    paper = Choice(lazy_gettext("planning.print.paper"), default="a4")
    orientation = Choice(lazy_gettext("planning.print.orientation"), default="landscape")
    scale = Choice(lazy_gettext("planning.print.scale"), default="")
    title = StringField(
        lazy_gettext("planning.print.title_field"),
        [Optional(), Length(max=100, message=lazy_gettext("planning.form.text_too_long"))],
        default="",
        filters=[lambda text: ODD.sub(" ", text).strip() if text else text],
    )
    parts = SelectMultipleField(
        lazy_gettext("planning.print.parts"), default=PARTS, validate_choice=False
    )

    def offer(self) -> None:
        """Set the choices in the reader's language."""
        self.paper.choices = [("a4", "A4"), ("a3", "A3")]
        self.orientation.choices = [
            (key, gettext(f"planning.print.{key}")) for key in ("landscape", "portrait")
        ]
        offered = [each for each in SCALES if SMALLEST <= each <= LARGEST]
        self.scale.choices = [
            ("", gettext("planning.print.fitting")),
            *((str(each), f"1 : {number(each)}") for each in offered),
        ]
        self.parts.choices = [(key, gettext(f"planning.print.part.{key}")) for key in PARTS]

    def validate_parts(self, field: SelectMultipleField) -> None:
        """Something to print, and nothing unknown."""
        if not field.data or not set(field.data) <= set(PARTS):
            raise ValidationError(gettext("common.form.choose"))


@requires("use_planning")
def print_form() -> Any:
    """Choose paper, scale, title and what is printed."""
    view, form = _asked()
    return _form_page(view, form)


@requires("use_planning")
def print_pdf() -> Any:
    """The sheet, with its tables on the pages after it."""
    # The maker of PDF files takes its time to load, so only who prints waits for it.
    from webapp.printing import Page, pdf, pdf_response

    view, form = _asked()
    if view.form.errors or form.errors:
        return _form_page(view, form)
    paper, orientation = form.paper.data, form.orientation.data
    title = form.title.data or _title(view)
    frame = _frame(view, form)
    sheet, tables = sheet_of(view, frame, paper, orientation, form.parts.data, title)
    now = datetime.now(UTC)
    cases = [text_in(each.title, current_language()) for each in view.chosen_cases]
    details = [format_date(now, "long", locale=current_language())]
    if len(cases) == 1:
        details.insert(0, cases[0])
    content = pdf(
        "planning/print_sheet.html",
        {"sheet": sheet, "tables": tables, "details": details},
        title=title,
        language=current_language(),
        # By the day: the same map printed twice today is the same file.
        made_at=now.replace(hour=0, minute=0, second=0, microsecond=0),
        files=sheet.files(),
        page=Page(paper, orientation),
    )
    return _private(pdf_response(content, "balanskaart.pdf"))


def _private(response: Response) -> Response:
    response.cache_control.no_store = True
    return response


def _asked() -> tuple[View, PrintForm]:
    arguments: MultiDict[str, str] = request.args
    view = read_view(g.scope, arguments)
    form = PrintForm(arguments if "paper" in arguments else None)
    form.offer()
    if "paper" in arguments:
        form.validate()
    return view, form


def _form_page(view: View, form: PrintForm) -> Any:
    state = view.state(page="", table="", sort="", selected="", find="", place="")
    page = render_template(
        "planning/print.html",
        view=view,
        form=form,
        state=state,
        suggested=_title(view),
    )
    return page, 400 if view.form.errors or form.errors else 200


def _title(view: View) -> str:
    """What is shown, and where."""
    names = [view.choropleth.title] if view.choropleth else [each.title for each in view.shown[:1]]
    cases = [text_in(each.title, current_language()) for each in view.chosen_cases]
    place = cases[0] if len(cases) == 1 else ""
    return " – ".join(filter(None, (*names, place))) or gettext("planning.title")


def _frame(view: View, form: PrintForm) -> MapFrame:
    size = map_size(form.paper.data, form.orientation.data)
    fitting = fitting_frame(_extent(view, size), size)
    if not form.scale.data:
        return fitting
    return frame_at(fitting.x, fitting.y, int(form.scale.data), size)


def _extent(view: View, size: tuple[float, float]) -> Bounds:
    """What the screen shows, in RD: around the place in the address, else the bounds."""
    if view.centre is None:
        return _rd_bounds(view.bounds)
    lon, lat, zoom = view.centre
    middle = to_rd(shapely.Point(lon, lat))
    across = SCREEN_PIXELS * METRES_PER_PIXEL / 2**zoom / 2
    up = across * size[1] / size[0]
    return middle.x - across, middle.y - up, middle.x + across, middle.y + up


def _rd_bounds(bounds: Bounds) -> Bounds:
    west, south, east, north = to_rd(shapely.box(*bounds)).bounds
    return west, south, east, north


def add_routes(blueprint: Blueprint) -> None:
    """Bind form and sheet to the planner's pages."""
    blueprint.add_url_rule("/planning/print", "print_form", print_form)
    blueprint.add_url_rule("/planning/print.pdf", "print_pdf", print_pdf)
