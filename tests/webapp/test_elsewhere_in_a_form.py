"""A form of one's own case that names things of another case or deal changes nothing."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests import factories
from webapp.accounts.models import Grant
from webapp.budgets.models import Booking
from webapp.deals.models import Round
from webapp.extensions import db
from webapp.interventions.models import Intervention, WishLink


@pytest.fixture
def here(app):
    """A deal with a line, a party and a case."""
    return World()


@pytest.fixture
def there(app):
    """Another one."""
    return World()


class World:
    def __init__(self):
        self.deal = factories.make_deal()
        self.goal = factories.make_programme_line(self.deal)
        self.line = factories.make_budget_line(self.deal, [self.goal])
        self.party = factories.make_party(self.deal)
        self.case = factories.make_case(self.deal)
        factories.make_round(self.case, -60, 30)
        self.wish = factories.make_wish(self.case, status="published")
        self.waiting = factories.make_wish(self.case, status="submitted")
        self.plan = factories.make_intervention(self.case)


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def post(pages, path, form_at="", **fields):
    token = pages.get(form_at or path).token
    return pages.client.post(path, data={"csrf_token": token, **fields}).status_code


@pytest.mark.parametrize("foreign", ["line", "party", "case", "intervention"])
def test_a_booking_names_only_what_is_of_its_own_deal(pages, here, there, foreign):
    pages.sign_in(factories.make_user("controller", deal=here.deal))
    path = f"/nl/budgets/{here.deal.slug}/book"
    fields = {
        **{name: field.get("value") for name, field in _hidden(pages.get(path)).items()},
        "line": here.line.id,
        "source": "state",
        "stage": "allocated",
        "amount": "1,00",
        "booked_on": date(2026, 1, 2),
        "year": "2026",
        "document_ref": "B-1",
        "case": here.case.id,
        "intervention": here.plan.id,
        "party": here.party.id,
    }
    other = {
        "line": there.line,
        "party": there.party,
        "case": there.case,
        "intervention": there.plan,
    }
    before = count(Booking)
    assert post(pages, path, **{**fields, foreign: other[foreign].id}) in {200, 400}
    assert count(Booking) == before
    assert post(pages, path, **fields) == 302
    assert count(Booking) == before + 1


def _hidden(page):
    return {one["name"]: one for one in page.all("input", type="hidden") if "name" in one}


@pytest.mark.parametrize("foreign", ["responsible_party", "programme_lines"])
def test_an_intervention_names_only_what_is_of_its_own_deal(pages, here, there, foreign):
    pages.sign_in(factories.make_user("case_manager", case=here.case))
    path = f"/nl/interventions/new/{here.case.slug}"
    fields = {
        **{name: field.get("value") for name, field in _hidden(pages.get(path)).items()},
        "title_nl": "Bomen",
        "summary_nl": "Bomen",
        "phase": "idea",
        "wares": "hardware",
        "responsible_party": here.party.id,
        "programme_lines": here.goal.id,
    }
    other = {"responsible_party": there.party, "programme_lines": there.goal}
    before = count(Intervention)
    assert post(pages, path, **{**fields, foreign: other[foreign].id}) in {200, 400}
    assert count(Intervention) == before
    extra = {"case_id": there.case.id, "published_at": "2026-01-01", "is_demo": "1", "id": "1"}
    assert post(pages, path, **fields, **extra) == 302
    made = db.session.scalars(select(Intervention).order_by(Intervention.id.desc())).first()
    assert (made.case_id, made.published_at, made.is_demo) == (here.case.id, None, False)


def test_only_moderated_wishes_of_the_own_case_are_linked(pages, here, there):
    pages.sign_in(factories.make_user("case_manager", case=here.case))
    path = f"/nl/interventions/{here.plan.id}/wishes"
    for wish in (there.wish, there.waiting, here.waiting):
        post(pages, path, wishes=wish.id, relation="answers")
    assert count(WishLink) == 0
    post(pages, path, wishes=here.wish.id, relation="answers")
    assert count(WishLink) == 1


def test_a_wish_is_merged_only_within_its_case(pages, here, there):
    pages.sign_in(factories.make_user("moderator", case=here.case))
    path = f"/nl/moderation/{here.waiting.id}"
    for wish in (there.wish, there.waiting):
        merge = {"decision": "merged", "version": "1", "merge_into": wish.id}
        assert post(pages, path, **merge) == 400
    assert here.waiting.merged_into_id is None


def test_a_round_is_made_only_in_the_own_case(pages, here, there):
    pages.sign_in(factories.make_user("planner", case=here.case))
    words = dict.fromkeys(("title_nl", "about_nl", "who_nl", "decides_nl"), "Woorden")
    moments = {"opens_at": "2027-01-01T10:00", "closes_at": "2027-02-01T10:00"}
    before = count(Round)
    fields = {"case": there.case.slug, **words, **moments}
    assert post(pages, "/nl/rounds/new", **fields) == 400
    assert count(Round) == before


def test_an_administrator_of_a_deal_gives_no_role_beyond_it(pages, here, there):
    someone = factories.make_user("planner", case=here.case)
    pages.sign_in(factories.make_user("admin", deal=here.deal))
    path = f"/nl/staff/{someone.id}"
    before = count(Grant)
    for place in ("everywhere", f"deal:{there.deal.id}", f"case:{there.case.id}", "deal:None", ""):
        assert post(pages, path, role="admin", place=place) == 400
    assert count(Grant) == before
    assert post(pages, path, role="planner", place=f"deal:{here.deal.id}") == 302
    outsider = factories.make_user("planner", case=there.case)
    assert post(pages, f"/nl/staff/{outsider.id}", path, role="planner", place="x") == 404
    active = f"/nl/staff/{outsider.id}/active"
    assert post(pages, active, path, active="0") == 404
