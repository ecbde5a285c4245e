"""What a raw record of any source says: its columns, numbers and words, whatever their spelling."""

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

MAX_TEXT = 2000


def words(value: Any) -> str:
    """Read a value as text; an empty cell may come as None or, from a number column, as NaN."""
    empty = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if empty else str(value).strip()


def number(value: Any) -> float | None:
    """Read a number, also one written as text with a decimal comma; None when it is none.

    NaN and infinities are given as they are: it is for the layer to say what they mean.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def find_column(columns: Iterable[str], wanted: Iterable[str]) -> str | None:
    """Give the first wanted column that is there, whatever its capitals, dashes and underscores.

    >>> find_column(["Naam", "Oppervlakte_m2"], ["oppervlakte", "oppervlakte_m2"])
    'Oppervlakte_m2'
    """
    return _found(tuple(columns), tuple(wanted))


@lru_cache(maxsize=4096)
def _found(columns: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    """Every row of a file has the same columns, so each question is answered once."""
    spelled = {_plain(column): column for column in reversed(columns)}
    return next((spelled[_plain(name)] for name in wanted if _plain(name) in spelled), None)


def column_without_number(columns: Iterable[str], stem: str) -> str | None:
    """Give a StatLine column by its name without the number at its end, which differs per table.

    >>> column_without_number(["AfstandTotBos_112", "Perioden"], "AfstandTotBos")
    'AfstandTotBos_112'
    """
    for column in columns:
        name, _, ending = column.rpartition("_")
        if column == stem or (name == stem and ending.isdigit()):
            return column
    return None


def plain_properties(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give a record as JSON can hold it: no NaN, no dates as objects, no endless texts."""
    return {str(name): _json(value) for name, value in record.items()}


def _json(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    # A NUL cannot be stored as text.
    return str(value).replace("\x00", "")[:MAX_TEXT]


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")
