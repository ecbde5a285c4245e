"""The rules of the covenant against worked examples; all amounts in whole eurocents."""

from fractions import Fraction

import pytest

from webapp.budgets.figures import LedgerSum, share_range
from webapp.budgets.rules import Facts, evaluate

MILLION = 1_000_000_00
IF, A, B, VAT = 1, 2, 3, 4


def row(source, allocated, line=IF, case=None, committed=0, spent=0):
    return LedgerSum(line, case, source, allocated, committed, spent)


def facts(*rows, **values):
    given = {"vat_line_ids": frozenset({VAT}), "state_total": 20 * MILLION}
    return Facts(rows, **(given | values))


def judge(code, parameters, found, severity="error"):
    return evaluate(code, severity, parameters, found)


MRA_WEST = tuple(
    row(source, cents, line)
    for source in ("state", "regional_public")
    for line, cents in ((IF, 1_860_000_000), (A, 40_000_000), (B, 40_000_000), (VAT, 60_000_000))
)


def test_v1_the_lines_of_mra_west_come_to_twenty_million_each_side():
    found = facts(*MRA_WEST)
    state = judge("BUD-1", {"maximum_cents": 20 * MILLION}, found)
    region = judge("BUD-2", {"minimum_cents": 20 * MILLION, "at_least_state": True}, found)
    assert state.numbers["state_cents"] == region.numbers["region_cents"] == 20 * MILLION
    assert (state.outcome, region.outcome) == ("pass", "pass")


def test_bud_1_a_cent_above_the_maximum_fails():
    found = facts(*MRA_WEST, row("state", 1))
    assert judge("BUD-1", {"maximum_cents": 20 * MILLION}, found).outcome == "failure"


def test_v2_exactly_three_per_cent_passes_and_a_cent_more_fails():
    parameters = {"percent": 3, "base": "state_contribution"}
    exact = judge("BUD-3", parameters, facts(row("state", 600_000_00, VAT)))
    above = judge("BUD-3", parameters, facts(row("state", 600_000_01, VAT)))
    assert (exact.outcome, above.outcome) == ("pass", "failure")
    assert exact.numbers["maximum_cents"] == 600_000_00


def test_v3_the_total_of_these_costs_is_not_held_against_the_state():
    found = facts(row("state", 600_000_00, VAT), row("regional_public", 600_000_00, VAT))
    result = judge("BUD-3", {"percent": 3}, found)
    assert result.outcome == "pass"
    assert result.numbers["costs_cents"] == 600_000_00


def test_v4_waterwegregio_comes_to_its_total():
    lines = (8_400_000_00, 6_700_000_00, 2_070_000_00, 530_000_00)
    found = facts(*(row("state", cents, line) for line, cents in enumerate(lines, 1)))
    result = judge("BUD-1", {"maximum_cents": 17_700_000_00}, found)
    assert result.numbers["state_cents"] == 17_700_000_00
    assert result.outcome == "pass"


def test_v5_waterwegregio_stays_under_three_per_cent():
    found = facts(row("state", 530_000_00, VAT), state_total=17_700_000_00)
    result = judge("BUD-3", {"percent": 3}, found)
    assert result.outcome == "pass"
    assert result.numbers["maximum_cents"] == 531_000_00


def test_v6_five_cases_of_one_and_a_half_million_pass_together():
    rows = [row("state", 75_000_000, case=case) for case in range(1, 6)]
    rows += [row("regional_public", 75_000_000, case=case) for case in range(1, 6)]
    found = facts(*rows, case_ids=(1, 2, 3, 4, 5))
    parameters = {"minimum_cents": 150_000_000, "basis": "total"}
    result = judge("BUD-4", parameters, found, "warning")
    total = sum(case.total for case in result.cases)
    assert result.outcome == "pass"
    assert total == 7_500_000_00
    assert round(total / 37_200_000_00 * 100, 2) == 20.16
    assert round(total / 18_600_000_00 * 100, 2) == 40.32


