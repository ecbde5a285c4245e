"""The order of the planner's tables: by the words that readers see, not by what is stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Subquery, case

from webapp.interventions.models import PHASE_TYPES
from webapp.planning.forms import STATUSES
from webapp.wishes.models import KINDS, THEMES

WORDS = {"theme": THEMES, "kind": KINDS, "status": STATUSES, "phase": tuple(PHASE_TYPES)}
COLUMNS = {"submitted": "submitted_on", "place": "place_words", "start": "planned_start"}


def areas_in_order(rows: Iterable[Any], sort: str, towns: Mapping[str, str]) -> list[Any]:
    """Areas by a column of their table, those that lack it last."""
    name, given = sort.removeprefix("-"), list(rows)
    known = [row for row in given if _area_key(row, name, towns) is not None]
    known.sort(key=lambda row: _area_key(row, name, towns), reverse=sort.startswith("-"))
    return known + [row for row in given if _area_key(row, name, towns) is None]


def _area_key(row: Any, name: str, towns: Mapping[str, str]) -> Any:
    keys = {
        "name": row.name.casefold(),
        "code": row.code,
        "municipality": towns.get(row.municipality_code, row.municipality_code),
        "value": row.value,
    }
    return keys[name]


def order_of(rows: Subquery, sort: str, case_titles: Mapping[str, str]) -> ColumnElement[Any]:
    """The order of a selection of wishes or interventions."""
    name = sort.removeprefix("-")
    if name == "case":
        column = _ranked(case_titles, rows.c.case_slug)
    elif name in WORDS and name != "phase":
        labels = {key: gettext(f"common.{name}.{key}") for key in WORDS[name]}
        column = _ranked(labels, rows.c[name])
    elif name == "phase":
        column = case({key: n for n, key in enumerate(PHASE_TYPES)}, value=rows.c.phase)
    else:
        column = rows.c[COLUMNS.get(name, name)]
    return (column.desc() if sort.startswith("-") else column.asc()).nulls_last()


def _ranked(labels: Mapping[str, str], column: ColumnElement[Any]) -> ColumnElement[Any]:
    ordered = sorted(labels, key=lambda key: labels[key].casefold())
    return case({key: place for place, key in enumerate(ordered)}, value=column, else_=len(ordered))
