import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from webapp.extensions import db
from webapp.wishes.models import Message, Wish, WishContact, WishDraft
from webapp.wishes.receipts import code_for, code_hash, read_code, receipt_code


@pytest.fixture
def wish(case):
    key = uuid4()
    return factories.make_wish(
        case,
        idempotency_key=key,
        code_hash=code_hash(code_for(key)),
        place_words="Zilverlindelaan 12, Meerwijk",
    )


@pytest.fixture
def code(wish):
    return code_for(wish.idempotency_key)


def test_a_code_is_the_same_for_the_same_key_and_secret_only():
    key = uuid4()
    assert receipt_code(key, "a") == receipt_code(key, "a")
    assert receipt_code(key, "a") != receipt_code(key, "b")
    assert receipt_code(key, "a") != receipt_code(uuid4(), "a")


@pytest.mark.parametrize(
    "typed", ["0123-4567-89AB-CDEF-GHJK", "o123 4567 89ab cdef ghjk", "0l23456789ABCDEFGHJK", " 0I234567-89abcdefghjk\n"]
)  # fmt: skip
def test_a_code_may_be_typed_in_many_ways(typed):
    assert read_code(typed) == "0123-4567-89AB-CDEF-GHJK"


@pytest.mark.parametrize("typed", ["", "0123", "0123-4567-89AB-CDEF-GHJU", "ﬀ" * 20, "0" * 21])
def test_what_is_not_a_code_is_not_read(typed):
    assert read_code(typed) is None


def test_the_receipt_shows_code_picture_and_what_happens_next(pages, code):
    page = pages.get(f"/nl/follow/{code}")
    assert code in page.text
    assert page.all("img")[1]["src"].startswith("data:image/svg+xml")
    assert "Wat gebeurt er nu?" in page.text
    assert "Nog niet bekeken" in page.text


@pytest.mark.parametrize("lang", factories.LANGUAGES)
def test_the_code_may_be_typed_by_hand(pages, code, lang):
    page = pages.get(f"/{lang}/follow")
    page = pages.post(f"/{lang}/follow", page, code=code.lower().replace("-", " "))
    assert code in page.text


def test_an_unknown_code_is_said(pages, app):
    page = pages.get("/nl/follow")
    assert "Deze code kennen wij niet" in pages.post("/nl/follow", page, 400, code="abc").text
    pages.get("/nl/follow/0000-0000-0000-0000-0000", 404)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("published", "Uw wens staat op de kaart"),
        ("private", "telt mee"),
        ("referred", "Dit is een melding voor de gemeente"),
        ("refused", "Dit is een melding voor de gemeente"),
    ],
)
def test_a_decision_is_read_with_its_reason(pages, wish, code, status, words):
    wish.status = status
    if status in ("referred", "refused"):
        wish.reason, wish.decision_text = "maintenance_report", "Meld dit bij de gemeente."
    db.session.commit()
    page = pages.get(f"/nl/follow/{code}")
    assert words in page.text
    assert ("Meld dit bij de gemeente." in page.text) == bool(wish.reason)
    assert "Wens wijzigen" not in page.text


def test_a_published_wish_leads_to_its_chain_page(pages, wish, code):
    wish.status = "published"
    db.session.commit()
    assert f"/nl/chain/wishes/{wish.id}" in pages.get(f"/nl/follow/{code}").links()


def test_an_unsafe_place_without_company_has_no_public_page(pages, wish, code):
    wish.status, wish.kind = "published", "unsafe"
    db.session.commit()
    links = pages.get(f"/nl/follow/{code}").links()
    assert not [link for link in links if "chain" in link]


def test_pages_with_a_code_are_not_stored_passed_on_or_indexed(pages, code):
    for path in (f"/nl/follow/{code}", f"/nl/follow/{code}/withdraw", "/nl/follow"):
        pages.get(path)
        headers = pages.response.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex"


def test_codes_and_keys_are_never_in_a_log(pages, resident, code, caplog):
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("werkzeug")
    resident.by_address()
    key = resident.path.split("/")[-2]
    for path in (f"/nl/follow/{code}", f"/nl/follow/{code}/withdraw", resident.path):
        logger.info('127.0.0.1 "GET %s HTTP/1.1" 200', path)
        pages.client.get(path)
    assert "follow/…" in caplog.text
    assert code not in caplog.text
    assert key not in caplog.text


def test_a_resident_withdraws_after_being_asked(pages, wish, code):
    factories.add(
        WishContact(wish_id=wish.id, email="a@b.nl", language="nl", retain_until=wish.retain_until),
        Message(wish_id=wish.id, kind="receipt", language="nl"),
    )
    page = pages.get(f"/nl/follow/{code}/withdraw")
    assert wish.status == "submitted"
    page = pages.post(f"/nl/follow/{code}/withdraw", page, 410)
    assert "Deze wens is ingetrokken" in page.text
    db.session.expire_all()
    assert (wish.status, wish.text, wish.geom, wish.contact) == ("withdrawn", "", None, None)
    pages.get(f"/nl/follow/{code}", 410)
    pages.get(f"/nl/follow/{code}/withdraw", 410)
    page = pages.get("/nl/follow")
    pages.post("/nl/follow", page, 410, code=code)


def test_a_resident_changes_a_wish_before_it_is_read(pages, wish, code):
    page = pages.get(f"/nl/follow/{code}")
    page = pages.post(f"/nl/follow/{code}/change", page)
    assert "Wat wilt u veranderen?" in page.text
    check = pages.response.request.path
    page = pages.get(check.replace("/check", "/words"))
    page = pages.post(check.replace("/check", "/words"), page, text="Twee bomen")
    first = pages.post(check, page)
    assert "Twee bomen" in first.text
    again = pages.post(check, page)
    assert code in again.text
    db.session.expire_all()
    assert (wish.text, wish.version) == ("Twee bomen", 2)
    assert db.session.scalars(select(Wish)).all() == [wish]


def test_a_wish_that_is_being_read_can_no_longer_be_changed(pages, wish, code):
    page = pages.get(f"/nl/follow/{code}")
    page = pages.post(f"/nl/follow/{code}/change", page)
    wish.status = "private"
    db.session.commit()
    page = pages.post(pages.response.request.path, page, 409)
    assert "heeft uw wens intussen gelezen" in page.text
    page = pages.get(f"/nl/follow/{code}/withdraw")
    pages.post(f"/nl/follow/{code}/change", page, 409)


def test_a_closed_case_says_when_it_opens_and_what_came_of_earlier_wishes(pages, app):
    case = factories.make_case(slug="dicht")
    factories.make_round(case, days_open=-60, outcome=factories.words("Er komen bomen"))
    factories.make_round(case, days_open=40)
    page = pages.get("/nl/cases/dicht/wishes/new")
    assert "U kunt nu geen wens plaatsen" in page.text
    assert "Er komen bomen (nl)" in page.text
    opens = case.rounds[0].opens_at
    assert str(opens.year) in page.text
    assert not page.all("form")


def test_a_round_that_closes_while_someone_writes_keeps_the_answers(resident, case):
    resident.by_address()
    resident.to_check()
    case.rounds[0].closes_at -= timedelta(days=25)
    db.session.commit()
    page = resident.give(400)
    assert "De ronde is intussen gesloten" in page.text
    assert db.session.scalars(select(Wish)).all() == []
    assert db.session.scalars(select(WishDraft)).one().answers["text"] == "Meer schaduw"
