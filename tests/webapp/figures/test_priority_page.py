"""The priority page: a hand-computed world, its sources, wrong weights, gaps and the file."""

import csv
import io

import numpy as np
import pytest
from sqlalchemy import event

from tests import factories
from webapp.areas.models import AreaFigures
from webapp.extensions import db
from webapp.figures import analysis_words
from webapp.figures.measures import available, known, municipalities_of, zones_of
from webapp.figures.models import FigureRun, FigureValue
from webapp.figures.priority import outcome
from webapp.map_layers.models import LayerAreaValue
from webapp.permissions import Scope

EVERYTHING = Scope(True, frozenset(), frozenset())
X, Y = factories.HAARLEM
SOURCES = {
    "heat": "layer.pet.mean",
    "green": "cbs.distance_to_public_green",
    "vulnerability": "cbs.low_income_households",
}
EVEN = {"heat": 25, "green": 25, "vulnerability": 25, "wishes": 25}


def make_world(areas=3):
    """Areas in a row from hot, bare and poor to cool, green and rich; wishes in the first alone."""
    case = factories.make_case()
    made = [
        factories.make_area(
            code=f"BU0392{n:04}",
            name=f"Buurt {n}",
            at=(X + 400 * n, Y),
            side=400,
            figures={
                "aantal_inwoners": 1000,
                "afstand_tot_openbaar_groen_totaal": 0.9 - 0.1 * n,
                "percentage_huishoudens_met_laag_inkomen": 30 - n,
            },
        )
        for n in range(areas)
    ]
    edition = factories.make_layer_edition("pet", kind="raster", is_synthetic=True, edition="2025")
    for n, area in enumerate(made):
        factories.add(
            LayerAreaValue(
                edition_id=edition.id, area_id=area.id, definition="mean", value=40.0 - n
            )
        )
    for _ in range(2):
        factories.make_wish(case, (X, Y))
    factories.make_wish(case, (X, Y), status="refused")
    return case, made


def computed(weights=EVEN, sources=SOURCES, rule="percentile"):
    zones = zones_of("neighbourhood", municipalities_of(EVERYTHING))
    offered = available("neighbourhood", zones)
    return outcome(EVERYTHING, "", zones, offered, sources, weights, rule)


def statements(read) -> int:
    count = []
    connection = db.session.connection()
    listener = lambda *_: count.append(1)  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    read()
    event.remove(connection, "before_cursor_execute", listener)
    return len(count)


def test_a_world_computed_by_hand(app):
    make_world()
    with app.test_request_context("/en/"):
        found = computed()
    # Percentiles are 1, ½ and 0 for three parts; wishes 2 per 1,000, 0 and 0: 1, 0 and 0.
    assert [row.zone.name for row in found.rows] == ["Buurt 0", "Buurt 1", "Buurt 2"]
    scores = [row.explanation.score for row in found.rows]
    assert scores == pytest.approx([1, 0.5 * 3 / 4, 0])
    assert found.values(3, found.rows[0]) == (2.0, None)
    assert [row.explanation.rank for row in found.rows] == [1, 2, 3]
    assert found.is_synthetic


def test_what_is_missing_lowers_the_confidence_not_the_score(app):
    _, areas = make_world()
    row = db.session.get(LayerAreaValue, (db.session.query(LayerAreaValue.edition_id).first()[0], areas[0].id, "mean"))  # fmt: skip
    row.value, row.details = None, {"reason": "no_data_here"}
    db.session.flush()
    with app.test_request_context("/en/"):
        found = computed()
        first = found.rows[0]
        assert (first.zone.name, first.explanation.confidence) == ("Buurt 0", 0.75)
        assert first.explanation.score == pytest.approx(1)
        value, reason = found.values(0, first)
        assert value is None
        assert reason
        assert "75%" in analysis_words.why(found, first)


def test_a_part_without_weight_changes_nothing_and_is_no_reason(app):
    make_world()
    with app.test_request_context("/en/"):
        found = computed({**EVEN, "heat": 0})
        assert not found.is_synthetic
        assert "Hitte" not in analysis_words.why(found, found.rows[0])
        assert found.contribution(0, found.rows[0]) == 0


def test_lower_counts_as_worse_where_the_source_says_so(app):
    _, areas = make_world(2)
    for area, income in zip(areas, (40.0, 20.0), strict=True):
        [figures] = db.session.query(AreaFigures).filter_by(area_id=area.id)
        figures.figures = {**figures.figures, "gemiddeld_inkomen_per_inwoner": income}
    db.session.flush()
    weights = {**EVEN, "heat": 0, "green": 0, "wishes": 0}
    with app.test_request_context("/en/"):
        found = computed(weights, {**SOURCES, "vulnerability": "cbs.income_per_inhabitant"})
    assert [row.zone.name for row in found.rows] == ["Buurt 1", "Buurt 0"]
    assert found.values(2, found.rows[0]) == (20.0, None)


