"""Writes of moderation: decide about a wish, open it again, send a message once more."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from webapp import events
from webapp.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.moderation.queries import MERGEABLE
from webapp.wishes.checks import flags_for
from webapp.wishes.models import STATUS_TYPES, Message, Wish
from webapp.wishes.publication import publishable_precision


@dataclass(frozen=True)
class Decision:
    """What a moderator decided, each value checked by itself; `text` is the text as it stays."""

    status: str
    version: int
    text: str
    precision: str = "exact"
    merge_into: int | None = None
    reason: str | None = None
    explanation: str = ""


def decide(wish_id: int, decision: Decision) -> Wish:
    """Carry out a decision: the wish, its event and the message to the resident, together.

    Raises `Conflict` when someone decided or the resident changed the wish meanwhile, `Invalid`
    with the field when the wish can't be merged there or its neighbourhood is not known.
    """
    wish = _locked(wish_id)
    if wish.status != "submitted" or wish.version != decision.version:
        raise Conflict
    if decision.status == "merged":
        _merge(wish, decision.merge_into)
    if decision.status == "published":
        _publish(wish, decision.precision)
    _mask(wish, decision.text)
    wish.status = decision.status
    wish.reason = decision.reason
    wish.decision_text = decision.explanation or None
    wish.decided_at = datetime.now(UTC)
    wish.version += 1
    events.record("wish", wish.id, decision.status, **_details(wish))
    _queue_message(wish)
    db.session.commit()
    return wish


def reopen(wish_id: int, version: int) -> Wish:
    """Put a decided wish back into the queue. Raises `Conflict` when it changed meanwhile."""
    wish = _locked(wish_id)
    if STATUS_TYPES[wish.status] not in {"public", "closed"} or wish.version != version:
        raise Conflict
    before, wish.status = wish.status, "submitted"
    wish.reason = wish.decision_text = wish.decided_at = wish.merged_into_id = None
    wish.version += 1
    db.session.execute(delete(Message).where(*_waiting_decision(wish)))
    events.record("wish", wish.id, "reopened", before=before)
    db.session.commit()
    return wish


def try_again(message: Message) -> None:
    """Let the worker send a message at its next turn, however often it failed."""
    if message.sent_at is not None:
        raise Conflict
    message.attempts, message.failure = 0, None
    events.record("wish", message.wish_id, "message_tried_again", message=message.id)
    db.session.commit()


def _locked(wish_id: int) -> Wish:
    wish = db.session.scalar(
        select(Wish)
        .where(Wish.id == wish_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if wish is None:
        raise NotFound
    return wish


def _publish(wish: Wish, chosen: str) -> None:
    precision = publishable_precision(wish.kind, wish.door, chosen)
    if precision == "neighbourhood" and wish.area_id is None:
        raise Invalid(problems=[{"path": "precision", "reason": "no_area"}])
    wish.precision = precision


def _merge(wish: Wish, into: int | None) -> None:
    """Point a wish, and all that were merged into it, at the wish that stays."""
    target = db.session.get(Wish, into, with_for_update=True)
    if target is not None and target.status == "merged":
        target = db.session.get(Wish, target.merged_into_id, with_for_update=True)
    if target is None or target.case_id != wish.case_id or target.status not in MERGEABLE:
        raise Invalid(problems=[{"path": "merge_into", "reason": "not_here"}])
    if target.id == wish.id:
        raise Invalid(problems=[{"path": "merge_into", "reason": "itself"}])
    followers = update(Wish).where(Wish.merged_into_id == wish.id)
    db.session.execute(followers.values(merged_into_id=target.id))
    wish.merged_into_id = target.id


def _mask(wish: Wish, text: str) -> None:
    if text != wish.text:
        wish.text, wish.flags = text, flags_for(text)
        events.record("wish", wish.id, "masked")


def _details(wish: Wish) -> dict[str, str | int | None]:
    """What the log keeps: codes and numbers, never words."""
    if wish.status == "published":
        return {"precision": wish.precision}
    if wish.status == "merged":
        return {"into": wish.merged_into_id}
    return {"reason": wish.reason} if wish.reason else {}


def _queue_message(wish: Wish) -> None:
    """One message that something was decided; not a second one while the first still waits."""
    waiting = db.session.scalar(select(Message.id).where(*_waiting_decision(wish)))
    if wish.contact and waiting is None:
        db.session.add(Message(wish_id=wish.id, kind="decision", language=wish.contact.language))


def _waiting_decision(wish: Wish) -> tuple[bool, ...]:
    return (
        Message.wish_id == wish.id,
        Message.kind == "decision",
        Message.sent_at.is_(None),
    )  # type: ignore[return-value]
