"""Who benefits: a hand-computed world with its money, gaps, roles and wrong questions."""

import pytest
import shapely
from sqlalchemy import event

from tests import factories
from webapp.extensions import db
from webapp.figures.benefits import benefits, money
from webapp.figures.measures import available, zones_of
from webapp.geodata import stored
from webapp.map_layers.models import LayerAreaValue, LayerFeature
from webapp.permissions import Scope

EVERYTHING = Scope(True, frozenset(), frozenset())
X, Y = factories.HAARLEM
INCOME = "percentage_huishoudens_met_laag_inkomen"
GREEN = "afstand_tot_openbaar_groen_totaal"


def make_world():
    """Five areas of 1,000 residents, each a fifth: the poorer the farther from green."""
    areas = [
        factories.make_area(
            code=f"BU0392{n:04}",
            name=f"Buurt {n}",
            at=(X + 1000 * n, Y),
            side=1000,
            figures={
                "aantal_inwoners": 1000,
                INCOME: 10 + n,
                GREEN: 0.5 + 0.1 * n,
                "percentage_personen_0_tot_15_jaar": 10 * n,
                "percentage_personen_65_jaar_en_ouder": 40 - 10 * n,
            },
        )
        for n in range(5)
    ]
    deal = factories.make_deal()
    case = factories.make_case(deal)
    return case, areas


def found_for(figure="cbs.distance_to_public_green", vulnerable="cbs.low_income_households"):
    zones = zones_of("neighbourhood", ["GM0392"])
    offered = available("neighbourhood", zones)
    return zones, benefits(zones, offered, offered[figure], vulnerable)


def spend(case, at, cents, line="PL1", **values):
    """An intervention of a metre wide with an amount spent on it."""
    deal = case.deal
    programme = factories.make_programme_line(deal, code=line)
    budget = factories.make_budget_line(deal, [programme], code=f"B-{line}")
    plan = factories.make_intervention(
        case, programme_lines=[programme], geom=stored(shapely.Point(*at))
    )
    factories.make_booking(
        budget, case=case, intervention=plan, stage="spent", amount_cents=cents, **values
    )
    return plan


def test_a_distribution_by_hand(app):
    make_world()
    with app.test_request_context("/nl/"):
        _, found = found_for()
    means = [group.mean for group in found.distribution.fifths]
    assert means == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9])
    assert found.distribution.gap == pytest.approx(0.4)
    young, old = found.ages
    # 0, 100, 200, 300 and 400 children: (0.6 + 2 × 0.7 + 3 × 0.8 + 4 × 0.9) / 10.
    assert (young.key, young.mean) == ("0_15", pytest.approx(0.8))
    assert (old.key, old.mean) == ("65_up", pytest.approx(0.6))
    # Gini of 5, 6, 7, 8, 9: sum of all differences 40 over 2 × 5 × 35.
    assert found.lorenz.gini == pytest.approx(40 / 350)


def test_degrees_are_no_amount_to_divide(app):
    _, areas = make_world()
    edition = factories.make_layer_edition("pet", kind="raster")
    for area in areas:
        given = {"edition_id": edition.id, "area_id": area.id, "definition": "mean"}
        factories.add(LayerAreaValue(value=35.0, **given))
    with app.test_request_context("/nl/"):
        _, found = found_for("layer.pet.mean")
    assert found.lorenz is None
    assert found.distribution.gap == pytest.approx(0)


def test_one_area_says_nothing_about_inequality(app):
    _, areas = make_world()
    for area in areas[1:]:
        area.figures[0].figures = {k: v for k, v in area.figures[0].figures.items() if k != GREEN}
    db.session.flush()
    with app.test_request_context("/nl/"):
        _, found = found_for()
    assert found.figure.missing == len(areas) - 1
    assert found.lorenz is None


def test_higher_income_is_less_vulnerable(app):
    _, areas = make_world()
    for n, area in enumerate(areas):
        area.figures[0].figures = {
            **area.figures[0].figures,
            "gemiddeld_inkomen_per_inwoner": 50 - n,
        }
    db.session.flush()
    with app.test_request_context("/nl/"):
        _, found = found_for(vulnerable="cbs.income_per_inhabitant")
    assert found.distribution.gap == pytest.approx(0.4)


def test_missing_values_are_counted_not_guessed(app):
    _, areas = make_world()
    for area, key in ((areas[0], INCOME), (areas[1], GREEN), (areas[2], "aantal_inwoners")):
        area.figures[0].figures = {k: v for k, v in area.figures[0].figures.items() if k != key}
    db.session.flush()
    with app.test_request_context("/nl/"):
        _, found = found_for()
    assert found.distribution.unplaced_residents == 1000
    assert (found.figure.missing, found.without_residents) == (1, 1)
    assert sum(group.residents for group in found.distribution.fifths) == pytest.approx(2000)


def test_money_reaches_residents_within_300_metres_to_the_cent(app):
    case, _ = make_world()
    # At the border of the first two areas: half of the circle in each.
    spend(case, (X + 500, Y), 100_01)
    with app.test_request_context("/nl/"):
        zones, found = found_for()
        spent = money(EVERYTHING, EVERYTHING, "spent", found, zones)
    [line] = spent.lines
    assert (line.cents, sum(line.cents_per_fifth), line.cents_without_fifth) == (10001, 10001, 0)
    assert sorted(line.cents_per_fifth) == [0, 0, 0, 5000, 5001]
    # ST_Buffer draws the circle with 32 sides: a little less than π × 0.3².
    assert line.residents == pytest.approx(3.1214 * 0.09 * 1000, rel=0.002)


