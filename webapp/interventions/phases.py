"""The phases of an intervention: what may follow what, and which dates each phase asks for."""

from collections.abc import Mapping
from datetime import date

from webapp.interventions.models import PHASE_TYPES

START_PHASES = ("idea", "explored", "planned")
NEXT_PHASES: Mapping[str, tuple[str, ...]] = {
    "idea": ("explored", "planned", "stopped"),
    "explored": ("idea", "planned", "stopped"),
    "planned": ("explored", "in_execution", "stopped"),
    "in_execution": ("planned", "done", "stopped"),
    "done": ("in_execution", "maintained"),
    "maintained": ("done",),
    "stopped": ("idea", "explored"),
}
ASKED_DATES: Mapping[str, tuple[str, ...]] = {
    "planned": ("planned_start",),
    "in_execution": ("actual_start",),
    "done": ("actual_start", "actual_end"),
    "maintained": ("actual_start", "actual_end"),
}

Dates = Mapping[str, date | None]


def possible_phases(phase: str | None) -> tuple[str, ...]:
    """The phases a form may offer: where it stands and where it may go; None for a new one."""
    return (phase, *NEXT_PHASES[phase]) if phase else START_PHASES


def needs_closed_round(phase: str) -> bool:
    """Whether rule WISH-1 asks for a closed wish round before this phase."""
    return PHASE_TYPES[phase] in {"active", "done"}


def wrong_dates(phase: str, dates: Dates, today: date) -> dict[str, str]:
    """What is wrong with the dates of a phase: per field a reason, empty when they agree."""
    wrong = {name: "missing" for name in ASKED_DATES.get(phase, ()) if not dates.get(name)}
    for start, end in (("planned_start", "planned_end"), ("actual_start", "actual_end")):
        if _before(dates.get(end), dates.get(start)):
            wrong[end] = "before_start"
    if dates.get("actual_end") and not dates.get("actual_start"):
        wrong.setdefault("actual_start", "missing")
    for name in ("actual_start", "actual_end"):
        if _before(today, dates.get(name)):
            wrong[name] = "in_future"
    if dates.get("actual_end") and PHASE_TYPES[phase] in {"open", "active"}:
        wrong["actual_end"] = "not_finished"
    return wrong


def _before(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other
