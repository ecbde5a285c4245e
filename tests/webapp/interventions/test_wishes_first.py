"""Rule WISH-1: first the wishes, then the plan."""

import pytest

from tests import factories
from webapp.errors import Conflict
from webapp.extensions import db
from webapp.interventions import actions

PLANNED = {"phase": "planned", "planned_start": "2027-01-01"}


def values(**changes):
    plain = {
        "title": {"nl": "Bomen"},
        "summary": {"nl": "Er komen bomen."},
        "wares": [],
        "phase": "planned",
        "planned_start": None,
        "planned_end": None,
        "actual_start": None,
        "actual_end": None,
        "responsible_party_id": None,
        "stop_reason": "",
        "round_override_reason": "",
    }
    return plain | changes


def test_a_case_without_a_closed_round_cannot_plan(desk):
    factories.make_round(desk.case)
    intervention = factories.make_intervention(desk.case)
    page = desk.save(desk.edit(intervention), intervention, **PLANNED)
    assert "nog geen wensenronde afgesloten" in page.text
    assert intervention.phase == "idea"


def test_after_a_closed_round_it_can(desk):
    factories.make_round(desk.case, days_open=-60)
    intervention = factories.make_intervention(desk.case)
    desk.save(desk.edit(intervention), intervention, **PLANNED)
    assert intervention.phase == "planned"


def test_a_round_of_another_case_does_not_help(desk):
    factories.make_round(factories.make_case(desk.deal), days_open=-60)
    page = desk.make(**PLANNED)
    assert "nog geen wensenronde afgesloten" in page.text


def test_with_a_reason_it_can_and_the_reason_stays_visible(desk, pages):
    intervention = factories.make_intervention(desk.case)
    reason = {"round_override_reason": "De straat ligt nu open."}
    desk.save(desk.edit(intervention), intervention, **PLANNED, **reason)
    assert intervention.phase == "planned"
    for path in ("", "/preview", "/history"):
        page = pages.get(f"/nl/interventions/{intervention.id}{path}")
        assert "De straat ligt nu open." in page.text


def test_the_reason_cannot_be_taken_away_while_the_rule_needs_it(desk):
    intervention = factories.make_intervention(
        desk.case, phase="planned", round_override_reason="Spoed"
    )
    page = desk.save(desk.edit(intervention), intervention, **PLANNED, round_override_reason="")
    assert "nog geen wensenronde afgesloten" in page.text
    assert intervention.round_override_reason == "Spoed"


def test_the_action_decides_not_only_the_form(app):
    intervention = factories.make_intervention(factories.make_case())
    with pytest.raises(actions.RoundNeeded):
        actions.change_intervention(intervention.id, 1, values(), set(), None)


def test_a_phase_that_may_not_follow_is_refused_by_the_action(app):
    case = factories.make_case()
    factories.make_round(case, days_open=-60)
    intervention = factories.make_intervention(case)
    with pytest.raises(Conflict):
        actions.change_intervention(intervention.id, 1, values(phase="done"), set(), None)


def test_a_second_tab_with_the_old_version_cannot_slip_by(app):
    intervention = factories.make_intervention(factories.make_case())
    actions.change_intervention(intervention.id, 1, values(phase="explored"), set(), None)
    with pytest.raises(Conflict):
        actions.change_intervention(intervention.id, 1, values(), set(), None)
    db.session.refresh(intervention)
    assert intervention.phase == "explored"
