"""A small deal with a closed chain and every kind of gap, for tests of the public pages."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tests import factories
from webapp.deals.models import BudgetLine, Case, Deal, ProgrammeLine
from webapp.interventions.models import Intervention
from webapp.wishes.models import Wish, WishContact

NOW = datetime.now(UTC)
SECRETS = {
    "submitted": "geheim-ingediend",
    "private": "geheim-verborgen",
    "refused": "geheim-geweigerd",
    "referred": "geheim-doorgestuurd",
    "merged": "geheim-samengevoegd",
    "withdrawn": "geheim-teruggenomen",
}
EMAIL = "bewoner-geheim@voorbeeld.example"
CODE = "GEHE-IMEC-ODE0-0000-0000"


@dataclass
class World:
    """What the tests talk about."""

    deal: Deal
    case: Case
    programme_line: ProgrammeLine
    line: BudgetLine
    wish: Wish
    waiting: Wish
    plan: Intervention
    draft: Intervention
    hidden: dict[str, Wish]


def make_world(words: str = "Meer schaduw", **deal: Any) -> World:
    """One published wish with a published and paid intervention, one that waits, the rest hidden."""
    made = factories.make_deal(**({"slug": "mra-west"} | deal))
    line = factories.make_programme_line(made)
    budget = factories.make_budget_line(made, [line])
    case = factories.make_case(made, slug="haarlem")
    factories.make_round(case)
    wish = factories.make_wish(case, text=words, status="published", language="nl")
    waiting = factories.make_wish(case, text="Een bankje", status="published", theme="safe_clean")
    factories.add(
        WishContact(wish_id=wish.id, email=EMAIL, language="nl", retain_until=date(2099, 1, 1))
    )
    plan = factories.make_intervention(
        case, published_at=NOW, phase="planned", programme_lines=[line]
    )
    factories.link(plan, wish)
    factories.make_booking(budget, case=case, intervention=plan, amount_cents=123_456_78)
    draft = factories.make_intervention(case, title=factories.words("geheim-concept"))
    return World(made, case, line, budget, wish, waiting, plan, draft, _hidden(case, wish, plan))


def _hidden(case: Case, target: Wish, plan: Intervention) -> dict[str, Wish]:
    hidden = {}
    for status, text in SECRETS.items():
        more: dict[str, Any] = {"merged_into_id": target.id} if status == "merged" else {}
        if status in {"refused", "referred"}:
            more = {"reason": "other_owner", "decision_text": "geheim-besluit", "decided_at": NOW}
        hidden[status] = factories.make_wish(
            case, text=text, place_words=f"plek-{text}", status=status, **more
        )
    factories.link(plan, hidden["private"])
    return hidden
