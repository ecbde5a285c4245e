"""HTTP of scenarios: draw measures, read what they would change, compare, make one an intervention."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from shapely.geometry import mapping
from sqlalchemy import select
from werkzeug.wrappers import Response

from gis.crs import to_lonlat
from webapp.areas.queries import inside_case
from webapp.deals.models import text_in
from webapp.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.interventions.forms import refusal
from webapp.interventions.queries import case_bounds, cases_in
from webapp.languages import current_language
from webapp.permissions import requires, scope_of
from webapp.planning import scenario_actions as actions
from webapp.planning import scenario_effects, what_if
from webapp.planning.models import Scenario, ScenarioMeasure
from webapp.planning.scenario_forms import (
    MeasureForm,
    NewScenarioForm,
    ScenarioForm,
    VersionForm,
    empty_measure,
    filled_measure,
    filled_scenario,
)
from webapp.wishes.publication import wishes_for_staff

MOST_COMPARED = 6
FIND_METRES = 300


@requires("use_planning")
def scenarios() -> Any:
    """The scenarios of the reader's cases; posting makes one."""
    cases = cases_in(g.scope)
    form = NewScenarioForm()
    form.offer([(each.slug, text_in(each.title, current_language())) for each in cases], "")
    status = 200
    if form.is_submitted():
        status = Invalid.status
        if form.validate():
            case = next(each for each in cases if each.slug == form.in_case.data)
            try:
                made = actions.make_scenario(
                    case.id, form.title.data or "", UUID(form.form_key.data)
                )
                return redirect(url_for("planning.scenario", scenario_id=made.id))
            except actions.NameTakenError:
                form.title.errors = [gettext("planning.scenario.taken")]
                status = Conflict.status
    rows = db.session.scalars(
        select(Scenario).where(g.scope.limit(Scenario.case_id)).order_by(Scenario.title)
    ).all()
    page = render_template("planning/scenarios.html", rows=rows, cases=cases, form=form)
    return page, status


@requires("use_planning")
def scenario(scenario_id: int) -> Any:
    """A scenario: what is drawn, and what it would change; posting adds a measure."""
    found = _found(scenario_id)
    if request.method == "GET":
        return _page(found, empty_measure(found), filled_scenario(found))
    form = MeasureForm(found.case)
    status = _added(found, form)
    if status == 200:
        return redirect(_address(found, "effects"))
    return _page(_found(scenario_id), form, filled_scenario(found), status)


def _added(found: Scenario, form: MeasureForm) -> int:
    if not form.validate():
        return Invalid.status
    key, version = UUID(form.form_key.data), form.version_number()
    return _written(lambda: actions.add_measure(found.id, version, key, _values(form)), form, found)


def _written(write: Callable[[], None], form: MeasureForm, found: Scenario) -> int:
    """The status after a measure was written or could not be; the form says why."""
    try:
        write()
    except Conflict:
        db.session.rollback()
        _after_conflict(form, found)
        return Conflict.status
    except actions.TooManyMeasuresError:
        form.kind.errors = [
            gettext("planning.scenario.too_many_measures", most=actions.MOST_MEASURES)
        ]
    except what_if.TooManyHomesError:
        form.geometry.errors = [gettext("planning.scenario.too_many_homes")]
    else:
        _tell(form, found)
        return 200
    db.session.rollback()
    return Invalid.status


def _after_conflict(form: Any, found: Scenario) -> None:
    """The writer keeps what was typed, now on top of the newest version."""
    db.session.refresh(found)
    form.version.data = str(found.version)
    flash(gettext("planning.scenario.conflict"), "error")


def _tell(form: MeasureForm, found: Scenario) -> None:
    flash(gettext("planning.scenario.saved"), "success")
    for remark in form.left_out:
        words = refusal(remark.reason, remark.path)
        flash(gettext("interventions.geometry.left_out", words=words), "warning")
    inside = db.session.scalar(select(inside_case(found.case_id, stored(form.drawn))))
    if form.drawn is not None and not inside:
        flash(gettext("planning.scenario.outside_case"), "warning")


def _values(form: MeasureForm) -> dict[str, Any]:
    return {
        "kind": form.kind.data,
        "drawn": form.drawn,
        "parameters": form.parameters(),
        "cost_cents": form.cents,
    }


