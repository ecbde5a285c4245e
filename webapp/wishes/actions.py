"""Writes of wishes: placing, changing and taking back. Each commits once, with its event row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select

from webapp import events
from webapp.areas.models import Area
from webapp.areas.queries import Nearby, is_inside_case, nearby
from webapp.deals.models import CaseArea
from webapp.deals.queries import current_round
from webapp.errors import Conflict, Gone, Invalid
from webapp.extensions import db
from webapp.geodata import stored
from webapp.wishes.checks import flags_for
from webapp.wishes.models import MINIMUM_ZOOM, Message, Wish, WishContact, WishDraft, WishPhoto
from webapp.wishes.photos import Photo
from webapp.wishes.placing import Contact, Looked, look, store
from webapp.wishes.queries import wish_by_key
from webapp.wishes.receipts import code_for, code_hash

__all__ = [
    "Placed",
    "Submission",
    "change_wish",
    "place_wish",
    "problems_of",
    "withdraw_wish",
    "write_wish",
]


@dataclass(frozen=True)
class Submission:
    """A wish as someone sends it, each value checked by itself; `geometry` is EPSG:28992.

    Either a geometry or an area of the case. `request_hash` is what the API compares when a key
    is used again; the web form leaves it out.
    """

    case_id: int
    kind: str
    theme: str
    text: str
    language: str
    door: str
    geometry: BaseGeometry | None = None
    area_id: int | None = None
    zoom: int | None = None
    email: str | None = None
    photo: Photo | None = None
    channel: str = "web"
    request_hash: bytes | None = None


@dataclass(frozen=True)
class Placed:
    """A wish that came in: its number, its key, the code that only its sender gets, its status and
    language, and whether it was not there before."""

    wish_id: int
    key: UUID
    code: str
    status: str
    language: str
    is_new: bool

    @property
    def wish(self) -> Wish:
        """The row."""
        return db.session.get_one(Wish, self.wish_id)


def place_wish(submission: Submission, key: UUID) -> Placed:
    """Store a wish; sent again with the same key, it is the same wish with the same code.

    Raises `Invalid` with its problems: `no_open_round`, `outside_case`, `zoom_too_low`,
    `area_not_in_case`, `no_place`, or `key_used` when the key came before with another request.
    """
    looked = _look(submission, key)
    if looked.known_id is not None:
        return _again(_known(key), submission, key)
    _refuse(problems_of(submission, looked))
    # It has a connection of its own: what this request has open must be over first.
    db.session.commit()
    # The same form, sent at the same moment, can be first.
    return write_wish(submission, key, looked) or _again(_known(key), submission, key)


def problems_of(submission: Submission, looked: Looked) -> list[dict[str, str]]:
    """What keeps this wish from being placed here and now."""
    return [*_round_problems(looked.round_id), *_place_problems(submission, looked.is_inside)]


def write_wish(submission: Submission, key: UUID, looked: Looked) -> Placed | None:
    """Write a wish without a problem; None when its key was taken meanwhile."""
    code = code_for(key)
    values = _said(submission, looked.about) | {
        "case_id": submission.case_id,
        "round_id": looked.round_id,
        "language": submission.language,
        "channel": submission.channel,
        "key": key,
        "request_hash": submission.request_hash,
        "code_hash": code_hash(code),
        "retain_until": _in_days("RETENTION_DAYS"),
        "actor_id": events.actor_id(),
    }
    email = submission.email
    contact = Contact(email, _in_days("CONTACT_RETENTION_DAYS")) if email else None
    wish_id = store(values, submission.geometry, submission.photo, contact)
    if wish_id is None:
        return None
    return Placed(wish_id, key, code, "submitted", submission.language, is_new=True)


def _look(submission: Submission, key: UUID) -> Looked:
    geometry = submission.geometry
    if geometry is not None:
        return look(submission.case_id, geometry, key)
    known, current = wish_by_key(key), current_round(submission.case_id, datetime.now(UTC))
    about = _area_words(submission.area_id)
    return Looked(known and known.id, submission.case_id, current and current.id, True, about)


def change_wish(wish_id: int, submission: Submission) -> Wish:
    """Replace what a wish says, as long as nobody has looked at it.

    Raises `Conflict` afterwards, `Gone` when it was withdrawn, `Invalid` as `place_wish` does.
    """
    wish = _locked(wish_id)
    if wish.status != "submitted":
        raise Conflict
    geometry = submission.geometry
    inside = geometry is None or is_inside_case(submission.case_id, geometry)
    _refuse(_place_problems(submission, inside))
    for name, value in _content(submission).items():
        setattr(wish, name, value)
    db.session.execute(delete(WishPhoto).where(WishPhoto.wish_id == wish.id))
    db.session.expire(wish, ["photo"])
    _add_photo(wish, submission.photo)
    wish.version += 1
    events.record("wish", wish.id, "changed", kind=wish.kind, door=wish.door)
    db.session.commit()
    return wish


def withdraw_wish(wish_id: int) -> None:
    """Erase a wish at its owner's request: text, place, photo, address. Only the fact remains."""
    wish = _locked(wish_id)
    before = wish.status
    for table in (WishPhoto, WishContact, Message):
        db.session.execute(delete(table).where(table.wish_id == wish.id))
    copies = WishDraft.answers["changes"].as_integer() == wish.id
    db.session.execute(delete(WishDraft).where(copies))
    db.session.expire(wish, ["photo", "contact"])
    wish.status = "withdrawn"
    wish.text = wish.place_words = ""
    wish.geom = wish.area_id = wish.zoom = None
    wish.reason = wish.decision_text = None
    wish.flags = []
    wish.version += 1
    events.record("wish", wish.id, "withdrawn", before=before)
    _look_again_at_merged(wish)
    db.session.commit()


