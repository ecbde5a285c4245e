"""What a moderator decides: published, private, merged, referred, refused, and opened again."""

import pytest
from sqlalchemy import func, select

from tests import factories
from webapp.events import Event
from webapp.extensions import db
from webapp.wishes.models import Message, WishContact
from webapp.wishes.publication import published_wishes

WORDS = "De grond is van de provincie. Vraag het daar."


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture(autouse=True)
def moderator(pages, case):
    user = factories.make_user("moderator", case=case)
    pages.sign_in(user)
    return user


@pytest.fixture
def wish(case):
    return factories.make_wish(case, area_id=factories.make_area().id)


def add_contact(wish):
    return factories.add(
        WishContact(wish=wish, email="r@example.org", language="tr", retain_until=wish.retain_until)
    )


def decide(pages, wish, decision, status=200, page=None, **fields):
    path = f"/nl/moderation/{wish.id}"
    page = page or pages.get(path)
    version = page.all("input", name="version")[0]["value"]
    shown = pages.post(path, page, status, decision=decision, version=version, **fields)
    db.session.refresh(wish)
    return shown


def events_of(wish):
    own = select(Event).where(Event.subject == "wish", Event.subject_id == wish.id)
    return [event.action for event in db.session.scalars(own.order_by(Event.id))]


def published():
    return db.session.execute(published_wishes()).all()


@pytest.mark.parametrize("precision", ["exact", "100m", "neighbourhood"])
def test_publishing_shows_the_wish_as_precisely_as_was_chosen(pages, wish, precision):
    decide(pages, wish, "published", precision=precision)
    assert [row.precision for row in published()] == [precision]
    assert events_of(wish) == ["published"]
    assert wish.decided_at is not None


def test_an_unsafe_place_is_stored_as_its_neighbourhood(pages, case):
    wish = factories.make_wish(case, kind="unsafe", area_id=factories.make_area().id)
    page = pages.get(f"/nl/moderation/{wish.id}")
    assert not page.all("input", name="precision")
    decide(pages, wish, "published", precision="exact")
    assert wish.precision == "neighbourhood"


def test_a_place_in_no_known_neighbourhood_is_not_shown_as_one(pages, case):
    wish = factories.make_wish(case)
    page = decide(pages, wish, "published", 400, precision="neighbourhood")
    assert "buurt van deze plek is niet bekend" in page.text
    assert wish.status == "submitted"


@pytest.mark.parametrize("decision", ["private", "referred", "refused"])
def test_what_is_not_published_stays_out_of_sight(pages, wish, decision):
    decide(pages, wish, decision, reason="other_owner", explanation=WORDS)
    assert wish.status == decision
    assert published() == []


@pytest.mark.parametrize("decision", ["referred", "refused"])
@pytest.mark.parametrize(
    "fields",
    [
        {"explanation": WORDS},
        {"reason": "too_costly"},
        {"reason": "too_costly", "explanation": "  nee   "},
        {"reason": "because", "explanation": WORDS},
        {"reason": "too_costly", "explanation": "x" * 1001},
    ],
)
def test_saying_no_needs_a_reason_and_words(pages, wish, decision, fields):
    page = decide(pages, wish, decision, 400, **fields)
    assert page.all("div", role="alert")
    assert wish.status == "submitted"
    assert events_of(wish) == []


def test_the_resident_will_read_the_reason_and_the_words(pages, wish):
    decide(pages, wish, "refused", reason="other_owner", explanation=WORDS)
    assert (wish.reason, wish.decision_text) == ("other_owner", WORDS)


@pytest.mark.parametrize("decision", ["", "withdrawn", "submitted", "<b>"])
def test_only_these_decisions_exist(pages, wish, decision):
    decide(pages, wish, decision, 400)
    assert wish.status == "submitted"


@pytest.mark.parametrize("version", ["", "x", "²", "99999999999999999999999"])
def test_a_version_that_is_no_version_decides_nothing(pages, wish, version):
    page = pages.get(f"/nl/moderation/{wish.id}")
    pages.client.post(
        f"/nl/moderation/{wish.id}",
        data={"csrf_token": page.token, "decision": "private", "version": version},
    )
    db.session.refresh(wish)
    assert wish.status == "submitted"


def test_the_next_wish_opens(pages, case, wish):
    later = factories.make_wish(case)
    decide(pages, wish, "private")
    assert pages.response.request.path == f"/nl/moderation/{later.id}"
    decide(pages, later, "private")
    assert pages.response.request.path == "/nl/moderation"


