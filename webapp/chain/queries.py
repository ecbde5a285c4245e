"""The chain for everyone: wish, intervention, budget line, programme line, in both directions.

Wishes are read through `published_wishes` only, interventions only when they are published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, null, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.budgets.models import Booking
from webapp.budgets.queries import SOURCE
from webapp.chain.answers import LIVE_PHASES, is_published
from webapp.chain.money import MoneyTable, Sum, money_table
from webapp.deals.models import (
    BudgetLine,
    Case,
    Deal,
    ProgrammeLine,
)
from webapp.errors import Gone, NotFound
from webapp.extensions import db
from webapp.interventions.models import Intervention, WishLink, intervention_programme_lines
from webapp.wishes.models import STATUS_TYPES, Wish
from webapp.wishes.publication import THRESHOLD, published_wishes

MOST_WISHES = 50
EXPLAINED = ("refused", "referred")


@dataclass(frozen=True)
class LineMoney:
    """What one intervention has on one budget line."""

    line: BudgetLine
    money: MoneyTable


@dataclass(frozen=True)
class Plan:
    """A published intervention as a link of a chain; `relation` to the wish that is asked about."""

    intervention: Intervention
    lines: tuple[LineMoney, ...]
    relation: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it still answers wishes: a stopped intervention does not."""
        return self.intervention.phase in LIVE_PHASES


@dataclass(frozen=True)
class Chain:
    """Four links: wishes, plans with their money, programme lines, and the deal around them."""

    deal: Deal
    plans: tuple[Plan, ...]
    programme_lines: tuple[ProgrammeLine, ...]
    wishes: Sequence[Row[Any]] = ()
    wishes_total: int = 0


@dataclass(frozen=True)
class WishChain:
    """The chain of one wish. `wish` is None when it is not on the map: then `status` and `reason`
    say why, or `merged_into` says where it went."""

    wish_id: int
    case: Case
    chain: Chain
    wish: Row[Any] | None
    status: str
    reason: str | None = None
    decided_on: date | None = None
    merged_into: int | None = None


@dataclass(frozen=True)
class LineChain:
    """The chain of a budget line; money outside published interventions is added up."""

    line: BudgetLine
    chain: Chain
    money: MoneyTable
    not_public: MoneyTable = field(default_factory=lambda: money_table(()))
    loose: MoneyTable = field(default_factory=lambda: money_table(()))


def published_interventions() -> Select[tuple[Intervention]]:
    """The interventions that everyone may see."""
    return select(Intervention).where(is_published())


def published_intervention(intervention_id: int) -> Intervention:
    """One intervention that everyone may see. Raises `NotFound`."""
    found = db.session.scalar(published_interventions().where(Intervention.id == intervention_id))
    if found is None:
        raise NotFound
    return found


def chain_of_wish(wish_id: int) -> WishChain:
    """From a wish to the money. Raises `NotFound` when it is not moderated or not public, and
    `Gone` when its resident withdrew it."""
    shown = published_wishes().subquery("shown")
    wish = db.session.execute(select(shown).where(shown.c.id == wish_id)).first()
    if wish is None:
        return _chain_without_wish(wish_id)
    case = _case(wish.case_id)
    relation = (
        select(Intervention, WishLink.relation)
        .join(WishLink, WishLink.intervention_id == Intervention.id)
        .where(is_published(), WishLink.wish_id == wish_id)
    )
    plans = _plans(relation)
    chain = Chain(case.deal, plans, _programme_lines_of(plans))
    return WishChain(wish_id, case, chain, wish, "published")


def _chain_without_wish(wish_id: int) -> WishChain:
    """Why a wish is not on the map: its fate and the reason, nothing of what was written."""
    fate = db.session.execute(
        select(Wish.status, Wish.reason, Wish.case_id, Wish.merged_into_id, Wish.decided_at).where(
            Wish.id == wish_id
        )
    ).first()
    if fate is not None and STATUS_TYPES[fate.status] == "withdrawn":
        raise Gone
    if fate is None or not (fate.status in EXPLAINED or _has_page(fate.merged_into_id)):
        raise NotFound
    case = _case(fate.case_id)
    day = fate.decided_at and fate.decided_at.date()
    merged_into = fate.merged_into_id if fate.status == "merged" else None
    return WishChain(
        wish_id, case, Chain(case.deal, (), ()), None, fate.status, fate.reason, day, merged_into
    )


def _has_page(wish_id: int | None) -> bool:
    """Whether everyone can read about a wish: a redirect to one that waits would tell of it."""
    shown = published_wishes().subquery("shown")
    explained = select(Wish.id).where(Wish.id == wish_id, Wish.status.in_(EXPLAINED))
    found = select(shown.c.id).where(shown.c.id == wish_id).union_all(explained)
    return wish_id is not None and db.session.scalar(found) is not None


def chain_of_intervention(intervention_id: int) -> tuple[Plan, Chain, int]:
    """A published intervention, its chain, and how many of its wishes are not public: 0 when
    fewer than the threshold, because a small number could point at someone. Raises `NotFound`."""
    plans = _plans(_without_relation(Intervention.id == intervention_id))
    if not plans:
        raise NotFound
    plan = plans[0]
    wishes = _wishes_of([intervention_id])
    linked = select(func.count()).where(WishLink.intervention_id == intervention_id)
    hidden = (db.session.scalar(linked) or 0) - len(wishes)
    chain = _chain(plan.intervention.case.deal, plans, wishes)
    return plan, chain, hidden if hidden >= THRESHOLD else 0


