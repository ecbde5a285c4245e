"""Reads of deals: the rounds of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, func, select, table
from sqlalchemy.orm import selectinload

from webapp.deals.models import Case, Round
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.permissions import Scope

# Deals stand below wishes, so this table is named here, not imported.
_wishes = table("wishes", column("id"), column("round_id"))


@dataclass(frozen=True)
class HeldRound:
    """A round and how many wishes were given in it."""

    round: Round
    wishes: int


def open_rounds(case_id: Any, moment: Any) -> Select[Any]:
    """The id of the round of a case that is open at a moment; of several, the last to open."""
    return (
        select(Round.id)
        .where(Round.case_id == case_id, Round.opens_at <= moment, Round.closes_at > moment)
        .order_by(Round.opens_at.desc(), Round.id.desc())
        .limit(1)
    )


def current_round(case_id: int, now: datetime) -> Round | None:
    """The round of a case that is open at a moment; of several, the one that opened last."""
    return db.session.scalar(open_rounds(case_id, now).with_only_columns(Round))


def closed_round_exists(case_id: int, now: datetime) -> bool:
    """Whether a case has closed a round of wishes before a moment (rule WISH-1)."""
    closed = select(Round.id).where(Round.case_id == case_id, Round.closes_at <= now)
    return bool(db.session.scalar(select(closed.exists())))


def rounds_in(scope: Scope) -> list[HeldRound]:
    """The rounds of the cases within a scope, per case the latest first, with their wishes."""
    given = func.count(_wishes.c.id)
    rows = db.session.execute(
        select(Round, given)
        .join(Round.case)
        .outerjoin(_wishes, _wishes.c.round_id == Round.id)
        .where(scope.limit(Round.case_id))
        .group_by(Round.id, Case.position)
        .order_by(Case.position, Round.opens_at.desc())
        .options(selectinload(Round.case))
    )
    return [HeldRound(held, wishes) for held, wishes in rows]


def cases_in(scope: Scope) -> Sequence[Case]:
    """The cases within a scope."""
    return db.session.scalars(
        select(Case).where(scope.limit(Case.id)).order_by(Case.position)
    ).all()


def round_in(scope: Scope, round_id: int) -> Round:
    """A round within a scope. Raises `NotFound` for one elsewhere."""
    found = db.session.scalar(select(Round).where(Round.id == round_id, scope.limit(Round.case_id)))
    if found is None:
        raise NotFound
    return found


def wishes_of_round(round_id: int) -> int:
    """How many wishes were given in a round."""
    own = select(func.count()).select_from(_wishes).where(_wishes.c.round_id == round_id)
    return db.session.scalar(own) or 0
