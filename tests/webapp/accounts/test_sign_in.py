"""Signing in, out, and what guessing leads to."""

import time
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from webapp.accounts.actions import create_user, grant
from webapp.accounts.queries import Place
from webapp.events import Event
from webapp.extensions import accounts_security, db

EMAIL, PASSWORD = "someone@example.org", "a sentence as password"
LOGIN = "/nl/account/login"


class Browser(FlaskClient):
    """Each request in a context of its own: nothing of who is signed in is kept between them."""

    def open(self, *arguments, **options):
        with self.application.app_context():
            return super().open(*arguments, **options)


def open_browser(app):
    visitor = PageClient(app)
    visitor.client = Browser(app, app.response_class)
    return visitor


@pytest.fixture
def pages(app):
    return open_browser(app)


@pytest.fixture(autouse=True)
def forget_attempts(application):
    application.extensions["sign_in_attempts"].storage.reset()


@pytest.fixture
def user(app):
    made = create_user(EMAIL, PASSWORD)
    grant(made, "moderator", Place(case_id=factories.make_case().id))
    return made


def sign_in(pages, password=PASSWORD, email=EMAIL, path=LOGIN, status=200):
    return pages.post(path, pages.get(path), status, email=email, password=password)


def signed_in(pages):
    return pages.client.get("/nl/account").status_code == 200


@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_the_page_reads_in_every_language(pages, language):
    page = pages.get(f"/{language}/account/login")
    assert page.all("html")[0]["lang"] == language
    assert f"/{language}/account/login" in [form["action"] for form in page.all("form")]


def test_the_right_password_leads_to_the_workbench(pages, user):
    sign_in(pages)
    assert pages.response.request.path == "/nl/workbench"
    assert db.session.scalar(select(Event.action).where(Event.action == "signed_in"))


def test_an_address_is_known_in_capitals_too(pages, user):
    sign_in(pages, email=EMAIL.upper())
    assert signed_in(pages)


@pytest.mark.parametrize("language", ["nl", "uk"])
def test_who_has_an_account_cannot_be_told_from_the_answer(pages, user, language):
    path = f"/{language}/account/login"
    wrong = sign_in(pages, "not the password", path=path).text
    unknown = sign_in(pages, email="nobody@example.org", path=path).text
    assert wrong == unknown
    assert not signed_in(pages)


def test_nothing_filled_in_gets_the_same_words(pages, user):
    page = sign_in(pages, "", "")
    assert "klopt niet" in page.text


@pytest.mark.parametrize("email", ["\x00", "a\x00@example.org", "'; --", "x" * 5000, "é@é"])
def test_strange_addresses_are_refused_calmly(pages, email):
    assert "klopt niet" in sign_in(pages, email=email).text


def test_a_body_that_is_not_a_form_is_refused(client):
    assert client.post(LOGIN, json=[1, 2]).status_code in {400, 415}


def test_a_disabled_account_gets_no_details(pages, user):
    user.active = False
    db.session.commit()
    assert "klopt niet" in sign_in(pages).text
    assert not signed_in(pages)


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/nl/account", "/nl/account"),
        ("//evil.example/x", None),
        ("https://evil.example/", None),
        ("/\\evil.example", None),
        ("javascript:alert(1)", None),
    ],
)
def test_the_way_on_stays_on_this_site(pages, user, target, lands):
    page = pages.get(LOGIN)
    answer = pages.client.post(
        LOGIN,
        query_string={"next": target},
        data={"csrf_token": page.token, "email": EMAIL, "password": PASSWORD},
    )
    where = answer.headers.get("Location", "")
    assert urlsplit(where).netloc in {"", "localhost"}
    assert urlsplit(where).scheme in {"", "http"}
    assert not where.startswith("//")
    if lands:
        assert where.endswith(lands)


def test_a_page_for_staff_leads_there_after_signing_in(pages, user):
    page = pages.get("/nl/account")
    action = page.all("form", method="post")[0]["action"]
    assert "next=" in action
    pages.post(action, page, email=EMAIL, password=PASSWORD)
    assert pages.response.request.path == "/nl/account"


def test_the_eleventh_attempt_waits_even_with_the_right_password(pages, user):
    for _ in range(10):
        sign_in(pages, "not the password")
    page = sign_in(pages, status=429)
    assert "15 minuten" in page.text
    assert not signed_in(pages)


def test_guessing_at_one_account_leaves_another_free(pages, user):
    for _ in range(11):
        pages.client.post(LOGIN, data={"email": "other@example.org", "password": "x"})
    sign_in(pages)
    assert signed_in(pages)


def test_a_right_password_wipes_the_wrong_ones(pages, user):
    for _ in range(2):
        for _ in range(8):
            sign_in(pages, "not the password")
        sign_in(pages)
        assert signed_in(pages)
        pages.get("/nl/account/logout")


