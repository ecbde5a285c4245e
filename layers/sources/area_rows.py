"""Turn one raw record (a name → value mapping and a shape) into one checked CBS area.

Files and web services alike go through :func:`area_row`, so a figure means the same whichever
way it came in.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import MultiPolygon

from layers.sources.area_geometry import BadGeometryError, outline_in_rd
from layers.sources.cbs_codes import (
    FOREIGN_MUNICIPALITY,
    Level,
    level_of,
    missing_reason,
    municipality_of,
    parent_of,
)
from layers.sources.cbs_columns import IDENTIFYING_COLUMNS, column_key, is_unknown
from layers.sources.import_report import Rejection, RejectReason, Repair, Tally

# The most specific code comes first: a row of buurten also names its wijk and municipality.
_CODE_COLUMNS = ("code", "buurtcode", "wijkcode", "gemeentecode", "statcode")
_NAME_COLUMNS = {
    "code": "name",
    "buurtcode": "buurtnaam",
    "wijkcode": "wijknaam",
    "gemeentecode": "gemeentenaam",
    "statcode": "statnaam",
}
_TEXT_FIGURES = frozenset({"meest_voorkomende_postcode"})


@dataclass(frozen=True)
class AreaRow:
    """One CBS area in one edition.

    ``geometry`` is in EPSG:28992 (metres), valid, or None when the source has no shapes.
    ``figures`` holds what is known, ``missing`` the reason (secret, later_release, discontinued,
    missing) for each figure that is not; units are CBS's own (money in thousands of euros,
    surfaces in hectares, distances in kilometres). ``change_code``: 1 unchanged, 2 recoded,
    3 boundary moved by 5 m or more, since the year before.
    """

    level: Level
    code: str
    name: str
    municipality_code: str
    parent_code: str | None
    year: int
    water: bool
    change_code: int | None
    geometry: MultiPolygon | None
    figures: dict[str, float | str]
    missing: dict[str, str]


class _RefusedError(Exception):
    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason)
        self.reason: RejectReason = reason


@dataclass
class AreaReader:
    """Checks records one by one, remembers what it has seen, and keeps the account.

    ``year`` is used for records that do not tell their own edition.
    """

    tally: Tally
    year: int | None = None

    def __post_init__(self) -> None:
        self._seen: set[tuple[str, int, bool]] = set()

    def read(self, record: Mapping[str, Any], shape: Any, crs: str | int | None) -> AreaRow | None:
        """Give the area of one record, or None after noting why it was refused.

        ``shape`` is a shapely geometry in ``crs`` (anything pyproj understands), or None.
        """
        columns = _keyed(record, self.tally)
        code = _code(columns)
        try:
            row = self._checked(code, columns, shape, crs)
        except _RefusedError as refused:
            self.tally.rejected.append(Rejection(self.tally.rows_in + 1, code, refused.reason))
            return None
        self.tally.loaded += 1
        return row

    def refuse(self, record: Mapping[str, Any], reason: RejectReason) -> None:
        """Note a record that could not even be handed over."""
        code = _code(_keyed(record, self.tally))
        self.tally.rejected.append(Rejection(self.tally.rows_in + 1, code, reason))

    def _checked(
        self, code: str, columns: dict[str, Any], shape: Any, crs: str | int | None
    ) -> AreaRow:
        level = level_of(code)
        if level is None:
            raise _RefusedError("bad_code")
        water = _words(columns.get("water")).upper()
        if water == "B" or municipality_of(code) == FOREIGN_MUNICIPALITY:
            raise _RefusedError("foreign")
        year = self._year(columns)
        self._check_first(code, year, water == "JA")
        self._check_parents(code, columns)
        figures, missing = _figures(columns)
        return AreaRow(
            level=level,
            code=code,
            name=self._name(code, columns),
            municipality_code=municipality_of(code),
            parent_code=parent_of(code),
            year=year,
            water=water == "JA",
            change_code=_change_code(columns),
            geometry=self._outline(code, shape, crs),
            figures=figures,
            missing=missing,
        )

    def _year(self, columns: Mapping[str, Any]) -> int:
        own = _own_year(columns)
        if own is None and self.year is None:
            raise _RefusedError("no_year")
        if own is not None and self.year not in (None, own):
            self.tally.warn(f"The rows are of edition {own}, not {self.year}: {own} was stored.")
        return own if own is not None else int(self.year or 0)

    def _check_first(self, code: str, year: int, water: bool) -> None:
        # A municipality by the sea has one row for its land and one, water = JA, for its water.
        if (code, year, water) in self._seen:
            raise _RefusedError("duplicate")
        self._seen.add((code, year, water))

    def _check_parents(self, code: str, columns: Mapping[str, Any]) -> None:
        above = {"gemeentecode": municipality_of(code)}
        if level_of(code) == "buurt":
            above["wijkcode"] = str(parent_of(code))
        for column, expected in above.items():
            if _words(columns.get(column)) not in ("", expected):
                self.tally.warn(
                    f"Column {column} does not agree with the area's own code; "
                    "the code above it was derived from its own code."
                )

    def _name(self, code: str, columns: Mapping[str, Any]) -> str:
        for code_column in _CODE_COLUMNS:
            if _words(columns.get(code_column)) == code:
                name = _words(columns.get(_NAME_COLUMNS[code_column]))
                if name:
                    return name
        self.tally.warn("Areas without a name are called by their code.")
        return code

    def _outline(self, code: str, shape: Any, crs: str | int | None) -> MultiPolygon | None:
        if shape is None or crs is None:
            self.tally.warn("Areas without a shape: only their figures were read.")
            return None
        try:
            outline, repair = outline_in_rd(shape, crs)
        except BadGeometryError as bad:
            raise _RefusedError(bad.reason) from bad
        if repair:
            self.tally.repaired.append(Repair(code, repair))
        return outline


def _keyed(record: Mapping[str, Any], tally: Tally) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in record.items():
        key = column_key(name)
        if key in columns:
            tally.warn(f"Two columns are both {key}; the first one was read.")
            continue
        columns[key] = value
    tally.columns_unknown.update(key for key in columns if is_unknown(key))
    return columns


def _code(columns: Mapping[str, Any]) -> str:
    for column in _CODE_COLUMNS:
        code = _words(columns.get(column))
        if code:
            return code
    return ""


def _words(value: Any) -> str:
    """Read a value as text; an empty cell may come as None or, from a number column, as NaN."""
    empty = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if empty else str(value).strip()


def _own_year(columns: Mapping[str, Any]) -> int | None:
    for column in ("jaar", "jrstatcode"):
        start = _words(columns.get(column))[:4]
        if start.isascii() and start.isdigit() and 1990 <= int(start) <= 2100:
            return int(start)
    return None


def _change_code(columns: Mapping[str, Any]) -> int | None:
    value = _number(columns.get("indelingswijziging_wijken_en_buurten"))
    return int(value) if value in (1, 2, 3) else None


def _figures(columns: Mapping[str, Any]) -> tuple[dict[str, float | str], dict[str, str]]:
    figures: dict[str, float | str] = {}
    missing: dict[str, str] = {}
    for key, value in columns.items():
        if key in IDENTIFYING_COLUMNS:
            continue
        number = _number(value)
        if number is None and _words(value):
            figures[key] = _words(value)
        elif (reason := missing_reason(number)) is not None:
            missing[key] = reason
        elif number is not None:
            figures[key] = f"{number:.0f}" if key in _TEXT_FIGURES else number
    return figures, missing


def _number(value: Any) -> float | None:
    """Read a number, also one that a tool wrote as text; None when it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
