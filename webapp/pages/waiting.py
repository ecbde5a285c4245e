"""What waits for a member of staff: one count per kind of work that the roles allow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select

from webapp.budgets.queries import cases_of, deals_in, facts_of, ledger_sums, rule_results, visible
from webapp.budgets.rules import Facts
from webapp.chain.coverage import interventions_lacking, wishes_in_state
from webapp.deals.models import Deal, Round
from webapp.extensions import db
from webapp.permissions import Scope, may, scope_of
from webapp.wishes.models import Message, Wish
from webapp.wishes.publication import wishes_for_staff

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Work:
    """One kind of work: how much of it waits, and where to go."""

    name: str
    icon: str
    count: int
    url: str


def waiting_for(user: Any, now: datetime) -> list[Work]:
    """Everything that this member of staff may do, also where nothing waits."""
    made = (_moderation, _answers, _drafts, _rounds, _outcomes, _messages, _rules)
    found = (make(user, now) for make in made)
    return [work for work in found if work is not None]


def _count(rows: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _moderation(user: Any, _now: datetime) -> Work | None:
    if not may(user, "moderate_wishes"):
        return None
    seen = wishes_for_staff(scope_of(user, "moderate_wishes"))
    count = _count(seen.where(Wish.status == "submitted"))
    return Work("moderation", "list", count, url_for("moderation.queue"))


def _answers(user: Any, _now: datetime) -> Work | None:
    if not may(user, "see_wishes"):
        return None
    count = _count(wishes_in_state(scope_of(user, "see_wishes"), "waiting"))
    return Work("answers", "clock", count, url_for("chain.coverage_wishes", state="waiting"))


def _drafts(user: Any, _now: datetime) -> Work | None:
    if not may(user, "manage_interventions"):
        return None
    count = _count(interventions_lacking(scope_of(user, "manage_interventions"), "publication"))
    url = url_for("chain.coverage_interventions", lack="publication")
    return Work("drafts", "construction", count, url)


def _rounds(user: Any, now: datetime) -> Work | None:
    return _rounds_where(user, "rounds", Round.closes_at > now, Round.closes_at <= now + SOON)


def _outcomes(user: Any, now: datetime) -> Work | None:
    return _rounds_where(user, "outcomes", Round.closes_at <= now, Round.outcome == {})


def _rounds_where(user: Any, name: str, *conditions: Any) -> Work | None:
    if not may(user, "manage_rounds"):
        return None
    scope = scope_of(user, "manage_rounds")
    count = _count(select(Round.id).where(scope.limit(Round.case_id), *conditions))
    return Work(name, "calendar", count, url_for("deals.rounds"))


def _messages(user: Any, _now: datetime) -> Work | None:
    if not may(user, "see_outbox"):
        return None
    scope = scope_of(user, "see_outbox")
    unsent = select(Message.id).join(Wish).where(Message.sent_at.is_(None))
    count = _count(unsent.where(scope.limit(Wish.case_id)))
    return Work("messages", "mail", count, url_for("moderation.outbox"))


def _rules(user: Any, _now: datetime) -> Work | None:
    """Rules that fail now, per deal of which the whole may be seen."""
    if not may(user, "see_budgets"):
        return None
    scope = scope_of(user, "see_budgets")
    count = sum(
        result.outcome == "failure"
        for deal in deals_in(scope)
        if scope.covers_deal(deal.id)
        for _rule, result in rule_results(deal, _facts(deal, scope))
    )
    return Work("rules", "triangle-alert", count, url_for("budgets.overview"))


def _facts(deal: Deal, scope: Scope) -> Facts:
    return facts_of(deal, ledger_sums(visible(deal, scope)), cases_of(deal, scope))
