"""Who may see which edition, what bad input gets, and that pages do not ask more with more rows."""

import io
import math
import random
from pathlib import Path

import numpy as np
import pytest
from shapely import Point
from sqlalchemy import event, select

from gis.crs import rd_point, to_lonlat
from layers.catalogue import CATALOGUE, class_of
from layers.raster_palette import palette_for
from layers.style import colour_for
from tests import factories
from tests.layers.made_files import PLACE, good_file
from webapp.extensions import db
from webapp.map_layers import statistics
from webapp.map_layers.actions import Options, import_file
from webapp.map_layers.identify import class_label
from webapp.map_layers.legend import classes_of_edition, legend_lines
from webapp.map_layers.models import LayerEdition, LayerImport
from webapp.map_layers.queries import Identified, open_raster

MIDDLE = to_lonlat(Point(PLACE[0] + 20.5, PLACE[1] + 20.5))
AT = f"{MIDDLE.x:.7f},{MIDDLE.y:.7f}"


@pytest.fixture
def heat(areas, tmp_path):
    path = good_file(CATALOGUE["pet"], tmp_path)
    return import_file("pet", path, Options(edition="2022", is_synthetic=True))


@pytest.fixture
def planner(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    return pages.client


def test_an_edition_for_staff_is_not_there_for_the_public(areas, tmp_path, client, planner):
    path = good_file(CATALOGUE["own_raster"], tmp_path)
    own = import_file("own_raster", path, Options(edition="2022", title="Own heat"))
    place = "15/16800/10770"
    assert client.get(f"/tiles/layers/{own.id}/{place}.png").status_code == 404
    assert client.get(f"/tiles/staff-layers/{own.id}/{place}.png").status_code == 401
    answer = planner.get(f"/tiles/staff-layers/{own.id}/{place}.png")
    assert answer.status_code in {200, 204}
    assert "private" in answer.headers["Cache-Control"]


def test_an_unfinished_edition_is_not_there(client, planner):
    half = factories.make_layer_edition(status="importing")
    for address in ("/tiles/layers", "/tiles/staff-layers"):
        assert planner.get(f"{address}/{half.id}/10/525/336.mvt").status_code == 404
    assert planner.get(f"/nl/layers/{half.id}").status_code == 404


@pytest.mark.parametrize("place", ["23/0/0", "3/8/0", "3/0/8", "99999999999/0/0", "-1/0/0"])
def test_a_tile_that_does_not_exist(heat, client, place):
    assert client.get(f"/tiles/layers/{heat.id}/{place}.png").status_code == 404


def test_value_at_a_place_with_source_and_label(heat, planner):
    found = planner.get(f"/nl/layers/values?at={AT}&editions={heat.id}").json["values"]
    assert len(found) == 1
    assert found[0]["synthetic"] is True
    assert "Verzonnen" in found[0]["syntheticText"]
    assert "verzonnen" in found[0]["editionLabel"]
    assert found[0]["text"].endswith("°C")
    assert found[0]["classLabel"]
    assert found[0]["source"] == CATALOGUE["pet"].source.publisher


def test_outside_the_edition_there_is_a_reason_and_no_zero(heat, planner):
    found = planner.get(f"/nl/layers/values?at=6.0,52.0&editions={heat.id}").json["values"][0]
    assert (found["value"], found["reason"]) == (None, "outside")
    assert found["text"] == found["reasonText"] != ""


@pytest.mark.parametrize(
    "query",
    [
        "",
        "at=NaN,52&editions=1",
        "at=4.6,inf&editions=1",
        "at=4.6&editions=1",
        "at=4.6,52.3,1&editions=1",
        "at=52.36,4.65&editions=1",
        f"at={AT}",
        f"at={AT}&editions=a",
        f"at={AT}&editions=1,",
        f"at={AT}&editions=99999999999",
        f"at={AT}&editions=٣",
        f"at={AT}&editions=" + ",".join(map(str, range(1, 60))),
    ],
)
def test_bad_input_gets_a_plain_problem(planner, query):
    answer = planner.get(f"/nl/layers/values?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"][0]["reason"]


def test_page_of_an_edition_tells_where_it_comes_from(heat, pages, planner):
    page = pages.get(f"/nl/layers/{heat.id}")
    for words in (heat.publisher, heat.licence, heat.file_name, heat.sha256, "Verzonnen"):
        assert words in page.text


def upload(client, token, **values):
    content = values.pop("content", b"not a map")
    name = values.pop("name", "parks_2022.gpkg")
    form = {"csrf_token": token, "layer": "parks", "edition": "", "crs": "", **values}
    form["file"] = (io.BytesIO(content), name)
    return client.post("/nl/layers", data=form, content_type="multipart/form-data")


def test_an_upload_waits_for_the_worker(planner, pages, store):
    answer = upload(planner, pages.get("/nl/layers").token)
    assert answer.status_code == 302
    job = db.session.scalars(select(LayerImport)).one()
    assert (job.state, job.options["queued"], job.file_name) == ("waiting", True, "parks_2022.gpkg")
    page = pages.get("/nl/layers")
    assert page.all("progress")
    assert planner.get(f"/nl/layers/imports/{job.id}").json["state"] == "waiting"


@pytest.mark.parametrize(
    "wrong", [{"layer": "nowhere"}, {"name": "x.exe"}, {"name": ""}, {"crs": "EPSG:4326"}]
)
def test_a_wrong_upload_is_told_and_not_kept(planner, pages, wrong):
    answer = upload(planner, pages.get("/nl/layers").token, **wrong)
    assert answer.status_code == 400
    assert db.session.scalar(select(LayerImport)) is None


def test_a_file_name_cannot_leave_its_folder(planner, pages, store):
    upload(planner, pages.get("/nl/layers").token, name="../../../etc/x_2022.gpkg")
    job = db.session.scalars(select(LayerImport)).one()
    assert (store / "incoming") in Path(job.path).parents


def statements(client, address) -> int:
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("address", ["/nl/layers", "/nl/layers/values?at={at}&editions={ids}"])
def test_questions_do_not_grow_with_editions(planner, address):
    counts = []
    for year in range(2000, 2012):
        factories.make_layer_edition(edition=str(year))
        ids = ",".join(map(str, db.session.scalars(select(LayerEdition.id))))
        if year in (2001, 2011):
            counts.append(statements(planner, address.format(at=AT, ids=ids)))
    assert 0 < counts[0] == counts[1]


def test_the_value_told_is_the_value_stored_at_a_hundred_places(heat, planner):
    draw = random.Random(20260721)
    raster, grid = open_raster(heat), open_raster(heat).grid
    for _ in range(100):
        x = grid.origin_x + draw.random() * grid.width * grid.cell
        y = grid.origin_y - draw.random() * grid.height * grid.cell
        place = to_lonlat(Point(x, y))
        at = f"{place.x:.9f},{place.y:.9f}"
        asked = rd_point(*(float(part) for part in at.split(",")))
        stored = float(raster.values_at([asked.x], [asked.y])[0])
        (told,) = planner.get(f"/nl/layers/values?at={at}&editions={heat.id}").json["values"]
        assert told["value"] == (None if math.isnan(stored) else stored)


def test_picture_legend_identify_and_statistics_class_alike(heat):
    classes = classes_of_edition(heat)
    palette, lines = palette_for(heat.layer, classes), legend_lines(heat, "nl")
    limits = statistics._limits(heat.layer)
    starts = list(limits.values())
    draw = random.Random(5)
    near = [upper + shift for upper in classes.breaks[:-1] for shift in (0.0, 0.49, 0.5, 0.51)]
    for value in (*near, *(draw.uniform(20, 60) for _ in range(100))):
        cell = float(np.float32(value))
        place = int(palette.indices(np.array([[cell]], np.float32))[0, 0])
        assert class_of(heat.layer, classes, cell) == place
        assert sum(cell >= start for start in starts) == place
        assert class_label(Identified(heat, cell), "nl") == lines[place].label
        assert colour_for(heat.layer, classes, cell) == lines[place].colour
