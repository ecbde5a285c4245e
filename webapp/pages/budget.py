"""The budget of a deal as its document gives it: amounts with a total, or shares of an amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gis.money import largest_within
from webapp.deals.models import BudgetLine


@dataclass(frozen=True)
class Share:
    """A line that gets a range of percents, with what that comes to in whole cents."""

    line: BudgetLine
    low: Decimal
    high: Decimal
    low_cents: int
    high_cents: int


@dataclass(frozen=True)
class Budget:
    """The lines with amounts and their totals, and the lines with shares."""

    amounts: tuple[BudgetLine, ...]
    shares: tuple[Share, ...]
    state: int
    region: int


def budget_of(lines: Sequence[BudgetLine]) -> Budget:
    """The budget table of these lines; the totals are the lines added up."""
    amounts = tuple(line for line in lines if line.state_max_cents is not None)
    return Budget(
        amounts,
        tuple(_share(line) for line in lines if line.share_min_percent is not None),
        sum(line.state_max_cents or 0 for line in amounts),
        sum(line.region_min_cents or 0 for line in amounts),
    )


def _share(line: BudgetLine) -> Share:
    low = line.share_min_percent or Decimal(0)
    high = line.share_max_percent or low
    whole = line.of_cents or 0
    return Share(line, low, high, largest_within(whole, low), largest_within(whole, high))
