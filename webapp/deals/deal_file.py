"""A deal as a TOML file: reading it, and saying everything that is wrong with it at once."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from webapp.errors import Invalid

FOLDER = Path(__file__).parent / "data"
KEYS = {
    "parties": "slug",
    "programme_lines": "code",
    "budget_lines": "code",
    "rules": "code",
    "case_steps": "number",
    "cases": "slug",
}
# JSON Schema takes 1.0 for an integer and TOML knows nan and inf; an amount is neither.
NUMBERS = Draft202012Validator.TYPE_CHECKER.redefine_many(
    {
        "integer": lambda _checker, value: type(value) is int,
        "number": lambda _checker, value: type(value) in {int, float} and isfinite(value),
    }
)
Problem = dict[str, str]


def shipped_deals() -> list[Path]:
    """The deals that come with Balanskaart."""
    return sorted(FOLDER.glob("*.toml"))


def read_deal_file(path: Path) -> dict[str, Any]:
    """The content of a deal file. Raises `Invalid` with every problem and where it is."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid(problems=[_problem(path.name, str(error))]) from error
    problems = list(_shape_problems(content)) or list(_meaning_problems(content))
    if problems:
        raise Invalid(problems=problems)
    return content


def _problem(path: str, reason: str) -> Problem:
    return {"path": path, "reason": reason}


def _shape_problems(content: dict[str, Any]) -> Iterator[Problem]:
    schema = json.loads((FOLDER / "deal.schema.json").read_text(encoding="utf-8"))
    validator = extend(Draft202012Validator, type_checker=NUMBERS)(schema)
    for error in validator.iter_errors(content):
        path = error.json_path.removeprefix("$").removeprefix(".")
        yield _problem(path or "the file", _reason(error.validator, error.message))


def _reason(keyword: str, message: str) -> str:
    if keyword == "oneOf":
        return (
            "a budget line has either state_max_cents and region_min_cents, "
            "or share_min_percent, share_max_percent and of_cents"
        )
    return message


def _meaning_problems(content: dict[str, Any]) -> Iterator[Problem]:
    yield from _date_problems(content)
    yield from _double_problems(content)
    yield from _reference_problems(content)
    yield from _share_problems(content)


def _date_problems(content: dict[str, Any]) -> Iterator[Problem]:
    dates = {key: content[key] for key in ("start_date", "end_date") if key in content}
    wrong = [key for key, value in dates.items() if type(value) is not date]
    yield from (_problem(key, "is not a date such as 2028-12-31") for key in wrong)
    if len(dates) == 2 and not wrong and dates["end_date"] <= dates["start_date"]:
        yield _problem("end_date", "is not after start_date")


def _double_problems(content: dict[str, Any]) -> Iterator[Problem]:
    for table, key in KEYS.items():
        counts = Counter(row[key] for row in content.get(table, []))
        doubles = [value for value, count in counts.items() if count > 1]
        yield from (_problem(f"{table}.{key}", f"{value!r} is there twice") for value in doubles)
    places = Counter(
        (row["programme_line"], row["position"]) for row in content["intended_results"]
    )
    for (code, position), count in places.items():
        if count > 1:
            yield _problem("intended_results", f"{code!r} has position {position} twice")


def _reference_problems(content: dict[str, Any]) -> Iterator[Problem]:
    codes = {line["code"] for line in content["programme_lines"]}
    named = {code for line in content["budget_lines"] for code in line["programme_lines"]}
    results = {row["programme_line"] for row in content["intended_results"]}
    for table, used in (("budget_lines", named), ("intended_results", results)):
        for code in sorted(used - codes):
            yield _problem(table, f"{code!r} is not the code of a programme line")


def _share_problems(content: dict[str, Any]) -> Iterator[Problem]:
    for line in content["budget_lines"]:
        if line.get("share_min_percent", 0) > line.get("share_max_percent", 100):
            yield _problem(
                f"budget_lines.{line['code']}", "share_min_percent is above share_max_percent"
            )
