"""The invented bookings of the demo: every funder, every stage, one correction."""

from datetime import date
from typing import Any

from webapp.budgets.models import STAGES, Booking
from webapp.demo.story import Scene, read
from webapp.extensions import db
from webapp.interventions.models import Intervention

MONTH_OF_STAGE = {"allocated": 2, "committed": 5, "spent": 9}


def add_bookings(stage: Scene, interventions: dict[str, Intervention]) -> None:
    """The bookings of each intervention, those without one, and a reversed mistake."""
    told = read("interventions")
    for entry in told["interventions"]:
        intervention = interventions[entry["title"]["nl"]]
        for number, money in enumerate(entry.get("bookings", []), 1):
            document = f"DEMO-{entry['slug'].upper()}-{number}"
            _add(stage, {"document": document, **money}, intervention)
    for money in told["bookings"]:
        _add(stage, money, None)
    _add_mistake(stage)
    db.session.flush()


def _add(stage: Scene, money: dict[str, Any], intervention: Intervention | None) -> None:
    for kind in STAGES:
        if money.get(kind):
            db.session.add(_booking(stage, money, kind, intervention))


def _booking(
    stage: Scene, money: dict[str, Any], kind: str, intervention: Intervention | None
) -> Booking:
    year = stage.now.year
    party = stage.parties.get(money.get("party", ""))
    return Booking(
        budget_line=stage.budget_lines[money["line"]],
        case=intervention and intervention.case,
        intervention=intervention,
        party=party,
        funder=money["funder"],
        in_kind=money.get("in_kind", False),
        is_state_money=money.get("is_state_money", False),
        stage=kind,
        amount_cents=money[kind],
        year=year,
        booked_on=date(year, MONTH_OF_STAGE[kind], 1),
        document_ref=f"{money['document']}-{kind[0].upper()}",
        valuation_note=money.get("valuation", ""),
        note="Demo",
        is_demo=True,
    )


def _add_mistake(stage: Scene) -> None:
    """An amount booked by mistake and taken back: the ledger keeps both rows."""
    money = {"line": "B", "funder": "state", "spent": 1_250_00, "document": "DEMO-VERGISSING"}
    wrong = _booking(stage, money, "spent", None)
    db.session.add(wrong)
    db.session.flush()
    back = _booking(stage, money, "spent", None)
    back.amount_cents = -wrong.amount_cents
    back.reverses_id = wrong.id
    back.document_ref = "DEMO-VERGISSING-TERUG"
    db.session.add(back)
