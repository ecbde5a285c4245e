"""Writes of deals: a deal file becomes rows, as often as it is loaded; rounds of wishes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from webapp import events
from webapp.deals.deal_file import read_deal_file
from webapp.deals.models import (
    BudgetLine,
    Case,
    CaseStep,
    Deal,
    IntendedResult,
    Party,
    ProgrammeLine,
    Round,
    Rule,
)
from webapp.deals.queries import wishes_of_round
from webapp.errors import Conflict
from webapp.extensions import Model, db

Row = TypeVar("Row", bound=Model)
Entry = dict[str, Any]

DEAL = (
    *("slug", "kind", "title", "short_title", "summary", "source", "source_date", "mention"),
    *("start_date", "end_date", "end_date_note", "currency_note"),
    *("state_total_cents", "region_total_cents"),
)
PARTY = ("slug", "name", "kind", "role", "number")
PROGRAMME_LINE = ("code", "kind", "title", "description")
BUDGET_LINE = (
    *("code", "title", "is_vat_costs", "state_max_cents", "region_min_cents"),
    *("share_min_percent", "share_max_percent", "of_cents"),
)
RULE = ("code", "severity", "basis", "title", "explanation", "parameters")
CASE = ("slug", "title", "summary", "municipality_code", "municipality_name", "areas_named")
STEP = ("number", "title", "description")
MAY_BE_EMPTY = {"mention", "end_date_note", "currency_note", "parameters"}


def load_deal(path: Path) -> Deal:
    """Make the deal of a file, or bring it up to date; one commit.

    What bookings, interventions and wishes point at (parties, programme lines, budget lines,
    cases) is never deleted, also when it has left the file; rules and intended results are.
    Raises `Invalid` with every problem of the file, `Conflict` when another deal has the case.
    """
    content = read_deal_file(path)
    _refuse_cases_of_others(content["slug"], content.get("cases", []))
    with db.session.no_autoflush:
        deal = _deal(content)
        _load_parties(deal, content["parties"])
        lines = _load_programme_lines(deal, content["programme_lines"])
        _load_results(lines.values(), content["intended_results"])
        _load_budget_lines(deal, lines, content["budget_lines"])
        _load_rules(deal, content["rules"])
        _load_cases(deal, content.get("cases", []), content.get("case_steps", []))
    _commit(deal, path)
    return deal


def _deal(content: Entry) -> Deal:
    deal = db.session.scalar(select(Deal).where(Deal.slug == content["slug"])) or Deal()
    _set(deal, _values(content, DEAL))
    db.session.add(deal)
    return deal


def _refuse_cases_of_others(deal_slug: str, entries: list[Entry]) -> None:
    slugs = [entry["slug"] for entry in entries]
    others = select(Case.slug).join(Deal).where(Case.slug.in_(slugs), Deal.slug != deal_slug)
    taken = db.session.scalars(others.order_by(Case.slug)).all()
    if taken:
        raise Conflict(
            problems=[{"path": f"cases.{slug}", "reason": "is of another deal"} for slug in taken]
        )


def _load_parties(deal: Deal, entries: list[Entry]) -> None:
    values = [_values(entry, PARTY) | {"is_cashier": entry["cashier"]} for entry in entries]
    _bring(deal.parties, Party, "slug", values)


def _load_programme_lines(deal: Deal, entries: list[Entry]) -> dict[str, ProgrammeLine]:
    return _bring(deal.programme_lines, ProgrammeLine, "code", _placed(entries, PROGRAMME_LINE))


def _load_results(lines: Iterable[ProgrammeLine], entries: list[Entry]) -> None:
    for line in lines:
        own = [
            _values(entry, ("position", "text"))
            for entry in entries
            if entry["programme_line"] == line.code
        ]
        _bring(line.intended_results, IntendedResult, "position", own)
        _drop_others(line.intended_results, "position", own)


def _load_budget_lines(deal: Deal, lines: dict[str, ProgrammeLine], entries: list[Entry]) -> None:
    values = _placed(entries, BUDGET_LINE)
    for entry, value in zip(entries, values, strict=True):
        value["programme_lines"] = [lines[code] for code in entry["programme_lines"]]
    _bring(deal.budget_lines, BudgetLine, "code", values)


def _load_rules(deal: Deal, entries: list[Entry]) -> None:
    values = [_values(entry, RULE) for entry in entries]
    _bring(deal.rules, Rule, "code", values)
    _drop_others(deal.rules, "code", values)


def _load_cases(deal: Deal, entries: list[Entry], steps: list[Entry]) -> None:
    cases = _bring(deal.cases, Case, "slug", _placed(entries, CASE))
    for entry in entries:
        own = cases[entry["slug"]].steps
        _bring(own, CaseStep, "number", [_values(step, STEP) for step in steps])


def _commit(deal: Deal, path: Path) -> None:
    """Commit, with an event when the file changed anything."""
    changed = db.session.new or any(map(db.session.is_modified, db.session.dirty))
    if changed:
        db.session.flush()
        events.record("deal", deal.id, "loaded", file=path.name)
    db.session.commit()


def _placed(entries: list[Entry], columns: tuple[str, ...]) -> list[Entry]:
    """Values per column plus the place in the file."""
    return [_values(entry, columns) | {"position": place} for place, entry in enumerate(entries, 1)]


def _values(entry: Entry, columns: tuple[str, ...]) -> Entry:
    """A value for every column: what has left the file becomes empty."""
    return {column: entry.get(column, {} if column in MAY_BE_EMPTY else None) for column in columns}


def _set(row: Model, values: Entry) -> None:
    for column, value in values.items():
        setattr(row, column, value)


def _bring(rows: list[Row], make: type[Row], key: str, entries: list[Entry]) -> dict[Any, Row]:
    """Bring the rows with these keys to these values, add the missing ones, leave the others."""
    known = {getattr(row, key): row for row in rows}
    for values in entries:
        row = known.get(values[key])
        if row is None:
            known[values[key]] = row = make()
            rows.append(row)
        _set(row, values)
    return known


def _drop_others(rows: list[Row], key: str, entries: list[Entry]) -> None:
    kept = {values[key] for values in entries}
    for row in [row for row in rows if getattr(row, key) not in kept]:
        rows.remove(row)


def open_round(case: Case, values: Entry) -> Round:
    """Make a round of wishes in a case."""
    held = Round(case=case, **values)
    db.session.add(held)
    db.session.flush()
    events.record("round", held.id, "created", case=case.slug)
    db.session.commit()
    return held


def change_round(round_id: int, values: Entry, version: int) -> Round:
    """Save a round. Raises `Conflict` when someone saved it after `version` was on the screen."""
    held = _locked_round(round_id)
    if held.version != version:
        raise Conflict
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if changed:
        _set(held, values)
        held.version += 1
        events.record("round", held.id, "changed", fields=changed)
    db.session.commit()
    return held


def close_round(round_id: int) -> None:
    """End an open round now. Raises `Conflict` when it is not open."""
    held, now = _locked_round(round_id), datetime.now(UTC)
    if held.state(now) != "open":
        raise Conflict
    held.closes_at = now
    held.version += 1
    events.record("round", held.id, "closed_early")
    db.session.commit()


def delete_round(round_id: int) -> None:
    """Take away a round in which nobody gave a wish. Raises `Conflict` otherwise."""
    held = _locked_round(round_id)
    if wishes_of_round(held.id):
        raise Conflict
    events.record("round", held.id, "deleted", case=held.case_id)
    db.session.delete(held)
    db.session.commit()


def _locked_round(round_id: int) -> Round:
    return db.session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
