"""Writes of planners: views that are saved, renamed and taken away."""

from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from webapp import events
from webapp.errors import Conflict
from webapp.extensions import db
from webapp.planning.models import SavedView


def save_view(case_id: int, title: str, state: str) -> SavedView:
    """Keep a look at the map. Raises `Conflict` when the case has one of that name."""
    view = SavedView(case_id=case_id, title=title, state=state, made_by=current_user.id)
    try:
        with db.session.begin_nested():
            db.session.add(view)
    except IntegrityError as error:
        raise Conflict from error
    events.record("saved_view", view.id, "saved", case=case_id)
    db.session.commit()
    return view


def rename_view(view: SavedView, title: str) -> None:
    """Give a view another name. Raises `Conflict` when the case has one of that name."""
    try:
        with db.session.begin_nested():
            view.title = title
    except IntegrityError as error:
        db.session.refresh(view)
        raise Conflict from error
    events.record("saved_view", view.id, "renamed", case=view.case_id)
    db.session.commit()


def delete_view(view: SavedView) -> None:
    """Take a view away; what it showed stays."""
    events.record("saved_view", view.id, "deleted", case=view.case_id)
    db.session.delete(view)
    db.session.commit()
