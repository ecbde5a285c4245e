import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from tests import factories
from webapp.budgets.models import Booking
from webapp.extensions import db


@dataclass
class Office:
    """A controller signed in, with a deal, its lines and two cases."""

    pages: Any
    deal: Any
    line: Any
    cases: list[Any]

    @property
    def book_path(self):
        return f"/nl/budgets/{self.deal.slug}/book"

    def book(self, page=None, status=200, **fields):
        page = page or self.pages.get(self.book_path)
        return self.pages.post(self.book_path, page, status, **form_of(self, page, **fields))


def form_of(office, page, **fields):
    plain = {
        "form_key": page.all("input", name="form_key")[0]["value"],
        "line": str(office.line.id),
        "case": str(office.cases[0].id),
        "source": "state",
        "stage": "allocated",
        "amount": "1.234,56",
        "booked_on": "2026-01-02",
        "year": "2026",
        "document_ref": "D-1",
    }
    return plain | fields


def make_office(pages, role, scope):
    deal = factories.make_deal()
    line = factories.make_budget_line(deal, [factories.make_programme_line(deal)], code="L1")
    cases = [factories.make_case(deal), factories.make_case(deal)]
    for code, parameters in (
        ("BUD-1", {"maximum_cents": 20_000_000_00}),
        ("BUD-2", {"minimum_cents": 20_000_000_00, "at_least_state": True}),
        ("BUD-3", {"percent": 3}),
        ("BUD-4", {"minimum_cents": 150_000_000, "basis": "total"}),
        ("BUD-6", {}),
        ("BUD-9", {}),
        ("COM-1", {}),
        ("WISH-1", {}),
    ):
        factories.make_rule(deal, code, parameters=parameters)
    given = {"deal": deal} if scope == "deal" else {"case": cases[0]}
    pages.sign_in(factories.make_user(role, **given))
    return Office(pages, deal, line, cases)


@pytest.fixture
def office(pages):
    return make_office(pages, "controller", "deal")


@pytest.fixture
def case_office(pages):
    return make_office(pages, "case_manager", "case")


def bookings():
    return list(db.session.scalars(select(Booking).order_by(Booking.id)))


def test_an_amount_is_booked_exactly(office):
    page = office.book()
    assert "1.234,56" in page.text
    assert bookings()[0].amount_cents == 123_456


def test_the_same_form_sent_twice_books_once(office):
    page = office.pages.get(office.book_path)
    office.book(page)
    office.book(page)
    office.book(page, 409, amount="9")
    assert len(bookings()) == 1


@pytest.mark.parametrize(
    "amount",
    ["", "NaN", "-1", "0", "1e309", "1,234", "1.23.4", "12,345,6", "9" * 30, "inf", "12,3456", "x"],
)
def test_rubbish_amounts_are_refused_in_words(office, amount):
    page = office.book(amount=amount)
    assert page.all("div", class_="error-summary")
    assert bookings() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"line": "999999"},
        {"source": "state_money"},
        {"source": ""},
        {"stage": "dreamt"},
        {"year": "²²²²"},
        {"year": "1999"},
        {"booked_on": "soon"},
        {"document_ref": " "},
        {"case": "999999"},
        {"intervention": "999999"},
        {"party": "999999"},
        {"form_key": "x"},
        {"is_state_money": "y"},
        {"source": "in_kind_public"},
    ],
)
def test_rubbish_fields_are_refused_in_words(office, fields):
    page = office.book(**fields)
    assert page.all("div", class_="error-summary")
    assert bookings() == []


def test_in_kind_needs_a_valuation_and_is_kept_as_such(office):
    office.book(source="in_kind_private", valuation_note="8 uur, 50 euro")
    booking = bookings()[0]
    assert (booking.funder, booking.in_kind) == ("regional_private", True)


def test_an_intervention_brings_its_case_along(office):
    intervention = factories.make_intervention(office.cases[1])
    office.book(case="", intervention=str(intervention.id))
    assert bookings()[0].case_id == office.cases[1].id


def test_an_intervention_of_another_case_is_named(office):
    intervention = factories.make_intervention(office.cases[1])
    page = office.book(intervention=str(intervention.id))
    assert "andere case" in page.text


def test_a_case_manager_books_only_in_the_own_case(case_office):
    case_office.book()
    assert "Kies een case" in case_office.book(case="").text
    assert case_office.book(case=str(case_office.cases[1].id)).all("div", class_="error-summary")
    assert len(bookings()) == 1


def test_a_case_manager_sees_the_own_case_and_not_the_deal(case_office, pages):
    own, other = case_office.cases
    factories.make_booking(case_office.line, case_id=own.id, document_ref="EIGEN")
    factories.make_booking(case_office.line, case_id=other.id, document_ref="ANDERS")
    factories.make_booking(case_office.line, document_ref="DEAL")
    pages.get(f"/nl/budgets/{case_office.deal.slug}", 403)
    pages.get(f"/nl/budgets/cases/{other.slug}", 403)
    pages.get(f"/nl/budgets/cases/{own.slug}")
    text = pages.get(f"/nl/budgets/{case_office.deal.slug}/ledger").text
    assert "EIGEN" in text
    assert "ANDERS" not in text
    assert "DEAL" not in text
    assert "ANDERS" not in ledger_file(pages, case_office.deal)


def test_a_booking_of_another_case_cannot_be_reversed(case_office, pages):
    for case_id in (case_office.cases[1].id, None):
        booking = factories.make_booking(case_office.line, case_id=case_id)
        pages.get(f"/nl/budgets/bookings/{booking.id}/reverse", 403)


