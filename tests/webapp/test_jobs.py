import os
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from tests import factories
from webapp import jobs
from webapp.config import read_settings
from webapp.extensions import db
from webapp.wishes.models import Message, Wish


@pytest.fixture(autouse=True)
def same_app(app, monkeypatch):
    """The jobs work in the app of this test instead of one of their own."""
    monkeypatch.setattr(jobs, "_app", lambda: app)


def test_expired_wish_is_forgotten_at_night(app):
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - the column holds days
    wish_id = factories.make_wish(retain_until=yesterday).id
    jobs.forget_expired(timestamp=0)
    db.session.expire_all()
    kept = db.session.get(Wish, wish_id)
    assert kept is None or kept.text == ""


def test_old_tiles_are_forgotten_and_new_ones_kept(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "TILE_CACHE", str(tmp_path))
    old, new = tmp_path / "pdok" / "old.png", tmp_path / "pdok" / "new.png"
    old.parent.mkdir()
    for tile in (old, new):
        tile.write_bytes(b"tile")
    os.utime(old, (0, 0))
    jobs.forget_expired(timestamp=0)
    assert (old.exists(), new.exists()) == (False, True)


def test_message_waits_when_there_is_no_mail_server(app):
    message_id = factories.make_message(factories.make_wish()).id
    jobs.deliver_messages(timestamp=0)
    db.session.expire_all()
    assert db.session.get(Message, message_id).sent_at is None


def test_each_job_comes_back_by_itself():
    periodic = jobs.QUEUE.periodic_registry.periodic_tasks
    names = {task.task.name for task in periodic.values()}
    assert {"deliver_messages", "forget_expired", "import_map_layers"} <= names


def test_a_job_that_waits_is_not_queued_twice(app):
    jobs.enqueue("import_map_layers")
    jobs.enqueue("import_map_layers")
    waiting = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'import_map_layers'")
    assert db.session.scalar(waiting) == 1


def test_wrong_setting_is_named_with_what_to_write():
    with pytest.raises(
        SystemExit, match="BASE_MAP='googly' cannot be used: use one of drawn, pdok"
    ):
        read_settings({"BASE_MAP": "googly"})
    with pytest.raises(SystemExit, match="DEMO='maybe'"):
        read_settings({"DEMO": "maybe"})
