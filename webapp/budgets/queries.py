"""Readings of the ledger."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select, true
from sqlalchemy.orm import aliased, selectinload

from webapp.budgets.figures import REGIONAL, STAGES, LedgerSum
from webapp.budgets.models import Booking
from webapp.budgets.rules import OF_ONE_CASE, Facts, RuleResult, evaluate
from webapp.deals.models import BudgetLine, Case, Deal, Round, Rule
from webapp.errors import Forbidden, NotFound
from webapp.extensions import db
from webapp.interventions.models import PHASE_TYPES, Intervention
from webapp.permissions import Scope

PAGE = 100
NO_CASE = "none"
SOURCE: ColumnElement[str] = case(
    (Booking.is_state_money, "state_money"),
    (and_(Booking.in_kind, Booking.funder == "regional_private"), "in_kind_private"),
    (Booking.in_kind, "in_kind_public"),
    else_=Booking.funder,
)


TOGETHER = {"regional": REGIONAL, "counted": ("state", *REGIONAL)}
"""All that counts as the region's; all that counts at all, for the state or the region."""


@dataclass(frozen=True)
class LedgerFilters:
    """Which rows of the ledger; empty means all. `line` is a code, or `vat` for execution costs;
    `source` is one of SOURCES or of TOGETHER."""

    line: str = ""
    source: str = ""
    stage: str = ""
    case: str = ""
    year: int | None = None
    intervention: int | None = None

    def as_query(self) -> dict[str, Any]:
        """The filters as they stand in an address."""
        return {name: value for name, value in asdict(self).items() if value}


def deal_in(scope: Scope, slug: str) -> Deal:
    """A deal of which the reader may see at least one case. Raises `NotFound`, `Forbidden`."""
    deal = db.session.scalar(select(Deal).where(Deal.slug == slug))
    if deal is None:
        raise NotFound
    if not scope.covers_deal(deal.id) and not any(scope.covers(one.id) for one in deal.cases):
        raise Forbidden
    return deal


def whole_deal_in(scope: Scope, slug: str) -> Deal:
    """A deal that the reader may see as a whole. Raises `NotFound`, `Forbidden`."""
    deal = deal_in(scope, slug)
    if not scope.covers_deal(deal.id):
        raise Forbidden
    return deal


def case_in(scope: Scope, slug: str) -> Case:
    """A case. Raises `NotFound`, `Forbidden`."""
    found = db.session.scalar(select(Case).where(Case.slug == slug))
    if found is None:
        raise NotFound
    if not scope.covers_deal(found.deal_id):
        scope.check(found.id)
    return found


def deals_in(scope: Scope) -> list[Deal]:
    """The deals of which the reader may see something."""
    own = Deal.id.in_(select(Case.deal_id).where(scope.limit(Case.id)))
    seen = true() if scope.everything else own | Deal.id.in_(scope.deal_ids)
    rows = select(Deal).where(seen).options(selectinload(Deal.cases))
    return list(db.session.scalars(rows.order_by(Deal.position, Deal.id)))


def cases_of(deal: Deal, scope: Scope) -> list[Case]:
    """The cases of a deal that lie within the scope."""
    whole = scope.covers_deal(deal.id)
    return [one for one in deal.cases if whole or scope.covers(one.id)]


def visible(deal: Deal, scope: Scope) -> ColumnElement[bool]:
    """A condition: only the rows of a deal that the reader may see."""
    own = Booking.budget_line.has(BudgetLine.deal_id == deal.id)
    return own if scope.covers_deal(deal.id) else and_(own, scope.limit(Booking.case_id))


def ledger_sums(*conditions: ColumnElement[bool]) -> tuple[LedgerSum, ...]:
    """The sums per budget line, case and source of the rows that meet the conditions."""
    stages = [
        func.coalesce(func.sum(Booking.amount_cents).filter(Booking.stage == stage), 0)
        for stage in STAGES
    ]
    rows = (
        select(Booking.budget_line_id, Booking.case_id, SOURCE, *stages)
        .where(*conditions)
        .group_by(Booking.budget_line_id, Booking.case_id, SOURCE)
        .order_by(Booking.budget_line_id, Booking.case_id, SOURCE)
    )
    return tuple(
        LedgerSum(line_id, case_id, source, *(int(value) for value in values))
        for line_id, case_id, source, *values in db.session.execute(rows)
    )


