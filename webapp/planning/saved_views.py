"""HTTP of saved views: rename one or take it away; saving is on the map's own page."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length, ValidationError

from webapp.deals.models import Case
from webapp.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.permissions import Scope, requires
from webapp.planning import actions
from webapp.planning.forms import Choice
from webapp.planning.models import SavedView
from webapp.planning.view import View, read_view

LONGEST_TITLE = 100
NOT_SAVED = ("find", "place", "page")
"""What is on its way to a view, not part of it."""


def _cleaned(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())


class TitleForm(FlaskForm):
    """The name of a view."""

    title = StringField(
        lazy_gettext("planning.saved.name"),
        [
            InputRequired(lazy_gettext("planning.saved.name_needed")),
            Length(max=LONGEST_TITLE, message=lazy_gettext("planning.form.text_too_long")),
        ],
        filters=[_cleaned],
    )

    def validate_title(self, field: StringField) -> None:
        """Spaces are no name."""
        if not field.data:
            raise ValidationError(gettext("planning.saved.name_needed"))

    def taken(self) -> None:
        """Say that the case has a view of this name."""
        self.title.errors = [gettext("planning.saved.taken")]


class SaveForm(TitleForm):
    """A view's name and the case that it belongs to."""

    in_case = Choice(lazy_gettext("planning.form.case"))

    def offer(self, cases: list[tuple[str, str]], chosen: str) -> None:
        """The cases in which a view can be saved."""
        self.in_case.choices = cases
        if not self.in_case.data:
            self.in_case.data = chosen or (cases[0][0] if cases else "")


def saved_in(scope: Scope) -> list[Any]:
    """The saved views of the cases within the scope, by case and name."""
    columns = (SavedView.id, SavedView.title, SavedView.state, SavedView.made_at, Case.slug)
    rows = select(*columns).join(Case, Case.id == SavedView.case_id)
    rows = rows.where(scope.limit(SavedView.case_id))
    return list(db.session.execute(rows.order_by(Case.position, Case.id, SavedView.title)))


def state_of(view: View) -> str:
    """A look at the map as it is saved."""
    return urlencode(view.state(**dict.fromkeys(NOT_SAVED, "")))


def save(view: View, form: SaveForm) -> Response | int:
    """Keep the look that the page shows; the status of the page when that can't be."""
    if not form.validate_on_submit() or view.form.errors:
        return Invalid.status
    case_id = next(each.id for each in view.cases if each.slug == form.in_case.data)
    try:
        actions.save_view(case_id, form.title.data or "", state_of(view))
    except Conflict:
        form.taken()
        return Conflict.status
    flash(gettext("planning.saved.done"), "success")
    return redirect(f"{url_for('planning.map_page')}?{state_of(view)}")


@requires("use_planning")
def saved_view(saved_view_id: int) -> Any:
    """Rename a view, or open or take it away."""
    found = _found(saved_view_id)
    form = TitleForm(data={"title": found.title})
    status = 200
    if form.is_submitted():
        status = _renamed(found, form)
        if status == 200:
            flash(gettext("planning.saved.done"), "success")
            return redirect(url_for("planning.saved_view", saved_view_id=found.id))
    shown = read_view(g.scope, _state(found))
    page = render_template(
        "planning/saved_view.html", saved=found, form=form, is_whole=not shown.form.errors
    )
    return page, status


def _renamed(found: SavedView, form: TitleForm) -> int:
    if not form.validate():
        return Invalid.status
    try:
        actions.rename_view(found, form.title.data or "")
    except Conflict:
        form.taken()
        return Conflict.status
    return 200


@requires("use_planning")
def delete_saved_view(saved_view_id: int) -> Response:
    """Take a view away."""
    found = _found(saved_view_id)
    if not FlaskForm().validate_on_submit():
        raise Invalid
    actions.delete_view(found)
    flash(gettext("planning.saved.deleted"), "success")
    return redirect(url_for("planning.map_page"))


def _found(saved_view_id: int) -> SavedView:
    found = db.session.get(SavedView, saved_view_id)
    if found is None or not g.scope.covers(found.case_id):
        raise NotFound
    return found


def _state(found: SavedView) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(found.state))
