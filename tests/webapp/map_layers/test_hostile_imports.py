"""Imports that would keep the worker busy or end it again and again."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from layers.catalogue import CATALOGUE
from tests.layers.made_files import good_file
from webapp.extensions import db
from webapp.map_layers import actions
from webapp.map_layers.actions import Options, begin_import, run_waiting_imports
from webapp.map_layers.models import LayerImport
from webapp.map_layers.sources import incoming_folder


@pytest.fixture
def waiting(areas: Any, tmp_path: Path) -> LayerImport:
    """An upload that waits for the worker."""
    folder = incoming_folder() / "upload"
    folder.mkdir()
    path = shutil.copy(good_file(CATALOGUE["pet"], tmp_path), folder / "pet_2022.tif")
    job = begin_import("pet", Path(path), Options(edition="2022"))
    job.options = {**job.options, "queued": True}
    db.session.commit()
    return job


def test_a_file_that_ends_the_worker_is_tried_twice_and_not_a_third_time(
    waiting: LayerImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    class Killed(BaseException):
        """As if the process were gone: nothing after it happens."""

    def end_of_the_worker(job: LayerImport, *_: Any) -> None:
        tried.append(job.id)
        job.state = "running"
        db.session.commit()
        raise Killed

    monkeypatch.setattr(actions, "run_import", end_of_the_worker)
    for _ in range(2):
        with pytest.raises(Killed):
            run_waiting_imports()
    run_waiting_imports()
    assert tried == [waiting.id, waiting.id]
    assert (waiting.state, waiting.error) == ("failed", "The import was cut off twice.")
    assert not Path(waiting.path).exists()
    assert run_waiting_imports() == 0


def test_an_upload_waits_for_an_import_of_the_same_layer_that_runs_elsewhere(
    waiting: LayerImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = db.session.scalar(select(func.hashtextextended("pet", actions.LOCK)))
    with db.engine.connect() as elsewhere:
        elsewhere.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        try:
            assert run_waiting_imports() == 0
            monkeypatch.setattr(actions, "_is_free", lambda _: True)  # it begins just after we look
            run_waiting_imports()
        finally:
            elsewhere.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    assert waiting.state == "waiting"
    assert Path(waiting.path).is_file()
    monkeypatch.undo()


def test_it_is_imported_at_the_next_turn(waiting: LayerImport) -> None:
    assert run_waiting_imports() == 1
    assert (waiting.state, waiting.error) == ("done", "")
