"""The queue, one wish, decided wishes and the outbox: what is shown to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories
from webapp.extensions import db
from webapp.wishes.models import WishContact

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> 06-12345678 {{ 7*7 }} \u202e"
PAGES = ("moderation", "moderation/decided", "moderation/outbox")


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture(autouse=True)
def moderator(pages, case):
    user = factories.make_user("moderator", case=case)
    pages.sign_in(user)
    return user


def numbers(page):
    return [int(href.split("/")[3].split("?")[0]) for href in listed(page)]


def listed(page):
    links = [href for href in page.links() if href.startswith("/nl/moderation/")]
    return list(dict.fromkeys(href for href in links if href.split("/")[3][:1].isdigit()))


@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_the_pages_read_in_every_language(pages, case, language):
    text = "Bel 06-12345678 of a@example.org"
    wish = factories.make_wish(case, text=text, flags=["phone_number", "email_address"])
    done = factories.make_wish(case, status="refused", reason="hurtful", decision_text="Nee")
    factories.make_message(wish)
    for path in (*PAGES, f"moderation/{wish.id}", f"moderation/{done.id}"):
        pages.get(f"/{language}/{path}")


def test_the_oldest_wish_comes_first(pages, case):
    now = datetime.now(UTC)
    young = factories.make_wish(case, submitted_at=now)
    old = factories.make_wish(case, submitted_at=now - timedelta(days=3))
    assert numbers(pages.get("/nl/moderation")) == [old.id, young.id]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("flag=any", {"flagged"}),
        ("flag=phone_number", {"flagged"}),
        ("flag=person_name", set()),
        ("language=ar", {"arabic"}),
        ("flag=%00&language=%00&case=%00", {"flagged", "arabic"}),
        ("flag=nonsense", {"flagged", "arabic"}),
    ],
)
def test_the_queue_can_be_narrowed(pages, case, query, shown):
    wishes = {
        "flagged": factories.make_wish(case, flags=["phone_number"]),
        "arabic": factories.make_wish(case, language="ar"),
    }
    found = set(numbers(pages.get(f"/nl/moderation?{query}")))
    assert found == {wishes[name].id for name in shown}


def test_an_empty_queue_says_so(pages):
    assert "U bent bij" in pages.get("/nl/moderation").text


def test_only_wishes_of_the_own_cases_are_there(pages, case):
    own, other = factories.make_wish(case), factories.make_wish()
    assert numbers(pages.get("/nl/moderation")) == [own.id]
    pages.get(f"/nl/moderation/{other.id}", 404)
    token = pages.get(f"/nl/moderation/{own.id}")
    fields = {"decision": "published", "precision": "exact", "version": "1"}
    pages.post(f"/nl/moderation/{other.id}", token, 404, **fields)
    db.session.refresh(other)
    assert other.status == "submitted"


def test_a_decided_wish_elsewhere_cannot_be_opened_or_found(pages, case):
    other = factories.make_wish(status="private", text="elders")
    token = pages.get(f"/nl/moderation/{factories.make_wish(case).id}")
    pages.post(f"/nl/moderation/{other.id}/reopen", token, 404, version="1")
    assert "elders" not in pages.get("/nl/moderation/decided?q=elders").text.replace(
        "elders", "", 1
    )


def test_a_case_of_another_moderator_in_the_address_shows_nothing(pages):
    other = factories.make_wish()
    assert listed(pages.get(f"/nl/moderation?case={other.case.slug}")) == []


def test_a_wish_that_was_taken_back_is_gone(pages, case):
    pages.get(f"/nl/moderation/{factories.make_wish(case, status='withdrawn').id}", 404)


def test_hostile_text_is_only_text(pages, case):
    wish = factories.make_wish(case, text=HOSTILE, place_words=HOSTILE, flags=["phone_number"])
    for path in ("/nl/moderation", f"/nl/moderation/{wish.id}"):
        page = pages.get(path)
        assert "<script>alert" not in page.html
        assert not page.all("img", src="x")
        assert "{{ 7*7 }}" in page.text


def test_flagged_pieces_are_marked(pages, case):
    wish = factories.make_wish(case, text="Bel 06-12345678", flags=["phone_number"])
    page = pages.get(f"/nl/moderation/{wish.id}")
    assert page.all("mark")
    assert "(telefoonnummer)" in page.text


def test_what_was_said_before_nearby_is_shown(pages, case):
    x, y = factories.HAARLEM
    wish = factories.make_wish(case)
    same = factories.make_wish(case, at=(x + 60, y), text="ook schaduw")
    factories.make_wish(case, at=(x + 160, y), text="te ver")
    factories.make_wish(case, at=(x + 20, y), text="iets anders", kind="threat", theme="air_noise")
    factories.make_wish(at=(x + 10, y), text="andere case")
    factories.make_wish(case, at=(x + 10, y), text="geweigerd", status="refused")
    page = pages.get(f"/nl/moderation/{wish.id}")
    assert f"Wens {same.id}" in page.text
    assert "op 60 m" in page.text
    for text in ("te ver", "iets anders", "andere case", "geweigerd"):
        assert text not in page.text


def test_a_whole_neighbourhood_is_shown_by_its_outline(pages, case):
    area = factories.make_area()
    wishes = [
        factories.make_wish(case, door="neighbourhood", geom=None, area_id=area.id)
        for _ in range(2)
    ]
    page = pages.get(f"/nl/moderation/{wishes[0].id}")
    assert "Polygon" in page.all("div", data_module="moderation_map")[0]["data-places"]
    assert f"Wens {wishes[1].id}" in page.text


@pytest.mark.parametrize("query", ["schaduw", "%", "_", "\\", "'", "#12", "9" * 30, "²", "%00"])
def test_any_search_gets_an_answer(pages, case, query):
    factories.make_wish(case, status="private")
    pages.get("/nl/moderation/decided", query_string={"q": query})


def test_decided_wishes_are_found_by_word_number_and_decision(pages, case):
    wish = factories.make_wish(case, status="refused", text="Een vijver graag")
    other = factories.make_wish(case, status="private", text="Een bank")
    factories.make_wish(case, text="Een vijver die wacht")
    for query in ("q=VIJVER", f"q={wish.id}", f"q=%23{wish.id}", "status=refused"):
        assert numbers(pages.get(f"/nl/moderation/decided?{query}")) == [wish.id]
    assert set(numbers(pages.get("/nl/moderation/decided?status=submitted"))) == {wish.id, other.id}


def make_message(case, **values):
    wish = factories.make_wish(case, status="private")
    factories.add(
        WishContact(
            wish=wish, email="jansen@example.org", language="nl", retain_until=wish.retain_until
        )
    )
    message = factories.make_message(wish, "decision")
    for name, value in values.items():
        setattr(message, name, value)
    db.session.flush()
    return message


def test_the_outbox_never_shows_an_address(pages, case):
    make_message(case)
    page = pages.get("/nl/moderation/outbox")
    assert "jansen" not in page.html
    assert "j…@…" in page.text


def test_without_a_mail_server_the_outbox_says_so(pages, case):
    make_message(case, failure="TimeoutError", attempts=8)
    page = pages.get("/nl/moderation/outbox")
    assert "geen mailserver ingesteld" in page.text
    assert not page.all("form", method="post")


@pytest.mark.parametrize(
    "failure", ["no_address", "SMTPRecipientsRefused", "NotSafe", "SMTPAuthenticationError", "X"]
)
def test_a_failure_is_told_in_words(pages, case, failure):
    make_message(case, failure=failure, attempts=2)
    page = pages.get("/nl/moderation/outbox")
    assert failure not in page.text.split()
    assert "Pogingen: 2." in page.text


@pytest.fixture
def mail_server(app):
    app.config["SMTP_URL"] = "smtp://localhost"
    yield
    app.config["SMTP_URL"] = ""


def test_a_failed_message_can_be_tried_again(pages, case, mail_server):
    message = make_message(case, failure="TimeoutError", attempts=8)
    page = pages.get("/nl/moderation/outbox")
    pages.post(f"/nl/moderation/outbox/{message.id}", page)
    db.session.refresh(message)
    assert (message.attempts, message.failure) == (0, None)


def test_a_message_elsewhere_or_sent_cannot_be_tried_again(pages, case, mail_server):
    make_message(case, failure="TimeoutError", attempts=1)
    page = pages.get("/nl/moderation/outbox")
    elsewhere = make_message(factories.make_case(), failure="TimeoutError", attempts=1)
    pages.post(f"/nl/moderation/outbox/{elsewhere.id}", page, 404)
    sent = make_message(case, sent_at=datetime.now(UTC))
    pages.post(f"/nl/moderation/outbox/{sent.id}", page, 409)


def test_a_planner_has_no_queue(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    pages.get("/nl/moderation", 403)
