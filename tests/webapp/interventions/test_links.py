from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HAARLEM
from webapp.errors import Invalid
from webapp.events import Event
from webapp.extensions import db
from webapp.interventions import actions
from webapp.permissions import Scope
from webapp.wishes.models import Message, WishContact

EVERYTHING = Scope(True, frozenset(), frozenset())


def wish_at(case, east=0.0, status="published", **values):
    return factories.make_wish(case, at=(HAARLEM[0] + east, HAARLEM[1]), status=status, **values)


def with_contact(wish, language="tr"):
    until = date(2026, 1, 1) + timedelta(days=3650)
    contact = WishContact(
        wish_id=wish.id, email="bewoner@example.org", language=language, retain_until=until
    )
    return factories.add(contact)


def offered(page):
    return {int(found["value"]) for found in page.all("input", name="wishes")}


def linked(intervention):
    db.session.refresh(intervention)
    return {link.wish_id: link.relation for link in intervention.links}


def find(desk, intervention, query):
    return desk.pages.get(f"/nl/interventions/{intervention.id}/wishes?{query}")


def post_links(desk, intervention, page, status=200, **fields):
    path = f"/nl/interventions/{intervention.id}/wishes"
    return desk.pages.post(path, page, status, **fields)


def test_only_moderated_wishes_of_the_case_are_offered(desk):
    intervention = factories.make_intervention(desk.case)
    public, private = wish_at(desk.case), wish_at(desk.case, status="private")
    for status in ("submitted", "refused", "withdrawn", "merged"):
        wish_at(desk.case, status=status)
    wish_at(factories.make_case())
    assert offered(find(desk, intervention, "how=search")) == {public.id, private.id}


def test_words_find_wishes(desk):
    intervention = factories.make_intervention(desk.case)
    bench = wish_at(desk.case, text="Een bankje")
    wish_at(desk.case, text="Een boom")
    assert offered(find(desk, intervention, "how=search&text=BANK")) == {bench.id}


def test_within_and_near_measure_from_the_drawn_area(desk):
    intervention = factories.make_intervention(desk.case)  # 100 m square: edge at 50 m
    inside, near, far = wish_at(desk.case), wish_at(desk.case, 149), wish_at(desk.case, 151)
    assert offered(find(desk, intervention, "how=within")) == {inside.id}
    found = offered(find(desk, intervention, "how=near&metres=100"))
    assert found == {inside.id, near.id}
    assert far.id not in found


@pytest.mark.parametrize("metres", ["0", "2001", "-5", "NaN", "1e309", "", "many"])
def test_rubbish_distances_are_named(desk, metres):
    intervention = factories.make_intervention(desk.case)
    page = find(desk, intervention, f"how=near&metres={metres}")
    assert page.all("div", class_="error-summary")


def test_without_a_geometry_searching_by_place_says_what_to_do(desk):
    intervention = factories.make_intervention(desk.case, geom=None)
    assert "Teken eerst" in find(desk, intervention, "how=near&metres=100").text


def test_ticked_wishes_are_linked_with_events_for_both(desk):
    intervention = factories.make_intervention(desk.case)
    one, other = wish_at(desk.case), wish_at(desk.case)
    page = find(desk, intervention, "how=within")
    post_links(desk, intervention, page, wishes=[one.id, other.id], relation="partly")
    assert linked(intervention) == {one.id: "partly", other.id: "partly"}
    actions_found = set(db.session.scalars(select(Event.action)))
    assert {"wish_linked", "linked"} <= actions_found


def test_nothing_ticked_asks_to_tick(desk):
    intervention = factories.make_intervention(desk.case)
    wish_at(desk.case)
    page = post_links(desk, intervention, find(desk, intervention, "how=within"), relation="partly")
    assert "Vul dit in" in page.text
    assert linked(intervention) == {}


def test_a_wish_of_another_case_or_unmoderated_cannot_be_linked(desk):
    intervention = factories.make_intervention(desk.case)
    own = wish_at(desk.case)
    page = find(desk, intervention, "how=within")
    for wrong in (wish_at(factories.make_case()), wish_at(desk.case, status="submitted")):
        post_links(desk, intervention, page, 400, wishes=[own.id, wrong.id], relation="answers")
    assert linked(intervention) == {}


