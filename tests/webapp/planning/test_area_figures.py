"""What imported layers and computations say of areas, as the figure of map, table and files."""

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from layers.catalogue import CATALOGUE
from tests import factories
from tests.layers.made_files import CODES, PLACE
from tests.webapp.planning.test_tiles import features, tile_of
from webapp.extensions import db
from webapp.figures.models import FigureRun, FigureValue
from webapp.map_layers.models import LayerAreaValue
from webapp.map_layers.queries import area_values, definitions_of

LAYERS = [layer for layer in CATALOGUE.values() if layer.reader not in ("areas", "picture")]
KINDS = {
    (each.geometry, bool(each.categories), bool(each.column), each.shape, each.scheme): each
    for each in LAYERS
}
"""One layer of each kind of statistics."""
LEVEL = "level=neighbourhood"


@pytest.fixture
def planner(pages, quarter):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    return pages


def settings(page):
    return json.loads(page.all("div", id="map-settings")[0]["data-settings"])


def rows_of_csv(planner, layer: str) -> dict[str, dict[str, str]]:
    answer = planner.client.get("/nl/planning/areas.csv", query_string={"level": "neighbourhood", "layer": layer})  # fmt: skip
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    dialect = ";" if ";" in text.splitlines()[0] else ","
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text), delimiter=dialect)}


@pytest.mark.parametrize("layer", KINDS.values(), ids=lambda layer: layer.id)
def test_every_definition_of_a_layer_can_colour_the_areas(planner, load, layer, quarter):
    edition = load(layer.id, is_synthetic=True)
    offered = {
        each["value"] for each in planner.get("/nl/planning").all("option") if "@" in each["value"]
    }
    known = definitions_of(edition.id)
    assert {f"{layer.id}@{edition.id}:{name}" for name in known} <= offered
    for definition in known:
        stored = area_values(edition.id, definition)
        told = rows_of_csv(planner, f"{layer.id}@{edition.id}:{definition}")
        assert set(told) == set(CODES[:2])
        factor = 100 if definition.startswith(("share_above", "area_share")) else 1
        for area in quarter:
            row, value = told[area.code], stored.get(area.id)
            if value is None or value.value is None:
                assert row["value"] == "" or float(row["value"].replace(",", ".")) == 0
                continue
            assert float(row["value"].replace(",", ".")) == pytest.approx(value.value * factor)
            assert row["provenance"] == layer.provenance


def test_page_map_legend_and_tile_agree_and_say_it_is_made_up(planner, load, quarter):
    edition = load("pet", is_synthetic=True)
    limits = [name for name in definitions_of(edition.id) if name.startswith("share_above")]
    figure = f"pet@{edition.id}:{limits[0]}"
    page = planner.get(f"/nl/planning?{LEVEL}&layer={figure}")
    for words in ("Boven", "%", "2022", "Verzonnen, niet gemeten", edition.attribution):
        assert words in page.text, words
    assert len([bar for bar in page.all("li") if "data-bar" in bar]) == 2
    tiles = settings(page)["areas"]["tiles"]
    z, x, y = tile_of(PLACE[0] + 50, PLACE[1] + 50, 14)
    found = features(planner.client.get(tiles.replace("{z}/{x}/{y}", f"{z}/{x}/{y}")).data)
    drawn = {each["code"]: each.get("value") for each in found}
    stored = area_values(edition.id, limits[0])[quarter[0].id]
    assert drawn == {CODES[0]: pytest.approx(stored.value * 100), CODES[1]: None}
    assert f"{stored.no_data_share * 100:.0f} % zonder gegevens" in page.text


def test_address_leads_back_and_a_figure_that_is_gone_is_named(planner, load):
    edition = load("pet")
    figure = f"pet@{edition.id}:mean"
    page = planner.get(f"/nl/planning?{LEVEL}&layer={figure}")
    chosen = [each for each in page.all("option") if each.get("selected") is not None]
    assert figure in {each["value"] for each in chosen}
    assert any(
        re.search(rf"layer=pet(%40|@){edition.id}(%3A|:)mean", link) for link in page.links()
    )
    planner.get(f"/nl/planning?layer=pet@{edition.id}:nothing", status=400)
    planner.get("/nl/planning?layer=pet@999999:mean", status=400)
    for odd in ("layer:1:nothing", "layer:999999:mean", "computed:none", "layer:1:x' OR 1=1"):
        answer = planner.client.get("/tiles/areas/neighbourhood/2024/1/0/0.mvt", query_string={"figure": odd})  # fmt: skip
        assert answer.status_code == 404


