"""Reads of moderation: the queue, one wish with what is near, decided wishes, messages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from webapp.areas.models import Area
from webapp.deals.models import Case
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.geodata import geojson
from webapp.permissions import Scope
from webapp.wishes.checks import FLAGS
from webapp.wishes.models import STATUS_TYPES, Message, Wish

SHOWN = 100
NEAR_METRES = 100
NEAR_SHOWN = 8
DECIDED = [status for status, kind in STATUS_TYPES.items() if kind in {"public", "closed"}]
MERGEABLE = ("submitted", "published", "private")


@dataclass(frozen=True)
class Counts:
    """How much waits within a selection, and how much of it was flagged."""

    waiting: int
    flagged: int


@dataclass(frozen=True)
class Near:
    """Another wish close to the one at hand."""

    wish: Wish
    metres: int | None


def cases_in(scope: Scope) -> Sequence[Case]:
    """The cases within a scope."""
    return db.session.scalars(
        select(Case).where(scope.limit(Case.id)).order_by(Case.position)
    ).all()


def waiting(scope: Scope, chosen: Mapping[str, str]) -> Sequence[Wish]:
    """The wishes that wait, oldest first, at most `SHOWN`."""
    rows = select(Wish).where(*_waiting(scope, chosen)).order_by(Wish.submitted_at, Wish.id)
    full = rows.options(joinedload(Wish.case), joinedload(Wish.area)).limit(SHOWN)
    return db.session.scalars(full).all()


def counts(scope: Scope, chosen: Mapping[str, str]) -> Counts:
    """How many wait."""
    flagged = func.count().filter(func.jsonb_array_length(Wish.flags) > 0)
    row = db.session.execute(
        select(func.count(), flagged).select_from(Wish).where(*_waiting(scope, chosen))
    ).one()
    return Counts(*row)


def next_waiting(scope: Scope, chosen: Mapping[str, str], after: Wish) -> int | None:
    """The wish that comes after one in the queue; from the start again at the end."""
    later = and_(Wish.submitted_at == after.submitted_at, Wish.id > after.id)
    earlier = ~or_(Wish.submitted_at > after.submitted_at, later)
    rows = select(Wish.id).where(*_waiting(scope, chosen), Wish.id != after.id)
    return db.session.scalar(rows.order_by(earlier, Wish.submitted_at, Wish.id).limit(1))


def wish_in(scope: Scope, wish_id: int) -> Wish:
    """A wish within a scope. Raises `NotFound` for a wish elsewhere or taken back."""
    found = db.session.scalar(
        select(Wish).where(
            Wish.id == wish_id, scope.limit(Wish.case_id), Wish.status != "withdrawn"
        )
    )
    if found is None:
        raise NotFound
    return found


def near(wish: Wish) -> list[Near]:
    """Wishes of the same kind or theme within `NEAR_METRES`: this may have been said before."""
    if wish.geom is None:
        close: ColumnElement[bool] = and_(Wish.area_id == wish.area_id, Wish.geom.is_(None))
        metres: ColumnElement[Any] = case((Wish.id == 0, 0.0))
    else:
        close = func.ST_DWithin(Wish.geom, wish.geom, NEAR_METRES)
        metres = func.ST_Distance(Wish.geom, wish.geom)
    alike = or_(Wish.kind == wish.kind, Wish.theme == wish.theme)
    others = and_(Wish.case_id == wish.case_id, Wish.id != wish.id, Wish.status.in_(MERGEABLE))
    rows = db.session.execute(
        select(Wish, metres).where(others, close, alike).order_by(metres, Wish.id).limit(NEAR_SHOWN)
    )
    return [Near(found, None if far is None else round(far)) for found, far in rows]


def place_on_map(wish: Wish, others: Sequence[Near]) -> str | None:
    """The place of a wish (or its area) and of what is near, as GeoJSON text for the map."""
    ids = [wish.id, *(found.wish.id for found in others if found.wish.geom is not None)]
    place = func.coalesce(Wish.geom, Area.geom)
    rows = db.session.execute(
        select(Wish.id, geojson(place))
        .outerjoin(Area, Area.id == Wish.area_id)
        .where(Wish.id.in_(ids), place.is_not(None))
        .order_by(Wish.id == wish.id)
    ).all()
    if wish.id not in {key for key, _ in rows}:
        return None
    features = [
        {"type": "Feature", "properties": {"own": key == wish.id, "id": key}, "geometry": shape}
        for key, shape in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def decided(scope: Scope, chosen: Mapping[str, str]) -> Sequence[Wish]:
    """The decided wishes, latest first, at most `SHOWN`."""
    status = chosen.get("status", "")
    wanted = [status] if status in DECIDED else DECIDED
    rows = _chosen(select(Wish).where(Wish.status.in_(wanted)), scope, chosen)
    if words := chosen.get("q", "").replace("\x00", "").strip():
        number = words.lstrip("#")
        same = Wish.id == int(number) if number.isascii() and number[:9] == number and number.isdigit() else False  # fmt: skip
        rows = rows.where(or_(Wish.text.icontains(words, autoescape=True), same))
    full = rows.options(joinedload(Wish.case), joinedload(Wish.area)).limit(SHOWN)
    return db.session.scalars(full.order_by(Wish.decided_at.desc().nulls_last(), Wish.id)).all()


def messages(scope: Scope) -> Sequence[Message]:
    """The latest messages about wishes within a scope: what waits first, at most `SHOWN`."""
    rows = (
        select(Message)
        .join(Message.wish)
        .where(scope.limit(Wish.case_id))
        .options(joinedload(Message.wish).joinedload(Wish.contact))
        .order_by(Message.sent_at.is_not(None), Message.id.desc())
        .limit(SHOWN)
    )
    return db.session.scalars(rows).all()


def message_in(scope: Scope, message_id: int) -> Message:
    """A message within a scope. Raises `NotFound` for one elsewhere."""
    found = db.session.scalar(
        select(Message)
        .join(Message.wish)
        .where(Message.id == message_id, scope.limit(Wish.case_id))
    )
    if found is None:
        raise NotFound
    return found


def _waiting(scope: Scope, chosen: Mapping[str, str]) -> list[ColumnElement[bool]]:
    conditions = [Wish.status == "submitted", scope.limit(Wish.case_id)]
    flag = chosen.get("flag", "")
    if flag == "any":
        conditions.append(func.jsonb_array_length(Wish.flags) > 0)
    elif flag in FLAGS:
        conditions.append(Wish.flags.contains([flag]))
    return [*conditions, *_where(chosen)]


def _chosen(rows: Select[Any], scope: Scope, chosen: Mapping[str, str]) -> Select[Any]:
    return rows.where(scope.limit(Wish.case_id), *_where(chosen))


def _where(chosen: Mapping[str, str]) -> list[ColumnElement[bool]]:
    conditions = []
    if slug := chosen.get("case", "").replace("\x00", ""):
        conditions.append(Wish.case_id.in_(select(Case.id).where(Case.slug == slug)))
    if language := chosen.get("language", "").replace("\x00", ""):
        conditions.append(Wish.language == language)
    return conditions
