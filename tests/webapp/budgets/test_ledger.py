from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from tests import factories
from webapp.budgets import actions, figures, queries
from webapp.budgets.figures import REGIONAL, STAGES
from webapp.budgets.models import Booking
from webapp.budgets.queries import LedgerFilters
from webapp.errors import Conflict, Forbidden, Invalid
from webapp.events import Event
from webapp.extensions import db
from webapp.permissions import Scope

EVERYTHING = Scope(True, frozenset(), frozenset())


@dataclass
class Books:
    """A deal with two lines and two cases."""

    deal: Any
    lines: list[Any]
    cases: list[Any]


def make_books():
    deal = factories.make_deal()
    programme = factories.make_programme_line(deal)
    lines = [
        factories.make_budget_line(deal, [programme], code=f"L{n}", position=n) for n in (1, 2)
    ]
    return Books(deal, lines, [factories.make_case(deal), factories.make_case(deal)])


@pytest.fixture
def books(app):
    return make_books()


def values(books, **changes):
    plain = {
        "budget_line_id": books.lines[0].id,
        "case_id": books.cases[0].id,
        "intervention_id": None,
        "party_id": None,
        "funder": "state",
        "in_kind": False,
        "is_state_money": False,
        "stage": "allocated",
        "amount_cents": 100_00,
        "year": 2026,
        "booked_on": date(2026, 1, 2),
        "document_ref": "D-1",
        "note": "",
        "valuation_note": "",
    }
    return plain | changes


def book(books, scope=EVERYTHING, key=None, **changes):
    return actions.book(scope, books.deal, values(books, **changes), key or uuid4())


def all_bookings():
    return list(db.session.scalars(select(Booking).order_by(Booking.id)))


def test_a_booking_is_kept_with_an_event(books):
    booking = book(books)
    row = db.session.scalars(select(Event).filter_by(subject="booking")).one()
    assert (row.subject_id, row.details["cents"]) == (booking.id, 100_00)


def test_the_same_form_twice_is_one_booking(books):
    key = uuid4()
    assert book(books, key=key).id == book(books, key=key).id
    assert len(all_bookings()) == 1


def test_the_same_form_with_another_amount_is_refused(books):
    key = uuid4()
    book(books, key=key)
    with pytest.raises(Conflict):
        book(books, key=key, amount_cents=200_00)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 0},
        {"amount_cents": -1},
        {"amount_cents": 10**16},
        {"funder": "nobody"},
        {"stage": "dreamt"},
        {"funder": "regional_public", "in_kind": True},
        {"in_kind": True, "valuation_note": "x"},
        {"is_state_money": True},
        {"funder": "regional_private", "is_state_money": True},
        {"document_ref": ""},
        {"year": 1999},
        {"budget_line_id": 999_999},
        {"party_id": 999_999},
        {"case_id": 999_999},
        {"intervention_id": 999_999},
    ],
)
def test_what_does_not_fit_is_refused_by_the_action(books, changes):
    with pytest.raises(Invalid):
        book(books, **changes)
    assert all_bookings() == []


def test_an_intervention_of_another_case_is_refused(books):
    foreign = factories.make_intervention(books.cases[1])
    with pytest.raises(Invalid):
        book(books, intervention_id=foreign.id)


def test_without_a_case_one_needs_the_whole_deal(books):
    own = Scope(False, frozenset(), frozenset({books.cases[0].id}))
    book(books, own)
    with pytest.raises(Forbidden):
        book(books, own, case_id=None)
    with pytest.raises(Forbidden):
        book(books, own, case_id=books.cases[1].id)
    book(books, Scope(False, frozenset({books.deal.id}), frozenset()), case_id=None)


def reverse(booking, key=None, **changes):
    given = {"reason": "Twee keer", "document_ref": "C-1", "booked_on": date(2026, 2, 1), "year": 2026}  # fmt: skip
    return actions.reverse(booking.id, key or uuid4(), **(given | changes))


