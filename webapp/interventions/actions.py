"""Writes of interventions. Each writes its event in the same transaction and commits once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError

from webapp import events
from webapp.deals.models import Case, Party, ProgrammeLine
from webapp.errors import Conflict, Invalid, NotFound
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import stored_from_browser
from webapp.interventions.models import RELATIONS, Intervention, WishLink
from webapp.interventions.phases import START_PHASES, needs_closed_round, possible_phases
from webapp.interventions.queries import has_closed_round, linkable_ids, party_of
from webapp.permissions import Scope
from webapp.wishes.models import Message, WishContact

Values = dict[str, Any]


class RoundNeeded(Invalid):
    """Rule WISH-1: the case has not closed a wish round, and no reason was given."""


def make_intervention(
    case: Case, values: Values, line_ids: set[int], geometry: BaseGeometry | None, form_key: UUID
) -> Intervention:
    """A new intervention in a case; the same form key gives the one that was made before.

    `geometry` is longitude/latitude (CRS84). Raises `RoundNeeded`, `Invalid`.
    """
    _lock(Case, case.id)
    if values["phase"] not in START_PHASES:
        raise Invalid(problems=[{"path": "phase", "reason": "a new one cannot start here"}])
    intervention = Intervention(case_id=case.id, form_key=form_key, version=1)
    lines = _checked(case, values, line_ids)
    _set(intervention, values, lines)
    intervention.geom = stored_from_browser(geometry) if geometry is not None else None
    try:
        with db.session.begin_nested():
            db.session.add(intervention)
    except IntegrityError:
        return _made_before(form_key)
    events.record("intervention", intervention.id, "made", case=case.slug, phase=values["phase"])
    db.session.commit()
    return intervention


def _made_before(form_key: UUID) -> Intervention:
    found = db.session.scalar(select(Intervention).where(Intervention.form_key == form_key))
    if found is None:
        raise Conflict
    return found


def change_intervention(
    intervention_id: int,
    version: int,
    values: Values,
    line_ids: set[int],
    geometry: BaseGeometry | None,
) -> Intervention:
    """Save over exactly this version. `geometry` is CRS84; None takes the place away.

    Raises `Conflict` when someone saved in between or the phase may not follow, `RoundNeeded`
    when rule WISH-1 forbids the phase, `Invalid` when a line or party is of another deal.
    """
    intervention = _locked(intervention_id, version)
    _lock(Case, intervention.case_id)
    if values["phase"] not in possible_phases(intervention.phase):
        raise Conflict
    lines = _checked(intervention.case, values, line_ids)
    before = _state(intervention)
    _set(intervention, values, lines)
    moved = _moved(intervention, geometry)
    db.session.flush()
    _record_change(intervention, before, moved)
    db.session.commit()
    return intervention


def _checked(case: Case, values: Values, line_ids: set[int]) -> list[ProgrammeLine]:
    """The programme lines, when everything agrees with the deal and with rule WISH-1."""
    overridden = bool(values["round_override_reason"])
    if needs_closed_round(values["phase"]) and not overridden and not has_closed_round(case.id):
        raise RoundNeeded(problems=[{"path": "phase", "reason": "WISH-1"}])
    found = select(ProgrammeLine).where(
        ProgrammeLine.id.in_(line_ids), ProgrammeLine.deal_id == case.deal_id
    )
    lines = list(db.session.scalars(found))
    party_id = values["responsible_party_id"]
    if len(lines) != len(line_ids) or (party_id and not party_of(case.deal_id, party_id)):
        raise Invalid(problems=[{"path": "programme_lines", "reason": "of another deal"}])
    return lines


def _lock(model: Any, row_id: int) -> None:
    """Hold a row until the end of the transaction: whoever wants the same waits."""
    db.session.execute(select(model.id).where(model.id == row_id).with_for_update(key_share=True))


def _locked(intervention_id: int, version: int | None = None) -> Intervention:
    """The intervention as it stands now, held until the end of the transaction."""
    found = db.session.scalar(
        select(Intervention)
        .where(Intervention.id == intervention_id)
        .with_for_update(key_share=True, of=Intervention)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if version is not None and found.version != version:
        raise Conflict
    return found


def _set(intervention: Intervention, values: Values, lines: list[ProgrammeLine]) -> None:
    for name, value in values.items():
        setattr(intervention, name, value)
    intervention.programme_lines = lines


def _moved(intervention: Intervention, geometry: BaseGeometry | None) -> bool:
    """Put the geometry in its place; whether it differs from what was there."""
    if geometry is None:
        moved = intervention.geom is not None
        intervention.geom = None
        return moved
    new = stored_from_browser(geometry)
    # Seven decimals of a degree move a corner by less than a centimetre: that is no change.
    same = intervention.geom is not None and db.session.scalar(
        select(func.ST_HausdorffDistance(intervention.geom, new) < 0.02)
    )
    if not same:
        intervention.geom = new
    return not same


def _state(intervention: Intervention) -> Values:
    return intervention.as_version() | {
        "responsible_party": _party_name(intervention.responsible_party_id),
        "programme_lines": sorted(line.code for line in intervention.programme_lines),
    }


def _party_name(party_id: int | None) -> str:
    party = db.session.get(Party, party_id) if party_id else None
    return party.name if party else ""


def _record_change(intervention: Intervention, before: Values, moved: bool) -> None:
    """Write what changed, from what to what; a save that changes nothing writes nothing."""
    after = _state(intervention)
    changes = {
        name: [_plain(before[name]), _plain(after[name])]
        for name in after
        if before[name] != after[name]
    }
    if not changes and not moved:
        return
    intervention.version += 1
    intervention.updated_at = datetime.now(UTC)
    events.record(
        "intervention",
        intervention.id,
        "changed",
        version=intervention.version,
        changes=changes,
        moved=moved,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def publish(intervention_id: int, version: int) -> Intervention:
    """Show an intervention to everyone; residents who asked for it get an answer.

    Raises `Conflict` on another version, `Invalid` with what is still missing.
    """
    intervention = _locked(intervention_id, version)
    missing = missing_for_publication(intervention)
    if missing:
        raise Invalid(problems=[{"path": name, "reason": "missing"} for name in missing])
    if intervention.published_at is None:
        intervention.published_at = datetime.now(UTC)
        intervention.version += 1
        events.record("intervention", intervention.id, "published", version=intervention.version)
        _answer(intervention, [link.wish_id for link in intervention.links])
    db.session.commit()
    return intervention


def unpublish(intervention_id: int, version: int) -> Intervention:
    """Take an intervention off the public pages. Raises `Conflict` on another version."""
    intervention = _locked(intervention_id, version)
    if intervention.published_at is not None:
        intervention.published_at = None
        intervention.version += 1
        events.record("intervention", intervention.id, "unpublished", version=intervention.version)
    db.session.commit()
    return intervention


def missing_for_publication(intervention: Intervention) -> list[str]:
    """What must be there before the public may see it; `mention` is rule COM-1."""
    present = {
        "title": intervention.title.get("nl"),
        "summary": intervention.summary.get("nl"),
        "geometry": intervention.geom is not None,
        "mention": intervention.case.deal.mention.get("nl"),
    }
    return [name for name, value in present.items() if not value]


def link_wishes(intervention_id: int, scope: Scope, wish_ids: Iterable[int], relation: str) -> int:
    """Link wishes and return how many were new; those that are linked already stay as they are.

    Raises `Invalid` when a wish is not moderated, withdrawn, or of another case.
    """
    if relation not in RELATIONS:
        raise Invalid(problems=[{"path": "relation", "reason": "unknown"}])
    intervention = _locked(intervention_id)
    wanted = set(wish_ids) - {link.wish_id for link in intervention.links}
    possible = linkable_ids(intervention, scope, wanted)
    if possible != wanted:
        raise Invalid(problems=[{"path": "wishes", "reason": "not of this case"}])
    for wish_id in sorted(wanted):
        intervention.links.append(WishLink(wish_id=wish_id, relation=relation))
        _record_link(intervention, wish_id, "linked", relation)
    db.session.flush()
    if intervention.published_at is not None:
        _answer(intervention, wanted)
    db.session.commit()
    return len(wanted)


def unlink_wish(intervention_id: int, wish_id: int) -> None:
    """Take a link away; without effect when there is none."""
    intervention = _locked(intervention_id)
    for link in [link for link in intervention.links if link.wish_id == wish_id]:
        intervention.links.remove(link)
        _record_link(intervention, wish_id, "unlinked", link.relation)
    db.session.commit()


def _record_link(intervention: Intervention, wish_id: int, action: str, relation: str) -> None:
    events.record(
        "intervention", intervention.id, f"wish_{action}", wish=wish_id, relation=relation
    )
    events.record("wish", wish_id, action, intervention=intervention.id, relation=relation)


def _answer(intervention: Intervention, wish_ids: Iterable[int]) -> None:
    """Queue one answer per wish whose resident left an address: once per intervention."""
    told = exists().where(
        Event.subject == "wish",
        Event.subject_id == WishContact.wish_id,
        Event.action == "answer_queued",
        Event.details["intervention"].as_integer() == intervention.id,
    )
    contacts = select(WishContact).where(WishContact.wish_id.in_(list(wish_ids)), ~told)
    for contact in db.session.scalars(contacts.order_by(WishContact.wish_id)):
        db.session.add(Message(wish_id=contact.wish_id, kind="answer", language=contact.language))
        events.record("wish", contact.wish_id, "answer_queued", intervention=intervention.id)
