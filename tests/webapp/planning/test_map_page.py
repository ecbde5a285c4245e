"""The planner's map as a page: filters, scope, order, and what it says when there is nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from tests import factories
from webapp.extensions import db

X, Y = factories.HAARLEM
DENSITY = "bevolkingsdichtheid_inwoners_per_km2"


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def planner(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    return pages


def districts(*values: float | None, **rest):
    return [
        factories.make_area(
            "district",
            f"WK03920{place}",
            at=(X + 1000 * place, Y),
            figures={} if value is None else {DENSITY: value},
            **rest,
        )
        for place, value in enumerate(values, 1)
    ]


def rows_of(page) -> list[str]:
    return [row["data-key"] for row in page.all("tr") if "data-key" in row]


def test_areas_stand_in_the_table_with_value_unit_and_edition(planner):
    districts(1234, 5678.0, None)
    page = planner.get("/nl/planning")
    assert rows_of(page) == ["area:WK039201", "area:WK039202", "area:WK039203"]
    for words in ("1.234", "5.678", "inwoners per km²", "editie 2024", "CBS, Kadaster"):
        assert words in page.text
    assert "Geen cijfer: het staat niet in het bestand." in page.text


def test_value_order_works_without_a_script_and_puts_missing_last(planner):
    districts(30, None, 10, 20)
    page = planner.get("/nl/planning?sort=value")
    assert rows_of(page) == [f"area:WK03920{n}" for n in (3, 4, 1, 2)]
    assert page.all("th", data_column="value")[0]["aria-sort"] == "ascending"
    assert page.all("button", name="sort", value="-value")
    page = planner.get("/nl/planning?sort=-value")
    assert rows_of(page) == [f"area:WK03920{n}" for n in (1, 4, 3, 2)]
    assert page.all("th", data_column="value")[0]["aria-sort"] == "descending"


def test_any_loaded_figure_can_be_shown_and_no_other(planner):
    factories.make_area("district", "WK039201", figures={"vreemd_cijfer": 2.5})
    page = planner.get("/nl/planning?layer=cbs.vreemd_cijfer")
    assert "2,5" in page.text
    planner.get("/nl/planning?layer=cbs.verzonnen", status=400)
    assert "2,5" not in planner.get("/nl/planning?layer=none").text


def test_newest_edition_with_the_figure_is_shown_unless_another_is_asked(planner):
    districts(100, year=2022)
    factories.make_area("district", "WK039201", year=2024, figures={"aantal_inwoners": 7})
    assert "editie 2022" in planner.get("/nl/planning").text
    asked = planner.get("/nl/planning?year=2024")
    assert "Geen cijfer: het staat niet in het bestand." in asked.text


def test_schematic_areas_give_way_to_real_ones_of_their_municipality(planner, case):
    drawn = factories.make_area("district", "SX0392AA", figures={DENSITY: 1})
    drawn.is_schematic = True
    assert rows_of(planner.get("/nl/planning")) == ["area:SX0392AA"]
    districts(100)
    assert rows_of(planner.get("/nl/planning")) == ["area:WK039201"]


def test_water_and_other_regions_stay_out(planner):
    districts(10)
    factories.make_area("district", "WK039209", water=True, figures={DENSITY: 1})
    factories.make_area("district", "WK036301", municipality_code="GM0363", figures={DENSITY: 1})
    assert rows_of(planner.get("/nl/planning")) == ["area:WK039201"]


def test_planner_sees_wishes_of_own_cases_only(planner, case):
    mine = factories.make_wish(case)
    factories.make_wish(factories.make_case(case.deal))
    factories.make_wish(case, status="withdrawn")
    page = planner.get("/nl/planning?table=wishes")
    assert rows_of(page) == [f"wish:{mine.id}"]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("theme=green", {"theme": "air_noise"}),
        ("kind=wish", {"kind": "too_hot"}),
        ("status=submitted", {"status": "private"}),
        ("since=2026-02-01", {"submitted_at": datetime(2026, 1, 31, 12, tzinfo=UTC)}),
        ("until=2026-02-01", {"submitted_at": datetime(2026, 2, 2, 12, tzinfo=UTC)}),
        ("q=schaduw", {"text": "Een bankje"}),
        ("q=100%25", {"text": "honderd"}),
    ],
)
def test_filter_keeps_what_fits(planner, case, query, values):
    fits = {"submitted_at": datetime(2026, 2, 1, 12, tzinfo=UTC), "text": "schaduw 100%"}
    kept = factories.make_wish(case, **fits)
    factories.make_wish(case, **(fits | values))
    assert rows_of(planner.get(f"/nl/planning?table=wishes&{query}")) == [f"wish:{kept.id}"]


def test_filter_on_case_narrows_areas_wishes_and_interventions(pages, case):
    other = factories.make_case(case.deal, municipality_code="GM0453", municipality_name="Velsen")
    pages.sign_in(factories.make_user("planner", deal=case.deal))
    districts(10)
    factories.make_area("district", "WK045301", municipality_code="GM0453", figures={DENSITY: 2})
    factories.make_wish(case)
    wish = factories.make_wish(other)
    factories.make_intervention(case)
    plan = factories.make_intervention(other)
    address = f"/nl/planning?case={other.slug}&table="
    assert rows_of(pages.get(address + "areas")) == ["area:WK045301"]
    assert rows_of(pages.get(address + "wishes")) == [f"wish:{wish.id}"]
    assert rows_of(pages.get(address + "interventions")) == [f"intervention:{plan.id}"]


@pytest.mark.parametrize("order", ["id", "submitted", "kind", "theme", "status", "case", "place"])
def test_wishes_in_every_order(planner, case, order):
    wishes = [factories.make_wish(case, theme=theme) for theme in ("green", "air_noise")]
    up = rows_of(planner.get(f"/nl/planning?table=wishes&sort={order}"))
    down = rows_of(planner.get(f"/nl/planning?table=wishes&sort=-{order}"))
    assert set(up) == set(down) == {f"wish:{wish.id}" for wish in wishes}
    if order == "theme":  # in Dutch "Groen" comes before "Lucht en geluid"
        assert up == [f"wish:{wish.id}" for wish in wishes]


@pytest.mark.parametrize("order", ["title", "phase", "case", "start", "wishes"])
def test_interventions_in_every_order(planner, case, order):
    first = factories.make_intervention(case, title=factories.words("Aap"), phase="idea")
    second = factories.make_intervention(case, title=factories.words("Noot"), phase="done")
    up = rows_of(planner.get(f"/nl/planning?table=interventions&sort={order}"))
    assert set(up) == {f"intervention:{first.id}", f"intervention:{second.id}"}
    if order in ("title", "phase"):
        assert up[0] == f"intervention:{first.id}"


def test_phase_filter(planner, case):
    plan = factories.make_intervention(case, phase="planned")
    factories.make_intervention(case)
    page = planner.get("/nl/planning?table=interventions&phase=planned")
    assert rows_of(page) == [f"intervention:{plan.id}"]


@pytest.mark.parametrize(
    "query",
    [
        "level=moon",
        "year=twelve",
        "year=1900",
        "case=elsewhere",
        "theme=x",
        "kind=x",
        "status=withdrawn",
        "phase=x",
        "since=yesterday",
        "since=2026-02-02&until=2026-02-01",
        "q=" + "a" * 101,
        "table=users",
        "sort=password",
        "table=wishes&sort=value",
        "page=0",
        "page=none",
        "selected=user:1",
        "at=NaN,52,10",
        "at=200.0,52.0,10",
        "theme=%00",
    ],
)
def test_mistake_in_the_address_is_named(planner, query):
    page = planner.get(f"/nl/planning?{query}", status=400)
    assert page.all("div", class_="error-summary")


def test_unprintable_text_is_no_error(planner):
    planner.get("/nl/planning?q=%00%00")
    planner.get("/nl/planning?selected=wish:999999999999999999")
    planner.get("/nl/planning?table=wishes&page=1000000")


def test_selected_area_tells_its_figures_and_wishes(planner, case):
    factories.make_area(
        "district", "WK039201", side=1000, figures={DENSITY: 1234, "eigen_cijfer": 3.5}
    )
    factories.make_wish(case, theme="green")
    factories.make_wish(case, theme="green", at=(X + 100, Y))
    factories.make_wish(case, theme="air_noise", at=(X + 5000, Y))
    page = planner.get("/nl/planning?selected=area:WK039201")
    assert "Wensen in dit gebied Thema Wensen Groen 2 " in page.text
    assert "Eigen cijfer 3,5" in page.text
    assert page.all("tr", data_key="area:WK039201")[0]["class"] == "selected"
    assert "Er zijn hier geen wensen" in planner.get(
        "/nl/planning?selected=area:WK039201&theme=safe_clean"
    ).text  # fmt: skip


def test_selected_wish_and_intervention(planner, case):
    wish = factories.make_wish(case, text="<b>Meer</b> schaduw", status="published")
    plan = factories.make_intervention(case)
    page = planner.get(f"/nl/planning?selected=wish:{wish.id}")
    assert "<b>Meer</b> schaduw" in page.text
    assert f"/nl/chain/wishes/{wish.id}" in page.links()
    page = planner.get(f"/nl/planning?selected=intervention:{plan.id}")
    assert "Deze ingreep is nog niet openbaar." in page.text


def test_nothing_of_another_case_can_be_selected(planner, case):
    other = factories.make_case(case.deal)
    wish = factories.make_wish(other, text="geheim van een ander")
    plan = factories.make_intervention(other, summary=factories.words("plan van een ander"))
    for key in (f"wish:{wish.id}", f"intervention:{plan.id}"):
        assert "van een ander" not in planner.get(f"/nl/planning?selected={key}").text


def test_empty_map_says_what_to_do(planner):
    page = planner.get("/nl/planning")
    assert "balanskaart areas import" in page.text
    assert "Niets past bij uw keuzes" in planner.get("/nl/planning?table=wishes").text


def test_long_table_has_pages(planner, case):
    for _ in range(103):
        factories.make_wish(case)
    page = planner.get("/nl/planning?table=wishes")
    assert len(rows_of(page)) == 100
    assert "Bladzijde 1 van 2" in page.text
    assert len(rows_of(planner.get("/nl/planning?table=wishes&page=2"))) == 3


@pytest.mark.parametrize("table", ["areas", "wishes", "interventions"])
def test_number_of_queries_does_not_grow_with_the_rows(planner, case, table):
    def queries() -> int:
        seen = []

        def count(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        planner.get(f"/nl/planning?table={table}&selected=area:WK039201")
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    districts(1)
    few = queries()
    districts_more = [factories.make_area("district", f"WK0392{n}", figures={DENSITY: n}) for n in range(20, 40)]  # fmt: skip
    for area in districts_more:
        factories.make_wish(case, area_id=area.id)
        factories.make_intervention(case)
    many = queries()
    assert many <= few + 1, "only the list of figures is read anew after an import"
    assert many <= 22
