"""The shapes of what the API takes and gives, in JSON Schema 2020-12: checked with and published."""

from typing import Any

from gis.geojson import MAX_VERTICES
from webapp.areas.models import LEVELS
from webapp.chain.answers import STATES
from webapp.interventions.models import PHASE_TYPES, WARES
from webapp.languages import LANGUAGES
from webapp.wishes.models import KINDS, MINIMUM_ZOOM, PRECISIONS, STATUS_TYPES, TEXT_MAXIMUM, THEMES

Schema = dict[str, Any]

DRAWABLE = ("Point", "LineString", "Polygon")
SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
# At least one character that is no space, and no control characters but tab and line end.
TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
EXAMPLE_WISH: Schema = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [4.6545, 52.3612]},
    "properties": {
        "case": "haarlem",
        "kind": "wish",
        "theme": "green",
        "text": "Meer schaduw",
        "language": "nl",
        "zoom": 17,
    },
}


def record(required: Schema, optional: Schema | None = None, description: str = "") -> Schema:
    """An object with these members and no others."""
    schema: Schema = {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }
    return schema | ({"description": description} if description else {})


def text(description: str = "", **more: Any) -> Schema:
    """A string."""
    return {"type": "string"} | ({"description": description} if description else {}) | more


def choice(values: Any, description: str = "") -> Schema:
    """One of some words."""
    return text(description, enum=list(values))


def or_null(schema: Schema) -> Schema:
    """A string, or nothing known."""
    return schema | {"type": [schema["type"], "null"]}


DAY = text(format="date")
FLAG = {"type": "boolean"}
TRANSLATED: Schema = {
    "type": "object",
    "description": "The same text per language; Dutch is always there.",
    "required": ["nl"],
    "properties": {language: {"type": "string"} for language in LANGUAGES},
    "additionalProperties": False,
}

WISH_SUBMISSION: Schema = record(
    {
        "type": {"const": "Feature"},
        "geometry": record(
            {
                "type": choice(DRAWABLE),
                "coordinates": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MAX_VERTICES,
                    "description": "Longitude and latitude (CRS84, degrees), without heights, within "
                    "the case. Areas are closed; lines and areas do not cross themselves.",
                },
            }
        ),
        "properties": record(
            {
                "case": text("Slug of a case, as in /cases.", pattern=SLUG, maxLength=80),
                "kind": choice(KINDS),
                "theme": choice(THEMES, "One of the six themes of the GO! method."),
                "text": text(
                    "The wish in the sender's own words.",
                    minLength=1,
                    maxLength=TEXT_MAXIMUM,
                    allOf=[{"pattern": r"\S"}, {"pattern": TEXT}],
                ),
                "language": choice(LANGUAGES, "The language of the text."),
            },
            {
                "zoom": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 24,
                    "description": "Zoom level of the map on which the place was pointed at. Leave "
                    "it out when there was no map.",
                }
            },
        ),
    },
    description="A wish as a GeoJSON feature. No contact data, no photo: those go in by the form.",
) | {
    "if": {
        "required": ["geometry"],
        "properties": {
            "geometry": {"required": ["type"], "properties": {"type": {"const": "Point"}}}
        },
    },
    "then": {
        "properties": {
            "properties": {
                "properties": {
                    "zoom": {
                        "minimum": MINIMUM_ZOOM,
                        "description": "A point is only precise enough from here on.",
                    }
                }
            }
        }
    },
    "examples": [EXAMPLE_WISH],
}

PLACED: Schema = record(
    {
        "code": text(
            "Receipt code: with it the sender follows, changes and withdraws the wish. It is told "
            "here and nowhere else.",
            pattern="^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}$",
        ),
        "status": choice(STATUS_TYPES, "The status now; a new wish is `submitted`."),
    }
)

