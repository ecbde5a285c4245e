"""What is past its date is forgotten: drafts, e-mail addresses, wishes."""

from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update

from webapp import events
from webapp.extensions import db
from webapp.wishes.models import Message, Wish, WishContact, WishDraft


def forget_expired() -> None:
    """Delete every row that is past its date; what others did with a wish keeps its own record."""
    today = datetime.now(UTC).date()
    db.session.execute(delete(WishDraft).where(WishDraft.expires_at <= func.now()))
    past = select(WishContact.wish_id).where(WishContact.retain_until < today)
    db.session.execute(delete(Message).where(Message.wish_id.in_(past), Message.sent_at.is_(None)))
    db.session.execute(delete(WishContact).where(WishContact.retain_until < today))
    _forget_wishes(list(db.session.scalars(select(Wish.id).where(Wish.retain_until < today))))
    db.session.commit()


def _forget_wishes(ids: list[int]) -> None:
    merged = update(Wish).where(Wish.merged_into_id.in_(ids)).values(merged_into_id=None)
    db.session.execute(merged)
    db.session.execute(delete(Wish).where(Wish.id.in_(ids)))
    for wish_id in ids:
        events.record("wish", wish_id, "forgotten")
