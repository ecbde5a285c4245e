"""Each kind of layer leaves the house: on paper, as a file to mail, and for QGIS."""

import re
import shutil
import subprocess

import pyogrio
import pytest

from layers.catalogue import CATALOGUE
from tests import factories
from webapp.planning.address import Overlay

LAYERS = [layer for layer in CATALOGUE.values() if layer.reader not in ("areas", "picture")]
KINDS = {
    (each.geometry, bool(each.categories), bool(each.column), each.shape, each.audience): each
    for each in LAYERS
}
"""One layer of each kind of drawing: every layer goes through the same doors."""
MADE_UP = "Verzonnen gegevens, alleen om te oefenen."


@pytest.fixture
def client(pages, quarter):
    case = factories.make_case()
    pages.sign_in(factories.make_user("planner", case=case))
    return pages.client


@pytest.mark.parametrize("layer", KINDS.values(), ids=lambda layer: layer.id)
def test_layer_is_on_paper_in_the_mailed_map_and_in_the_geopackage(client, load, layer, tmp_path):
    edition = load(layer.id, "2022", is_synthetic=True)
    state = f"layers={Overlay(layer.id, edition.id)}"
    paper = client.get(
        f"/nl/planning/print.pdf?paper=a4&parts=layers&scale=2000&{state}&at=4.65,52.37,15"
    )
    assert paper.status_code == 200, re.sub("<[^>]*>", "", paper.data.decode())[-800:]
    mailed = client.get(f"/nl/planning/public-map.html?{state}").data.decode()
    title = layer.title["nl"]
    if layer.audience == "public":
        assert f"Niet in dit bestand: {title}" not in mailed
        assert MADE_UP in mailed
        assert layer.attribution in mailed
    else:
        assert f"Niet in dit bestand: {title}" in mailed
        assert "<h2" not in mailed or title not in mailed.split("<h2", 1)[1]
    path = tmp_path / "map.gpkg"
    path.write_bytes(client.get(f"/nl/planning/map.gpkg?{state}").data)
    names = {name for name, _ in pyogrio.list_layers(path)}
    table = f"{layer.id}_{edition.id}".replace(".", "_")
    assert (table in names) == (edition.kind != "raster")
    if edition.kind != "raster":
        told = pyogrio.read_info(path, layer=table)["layer_metadata"]
        assert told["synthetic"] == "yes"
        assert told["licence"] == layer.licence


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("kind", ["raster", "vector"])
def test_made_up_layer_says_so_on_the_map_and_in_the_legend(client, load, kind, tmp_path):
    layer = next(each for each in LAYERS if each.geometry == kind and each.audience == "public")
    edition = load(layer.id, "2022", is_synthetic=True)
    real = load(layer.id, "2021", is_synthetic=False)
    for shown, times in ((edition, 2), (real, 0)):
        address = f"/nl/planning/print.pdf?paper=a4&parts=layers&layers={layer.id}@{shown.id}"
        path = tmp_path / "sheet.pdf"
        path.write_bytes(client.get(address).data)
        words = subprocess.run(
            ["pdftotext", path, "-"], capture_output=True, text=True, check=True
        ).stdout
        flat = re.sub(r"\s+", " ", words)
        assert flat.count(MADE_UP) == times
        assert layer.attribution in flat
        assert layer.title["nl"] in flat