def test_a_computed_figure_stands_first_and_shows_per_cent(app):
    _, areas = make_world()
    run = factories.add(
        FigureRun(
            figure="heat-1",
            definition="HEAT-1",
            version="1",
            parameters={},
            inputs=[{"layer": "pet", "edition": "2025"}],
            software_version="Balanskaart",
            level="neighbourhood",
            year=2024,
            is_synthetic=True,
        )
    )
    factories.add(FigureValue(run_id=run.id, area_id=areas[0].id, value=0.25, unit="share"))
    with app.test_request_context("/en/"):
        zones = zones_of("neighbourhood", ["GM0392"])
        measure = available("neighbourhood", zones)["run.heat-1"]
        values = known(measure, zones).values
    assert (measure.unit, measure.is_synthetic, measure.worse) == ("%", True, "high")
    assert "Gevoelstemperatuur op een hete dag 2025" in measure.edition
    np.testing.assert_array_equal(values, [25.0, np.nan, np.nan])


def test_the_newest_year_that_knows_a_figure_is_used_and_named(app):
    make_world(1)
    factories.make_area(
        year=2022, code="BU03920000", figures={"percentage_huishoudens_met_laag_inkomen": 12.5}
    )
    factories.make_area(year=2022, code="BU03920000x", figures={"percentage_huurwoningen": 60})
    with app.test_request_context("/en/"):
        zones = zones_of("neighbourhood", ["GM0392"])
        offered = available("neighbourhood", zones)
    assert {zone.year for zone in zones} == {2024}
    assert offered["cbs.low_income_households"].edition == "2024"
    assert "cbs.rental_homes" not in offered


def test_where_nobody_was_asked_no_wish_is_not_zero(app):
    make_world(1)
    factories.make_area(code="BU03929999", name="Ver weg", at=(X, Y + 9000), side=400, figures={"aantal_inwoners": 1000})  # fmt: skip
    with app.test_request_context("/en/"):
        found = computed()
    far = next(row for row in found.rows if row.zone.name == "Ver weg")
    assert found.values(3, far)[0] is None
    assert "gevraagd" in found.values(3, far)[1]


def test_the_number_of_statements_does_not_grow(app):
    make_world(2)
    with app.test_request_context("/en/"):
        few = statements(computed)
        for n in range(10, 30):
            factories.make_area(code=f"BU0392{n:04}", at=(X + 400 * n, Y), side=400, figures={"aantal_inwoners": 5})  # fmt: skip
        assert statements(computed) == few


@pytest.mark.parametrize(
    "query",
    [
        "weight_heat=nan",
        "weight_heat=-1",
        "weight_heat=101",
        "weight_heat=1e9",
        "weight_heat=٣",
        "weight_heat=",
        "weight_heat=0&weight_green=0&weight_vulnerability=0&weight_wishes=0",
        "heat=layer.pet.max",
        "rule=magic",
        "level=street",
        "case=elsewhere",
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(pages, query):
    case, _ = make_world()
    pages.sign_in(factories.make_user("planner", case=case))
    page = pages.get(f"/nl/figures/priority?{query}", status=400)
    assert page.all("div", role="alert")
    pages.get(f"/nl/figures/priority.csv?{query}", status=400)


def test_the_page_says_sources_and_why_in_every_language(pages):
    case, _ = make_world()
    pages.sign_in(factories.make_user("planner", case=case))
    for language in factories.LANGUAGES:
        page = pages.get(f"/{language}/figures/priority")
        assert "Buurt 0" in page.text
        assert "figures." not in page.text
        assert page.all("input", type="number", name="weight_heat")
    english = pages.get("/en/figures/priority?weight_heat=50&weight_green=0")
    assert "50% of the weight" in english.text
    assert "One or more sources were made up" in english.text
    assert "Buurt 2 is number 3 of 3" in english.text


def test_the_file_has_the_same_outcome_and_no_formula(pages):
    case, areas = make_world()
    areas[0].name = '=HYPERLINK("x")'
    db.session.flush()
    pages.sign_in(factories.make_user("planner", case=case))
    answer = pages.client.get("/en/figures/priority.csv?weight_heat=50")
    assert "synthetic" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["name"].startswith("'=")
    assert float(rows[0]["heat_weight"]) == pytest.approx(0.4)
    assert rows[0]["heat_synthetic"] == "yes"


def test_a_planner_counts_the_wishes_of_own_cases_alone(pages):
    make_world()
    own = factories.make_case(municipality_code="GM0392")
    pages.sign_in(factories.make_user("planner", case=own))
    text = pages.client.get("/en/figures/priority.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert {row["wishes_value"] for row in rows} == {"0.0"}


def test_without_areas_the_page_says_so(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    assert pages.get("/en/figures/priority")
    pages.get("/en/figures/priority.csv", status=404)