def test_another_deal_is_closed_and_an_unknown_one_not_there(office, pages):
    foreign = factories.make_deal()
    for path in ("", "/ledger", "/book", "/ledger.csv"):
        assert pages.client.get(f"/nl/budgets/{foreign.slug}{path}").status_code == 403
        assert pages.client.get(f"/nl/budgets/nowhere{path}").status_code == 404
    pages.get("/nl/budgets/bookings/99999999999999999999/reverse", 404)


def test_roles_without_money_are_refused(pages):
    deal = factories.make_deal()
    pages.sign_in(factories.make_user("moderator", deal=deal))
    for path in ("budgets", f"budgets/{deal.slug}", f"budgets/{deal.slug}/ledger"):
        pages.get(f"/nl/{path}", 403)


def test_reversing_asks_why_and_on_which_document(office, pages):
    office.book()
    booking = bookings()[0]
    path = f"/nl/budgets/bookings/{booking.id}/reverse"
    page = pages.get(path)
    key = page.all("input", name="form_key")[0]["value"]
    fields = {"form_key": key, "booked_on": "2026-02-01", "year": "2026"}
    assert "Vul dit in" in pages.post(path, page, **fields).text
    fields |= {"reason": "Twee keer geboekt", "document_ref": "C-1"}
    pages.post(path, page, **fields)
    pages.post(path, page, **fields)
    pages.post(path, page, 409, **(fields | {"form_key": str(uuid4())}))
    assert [one.amount_cents for one in bookings()] == [123_456, -123_456]
    assert "Twee keer geboekt" in pages.get(f"/nl/budgets/{office.deal.slug}/ledger").text


def fill(office):
    case = office.cases[0].id
    for stage, cents in (("allocated", 900_00), ("committed", 700_00), ("spent", 800_01)):
        factories.make_booking(office.line, stage=stage, amount_cents=cents, case_id=case)
    factories.make_booking(office.line, funder="regional_public", amount_cents=333_33)
    factories.make_booking(
        office.line,
        funder="regional_public",
        is_state_money=True,
        amount_cents=55_55,
        case_id=case,
    )


def test_every_figure_opens_to_rows_with_the_same_figure(office, pages):
    fill(office)
    for path in (office.deal.slug, f"cases/{office.cases[0].slug}"):
        page = pages.get(f"/nl/budgets/{path}")
        cells = re.findall(r'<a href="([^"]*/ledger[^"]*)"><bdi>([^<]+)</bdi>', page.html)
        assert cells
        for address, figure in cells:
            rows = pages.get(address.replace("&amp;", "&"))
            assert figure in re.findall(r"data-cents=\"-?\d+\"><bdi>([^<]+)</bdi>", rows.html)


def test_the_page_says_what_was_spent_without_a_commitment(office, pages):
    fill(office)
    text = pages.get(f"/nl/budgets/{office.deal.slug}").text
    assert "Besteed zonder verplichting" in text
    assert "100,01" in text


@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_every_page_reads_in_every_language(office, pages, language):
    fill(office)
    slug = office.deal.slug
    booking = bookings()[0]
    for path in (
        "",
        f"/{slug}",
        f"/cases/{office.cases[0].slug}",
        f"/{slug}/ledger",
        f"/{slug}/book",
        f"/bookings/{booking.id}/reverse",
    ):
        pages.get(f"/{language}/budgets{path}")


def test_the_ledger_filters_by_everything_and_survives_rubbish(office, pages):
    fill(office)
    slug, case = office.deal.slug, office.cases[0].slug

    def count(query):
        return pages.get(f"/nl/budgets/{slug}/ledger?{query}").html.count('<th scope="row"')

    assert count("") == 5
    assert count("source=regional") == 1
    assert count("source=state_money") == 1
    assert count("stage=spent") == 1
    assert count("source=counted") == 4
    assert count(f"case={case}") == 4
    assert count("case=none") == 1
    assert count("year=2025") == 5
    assert count("year=2024&line=L1") == 0
    assert count("line=vat") == 0
    assert count("case=elsewhere") == 0
    assert count("source=%00&year=NaN&stage=x&page=-1&intervention=1e309") == 5


def test_long_ledgers_have_pages(office, pages):
    for number in range(101):
        factories.make_booking(office.line, document_ref=f"N{number:03d}")
    page = pages.get(f"/nl/budgets/{office.deal.slug}/ledger?page=2")
    assert page.html.count('<th scope="row"') == 1
    assert "Pagina 2 van 2" in page.text


def ledger_file(pages, deal):
    return pages.client.get(f"/nl/budgets/{deal.slug}/ledger.csv").text


def test_the_file_is_safe_for_spreadsheets_and_exact(office, pages):
    factories.make_booking(office.line, document_ref="=HYPERLINK(1)", amount_cents=123_456)
    text = ledger_file(pages, office.deal)
    assert "'=HYPERLINK(1)" in text
    assert ",123456,1234.56," in text


def test_a_range_of_percentages_shows_its_euros(pages):
    deal = factories.make_deal()
    factories.make_budget_line(
        deal,
        [],
        state_max_cents=None,
        region_min_cents=None,
        share_min_percent=30,
        share_max_percent=35,
        of_cents=30_000_000_00,
    )
    pages.sign_in(factories.make_user("controller", deal=deal))
    text = pages.get(f"/nl/budgets/{deal.slug}").text
    assert "9.000.000,00 tot" in text
    assert "10.500.000,00" in text


def test_the_budget_page_needs_no_more_queries_for_more_rows(office, pages):
    counts = []
    for _ in range(2):
        fill(office)
        db.session.expire_all()
        statements = []

        def note(*arguments, statements=statements):
            statements.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        pages.get(f"/nl/budgets/{office.deal.slug}")
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert sum("GROUP BY" in statement for statement in statements) == 1
