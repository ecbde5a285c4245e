"""What only shows with several connections, on the database of the running site."""

import threading
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import select

from tests import factories
from tests.page_client import Page, PageClient
from tests.webapp.wishes.conftest import Resident
from webapp import create_app
from webapp.events import Event
from webapp.extensions import db, limiter
from webapp.wishes.actions import Submission, place_wish
from webapp.wishes.models import Wish
from webapp.wishes.routes import FORMS_PER_WISH


def test_the_same_form_sent_by_many_at_once_is_one_wish(live):
    application = live.app
    with application.app_context():
        case = factories.make_case()
        factories.make_round(case)
        db.session.commit()
        case_id = case.id
    key, results, start = uuid4(), [], threading.Barrier(4)
    given = Submission(
        case_id, "wish", "green", "Meer schaduw", "nl", "map", shapely.Point(*factories.HAARLEM), zoom=17
    )  # fmt: skip

    def send() -> None:
        with application.app_context():
            start.wait()
            placed = place_wish(given, key)
            results.append((placed.wish.id, placed.code, placed.is_new))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with application.app_context():
        stored = db.session.scalars(select(Wish).filter_by(case_id=case_id)).all()
        events = db.session.scalars(select(Event).filter_by(subject="wish", action="placed")).all()
        for_this = [event for event in events if event.subject_id == stored[0].id]
        count = len(stored), len(for_this)
    assert count == (1, 1)
    assert len(results) == 4
    assert len({result[:2] for result in results}) == 1
    assert sum(result[2] for result in results) == 1


def test_too_many_wishes_from_one_network_wait_with_their_answers(live, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", False)  # put back afterwards
    app = create_app({**live.app.config, "RATELIMIT_ENABLED": True, "SUBMISSIONS_PER_HOUR": 1})
    statuses = []
    for _ in range(2):
        pages = PageClient(app)
        resident = Resident(pages, pages.get("/nl/cases/haarlem/wishes/new"), "nl")
        resident.by_address()
        resident.to_check()
        pages.response = pages.client.post(
            resident.path, data={"csrf_token": resident.page.token}, follow_redirects=True
        )
        statuses.append(pages.response.status_code)
    assert statuses == [200, 429]
    assert "Uw antwoorden blijven een dag bewaard" in pages.response.text


@pytest.mark.parametrize("proxies", [0, 1])
def test_only_a_trusted_proxy_says_who_calls(live, monkeypatch, proxies):
    monkeypatch.setattr(limiter, "enabled", False)  # put back afterwards
    settings = {"RATELIMIT_ENABLED": True, "SUBMISSIONS_PER_HOUR": 1, "TRUSTED_PROXIES": proxies}
    client = create_app({**live.app.config, **settings}).test_client()
    limiter.reset()
    path = "/nl/cases/haarlem/wishes/new"
    given = {"csrf_token": Page(client.get(path).text).token, "door": "map"}
    statuses = []
    for number in range(FORMS_PER_WISH + 1):
        forwarded = {"X-Forwarded-For": f"198.51.{number}.7"}
        statuses.append(client.post(path, data=given, headers=forwarded).status_code)
    limiter.reset()
    assert statuses[:-1] == [302] * FORMS_PER_WISH
    assert statuses[-1] == (302 if proxies else 429)
