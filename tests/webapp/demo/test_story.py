from collections import Counter
from datetime import UTC, datetime

import pytest
from flask_babel import gettext
from sqlalchemy import func, select

from webapp.budgets.models import FUNDERS, STAGES, Booking
from webapp.deals.models import Deal, Round
from webapp.demo import load_demo
from webapp.events import Event
from webapp.extensions import db
from webapp.interventions.models import PHASE_TYPES, RELATIONS, Intervention, WishLink
from webapp.languages import LANGUAGES
from webapp.wishes.models import KINDS, Wish
from webapp.wishes.publication import published_wishes


@pytest.fixture
def demo(app, monkeypatch):
    """The story without its map layers, which take seconds and have a test of their own."""
    monkeypatch.setattr("webapp.demo.layers.load_layers", lambda: 0)
    return load_demo(app)


def test_demo_tells_how_to_sign_in(demo):
    assert "moderator@demo.example" in demo[0]


def test_loading_twice_changes_nothing(demo, app):
    def counts() -> list[int | None]:
        tables = (Wish, Intervention, Booking, Round, Deal)
        return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]

    before = counts()
    assert load_demo(app) == demo
    assert counts() == before


def test_wishes_show_every_kind_language_and_state(demo):
    wishes = db.session.scalars(select(Wish)).all()
    assert {wish.kind for wish in wishes} == set(KINDS)
    assert {wish.language for wish in wishes} == set(LANGUAGES)
    assert {"submitted", "published", "private", "merged", "referred", "refused"} == {
        wish.status for wish in wishes
    }
    assert all(wish.is_demo and wish.area_id for wish in wishes)
    assert any(wish.flags for wish in wishes if wish.status == "submitted")


def test_rounds_are_open_and_closed(demo):
    states = Counter(row.state(datetime.now(UTC)) for row in db.session.scalars(select(Round)))
    assert states == {"closed": 4, "open": 5}


def test_interventions_stand_in_every_phase(demo):
    made = db.session.scalars(select(Intervention)).all()
    assert {intervention.phase for intervention in made} == set(PHASE_TYPES)
    assert {link.relation for link in db.session.scalars(select(WishLink))} == set(RELATIONS)
    assert any(intervention.round_override_reason for intervention in made)


def test_the_history_of_an_intervention_is_told_in_words(demo, app):
    found = select(Intervention.id).where(Intervention.published_at.is_not(None))
    history = db.session.scalars(select(Event).filter_by(subject="intervention")).all()
    assert {event.action for event in history} == {"made", "published"}
    told = {event.subject_id for event in history if event.action == "published"}
    assert told == set(db.session.scalars(found))
    with app.test_request_context("/nl/"):
        for event in history:
            key = f"interventions.event.{event.action}"
            assert gettext(key) != key


def test_every_funder_books_in_every_stage(demo):
    booked = set(db.session.execute(select(Booking.funder, Booking.stage)))
    assert booked == {(funder, stage) for funder in FUNDERS for stage in STAGES}
    assert db.session.scalar(select(Booking.id).where(Booking.reverses_id.is_not(None)))
    assert all(booking.is_demo for booking in db.session.scalars(select(Booking)))


def test_six_unsafe_places_show_and_two_do_not(demo):
    shown = db.session.execute(published_wishes().where(Wish.kind == "unsafe")).all()
    assert len(shown) == 6
    assert len({row.area_code for row in shown}) == 1
