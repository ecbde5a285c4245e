"""Writes of the ledger: entries are added and reversed, never changed or taken away."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gis.money import LARGEST_CENTS
from webapp import events
from webapp.budgets.models import FUNDERS, STAGES, Booking
from webapp.deals.models import BudgetLine, Case, Deal, Party
from webapp.errors import Conflict, Forbidden, Invalid
from webapp.extensions import db
from webapp.interventions.models import Intervention
from webapp.permissions import Scope

COMPARED = (
    *("budget_line_id", "case_id", "intervention_id", "party_id", "funder", "in_kind"),
    *("is_state_money", "stage", "amount_cents", "year", "booked_on", "document_ref"),
    *("note", "valuation_note", "reverses_id"),
)


def book(scope: Scope, deal: Deal, values: dict[str, Any], form_key: UUID) -> Booking:
    """Add an amount (whole eurocents) to the ledger; the same form twice is one entry.

    Raises `Forbidden` outside the scope, `Invalid` with what does not fit, `Conflict` when the form
    was sent before with another content.
    """
    _check_scope(scope, deal, values["case_id"])
    problems = [*_own_problems(values), *_deal_problems(deal, values)]
    if problems:
        raise Invalid(problems=[{"path": path, "reason": reason} for path, reason in problems])
    return _add(Booking(**values, form_key=form_key), "booked")


def _check_scope(scope: Scope, deal: Deal, case_id: int | None) -> None:
    """What belongs to no case belongs to the deal, and needs the whole deal."""
    if scope.covers_deal(deal.id):
        return
    if case_id is None:
        raise Forbidden
    scope.check(case_id)


def _own_problems(values: dict[str, Any]) -> list[tuple[str, str]]:
    in_kind, funder = values["in_kind"], values["funder"]
    checks = {
        ("amount_cents", "must be more than nothing"): 0 < values["amount_cents"] <= LARGEST_CENTS,
        ("funder", "unknown"): funder in FUNDERS,
        ("stage", "unknown"): values["stage"] in STAGES,
        ("funder", "the state pays money"): not (in_kind and funder == "state"),
        ("valuation_note", "missing"): not in_kind or bool(values["valuation_note"]),
        ("is_state_money", "only for regional public money"): not values["is_state_money"]
        or (funder == "regional_public" and not in_kind),
        ("document_ref", "missing"): bool(values["document_ref"]),
        ("year", "out of range"): 2020 <= values["year"] <= 2100,
    }
    return [problem for problem, fine in checks.items() if not fine]


def _deal_problems(deal: Deal, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Line, case, intervention and party are all of this deal and of each other."""
    asked = {
        "budget_line_id": select(BudgetLine.id).where(BudgetLine.deal_id == deal.id),
        "case_id": select(Case.id).where(Case.deal_id == deal.id),
        "party_id": select(Party.id).where(Party.deal_id == deal.id),
        "intervention_id": select(Intervention.id).where(Intervention.case_id == values["case_id"]),
    }
    return [
        (name, "not of this deal or case")
        for name, own in asked.items()
        if values[name] is not None and values[name] not in set(db.session.scalars(own))
    ]


def reverse(
    booking_id: int, form_key: UUID, *, reason: str, document_ref: str, booked_on: date, year: int
) -> Booking:
    """Take an entry back with an opposite one that has its own document and reason.

    Raises `Conflict` when the entry was reversed already, `Invalid` when it is itself a reversal.
    """
    found = db.session.scalars(
        select(Booking).where(Booking.id == booking_id).with_for_update(key_share=True)
    ).one()
    if found.reverses_id is not None:
        raise Invalid(problems=[{"path": "booking", "reason": "is itself a reversal"}])
    kept = {name: getattr(found, name) for name in COMPARED}
    opposite = kept | {
        "amount_cents": -found.amount_cents,
        "reverses_id": found.id,
        "note": reason,
        "document_ref": document_ref,
        "booked_on": booked_on,
        "year": year,
    }
    return _add(Booking(**opposite, form_key=form_key, is_demo=found.is_demo), "reversed")


def _add(booking: Booking, action: str) -> Booking:
    signed_in = current_user and current_user.is_authenticated
    booking.created_by_id = current_user.id if signed_in else None
    given = {name: getattr(booking, name) for name in COMPARED}
    try:
        with db.session.begin_nested():
            db.session.add(booking)
    except IntegrityError:
        return _booked_before(booking.form_key, given)
    events.record(
        "booking",
        booking.id,
        action,
        line=booking.budget_line_id,
        case=booking.case_id,
        intervention=booking.intervention_id,
        cents=booking.amount_cents,
        reverses=booking.reverses_id,
    )
    db.session.commit()
    return booking


def _booked_before(form_key: UUID | None, given: dict[str, Any]) -> Booking:
    """The entry that this form made before. Raises `Conflict` when it made another, or none."""
    found = db.session.scalar(select(Booking).where(Booking.form_key == form_key))
    if found is None or any(getattr(found, name) != value for name, value in given.items()):
        raise Conflict
    return found
