import pytest

from tests import factories
from webapp.extensions import db
from webapp.wishes.publication import published_wishes


def test_app_and_database_answer(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_unmoderated_wish_is_not_published(app):
    factories.make_wish()
    assert db.session.execute(published_wishes()).all() == []


def test_start_page_reads_in_every_language(pages):
    for language in factories.LANGUAGES:
        page = pages.get(f"/{language}/")
        assert page.all("html")[0]["lang"] == language


def test_workbench_needs_a_role(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    pages.get("/nl/workbench")


@pytest.mark.parametrize(
    ("path", "current"),
    [("moderation/outbox", "page"), ("moderation/decided", "true"), ("moderation", "page")],
)
def test_the_menu_of_staff_marks_one_place(pages, path, current):
    pages.sign_in(factories.make_user("moderator", case=factories.make_case()))
    page = pages.get(f"/nl/{path}")
    marked = [link for link in page.all("a") if link.get("aria-current") in {"page", "true"}]
    in_bar = {link["href"] for link in marked} & {"/nl/moderation", "/nl/moderation/outbox"}
    assert len(in_bar) == 1
    assert current in {link["aria-current"] for link in marked}
