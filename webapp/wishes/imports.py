"""Bring drawings from elsewhere in as wishes: all that is valid, and an account of the rest.

Moderation applies to them as to any wish. Known by source and reference, so a file can be read
again without doubling.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import current_app
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gis.crs import to_rd
from gis.geojson import repair_drawn
from webapp import events
from webapp.areas.queries import is_inside_case, nearby
from webapp.deals.models import Case, CasePart
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.geodata import stored
from webapp.wishes.checks import flags_for
from webapp.wishes.drawings import Drawing, Part, parts_of
from webapp.wishes.mapping import Mapped, Mapping, UnmappedError
from webapp.wishes.models import Wish

REASONS = {
    "coordinates_not_numbers": "These are no coordinates.",
    "crs_not_supported": "The drawing names a coordinate system of its own.",
    "degenerate": "A line without length or an area without surface.",
    "empty": "There is no drawing.",
    "heights_dropped": "Heights were left out.",
    "nested_too_deep": "There are brackets within brackets that do not belong here.",
    "no_text": "There are no words, and no theme to put in their place.",
    "not_a_date": "The date is not written as year-month-day.",
    "not_finite": "A coordinate is not a finite number.",
    "not_geojson": "This is no drawing.",
    "outside_case": "It lies outside the case.",
    "outside_netherlands": "It lies outside the Netherlands.",
    "ring_not_closed": "The area is not closed.",
    "self_crossing": "The area crosses itself.",
    "text_from_theme": "There were no words; the theme stands in their place.",
    "text_shortened": "The text was longer than a wish may be and has been cut.",
    "too_many_vertices": "The drawing has too many points.",
    "unknown_theme": "The mapping does not say which theme this is.",
    "unknown_type": "This kind of geometry does not exist.",
    "unreadable_geometry": "The geometry in the file could not be read.",
    "wrong_kind": "A drawing is made of points, lines or areas.",
}


@dataclass(frozen=True)
class Note:
    """Something about a drawing: its row (from 1), its reference, which part (empty: all of it)."""

    row: int
    reference: str
    part: str
    reason: str

    def __str__(self) -> str:
        part = f", {self.part}" if self.part else ""
        explanation = REASONS.get(self.reason, self.reason)
        return f"row {self.row}, {self.reference}{part}: {explanation}"


@dataclass
class Account:
    """What became of every drawing and every part: `drawings = stored + known + refused`, and of
    the parts of drawings that were not known yet `parts = parts_stored + parts_refused`."""

    case: str
    source: str
    dry_run: bool
    drawings: int = 0
    stored: int = 0
    known: int = 0
    refused: int = 0
    parts: int = 0
    parts_stored: int = 0
    parts_refused: int = 0
    left_out: list[Note] = field(default_factory=list)
    changed: list[Note] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The account as a document, each reason with its explanation."""
        notes = {
            name: [asdict(note) | {"explanation": REASONS[note.reason]} for note in kept]
            for name, kept in (("left_out", self.left_out), ("changed", self.changed))
        }
        return asdict(self) | notes


def import_wishes(
    drawings: Iterable[Drawing], case_slug: str, mapping: Mapping, source: str, *, dry_run: bool
) -> Account:
    """Store every drawing with a valid part in one transaction. Raises `NotFound` without the case.

    A part outside the case is left out, unless the case has no geometry of its own yet.
    """
    case = db.session.scalar(select(Case).filter_by(slug=case_slug))
    if case is None:
        raise NotFound
    account = Account(case_slug, source, dry_run)
    known = set(db.session.scalars(select(Wish.import_ref).filter_by(import_source=source)))
    has_shape = db.session.scalar(select(CasePart.id).filter_by(case_id=case.id).limit(1))
    for drawing in drawings:
        account.drawings += 1
        if drawing.reference in known:
            account.known += 1
            continue
        _take(drawing, case, bool(has_shape), mapping, account)
    if not dry_run:
        db.session.commit()
    return account


def _take(
    drawing: Drawing, case: Case, has_shape: bool, mapping: Mapping, account: Account
) -> None:
    parts = parts_of(drawing)
    account.parts += len(parts)
    try:
        given = mapping.read(drawing.properties)
    except UnmappedError as error:
        _leave_out(account, drawing, "", error.reason)
        kept, geometry = [], None
    else:
        kept = _valid_parts(drawing, parts, case.id if has_shape else None, account)
        geometry = _together(drawing, kept, account)
    if geometry is None:
        account.refused += 1
        account.parts_refused += len(parts)
        return
    account.parts_stored += len(kept)
    account.parts_refused += len(parts) - len(kept)
    for reason in given.remarks:
        account.changed.append(Note(drawing.row, drawing.reference, "", reason))
    if account.dry_run or _store(drawing, given, geometry, case, account.source):
        account.stored += 1
    else:  # Another import of the same file, at the same moment, was first.
        account.known += 1


def _valid_parts(
    drawing: Drawing, parts: list[Part], case_id: int | None, account: Account
) -> list[dict[str, Any]]:
    """The parts that may be stored; of each other part the reason is noted."""
    kept = []
    for path, part in parts:
        if reason := _objection(part, case_id):
            _leave_out(account, drawing, path if len(parts) > 1 else "", reason)
        else:
            kept.append(part)
    if not parts:
        _leave_out(account, drawing, "", drawing.problem or "empty")
    return kept


def _together(
    drawing: Drawing, kept: list[dict[str, Any]], account: Account
) -> BaseGeometry | None:
    """Valid parts as one geometry in EPSG:28992."""
    if not kept:
        return None
    repaired = repair_drawn(_joined(kept))
    for reason in sorted({remark.reason for remark in repaired.changed}):
        account.changed.append(Note(drawing.row, drawing.reference, "", reason))
    if repaired.geometry is None:
        _leave_out(account, drawing, "", repaired.refused[0].reason)
        return None
    return to_rd(repaired.geometry)


def _objection(part: dict[str, Any], case_id: int | None) -> str | None:
    """Why a single part is left out."""
    repaired = repair_drawn(part)
    if repaired.geometry is None:
        return repaired.refused[0].reason
    if case_id is not None and not is_inside_case(case_id, to_rd(repaired.geometry)):
        return "outside_case"
    return None


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    if len(parts) == 1:
        return parts[0]
    coordinates = [part["coordinates"] for part in parts]
    return {"type": f"Multi{parts[0]['type']}", "coordinates": coordinates}


def _leave_out(account: Account, drawing: Drawing, part: str, reason: str) -> None:
    account.left_out.append(Note(drawing.row, drawing.reference, part, reason))


def _store(
    drawing: Drawing, given: Mapped, geometry: BaseGeometry, case: Case, source: str
) -> bool:
    near = nearby(geometry)
    values = {
        "case_id": case.id,
        "kind": given.kind,
        "theme": given.theme,
        "text": given.text,
        "language": given.language,
        "door": "import",
        "channel": "import",
        "geom": stored(geometry),
        "area_id": near.area_id,
        "place_words": near.words,
        "flags": flags_for(given.text),
        "import_source": source,
        "import_ref": drawing.reference,
        "retain_until": _retain_until(),
    }
    if given.day:
        values["submitted_at"] = datetime.combine(given.day, time(12), UTC)
    once = insert(Wish).values(values).on_conflict_do_nothing()
    number = db.session.scalar(once.returning(Wish.id))
    if number is not None:
        events.record("wish", number, "imported", source=source, kind=given.kind)
    return number is not None


def _retain_until() -> date:
    return datetime.now(UTC).date() + timedelta(days=current_app.config["RETENTION_DAYS"])
