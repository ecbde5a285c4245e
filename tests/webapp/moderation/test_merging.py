"""Merging doubles: into a wish of the same case that stays, never in a circle."""

import pytest

from tests import factories
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.moderation.actions import Decision, decide, reopen


@pytest.fixture
def case(app):
    return factories.make_case()


def merge(wish, into):
    decision = Decision("merged", wish.version, wish.text, merge_into=into)
    decide(wish.id, decision)
    db.session.refresh(wish)


def test_a_double_points_at_the_wish_that_stays(case):
    stays, double = factories.make_wish(case, status="published"), factories.make_wish(case)
    merge(double, stays.id)
    assert (double.status, double.merged_into_id) == ("merged", stays.id)


def test_a_chain_is_shortened_to_the_wish_that_stays(case):
    first, second, third = (factories.make_wish(case) for _ in range(3))
    merge(first, second.id)
    merge(second, third.id)
    db.session.refresh(first)
    assert first.merged_into_id == second.merged_into_id == third.id


def test_merging_into_a_merged_wish_reaches_the_one_that_stays(case):
    first, second, third = (factories.make_wish(case) for _ in range(3))
    merge(first, second.id)
    merge(third, first.id)
    assert third.merged_into_id == second.id


def test_a_circle_is_refused(case):
    first, second = factories.make_wish(case), factories.make_wish(case)
    merge(first, second.id)
    with pytest.raises(Invalid):
        merge(second, first.id)
    with pytest.raises(Invalid):
        merge(second, second.id)


@pytest.mark.parametrize("status", ["withdrawn", "refused", "referred"])
def test_merging_into_a_wish_that_is_gone_is_refused(case, status):
    gone, double = factories.make_wish(case, status=status), factories.make_wish(case)
    with pytest.raises(Invalid):
        merge(double, gone.id)


def test_merging_into_another_case_is_refused(case):
    elsewhere, double = factories.make_wish(), factories.make_wish(case)
    with pytest.raises(Invalid):
        merge(double, elsewhere.id)


def test_opening_again_undoes_the_merge(case):
    stays, double = factories.make_wish(case), factories.make_wish(case)
    merge(double, stays.id)
    reopen(double.id, double.version)
    assert (double.status, double.merged_into_id) == ("submitted", None)


@pytest.mark.parametrize("number", ["", "abc", "0", "-1", "99999999999999999999", "424242"])
def test_a_number_that_is_no_wish_is_refused_in_words(pages, case, number):
    pages.sign_in(factories.make_user("moderator", case=case))
    wish = factories.make_wish(case)
    path = f"/nl/moderation/{wish.id}"
    page = pages.post(path, pages.get(path), 400, decision="merged", version="1", merge_into=number)
    assert page.all("div", role="alert")


def test_another_decision_ignores_the_number(pages, case):
    pages.sign_in(factories.make_user("moderator", case=case))
    wish = factories.make_wish(case)
    path = f"/nl/moderation/{wish.id}"
    pages.post(path, pages.get(path), decision="private", version="1", merge_into="abc")
    db.session.refresh(wish)
    assert wish.status == "private"
