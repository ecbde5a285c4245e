"""A picture service as a layer: import, tiles, who may see it, and what it is left out of."""

import io
import json
import os
import subprocess
import time

import pytest
from PIL import Image

from layers.catalogue import CATALOGUE
from layers.layer import LANGUAGES
from layers.sources.http import Host
from layers.sources.services import allowed_host
from layers.wording import PICTURE_HAS_NO_VALUE, PICTURE_LEGEND
from tests import factories
from tests.layers.stand_in import stand_in
from tests.layers.wms import WMS, capabilities, picture
from webapp.areas.base_map import forget_old_tiles
from webapp.map_layers import pictures
from webapp.map_layers.actions import ImportRefusedError, Options, import_file
from webapp.map_layers.legend import legend_lines
from webapp.map_layers.queries import definitions_of, editions
from webapp.open_data.views import open_layers

ADDRESS = f"https://maps.example{WMS}"
PLACE = "12/2104/1346"
AT = "4.636,52.381"


@pytest.fixture
def server(app, monkeypatch, tmp_path):
    """The stand-in takes the place of maps.example, after the check of the address."""
    monkeypatch.setitem(app.config, "LAYER_HOSTS", ["maps.example"])
    monkeypatch.setitem(app.config, "TILE_CACHE", str(tmp_path / "tiles"))
    with stand_in() as running:

        def here(address, hosts):
            allowed_host(address, hosts)
            return Host(running.base)

        monkeypatch.setattr(pictures, "allowed_host", here)
        running.answer(WMS, capabilities())
        yield running


@pytest.fixture
def run(app):
    def command(*words):
        return app.test_cli_runner().invoke(args=["layers", *map(str, words)])

    return command


@pytest.fixture
def routes(server, run):
    told = ("--title", "Walking routes", "--licence", "CC0 1.0", "--publisher", "Path club")
    done = run("import", "own_picture", ADDRESS, "--layers", "paths", *told)
    assert done.exit_code == 0, done.output
    server.answer(WMS, picture())
    server.asked.clear()
    return editions("own_picture")[0]


@pytest.fixture
def planner(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    return pages


def test_the_command_notes_a_picture(routes, run, server):
    assert (routes.kind, routes.own_title, routes.licence) == (
        "picture",
        "Walking routes",
        "CC0 1.0",
    )
    assert routes.statistics == {"address": ADDRESS, "layers": ["paths"], "version": "1.3.0"}
    assert "picture of paths" in run("list").output
    server.answer(WMS, capabilities())
    told = ("--title", "Walking routes", "--licence", "CC0 1.0")
    again = run("import", "own_picture", ADDRESS, "--layers", "paths", *told)
    assert (again.exit_code, "nothing has changed" in again.output) == (0, True)
    other = run("import", "own_picture", ADDRESS, "--layers", "cycling", *told)
    assert other.exit_code == 0, other.output
    assert len({each.edition for each in editions("own_picture")}) == 2


@pytest.mark.parametrize(
    ("layer_id", "address", "names", "options", "why"),
    [
        ("own_picture", "https://evil.example/wms", "paths", {}, "LAYER_HOSTS"),
        ("own_picture", f"http://maps.example{WMS}", "paths", {}, "not https"),
        ("own_picture", ADDRESS, "roads", {}, "no layer roads"),
        ("own_picture", ADDRESS, "", {}, "--layers"),
        ("own_picture", ADDRESS, "paths", {"licence": ""}, "--licence"),
        ("pet", ADDRESS, "paths", {}, "no picture"),
    ],
)
def test_what_cannot_be_shown_is_refused(server, layer_id, address, names, options, why):
    given = Options(**({"title": "Routes", "licence": "CC0 1.0"} | options))
    with pytest.raises(ImportRefusedError, match=why):
        pictures.import_picture(layer_id, address, names, given)
    assert editions() == []


def test_a_file_is_no_picture_service(server, tmp_path):
    with pytest.raises(ImportRefusedError, match="picture of another server"):
        import_file("own_picture", tmp_path / "x.tif", Options(edition="2022"))


def test_a_tile_is_passed_on_and_kept_for_a_day(routes, server, planner, tmp_path):
    answer = planner.client.get(f"/tiles/pictures/{routes.id}/{PLACE}.png")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert "private" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.data)) as image:
        assert (image.size, image.getpixel((0, 0))) == ((256, 256), (0, 90, 30, 128))
    west, south, east, north = map(float, server.asked[0][1]["bbox"][0].split(","))
    side = pytest.approx(40_075_016.69 / 2**12, abs=0.01)
    assert (east - west, north - south) == (side, side)
    assert planner.client.get(f"/tiles/pictures/{routes.id}/{PLACE}.png").data == answer.data
    assert len(server.asked) == 1
    (kept,) = (tmp_path / "tiles").rglob("*.png")
    yesterday = time.time() - 90_000
    os.utime(kept, (yesterday, yesterday))
    planner.client.get(f"/tiles/pictures/{routes.id}/{PLACE}.png")
    assert len(server.asked) == 2
    assert forget_old_tiles(time.time()) == 0
    assert forget_old_tiles(time.time() + 90_000) == 1


