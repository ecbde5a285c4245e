"""Which questions the API takes: each query parameter, declared once for reading and for OpenAPI."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from gis.crs import CRS84_URI, RD, RD_URI, Bounds
from webapp.areas.models import LEVELS
from webapp.errors import Invalid
from webapp.interventions.models import PHASE_TYPES
from webapp.open_data.queries import case_id_of
from webapp.open_data.schemas import SLUG, Schema
from webapp.open_data.strict_json import Problem, joined
from webapp.wishes.models import KINDS, THEMES

MOST_FEATURES = 1000
USUAL_FEATURES = 100
CRS = {CRS84_URI: CRS84_URI, "CRS84": CRS84_URI, RD_URI: RD_URI, f"EPSG:{RD}": RD_URI}


@dataclass(frozen=True)
class Parameter:
    """One query parameter: what the OpenAPI document says, and how its text is read.

    `read` raises `ValueError` with the reason.
    """

    name: str
    description: str
    schema: Schema
    read: Callable[[str], Any]
    default: Any = None


@dataclass(frozen=True)
class Query:
    """What a list was asked for."""

    filters: Mapping[str, Any]
    bbox: Bounds | None
    limit: int
    cursor: int
    crs: str


def _word(*choices: str) -> Callable[[str], str]:
    def read(given: str) -> str:
        if given not in choices:
            raise ValueError("not_one_of")
        return given

    return read


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def read(given: str) -> int:
        if not re.fullmatch(r"[0-9]{1,10}", given):
            raise ValueError("not_a_number")
        if not least <= int(given) <= most:
            raise ValueError("out_of_range")
        return int(given)

    return read


def _municipality(given: str) -> str:
    if not re.fullmatch(r"GM[0-9]{4}", given):
        raise ValueError("not_a_code")
    return given


def _case(given: str) -> int:
    case_id = case_id_of(given) if re.fullmatch(SLUG, given) else None
    if case_id is None:
        raise ValueError("unknown_case")
    return case_id


def _crs(given: str) -> str:
    if given not in CRS:
        raise ValueError("crs_not_supported")
    return CRS[given]


def _bbox(given: str) -> Bounds:
    # float() would also take 1_0, and digits of any script.
    if not re.fullmatch(r"[-+0-9.eE]+(,[-+0-9.eE]+){3}", given):
        raise ValueError("not_a_box")
    try:
        west, south, east, north = (float(number) for number in given.split(","))
    except ValueError:
        raise ValueError("not_a_box") from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise ValueError("not_finite")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("box_upside_down")
    return west, south, east, north


CRS_PARAMETER = Parameter(
    "crs",
    "Coordinate reference system of the answer; the header Content-Crs repeats it.",
    {"type": "string", "enum": list(CRS), "default": CRS84_URI},
    _crs,
    CRS84_URI,
)
BBOX = Parameter(
    "bbox",
    "Only what meets this box: west,south,east,north in CRS84 degrees.",
    {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    _bbox,
)
PAGING = (
    Parameter(
        "limit",
        "The most features in one answer.",
        {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": USUAL_FEATURES},
        whole_number(1, MOST_FEATURES),
        USUAL_FEATURES,
    ),
    Parameter(
        "cursor",
        "Where a page starts; take it from the link with rel=next.",
        {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "default": 0},
        whole_number(0, 2**31 - 1),
        0,
    ),
    CRS_PARAMETER,
)
CASE = Parameter("case", "Slug of a case.", {"type": "string", "pattern": SLUG}, _case)


def _choice(name: str, values: Any, description: str) -> Parameter:
    return Parameter(name, description, {"type": "string", "enum": [*values]}, _word(*values))


PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    "cases": (BBOX, *PAGING),
    "areas": (
        _choice("level", LEVELS, "Only areas of this level."),
        Parameter(
            "year",
            "Only this edition; without it every edition that is loaded.",
            {"type": "integer", "minimum": 1995, "maximum": 2100},
            whole_number(1995, 2100),
        ),
        Parameter(
            "municipality",
            "Only areas of this municipality (CBS code).",
            {"type": "string", "pattern": "^GM[0-9]{4}$"},
            _municipality,
        ),
        BBOX,
        *PAGING,
    ),
    "interventions": (
        CASE,
        _choice("phase", PHASE_TYPES, "Only interventions in this phase."),
        BBOX,
        *PAGING,
    ),
    "wishes": (
        CASE,
        _choice("theme", THEMES, "Only wishes with this theme."),
        _choice("kind", KINDS, "Only wishes of this kind."),
        BBOX,
        *PAGING,
    ),
}
ONE = (CRS_PARAMETER,)


def read_parameters(
    given: MultiDict[str, str], parameters: tuple[Parameter, ...]
) -> dict[str, Any]:
    """The value of each parameter. Raises `Invalid` with everything that is wrong."""
    known = {parameter.name: parameter for parameter in parameters}
    values = {parameter.name: parameter.default for parameter in parameters}
    problems: list[Problem] = []
    for name, texts in given.lists():
        try:
            values[name] = _read(known.get(name), texts)
        except ValueError as error:
            problems.append({"path": joined("", name), "reason": str(error)})
    if problems:
        raise Invalid(problems=problems)
    return values


def _read(parameter: Parameter | None, texts: list[str]) -> Any:
    if parameter is None:
        raise ValueError("unknown_parameter")
    if len(texts) > 1:
        raise ValueError("duplicate_name")
    return parameter.read(texts[0])


def read_query(given: MultiDict[str, str], name: str) -> Query:
    """What a list is asked for. Raises `Invalid` with everything that is wrong."""
    values = read_parameters(given, PARAMETERS[name])
    bbox, limit, cursor, crs = (values.pop(key) for key in ("bbox", "limit", "cursor", "crs"))
    filters = {key: value for key, value in values.items() if value is not None}
    return Query(filters, bbox, limit, cursor, crs)
