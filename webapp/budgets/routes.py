"""HTTP of budgets, for staff."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from layers.tables import csv_text
from webapp.budgets import actions, figures, queries
from webapp.budgets.figures import REGIONAL, SOURCES, STAGES, Bar
from webapp.budgets.forms import BookForm, ReverseForm, source_name
from webapp.budgets.models import Booking
from webapp.budgets.queries import LedgerFilters
from webapp.budgets.rules import RuleResult
from webapp.deals.models import BudgetLine, Case, Deal, text_in
from webapp.fields import cleaned
from webapp.languages import current_language
from webapp.permissions import requires, scope_of
from webapp.templating import euros

blueprint = Blueprint("budgets", __name__)

COLUMNS = (
    *(
        "number",
        "date",
        "year",
        "line",
        "case",
        "intervention",
        "source",
        "stage",
        "cents",
        "euros",
    ),
    *("party", "document_ref", "note", "valuation_note", "reverses", "reversed_by"),
)


@blueprint.get("/budgets")
@requires("see_budgets")
def overview() -> str:
    """The deals and cases whose money the reader may see."""
    deals = queries.deals_in(g.scope)
    rows = []
    for deal in deals:
        cases = queries.cases_of(deal, g.scope)
        sums = queries.ledger_sums(queries.visible(deal, g.scope))
        whole = g.scope.covers_deal(deal.id)
        results = queries.rule_results(deal, queries.facts_of(deal, sums, cases)) if whole else []
        rows.append((deal, whole, cases, figures.total(figures.cells(sums)), results))
    return render_template("budgets/overview.html", rows=rows)


@blueprint.get("/budgets/<deal_slug>")
@requires("see_budgets")
def deal(deal_slug: str) -> str:
    """The money of a deal: per line and source, held against what was agreed."""
    found = queries.whole_deal_in(g.scope, deal_slug)
    sums = queries.ledger_sums(queries.visible(found, g.scope))
    facts = queries.facts_of(found, sums, found.cases)
    return _budget_page(found, None, sums, queries.rule_results(found, facts))


@blueprint.get("/budgets/cases/<case_slug>")
@requires("see_budgets")
def case(case_slug: str) -> str:
    """The money of one case."""
    found = queries.case_in(g.scope, case_slug)
    sums = queries.ledger_sums(Booking.case_id == found.id)
    facts = queries.facts_of(found.deal, sums, [found])
    results = queries.rule_results(found.deal, facts, one_case=True)
    return _budget_page(found.deal, found, sums, results)


def _budget_page(deal: Deal, case: Case | None, sums: Any, results: Any) -> str:
    cells = figures.cells(sums)
    return render_template(
        "budgets/budget.html",
        deal=deal,
        case=case,
        cells=cells,
        total=lambda line_id=None, sources=SOURCES: figures.total(cells, line_id, sources),
        per_case=_per_case(deal, sums),
        results=results,
        bars=_bars(deal, cells, agreed=case is None),
        range_of=_range_of,
        may_book=_may_book(deal, case),
        ledger=lambda **query: _ledger_address(deal, case, query),
    )


def _per_case(deal: Deal, sums: Any) -> list[tuple[Case | None, figures.Amounts]]:
    cases: list[Case | None] = [*deal.cases, None]
    return [
        (
            one,
            figures.total(
                figures.cells(row for row in sums if row.case_id == (one.id if one else None))
            ),
        )
        for one in cases
    ]


def _bars(deal: Deal, cells: figures.Cells, *, agreed: bool) -> list[tuple[BudgetLine, str, Bar]]:
    """Two bars per line: the state's and the region's, against what was agreed for the deal."""
    return [
        (line, side, Bar(most if agreed else None, figures.total(cells, line.id, sources)))
        for line in deal.budget_lines
        for side, sources, most in (
            ("state", ("state",), line.state_max_cents),
            ("region", REGIONAL, line.region_min_cents),
        )
    ]


def _range_of(line: BudgetLine) -> tuple[int, int] | None:
    """The cents that a range of percentages comes to; None for a line with amounts."""
    if line.share_min_percent is None or line.of_cents is None:
        return None
    most = line.share_max_percent or line.share_min_percent
    return figures.share_range(Fraction(line.share_min_percent), Fraction(most), line.of_cents)


def _ledger_address(deal: Deal, case: Case | None, query: Mapping[str, Any]) -> str:
    given = {"case": case.slug, **query} if case else dict(query)
    return url_for("budgets.ledger", deal_slug=deal.slug, **given)


def _may_book(deal: Deal, case: Case | None = None) -> bool:
    scope = scope_of(current_user, "book_costs")
    return scope.covers_deal(deal.id) or (
        scope.covers(case.id) if case else bool(queries.cases_of(deal, scope))
    )


def sentence(result: RuleResult) -> str:
    """How a rule turned out, in words with its numbers."""
    words = {
        name.removesuffix("_cents"): euros(value) if name.endswith("_cents") else value
        for name, value in result.numbers.items()
    }
    return gettext(result.sentence, **words) if words else gettext(result.sentence)


@blueprint.get("/budgets/<deal_slug>/ledger")
@requires("see_budgets")
def ledger(deal_slug: str) -> str:
    """The rows behind a figure, with the same figure above them."""
    found = queries.deal_in(g.scope, deal_slug)
    filters = _filters()
    conditions = queries.matching(found, g.scope, filters)
    count = queries.count_rows(conditions)
    pages = max(1, -(-count // queries.PAGE))
    page = min(_number("page") or 1, pages)
    cases = queries.cases_of(found, g.scope)
    return render_template(
        "budgets/ledger.html",
        deal=found,
        filters=filters,
        rows=queries.ledger_rows(conditions, page),
        count=count,
        page=page,
        pages=pages,
        total=figures.total(figures.cells(queries.ledger_sums(*conditions))),
        cases=cases,
        whole_deal=g.scope.covers_deal(found.id),
        years=queries.years_of(found, g.scope),
        interventions=queries.interventions_of(cases),
        may_book=_may_book(found),
    )


def _filters() -> LedgerFilters:
    stage = request.args.get("stage", "")
    return LedgerFilters(
        line=_word("line"),
        source=_word("source"),
        stage=stage if stage in STAGES else "",
        case=_word("case"),
        year=_number("year"),
        intervention=_number("intervention"),
    )


def _word(name: str) -> str:
    return cleaned(request.args.get(name, ""))[:100]


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


@blueprint.get("/budgets/<deal_slug>/ledger.csv")
@requires("see_budgets")
def ledger_csv(deal_slug: str) -> Response:
    """The same rows for a spreadsheet."""
    found = queries.deal_in(g.scope, deal_slug)
    rows = queries.ledger_rows(queries.matching(found, g.scope, _filters()))
    text = csv_text([(_csv_row(*row), None) for row in rows], COLUMNS)
    disposition = f'attachment; filename="ledger-{found.slug}.csv"'
    return Response(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


def _csv_row(booking: Booking, reversed_by: int | None) -> dict[str, Any]:
    language = current_language()
    intervention = booking.intervention
    return {
        "number": booking.id,
        "date": booking.booked_on,
        "year": booking.year,
        "line": booking.budget_line.code,
        "case": booking.case.slug if booking.case else "",
        "intervention": text_in(intervention.title, language) if intervention else "",
        "source": queries.source_of(booking),
        "stage": booking.stage,
        "cents": booking.amount_cents,
        "euros": booking.amount_cents / 100,
        "party": booking.party.name if booking.party else "",
        "document_ref": booking.document_ref,
        "note": booking.note,
        "valuation_note": booking.valuation_note,
        "reverses": booking.reverses_id,
        "reversed_by": reversed_by,
    }


@blueprint.route("/budgets/<deal_slug>/book", methods=["GET", "POST"])
@requires("book_costs")
def book(deal_slug: str) -> str | Answer:
    """Book an amount on a line of a deal."""
    found = queries.deal_in(g.scope, deal_slug)
    cases = queries.cases_of(found, g.scope)
    form = BookForm(
        found,
        cases,
        queries.interventions_of(cases),
        whole_deal=g.scope.covers_deal(found.id),
        data=_proposed(cases) if request.method == "GET" else None,
    )
    if form.validate_on_submit():
        booking = actions.book(g.scope, found, form.values(), UUID(form.form_key.data))
        flash(gettext("budgets.booked", amount=euros(booking.amount_cents)), "success")
        return redirect(url_for("budgets.ledger", deal_slug=found.slug))
    return render_template("budgets/book.html", deal=found, form=form)


def _proposed(cases: list[Case]) -> dict[str, str]:
    """What the page that led here was about."""
    slug = request.args.get("case")
    chosen = next((one for one in cases if one.slug == slug or len(cases) == 1), None)
    return {
        "case": str(chosen.id) if chosen and slug else "",
        "intervention": str(_number("intervention") or ""),
    }


@blueprint.route("/budgets/bookings/<int:booking_id>/reverse", methods=["GET", "POST"])
@requires("book_costs")
def reverse(booking_id: int) -> str | Answer:
    """Take an entry back."""
    booking = queries.booking_in(g.scope, booking_id)
    form = ReverseForm(data={"year": str(booking.year)} if request.method == "GET" else None)
    if form.validate_on_submit():
        actions.reverse(
            booking.id,
            UUID(form.form_key.data),
            reason=form.reason.data,
            document_ref=form.document_ref.data,
            booked_on=form.booked_on.data,
            year=int(form.year.data),
        )
        flash(gettext("budgets.reversed"), "success")
        return redirect(url_for("budgets.ledger", deal_slug=booking.budget_line.deal.slug))
    return render_template("budgets/reverse.html", booking=booking, form=form)


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.jinja_env.globals.update(
        rule_sentence=sentence, source_name=source_name, source_of=queries.source_of
    )
