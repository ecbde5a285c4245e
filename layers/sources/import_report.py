"""What happened to every row of an imported file: loaded, repaired, or refused and why."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

RejectReason = Literal[
    "bad_code",
    "duplicate",
    "foreign",
    "no_year",
    "not_a_polygon",
    "outside_netherlands",
    "unreadable_geometry",
]

REASONS: dict[RejectReason, str] = {
    "bad_code": "No valid CBS code (GM + 4 digits, WK + 6 or BU + 8 characters).",
    "duplicate": "The file has this area in this year twice; the first one was kept.",
    "foreign": "An area outside the Netherlands (GM0998, or water = B).",
    "no_year": "Neither the row nor the import says which year this is.",
    "not_a_polygon": "The geometry is no polygon, or no surface is left after repairing it.",
    "outside_netherlands": "The coordinates lie outside the Netherlands.",
    "unreadable_geometry": "The geometry could not be read.",
}


class Rejection(NamedTuple):
    """A row that was not loaded: its number in the file (from 1), its code, the reason's id."""

    row: int
    code: str
    reason: RejectReason


class Repair(NamedTuple):
    """A row whose geometry was repaired, and what was wrong and changed."""

    code: str
    what: str


@dataclass(frozen=True)
class ImportReport:
    """The account of one import. ``rows_in == rows_loaded + rows_rejected`` always holds.

    ``crs_declared`` is what the file said, for instance ``EPSG:28992``; None without geometry.
    ``sha256`` is of the file as it was received; empty for rows from a web service.
    """

    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rejected: tuple[Rejection, ...]
    repaired: tuple[Repair, ...]
    warnings: tuple[str, ...]
    columns_unknown: tuple[str, ...]
    crs_declared: str | None
    sha256: str


@dataclass
class Tally:
    """Counts while rows are read; :meth:`report` freezes it."""

    crs_declared: str | None = None
    sha256: str = ""
    loaded: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    repaired: list[Repair] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)
    columns_unknown: set[str] = field(default_factory=set)

    @property
    def rows_in(self) -> int:
        """How many rows have been read so far."""
        return self.loaded + len(self.rejected)

    def warn(self, text: str) -> None:
        """Note something odd; the same text is kept once, with its count."""
        self.warnings[text] = self.warnings.get(text, 0) + 1

    def report(self) -> ImportReport:
        """Freeze the account as it stands now."""
        return ImportReport(
            rows_in=self.rows_in,
            rows_loaded=self.loaded,
            rows_rejected=len(self.rejected),
            rejected=tuple(self.rejected),
            repaired=tuple(self.repaired),
            warnings=tuple(_with_count(text, n) for text, n in self.warnings.items()),
            columns_unknown=tuple(sorted(self.columns_unknown)),
            crs_declared=self.crs_declared,
            sha256=self.sha256,
        )


def _with_count(text: str, count: int) -> str:
    return text if count == 1 else f"{text} ({count} rows)"
