"""The pages of figures: what they tell, what they refuse, in every language."""

import csv
import io

import numpy as np
import pytest
from sqlalchemy import select

from tests import factories
from tests.webapp.figures.small_world import heat, import_raster, make_areas, point
from webapp.extensions import db
from webapp.figures.actions import compute
from webapp.figures.commands import group
from webapp.figures.exposure import expose_all_waiting
from webapp.figures.kinds import KINDS, kinds_of
from webapp.figures.models import FigureWork
from webapp.geodata import stored


@pytest.fixture
def planner(pages):
    case = factories.make_case(at=(105_000.0, 486_000.0))
    pages.sign_in(factories.make_user("planner", case=case))
    pages.case = case
    return pages


def made(*names: str) -> None:
    compute(kinds_of(names), "neighbourhood", None)


@pytest.mark.parametrize("language", ["nl", "en", "tr", "ar", "pl", "uk"])
def test_every_page_reads_in_every_language(world, planner, language):
    made("heat-1", "heat-2")
    for path in ("", "/heat-1", "/cool-1", "/green-2", "/perceived-heat"):
        page = planner.get(f"/{language}/figures{path}")
        assert "figures." not in page.text


def test_the_overview_tells_what_is_there_and_what_to_do(world, planner):
    made("heat-1")
    page = planner.get("/en/figures")
    assert "balanskaart layers import shrub_cover PATH" in page.text
    assert "Not computed yet" in page.text
    assert "Computed" in page.text
    assert all(f"/en/figures/{kind.key}?level=neighbourhood" in page.links() for kind in KINDS)


def test_a_value_opens_to_its_parts(world, planner):
    made("heat-1", "access-1-straight-residents")
    page = planner.get("/en/figures/heat-1")
    for words in ("50 %", "5,000 m²", "10,000 m²", "2022", "Balanskaart 0.1.0", "pet_min=35"):
        assert words in page.text, words
    assert "The lowest is 50 % in West, the highest 100 % in East." in page.text
    assert [bar["width"] for bar in page.all("rect", height="12")] == ["100.0%", "50.0%"]
    page = planner.get("/en/figures/access-1-straight-residents")
    assert "Residents: 15" in page.text
    assert "spread evenly" in page.text


def test_rows_come_in_the_order_that_was_asked(world, planner):
    made("heat-1")
    first = planner.get("/en/figures/heat-1?sort=value&order=ascending").text
    last = planner.get("/en/figures/heat-1?sort=value&order=descending").text
    table = [text[text.index("Table") :] for text in (first, last)]
    assert table[0].index("West") < table[0].index("East")
    assert table[1].index("East") < table[1].index("West")
    page = planner.get("/en/figures/heat-1?sort=name&order=ascending")
    assert [head["aria-sort"] for head in page.all("th") if "aria-sort" in head] == ["ascending"]


def test_a_value_that_lacks_most_of_its_data_is_marked_and_not_compared(app, tmp_path, planner):
    make_areas()
    cells = heat()
    cells[:, 12:] = np.nan
    import_raster("pet", tmp_path, cells)
    made("heat-1")
    page = planner.get("/en/figures/heat-1")
    assert "100 % mostly without data" in page.text
    assert "The lowest is 50 % in West, the highest 50 % in West." in page.text
    assert "do not count in this sentence" in page.text


@pytest.mark.parametrize(
    "path", ["heat-9", "heat-1?sort=DROP", "heat-1?level=planet", "heat-1?order=1", "heat-9/csv"]
)
def test_what_does_not_exist_is_not_found(world, planner, path):
    made("heat-1")
    planner.get(f"/en/figures/{path}", status=404)


def test_what_was_made_up_says_so_on_the_page_and_in_the_file(app, tmp_path, planner):
    areas = make_areas()
    areas["West"].name = "=HYPERLINK(1)"
    db.session.flush()
    import_raster("pet", tmp_path, heat(), is_synthetic=True)
    made("heat-1")
    assert "Invented data" in planner.get("/en/figures/heat-1").text
    assert "invented" in planner.get("/en/figures").text
    answer = planner.client.get("/en/figures/heat-1/csv")
    assert "synthetic" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["synthetic"] for row in rows] == ["yes", "yes"]
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert (rows[0]["value"], rows[0]["definition"]) == ("0.5", "HEAT-1")
    assert "SYNTHETIC" in rows[0]["inputs"]


def test_figures_are_computed_when_asked(world, planner):
    page = planner.get("/en/figures")
    page = planner.post("/en/figures", page)
    assert "being computed" in page.text
    levels = {work.level for work in db.session.scalars(select(FigureWork))}
    assert levels == {"neighbourhood", "district"}
    address = page.all("li", data_module="import_progress")[0]["data-address"]
    told = planner.client.get(address).json
    assert told["state"] == "waiting"
    assert planner.client.get("/en/figures/progress/999999").status_code == 404


def test_a_figure_without_any_computation_has_a_page(world, planner):
    assert "Not computed yet" in planner.get("/en/figures/heat-1").text
    assert planner.client.get("/en/figures/heat-1/csv").status_code == 404


def test_the_page_asks_the_database_as_often_for_many_areas(world, planner, count_queries):
    made("heat-1")
    planner.get("/en/figures/heat-1")
    with count_queries() as few:
        planner.get("/en/figures/heat-1")
    for number in range(20):
        factories.make_area("neighbourhood", f"BU0392{number + 20:04}", side=10)
    made("heat-1")
    with count_queries() as many:
        planner.get("/en/figures/heat-1")
    assert len(many) <= len(few) + 1


def test_staff_see_what_was_measured_for_a_wish(world, planner):
    made("heat-1")
    wish = factories.make_wish(planner.case, geom=stored(point(20)))
    page = planner.get(f"/en/planning?table=wishes&selected=wish:{wish.id}")
    assert "Not measured yet" in page.text
    expose_all_waiting()
    page = planner.get(f"/en/planning?table=wishes&selected=wish:{wish.id}")
    assert "40 °C" in page.text
    planner.sign_in(factories.make_user("moderator", case=planner.case))
    page = planner.get(f"/en/moderation/{wish.id}")
    assert "Perceived temperature, modelled" in page.text
    assert "walking along paths" in page.text


@pytest.mark.parametrize("role", ["moderator", "controller", "field_worker"])
def test_others_do_not_get_in(world, pages, role):
    pages.sign_in(factories.make_user(role, case=factories.make_case()))
    assert pages.client.get("/en/figures").status_code == 403
    assert pages.client.get("/en/figures/perceived-heat").status_code == 403


def test_the_command_tells_what_it_made_and_what_is_missing(app, world):
    told = app.test_cli_runner().invoke(group, ["compute", "HEAT-2", "GREEN-2"])
    assert told.exit_code == 0, told.output
    assert "heat-2: neighbourhood 2024" in told.output
    assert "green-2: not made, missing: shrub_cover, low_green_cover" in told.output
    told = app.test_cli_runner().invoke(group, ["compute", "HEAT-9"])
    assert told.exit_code == 1
    assert "There is no figure" in told.output
    assert "cool-1: COOL-1" in app.test_cli_runner().invoke(group, ["list"]).output
