"""Rounds as planners and case managers keep them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests import factories
from webapp.deals.models import Round
from webapp.events import Event
from webapp.extensions import db

TEXTS = {f"{name}_nl": f"{name} in het Nederlands" for name in ("title", "about", "who", "decides")}
FIELDS = TEXTS | {"opens_at": "2026-07-01T09:00", "closes_at": "2026-12-01T17:30"}


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture(autouse=True)
def planner(pages, case):
    user = factories.make_user("planner", case=case)
    pages.sign_in(user)
    return user


def new(pages, case, status=200, **fields):
    page = pages.get("/nl/rounds/new")
    return pages.post("/nl/rounds/new", page, status, case=case.slug, **(FIELDS | fields))


def edit(pages, held, status=200, page=None, **fields):
    path = f"/nl/rounds/{held.id}"
    page = page or pages.get(path)
    version = page.all("input", name="version")[0]["value"]
    return pages.post(path, page, status, **({"version": version} | FIELDS | fields))


def events_of(held_id):
    own = select(Event.action).where(Event.subject == "round", Event.subject_id == held_id)
    return db.session.scalars(own.order_by(Event.id)).all()


@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_the_pages_read_in_every_language(pages, case, language):
    pages.get(f"/{language}/rounds")
    held = factories.make_round(case)
    for path in ("rounds", "rounds/new", f"rounds/{held.id}"):
        pages.get(f"/{language}/{path}")


def test_times_are_those_of_a_clock_in_amsterdam(pages, case):
    new(pages, case)
    held = db.session.scalars(select(Round)).one()
    assert held.opens_at == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert held.closes_at == datetime(2026, 12, 1, 16, 30, tzinfo=UTC)
    page = pages.get(f"/nl/rounds/{held.id}")
    assert page.all("input", name="opens_at")[0]["value"] == "2026-07-01T09:00"
    assert events_of(held.id) == ["created"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title_nl": " "},
        {"decides_nl": ""},
        {"title_en": "x" * 201},
        {"opens_at": ""},
        {"opens_at": "soon"},
        {"opens_at": "0001-01-01T00:00"},
        {"closes_at": "9999-12-31T23:59"},
        {"closes_at": "2026-07-01T09:00"},
        {"opens_at": "2026-03-29T02:30"},
        {"more_info_url": "javascript:alert(1)"},
        {"more_info_url": "ftp://example.org"},
        {"more_info_url": "https://"},
        {"more_info_url": "https://[x"},
        {"more_info_url": "https://a b"},
    ],
)
def test_what_cannot_be_is_refused_with_words_at_the_field(pages, case, fields):
    page = new(pages, case, 400, **fields)
    name = next(iter(fields))
    assert any(link["href"] == f"#{name}" for link in page.all("a") if "href" in link)
    assert db.session.scalars(select(Round)).all() == []


def test_a_round_is_made_only_in_the_own_cases(pages):
    new(pages, factories.make_case(), 400)
    assert db.session.scalars(select(Round)).all() == []


def test_a_round_elsewhere_is_out_of_reach(pages, case):
    own, other = factories.make_round(case), factories.make_round(factories.make_case())
    page = pages.get(f"/nl/rounds/{own.id}")
    pages.get(f"/nl/rounds/{other.id}", 404)
    for end in ("", "/close", "/delete"):
        pages.post(f"/nl/rounds/{other.id}{end}", page, 404, version="1", **FIELDS)
    assert f"/nl/rounds/{other.id}" not in pages.get("/nl/rounds").links()


def test_what_was_done_is_told_in_dutch_first(pages, case):
    held = factories.make_round(case)
    edit(pages, held, 400, outcome_en="Ten trees")
    edit(pages, held, outcome_en="Ten trees", outcome_nl="Tien bomen")
    db.session.refresh(held)
    assert held.outcome == {"nl": "Tien bomen", "en": "Ten trees"}


def test_saving_changes_the_version_and_nothing_else_saves_nothing(pages, case):
    held = factories.make_round(case)
    edit(pages, held)
    edit(pages, held)
    db.session.refresh(held)
    assert held.version == 2
    assert events_of(held.id) == ["changed"]


def test_a_newer_version_is_shown_and_not_overwritten_unseen(pages, case):
    held = factories.make_round(case)
    page = pages.get(f"/nl/rounds/{held.id}")
    edit(pages, held, page=page, about_nl="De eerste die bewaart")
    shown = edit(pages, held, 409, page=page, about_nl="De tweede")
    assert "De eerste die bewaart" in shown.text
    assert "De tweede" in shown.text
    db.session.refresh(held)
    assert held.about["nl"] == "De eerste die bewaart"
    edit(pages, held, page=shown, about_nl="De tweede")
    db.session.refresh(held)
    assert held.about["nl"] == "De tweede"


def test_an_open_round_can_be_closed_now_and_once(pages, case):
    held = factories.make_round(case)
    page = pages.get(f"/nl/rounds/{held.id}")
    pages.post(f"/nl/rounds/{held.id}/close", page)
    db.session.refresh(held)
    assert held.state(datetime.now(UTC)) == "closed"
    pages.post(f"/nl/rounds/{held.id}/close", page, 409)
    assert events_of(held.id) == ["closed_early"]


def test_a_round_with_wishes_stays(pages, case):
    held = factories.make_round(case)
    page = pages.get(f"/nl/rounds/{held.id}")
    wish = factories.make_wish(case, round_id=held.id)
    assert "Ronde weghalen" not in pages.get(f"/nl/rounds/{held.id}").text
    pages.post(f"/nl/rounds/{held.id}/delete", page, 409)
    wish.round_id = None
    db.session.flush()
    pages.post(f"/nl/rounds/{held.id}/delete", page)
    assert db.session.scalars(select(Round)).all() == []


def test_hostile_text_is_only_text(pages, case):
    hostile = "<script>alert(1)</script>"
    new(pages, case, title_nl=hostile, about_nl=hostile)
    assert "<script>alert" not in pages.get("/nl/rounds").html