def test_the_filter_stays_on_while_going_on(pages, case):
    first = factories.make_wish(case, flags=["phone_number"])
    factories.make_wish(case)
    flagged = factories.make_wish(case, flags=["phone_number"])
    page = pages.get(f"/nl/moderation/{first.id}?flag=any")
    form = next(form for form in page.all("form", method="post") if form.get("id") == "decision")
    pages.post(form["action"], page, decision="private", version="1")
    assert pages.response.request.path == f"/nl/moderation/{flagged.id}"


@pytest.mark.parametrize("decision", ["published", "private", "refused"])
def test_a_resident_with_an_address_gets_one_message(pages, wish, decision):
    add_contact(wish)
    decide(pages, wish, decision, precision="exact", reason="hurtful", explanation=WORDS)
    message = db.session.scalars(select(Message)).one()
    assert (message.wish_id, message.kind, message.language) == (wish.id, "decision", "tr")


def test_without_an_address_there_is_no_message(pages, wish):
    decide(pages, wish, "private")
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_deciding_again_sends_no_second_message_while_the_first_waits(pages, wish):
    add_contact(wish)
    for decision in ("private", "published"):
        decide(pages, wish, decision, precision="exact")
        pages.post(
            f"/nl/moderation/{wish.id}/reopen", reopen_page(pages, wish), version=wish.version
        )
        db.session.refresh(wish)
    decide(pages, wish, "private")
    assert len(db.session.scalars(select(Message)).all()) == 1


def reopen_page(pages, wish):
    return pages.get(f"/nl/moderation/{wish.id}")


def test_opening_again_takes_the_wish_out_of_sight(pages, wish):
    decide(pages, wish, "published", precision="exact")
    page = reopen_page(pages, wish)
    pages.post(f"/nl/moderation/{wish.id}/reopen", page, version=wish.version)
    db.session.refresh(wish)
    assert (wish.status, wish.decided_at, wish.version) == ("submitted", None, 3)
    assert events_of(wish) == ["published", "reopened"]
    assert published() == []


def test_opening_again_twice_is_refused_calmly(pages, wish):
    decide(pages, wish, "private")
    page, version = reopen_page(pages, wish), wish.version
    pages.post(f"/nl/moderation/{wish.id}/reopen", page, version=version)
    pages.post(f"/nl/moderation/{wish.id}/reopen", page, 409, version=version)
    pages.post(f"/nl/moderation/{wish.id}/reopen", page, 400, version="x")


def test_the_second_of_two_moderators_sees_what_the_first_decided(pages, wish):
    page = pages.get(f"/nl/moderation/{wish.id}")
    decide(pages, wish, "refused", page=page, reason="hurtful", explanation=WORDS)
    shown = decide(pages, wish, "published", 409, page=page, precision="exact")
    assert "Een collega besloot net" in shown.text
    assert WORDS in shown.text
    assert wish.status == "refused"


def test_a_wish_that_its_resident_changed_meanwhile_is_looked_at_again(pages, wish):
    page = pages.get(f"/nl/moderation/{wish.id}")
    wish.version += 1
    db.session.commit()
    shown = decide(pages, wish, "published", 409, page=page, precision="exact")
    assert "intussen veranderd" in shown.text
    assert wish.status == "submitted"


def test_masked_pieces_are_gone_everywhere_but_not_logged(pages, case):
    secret = "06-12345678"
    wish = factories.make_wish(
        case,
        text=f"Bel Karel op {secret}",
        flags=["phone_number"],
        area_id=factories.make_area().id,
    )
    decide(pages, wish, "published", precision="exact", mask="0", mask_words="Karel")
    assert wish.text == "Bel […] op […]"
    assert wish.flags == []
    assert events_of(wish) == ["masked", "published"]
    details = db.session.scalars(select(Event.details)).all()
    assert secret not in str(details)
    assert "Karel" not in str(details)


def test_words_that_are_not_in_the_text_cannot_be_masked(pages, wish):
    page = decide(pages, wish, "published", 400, mask_words="iets anders")
    assert "staat niet in de tekst" in page.text


def test_masking_everything_leaves_the_mark(pages, wish):
    decide(pages, wish, "published", precision="exact", mask_words=wish.text)
    assert wish.text == "[…]"
