"""A planner with areas and imported layers around one place, in a layer store of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from flask import Flask

from layers.catalogue import CATALOGUE
from tests import factories
from tests.layers.made_files import CODES, PLACE, good_file, raster_values, write_raster
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.geodata import stored
from webapp.map_layers.actions import Options, import_file
from webapp.map_layers.models import LayerEdition

DENSITY = "bevolkingsdichtheid_inwoners_per_km2"
Import = Callable[..., LayerEdition]


@pytest.fixture
def quarter(app: Flask) -> list[Area]:
    """Two neighbourhoods beside each other, with a figure, in which the made files lie."""
    x, y = PLACE
    boxes = [shapely.box(x, y, x + 100, y + 100), shapely.box(x + 100, y, x + 300, y + 100)]
    made = [
        factories.make_area("neighbourhood", code, figures={DENSITY: value})
        for code, value in zip(CODES[:2], (1200.0, 4800.0), strict=True)
    ]
    for area, box in zip(made, boxes, strict=True):
        area.geom = stored(shapely.MultiPolygon([box]))
    db.session.flush()
    return made


@pytest.fixture
def load(
    app: Flask, quarter: list[Area], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Import:
    """Imports a made file of a layer: `load("pet", "2022", is_synthetic=True)`."""
    monkeypatch.setitem(app.config, "LAYER_STORE", str(tmp_path / "layer-store"))

    def load_layer(layer_id: str, edition: str = "2022", **options: bool) -> LayerEdition:
        layer = CATALOGUE[layer_id]
        path = good_file(layer, tmp_path)
        if layer.geometry == "raster":  # each edition differs a little
            values = raster_values(layer)
            values[values > 1] -= int(edition) % 10 / 10
            write_raster(path, values, layer.resolution)
        return import_file(layer_id, path, Options(edition=edition, **options))

    return load_layer