@pytest.mark.parametrize("answer", [picture(b"<html>", "text/html"), picture(b"<html>"), None])
def test_without_a_picture_the_tile_is_unavailable(routes, server, planner, answer):
    server.answers.clear()
    if answer:
        server.answer(WMS, answer)
    found = planner.client.get(f"/tiles/pictures/{routes.id}/{PLACE}.png")
    assert (found.status_code, found.content_type) == (503, "application/problem+json")


def test_a_host_that_left_the_list_is_not_asked_any_more(routes, server, planner, app, monkeypatch):
    monkeypatch.setitem(app.config, "LAYER_HOSTS", [])
    assert planner.client.get(f"/tiles/pictures/{routes.id}/{PLACE}.png").status_code == 503
    assert server.asked == []


def test_only_planners_and_only_tiles_that_exist(routes, server, client, planner):
    place = f"/tiles/pictures/{routes.id}"
    for address in (
        f"{place}/23/0/0.png",
        f"{place}/3/8/0.png",
        "/tiles/pictures/999999/3/0/0.png",
    ):
        assert planner.client.get(address).status_code == 404
    shapes = factories.make_layer_edition()
    for address in (
        f"/tiles/pictures/{shapes.id}/3/0/0.png",
        f"/tiles/staff-layers/{routes.id}/3/0/0.png",
        f"/tiles/staff-layers/{routes.id}/3/0/0.mvt",
        f"/tiles/layers/{routes.id}/3/0/0.png",
    ):
        assert planner.client.get(address).status_code == 404
    assert client.get(f"{place}/{PLACE}.png").status_code == 401
    assert server.asked == []


def test_others_may_not_see_it(routes, server, pages):
    pages.sign_in(factories.make_user("moderator", case=factories.make_case()))
    assert pages.client.get(f"/tiles/pictures/{routes.id}/{PLACE}.png").status_code == 403
    assert server.asked == []


def test_the_planner_sees_it_with_its_maker_and_is_told_it_has_no_value(routes, planner):
    asked = f"/nl/planning?layers=own_picture@{routes.id}:60&selected=point:{AT}"
    page = planner.get(asked)
    (overlay,) = json.loads(page.all("div", id="map-settings")[0]["data-settings"])["overlays"]
    assert (overlay["kind"], overlay["opacity"]) == ("raster", 0.6)
    assert overlay["tiles"].startswith(f"/tiles/pictures/{routes.id}/{{z}}/{{x}}/{{y}}.png?v=")
    assert all(
        words in page.text
        for words in (
            "Walking routes",
            "Path club",
            "CC0 1.0",
            PICTURE_LEGEND["nl"],
            CATALOGUE["own_picture"].definition["nl"],
            PICTURE_HAS_NO_VALUE["nl"],
        )
    )
    found = planner.client.get(f"/nl/layers/values?at={AT}&editions={routes.id}").json["values"][0]
    assert (found["value"], found["text"]) == (None, PICTURE_HAS_NO_VALUE["nl"])
    assert PICTURE_LEGEND["nl"] in planner.get(f"/nl/layers/{routes.id}").text
    for language in LANGUAGES:
        (line,) = legend_lines(routes, language)
        assert line.label == PICTURE_LEGEND[language]


def test_paper_says_that_it_is_left_out(routes, planner, server, tmp_path):
    address = f"/nl/planning/print.pdf?paper=a4&parts=layers&layers=own_picture@{routes.id}"
    paper = tmp_path / "sheet.pdf"
    paper.write_bytes(planner.client.get(address).data)
    words = subprocess.run(["pdftotext", paper, "-"], capture_output=True, text=True, check=True)
    assert "Walking routes: een plaat van een andere server staat niet op papier." in " ".join(
        words.stdout.split()
    )
    assert "Path club" not in words.stdout
    assert server.asked == []


def test_it_is_left_out_of_everything_that_needs_values(routes, planner, run):
    refused = run("statistics", routes.id)
    assert (refused.exit_code, "it has no values" in refused.output) == (1, True)
    assert run("statistics").exit_code == 0
    assert definitions_of(routes.id) == []
    assert CATALOGUE["own_picture"] not in open_layers()
    planner.get(f"/nl/planning?compare=own_picture&left=own_picture@{routes.id}", status=400)
    layers = f"layers=own_picture@{routes.id}"
    mailed = planner.client.get(f"/nl/planning/public-map.html?{layers}")
    assert mailed.status_code == 200
    assert b"/tiles/pictures/" not in mailed.data
    assert "Walking routes" in mailed.text
