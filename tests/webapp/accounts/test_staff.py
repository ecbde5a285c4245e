"""Who gives which role to whom: the staff page and the command line."""

import pytest
from sqlalchemy import select

from tests import factories
from webapp.accounts.models import User
from webapp.events import Event
from webapp.extensions import db


def events_of(user):
    return db.session.scalars(
        select(Event.action).where(Event.subject == "user", Event.subject_id == user.id)
    ).all()


def person(user):
    return f"/nl/staff/{user.id}"


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def admin(pages, case):
    user = factories.make_user("admin")
    pages.sign_in(user)
    return user


def test_the_list_shows_roles_and_no_secrets(pages, admin, case):
    planner = factories.make_user("planner", case=case)
    planner.tf_totp_secret = "secret-of-the-app"
    page = pages.get("/nl/staff")
    assert planner.email in page.text
    assert "planner · Case (nl) (case)" in page.text
    assert "secret-of-the-app" not in page.html
    assert planner.fs_uniquifier not in page.html


@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_the_pages_read_in_every_language(pages, admin, language):
    for path in ("account", "staff", f"staff/{admin.id}"):
        pages.get(f"/{language}/{path}")


def test_giving_and_taking_a_role(pages, admin, case):
    user = factories.make_user()
    pages.post(person(user), pages.get(person(user)), role="planner", place=f"case:{case.id}")
    assert [(found.role, found.case_id) for found in user.grants] == [("planner", case.id)]
    path = f"{person(user)}/grants/{user.grants[0].id}/revoke"
    pages.post(path, pages.get(person(user)))
    db.session.refresh(user)
    assert user.grants == []
    assert events_of(user) == ["granted", "revoked"]


@pytest.mark.parametrize(
    ("role", "place"),
    [("planner", "everywhere"), ("emperor", "everywhere"), ("planner", "case:999999"), ("", "")],
)
def test_a_role_that_cannot_be_given_is_refused_in_words(pages, admin, role, place):
    user = factories.make_user()
    page = pages.post(person(user), pages.get(person(user)), 400, role=role, place=place)
    assert page.all("div", role="alert")
    assert user.grants == []


def test_disabling_ends_the_session_and_can_be_undone(pages, admin, case, app):
    user = factories.make_user("planner", case=case)
    before = user.fs_uniquifier
    pages.post(f"{person(user)}/active", pages.get(person(user)), active="0")
    assert not user.active
    assert user.fs_uniquifier != before
    pages.post(f"{person(user)}/active", pages.get(person(user)), active="1")
    assert user.active


def test_an_administrator_keeps_the_keys(pages, admin):
    page = pages.get(person(admin))
    pages.post(f"{person(admin)}/active", page, 409, active="0")
    pages.post(f"{person(admin)}/grants/{admin.grants[0].id}/revoke", page, 409)


def test_an_administrator_of_one_deal_stays_within_it(pages, case):
    other = factories.make_case(factories.make_deal())
    pages.sign_in(factories.make_user("admin", deal=case.deal))
    inside = factories.make_user("planner", case=case)
    outside = factories.make_user("planner", case=other)
    assert outside.email not in pages.get("/nl/staff").text
    pages.get(person(outside), 404)
    page = pages.get(person(inside))
    page = pages.post(person(inside), page, 400, role="planner", place=f"case:{other.id}")
    assert page.all("div", role="alert")
    page = pages.post(person(inside), page, 400, role="admin", place="everywhere")
    assert page.all("div", role="alert")
    assert len(inside.grants) == 1


def test_someone_with_roles_elsewhere_too_cannot_be_disabled_by_one_deal(pages, case):
    other = factories.make_case(factories.make_deal())
    user = factories.make_user("planner", case=case)
    user.grants.append(factories.Grant(role="planner", case_id=other.id))
    db.session.flush()
    pages.sign_in(factories.make_user("admin", deal=case.deal))
    page = pages.get(person(user))
    pages.post(f"{person(user)}/active", page, 403, active="0")
    elsewhere = next(found for found in user.grants if found.case_id == other.id)
    pages.post(f"{person(user)}/grants/{elsewhere.id}/revoke", page, 403)


def run(app, *arguments, **options):
    return app.test_cli_runner().invoke(args=["users", *arguments], **options)


def test_the_command_makes_an_account_and_tells_the_password_once(app, case):
    result = run(app, "create", "New@Example.org", "--role", "moderator", "--case", case.slug)
    assert result.exit_code == 0, result.output
    user = db.session.scalar(select(User).where(User.email == "new@example.org"))
    password = result.output.split("shown only now: ")[1].strip()
    assert user.verify_and_update_password(password)
    assert password not in run(app, "list").output
    assert f"moderator in case {case.slug}" in run(app, "list").output


def test_the_command_reads_a_password_from_a_file(app, case, tmp_path):
    path = tmp_path / "password"
    path.write_text("a sentence in a file\n")
    result = run(app, "create", "new@example.org", "--role", "admin", "--password-file", str(path))
    assert "shown only now" not in result.output
    user = db.session.scalar(select(User).where(User.email == "new@example.org"))
    assert user.verify_and_update_password("a sentence in a file")


def test_the_command_asks_for_a_password(app):
    typed = "a sentence typed\na sentence typed\n"
    result = run(
        app, "create", "new@example.org", "--role", "admin", "--password-prompt", input=typed
    )
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["not an address", "--role", "admin"], "email"),
        (["a@example.org", "--role", "emperor"], "emperor"),
        (["a@example.org", "--role", "planner"], "--deal SLUG or --case SLUG"),
        (["a@example.org", "--role", "planner", "--case", "atlantis"], "There is no case"),
        (["a@example.org", "--role", "planner", "--deal", "atlantis"], "There is no deal"),
        (["a@example.org", "--role", "planner", "--deal", "a", "--case", "b"], "not both"),
    ],
)
def test_the_command_says_what_is_wrong(app, case, arguments, words):
    result = run(app, "create", *arguments)
    assert result.exit_code != 0
    assert words in result.output
    assert db.session.scalars(select(User)).all() == []


def test_an_address_is_taken_once(app):
    run(app, "create", "a@example.org", "--role", "admin")
    assert "has an account already" in run(app, "create", "A@example.org", "--role", "admin").output


def test_the_command_grants_revokes_disables_and_enables(app, case):
    user = factories.make_user()
    place = ("--role", "planner", "--deal", case.deal.slug)
    assert "planner in deal" in run(app, "grant", user.email, *place).output
    assert run(app, "grant", user.email, *place).exit_code == 0
    assert "no longer planner" in run(app, "revoke", user.email, *place).output
    assert "does not have this role" in run(app, "revoke", user.email, *place).output
    run(app, "disable", user.email)
    assert not user.active
    run(app, "enable", user.email)
    assert user.active
    assert events_of(user) == ["granted", "revoked", "disabled", "enabled"]
    assert "Nobody has" in run(app, "disable", "nobody@example.org").output


def test_an_empty_list_says_what_to_do(app):
    result = run(app, "list")
    assert result.exit_code == 0
    assert "balanskaart users create EMAIL --role admin" in result.output
