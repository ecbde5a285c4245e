"""A deal file becomes a deal, as often as it is loaded, and wrong files change nothing."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import make_booking, make_case, make_deal
from webapp.budgets.models import Booking
from webapp.deals.actions import load_deal
from webapp.deals.deal_file import FOLDER, shipped_deals
from webapp.deals.models import BudgetLine, Deal, IntendedResult, Party
from webapp.errors import Conflict
from webapp.events import Event
from webapp.extensions import db

MRA_WEST = FOLDER / "mra-west.toml"


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def changed(folder: Path, *replacements: tuple[str, str], source: Path = MRA_WEST) -> Path:
    """A copy of a shipped deal in which words are replaced, every time they occur."""
    text = source.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    copy = folder / source.name
    copy.write_text(text, encoding="utf-8")
    return copy


def without(folder: Path, start: str, end: str) -> Path:
    """A copy of the shipped deal without what stands from one text up to another."""
    text = MRA_WEST.read_text(encoding="utf-8")
    before, rest = text.split(start, 1)
    copy = folder / MRA_WEST.name
    copy.write_text(before + end + rest.split(end, 1)[1], encoding="utf-8")
    return copy


def loaded_events(deal: Deal) -> list[Event]:
    rows = select(Event).where(Event.subject == "deal", Event.subject_id == deal.id)
    return list(db.session.scalars(rows))


@pytest.mark.parametrize("path", shipped_deals(), ids=lambda path: path.stem)
def test_a_shipped_deal_loads(app: Flask, path: Path) -> None:
    deal = load_deal(path)
    assert db.session.scalar(select(Deal.id).where(Deal.slug == path.stem)) == deal.id


def test_mra_west_arrives_whole(app: Flask) -> None:
    deal = load_deal(MRA_WEST)
    db.session.expire_all()
    assert [case.slug for case in deal.cases] == [
        "beverwijk",
        "haarlem",
        "haarlemmermeer",
        "velsen",
        "zandvoort",
    ]
    assert [line.state_max_cents for line in deal.budget_lines] == [
        18_600_000_00,
        400_000_00,
        400_000_00,
        600_000_00,
    ]
    assert [line.code for line in deal.budget_lines[0].programme_lines] == ["PL1", "PL2", "PL3"]
    assert [len(line.intended_results) for line in deal.programme_lines] == [5, 6, 5, 2, 3]


def test_every_case_gets_the_four_steps_open(app: Flask) -> None:
    deal = load_deal(MRA_WEST)
    steps = [[(step.number, step.state) for step in case.steps] for case in deal.cases]
    assert steps == [[(number, "open") for number in range(1, 5)]] * 5


def test_the_cashier_of_mra_west_is_known(app: Flask) -> None:
    deal = load_deal(MRA_WEST)
    assert [party.slug for party in deal.parties if party.is_cashier] == ["gemeente-haarlemmermeer"]


def test_an_end_date_that_is_known_is_kept(app: Flask) -> None:
    assert load_deal(FOLDER / "waterwegregio.toml").end_date == date(2028, 12, 31)
    assert load_deal(MRA_WEST).end_date is None


def test_shares_are_kept_for_a_proposal(app: Flask) -> None:
    deal = load_deal(FOLDER / "utrecht.toml")
    db.session.expire_all()
    shares = [(line.share_min_percent, line.share_max_percent) for line in deal.budget_lines]
    assert shares == [(30, 35), (30, 35), (20, 25), (10, 10)]


def test_loading_twice_makes_no_doubles(app: Flask) -> None:
    first = load_deal(MRA_WEST)
    before = [count(model) for model in (Deal, Party, BudgetLine, IntendedResult)]
    db.session.expire_all()
    assert load_deal(MRA_WEST).id == first.id
    assert [count(model) for model in (Deal, Party, BudgetLine, IntendedResult)] == before


def test_an_event_is_written_only_when_something_changed(app: Flask, tmp_path: Path) -> None:
    deal = load_deal(MRA_WEST)
    db.session.expire_all()
    load_deal(MRA_WEST)
    assert [event.action for event in loaded_events(deal)] == ["loaded"]
    load_deal(changed(tmp_path, ("max_cents = 60_000_000", "max_cents = 50_000_000")))
    assert len(loaded_events(deal)) == 2


def test_a_changed_amount_reaches_the_line_and_keeps_its_bookings(
    app: Flask, tmp_path: Path
) -> None:
    line = load_deal(MRA_WEST).budget_lines[3]
    booking = make_booking(line)
    load_deal(changed(tmp_path, ("max_cents = 60_000_000", "max_cents = 50_000_000")))
    db.session.expire_all()
    assert line.state_max_cents == 500_000_00
    assert db.session.get(Booking, booking.id).budget_line_id == line.id


def test_a_budget_line_that_left_the_file_stays_with_its_bookings(
    app: Flask, tmp_path: Path
) -> None:
    line = load_deal(MRA_WEST).budget_lines[3]
    make_booking(line)
    load_deal(without(tmp_path, '[[budget_lines]]\ncode = "VAT"', "# What the covenant demands"))
    db.session.expire_all()
    assert db.session.get(BudgetLine, line.id) is not None


def test_a_rule_that_left_the_file_is_gone(app: Flask, tmp_path: Path) -> None:
    deal = load_deal(MRA_WEST)
    load_deal(without(tmp_path, '[[rules]]\ncode = "BUD-6"', '[[rules]]\ncode = "COM-1"'))
    db.session.expire_all()
    codes = [rule.code for rule in deal.rules]
    assert codes == ["BUD-1", "BUD-2", "BUD-3", "BUD-4", "COM-1", "WISH-1"]


def test_an_intended_result_that_left_the_file_is_gone(app: Flask, tmp_path: Path) -> None:
    deal = load_deal(MRA_WEST)
    last = '[[intended_results]]\nprogramme_line = "B"\nposition = 3'
    load_deal(without(tmp_path, last, "# Article 4, table"))
    db.session.expire_all()
    assert len(deal.programme_lines[4].intended_results) == 2


def test_how_far_a_case_is_survives_loading_again(app: Flask) -> None:
    step = load_deal(MRA_WEST).cases[0].steps[0]
    step.state = "done"
    db.session.commit()
    load_deal(MRA_WEST)
    db.session.expire_all()
    assert step.state == "done"


def test_a_case_of_another_deal_is_refused_and_nothing_is_made(app: Flask) -> None:
    make_case(make_deal(slug="other"), slug="haarlem")
    db.session.commit()
    with pytest.raises(Conflict) as refusal:
        load_deal(MRA_WEST)
    db.session.commit()
    assert refusal.value.problems == [{"path": "cases.haarlem", "reason": "is of another deal"}]
    assert db.session.scalar(select(Deal).where(Deal.slug == "mra-west")) is None


def test_the_command_loads_the_shipped_deals(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["deals", "load"])
    assert answer.exit_code == 0, answer.output
    assert "mra-west: 24 parties, 4 budget lines, 7 rules, 5 cases" in answer.output
    assert count(Deal) == 3


def test_the_command_names_every_problem_and_changes_nothing(app: Flask, tmp_path: Path) -> None:
    path = changed(tmp_path, ("max_cents = 60_000_000", "max_cents = -1"), ('kind = "theme"', ""))
    answer = app.test_cli_runner().invoke(args=["deals", "load", str(path)])
    assert answer.exit_code == 1
    assert "mra-west.toml was not loaded:" in answer.output
    assert "budget_lines[3].state_max_cents: -1 is less than the minimum of 0" in answer.output
    assert "programme_lines[4]: 'kind' is a required property" in answer.output
    assert count(Deal) == 0