@pytest.mark.parametrize(("residents", "reached"), [(20, 15), (21, 0.09 * 3.1214 * 21)])
def test_dwellings_say_where_people_live_if_there_are_enough(app, residents, reached):
    case, areas = make_world()
    areas[0].figures[0].figures = {**areas[0].figures[0].figures, "aantal_inwoners": residents}
    edition = factories.make_layer_edition("bag_dwellings")
    for at in ((X, Y), (X + 1, Y), (X + 2, Y), (X + 450, Y + 450)):
        factories.add(LayerFeature(edition_id=edition.id, geom=stored(shapely.Point(*at))))
    spend(case, (X, Y), 100_00)
    with app.test_request_context("/nl/"):
        zones, found = found_for()
        spent = money(EVERYTHING, EVERYTHING, "spent", found, zones)
    assert spent.lines[0].residents == pytest.approx(reached, rel=0.002)


def test_money_without_a_place_or_with_two_lines_or_taken_back(app):
    case, _ = make_world()
    plan = spend(case, (X, Y), 50_00)
    plan.programme_lines.append(factories.make_programme_line(case.deal, "PL2"))
    spend(case, (X, Y), 70_00, "PL3").geom = None
    other = spend(case, (X, Y), 30_00, "PL4")
    [entry] = db.session.query(factories.Booking).filter_by(intervention_id=other.id)
    factories.make_booking(
        entry.budget_line,
        case=case,
        intervention=other,
        stage="spent",
        amount_cents=-30_00,
        reverses_id=entry.id,
    )
    spend(case, (X, Y), 20_00, "PL5", funder="regional_public", is_state_money=True)
    with app.test_request_context("/nl/"):
        zones, found = found_for()
        spent = money(EVERYTHING, EVERYTHING, "spent", found, zones)
        nothing = money(EVERYTHING, EVERYTHING, "committed", found, zones)
    assert [(line.line, line.cents) for line in spent.lines] == [("PL1 (nl) + PL2 (nl)", 5000)]
    assert spent.unplaced_cents == 7000
    assert (nothing.lines, nothing.unplaced_cents) == ([], 0)


def test_residents_without_a_fifth_are_told_apart(app):
    case, areas = make_world()
    given = areas[0].figures[0].figures
    areas[0].figures[0].figures = {key: value for key, value in given.items() if key != INCOME}
    spend(case, (X, Y), 10_00)
    with app.test_request_context("/nl/"):
        zones, found = found_for()
        spent = money(EVERYTHING, EVERYTHING, "spent", found, zones)
    assert spent.elsewhere == pytest.approx(0.09 * 3.1214 * 1000, rel=0.002)
    assert (spent.lines[0].residents, spent.lines[0].cents_without_fifth) == (0, 1000)


def test_an_intervention_that_reaches_nobody_keeps_its_cents_apart(app):
    case, _ = make_world()
    spend(case, (X, Y + 20_000), 12_34)
    with app.test_request_context("/nl/"):
        zones, found = found_for()
        [line] = money(EVERYTHING, EVERYTHING, "spent", found, zones).lines
    assert (line.cents_without_fifth, line.cents_per_resident) == (1234, None)


def test_the_number_of_statements_does_not_grow(app):
    case, _ = make_world()
    spend(case, (X, Y), 1)
    count = []
    connection = db.session.connection()
    listener = lambda *_: count.append(1)  # noqa: E731

    def read() -> int:
        db.session.expire_all()
        count.clear()
        event.listen(connection, "before_cursor_execute", listener)
        zones, found = found_for()
        money(EVERYTHING, EVERYTHING, "spent", found, zones)
        event.remove(connection, "before_cursor_execute", listener)
        return len(count)

    with app.test_request_context("/nl/"):
        read()
        few = read()
        for n in range(2, 8):
            spend(case, (X + 100 * n, Y), 100 * n, f"PL{n}")
        assert read() == few


def test_only_who_may_see_budgets_sees_money(pages):
    case, _ = make_world()
    spend(case, (X, Y), 12_345_67)
    address = "/en/figures/benefits?stage=spent"
    pages.sign_in(factories.make_user("planner", case=case))
    page = pages.get(address)
    assert "12,345.67" not in page.text
    assert "access to the budget" in page.text
    pages.sign_in(factories.make_user("case_manager", case=case))
    assert "12,345.67" in pages.get(address).text
    pages.sign_in(factories.make_user("case_manager", case=factories.make_case()))
    assert "12,345.67" not in pages.get(address).text


@pytest.mark.parametrize(
    "query", ["figure=nan", "vulnerability=x", "stage=all", "case=x", "level=x"]
)
def test_what_cannot_be_meant_is_refused_in_words(pages, query):
    case, _ = make_world()
    pages.sign_in(factories.make_user("planner", case=case))
    assert pages.get(f"/nl/figures/benefits?{query}", status=400).all("div", role="alert")


def test_the_page_says_the_gap_in_every_language(pages):
    case, _ = make_world()
    spend(case, (X, Y), 100)
    pages.sign_in(factories.make_user("case_manager", case=case))
    for language in factories.LANGUAGES:
        figure = "cbs.distance_to_public_green"
        page = pages.get(f"/{language}/figures/benefits?figure={figure}&stage=spent")
        assert "figures." not in page.text
        assert page.all("polyline")
    english = pages.get(f"/en/figures/benefits?figure={figure}").text
    assert "a gap of 0.4 km" in english


def test_without_residents_the_page_says_so(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    assert "No areas or residents" in pages.get("/en/figures/benefits").text
