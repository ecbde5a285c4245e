"""The append-only log: every change to a wish, intervention or budget writes one row here.

Details hold codes, numbers and field names, never a resident's words or contact data.
"""

from typing import Any

from flask_login import current_user
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Document, Key, Model, Now, db


class Event(Model):
    """Who did what to which subject, and when. The database refuses to change or delete a row."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject", "subject", "subject_id"),)

    id: Mapped[Key]
    at: Mapped[Now] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str]
    subject_id: Mapped[int]
    action: Mapped[str]
    details: Mapped[Document]


def record(subject: str, subject_id: int, action: str, **details: Any) -> Event:
    """Add an event to the current transaction; the caller commits it with the change itself."""
    event = Event(
        actor_id=actor_id(),
        subject=subject,
        subject_id=subject_id,
        action=action,
        details=details,
    )
    db.session.add(event)
    return event


def actor_id() -> int | None:
    """Who does it: the member of staff that is signed in, or nobody that we know."""
    return current_user.id if current_user and current_user.is_authenticated else None
