"""Amounts of money in whole euro cents: read them exactly, compare them exactly."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, get_args

Reason = Literal["ambiguous", "empty", "not_a_number", "too_large", "too_many_decimals"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

LARGEST_CENTS: Final = 10**15
"""Ten thousand billion euros: more is a slip, and sums of amounts still fit a BIGINT."""

Percentage = int | Decimal | Fraction

_UNITS: Final = {
    "": 1,
    "duizend": 10**3,
    "mln": 10**6,
    "miljoen": 10**6,
    "million": 10**6,
    "mld": 10**9,
    "miljard": 10**9,
}
_AMOUNT: Final = re.compile(
    r"(?P<sign>[-+−]?)(?:€|eur|euro)?(?P<sign2>[-−]?)"
    r"(?P<number>[0-9][0-9.,]*?)(?:[.,](?:-{1,2}|–|—))?"
    r"(?P<unit>duizend|mln|miljoen|million|mld|miljard|)\.?(?:€|eur|euro)?"
)
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:([.,])[0-9]+)?")
_PLAIN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_THREE_DECIMALS: Final = re.compile(r".*[.,][0-9]{3,}")
_SPACE_BETWEEN_THOUSANDS: Final = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")
_SPACE_IN_NUMBER: Final = re.compile(r"[0-9.,]\s+[0-9]")
_ONE_GROUP: Final = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class MoneyError(ValueError):
    """A text that is no clear amount of euros; ``reason`` is a stable code, one of ``REASONS``."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def parse_euros(text: str) -> int:
    """Return the whole cents of an amount in euros, in Dutch or plain notation.

    ``1.234.567,89``, ``1234567.89``, ``1,234,567.89``, ``€ 600.000``, ``600.000,-`` and
    ``18,6 mln`` are all clear. One point with three digits (``600.000``) means thousands, as in
    Dutch; one comma with three digits, or either with a unit (``1.234 mln``), is ambiguous.

    Raises:
        MoneyError: ``empty``, ``not_a_number``, ``ambiguous``, ``too_large`` or
            ``too_many_decimals`` (more than two; with a unit: no whole number of cents).
    """
    found = _matched(text)
    cents = _euros(found["number"], found["unit"]) * _UNITS[found["unit"]] * 100
    if cents.denominator != 1:
        raise MoneyError("too_many_decimals")
    if cents > LARGEST_CENTS:
        raise MoneyError("too_large")
    negative = (found["sign"] or found["sign2"]) in {"-", "−"}
    return -int(cents) if negative else int(cents)


def percentage_within(part_cents: int, whole_cents: int, percent: Percentage) -> bool:
    """Say whether a part is at most a percentage of the whole; exactly equal is within.

    Compared without rounding: 3 % of € 20,000,000.00 allows € 600,000.00 and not a cent more.
    """
    return Fraction(part_cents) * 100 <= Fraction(whole_cents) * Fraction(percent)


def largest_within(whole_cents: int, percent: Percentage) -> int:
    """Return the largest whole cents that are within a percentage of the whole."""
    return int(Fraction(whole_cents) * Fraction(percent) // 100)


def percentage_of(part_cents: int, whole_cents: int) -> Fraction | None:
    """Return the exact percentage a part is of the whole; ``None`` when the whole is nothing."""
    return Fraction(part_cents * 100, whole_cents) if whole_cents else None


def _matched(text: str) -> re.Match[str]:
    """Return sign, number and unit of an amount; spaces may only part thousands or words."""
    joined = _SPACE_BETWEEN_THOUSANDS.sub("", text.strip().lower())
    if not joined:
        raise MoneyError("empty")
    if len(joined) > 40 or _SPACE_IN_NUMBER.search(joined):
        raise MoneyError("not_a_number")
    found = _AMOUNT.fullmatch(re.sub(r"\s", "", joined))
    if found is None or (found["sign"] and found["sign2"]):
        raise MoneyError("not_a_number")
    return found


def _euros(number: str, unit: str) -> Fraction:
    """Return the number of a matched amount, deciding which separator is which."""
    if _ONE_GROUP.fullmatch(number) and ("," in number or unit):
        raise MoneyError("ambiguous")
    grouped = _GROUPED.fullmatch(number)
    if grouped and grouped[1] != grouped[2]:
        number = number.replace(grouped[1], "")
    if not _PLAIN.fullmatch(number):
        raise MoneyError("not_a_number")
    if _THREE_DECIMALS.fullmatch(number) and not unit:
        raise MoneyError("too_many_decimals")
    return Fraction(number.replace(",", "."))
