"""Sums of the ledger: per budget line and source, in whole eurocents. No Flask, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

REGIONAL = ("regional_public", "regional_private", "in_kind_public", "in_kind_private")
SOURCES = ("state", *REGIONAL, "state_money")
"""Who pays and how. `state_money` is regional public money that comes from the state by another
way: it counts for nobody (rule BUD-6)."""
STAGES = ("allocated", "committed", "spent")
BARS = 10_000


@dataclass(frozen=True)
class Amounts:
    """What was allocated, committed and spent, and what is free of it; whole eurocents."""

    allocated: int = 0
    committed: int = 0
    spent: int = 0
    free: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.allocated + other.allocated,
            self.committed + other.committed,
            self.spent + other.spent,
            self.free + other.free,
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.allocated or self.committed or self.spent)

    @property
    def uncommitted(self) -> int:
        """What was spent without a commitment."""
        return max(0, self.spent - self.committed)


@dataclass(frozen=True)
class LedgerSum:
    """The sums of one budget line, case and source."""

    line_id: int
    case_id: int | None
    source: str
    allocated: int
    committed: int
    spent: int


Cells = Mapping[tuple[int, str], Amounts]


def cells(sums: Iterable[LedgerSum]) -> dict[tuple[int, str], Amounts]:
    """The amounts per budget line and source, cases taken together.

    Free is what was allocated less what is committed, or spent where that is more: so it is worked
    out here, per line and source, and totals add up what is free in each.
    """
    stages: dict[tuple[int, str], list[int]] = {}
    for row in sums:
        held = stages.setdefault((row.line_id, row.source), [0, 0, 0])
        for place, stage in enumerate(STAGES):
            held[place] += getattr(row, stage)
    return {key: amounts(*held) for key, held in stages.items()}


def amounts(allocated: int, committed: int, spent: int) -> Amounts:
    """The amounts of one line and source with what is free."""
    return Amounts(allocated, committed, spent, allocated - max(committed, spent))


def total(found: Cells, line_id: int | None = None, sources: Iterable[str] = SOURCES) -> Amounts:
    """The sum over the cells of a line (or all) and some sources."""
    wanted = set(sources)
    chosen = (
        cell
        for (line, source), cell in found.items()
        if source in wanted and line_id in {None, line}
    )
    return sum(chosen, Amounts())


def share_range(least: Fraction, most: Fraction, whole_cents: int) -> tuple[int, int]:
    """The least and most cents that a range of percentages of an amount comes to, rounded down."""
    return int(least * whole_cents / 100), int(most * whole_cents / 100)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: widths in per cent of the scale, which is the largest amount in it."""

    agreed: int | None
    amounts: Amounts

    @property
    def scale(self) -> int:
        """The amount at full width."""
        return max(1, self.agreed or 0, *(self.stage(name) for name in STAGES))

    def stage(self, name: str) -> int:
        """The cents of a stage."""
        return int(getattr(self.amounts, name))

    def width(self, cents: int) -> str:
        """How wide an amount is drawn, such as `37.25%`; never less than nothing."""
        parts = Fraction(max(0, cents) * BARS, self.scale)
        return f"{float(parts) * 100 / BARS:.2f}%"
