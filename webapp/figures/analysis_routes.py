"""HTTP of clusters of wishes, priorities, and who benefits."""

from typing import Any

from flask import Blueprint, Flask, Response, g, render_template
from flask_login import current_user
from sqlalchemy import select

from layers.tables import csv_text
from webapp.deals.models import Case, text_in
from webapp.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.figures import analysis_words as words
from webapp.figures.analysis_forms import BenefitForm, ClusterForm, LevelForm, PriorityForm
from webapp.figures.benefits import MOST_PER_DWELLING, REACH_M, Benefits, Money, benefits, money
from webapp.figures.cluster_map import cluster_map
from webapp.figures.clusters import MOST_WISHES, clusters_of, is_capped
from webapp.figures.measures import (
    LEVELS,
    RESIDENTS,
    Measure,
    Zone,
    available,
    municipalities_of,
    zones_of,
)
from webapp.figures.priority import PARTS, Outcome, file_rows, outcome
from webapp.languages import current_language
from webapp.permissions import Scope, may, public, requires, scope_of
from webapp.wishes.publication import THRESHOLD

blueprint = Blueprint("analyses", __name__)


@blueprint.get("/figures/clusters")
@requires("see_wishes")
def clusters() -> Any:
    """Where many wishes about one theme lie close together, for staff."""
    cases = _cases(g.scope)
    form = ClusterForm([(case.slug, text_in(case.title, current_language())) for case in cases])
    form.case.data = form.case.data or next((case.slug for case in cases), "")
    good = not cases or form.validate()
    chosen = next((case for case in cases if case.slug == form.case.data), None)
    found, capped = [], False
    if good and chosen is not None:
        metres = float(form.distance.data)
        found = clusters_of(chosen.id, g.scope, form.theme.data, metres)
        capped = is_capped(chosen.id, g.scope)
    page = render_template(
        "figures/clusters.html",
        form=form,
        case=chosen,
        clusters=found,
        drawing=cluster_map(found),
        most=MOST_WISHES if capped else None,
        threshold=THRESHOLD,
        words=words,
    )
    return page, 200 if good else 400


@blueprint.get("/clusters/<case_slug>")
@public
def public_clusters(case_slug: str) -> str:
    """Where many published wishes about one theme lie close together."""
    case = db.session.scalar(select(Case).filter_by(slug=case_slug))
    if case is None:
        raise NotFound
    found = clusters_of(case.id, None)
    return render_template(
        "figures/clusters_public.html",
        case=case,
        clusters=found,
        drawing=cluster_map(found),
        threshold=THRESHOLD,
        words=words,
    )


@blueprint.get("/figures/priority")
@requires("use_planning")
def priority() -> Any:
    """Which area first, by weights that the planner sets."""
    form, found = _priority()
    page = render_template(
        "figures/priority.html", form=form, found=found, parts=PARTS, words=words
    )
    return page, 400 if form.errors else 200


@blueprint.get("/figures/priority.csv")
@requires("use_planning")
def priority_csv() -> Response:
    """The same outcome for a spreadsheet."""
    form, found = _priority()
    if form.errors:
        told = [{"path": name, "reason": str(each[0])} for name, each in form.errors.items()]
        raise Invalid(problems=told)
    if found is None:
        raise NotFound
    rows, columns = file_rows(found)
    label = "-synthetic" if found.is_synthetic else ""
    return Response(
        csv_text([(row, None) for row in rows], columns),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="priority{label}.csv"'},
    )


def _priority() -> tuple[PriorityForm, Outcome | None]:
    form = PriorityForm(_case_choices(g.scope))
    zones, offered = _areas(form)
    form.offer(offered)
    if not form.validate() or not zones:
        return form, None
    case = form.case.data
    weights, sources = form.weights, form.sources
    return form, outcome(g.scope, case, zones, offered, sources, weights, form.rule.data)


@blueprint.get("/figures/benefits")
@requires("use_planning")
def who_benefits() -> Any:
    """How a figure is spread over residents, and whom the money reaches."""
    form = BenefitForm(_case_choices(g.scope))
    zones, offered = _areas(form)
    form.offer(offered)
    found: Benefits | None = None
    spent: Money | None = None
    if form.validate() and form.figure.data and RESIDENTS in offered:
        found = benefits(zones, offered, offered[form.figure.data], form.vulnerability.data)
        if may(current_user, "see_budgets"):
            booked = scope_of(current_user, "see_budgets")
            plans = _narrowed(g.scope, form.case.data)
            spent = money(plans, booked, form.stage.data, found, zones)
    page = render_template(
        "figures/benefits.html",
        form=form,
        found=found,
        spent=spent,
        reach=REACH_M,
        most_per_dwelling=int(MOST_PER_DWELLING),
        words=words,
    )
    return page, 400 if form.errors else 200


def _narrowed(scope: Scope, case_slug: str) -> Scope:
    """The part of a scope that is one case; all of it without a case."""
    if not case_slug:
        return scope
    case = db.session.scalar(select(Case).filter_by(slug=case_slug))
    inside = frozenset({case.id}) if case and scope.covers(case.id) else frozenset[int]()
    return Scope(False, frozenset(), inside)


def _areas(form: LevelForm) -> tuple[list[Zone], dict[str, Measure]]:
    """The areas asked for, and what is known of them; without a level that with most areas."""
    codes = municipalities_of(g.scope, form.case.data)
    asked = form.level.data
    levels = (asked,) if asked in LEVELS else LEVELS
    found = {level: zones_of(level, codes) for level in levels}
    level = max(found, key=lambda each: len(found[each]))
    form.level.data = asked or level
    return found[level], available(level, found[level])


def _cases(scope: Scope) -> list[Case]:
    rows = select(Case).where(scope.limit(Case.id)).order_by(Case.deal_id, Case.position, Case.id)
    return list(db.session.scalars(rows))


def _case_choices(scope: Scope) -> list[tuple[str, str]]:
    return [(case.slug, text_in(case.title, current_language())) for case in _cases(scope)]


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
