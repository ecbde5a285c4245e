"""Reads for the public pages: deals, cases, true counts, the newest wishes and interventions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.chain.answers import ANSWERED, published_with_answer
from webapp.chain.queries import published_interventions
from webapp.deals.models import CASE_PARTS, BudgetLine, Case, CasePart, Deal, ProgrammeLine, Round
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.interventions.models import PHASE_TYPES, Intervention

NEWEST = 3
SIMPLER_METRES = 30
MARGIN = 0.06


@dataclass(frozen=True)
class Counts:
    """Published wishes, and those with an answer or a part of one."""

    wishes: int = 0
    answered: int = 0

    @property
    def percent(self) -> int:
        """The answered share in whole percents, rounded down: never better than it is."""
        return self.answered * 100 // self.wishes if self.wishes else 0


@dataclass(frozen=True)
class Sketch:
    """The parts of a case as SVG paths in one view box, in metres (EPSG:28992, y downwards)."""

    view_box: str
    paths: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CaseCard:
    """A case at a glance."""

    case: Case
    open_round: Round | None
    next_round: Round | None
    counts: Counts
    sketch: Sketch | None


def deals() -> list[Deal]:
    """Every deal, in order."""
    return list(db.session.scalars(select(Deal).order_by(Deal.position, Deal.slug)))


def deal_by_slug(slug: str) -> Deal:
    """A deal with everything its page tells. Raises `NotFound`."""
    deal = db.session.scalar(
        select(Deal)
        .where(Deal.slug == slug)
        .options(
            selectinload(Deal.parties),
            selectinload(Deal.programme_lines).selectinload(ProgrammeLine.intended_results),
            selectinload(Deal.budget_lines).selectinload(BudgetLine.programme_lines),
            selectinload(Deal.rules),
        )
    )
    if deal is None:
        raise NotFound
    return deal


def case_by_slug(slug: str) -> Case:
    """A case with everything its page tells. Raises `NotFound`."""
    case = db.session.scalar(
        select(Case)
        .where(Case.slug == slug)
        .options(
            joinedload(Case.deal),
            selectinload(Case.steps),
            selectinload(Case.parts),
            selectinload(Case.rounds),
        )
    )
    if case is None:
        raise NotFound
    return case


def case_cards(deal: Deal, now: datetime) -> list[CaseCard]:
    """The cases of a deal; those that collect wishes now come first."""
    cases = db.session.scalars(
        select(Case)
        .where(Case.deal_id == deal.id)
        .options(selectinload(Case.rounds))
        .order_by(Case.position, Case.id)
    ).all()
    ids = [case.id for case in cases]
    counts, sketches = counts_per_case(ids), sketches_of(ids)
    cards = [
        CaseCard(
            case,
            round_in(case, "open", now),
            round_in(case, "planned", now),
            counts.get(case.id, Counts()),
            sketches.get(case.id),
        )
        for case in cases
    ]
    return sorted(cards, key=lambda card: card.open_round is None)


def round_in(case: Case, state: str, now: datetime) -> Round | None:
    """The open round that opened last, or the planned round that opens first."""
    rounds = [found for found in case.rounds if found.state(now) == state]
    return (rounds[0] if state == "open" else rounds[-1]) if rounds else None


def counts_per_case(case_ids: Iterable[int]) -> dict[int, Counts]:
    """Published and answered wishes per case."""
    wish = published_with_answer().subquery("wishes")
    rows = db.session.execute(
        select(wish.c.case_id, func.count(), func.count().filter(wish.c.answer.in_(ANSWERED)))
        .where(wish.c.case_id.in_(list(case_ids)))
        .group_by(wish.c.case_id)
    )
    return {row[0]: Counts(row[1], row[2]) for row in rows}


def total(counts: Iterable[Counts]) -> Counts:
    """Counts added up."""
    known = list(counts)
    return Counts(sum(one.wishes for one in known), sum(one.answered for one in known))


def newest_wishes(case_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """The newest published wishes of these cases."""
    wish = published_with_answer().subquery("wishes")
    return db.session.execute(
        select(wish, Case.title.label("case_title"), Case.slug.label("case_slug"))
        .join(Case, Case.id == wish.c.case_id)
        .where(wish.c.case_id.in_(list(case_ids)))
        .order_by(wish.c.submitted_on.desc(), wish.c.id.desc())
        .limit(NEWEST)
    ).all()


def newest_interventions(case_ids: Iterable[int]) -> Sequence[Intervention]:
    """The interventions of these cases that were published last."""
    return db.session.scalars(
        published_interventions()
        .where(Intervention.case_id.in_(list(case_ids)))
        .options(joinedload(Intervention.case))
        .order_by(Intervention.published_at.desc(), Intervention.id.desc())
        .limit(NEWEST)
    ).all()


def wishes_of_case(case_id: int, chosen: dict[str, str]) -> Select[Any]:
    """The published wishes of a case with these values of theme, kind and answer."""
    wish = published_with_answer().subquery("wishes")
    conditions = [wish.c[name] == value for name, value in chosen.items()]
    return select(wish).where(wish.c.case_id == case_id, *conditions)


def interventions_of_case(case_id: int) -> Sequence[Intervention]:
    """The published interventions of a case, by how far they are."""
    phases = func.array_position(list(PHASE_TYPES), Intervention.phase)
    return db.session.scalars(
        published_interventions()
        .where(Intervention.case_id == case_id)
        .order_by(phases, Intervention.planned_start.nulls_last(), Intervention.id)
    ).all()


def sketches_of(case_ids: Iterable[int]) -> dict[int, Sketch]:
    """A small drawing of each case that has a geometry."""
    geom = CasePart.geom
    path = func.ST_AsSVG(func.ST_SimplifyPreserveTopology(geom, SIMPLER_METRES), 1, 0)
    box = (func.ST_XMin(geom), func.ST_YMin(geom), func.ST_XMax(geom), func.ST_YMax(geom))
    rows = db.session.execute(
        select(CasePart.case_id, CasePart.kind, path, *box)
        .where(CasePart.case_id.in_(list(case_ids)))
        .order_by(func.array_position(list(CASE_PARTS), CasePart.kind).desc())
    ).all()
    per_case: dict[int, list[Any]] = {}
    for row in rows:
        per_case.setdefault(row[0], []).append(row)
    return {case_id: _sketch(parts) for case_id, parts in per_case.items()}


def _sketch(parts: list[Any]) -> Sketch:
    west, south = min(row[3] for row in parts), min(row[4] for row in parts)
    east, north = max(row[5] for row in parts), max(row[6] for row in parts)
    margin = MARGIN * max(east - west, north - south)
    box = (west - margin, -north - margin, east - west + 2 * margin, north - south + 2 * margin)
    view_box = " ".join(f"{value:.0f}" for value in box)
    return Sketch(view_box, tuple((row[1], row[2]) for row in parts))
