import re

import pytest
from sqlalchemy import event

from tests import factories
from tests.webapp.chain.world import NOW, make_world
from webapp.chain import coverage
from webapp.chain.money import Sum, money_table
from webapp.extensions import db
from webapp.permissions import Scope

EVERYTHING = Scope(True, frozenset(), frozenset())


def statements(read) -> int:
    count = []
    connection = db.session.connection()
    listener = lambda *_: count.append(1)  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    read()
    event.remove(connection, "before_cursor_execute", listener)
    return len(count)


@pytest.mark.parametrize(
    "table", [coverage.wish_coverage, coverage.intervention_coverage, coverage.loose_money]
)
def test_each_table_is_one_reading_however_many_cases(app, table):
    world = make_world()
    for _ in range(3):
        case = factories.make_case(world.deal)
        factories.make_wish(case, status="published")
        factories.make_intervention(case)
        factories.make_booking(world.line, case=case)
    assert statements(lambda: table(EVERYTHING)) == 1


def test_wishes_are_counted_once_by_their_best_answer(app):
    world = make_world()
    for relation in ("conflicts", "partly"):
        plan = factories.make_intervention(world.case, published_at=NOW)
        factories.link(plan, world.wish, relation)
    clash = factories.make_wish(world.case, status="published", theme="air_noise")
    factories.link(factories.make_intervention(world.case, published_at=NOW), clash, "conflicts")
    drafted = factories.make_wish(world.case, status="published", theme="air_noise")
    factories.link(world.draft, drafted)
    rows = {row.theme: row for row in coverage.wish_coverage(EVERYTHING)}
    assert (rows["green"].state_answers, rows["green"].state_refused) == (1, 2)
    assert rows["safe_clean"].state_waiting == 1
    assert (rows["air_noise"].state_conflicts, rows["air_noise"].state_waiting) == (1, 1)
    for row in rows.values():
        assert sum(row._mapping[f"state_{state}"] for state in coverage.WISH_STATES) == row.total


def test_every_figure_opens_as_many_rows_as_it_says(pages):
    world = make_world()
    factories.make_booking(world.line, amount_cents=5)
    pages.sign_in(factories.make_user("planner", deal=world.deal))
    overview = pages.get("/nl/coverage")
    figures = re.findall(r'<a href="(/nl/coverage/[^"]+)">(\d+)</a>', overview.html)
    assert len(figures) > 10
    for path, number in figures:
        page = pages.get(path.replace("&amp;", "&"))
        assert f"Gevonden: {number}" in page.text, path


def test_staff_see_only_their_own_cases(pages):
    world = make_world()
    elsewhere = factories.make_case(factories.make_deal())
    factories.make_wish(elsewhere, status="published", text="van elders")
    factories.make_intervention(elsewhere, title=factories.words("ingreep van elders"))
    pages.sign_in(factories.make_user("moderator", case=world.case))
    assert "Gevonden: 4" in pages.get("/nl/coverage/wishes").text
    for path in ("", "/wishes", "/interventions"):
        assert "van elders" not in pages.get(f"/nl/coverage{path}").html


def test_bookings_are_for_those_who_may_see_budgets(pages):
    world = make_world()
    factories.make_booking(world.line, case=world.case, document_ref="BESLUIT-GEHEIM")
    address = "/nl/coverage/bookings?deal=mra-west&case=haarlem"
    pages.sign_in(factories.make_user("moderator", case=world.case))
    assert "coverage/bookings" not in pages.get("/nl/coverage").html
    pages.get(address, 403)
    pages.sign_in(factories.make_user("case_manager", case=world.case))
    assert "BESLUIT-GEHEIM" in pages.get(address).html


def test_money_of_the_whole_deal_is_only_for_those_who_see_the_deal(app):
    world = make_world()
    factories.make_booking(world.line, amount_cents=7)
    deal = Scope(False, frozenset({world.deal.id}), frozenset({world.case.id}))
    case = Scope(False, frozenset(), frozenset({world.case.id}))
    assert [row.allocated for row in coverage.loose_money(deal)] == [7]
    assert list(coverage.loose_money(case)) == []


@pytest.mark.parametrize("asked", ["wishes?theme=unknown", "wishes?state=x", "interventions?lack=x", "wishes?page=none"])  # fmt: skip
def test_an_unknown_filter_is_refused(pages, asked):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    pages.get(f"/nl/coverage/{asked}", 400)


def test_a_page_beyond_the_last_is_not_found(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    pages.get("/nl/coverage/wishes?page=2", 404)


def test_the_public_may_not_see_the_coverage(client):
    assert "/login" in client.get("/nl/coverage").headers["Location"]


def test_an_empty_case_says_what_is_missing(pages):
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    page = pages.get("/nl/coverage")
    assert "nog geen beoordeelde wensen" in page.text
    assert "nog geen ingrepen" in page.text


def test_totals_are_the_rows_added_up():
    table = money_table(
        [
            Sum("regional_public", "spent", 3),
            Sum("state", "allocated", 10),
            Sum("state", "allocated", -4),
            Sum("state", "spent", 1),
        ]
    )
    assert [row.source for row in table.rows] == ["state", "regional_public"]
    assert table.totals == (6, 0, 4)
    assert not money_table([])
