"""How far the chain is closed, for staff: one grouped reading per table, and the rows behind it.

A figure and its rows come from the same selection, so that they cannot disagree.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, true

from webapp.budgets.models import STAGES, Booking
from webapp.budgets.queries import SOURCE
from webapp.chain.answers import STATES, best_relations
from webapp.chain.paging import Paged, paged
from webapp.chain.queries import EXPLAINED
from webapp.deals.models import BudgetLine, Case, Deal
from webapp.extensions import db
from webapp.interventions.models import Intervention, WishLink
from webapp.permissions import Scope
from webapp.wishes.publication import wishes_for_staff

WISH_STATES = (*STATES, "refused")
LACKS = ("wishes", "money", "publication")
ROWS_PER_PAGE = 100


def cases_in(scope: Scope) -> dict[int, Case]:
    """The cases within a scope, in the order of their deals."""
    found = select(Case).where(scope.limit(Case.id)).order_by(Case.deal_id, Case.position, Case.id)
    return {row.id: row for row in db.session.scalars(found)}


def _wishes(scope: Scope) -> Select[Any]:
    """Published and refused wishes with their `state`, one of WISH_STATES."""
    seen, best = wishes_for_staff(scope).subquery("seen"), best_relations()
    state = case(
        (seen.c.status.in_(EXPLAINED), "refused"), else_=func.coalesce(best.c.state, "waiting")
    )
    return (
        select(seen, state.label("state"))
        .outerjoin(best, best.c.wish_id == seen.c.id)
        .where(seen.c.status.in_(("published", *EXPLAINED)))
    )


def wishes_in_state(scope: Scope, state: str) -> Select[Any]:
    """The wishes within a scope that are in one of WISH_STATES."""
    wish = _wishes(scope).subquery("wish")
    return select(wish).where(wish.c.state == state)


def wish_coverage(scope: Scope) -> Sequence[Row[Any]]:
    """Per case and theme: how many wishes in each state, in total, and the oldest that waits."""
    wish = _wishes(scope).subquery("wish")
    counts = [
        func.count().filter(wish.c.state == state).label(f"state_{state}") for state in WISH_STATES
    ]
    oldest = func.min(wish.c.submitted_on).filter(wish.c.state == "waiting").label("oldest")
    return db.session.execute(
        select(wish.c.case_id, wish.c.theme, *counts, func.count().label("total"), oldest)
        .group_by(wish.c.case_id, wish.c.theme)
        .order_by(wish.c.case_id, wish.c.theme)
    ).all()


def wishes_behind(
    scope: Scope, case_slug: str, theme: str, state: str, page: int
) -> Paged:  # fmt: skip
    """The wishes of one figure, those that wait longest first; an empty filter is every value."""
    wish = _wishes(scope).subquery("wish")
    chosen: tuple[tuple[str, ColumnElement[bool]], ...] = (
        (case_slug, Case.slug == case_slug),
        (theme, wish.c.theme == theme),
        (state, wish.c.state == state),
    )
    rows = (
        select(wish, Case.title.label("case_title"))
        .join(Case, Case.id == wish.c.case_id)
        .where(*(condition for value, condition in chosen if value))
        .order_by(wish.c.submitted_on, wish.c.id)
    )
    return paged(rows, page, ROWS_PER_PAGE)


def _lacking(lack: str) -> ColumnElement[bool]:
    """Whether an intervention has no wishes, no bookings, or is not public."""
    return {
        "wishes": ~exists().where(WishLink.intervention_id == Intervention.id),
        "money": ~exists().where(Booking.intervention_id == Intervention.id),
        "publication": Intervention.published_at.is_(None),
    }[lack]


def interventions_lacking(scope: Scope, lack: str) -> Select[Any]:
    """The ids of the interventions within a scope that lack one of LACKS."""
    return select(Intervention.id).where(scope.limit(Intervention.case_id), _lacking(lack))


def intervention_coverage(scope: Scope) -> Sequence[Row[Any]]:
    """Per case: how many interventions, and how many lack wishes, money or publication."""
    lacks = [func.count().filter(_lacking(lack)).label(f"lack_{lack}") for lack in LACKS]
    return db.session.execute(
        select(Intervention.case_id, *lacks, func.count().label("total"))
        .where(scope.limit(Intervention.case_id))
        .group_by(Intervention.case_id)
        .order_by(Intervention.case_id)
    ).all()


def interventions_behind(scope: Scope, case_slug: str, lack: str, page: int) -> Paged:
    """The interventions of one figure."""
    columns = (Intervention.id, Intervention.title, Intervention.phase, Intervention.published_at)
    rows = (
        select(*columns, Intervention.is_demo, Case.title.label("case_title"))
        .join(Case)
        .where(
            scope.limit(Intervention.case_id),
            Case.slug == case_slug if case_slug else true(),
            _lacking(lack) if lack else true(),
        )
        .order_by(Intervention.id)
    )
    return paged(rows, page, ROWS_PER_PAGE)


def _loose_bookings(scope: Scope) -> ColumnElement[bool]:
    """Bookings without intervention: of a case within the scope, or of a whole deal within it."""
    whole_deal = true() if scope.everything else BudgetLine.deal_id.in_(scope.deal_ids)
    inside = or_(scope.limit(Booking.case_id), and_(Booking.case_id.is_(None), whole_deal))
    return and_(Booking.intervention_id.is_(None), inside)


def loose_money(scope: Scope) -> Sequence[Row[Any]]:
    """Per deal and case (none: the deal as a whole): cents per stage without intervention."""
    stages = [
        func.coalesce(func.sum(Booking.amount_cents).filter(Booking.stage == stage), 0).label(stage)
        for stage in STAGES
    ]
    keys = (Deal.id.label("deal_id"), Deal.slug, Deal.short_title, Booking.case_id)
    return db.session.execute(
        select(*keys, *stages, func.count().label("total"))
        .select_from(Booking)
        .join(BudgetLine)
        .join(Deal)
        .where(_loose_bookings(scope))
        .group_by(*keys)
        .order_by(Deal.id, Booking.case_id.nulls_last())
    ).all()


def bookings_behind(scope: Scope, deal_slug: str, case_slug: str, page: int) -> Paged:
    """The bookings without intervention of one figure; no case: those of the deal as a whole."""
    columns = (
        *(Booking.id, SOURCE.label("source"), Booking.stage, Booking.amount_cents),
        *(Booking.booked_on, Booking.document_ref, Booking.is_demo, Booking.budget_line_id),
    )
    rows = (
        select(*columns, BudgetLine.title.label("line_title"))
        .join(BudgetLine)
        .join(Deal)
        .outerjoin(Case, Case.id == Booking.case_id)
        .where(
            _loose_bookings(scope),
            Deal.slug == deal_slug if deal_slug else true(),
            Case.slug == case_slug if case_slug else Case.id.is_(None),
        )
        .order_by(Booking.booked_on, Booking.id)
    )
    return paged(rows, page, ROWS_PER_PAGE)
