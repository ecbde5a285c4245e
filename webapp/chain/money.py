"""Bookings added up per source and stage, in whole eurocents."""

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.budgets.figures import SOURCES, STAGES


@dataclass(frozen=True)
class Sum:
    """What one source (one of SOURCES: a funder, in money or in kind) has in one stage."""

    source: str
    stage: str
    cents: int


@dataclass(frozen=True)
class SourceRow:
    """One source's amounts, one per stage."""

    source: str
    cents: tuple[int, ...]


@dataclass(frozen=True)
class MoneyTable:
    """Rows per source and the total per stage; the totals are the rows added up."""

    rows: tuple[SourceRow, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """The total of each stage."""
        return tuple(sum(row.cents[place] for row in self.rows) for place in range(len(STAGES)))

    def __bool__(self) -> bool:
        return bool(self.rows)


def money_table(sums: Iterable[Sum]) -> MoneyTable:
    """The table of these sums, sources in the order of SOURCES."""
    amounts: dict[str, dict[str, int]] = {}
    for one in sums:
        stages = amounts.setdefault(one.source, dict.fromkeys(STAGES, 0))
        stages[one.stage] += one.cents
    return MoneyTable(
        tuple(
            SourceRow(source, tuple(amounts[source][stage] for stage in STAGES))
            for source in SOURCES
            if source in amounts
        )
    )
