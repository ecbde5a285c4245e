"""Reads of deals: the rounds of a case."""

from datetime import datetime

from sqlalchemy import select

from webapp.deals.models import Round
from webapp.extensions import db


def current_round(case_id: int, now: datetime) -> Round | None:
    """The round of a case that is open at a moment; of several, the one that opened last."""
    return db.session.scalar(
        select(Round)
        .where(Round.case_id == case_id, Round.opens_at <= now, Round.closes_at > now)
        .order_by(Round.opens_at.desc(), Round.id.desc())
        .limit(1)
    )


def closed_round_exists(case_id: int, now: datetime) -> bool:
    """Whether a case has closed a round of wishes before a moment (rule WISH-1)."""
    closed = select(Round.id).where(Round.case_id == case_id, Round.closes_at <= now)
    return bool(db.session.scalar(select(closed.exists())))
