"""Input that no person sends: NUL, endless numbers, addresses as proxies write them."""

import io

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from tests import factories
from tests.page_client import PageClient
from webapp import errors
from webapp.config import engine_options, web_settings
from webapp.security import network_of
from webapp.wishes.models import WishDraft
from webapp.wishes.photos import reencode

ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    "path",
    [
        "/nl/search?case=a%00b",
        "/nl/search?case=haarlem&q=a%00b",
        "/nl/search?a%00b=1",
        "/nl/cases/a%00b",
        "/nl/cases/a%00b/wishes/new",
        "/nl/cases/a%00b/map.json",
        "/nl/deals/a%00b",
        "/nl/follow/a%00b",
        "/api/v1/cases/a%00b",
        "/api/v1/wishes?case=a%00b",
        "/tiles/wishes/1/0/0.mvt?q=a%00b",
    ],
)
def test_nul_in_an_address_is_refused_in_words(client, path):
    answer = client.get(path)
    assert answer.status_code in {200, 400, 401, 404}
    if answer.status_code == 400:
        assert answer.content_length > 100


def test_nul_in_a_form_is_refused_in_words_or_left_out(pages):
    case = factories.make_case()
    wish = factories.make_wish(case, status="submitted")
    pages.post("/nl/follow", pages.get("/nl/follow"), 400, code="a\0b")
    pages.sign_in(factories.make_user("moderator", case=case))
    path = f"/nl/moderation/{wish.id}"
    why = {"decision": "refused", "reason": "other_owner", "explanation": "Dit hoort niet \0 hier."}
    pages.post(path, pages.get(path), 400, version="1", **why)
    assert wish.status == "submitted"
    pages.sign_in(factories.make_user("planner", case=case))
    page = pages.get("/nl/rounds/new")
    texts = dict.fromkeys(("title_nl", "about_nl", "who_nl", "decides_nl"), "a\0b")
    moments = {"opens_at": "2027-01-01T10:00", "closes_at": "2027-02-01T10:00"}
    pages.post("/nl/rounds/new", page, 400, case=case.slug, **texts, **moments)


def test_invalid_utf8_is_no_error_of_ours(client):
    for path in ("/nl/cases/%ff%fe", "/nl/search?case=%ed%a0%80", "/nl/%ff"):
        assert client.get(path).status_code in {400, 404}


def test_a_number_without_end_is_refused(pages):
    deal = factories.make_deal()
    line = factories.make_budget_line(deal, [factories.make_programme_line(deal)])
    case = factories.make_case(deal)
    held, wish = factories.make_round(case), factories.make_wish(case)
    booking = factories.make_booking(line, case=case)
    pages.sign_in(factories.make_user("admin"))
    for path, name in (
        (f"/nl/rounds/{held.id}", "version"),
        (f"/nl/moderation/{wish.id}", "version"),
        (f"/nl/moderation/{wish.id}", "merge_into"),
        (f"/nl/budgets/{deal.slug}/book", "year"),
        (f"/nl/budgets/{deal.slug}/book", "intervention"),
        (f"/nl/budgets/bookings/{booking.id}/reverse", "year"),
    ):
        fields = {"csrf_token": pages.get(path).token, "decision": "merged", name: ENDLESS}
        status = pages.client.post(path, data=fields).status_code
        assert status in {200, 400}, (path, name, status)


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("192.0.2.77:51234", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8::1", "2001:db8::/48"),
        ("2001:0DB8:0:1::9", "2001:db8::/48"),
        ("[2001:db8::1]:443", "2001:db8::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("rubbish", ""),
    ],
)
def test_one_network_has_one_name(written, network):
    assert network_of(written) == network


def test_two_callers_behind_one_double_stack_socket_are_told_apart():
    assert network_of("::ffff:192.0.2.77") != network_of("::ffff:198.51.100.77")


def test_errors_of_the_database_never_name_what_was_written(database_url):
    from sqlalchemy import create_engine

    engine = create_engine(**engine_options(database_url))
    with engine.connect() as connection, pytest.raises(DataError) as refused:
        connection.execute(text("SELECT 1 / 0, :words"), {"words": "geheim-adres"})
    assert "geheim-adres" not in str(refused.value)
    engine.dispose()


def test_no_statement_of_the_web_server_takes_for_ever(database_url, monkeypatch):
    from sqlalchemy import create_engine

    monkeypatch.setenv("DATABASE_URL", database_url)
    options = web_settings()["SQLALCHEMY_ENGINES"]["default"]
    engine = create_engine(**options)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "15s"
    engine.dispose()
    engine = create_engine(**engine_options(database_url))
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
    engine.dispose()


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize("failure", [OperationalError("x", {}, Exception()), PoolTimeout()])
def test_without_a_database_also_staff_read_what_is_wrong(pages, monkeypatch, language, failure):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))

    def fail(*_arguments, **_options):
        raise failure

    monkeypatch.setattr(Session, "_execute_internal", fail)
    answer = pages.client.get(f"/{language}/workbench")
    assert answer.status_code == 503
    assert f'lang="{language}"' in answer.text
    assert pages.client.get("/healthz").status_code == 503
    monkeypatch.undo()
    assert pages.client.get(f"/{language}/workbench").status_code == 200


def test_a_value_that_no_column_holds_is_refused(client, monkeypatch):
    def fail(*_arguments, **_options):
        raise DataError("x", {}, Exception())

    monkeypatch.setattr(Session, "_execute_internal", fail)
    assert client.get("/healthz").status_code == 400


def test_a_large_photo_stands_upright_and_small():
    stream = io.BytesIO()
    image = Image.new("RGB", (3000, 1000), "green")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    image.save(stream, "JPEG", exif=exif)
    photo = reencode(stream.getvalue())
    assert photo.height == 1600
    assert photo.width < 600


def test_links_elsewhere_sign_nobody_out(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    pages.client.get("/nl/account/logout", headers=elsewhere)
    pages.get("/nl/workbench")
    pages.client.get("/nl/account/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert pages.client.get("/nl/workbench").status_code == 302


def test_after_a_failed_write_the_error_page_still_knows_who_reads_it(app, monkeypatch):
    user = factories.make_user("planner", case=factories.make_case())
    monkeypatch.setitem(app.error_handler_spec[None][None], Exception, errors._unexpected)
    pages = PageClient(app)
    pages.sign_in(user)
    unfit = "webapp.pages.routes.waiting_for"
    monkeypatch.setattr(unfit, lambda *_: factories.add(WishDraft(case_id=None)))
    assert "500" in pages.get("/nl/workbench", 500).text
