"""What happened to the rows of a layer's file or service, in bounded memory.

A file of a country has millions of rows, so refused ones are counted per reason, with the numbers
of the first few; ``rows_in == rows_loaded + rows_rejected`` always holds.
"""

from dataclasses import dataclass, field
from typing import Literal

Refusal = Literal[
    "bad_code",
    "duplicate",
    "no_geometry",
    "not_current",
    "other_kind",
    "out_of_range",
    "outside_netherlands",
    "unreadable_geometry",
    "wrong_shape",
]

REFUSALS: dict[Refusal, str] = {
    "bad_code": "No valid CBS code (GM + 4 digits, WK + 6 or BU + 8 characters).",
    "duplicate": "The file has this area twice for the same year; the first one was kept.",
    "no_geometry": "There is no geometry, or nothing is left of it after repairing.",
    "not_current": "The object has ended: it is history in the register.",
    "other_kind": "Another kind of object than this layer is about.",
    "out_of_range": "The value cannot occur in this unit.",
    "outside_netherlands": "The coordinates lie outside the Netherlands.",
    "unreadable_geometry": "The geometry could not be read.",
    "wrong_shape": "The geometry is of another kind (point, line, polygon) than the layer's.",
}

EXAMPLES = 20
MAX_WARNINGS = 100


@dataclass(frozen=True)
class Refused:
    """Rows refused for one reason: how many, and the numbers (from 1) of the first ones."""

    reason: Refusal
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class RowReport:
    """The account of one file or service.

    ``repaired`` counts geometries that were made valid. ``crs_declared`` is what the source said;
    None without geometry. ``sha256`` is of the file as received; empty for a service.
    """

    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rejected: tuple[Refused, ...]
    repaired: int
    warnings: tuple[str, ...]
    crs_declared: str | None
    sha256: str


@dataclass
class RowAccount:
    """Counts while rows are read; :meth:`report` freezes it."""

    crs_declared: str | None = None
    sha256: str = ""
    loaded: int = 0
    repaired: int = 0
    _refused: dict[Refusal, list[int]] = field(default_factory=dict)
    _counts: dict[Refusal, int] = field(default_factory=dict)
    _warnings: dict[str, int] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        """How many rows have been read so far."""
        return self.loaded + sum(self._counts.values())

    def refuse(self, reason: Refusal) -> None:
        """Count a row that was not loaded."""
        examples = self._refused.setdefault(reason, [])
        if len(examples) < EXAMPLES:
            examples.append(self.rows_in + 1)
        self._counts[reason] = self._counts.get(reason, 0) + 1

    def warn(self, text: str) -> None:
        """Note something odd; the same text is kept once, with its count."""
        if text in self._warnings or len(self._warnings) < MAX_WARNINGS:
            self._warnings[text] = self._warnings.get(text, 0) + 1

    def report(self) -> RowReport:
        """Freeze the account as it stands now."""
        return RowReport(
            rows_in=self.rows_in,
            rows_loaded=self.loaded,
            rows_rejected=sum(self._counts.values()),
            rejected=tuple(
                Refused(reason, self._counts[reason], tuple(rows))
                for reason, rows in sorted(self._refused.items())
            ),
            repaired=self.repaired,
            warnings=tuple(
                text if count == 1 else f"{text} ({count} rows)"
                for text, count in self._warnings.items()
            ),
            crs_declared=self.crs_declared,
            sha256=self.sha256,
        )
