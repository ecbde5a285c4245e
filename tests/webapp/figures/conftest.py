"""A folder of its own for the rasters of each test, and the world that can be worked out by hand."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from tests.webapp.figures.small_world import make_world
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.figures import exposure


@pytest.fixture(autouse=True)
def store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's rasters."""
    folder = tmp_path / "layer-store"
    monkeypatch.setitem(app.config, "LAYER_STORE", str(folder))
    exposure.forget_targets()
    return folder


@pytest.fixture
def world(app: Flask, store: Path, tmp_path: Path) -> dict[str, Area]:
    """The small world, by the name of its areas."""
    return make_world(tmp_path)


class Count(list[str]):
    """The statements that were run inside."""


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[Count]]:
    """Collects the statements of a block."""

    @contextmanager
    def counting() -> Iterator[Count]:
        found = Count()

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            found.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
