"""Turn raw records into figures per CBS area: values, or the reason why there is none."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from layers.layer import Layer
from layers.sources.cbs_codes import level_of
from layers.sources.feature_rows import RefusedRowError, checked_value
from layers.sources.records import find_column, number, words
from layers.sources.row_account import RowAccount

_CODE_COLUMNS = (
    *("buurtcode", "wijkcode", "gemeentecode", "statcode", "bu_code", "wk_code", "gm_code"),
    *("code", "id", "WijkenEnBuurten", "RegioS", "area_code"),
)
_YEAR_COLUMNS = ("jaar", "year", "jrstatcode", "Perioden")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class AreaValues:
    """What a source says of one CBS area: figures by their key, in the unit of their layer.

    ``reasons`` says for every figure without a value why (a key of ``wording.MISSING``).
    """

    code: str
    values: dict[str, float]
    reasons: dict[str, str]
    year: int | None


@dataclass
class AreaValueChecker:
    """Checks records one by one and keeps the account.

    ``figures`` are the layers that come from this source, by their column; ``year`` is for
    records that do not tell their own.
    """

    figures: Mapping[str, Layer]
    account: RowAccount
    year: int | None = None
    _seen: set[tuple[str, int | None]] = field(default_factory=set)

    def read(self, record: Mapping[str, Any]) -> AreaValues | None:
        """Give the figures of one record, or None after noting why it was refused."""
        try:
            found = self._checked(record)
        except RefusedRowError as refused:
            self.account.refuse(refused.reason)
            return None
        self.account.loaded += 1
        return found

    def _checked(self, record: Mapping[str, Any]) -> AreaValues:
        code = _code(record)
        if level_of(code) is None:
            raise RefusedRowError("bad_code")
        year = _year(record) or self.year
        if (code, year) in self._seen:
            raise RefusedRowError("duplicate")
        values: dict[str, float] = {}
        reasons: dict[str, str] = {}
        for column, layer in self.figures.items():
            if column not in record or layer.figure is None:
                continue
            value, reason = checked_value(layer, number(record[column]))
            if value is not None:
                values[layer.figure] = value
            elif reason is not None:
                reasons[layer.figure] = reason
        self._seen.add((code, year))
        return AreaValues(code, values, reasons, year)


def read_all(
    records: Iterator[Mapping[str, Any]], checker: AreaValueChecker
) -> Iterator[AreaValues]:
    """Check every record; refused ones are only in the account."""
    for record in records:
        found = checker.read(record)
        if found is not None:
            yield found


def figures_of(
    layers: Mapping[str, Layer], columns: tuple[str, ...], match: Callable[..., str | None]
) -> dict[str, Layer]:
    """Give the layers whose column is there, by the name it has in this file.

    ``match`` is ``records.find_column`` or ``column_without_number``, given one wanted name.
    """
    found = {match(columns, name): layer for name, layer in layers.items()}
    return {column: layer for column, layer in found.items() if column is not None}


def exact_column(columns: tuple[str, ...], name: str) -> str | None:
    """Find a column by its name, whatever its capitals and underscores."""
    return find_column(columns, (name,))


def _code(record: Mapping[str, Any]) -> str:
    column = find_column(record, _CODE_COLUMNS)
    return "" if column is None else words(record[column]).upper()


def _year(record: Mapping[str, Any]) -> int | None:
    column = find_column(record, _YEAR_COLUMNS)
    found = None if column is None else _YEAR.match(words(record[column]))
    return None if found is None else int(found.group())
