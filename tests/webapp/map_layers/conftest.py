"""An own folder for rasters, areas that the made files lie in, and who may see what."""

from pathlib import Path

import pytest
import shapely
from flask import Flask

from tests import factories
from tests.layers.made_files import CODES, PLACE
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.geodata import stored


@pytest.fixture(autouse=True)
def store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's rasters."""
    folder = tmp_path / "layer-store"
    monkeypatch.setitem(app.config, "LAYER_STORE", str(folder))
    return folder


@pytest.fixture
def areas(app: Flask) -> dict[str, Area]:
    """The areas of the made files: two neighbourhoods, their district and municipality."""
    x, y = PLACE
    boxes = {
        CODES[0]: shapely.box(x, y, x + 100, y + 100),
        CODES[1]: shapely.box(x + 100, y, x + 300, y + 100),
        CODES[2]: shapely.box(x, y, x + 300, y + 100),
        CODES[3]: shapely.box(x, y, x + 300, y + 100),
    }
    levels = {"BU": "neighbourhood", "WK": "district", "GM": "municipality"}
    made = {}
    for code, shape in boxes.items():
        made[code] = factories.make_area(levels[code[:2]], code)
        made[code].geom = stored(shapely.MultiPolygon([shape]))
    db.session.flush()
    return made
