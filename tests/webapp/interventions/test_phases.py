from datetime import date

import pytest

from webapp.interventions.models import PHASE_TYPES
from webapp.interventions.phases import (
    NEXT_PHASES,
    needs_closed_round,
    possible_phases,
    wrong_dates,
)

TODAY = date(2026, 6, 1)


def test_every_phase_leads_somewhere_known():
    assert set(NEXT_PHASES) == set(PHASE_TYPES)
    for phase, following in NEXT_PHASES.items():
        assert set(following) <= set(PHASE_TYPES) - {phase}


def test_nothing_is_done_without_having_been_in_execution():
    assert [phase for phase, after in NEXT_PHASES.items() if "done" in after] == [
        "in_execution",
        "maintained",
    ]


def test_a_new_intervention_cannot_start_as_done():
    assert "done" not in possible_phases(None)


def test_only_plans_and_what_follows_need_a_closed_round():
    needing = {phase for phase in PHASE_TYPES if needs_closed_round(phase)}
    assert needing == {"planned", "in_execution", "done", "maintained"}


@pytest.mark.parametrize(
    ("phase", "dates", "wrong"),
    [
        ("idea", {}, {}),
        ("planned", {}, {"planned_start": "missing"}),
        (
            "idea",
            {"planned_start": date(2026, 5, 2), "planned_end": date(2026, 5, 1)},
            {"planned_end": "before_start"},
        ),
        ("in_execution", {"actual_start": date(2026, 6, 2)}, {"actual_start": "in_future"}),
        (
            "in_execution",
            {"actual_start": date(2026, 1, 1), "actual_end": date(2026, 2, 1)},
            {"actual_end": "not_finished"},
        ),
        ("done", {"actual_start": date(2026, 1, 1), "actual_end": date(2026, 2, 1)}, {}),
        ("done", {"actual_start": date(2026, 1, 1)}, {"actual_end": "missing"}),
        ("stopped", {"actual_end": date(2026, 1, 1)}, {"actual_start": "missing"}),
    ],
)
def test_dates_agree_with_each_other_and_the_phase(phase, dates, wrong):
    assert wrong_dates(phase, dates, TODAY) == wrong