def matching(deal: Deal, scope: Scope, filters: LedgerFilters) -> list[ColumnElement[bool]]:
    """The conditions of a selection of the ledger."""
    conditions = [visible(deal, scope)]
    if filters.line:
        lines = [
            line.id
            for line in deal.budget_lines
            if line.code == filters.line or (filters.line == "vat" and line.is_vat_costs)
        ]
        conditions.append(Booking.budget_line_id.in_(lines))
    if filters.source:
        conditions.append(SOURCE.in_(TOGETHER.get(filters.source, (filters.source,))))
    if filters.stage:
        conditions.append(Booking.stage == filters.stage)
    if filters.case:
        conditions.append(_of_case(deal, filters.case))
    if filters.year:
        conditions.append(Booking.year == filters.year)
    if filters.intervention:
        conditions.append(Booking.intervention_id == filters.intervention)
    return conditions


def _of_case(deal: Deal, slug: str) -> ColumnElement[bool]:
    if slug == NO_CASE:
        return Booking.case_id.is_(None)
    found = next((one.id for one in deal.cases if one.slug == slug), None)
    return Booking.case_id == found if found else false()


def ledger_rows(
    conditions: list[ColumnElement[bool]], page: int | None = None
) -> Sequence[tuple[Booking, int | None]]:
    """Bookings with the number of the entry that reversed them, latest first; a page or all."""
    reversal = aliased(Booking)
    rows = (
        select(Booking, reversal.id)
        .outerjoin(reversal, reversal.reverses_id == Booking.id)
        .where(*conditions)
        .options(
            selectinload(Booking.budget_line),
            selectinload(Booking.case),
            selectinload(Booking.intervention),
            selectinload(Booking.party),
        )
        .order_by(Booking.booked_on.desc(), Booking.id.desc())
    )
    if page is not None:
        rows = rows.limit(PAGE).offset((page - 1) * PAGE)
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def count_rows(conditions: list[ColumnElement[bool]]) -> int:
    """How many rows a selection of the ledger has."""
    return db.session.scalar(select(func.count(Booking.id)).where(*conditions)) or 0


def years_of(deal: Deal, scope: Scope) -> list[int]:
    """The years in which something was booked."""
    rows = select(Booking.year).where(visible(deal, scope)).distinct().order_by(Booking.year)
    return list(db.session.scalars(rows))


def interventions_of(cases: list[Case]) -> list[Intervention]:
    """The interventions of some cases, by title."""
    rows = select(Intervention).where(Intervention.case_id.in_([one.id for one in cases]))
    return list(db.session.scalars(rows.order_by(Intervention.title["nl"].astext)))


def booking_in(scope: Scope, booking_id: int) -> Booking:
    """One entry. Raises `NotFound`, or `Forbidden` when it is outside the scope."""
    found = db.session.get(Booking, booking_id)
    if found is None:
        raise NotFound
    covered = scope.covers_deal(found.budget_line.deal_id) or (
        found.case_id is not None and scope.covers(found.case_id)
    )
    if not covered:
        raise Forbidden
    return found


def facts_of(deal: Deal, sums: tuple[LedgerSum, ...], cases: list[Case]) -> Facts:
    """What the rules of a deal look at, over some of its cases."""
    case_ids = tuple(one.id for one in cases)
    counts = db.session.execute(_intervention_counts(case_ids)).one()
    today = datetime.now(UTC).date()
    return Facts(
        sums=sums,
        case_ids=case_ids,
        vat_line_ids=frozenset(line.id for line in deal.budget_lines if line.is_vat_costs),
        state_total=deal.state_total_cents,
        closed=deal.end_date is not None and today > deal.end_date,
        has_mention=bool(deal.mention.get("nl")),
        published=counts[0],
        without_round=counts[1],
        overridden=counts[2],
    )


def _intervention_counts(case_ids: tuple[int, ...]) -> Any:
    active = [phase for phase, kind in PHASE_TYPES.items() if kind in {"active", "done"}]
    closed = select(Round.id).where(
        Round.case_id == Intervention.case_id, Round.closes_at <= func.now()
    )
    early = and_(Intervention.phase.in_(active), ~closed.exists())
    reason = Intervention.round_override_reason != ""
    return select(
        func.count().filter(Intervention.published_at.is_not(None)),
        func.count().filter(early, ~reason),
        func.count().filter(Intervention.phase.in_(active), reason),
    ).where(Intervention.case_id.in_(case_ids))


def rule_results(
    deal: Deal, facts: Facts, *, one_case: bool = False
) -> list[tuple[Rule, RuleResult]]:
    """Each rule of a deal with how it turned out; for one case only the rules about a case."""
    return [
        (rule, evaluate(rule.code, rule.severity, rule.parameters, facts))
        for rule in deal.rules
        if not one_case or rule.code in OF_ONE_CASE
    ]


def source_of(booking: Booking) -> str:
    """Which of SOURCES an entry is; the same decision as SOURCE makes in SQL."""
    if booking.is_state_money:
        return "state_money"
    if booking.in_kind:
        return booking.funder.replace("regional", "in_kind")
    return booking.funder
