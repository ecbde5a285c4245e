"""Readings of interventions for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import selectinload

from webapp.accounts.models import User
from webapp.deals.models import Case, Party, ProgrammeLine, Round
from webapp.errors import NotFound
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import geojson
from webapp.interventions.models import (
    PHASE_TYPES,
    Intervention,
    WishLink,
    intervention_programme_lines,
)
from webapp.permissions import Scope
from webapp.wishes.publication import wishes_for_staff

LINKABLE = ("published", "private")
MOST_WISHES = 500
SORTS = {
    "title": func.lower(Intervention.title["nl"].astext),
    "case": Case.position,
    "phase": func.array_position(list(PHASE_TYPES), Intervention.phase),
    "planned_start": Intervention.planned_start,
    "updated": Intervention.updated_at,
    "wishes": (
        select(func.count())
        .where(WishLink.intervention_id == Intervention.id)
        .correlate(Intervention)
        .scalar_subquery()
    ),
}


@dataclass(frozen=True)
class Filters:
    """What the overview shows; empty means everything."""

    case: str = ""
    phase: str = ""
    line: int | None = None
    text: str = ""
    sort: str = "updated"
    descending: bool = True


@dataclass(frozen=True)
class FoundWishes:
    """Wishes that may be linked: the first so many, and how many there are."""

    rows: Sequence[Row[Any]]
    total: int


def cases_in(scope: Scope) -> list[Case]:
    """The cases within a scope."""
    found = select(Case).where(scope.limit(Case.id)).order_by(Case.deal_id, Case.position)
    return list(db.session.scalars(found))


def lines_in(scope: Scope) -> list[ProgrammeLine]:
    """The programme lines of the deals whose cases lie within a scope."""
    deals = select(Case.deal_id).where(scope.limit(Case.id))
    found = select(ProgrammeLine).where(ProgrammeLine.deal_id.in_(deals))
    return list(db.session.scalars(found.order_by(ProgrammeLine.deal_id, ProgrammeLine.position)))


def interventions_in(scope: Scope, filters: Filters) -> list[tuple[Intervention, int]]:
    """The interventions within a scope with their number of wishes, filtered and in order."""
    order = SORTS.get(filters.sort, Intervention.updated_at)
    rows = (
        select(Intervention, SORTS["wishes"])
        .join(Case)
        .where(scope.limit(Intervention.case_id), *_conditions(filters))
        .options(selectinload(Intervention.case), selectinload(Intervention.programme_lines))
        .order_by(
            order.desc().nulls_last() if filters.descending else order.asc().nulls_last(),
            Intervention.id,
        )
    )
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def _conditions(filters: Filters) -> list[Any]:
    conditions: list[Any] = []
    if filters.case:
        conditions.append(Case.slug == filters.case)
    if filters.phase:
        conditions.append(Intervention.phase == filters.phase)
    if filters.line:
        table = intervention_programme_lines.c
        chosen = select(table.intervention_id).where(table.programme_line_id == filters.line)
        conditions.append(Intervention.id.in_(chosen))
    if filters.text:
        titles = cast(Intervention.title, TEXT).icontains(filters.text, autoescape=True)
        summaries = cast(Intervention.summary, TEXT).icontains(filters.text, autoescape=True)
        conditions.append(or_(titles, summaries))
    return conditions


def intervention_in(scope: Scope, intervention_id: int) -> Intervention:
    """One intervention. Raises `NotFound`, or `Forbidden` when its case is not the reader's."""
    found = db.session.get(Intervention, intervention_id)
    if found is None:
        raise NotFound
    scope.check(found.case_id)
    return found


def case_in(scope: Scope, slug: str) -> Case:
    """One case. Raises `NotFound` or `Forbidden`."""
    found = db.session.scalar(select(Case).where(Case.slug == slug))
    if found is None:
        raise NotFound
    scope.check(found.id)
    return found