def _look_again_at_merged(gone: Wish) -> None:
    """Wishes of others that were merged into a withdrawn one go back to the moderators."""
    for wish in db.session.scalars(select(Wish).where(Wish.merged_into_id == gone.id)):
        wish.status, wish.merged_into_id, wish.decided_at = "submitted", None, None
        wish.reason = wish.decision_text = None
        wish.version += 1
        events.record("wish", wish.id, "reopened", because="merged_into_withdrawn")


def _again(wish: Wish, submission: Submission, key: UUID) -> Placed:
    if submission.request_hash != wish.request_hash:
        _refuse([_problem("Idempotency-Key", "key_used")])
    return Placed(wish.id, key, code_for(key), wish.status, wish.language, is_new=False)


def _known(key: UUID) -> Wish:
    wish = wish_by_key(key)
    if wish is None:
        raise Conflict
    return wish


def _locked(wish_id: int) -> Wish:
    wish = db.session.get(Wish, wish_id, with_for_update=True, populate_existing=True)
    if wish is None or wish.status_type == "withdrawn":
        raise Gone
    return wish


def _problem(path: str, reason: str) -> dict[str, str]:
    return {"path": path, "reason": reason}


def _refuse(problems: list[dict[str, str]]) -> None:
    if problems:
        raise Invalid(problems=problems)


def _round_problems(current: int | None) -> list[dict[str, str]]:
    return [] if current is not None else [_problem("properties.case", "no_open_round")]


def _place_problems(submission: Submission, is_inside: bool) -> list[dict[str, str]]:
    return list(_each_place_problem(submission, is_inside))


def _each_place_problem(submission: Submission, is_inside: bool) -> Iterator[dict[str, str]]:
    geometry, zoom = submission.geometry, submission.zoom
    if geometry is None and submission.area_id is None:
        yield _problem("geometry", "no_place")
    if geometry is not None and not is_inside:
        yield _problem("geometry", "outside_case")
    is_point = geometry is not None and geometry.geom_type == "Point"
    if is_point and submission.door == "map" and zoom is not None and zoom < MINIMUM_ZOOM:
        yield _problem("properties.zoom", "zoom_too_low")
    if geometry is None and submission.area_id is not None and not _covers(submission):
        yield _problem("properties.area", "area_not_in_case")


def _covers(submission: Submission) -> bool:
    covered = select(CaseArea).filter_by(case_id=submission.case_id, area_id=submission.area_id)
    return bool(db.session.scalar(select(covered.exists())))


def _content(submission: Submission) -> dict[str, Any]:
    """The columns that say what and where; the place is described anew from the pin."""
    geometry = submission.geometry
    about = _area_words(submission.area_id) if geometry is None else nearby(geometry)
    return _said(submission, about) | {"geom": None if geometry is None else stored(geometry)}


def _said(submission: Submission, about: Nearby) -> dict[str, Any]:
    return {
        "kind": submission.kind,
        "theme": submission.theme,
        "text": submission.text,
        "door": submission.door,
        "zoom": submission.zoom,
        "area_id": about.area_id,
        "place_words": about.words,
        "flags": flags_for(submission.text),
    }


def _area_words(area_id: int | None) -> Nearby:
    area = db.session.get(Area, area_id)
    return Nearby(None, area_id, area and area.name)


def _in_days(setting: str) -> date:
    return datetime.now(UTC).date() + timedelta(days=current_app.config[setting])


def _add_photo(wish: Wish, photo: Photo | None) -> None:
    if photo:
        kept = WishPhoto(wish_id=wish.id, jpeg=photo.jpeg, width=photo.width, height=photo.height)
        db.session.add(kept)
