"""Read figures per area from StatLine: tables as OData JSON, or observations as CSV or JSON.

Traps that are handled: codes padded with spaces to ten characters; column numbers that differ per
table (matched on the name without ``_NN``); a decimal comma and ``;`` in CSV; rows of margins and
age groups between the values (only the value for all adults is read); ``$skip`` that does not
work (areas are asked per municipality). Source: stored notes and code that use these tables.
"""

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from layers.layer import Layer
from layers.sources.any_file import SourceRows
from layers.sources.area_values import AreaValueChecker, AreaValues, figures_of, read_all
from layers.sources.http import Host, SourceUnavailable
from layers.sources.records import column_without_number, words
from layers.sources.row_account import RowAccount
from layers.sources.vector_files import FileRefusedError, digest

MAX_TABLE_BYTES = 500_000_000
MAX_PAGES = 500
VALUE_MARGIN, ALL_ADULTS = "MW00000", "20300"
_MUNICIPALITY = re.compile(r"GM\d{4}")
_OBSERVATION = ("Measure", "WijkenEnBuurten", "Perioden", "Value")

Record = dict[str, Any]


def read_table(
    path: Path, layer: Layer, siblings: Mapping[str, Layer], year: int | None
) -> SourceRows[AreaValues]:
    """Open a file of a StatLine table (.json or .csv).

    ``siblings`` are the layers that the same table holds, by column; ``layer`` is the one that
    must be there. Raises :class:`FileRefusedError`: unreadable, cut off, or without the column.
    """
    if not path.is_file():
        raise FileRefusedError(f"{path.name} is not a file.")
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise FileRefusedError(f"{path.name} is larger than a table of areas can be.")
    account = RowAccount(sha256=digest(path))
    records = _csv_records(path) if path.suffix.lower() == ".csv" else _json_records(path)
    rows = _wide(records, siblings)
    checker = _checker(rows, layer, siblings, account, year, path.name)
    return SourceRows(len(rows), account, lambda: read_all(iter(rows), checker))


def fetch_table(
    host: Host,
    path: str,
    layer: Layer,
    siblings: Mapping[str, Layer],
    municipalities: Collection[str],
) -> SourceRows[AreaValues]:
    """Fetch a StatLine table for some municipalities (codes such as GM0392).

    ``path`` is the table's address on the host. Raises :class:`SourceUnavailable` and, for an
    answer without the column, :class:`FileRefusedError`; ValueError for a code that is none.
    """
    records = _fetch_records(host, path, municipalities)
    account = RowAccount()
    rows = _wide(iter(records), siblings)
    checker = _checker(rows, layer, siblings, account, None, path)
    return SourceRows(len(rows), account, lambda: read_all(iter(rows), checker))


def _fetch_records(host: Host, path: str, municipalities: Collection[str]) -> list[Record]:
    """Fetch a table's rows as they are, for municipalities by code such as GM0392.

    Raises :class:`SourceUnavailable`, and ValueError for a code that is none.
    """
    if not municipalities or not all(_MUNICIPALITY.fullmatch(code) for code in municipalities):
        raise ValueError("name the municipalities by code, such as GM0392")
    entity = "Observations" if "/odata/v1/" in path else "TypedDataSet"
    return [
        record
        for code in sorted(municipalities)
        for start in (code, f"WK{code[2:]}", f"BU{code[2:]}")
        for record in _pages(host, f"{path.rstrip('/')}/{entity}", start)
    ]


def _pages(host: Host, address: str, start: str) -> list[Record]:
    found: list[Record] = []
    # The one filter that these services honour, on the one dimension that they honour it for.
    params: dict[str, str] | None = {
        "$filter": f"startswith(WijkenEnBuurten,'{start}')",
        "$format": "json",
    }
    if "/odata/v1/" in address and params is not None:
        del params["$format"]
    for _ in range(MAX_PAGES):
        page, url = host.get_json(address, params)
        found += _value_list(page)
        link = page.get("@odata.nextLink") or page.get("odata.nextLink")
        if not link:
            return found
        address, params = host.address(str(link), below=url), None
    raise SourceUnavailable(f"The service sent more than {MAX_PAGES} pages.")


def _value_list(page: Mapping[str, Any]) -> list[Record]:
    values = page.get("value")
    if not isinstance(values, list) or not all(isinstance(row, dict) for row in values):
        raise SourceUnavailable("The service answered, but not with a table.")
    return values


def _csv_records(path: Path) -> Iterator[Record]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            separator = ";" if first.count(";") >= first.count(",") else ","
            yield from csv.DictReader(stream, delimiter=separator)
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefusedError(f"{path.name} is not readable as CSV.") from error


def _json_records(path: Path) -> Iterator[Record]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefusedError(f"{path.name} is not readable as JSON, or is cut off.") from error
    try:
        yield from _value_list(document if isinstance(document, dict) else {"value": document})
    except SourceUnavailable as error:
        raise FileRefusedError(f"{path.name} is not a table of StatLine.") from error


def _wide(records: Iterator[Record], siblings: Mapping[str, Layer]) -> list[Record]:
    """Give one record per area and period, of the wanted columns only."""
    rows: dict[tuple[str, str], Record] = {}
    others: list[Record] = []
    for record in records:
        if set(_OBSERVATION) <= set(record):
            measure = words(record["Measure"])
            if measure not in siblings:
                continue
            place = (words(record["WijkenEnBuurten"]), words(record["Perioden"]))
            row = rows.setdefault(place, {"WijkenEnBuurten": place[0], "Perioden": place[1]})
            row[measure] = record["Value"]
        elif _is_value_for_all(record):
            others.append(record)
    return [*rows.values(), *others]


def _is_value_for_all(record: Mapping[str, Any]) -> bool:
    margin, age = words(record.get("Marges")), words(record.get("Leeftijd"))
    return margin in ("", VALUE_MARGIN) and age in ("", ALL_ADULTS)


def _checker(
    rows: list[Record],
    layer: Layer,
    siblings: Mapping[str, Layer],
    account: RowAccount,
    year: int | None,
    name: str,
) -> AreaValueChecker:
    columns = tuple(dict.fromkeys(column for row in rows[:1000] for column in row))
    match: Callable[..., str | None] = column_without_number
    figures = figures_of(siblings, columns, match)
    if layer not in figures.values():
        raise FileRefusedError(f"{name} has no column {layer.column} (with or without a number).")
    return AreaValueChecker(figures, account, year)