def test_missing_says_why_in_words_and_is_hatched(planner, load, quarter):
    edition = load("health_good")
    row = db.session.get(LayerAreaValue, (edition.id, quarter[0].id, "value"))
    row.value, row.details = None, {"reason": "secret"}
    db.session.flush()
    page = planner.get(f"/nl/planning?{LEVEL}&layer=health_good@{edition.id}:value")
    assert "Geen cijfer: geheim of niet aanwezig." in page.text
    assert "Berekend met een model: een schatting." in page.text
    assert page.all("rect", fill="url(#no-figure)")
    told = rows_of_csv(planner, f"health_good@{edition.id}:value")[quarter[0].code]
    assert (told["value"], told["reason"]) == ("", "secret")


def test_an_area_without_a_category_has_zero_and_one_outside_the_map_has_no_value(planner, load, quarter):  # fmt: skip
    edition = load("bgt_cover")
    kinds = [name for name in definitions_of(edition.id) if ":" in name]
    row = db.session.get(LayerAreaValue, (edition.id, quarter[0].id, kinds[0]))
    if row is not None:
        db.session.delete(row)
    base = db.session.get(LayerAreaValue, (edition.id, quarter[1].id, kinds[0].split(":")[0]))
    base.value, base.details = None, {"reason": "outside"}
    db.session.flush()
    told = rows_of_csv(planner, f"bgt_cover@{edition.id}:{kinds[0]}")
    assert float(told[quarter[0].code]["value"]) == 0
    assert told[quarter[1].code]["value"] == ""
    assert told[quarter[1].code]["reason"] == "no_data_here"


def test_only_what_everyone_may_see_is_in_the_mailed_map(planner, load):
    public, own = load("pet", is_synthetic=True), load("own_raster")
    mailed = planner.client.get(f"/nl/planning/public-map.html?{LEVEL}&layer=pet@{public.id}:mean")
    assert "Verzonnen gegevens" in mailed.text
    assert "Gemiddeld" in mailed.text
    mailed = planner.client.get(f"/nl/planning/public-map.html?{LEVEL}&layer=own_raster@{own.id}:mean")  # fmt: skip
    assert "Gemiddeld" not in mailed.text.split("<h1", 1)[1].split("Niet in dit bestand", 1)[0]
    assert "Niet in dit bestand" in mailed.text


def test_questions_do_not_grow_with_layers_or_definitions(planner, load):
    seen = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "RESET", "SET")):
            seen.append(statement)

    def questions(figure: str) -> int:
        planner.get(f"/nl/planning?{LEVEL}&layer={figure}")
        seen.clear()
        event.listen(db.engine, "before_cursor_execute", count)
        planner.get(f"/nl/planning?{LEVEL}&layer={figure}")
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    pet = load("pet")
    few = questions(f"pet@{pet.id}:mean")
    for name in ("tree_cover", "parks", "bgt_cover", "health_good"):
        load(name)
    assert questions(f"pet@{pet.id}:mean") == few


def test_a_computed_figure_is_shown_with_its_definition_inputs_and_reasons(planner, quarter):
    run = FigureRun(
        figure="heat-1",
        definition="HEAT-1",
        version="1",
        parameters={},
        inputs=[{"layer": "pet", "edition": "2022", "sha256": "", "is_synthetic": True}],
        software_version="",
        level="neighbourhood",
        year=2024,
        computed_at=datetime(2026, 3, 4, tzinfo=UTC),
        is_synthetic=True,
    )
    db.session.add(run)
    db.session.flush()
    for area, value, notes in ((quarter[0], 0.25, []), (quarter[1], None, ["nothing_to_measure"])):
        db.session.add(
            FigureValue(run_id=run.id, area_id=area.id, value=value, unit="share", notes=notes)
        )
    db.session.flush()
    page = planner.get(f"/nl/planning?{LEVEL}&layer=computed:heat-1")
    for words in ("HEAT-1", "4 maart 2026", "hier is niets om te meten", "Verzonnen, niet gemeten"):  # fmt: skip
        assert words in page.text, words
    told = rows_of_csv(planner, "computed:heat-1")
    assert [told[code]["value"] for code in CODES[:2]] == ["25.0", ""]
    tiles = settings(page)["areas"]["tiles"]
    assert f"version={run.id}" in tiles
    z, x, y = tile_of(PLACE[0] + 50, PLACE[1] + 50, 14)
    found = features(planner.client.get(tiles.replace("{z}/{x}/{y}", f"{z}/{x}/{y}")).data)
    assert {each["code"]: each.get("value") for each in found} == {CODES[0]: 25.0, CODES[1]: None}
