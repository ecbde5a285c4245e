"""The OpenAPI 3.1 document, made from the same parameters and schemas that the routes check with."""

from typing import Any

from gis.crs import CRS84_URI, RD_URI
from webapp.open_data import schemas
from webapp.open_data.forms import ONE, PARAMETERS, Parameter
from webapp.open_data.schemas import EXAMPLE_WISH, Schema

VERSION = "1.0.0"
DESCRIPTION = """Open data of Regio Deals: cases, areas, published interventions and published wishes
as GeoJSON, and one way in: placing a wish.

Coordinates are CRS84 (longitude, latitude) unless `crs` asks for EPSG:28992. A list is a page of at
most `limit` features; the link with rel=next leads to the next one. Errors are problem+json
(RFC 9457), name every field that is wrong at once, and speak the language of `Accept-Language`
(nl, en, tr, ar, pl or uk; only this header, no cookie). No cookies are used, so every origin may
call. Content made up to show how it works says `isDemo`; outlines that we sketched say `isSchematic`.
"""
WHAT = {
    "cases": ("case", schemas.CASE_PROPERTIES, "Cases for Change with their outline."),
    "areas": ("area", schemas.AREA_PROPERTIES, "CBS municipalities, districts and neighbourhoods."),
    "interventions": (
        "intervention",
        schemas.INTERVENTION_PROPERTIES,
        "Interventions that have been published.",
    ),
    "wishes": (
        "wish",
        schemas.WISH_PROPERTIES,
        "Wishes that a moderator has published, placed as precisely as they may be shown.",
    ),
}
PROBLEMS = {
    "400": "Something in the request is wrong; `errors` names each field.",
    "404": "There is no such thing, or it is not public.",
    "413": "The body is larger than 1 MB.",
    "415": "The body is not application/geo+json or application/json.",
    "429": "Too many wishes came from your network; wait as long as Retry-After says.",
    "503": "The database does not answer; try again in a few minutes.",
}
EXAMPLE_KEY = "7f9c24e8-3b2a-4d6f-9c1e-5a8b7d0f4e21"
EXAMPLE_CODE = "7K3M-Q2XD-9RTV-0H5W-B8NC"


def document(base: str, contact: str = "") -> Schema:
    """The whole document for an API at this address."""
    information: Schema = {
        "title": "Balanskaart",
        "version": VERSION,
        "description": DESCRIPTION,
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        "contact": {"name": "Balanskaart", "url": base.removesuffix("/api/v1")},
    }
    if contact:
        information["contact"]["email"] = contact
    return {
        "openapi": "3.1.0",
        "info": information,
        "servers": [{"url": base}],
        "tags": [{"name": name, "description": what[2]} for name, what in WHAT.items()],
        "paths": _paths(),
        "components": _components(),
    }


def _paths() -> Schema:
    paths: Schema = {}
    for name in WHAT:
        paths[f"/{name}"] = {"get": _list(name)}
        paths[f"/{name}/{{id}}"] = {"get": _item(name)}
    paths["/wishes"]["post"] = _placing()
    paths["/openapi.json"] = {
        "get": {
            "operationId": "getOpenapi",
            "summary": "This document.",
            "responses": {
                "200": {
                    "description": "OpenAPI 3.1.",
                    "headers": {"API-Version": _ref("headers", "API-Version")},
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }
            },
        }
    }
    return paths


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _list(name: str) -> Schema:
    singular, _, description = WHAT[name]
    return {
        "operationId": f"list{name.capitalize()}",
        "tags": [name],
        "summary": description,
        "parameters": [_parameter(parameter) for parameter in PARAMETERS[name]],
        "responses": _found(f"A page of {name}.", f"{singular}Page") | _failed("400", "503"),
    }


def _item(name: str) -> Schema:
    singular, _, description = WHAT[name]
    key: Schema = {"type": "string"} if name == "cases" else {"type": "integer"}
    path = {"name": "id", "in": "path", "required": True, "schema": key}
    return {
        "operationId": f"get{singular.capitalize()}",
        "tags": [name],
        "summary": f"One of these: {description}",
        "parameters": [path, *(_parameter(parameter) for parameter in ONE)],
        "responses": _found(f"The {singular}.", singular) | _failed("400", "404", "503"),
    }