def _page(
    found: Scenario, form: MeasureForm, about: ScenarioForm, status: int = 200
) -> tuple[str, int]:
    is_old = found.result is not None and found.result.fingerprint != what_if.fingerprint(
        found.case_id, found.measures
    )
    page = render_template(
        "planning/scenario.html",
        scenario=found,
        form=form,
        about=about,
        is_old=is_old,
        lines=scenario_effects.lines_of(found),
        notes=scenario_effects.notes_of(found),
        is_synthetic=scenario_effects.is_synthetic(found),
        may_become=_may_become(found),
        version_form=VersionForm(formdata=None, data={"version": str(found.version)}),
        **_map_of(found, None),
    )
    return page, status


def _map_of(found: Scenario, without: ScenarioMeasure | None) -> dict[str, Any]:
    return {
        "bounds": case_bounds(found.case),
        "measures": [
            {
                "kind": each.kind,
                "number": place,
                "geometry": mapping(to_lonlat(shape(each.geom))),
            }
            for place, each in enumerate(found.measures, 1)
            if each is not without
        ],
    }


def _may_become(found: Scenario) -> bool:
    return scope_of(current_user, "manage_interventions").covers(found.case_id)


@requires("use_planning")
def scenario_measure(scenario_id: int, measure_id: int) -> Any:
    """Draw a measure anew."""
    found = _found(scenario_id)
    measure = next((each for each in found.measures if each.id == measure_id), None)
    if measure is None:
        raise NotFound
    status = 200
    if request.method == "GET":
        form = filled_measure(found, measure)
    else:
        form = MeasureForm(found.case)
        status = _changed(found, measure, form)
        if status == 200:
            return redirect(_address(found, "effects"))
    page = render_template(
        "planning/scenario_measure.html",
        scenario=found,
        measure=measure,
        form=form,
        **_map_of(found, measure),
    )
    return page, status


def _changed(found: Scenario, measure: ScenarioMeasure, form: MeasureForm) -> int:
    if not form.validate():
        return Invalid.status
    ids = (found.id, measure.id, form.version_number())
    return _written(lambda: actions.change_measure(*ids, _values(form)), form, found)


@requires("use_planning")
def delete_measure(scenario_id: int, measure_id: int) -> Response:
    """Take a measure away."""
    found = _found(scenario_id)
    _unless_changed(found, lambda at: actions.remove_measure(scenario_id, measure_id, at))
    return redirect(_address(found, "measures"))


@requires("use_planning")
def change_scenario(scenario_id: int) -> Any:
    """Give a scenario another name and notes."""
    found = _found(scenario_id)
    form = ScenarioForm()
    status = Invalid.status
    if form.validate():
        title, notes = form.title.data or "", form.notes.data or ""
        try:
            actions.change_scenario(scenario_id, form.version_number(), title, notes)
        except Conflict:
            db.session.rollback()
            _after_conflict(form, found)
            status = Conflict.status
        except actions.NameTakenError:
            form.title.errors = [gettext("planning.scenario.taken")]
            status = Conflict.status
        else:
            flash(gettext("planning.scenario.saved"), "success")
            return redirect(_address(found))
    return _page(_found(scenario_id), empty_measure(found), form, status)


@requires("use_planning")
def delete_scenario(scenario_id: int) -> Response:
    """Take a scenario away."""
    found = _found(scenario_id)
    if _unless_changed(found, lambda at: actions.delete_scenario(scenario_id, at)):
        flash(gettext("planning.saved.deleted"), "success")
        return redirect(url_for("planning.scenarios"))
    return redirect(_address(found))


@requires("use_planning")
def compute_scenario(scenario_id: int) -> Response:
    """Compute the outcome from the editions of now."""
    found = _found(scenario_id)
    _unless_changed(found, lambda _: actions.compute_again(scenario_id))
    return redirect(_address(found, "effects"))


def _unless_changed(found: Scenario, write: Callable[[int], None]) -> bool:
    """Do what a button asks; when someone was before, say so and do nothing."""
    form = VersionForm()
    if not form.validate_on_submit():
        raise Invalid
    try:
        write(form.version_number())
    except Conflict:
        db.session.rollback()
        flash(gettext("planning.scenario.conflict"), "error")
        return False
    except what_if.TooManyHomesError:
        db.session.rollback()
        flash(gettext("planning.scenario.too_many_homes"), "error")
        return False
    return True