def test_a_reversal_has_its_own_document_and_leaves_nothing(books):
    booking = book(books, funder="regional_public", in_kind=True, valuation_note="8 uur")
    opposite = reverse(booking)
    assert (opposite.amount_cents, opposite.document_ref) == (-100_00, "C-1")
    assert (booking.amount_cents, booking.document_ref) == (100_00, "D-1")
    assert figures.total(figures.cells(queries.ledger_sums())).empty


def test_an_entry_is_reversed_once_and_a_reversal_never(books):
    booking = book(books)
    key = uuid4()
    opposite = reverse(booking, key)
    assert reverse(booking, key).id == opposite.id
    with pytest.raises(Conflict):
        reverse(booking)
    with pytest.raises(Invalid):
        reverse(opposite)
    assert len(all_bookings()) == 2


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.sampled_from([None, 0, 1]),
        st.sampled_from(["state", *REGIONAL, "state_money"]),
        st.sampled_from(STAGES),
        st.integers(1, 10**15),
        st.booleans(),
    ),
    max_size=12,
)


def put(books, entries):
    for line, case, source, stage, cents, taken_back in entries:
        in_kind = source.startswith("in_kind")
        funder = source.replace("in_kind", "regional").replace("state_money", "regional_public")
        booking = book(
            books,
            budget_line_id=books.lines[line].id,
            case_id=None if case is None else books.cases[case].id,
            funder=funder,
            in_kind=in_kind,
            is_state_money=source == "state_money",
            valuation_note="8 uur" if in_kind else "",
            stage=stage,
            amount_cents=cents,
        )
        if taken_back:
            reverse(booking)


INDEPENDENT = text(
    "SELECT coalesce(sum(b.amount_cents), 0) FROM bookings b JOIN budget_lines l "
    "ON l.id = b.budget_line_id WHERE l.deal_id = :deal AND b.stage = :stage"
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries=ENTRIES)
def test_the_page_reconciles_with_the_ledger_to_the_cent(app, entries):
    books = make_books()
    put(books, entries)
    sums = queries.ledger_sums(queries.visible(books.deal, EVERYTHING))
    cells = figures.cells(sums)
    whole = figures.total(cells)
    for stage in STAGES:
        found = db.session.scalar(INDEPENDENT, {"deal": books.deal.id, "stage": stage})
        assert getattr(whole, stage) == found
        per_line = [figures.total(cells, line.id) for line in books.lines]
        assert sum(getattr(one, stage) for one in per_line) == found
    assert whole.free == sum(
        cell.allocated - max(cell.committed, cell.spent) for cell in cells.values()
    )
    for (line_id, source), cell in cells.items():
        code = next(line.code for line in books.lines if line.id == line_id)
        conditions = queries.matching(
            books.deal, EVERYTHING, LedgerFilters(line=code, source=source)
        )
        rows = queries.ledger_rows(conditions)
        assert {queries.source_of(booking) for booking, _ in rows} <= {source}
        for stage in STAGES:
            amounts = [one.amount_cents for one, _ in rows if one.stage == stage]
            assert sum(amounts) == getattr(cell, stage)


def test_free_is_worked_out_per_line_and_source(books):
    book(books, amount_cents=100)
    book(books, stage="committed", amount_cents=70)
    book(books, stage="spent", amount_cents=80)
    book(books, funder="regional_public", amount_cents=50)
    cells = figures.cells(queries.ledger_sums())
    line = books.lines[0].id
    assert cells[line, "state"].free == 20
    assert cells[line, "state"].uncommitted == 10
    assert figures.total(cells).free == 70


def test_one_grouping_query_makes_the_figures_however_many_rows(books):
    counts = []
    for _ in range(2):
        for case in (*books.cases, None):
            for stage in STAGES:
                book(books, case_id=case and case.id, stage=stage)
        statements = []

        def count(*arguments, statements=statements):
            statements.extend([arguments[2]] * ("bookings" in arguments[2]))

        event.listen(db.engine, "before_cursor_execute", count)
        queries.ledger_sums(queries.visible(books.deal, EVERYTHING))
        event.remove(db.engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts == [1, 1]