def _parameter(parameter: Parameter) -> Schema:
    described = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": parameter.schema,
    }
    is_list = parameter.schema["type"] == "array"
    return described | ({"style": "form", "explode": False} if is_list else {})


def _headers(*names: str) -> Schema:
    return {name: _ref("headers", name) for name in ("API-Version", *names)}


def _found(description: str, schema: str) -> Schema:
    content = {"application/geo+json": {"schema": _ref("schemas", schema)}}
    headers = _headers("Content-Crs", "Link")
    return {"200": {"description": description, "headers": headers, "content": content}}


def _failed(*statuses: str) -> Schema:
    return {status: _ref("responses", f"Problem{status}") for status in statuses}


def _placing() -> Schema:
    example = {"wish": {"value": EXAMPLE_WISH}}
    body = {"schema": _ref("schemas", "wishSubmission"), "examples": example}
    placed = {
        "description": "The wish is stored and waits for a moderator. Location is the page on which "
        "its sender follows it; the address holds the code, so treat it as a secret. The same key "
        "with the same body gives this answer again.",
        "headers": _headers("Location", "Idempotency-Replayed"),
        "content": {
            "application/json": {
                "schema": _ref("schemas", "placedWish"),
                "examples": {"new": {"value": {"code": EXAMPLE_CODE, "status": "submitted"}}},
            }
        },
    }
    return {
        "operationId": "placeWish",
        "tags": ["wishes"],
        "summary": "Place a wish, exactly once per key.",
        "parameters": [_ref("parameters", "IdempotencyKey"), _ref("parameters", "ContentCrs")],
        "requestBody": {
            "required": True,
            "content": {"application/geo+json": body, "application/json": body},
        },
        "responses": {"201": placed} | _failed("400", "413", "415", "429", "503"),
    }


def _components() -> Schema:
    features = {
        name: schemas.feature(properties, with_links=True) for name, properties, _ in WHAT.values()
    }
    pages = {f"{name}Page": schemas.collection(properties) for name, properties, _ in WHAT.values()}
    return {
        "schemas": {
            **features,
            **pages,
            "wishSubmission": schemas.WISH_SUBMISSION,
            "placedWish": schemas.PLACED,
            "problem": schemas.PROBLEM,
        },
        "headers": _header_components(),
        "parameters": _header_parameters(),
        "responses": {f"Problem{status}": _problem(status) for status in PROBLEMS},
    }


def _header_components() -> Schema:
    described = {
        "API-Version": "Version of this API.",
        "Content-Crs": "Coordinate reference system of the answer, between < and >.",
        "Link": "The links of the body, as in RFC 8288.",
        "Location": "The page on which the sender follows the wish.",
        "Idempotency-Replayed": "`true` when the wish was there already.",
        "Retry-After": "Seconds to wait.",
    }
    return {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in described.items()
    }


def _header_parameters() -> Schema:
    def header(name: str, description: str, schema: Schema, **more: Any) -> Schema:
        return {"name": name, "in": "header", "description": description, "schema": schema} | more

    return {
        "IdempotencyKey": header(
            "Idempotency-Key",
            "A random UUID that you make once per wish and send again with every attempt.",
            {"type": "string", "format": "uuid"},
            required=True,
            example=EXAMPLE_KEY,
        ),
        "ContentCrs": header(
            "Content-Crs",
            f"Coordinate reference system of the body: only <{CRS84_URI}>; not <{RD_URI}>.",
            {"type": "string", "default": f"<{CRS84_URI}>"},
        ),
    }


def _problem(status: str) -> Schema:
    error = {"path": "properties.kind", "reason": "not_one_of", "detail": "…"}
    example: Schema = {"type": "about:blank", "title": "…", "status": int(status), "detail": "…"}
    if status == "400":
        example["errors"] = [error]
    content: Schema = {
        "schema": _ref("schemas", "problem"),
        "examples": {"one": {"value": example}},
    }
    headers = _headers("Retry-After") if status == "429" else _headers()
    return {
        "description": PROBLEMS[status],
        "headers": headers,
        "content": {"application/problem+json": content},
    }