def chain_of_budget_line(line_id: int) -> LineChain:
    """From a budget line back to the wishes. Raises `NotFound`."""
    line = next(iter(_lines([line_id]).values()), None)
    if line is None:
        raise NotFound
    booked = select(Booking.intervention_id).where(Booking.budget_line_id == line_id)
    plans = _plans(
        _without_relation(Intervention.id.in_(booked)), Booking.budget_line_id == line_id
    )
    shown = {plan.intervention.id for plan in plans}
    sums = _sums(Booking.budget_line_id == line_id)
    chain = _chain(line.deal, plans, _wishes_of(shown), tuple(line.programme_lines))
    return LineChain(
        line,
        chain,
        money_table(one for _, _, one in sums),
        money_table(one for number, _, one in sums if number and number not in shown),
        money_table(one for number, _, one in sums if number is None),
    )


def chain_of_programme_line(line_id: int) -> tuple[ProgrammeLine, Chain]:
    """From a programme line to money, interventions and wishes. Raises `NotFound`."""
    line = db.session.scalar(
        select(ProgrammeLine)
        .where(ProgrammeLine.id == line_id)
        .options(
            joinedload(ProgrammeLine.deal),
            selectinload(ProgrammeLine.intended_results),
            selectinload(ProgrammeLine.budget_lines),
        )
    )
    if line is None:
        raise NotFound
    table = intervention_programme_lines.c
    serving = select(table.intervention_id).where(table.programme_line_id == line_id)
    plans = _plans(_without_relation(Intervention.id.in_(serving)))
    wishes = _wishes_of([plan.intervention.id for plan in plans])
    return line, _chain(line.deal, plans, wishes, (line,))


def _case(case_id: int) -> Case:
    return db.session.scalars(
        select(Case).where(Case.id == case_id).options(joinedload(Case.deal))
    ).one()


def _chain(
    deal: Deal,
    plans: tuple[Plan, ...],
    wishes: Sequence[Row[Any]],
    programme_lines: tuple[ProgrammeLine, ...] | None = None,
) -> Chain:
    distinct = list({wish.id: wish for wish in wishes}.values())
    lines = _programme_lines_of(plans) if programme_lines is None else programme_lines
    return Chain(deal, plans, lines, distinct[:MOST_WISHES], len(distinct))


def _without_relation(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(Intervention, null()).where(is_published(), *conditions)


def _plans(rows: Select[Any], *money: ColumnElement[bool]) -> tuple[Plan, ...]:
    """Interventions with their relation and their money, those that go furthest first."""
    found = db.session.execute(
        rows.options(
            joinedload(Intervention.case).joinedload(Case.deal),
            joinedload(Intervention.responsible_party),
            selectinload(Intervention.programme_lines),
        ).order_by(Intervention.phase.not_in(LIVE_PHASES), Intervention.id)
    ).all()
    lines = _lines_with_money([intervention.id for intervention, _ in found], *money)
    return tuple(
        Plan(intervention, lines.get(intervention.id, ()), relation)
        for intervention, relation in found
    )


def _lines_with_money(
    intervention_ids: list[int], *conditions: ColumnElement[bool]
) -> dict[int, tuple[LineMoney, ...]]:
    """Per intervention the budget lines that it is booked on, in the order of the deal."""
    sums = _sums(Booking.intervention_id.in_(intervention_ids), *conditions)
    lines = _lines({line_id for _, line_id, _ in sums})
    found: dict[int, dict[int, list[Sum]]] = {}
    for intervention_id, line_id, one in sums:
        if intervention_id is not None:
            found.setdefault(intervention_id, {}).setdefault(line_id, []).append(one)
    return {
        number: tuple(
            LineMoney(line, money_table(booked[line_id]))
            for line_id, line in lines.items()
            if line_id in booked
        )
        for number, booked in found.items()
    }


def _sums(*conditions: ColumnElement[bool]) -> list[tuple[int | None, int, Sum]]:
    """Bookings added up per intervention, line, source and stage: entries and their reversals."""
    keys = (Booking.intervention_id, Booking.budget_line_id, SOURCE, Booking.stage)
    rows = db.session.execute(
        select(*keys, func.sum(Booking.amount_cents)).where(*conditions).group_by(*keys)
    )
    return [(row[0], row[1], Sum(row[2], row[3], int(row[4]))) for row in rows]


def _lines(line_ids: Iterable[int]) -> dict[int, BudgetLine]:
    rows = db.session.scalars(
        select(BudgetLine)
        .where(BudgetLine.id.in_(list(line_ids)))
        .options(joinedload(BudgetLine.deal), selectinload(BudgetLine.programme_lines))
        .order_by(BudgetLine.position, BudgetLine.id)
    )
    return {line.id: line for line in rows}


def _programme_lines_of(plans: tuple[Plan, ...]) -> tuple[ProgrammeLine, ...]:
    """The programme lines that the plans serve; where a plan names none, those of its money."""
    found: dict[int, ProgrammeLine] = {}
    for plan in plans:
        own = list(plan.intervention.programme_lines)
        paid = [line for booked in plan.lines for line in booked.line.programme_lines]
        found |= {line.id: line for line in own or paid}
    return tuple(sorted(found.values(), key=lambda line: (line.position, line.id)))


def _wishes_of(intervention_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """The published wishes that these interventions are linked with, latest first."""
    shown = published_wishes().subquery("shown")
    columns = (shown.c.id, shown.c.text, shown.c.language, shown.c.theme, shown.c.kind)
    return db.session.execute(
        select(*columns, shown.c.is_demo, shown.c.case_id, WishLink.relation)
        .join(WishLink, WishLink.wish_id == shown.c.id)
        .where(WishLink.intervention_id.in_(list(intervention_ids)))
        .order_by(shown.c.id.desc())
    ).all()
