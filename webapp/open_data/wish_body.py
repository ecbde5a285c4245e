"""Which wish the API takes: key, JSON, schema and geometry, with everything that is wrong at once."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from shapely.geometry.base import BaseGeometry
from werkzeug.datastructures import MultiDict

from gis.crs import CRS84_URI, to_rd
from gis.geojson import GeometryError, parse_geometry
from webapp.errors import Invalid
from webapp.open_data.forms import CRS
from webapp.open_data.queries import case_id_of
from webapp.open_data.schemas import DRAWABLE, SLUG, WISH_SUBMISSION
from webapp.open_data.strict_json import Problem, UnreadableJsonError, joined, read_json
from webapp.wishes.actions import Submission
from webapp.wishes.forms import MOST_POINTS, plain

MOST_BYTES = 1_000_000
MEDIA_TYPES = ("application/geo+json", "application/json")
KEY = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_VALIDATOR = Draft202012Validator(WISH_SUBMISSION)


def read_submission(
    headers: Mapping[str, str], given: MultiDict[str, str], body: bytes
) -> tuple[Submission, UUID]:
    """A wish and its idempotency key, or `Invalid` with everything that is wrong with either."""
    problems = [{"path": joined("", name), "reason": "unknown_parameter"} for name in given]
    crs = headers.get("Content-Crs", CRS84_URI).strip().strip("<>")
    if CRS.get(crs) != CRS84_URI:
        problems.append({"path": "Content-Crs", "reason": "crs_not_supported"})
    key = headers.get("Idempotency-Key", "").strip().strip('"')
    if not KEY.fullmatch(key):
        reason = "not_a_uuid" if key else "required"
        problems.append({"path": "Idempotency-Key", "reason": reason})
    document, found = _document(body)
    problems += found
    geometry, found = _geometry(document)
    case_id, unknown = _case_of(document)
    problems += [*found, *unknown]
    if problems:
        raise Invalid(problems=problems)
    return submission_of(document, to_rd(geometry), case_id), UUID(key)


def _document(body: bytes) -> tuple[Any, list[Problem]]:
    """The JSON and what is wrong with it, as text and by the schema."""
    try:
        document, problems = read_json(body)
    except UnreadableJsonError as error:
        return None, [{"path": "", "reason": error.reason}]
    if problems:
        return None, problems
    errors = sorted(_VALIDATOR.iter_errors(document), key=lambda error: error.json_path)
    found = [problem for error in errors for problem in _schema_problems(error)]
    return document, list({(each["path"], each["reason"]): each for each in found}.values())


_REASONS = {
    "const": "not_one_of",
    "enum": "not_one_of",
    "type": "wrong_type",
    "minLength": "empty",
    "minItems": "empty",
    "maxLength": "too_long",
    "maxItems": "too_many_vertices",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
    "required": "required",
    "additionalProperties": "unknown_property",
}


def _schema_problems(error: ValidationError) -> list[Problem]:
    path = error.json_path.removeprefix("$").removeprefix(".")
    rule, given = str(error.validator), error.instance
    if rule == "required":
        names = [name for name in error.validator_value if name not in given]
    elif rule == "additionalProperties":
        names = [name for name in given if name not in error.schema["properties"]]
    else:
        return [{"path": path, "reason": _reason(rule, error)}]
    return [{"path": joined(path, name), "reason": _REASONS[rule]} for name in names]


def _reason(rule: str, error: ValidationError) -> str:
    if rule == "pattern":
        patterns = {r"\S": "empty", SLUG: "unknown_case"}
        return patterns.get(error.validator_value, "control_character")
    if "then" in error.absolute_schema_path:
        return "zoom_too_low"
    return _REASONS[rule]


def _geometry(document: Any) -> tuple[Any, list[Problem]]:
    """The geometry in lon/lat; what the schema has already named is not named twice."""
    geometry = document.get("geometry") if isinstance(document, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") not in DRAWABLE:
        return None, []
    if not isinstance(geometry.get("coordinates"), list) or not geometry["coordinates"]:
        return None, []
    try:
        return parse_geometry(geometry, kinds=DRAWABLE, max_vertices=MOST_POINTS), []
    except GeometryError as error:
        return None, [{"path": joined("geometry", error.path), "reason": error.reason}]


def _case_of(document: Any) -> tuple[int, list[Problem]]:
    properties = document.get("properties") if isinstance(document, dict) else None
    slug = properties.get("case") if isinstance(properties, dict) else None
    if not isinstance(slug, str) or not re.fullmatch(SLUG, slug) or len(slug) > 80:
        return 0, []
    case_id = case_id_of(slug)
    unknown = [{"path": "properties.case", "reason": "unknown_case"}]
    return (0, unknown) if case_id is None else (case_id, [])


def submission_of(document: Any, geometry: BaseGeometry, case_id: int) -> Submission:
    """The wish of a document without problems, at its geometry in RD."""
    properties = document["properties"]
    zoom = properties.get("zoom")
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return Submission(
        case_id=case_id,
        kind=properties["kind"],
        theme=properties["theme"],
        text=plain(properties["text"]),
        language=properties["language"],
        door="map",
        geometry=geometry,
        zoom=None if zoom is None else int(zoom),
        channel="api",
        request_hash=hashlib.sha256(canonical.encode()).digest(),
    )
