"""HTTP of interventions, for staff."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.deals.models import Case, text_in
from webapp.errors import Conflict, Invalid
from webapp.fields import cleaned
from webapp.interventions import actions, queries
from webapp.interventions.forms import (
    FindWishesForm,
    InterventionForm,
    LinkForm,
    filled,
    refusal,
)
from webapp.interventions.models import PHASE_TYPES, Intervention
from webapp.interventions.phases import needs_closed_round
from webapp.interventions.queries import Filters
from webapp.languages import current_language
from webapp.permissions import requires

blueprint = Blueprint("interventions", __name__)

MISSING = {
    "title": "interventions.missing.title",
    "summary": "interventions.missing.summary",
    "geometry": "interventions.missing.geometry",
    "mention": "interventions.missing.mention",
}


@blueprint.get("/interventions")
@requires("manage_interventions")
def overview() -> str:
    """Every intervention of the reader's cases."""
    filters = _filters()
    return render_template(
        "interventions/overview.html",
        rows=queries.interventions_in(g.scope, filters),
        filters=filters,
        cases=queries.cases_in(g.scope),
        lines=queries.lines_in(g.scope),
        phases=tuple(PHASE_TYPES),
        sorted_by=lambda column: url_for(
            "interventions.overview", **_as_query(_sorted_by(filters, column))
        ),
    )


def _filters() -> Filters:
    line = request.args.get("line", "")
    return Filters(
        case=_word("case"),
        phase=_word("phase"),
        line=int(line) if line.isdecimal() and len(line) < 10 else None,
        text=_word("text"),
        sort=request.args.get("sort", "updated"),
        descending=request.args.get("order", "descending") == "descending",
    )


def _word(name: str) -> str:
    return cleaned(request.args.get(name, ""))[:200]


def _sorted_by(filters: Filters, column: str) -> Filters:
    again = filters.sort == column
    return replace(filters, sort=column, descending=again and not filters.descending)


def _as_query(filters: Filters) -> dict[str, Any]:
    query = {"case": filters.case, "phase": filters.phase, "line": filters.line}
    query |= {"text": filters.text, "sort": filters.sort}
    query["order"] = "descending" if filters.descending else "ascending"
    return {name: value for name, value in query.items() if value}


@blueprint.get("/interventions/new")
@requires("manage_interventions")
def choose_case() -> str | Response:
    """In which case the new intervention is; straight on when there is only one."""
    cases = queries.cases_in(g.scope)
    if len(cases) == 1:
        return redirect(url_for("interventions.create", case_slug=cases[0].slug))
    return render_template("interventions/choose_case.html", cases=cases)


@blueprint.route("/interventions/new/<case_slug>", methods=["GET", "POST"])
@requires("manage_interventions")
def create(case_slug: str) -> str | Response:
    """A new intervention in a case."""
    case = queries.case_in(g.scope, case_slug)
    form = InterventionForm(case.deal, None)
    if form.validate_on_submit():
        try:
            made = actions.make_intervention(
                case, form.values(), form.line_ids(), _geometry(form), UUID(form.form_key.data)
            )
        except actions.RoundNeeded:
            _ask_override(form)
        else:
            return _saved(made, form)
    return _form_page(form, case, None)


@blueprint.route("/interventions/<int:intervention_id>/edit", methods=["GET", "POST"])
@requires("manage_interventions")
def edit(intervention_id: int) -> str | Response | tuple[str, int]:
    """Change an intervention; over a newer version of someone else nothing is saved."""
    found = queries.intervention_in(g.scope, intervention_id)
    if request.method == "GET":
        return _form_page(filled(found, queries.geometry_of(found)), found.case, found)
    form = InterventionForm(found.case.deal, found.phase)
    if form.version_number() != found.version:
        return _conflict_page(form, found)
    if form.validate():
        try:
            changed = actions.change_intervention(
                found.id, form.version_number(), form.values(), form.line_ids(), _geometry(form)
            )
        except actions.RoundNeeded:
            _ask_override(form)
        except Conflict:
            return _conflict_page(form, queries.intervention_in(g.scope, intervention_id))
        else:
            return _saved(changed, form)
    return _form_page(form, found.case, found)


def _geometry(form: InterventionForm) -> Any:
    return form.place.geometry if form.place else None


def _ask_override(form: InterventionForm) -> None:
    form.round_override_reason.errors = [gettext("interventions.form.round_needed")]


def _saved(intervention: Intervention, form: InterventionForm) -> Response:
    flash(gettext("interventions.saved"), "success")
    for remark in form.place.left_out if form.place else ():
        words = refusal(remark.reason, remark.path)
        flash(gettext("interventions.geometry.left_out", words=words), "warning")
    return redirect(url_for("interventions.detail", intervention_id=intervention.id))


def _form_page(form: InterventionForm, case: Case, intervention: Intervention | None) -> str:
    return render_template(
        "interventions/form.html",
        form=form,
        case=case,
        intervention=intervention,
        bounds=queries.case_bounds(case),
        round_closed=queries.has_closed_round(case.id),
    )


def _conflict_page(form: InterventionForm, current: Intervention) -> tuple[str, int]:
    """Both versions side by side; the writer keeps the own text and may save it over the newer."""
    form.validate()
    mine, theirs = _written(form), _standing(current)
    form.version.data = str(current.version)
    form.phase.errors = form.geometry.errors = []
    page = render_template(
        "interventions/conflict.html",
        form=form,
        case=current.case,
        intervention=current,
        rows=[(name, value, mine[name]) for name, value in theirs.items()],
        event=next(iter(queries.history_of(current)), None),
        bounds=queries.case_bounds(current.case),
        round_closed=queries.has_closed_round(current.case_id),
    )
    return page, 409


