"""What the covenant demands of the money, judged from sums and parameters. No Flask, no database.

All amounts are whole eurocents and compared as such: exactly 3 % is within 3 %, a cent more is not.
Source of the rules: the articles that the `basis` of each rule names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from gis.money import largest_within, percentage_within
from webapp.budgets.figures import REGIONAL, STAGES, LedgerSum

Outcome = Literal["pass", "warning", "failure", "not_applicable"]
Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the rules look at. `closed`: the deal's end date is past."""

    sums: tuple[LedgerSum, ...]
    case_ids: tuple[int, ...] = ()
    vat_line_ids: frozenset[int] = frozenset()
    state_total: int | None = None
    closed: bool = False
    has_mention: bool = True
    published: int = 0
    without_round: int = 0
    overridden: int = 0

    def allocated(self, *sources: str) -> int:
        """The cents allocated by these sources."""
        return sum(row.allocated for row in self.sums if row.source in sources)


@dataclass(frozen=True)
class CaseMoney:
    """What one case was allocated, counted both ways, and whether that is enough."""

    case_id: int
    state: int
    total: int
    enough: bool


@dataclass(frozen=True)
class RuleResult:
    """How a rule turned out.

    `sentence` is the key of the sentence that says so with `numbers` (cents where the name ends in
    `_cents`); `rows` is the selection of the ledger that shows where the numbers come from.
    """

    code: str
    outcome: Outcome
    sentence: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[CaseMoney, ...] = ()


def evaluate(code: str, severity: str, parameters: Parameters, facts: Facts) -> RuleResult:
    """Judge one rule; a rule that this page cannot judge is `not_applicable` and says so."""
    judge = JUDGES.get(code)
    if judge is None:
        return RuleResult(code, "not_applicable", "budgets.rule.not_computed")
    if facts.closed:
        severity = parameters.get("severity_at_closing", severity)
    return judge(parameters, facts, "failure" if severity == "error" else "warning")


def _state_maximum(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    maximum = int(parameters["maximum_cents"])
    state = facts.allocated("state")
    return RuleResult(
        "BUD-1",
        "pass" if state <= maximum else broken,
        "budgets.rule.state_maximum",
        {"state_cents": state, "maximum_cents": maximum, "left_cents": maximum - state},
        {"source": "state", "stage": "allocated"},
    )


def _region_minimum(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    """The region puts in its minimum, and at least what the state puts in (or already spent)."""
    minimum = int(parameters["minimum_cents"])
    region = facts.allocated(*REGIONAL)
    spent = sum(row.spent for row in facts.sums if row.source == "state")
    state = max(facts.allocated("state"), spent)
    matched = region >= state or not parameters.get("at_least_state")
    return RuleResult(
        "BUD-2",
        "pass" if region >= minimum and matched else broken,
        "budgets.rule.region_minimum",
        {"region_cents": region, "minimum_cents": minimum, "state_cents": state},
        {"source": "regional", "stage": "allocated"},
    )


def _execution_costs(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    """Only the state's part of these costs is held against the state's contribution."""
    if facts.state_total is None or not facts.vat_line_ids:
        return RuleResult("BUD-3", "not_applicable", "budgets.rule.no_execution_costs")
    percent = Decimal(str(parameters["percent"]))
    costs = sum(
        row.allocated
        for row in facts.sums
        if row.source == "state" and row.line_id in facts.vat_line_ids
    )
    within = percentage_within(costs, facts.state_total, percent)
    approval = str(parameters.get("approval_document", ""))
    numbers = {
        "costs_cents": costs,
        "percent": f"{percent.normalize():f}",
        "base_cents": facts.state_total,
        "maximum_cents": largest_within(facts.state_total, percent),
    }
    rows = {"line": "vat", "source": "state", "stage": "allocated"}
    if not within and approval:
        sentence = "budgets.rule.execution_costs_approved"
        return RuleResult("BUD-3", "warning", sentence, numbers | {"document": approval}, rows)
    outcome = "pass" if within else broken
    return RuleResult("BUD-3", outcome, "budgets.rule.execution_costs", numbers, rows)


def _case_minimum(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    """Per case at least the minimum, counted over all money or the state's, as `basis` says."""
    if not facts.case_ids:
        return RuleResult("BUD-4", "not_applicable", "budgets.rule.no_cases")
    minimum, basis = int(parameters["minimum_cents"]), parameters.get("basis", "total")
    cases = tuple(_case_money(facts, case_id, minimum, basis) for case_id in facts.case_ids)
    enough = sum(case.enough for case in cases)
    return RuleResult(
        "BUD-4",
        "pass" if enough == len(cases) else broken,
        "budgets.rule.case_minimum_state" if basis == "state" else "budgets.rule.case_minimum",
        {"enough": enough, "cases": len(cases), "minimum_cents": minimum},
        {"stage": "allocated"},
        cases,
    )


def _case_money(facts: Facts, case_id: int, minimum: int, basis: str) -> CaseMoney:
    own = [row for row in facts.sums if row.case_id == case_id]
    state = sum(row.allocated for row in own if row.source == "state")
    whole = state + sum(row.allocated for row in own if row.source in REGIONAL)
    return CaseMoney(case_id, state, whole, (state if basis == "state" else whole) >= minimum)


def _no_state_money(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    """Money of the state by another way is left out of every regional sum, and named here."""
    found = [row for row in facts.sums if row.source == "state_money"]
    present = any(getattr(row, stage) for row in found for stage in STAGES)
    return RuleResult(
        "BUD-6",
        broken if present else "pass",
        "budgets.rule.state_money" if present else "budgets.rule.no_state_money",
        {f"{stage}_cents": sum(getattr(row, stage) for row in found) for stage in STAGES},
        {"source": "state_money"},
    )


def _mentioned(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    if not facts.published:
        return RuleResult("COM-1", "not_applicable", "budgets.rule.nothing_published")
    return RuleResult(
        "COM-1",
        "pass" if facts.has_mention else broken,
        "budgets.rule.mentioned" if facts.has_mention else "budgets.rule.not_mentioned",
        {"published": facts.published},
    )


def _wishes_first(parameters: Parameters, facts: Facts, broken: Outcome) -> RuleResult:
    """Planned without a closed round: with a reason that everyone can read, it is a warning."""
    numbers = {"without": facts.without_round, "overridden": facts.overridden}
    if facts.without_round:
        return RuleResult("WISH-1", broken, "budgets.rule.wishes_skipped", numbers)
    if facts.overridden:
        return RuleResult("WISH-1", "warning", "budgets.rule.wishes_overridden", numbers)
    return RuleResult("WISH-1", "pass", "budgets.rule.wishes_first", numbers)


JUDGES: Mapping[str, Callable[[Parameters, Facts, Outcome], RuleResult]] = {
    "BUD-1": _state_maximum,
    "BUD-2": _region_minimum,
    "BUD-3": _execution_costs,
    "BUD-4": _case_minimum,
    "BUD-6": _no_state_money,
    "COM-1": _mentioned,
    "WISH-1": _wishes_first,
}
OF_ONE_CASE = ("BUD-4", "BUD-6", "COM-1", "WISH-1")
"""The rules that say something about a single case; the others are about the whole deal."""
