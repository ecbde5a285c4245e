"""Writes of scenarios. Each change computes the outcome anew, in the same transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import shapely
from flask_babel import force_locale, gettext
from flask_login import current_user
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gis.crs import to_lonlat
from webapp import events
from webapp.deals.models import Case
from webapp.errors import Conflict, NotFound
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.interventions.actions import make_intervention
from webapp.interventions.forms import DATES, TITLE_MAXIMUM
from webapp.interventions.models import Intervention
from webapp.planning import what_if
from webapp.planning.models import Scenario, ScenarioMeasure, ScenarioResult
from webapp.templating import euros

MOST_MEASURES = 50


class NameTakenError(Exception):
    """The case has a scenario of this name."""


class TooManyMeasuresError(Exception):
    """A scenario has as many measures as it may have."""


def make_scenario(case_id: int, title: str, form_key: UUID) -> Scenario:
    """A new scenario; the same form key gives the one that was made before.

    Raises `NameTakenError`.
    """
    known = db.session.scalar(select(Scenario).where(Scenario.form_key == form_key))
    if known is not None:
        return known
    made = Scenario(case_id=case_id, title=title, form_key=form_key, made_by=current_user.id)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        raise NameTakenError from error
    events.record("scenario", made.id, "made", case=case_id)
    db.session.commit()
    return made


def change_scenario(scenario_id: int, version: int, title: str, notes: str) -> None:
    """Give a scenario another name and notes. Raises `Conflict`, `NameTakenError`."""
    found = _locked(scenario_id, version)
    try:
        with db.session.begin_nested():
            found.title, found.notes = title, notes
    except IntegrityError as error:
        db.session.refresh(found)
        raise NameTakenError from error
    _saved(found, "changed")


def delete_scenario(scenario_id: int, version: int) -> None:
    """Take a scenario away; an intervention that was made of it stays. Raises `Conflict`."""
    found = _locked(scenario_id, version)
    events.record("scenario", found.id, "deleted", case=found.case_id)
    db.session.delete(found)
    db.session.commit()


def add_measure(scenario_id: int, version: int, form_key: UUID, values: dict[str, Any]) -> None:
    """One more measure; a form that is sent twice adds one.

    `values` has kind, drawn (RD), parameters and cost_cents. Raises `Conflict`,
    `TooManyMeasuresError`, `what_if.TooManyHomesError`.
    """
    found = _locked(scenario_id)
    if any(each.form_key == form_key for each in found.measures):
        return
    _check(found, version)
    if len(found.measures) >= MOST_MEASURES:
        raise TooManyMeasuresError
    last = max((each.position for each in found.measures), default=0)
    measure = ScenarioMeasure(form_key=form_key, position=last + 1)
    _set(measure, values)
    found.measures.append(measure)
    db.session.flush()
    _computed(found)
    _saved(found, "measure_added", kind=measure.kind)


def change_measure(scenario_id: int, measure_id: int, version: int, values: dict[str, Any]) -> None:
    """Draw a measure anew. Raises `Conflict`, `NotFound`, `what_if.TooManyHomesError`."""
    found = _locked(scenario_id, version)
    measure = next((each for each in found.measures if each.id == measure_id), None)
    if measure is None:
        raise NotFound
    _set(measure, values)
    db.session.flush()
    _computed(found)
    _saved(found, "measure_changed", kind=measure.kind)


def remove_measure(scenario_id: int, measure_id: int, version: int) -> None:
    """Take a measure away; without effect when it is gone. Raises `Conflict`."""
    found = _locked(scenario_id)
    measure = next((each for each in found.measures if each.id == measure_id), None)
    if measure is None:
        return
    _check(found, version)
    found.measures.remove(measure)
    db.session.flush()
    _computed(found)
    _saved(found, "measure_removed", kind=measure.kind)


def compute_again(scenario_id: int) -> None:
    """Compute the outcome from what is loaded now. Raises `what_if.TooManyHomesError`."""
    found = _locked(scenario_id)
    _computed(found)
    db.session.commit()


def become_intervention(scenario_id: int, version: int) -> tuple[Intervention, int]:
    """Make the intervention of a scenario, once; and how many measures are not in its shape.

    An intervention is of points, lines or areas: it takes what is like the first measure.
    Raises `Conflict` on another version, `NotFound` without measures.
    """
    found = _locked(scenario_id)
    known = db.session.get(Intervention, found.intervention_id or 0)
    if known is not None:
        return known, 0
    _check(found, version)
    if not found.measures:
        raise NotFound
    drawn, left_out = _one_shape(found.measures)
    case = db.session.get_one(Case, found.case_id)
    key = uuid5(found.form_key, "intervention")
    made = make_intervention(case, _intervention_values(found), set(), to_lonlat(drawn), key)
    # That committed; the key makes a second one at the same time the same.
    found.intervention_id = made.id
    events.record("scenario", found.id, "became_intervention", intervention=made.id)
    db.session.commit()
    return made, left_out


def _one_shape(measures: list[ScenarioMeasure]) -> tuple[BaseGeometry, int]:
    shapes = [shape(each.geom) for each in measures]
    wanted = shapely.get_dimensions(shapes[0])
    alike = [each for each in shapes if shapely.get_dimensions(each) == wanted]
    return shapely.union_all(alike), len(shapes) - len(alike)


def _intervention_values(scenario: Scenario) -> dict[str, Any]:
    """What an intervention begins with; its Dutch text is required, so that is what is written."""
    costs = [each.cost_cents for each in scenario.measures if each.cost_cents is not None]
    with force_locale("nl"):
        told = [gettext("planning.scenario.summary", title=scenario.title)]
        if costs:
            amount, count = euros(sum(costs)), len(scenario.measures)
            told.append(
                gettext("planning.scenario.summary_cost", cost=amount, n=len(costs), count=count)
            )
    return {
        "title": {"nl": scenario.title[:TITLE_MAXIMUM]},
        "summary": {"nl": " ".join(told)},
        "wares": ["hardware"],
        "phase": "idea",
        **dict.fromkeys(DATES),
        "responsible_party_id": None,
        "stop_reason": "",
        "round_override_reason": "",
    }


def _locked(scenario_id: int, version: int | None = None) -> Scenario:
    """The scenario as it stands now, held until the end of the transaction."""
    found = db.session.scalar(
        select(Scenario)
        .where(Scenario.id == scenario_id)
        .with_for_update(of=Scenario)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if version is not None:
        _check(found, version)
    return found


def _check(scenario: Scenario, version: int) -> None:
    if scenario.version != version:
        raise Conflict


def _set(measure: ScenarioMeasure, values: dict[str, Any]) -> None:
    measure.kind = values["kind"]
    measure.geom = stored(values["drawn"])
    measure.parameters = values["parameters"]
    measure.cost_cents = values["cost_cents"]


def _computed(scenario: Scenario) -> None:
    if not scenario.measures:
        scenario.result = None
        return
    found = what_if.outcome(scenario.case_id, scenario.measures)
    if scenario.result is None:
        scenario.result = ScenarioResult()
    scenario.result.effects = found.effects
    scenario.result.inputs = found.inputs
    scenario.result.fingerprint = found.fingerprint
    scenario.result.computed_at = datetime.now(UTC)


def _saved(scenario: Scenario, action: str, **details: Any) -> None:
    scenario.version += 1
    scenario.changed_at = datetime.now(UTC)
    events.record("scenario", scenario.id, action, version=scenario.version, **details)
    db.session.commit()