def _written(form: InterventionForm) -> dict[str, Any]:
    """What the writer sent, with names where the form has numbers."""
    lines = set(form.programme_lines.data or ())
    party = form.responsible_party.data
    names = {
        "programme_lines": [
            label for value, label, *_ in form.programme_lines.choices if value in lines
        ],
        "responsible_party": next(
            (
                label
                for value, label, *_ in form.responsible_party.choices
                if value and value == party
            ),
            "",
        ),
    }
    return form.values() | names


def _standing(intervention: Intervention) -> dict[str, Any]:
    """What stands now, with the same names."""
    language = current_language()
    party = intervention.responsible_party
    return intervention.as_version() | {
        "programme_lines": [
            f"{line.code} · {text_in(line.title, language)}"
            for line in intervention.programme_lines
        ],
        "responsible_party": party.name if party else "",
    }


@blueprint.get("/interventions/<int:intervention_id>")
@requires("manage_interventions")
def detail(intervention_id: int) -> str:
    """An intervention as its case manager sees it."""
    found = queries.intervention_in(g.scope, intervention_id)
    missing = actions.missing_for_publication(found)
    return render_template(
        "interventions/detail.html",
        intervention=found,
        geometry=queries.geometry_of(found),
        bounds=queries.case_bounds(found.case),
        wishes=queries.linked_wishes(found, g.scope),
        missing=[MISSING[name] for name in missing],
        without_round=needs_closed_round(found.phase)
        and not queries.has_closed_round(found.case_id),
        form=FlaskForm(),
    )


@blueprint.get("/interventions/<int:intervention_id>/preview")
@requires("manage_interventions")
def preview(intervention_id: int) -> str:
    """What the public will read."""
    found = queries.intervention_in(g.scope, intervention_id)
    return render_template("interventions/preview.html", intervention=found)


@blueprint.get("/interventions/<int:intervention_id>/history")
@requires("manage_interventions")
def history(intervention_id: int) -> str:
    """Every change of an intervention."""
    found = queries.intervention_in(g.scope, intervention_id)
    events = queries.history_of(found)
    return render_template("interventions/history.html", intervention=found, events=events)


@blueprint.post("/interventions/<int:intervention_id>/publish")
@requires("manage_interventions")
def publish(intervention_id: int) -> Response:
    """Show it to everyone."""
    queries.intervention_in(g.scope, intervention_id)
    try:
        actions.publish(intervention_id, _version())
    except Invalid as error:
        for problem in error.problems:
            flash(gettext(MISSING[problem["path"]]), "error")
    else:
        flash(gettext("interventions.published"), "success")
    return redirect(url_for("interventions.detail", intervention_id=intervention_id))


@blueprint.post("/interventions/<int:intervention_id>/unpublish")
@requires("manage_interventions")
def unpublish(intervention_id: int) -> Response:
    """Take it off the public pages."""
    queries.intervention_in(g.scope, intervention_id)
    actions.unpublish(intervention_id, _version())
    flash(gettext("interventions.unpublished"), "success")
    return redirect(url_for("interventions.detail", intervention_id=intervention_id))


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@blueprint.get("/interventions/<int:intervention_id>/wishes")
@requires("manage_interventions")
def find_wishes(intervention_id: int) -> str:
    """Wishes to link: found by words, or by where they are."""
    found = queries.intervention_in(g.scope, intervention_id)
    return _wishes_page(found, LinkForm(formdata=None))


def _wishes_page(intervention: Intervention, link_form: LinkForm) -> str:
    form = FindWishesForm(request.args if request.args.get("how") else None)
    proposed = None
    if form.validate() and (form.how.data == "search" or intervention.geom is not None):
        if form.how.data == "search":
            proposed = queries.wishes_with_text(intervention, g.scope, form.text.data or "")
        else:
            proposed = queries.wishes_near(intervention, g.scope, form.distance())
    return render_template(
        "interventions/wishes.html",
        intervention=intervention,
        form=form,
        proposed=proposed,
        link_form=link_form,
        linked=queries.linked_wishes(intervention, g.scope),
    )


@blueprint.post("/interventions/<int:intervention_id>/wishes")
@requires("manage_interventions")
def link_wishes(intervention_id: int) -> Response | tuple[str, int] | str:
    """Link the wishes that were ticked."""
    found = queries.intervention_in(g.scope, intervention_id)
    form = LinkForm()
    form.pick([int(text) for text in request.form.getlist("wishes") if _is_row_number(text)])
    if not form.validate():
        return _wishes_page(found, form)
    wish_ids = [int(text) for text in form.wishes.data or ()]
    count = actions.link_wishes(found.id, g.scope, wish_ids, form.relation.data)
    flash(ngettext("interventions.linked", "interventions.linked", count), "success")
    return redirect(url_for("interventions.detail", intervention_id=found.id))


def _is_row_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


@blueprint.post("/interventions/<int:intervention_id>/wishes/<int:wish_id>/unlink")
@requires("manage_interventions")
def unlink_wish(intervention_id: int, wish_id: int) -> Response:
    """Take one link away."""
    found = queries.intervention_in(g.scope, intervention_id)
    actions.unlink_wish(found.id, wish_id)
    flash(gettext("interventions.unlinked"), "success")
    return redirect(url_for("interventions.detail", intervention_id=found.id))


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