def geometry_of(intervention: Intervention) -> dict[str, Any] | None:
    """The geometry as GeoJSON (CRS84)."""
    found = select(geojson(Intervention.geom)).where(
        Intervention.id == intervention.id, Intervention.geom.is_not(None)
    )
    return db.session.scalar(found)


def case_bounds(case: Case) -> list[float]:
    """West, south, east, north (degrees) of a case's parts; the Netherlands without any."""
    from webapp.deals.models import CasePart
    from webapp.geodata import lonlat

    around = lonlat(CasePart.geom)
    found = db.session.execute(
        select(
            func.min(func.ST_XMin(around)),
            func.min(func.ST_YMin(around)),
            func.max(func.ST_XMax(around)),
            func.max(func.ST_YMax(around)),
        ).where(CasePart.case_id == case.id)
    ).one()
    return [float(value) for value in found] if found[0] is not None else [3.3, 50.7, 7.3, 53.6]


def has_closed_round(case_id: int) -> bool:
    """Whether a wish round of the case has ended (rule WISH-1)."""
    closed = select(Round.id).where(Round.case_id == case_id, Round.closes_at <= func.now())
    return db.session.scalar(select(closed.exists())) or False


def party_of(deal_id: int, party_id: int) -> Party | None:
    """A party when it is one of this deal."""
    return db.session.scalar(select(Party).where(Party.id == party_id, Party.deal_id == deal_id))


def _linkable(intervention: Intervention, scope: Scope) -> Select[Any]:
    seen = wishes_for_staff(scope).subquery("seen")
    linked = select(WishLink.wish_id).where(WishLink.intervention_id == intervention.id)
    return select(seen).where(
        seen.c.case_id == intervention.case_id,
        seen.c.status.in_(LINKABLE),
        seen.c.id.not_in(linked),
    )


def linkable_ids(intervention: Intervention, scope: Scope, wish_ids: set[int]) -> set[int]:
    """Those of the given wishes that may be linked: moderated, of this case, not linked yet."""
    found = _linkable(intervention, scope).subquery()
    return set(db.session.scalars(select(found.c.id).where(found.c.id.in_(wish_ids))))


def wishes_with_text(intervention: Intervention, scope: Scope, text: str) -> FoundWishes:
    """Wishes that may be linked, with these words in text or place; all when there are none."""
    found = _linkable(intervention, scope).subquery()
    words = or_(
        found.c.text.icontains(text, autoescape=True),
        found.c.place_words.icontains(text, autoescape=True),
        found.c.area_name.icontains(text, autoescape=True),
    )
    return _found(select(found).where(words) if text else select(found))


def wishes_near(intervention: Intervention, scope: Scope, metres: int) -> FoundWishes:
    """Wishes that may be linked within so many metres of the intervention; 0: that touch it."""
    found = _linkable(intervention, scope).subquery()
    near = func.ST_DWithin(found.c.geom, Intervention.geom, metres)
    own = and_(Intervention.id == intervention.id, near)
    return _found(select(found).join(Intervention, own))


def _found(rows: Select[Any]) -> FoundWishes:
    total = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    latest = rows.order_by(rows.selected_columns.id.desc()).limit(MOST_WISHES)
    return FoundWishes(db.session.execute(latest).all(), total)


def linked_wishes(intervention: Intervention, scope: Scope) -> Sequence[Row[Any]]:
    """The wishes that are linked, with the relation, latest first."""
    seen = wishes_for_staff(scope).subquery("seen")
    rows = (
        select(seen, WishLink.relation)
        .join(WishLink, WishLink.wish_id == seen.c.id)
        .where(WishLink.intervention_id == intervention.id)
        .order_by(WishLink.created_at.desc(), seen.c.id)
    )
    return db.session.execute(rows).all()


def history_of(intervention: Intervention) -> Sequence[Row[Any]]:
    """Every event of an intervention with who did it, latest first."""
    rows = (
        select(Event, User.email)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject == "intervention", Event.subject_id == intervention.id)
        .order_by(Event.id.desc())
    )
    return db.session.execute(rows).all()