PROBLEM: Schema = record(
    {"type": text(), "title": text(), "status": {"type": "integer"}, "detail": text()},
    {
        "errors": {
            "type": "array",
            "description": "Everything that is wrong, each with the field that it is about.",
            "items": record(
                {
                    "path": text("The field, such as properties.kind; empty: the whole body."),
                    "reason": text("A word for programs, which stays the same."),
                    "detail": text("The same for people, in the language of Accept-Language."),
                }
            ),
        }
    },
    "A problem in the form of RFC 9457.",
)

GEOMETRY: Schema = {
    "type": ["object", "null"],
    "required": ["type", "coordinates"],
    "properties": {
        "type": choice([*DRAWABLE, *(f"Multi{kind}" for kind in DRAWABLE)]),
        "coordinates": {"type": "array"},
    },
}
LINK: Schema = record({"href": text(format="uri"), "rel": text(), "type": text()})
LINKS: Schema = {"type": "array", "items": LINK}

CASE_PROPERTIES = record(
    {
        "slug": text(),
        "title": TRANSLATED,
        "summary": TRANSLATED,
        "deal": text("Slug of the deal."),
        "municipalityCode": text(),
        "municipalityName": text(),
        "endDate": or_null(DAY),
        "openRound": {
            "type": ["object", "null"],
            "description": "The round that takes wishes now.",
            "required": ["title", "opensAt", "closesAt"],
            "properties": {
                "title": TRANSLATED,
                "opensAt": text(format="date-time"),
                "closesAt": text(format="date-time"),
            },
            "additionalProperties": False,
        },
        "isSchematic": FLAG | {"description": "The outline is a sketch of ours, not a survey."},
        "isDemo": FLAG | {"description": "Made up to show how it works."},
    }
)
AREA_PROPERTIES = record(
    {
        "code": text("CBS code."),
        "name": text(),
        "level": choice(LEVELS),
        "year": {"type": "integer"},
        "municipalityCode": text(),
        "parentCode": or_null(text()),
        "isWater": FLAG,
        "isSchematic": FLAG | {"description": "The outline is a sketch of ours, not that of CBS."},
        "source": text(),
        "licence": text(),
        "attribution": text(),
    }
)
INTERVENTION_PROPERTIES = record(
    {
        "case": text("Slug of the case."),
        "title": TRANSLATED,
        "summary": TRANSLATED,
        "phase": choice(PHASE_TYPES),
        "wares": {"type": "array", "items": choice(WARES)},
        "plannedStart": or_null(DAY),
        "plannedEnd": or_null(DAY),
        "actualStart": or_null(DAY),
        "actualEnd": or_null(DAY),
        "responsibleParty": or_null(text("Name of an organisation.")),
        "programmeLines": {"type": "array", "items": text("Code of a programme line.")},
        "isDemo": FLAG,
    }
)
WISH_PROPERTIES = record(
    {
        "case": text("Slug of the case."),
        "kind": choice(KINDS),
        "theme": choice(THEMES),
        "text": text(),
        "language": choice(LANGUAGES),
        "precision": choice(PRECISIONS, "How precisely the place is shown."),
        "areaCode": or_null(text("CBS code of the area.")),
        "areaName": or_null(text()),
        "placeWords": text("The place in words, no more precise than the geometry."),
        "submittedMonth": text("Year and month.", pattern="^[0-9]{4}-[0-9]{2}$"),
        "answer": choice(STATES, "What the published interventions say to this wish."),
        "isDemo": FLAG,
    }
)


def feature(properties: Schema, *, with_links: bool) -> Schema:
    """A GeoJSON feature."""
    members = {
        "type": {"const": "Feature"},
        "id": {"type": ["integer", "string"]},
        "geometry": GEOMETRY,
        "properties": properties,
    }
    return record(members | ({"links": LINKS} if with_links else {}))


def collection(properties: Schema) -> Schema:
    """A page of GeoJSON features."""
    features = {"type": "array", "items": feature(properties, with_links=False)}
    return record({"type": {"const": "FeatureCollection"}, "features": features, "links": LINKS})
