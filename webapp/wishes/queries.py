"""Reads of wishes for the resident's own pages. Whatever is public goes through `publication`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, select

from webapp.areas.models import Area
from webapp.deals.models import Case, CaseArea, CasePart, Round
from webapp.errors import Gone, NotFound
from webapp.extensions import db
from webapp.geodata import lonlat
from webapp.permissions import Scope
from webapp.wishes.models import Wish, WishDraft, WishPhoto
from webapp.wishes.publication import published_wishes, wishes_for_staff
from webapp.wishes.receipts import code_hash, read_code


@dataclass(frozen=True)
class Outline:
    """A case on the map: its border as GeoJSON text and its box, both in longitude/latitude."""

    geojson: str
    bounds: tuple[float, float, float, float]


def case_by_slug(slug: str) -> Case:
    """The case with this address. Raises `NotFound`."""
    case = db.session.scalar(select(Case).filter_by(slug=slug))
    if case is None:
        raise NotFound
    return case


def next_round(case_id: int) -> Round | None:
    """The first round of a case that has not opened yet."""
    return db.session.scalar(
        select(Round)
        .where(Round.case_id == case_id, Round.opens_at > func.now())
        .order_by(Round.opens_at)
        .limit(1)
    )


def last_closed_round(case_id: int) -> Round | None:
    """The round of a case that closed last."""
    return db.session.scalar(
        select(Round)
        .where(Round.case_id == case_id, Round.closes_at <= func.now())
        .order_by(Round.closes_at.desc())
        .limit(1)
    )


def areas_of(case_id: int) -> list[tuple[int, str]]:
    """The finest areas on land that a case covers: id and name, by name."""
    covered = (
        select(Area.id, Area.name, Area.level, Area.year)
        .join(CaseArea, CaseArea.area_id == Area.id)
        .where(CaseArea.case_id == case_id, ~Area.water, Area.level != "municipality")
        .subquery()
    )
    newest = select(func.max(covered.c.year)).scalar_subquery()
    rows = db.session.execute(
        select(covered.c.id, covered.c.name)
        .where(covered.c.year == newest)
        .order_by(func.lower(covered.c.name))
    )
    return [(key, name) for key, name in rows]


def outline_of(case_id: int) -> Outline | None:
    """The border of a case, simplified to what a screen shows."""
    whole = select(func.ST_Union(CasePart.geom).label("geom")).where(CasePart.case_id == case_id)
    union = whole.subquery().c.geom
    line = lonlat(func.ST_SimplifyPreserveTopology(union, 5))
    box = func.Box2D(lonlat(union))
    row = db.session.execute(
        select(
            cast(func.ST_AsGeoJSON(line, 5), Text),
            func.ST_XMin(box),
            func.ST_YMin(box),
            func.ST_XMax(box),
            func.ST_YMax(box),
        )
    ).one()
    return Outline(row[0], (row[1], row[2], row[3], row[4])) if row[0] else None


def draft_by_key(key: UUID) -> WishDraft | None:
    """The draft with this key, while it is not past its date."""
    return db.session.scalar(
        select(WishDraft).where(WishDraft.key == key, WishDraft.expires_at > func.now())
    )


def wish_by_key(key: UUID) -> Wish | None:
    """The wish that was sent with this form."""
    return db.session.scalar(select(Wish).filter_by(idempotency_key=key))


def wish_by_code(typed: str) -> Wish:
    """The wish of a receipt code. Raises `NotFound`, or `Gone` when it was withdrawn."""
    code = read_code(typed)
    wish = code and db.session.scalar(select(Wish).filter_by(code_hash=code_hash(code)))
    if not wish:
        raise NotFound
    if wish.status_type == "withdrawn":
        raise Gone
    return wish


def published_id(wish: Wish) -> int | None:
    """The wish with a public page that this one is, or was merged into."""
    everyone = published_wishes().subquery()
    wanted = wish.merged_into_id or wish.id
    return db.session.scalar(select(everyone.c.id).where(everyone.c.id == wanted))


def published_photo(name: UUID) -> bytes | None:
    """A photo that everyone may see: the publication rule names it."""
    return _photo(published_wishes(), name)


def staff_photo(name: UUID, scope: Scope) -> bytes | None:
    """A photo that staff may see within their cases."""
    return _photo(wishes_for_staff(scope), name)


def _photo(wishes: Select[Any], name: UUID) -> bytes | None:
    seen = wishes.subquery()
    allowed = select(seen.c.photo).where(seen.c.photo == name)
    return db.session.scalar(select(WishPhoto.jpeg).where(WishPhoto.name.in_(allowed)))
