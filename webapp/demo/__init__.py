"""A living deal for newcomers: drawn geography and an invented story, marked as demo everywhere."""

import hashlib
import hmac

from flask import Flask, current_app
from sqlalchemy import select, text

from webapp.accounts.models import Grant, User
from webapp.deals.models import Deal
from webapp.extensions import db
from webapp.interventions.models import Intervention
from webapp.wishes.models import Wish

DEAL = "mra-west"
CASE_OF_ONE = "haarlem"
ROLES = ("moderator", "planner", "case_manager", "controller", "admin")
LOCK = 0x64656D6F  # "demo": one load at a time


def load_demo(app: Flask) -> list[str]:
    """Load what is not there yet; return the lines that tell a newcomer how to sign in."""
    from webapp.deals.actions import load_deal
    from webapp.deals.deal_file import shipped_deals
    from webapp.demo.geography import load_geography
    from webapp.demo.layers import load_layers
    from webapp.demo.network import load_network

    with app.app_context():
        for path in shipped_deals():
            load_deal(path)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        load_geography(db.session)
        load_network()
        deal = db.session.scalars(select(Deal).filter_by(slug=DEAL)).one()
        if not db.session.scalar(select(Wish.id).filter_by(is_demo=True).limit(1)):
            _tell_story(deal)
        _add_accounts(deal)
        db.session.commit()
        load_layers()
        return _how_to_start()


def _tell_story(deal: Deal) -> None:
    from webapp.demo import money, story

    stage = story.scene(deal)
    story.add_rounds(stage)
    for case in deal.cases:
        db.session.refresh(case)
        for step in case.steps:
            step.state = ("done", "active", "open", "open")[step.number - 1]
    wishes = story.add_wishes(stage)
    story.add_interventions(stage, wishes)
    made = db.session.scalars(select(Intervention).filter_by(is_demo=True))
    money.add_bookings(stage, {intervention.title["nl"]: intervention for intervention in made})


def _password() -> str:
    """The same for all demo accounts of this installation, and of no other: made from its key."""
    key = current_app.config["SECRET_KEY"].encode()
    letters = hmac.new(key, b"demo accounts", hashlib.sha256).hexdigest()[:16]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _address(role: str) -> str:
    return f"{role.replace('_', '')}@demo.example"


def _add_accounts(deal: Deal) -> None:
    from flask_security import hash_password

    known = set(db.session.scalars(select(User.email)))
    for role in ROLES:
        if _address(role) in known:
            continue
        user = User(
            email=_address(role),
            password=hash_password(_password()),
            fs_uniquifier=hashlib.sha256(f"{_password()}{role}".encode()).hexdigest()[:32],
        )
        user.grants.append(Grant(role=role, deal_id=None if role == "admin" else deal.id))
        db.session.add(user)


def _how_to_start() -> list[str]:
    addresses = ", ".join(_address(role) for role in ROLES)
    return [f"Demo accounts: {addresses}", f"Password of each: {_password()}"]