def test_the_form_token_is_renewed(pages, user):
    before = pages.get(LOGIN)
    pages.post(LOGIN, before, email=EMAIL, password=PASSWORD)
    answer = pages.client.post(
        "/nl/account/language", data={"csrf_token": before.token, "language": "en"}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_out(pages, user, method):
    sign_in(pages)
    if method == "get":
        pages.get("/nl/account/logout")
    else:
        pages.post("/nl/account/logout", pages.get("/nl/account"))
    assert not signed_in(pages)


def test_after_a_working_day_the_password_is_asked_again(pages, user):
    sign_in(pages)
    with pages.client.session_transaction() as stored:
        stored["fs_paa"] = time.time() - 13 * 3600
    assert not signed_in(pages)


def test_an_old_session_does_not_bar_the_page_to_sign_in(pages, user):
    sign_in(pages)
    with pages.client.session_transaction() as stored:
        stored["fs_paa"] = time.time() - 13 * 3600
    assert "Inloggen" in pages.get(LOGIN).text


def test_signing_out_everywhere_ends_other_sessions(pages, user, app):
    sign_in(pages)
    elsewhere = open_browser(app)
    sign_in(elsewhere)
    pages.post("/nl/account/sign-out-everywhere", pages.get("/nl/account"))
    assert not signed_in(elsewhere)


def test_a_changed_password_ends_other_sessions(pages, user, app):
    sign_in(pages)
    elsewhere = open_browser(app)
    sign_in(elsewhere)
    fields = {
        "new_password": "another long sentence",
        "new_password_confirm": "another long sentence",
    }
    page = pages.post(
        "/nl/account/change", pages.get("/nl/account/change"), password=PASSWORD, **fields
    )
    assert "veranderd" in page.text
    assert signed_in(pages)
    assert not signed_in(elsewhere)


@pytest.mark.parametrize(
    ("language", "present", "new", "again"),
    [
        ("nl", "wrong", "another long sentence", "another long sentence"),
        ("en", PASSWORD, "short", "short"),
        ("ar", PASSWORD, "another long sentence", "a different sentence"),
        ("tr", PASSWORD, PASSWORD, PASSWORD),
        ("pl", "", "", ""),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(
    pages, user, language, present, new, again
):
    sign_in(pages)
    path = f"/{language}/account/change"
    page = pages.post(
        path, pages.get(path), password=present, new_password=new, new_password_confirm=again
    )
    assert page.all("div", role="alert")


def codes_of(pages):
    """Set up the second factor and return a function that gives the present code."""
    page = pages.post(
        "/nl/account/tf-setup", pages.get("/nl/account/tf-setup"), setup="authenticator"
    )
    assert page.all("img")[1]["src"].startswith("data:image/")
    action = page.all("form", method="post")[0]["action"]
    with pages.client.session_transaction() as stored:
        secret = stored["tf_totp_secret"]
    pages.post(action, page, code=accounts_security.totp_factory.generate_totp_password(secret))
    return lambda: accounts_security.totp_factory.generate_totp_password(secret)


def test_the_second_factor_is_asked_once_it_is_set_up(pages, user):
    sign_in(pages)
    codes_of(pages)
    db.session.refresh(user)
    assert user.tf_primary_method == "authenticator"
    pages.get("/nl/account/logout")
    page = sign_in(pages)
    assert "6 cijfers" in page.text
    assert not signed_in(pages)
    page = pages.post("/nl/account/tf-validate", page, code="000000")
    assert page.all("div", role="alert")
    assert not signed_in(pages)


def test_a_recovery_code_works_once(pages, user):
    sign_in(pages)
    codes_of(pages)
    page = pages.post(
        "/nl/account/mf-recovery-codes",
        pages.get("/nl/account/mf-recovery-codes"),
        generate_new_codes="1",
    )
    db.session.refresh(user)
    code = user.mf_recovery_codes[0]
    assert code in page.text
    for works in (True, False):
        pages.get("/nl/account/logout")
        sign_in(pages)
        pages.post("/nl/account/mf-recovery", pages.get("/nl/account/mf-recovery"), code=code)
        assert signed_in(pages) is works


def test_the_second_factor_can_be_turned_off(pages, user):
    sign_in(pages)
    codes_of(pages)
    page = pages.post("/nl/account/tf-setup", pages.get("/nl/account/tf-setup"), setup="disable")
    assert "staat uit" in page.text
    db.session.refresh(user)
    assert user.tf_primary_method is None


def test_an_old_sign_in_is_asked_for_the_password_before_the_second_factor_changes(pages, user):
    sign_in(pages)
    with pages.client.session_transaction() as stored:
        stored["fs_paa"] = time.time() - 3600
    page = pages.get("/nl/account/tf-setup")
    assert pages.response.request.path == "/nl/account/verify"
    page = pages.post(page.all("form", method="post")[0]["action"], page, password=PASSWORD)
    assert pages.response.request.path == "/nl/account/tf-setup"


def test_rescue_sends_nobody_mail(pages, user):
    sign_in(pages)
    codes_of(pages)
    pages.get("/nl/account/logout")
    page = sign_in(pages)
    pages.post("/nl/account/tf-rescue", page, help_setup="help")
    assert not signed_in(pages)
