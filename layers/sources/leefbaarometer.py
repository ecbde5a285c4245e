"""Checks on the Leefbaarometer 3.0: the five parts must add up to the whole.

``afw = fys + onv + soc + vrz + won`` (worked example BU00140000, edition 2024: .1890529 against
.189053 published). Published figures are rounded, so half a unit per part may be lost.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from layers.sources.records import find_column, number
from layers.sources.row_account import RowAccount

PARTS = ("fys", "onv", "soc", "vrz", "won")
TOLERANCE = 1e-5


def checked_sums(
    records: Iterator[Mapping[str, Any]], account: RowAccount
) -> Iterator[Mapping[str, Any]]:
    """Pass records on; warn of those of which the parts do not add up."""
    for record in records:
        if (difference := sum_difference(record)) is not None and difference > TOLERANCE:
            account.warn("Leefbaarometer: afw is not the sum of fys, onv, soc, vrz and won.")
        yield record


def sum_difference(record: Mapping[str, Any]) -> float | None:
    """Give how far the published whole is from the sum of its parts; None when one is missing."""
    values = [_value(record, name) for name in ("afw", *PARTS)]
    whole, *parts = values
    known = [part for part in parts if part is not None]
    if whole is None or len(known) < len(parts):
        return None
    return abs(whole - sum(known))


def _value(record: Mapping[str, Any], name: str) -> float | None:
    column = find_column(record, (name,))
    return None if column is None else number(record[column])