@requires("manage_interventions")
def become_intervention(scenario_id: int) -> Response:
    """Make the scenario an intervention; then the wishes within reach can be linked."""
    found = _found(scenario_id)
    form = VersionForm()
    if not form.validate_on_submit():
        raise Invalid
    if not found.measures:
        flash(gettext("planning.scenario.nothing_drawn"), "error")
        return redirect(_address(found))
    try:
        made, left_out = actions.become_intervention(scenario_id, form.version_number())
    except Conflict:
        db.session.rollback()
        flash(gettext("planning.scenario.conflict"), "error")
        return redirect(_address(found))
    flash(gettext("planning.scenario.became"), "success")
    if left_out:
        flash(gettext("planning.scenario.left_out", n=left_out), "warning")
    wishes = {"intervention_id": made.id, "how": "near", "metres": FIND_METRES}
    return redirect(url_for("interventions.find_wishes", **wishes))


@requires("use_planning")
def scenario_wishes(scenario_id: int) -> str:
    """The wishes within reach of what is drawn, as they are now."""
    found = _found(scenario_id)
    ids: list[int] = []
    if found.measures:
        drawn = what_if.plan_of(found.measures).shape()
        ids = [each[0] for each in what_if.wishes_within_reach(found.case_id, drawn)]
    seen = wishes_for_staff(g.scope).subquery("seen")
    rows = db.session.execute(select(seen).where(seen.c.id.in_(ids)).order_by(seen.c.id.desc()))
    return render_template("planning/scenario_wishes.html", scenario=found, rows=rows.all())


@requires("use_planning")
def compare_scenarios() -> str:
    """Scenarios side by side; the address says which."""
    found = _asked()
    lines = [scenario_effects.lines_of(each) for each in found]
    # A scenario without measures has no lines: its cells stay empty.
    keys = next((each for each in lines if each), [])
    rows = [
        (line, [next((one for one in own if one.key == line.key), None) for own in lines])
        for line in keys
    ]
    others = db.session.scalars(
        select(Scenario).where(g.scope.limit(Scenario.case_id)).order_by(Scenario.title)
    ).all()
    return render_template(
        "planning/scenario_compare.html",
        found=found,
        rows=rows,
        others=others,
        most=MOST_COMPARED,
        is_synthetic=any(scenario_effects.is_synthetic(each) for each in found),
    )


@requires("use_planning")
def scenario_csv() -> Response:
    """The effects of scenarios as a file."""
    found = _asked()
    if not found:
        raise Invalid
    response = Response(scenario_effects.csv_of(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="effects.csv"'
    return response


def _asked() -> list[Scenario]:
    """The scenarios of `id=`, each once. Raises `Invalid`, `NotFound`."""
    given = list(dict.fromkeys(request.args.getlist("id")))
    if len(given) > MOST_COMPARED or not all(_is_row_number(each) for each in given):
        raise Invalid
    return [_found(int(each)) for each in given]


def _is_row_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _found(scenario_id: int) -> Scenario:
    found = db.session.get(Scenario, scenario_id)
    if found is None or not g.scope.covers(found.case_id):
        raise NotFound
    return found


def _address(found: Scenario, part: str | None = None) -> str:
    return url_for("planning.scenario", scenario_id=found.id, _anchor=part)


def add_routes(blueprint: Blueprint) -> None:
    """Bind the routes to the planner's blueprint."""
    one = "/planning/scenarios/<int:scenario_id>"
    measure = f"{one}/measures/<int:measure_id>"
    both, post = ["GET", "POST"], ["POST"]
    rules: tuple[tuple[str, Any, list[str]], ...] = (
        ("/planning/scenarios", scenarios, both),
        ("/planning/scenarios/compare", compare_scenarios, ["GET"]),
        ("/planning/scenarios/effects.csv", scenario_csv, ["GET"]),
        (one, scenario, both),
        (f"{one}/change", change_scenario, post),
        (f"{one}/delete", delete_scenario, post),
        (f"{one}/compute", compute_scenario, post),
        (f"{one}/intervention", become_intervention, post),
        (f"{one}/wishes", scenario_wishes, ["GET"]),
        (measure, scenario_measure, both),
        (f"{measure}/delete", delete_measure, post),
    )
    for rule, view, methods in rules:
        blueprint.add_url_rule(rule, view.__name__, view, methods=methods)