def test_bud_4_the_basis_decides_and_both_are_shown():
    found = facts(row("state", 100, case=1), row("regional_private", 100, case=1), case_ids=(1,))
    total = judge("BUD-4", {"minimum_cents": 200, "basis": "total"}, found, "warning")
    state = judge("BUD-4", {"minimum_cents": 200, "basis": "state"}, found, "warning")
    assert (total.outcome, state.outcome) == ("pass", "warning")
    assert (total.cases[0].total, total.cases[0].state) == (200, 100)


@pytest.mark.parametrize(("closed", "outcome"), [(False, "warning"), (True, "failure")])
@pytest.mark.parametrize("code", ["BUD-2", "BUD-4"])
def test_what_is_a_warning_during_the_run_is_a_failure_at_closing(code, closed, outcome):
    parameters = {"minimum_cents": 1, "severity_at_closing": "error"}
    found = facts(case_ids=(1,), closed=closed)
    assert judge(code, parameters, found, "warning").outcome == outcome


def test_bud_2_the_region_matches_the_state_to_the_cent():
    parameters = {"minimum_cents": 0, "at_least_state": True}
    enough = facts(row("state", 500), row("in_kind_public", 200), row("regional_private", 300))
    short = facts(row("state", 500), row("in_kind_private", 499))
    assert judge("BUD-2", parameters, enough, "warning").outcome == "pass"
    assert judge("BUD-2", parameters, short, "warning").outcome == "warning"


def test_bud_2_counts_what_the_state_spent_beyond_what_it_allocated():
    found = facts(row("state", 100, spent=150), row("regional_public", 120))
    result = judge("BUD-2", {"minimum_cents": 0, "at_least_state": True}, found, "warning")
    assert result.outcome == "warning"


def test_bud_3_with_a_recorded_approval_is_a_warning_that_names_it():
    found = facts(row("state", 700_000_00, VAT))
    result = judge("BUD-3", {"percent": 3, "approval_document": "2026-77"}, found)
    assert (result.outcome, result.numbers["document"]) == ("warning", "2026-77")


def test_bud_3_without_such_a_line_does_not_apply():
    assert judge("BUD-3", {"percent": 3}, facts(vat_line_ids=frozenset())).outcome == (
        "not_applicable"
    )


def test_bud_6_state_money_is_named_and_counts_for_no_regional_sum():
    found = facts(row("state_money", 900), row("regional_public", 100))
    result = judge("BUD-6", {}, found)
    assert (result.outcome, result.rows) == ("failure", {"source": "state_money"})
    region = judge("BUD-2", {"minimum_cents": 101}, found, "warning")
    assert region.numbers["region_cents"] == 100
    assert region.outcome == "warning"


def test_bud_6_passes_when_such_a_booking_was_reversed():
    assert judge("BUD-6", {}, facts(row("state_money", 0))).outcome == "pass"


def test_com_1_looks_at_what_is_published():
    assert judge("COM-1", {}, facts()).outcome == "not_applicable"
    assert judge("COM-1", {}, facts(published=2), "warning").outcome == "pass"
    silent = facts(published=2, has_mention=False)
    assert judge("COM-1", {}, silent, "warning").outcome == "warning"


def test_wish_1_fails_without_a_reason_and_warns_with_one():
    assert judge("WISH-1", {}, facts()).outcome == "pass"
    assert judge("WISH-1", {}, facts(overridden=1)).outcome == "warning"
    assert judge("WISH-1", {}, facts(without_round=1)).outcome == "failure"


def test_a_rule_for_information_never_fails():
    found = facts(row("state", 2))
    assert judge("BUD-1", {"maximum_cents": 1}, found, "info").outcome == "warning"


def test_a_rule_that_is_not_computed_says_so():
    result = judge("BUD-9", {}, facts(), "info")
    assert (result.outcome, result.sentence) == ("not_applicable", "budgets.rule.not_computed")


def test_utrecht_a_range_of_percentages_becomes_a_range_of_euros():
    assert share_range(Fraction(30), Fraction(35), 30 * MILLION) == (9 * MILLION, 10_500_000_00)