@pytest.mark.parametrize("wishes", [["x"], ["-1"], ["9" * 30], ["999999"], ["١"]])
def test_rubbish_wish_numbers_link_nothing(desk, wishes):
    intervention = factories.make_intervention(desk.case)
    wish_at(desk.case)
    page = find(desk, intervention, "how=within")
    path = f"/nl/interventions/{intervention.id}/wishes"
    answer = desk.pages.client.post(
        path, data={"csrf_token": page.token, "wishes": wishes, "relation": "answers"}
    )
    assert answer.status_code in {200, 400}
    assert linked(intervention) == {}


def test_an_unknown_relation_is_refused_by_form_and_action(desk):
    intervention = factories.make_intervention(desk.case)
    wish = wish_at(desk.case)
    page = find(desk, intervention, "how=within")
    post_links(desk, intervention, page, wishes=[wish.id], relation="loves")
    assert linked(intervention) == {}
    with pytest.raises(Invalid):
        actions.link_wishes(intervention.id, EVERYTHING, [wish.id], "loves")


def test_unlinking_is_an_event_and_may_be_repeated(desk, pages):
    intervention = factories.make_intervention(desk.case)
    wish = wish_at(desk.case)
    factories.link(intervention, wish)
    page = pages.get(f"/nl/interventions/{intervention.id}")
    for _ in range(2):
        pages.post(f"/nl/interventions/{intervention.id}/wishes/{wish.id}/unlink", page)
    assert linked(intervention) == {}
    assert len(list(db.session.scalars(select(Event).filter_by(action="wish_unlinked")))) == 1


def messages():
    return [(one.wish_id, one.kind, one.language) for one in db.session.scalars(select(Message))]


def test_publishing_queues_one_answer_for_who_left_an_address(app):
    intervention = factories.make_intervention(factories.make_case())
    told, silent = wish_at(intervention.case), wish_at(intervention.case)
    with_contact(told)
    actions.link_wishes(intervention.id, EVERYTHING, [told.id, silent.id], "answers")
    assert messages() == []
    actions.publish(intervention.id, 1)
    assert messages() == [(told.id, "answer", "tr")]


def test_linking_to_a_published_intervention_answers_at_once_and_only_once(app):
    intervention = factories.make_intervention(factories.make_case())
    actions.publish(intervention.id, 1)
    wish = wish_at(intervention.case)
    with_contact(wish)
    for _ in range(2):
        actions.link_wishes(intervention.id, EVERYTHING, [wish.id], "answers")
        actions.unlink_wish(intervention.id, wish.id)
    actions.unpublish(intervention.id, 2)
    actions.publish(intervention.id, 3)
    assert len(messages()) == 1


def test_publishing_needs_words_place_and_mention(app):
    case = factories.make_case(factories.make_deal(mention={}))
    intervention = factories.make_intervention(case, geom=None)
    with pytest.raises(Invalid) as refused:
        actions.publish(intervention.id, 1)
    assert [one["path"] for one in refused.value.problems] == ["geometry", "mention"]


def test_the_desk_says_what_is_missing_before_publishing(desk, pages):
    intervention = factories.make_intervention(desk.case, geom=None)
    address = f"/nl/interventions/{intervention.id}"
    assert "Teken waar de ingreep is" in pages.get(address).text
    pages.post(f"{address}/publish", pages.get(f"{address}/edit"), version="1")
    assert intervention.published_at is None


def test_the_desk_publishes_and_takes_back_with_the_right_version(desk, pages):
    intervention = factories.make_intervention(desk.case)
    address = f"/nl/interventions/{intervention.id}"
    page = pages.post(f"{address}/publish", pages.get(address), version="1")
    assert "nu openbaar" in page.text
    pages.post(f"{address}/unpublish", page, 409, version="1")
    page = pages.post(f"{address}/unpublish", page, version="2")
    assert "niet meer openbaar" in page.text


def test_the_card_shows_the_mention_and_falls_back_to_dutch(desk, pages):
    intervention = factories.make_intervention(desk.case, title={"nl": "Bomen"})
    page = pages.get(f"/ar/interventions/{intervention.id}/preview")
    assert "Made possible by the Regio Deal (ar)" in page.text
    assert "Bomen" in page.text
