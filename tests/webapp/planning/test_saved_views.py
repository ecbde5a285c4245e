"""Views of the map under a name: saved per case, opened, renamed, taken away."""

import pytest
from sqlalchemy import func, select

from tests import factories
from webapp.events import Event
from webapp.extensions import db
from webapp.planning.models import SavedView


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def planner(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    return pages


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(SavedView)) or 0


def test_what_is_saved_is_what_the_page_shows(planner, case):
    address = "/nl/planning?theme=green&table=wishes&find=x&sort=id"
    page = planner.post(address, planner.get(address), title="  Groen   hier ", in_case=case.slug, at="4.65000,52.36000,13.00")  # fmt: skip
    saved = db.session.scalars(select(SavedView)).one()
    assert (saved.title, saved.case_id) == ("Groen hier", case.id)
    assert saved.state == "theme=green&table=wishes&sort=id&at=4.65000%2C52.36000%2C13.00"
    assert "De weergave is bewaard." in page.text
    assert f"/nl/planning?{saved.state}" in page.links()
    assert db.session.scalar(select(Event.action).where(Event.subject == "saved_view")) == "saved"


def test_a_name_is_needed_and_used_once_per_case(planner, case):
    page = planner.get("/nl/planning")
    planner.post("/nl/planning", page, 400, title=" ", in_case=case.slug)
    planner.post("/nl/planning", page, 400, title="x" * 101, in_case=case.slug)
    planner.post("/nl/planning", page, title="Groen", in_case=case.slug)
    page = planner.post("/nl/planning", page, 409, title="Groen", in_case=case.slug)
    assert "al een weergave met deze naam" in page.text
    assert count() == 1


def test_nothing_is_saved_in_another_case_or_with_a_mistake(planner, case):
    other = factories.make_case(case.deal)
    page = planner.get("/nl/planning")
    planner.post("/nl/planning", page, 400, title="Groen", in_case=other.slug)
    planner.post("/nl/planning?theme=moon", page, 400, title="Groen", in_case=case.slug)
    assert count() == 0


def test_a_post_without_a_token_saves_nothing(planner, case):
    answer = planner.client.post("/nl/planning", data={"title": "Groen", "in_case": case.slug})
    assert answer.status_code == 400
    assert count() == 0


def test_only_views_of_own_cases_are_seen(planner, case):
    factories.make_saved_view(case, "Van ons")
    hidden = factories.make_saved_view(factories.make_case(case.deal), "Van hen")
    text = planner.get("/nl/planning").text
    assert "Van ons" in text
    assert "Van hen" not in text
    planner.get(f"/nl/planning/views/{hidden.id}", status=404)


def test_rename_and_take_away(planner, case):
    saved = factories.make_saved_view(case, "Groen")
    factories.make_saved_view(case, "Blauw")
    address = f"/nl/planning/views/{saved.id}"
    page = planner.post(address, planner.get(address), title="Groener")
    assert db.session.get(SavedView, saved.id).title == "Groener"
    page = planner.post(address, page, 409, title="Blauw")
    assert "al een weergave" in page.text
    planner.post(address, page, 400, title="")
    planner.post(f"{address}/delete", page)
    assert count() == 1


def test_a_view_of_which_a_layer_is_gone_says_so(planner, case):
    saved = factories.make_saved_view(case, "Oud", "layers=pet%40123%3A80")
    assert "Een deel van deze weergave" in planner.get(f"/nl/planning/views/{saved.id}").text
