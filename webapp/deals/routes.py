"""HTTP of deals: the rounds in which a case collects wishes."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.deals import actions, commands, queries
from webapp.deals.forms import RoundForm
from webapp.deals.models import Round
from webapp.errors import Conflict, Invalid
from webapp.permissions import requires

blueprint = Blueprint("deals", __name__)
Answer = str | Response | tuple[str, int]


@blueprint.get("/rounds")
@requires("manage_rounds")
def rounds() -> str:
    """The rounds of the own cases."""
    return render_template(
        "deals/rounds.html", rounds=queries.rounds_in(g.scope), now=datetime.now(UTC)
    )


@blueprint.route("/rounds/new", methods=["GET", "POST"])
@requires("manage_rounds")
def new_round() -> Answer:
    """Announce a round."""
    cases = {case.slug: case for case in queries.cases_in(g.scope)}
    form = RoundForm()
    form.offer(cases.values())
    if form.validate_on_submit():
        held = actions.open_round(cases[form.case.data], form.values)
        flash(gettext("deals.round.saved"), "success")
        return redirect(url_for("deals.edit_round", round_id=held.id))
    return _form_page(form, None)


@blueprint.route("/rounds/<int:round_id>", methods=["GET", "POST"])
@requires("manage_rounds")
def edit_round(round_id: int) -> Answer:
    """Change a round, or tell what was done with its wishes."""
    held = queries.round_in(g.scope, round_id)
    form = RoundForm()
    form.offer([held.case])
    if not form.is_submitted():
        form.fill(held)
        return _form_page(form, held)
    form.case.data = held.case.slug
    if not form.validate():
        return _form_page(form, held)
    try:
        actions.change_round(held.id, form.values, int(form.version.data or 0))
    except Conflict:
        return _both_versions(form, round_id)
    flash(gettext("deals.round.saved"), "success")
    return redirect(url_for("deals.rounds"))


@blueprint.post("/rounds/<int:round_id>/close")
@requires("manage_rounds")
def close_round(round_id: int) -> Response:
    """End a round before its date."""
    held = queries.round_in(g.scope, round_id)
    if not FlaskForm().validate_on_submit():
        raise Invalid
    actions.close_round(held.id)
    flash(gettext("deals.round.closed_now"), "success")
    return redirect(url_for("deals.edit_round", round_id=held.id))


@blueprint.post("/rounds/<int:round_id>/delete")
@requires("manage_rounds")
def delete_round(round_id: int) -> Response:
    """Take away a round in which nobody gave a wish."""
    held = queries.round_in(g.scope, round_id)
    if not FlaskForm().validate_on_submit():
        raise Invalid
    actions.delete_round(held.id)
    flash(gettext("deals.round.deleted"), "success")
    return redirect(url_for("deals.rounds"))


def _both_versions(form: RoundForm, round_id: int) -> tuple[str, int]:
    """Someone saved meanwhile: what stands now beside what was typed, ready to save after all."""
    held = queries.round_in(g.scope, round_id)
    differing = [name for name, value in form.values.items() if getattr(held, name) != value]
    form.version.data = str(held.version)
    return _page(form, held, differing=differing), 409


def _form_page(form: RoundForm, held: Round | None) -> Answer:
    page = _page(form, held)
    return (page, 400) if form.errors else page


def _page(form: RoundForm, held: Round | None, **more: Any) -> str:
    return render_template(
        "deals/round.html",
        form=form,
        held=held,
        state=held.state(datetime.now(UTC)) if held else "",
        wishes=queries.wishes_of_round(held.id) if held else 0,
        **more,
    )


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.cli.add_command(commands.group)
