"""What a wish leaves behind, and how little of it tells who gave it."""

from sqlalchemy import select

from tests import factories
from webapp.extensions import db
from webapp.wishes.actions import withdraw_wish
from webapp.wishes.drafts import draft_of_wish
from webapp.wishes.models import WishDraft


def test_taking_back_also_forgets_forms_that_were_open_to_change_it(app, case):
    wish, other = factories.make_wish(case), factories.make_wish(case)
    draft_of_wish(wish)
    kept = draft_of_wish(other)
    withdraw_wish(wish.id)
    assert db.session.scalars(select(WishDraft)).all() == [kept]


def test_a_published_wish_says_in_which_month_it_was_given(pages, case):
    wish = factories.make_wish(case, status="published")
    day = wish.submitted_at
    text = pages.get(f"/en/chain/wishes/{wish.id}").text
    assert f"{day:%B %Y}" in text
    assert f"{day:%B} {day.day}, {day.year}" not in text
    assert f"{day:%B} {day.day}, {day.year}" not in pages.get("/en/cases/haarlem").text


def test_a_merged_wish_does_not_lead_to_one_that_waits(client, case):
    for status, expected in (("submitted", 404), ("private", 404), ("published", 302)):
        target = factories.make_wish(case, status=status)
        merged = factories.make_wish(case, status="merged", merged_into_id=target.id)
        assert client.get(f"/nl/chain/wishes/{merged.id}").status_code == expected
