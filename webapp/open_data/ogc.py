"""OGC API Features at /ogc: pygeoapi over the `open_*` views, behind our own checks."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from pygeoapi import api as core
from pygeoapi.api import itemtypes
from pygeoapi.openapi import get_oas
from sqlalchemy import make_url
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.wrappers import Response as AnyResponse

from gis.crs import CRS84_URI, NETHERLANDS_LONLAT, RD_URI
from webapp.config import WEB_STATEMENT_SECONDS, engine_url
from webapp.errors import NotFound, Unavailable
from webapp.languages import DEFAULT, LANGUAGES
from webapp.open_data.datasets import Dataset, all_datasets, texts_of
from webapp.open_data.ogc_parameters import (
    MOST_FEATURES,
    USUAL_FEATURES,
    document_question,
    feature_question,
    items_question,
)
from webapp.open_data.views import selections
from webapp.permissions import public

BASE = "/ogc"
GEOJSON = "application/geo+json"
LARGEST_ID = 2**31 - 1
READ_ONLY = f"-c default_transaction_read_only=on -c statement_timeout={WEB_STATEMENT_SECONDS}s"
PARTS_WE_LACK = ("/TileMatrixSets", "/processes", "/jobs", "/stac", "f=jsonld")
CLASSES_WE_LACK = ("html", "jsonld", "create-replace-delete", "processes", "tiles", "json-ld")

# At a lower level it writes a trace for every feature that is asked for and is not there.
logging.getLogger("pygeoapi").setLevel(logging.CRITICAL)
blueprint = Blueprint("ogc", __name__)


class Service:
    """pygeoapi with our collections; what never changes is made once."""

    def __init__(self, datasets: Mapping[str, Dataset], config: Mapping[str, Any]) -> None:
        self.datasets = datasets
        settings = _settings(datasets, config)
        description = get_oas(settings)
        description["paths"] = {
            path: {"get": methods["get"]}
            for path, methods in description["paths"].items()
            if "get" in methods and not any(part in path for part in PARTS_WE_LACK)
        }
        description["components"]["parameters"]["f"]["schema"]["enum"] = ["json", "html"]
        self.api = core.API(settings, description)
        self.documents = {
            name: self.ask(function, {})
            for name, function in (
                ("landing", core.landing_page),
                ("conformance", core.conformance),
                ("openapi", core.openapi_),
            )
        }

    def ask(self, function: Callable[..., Any], question: Mapping[str, str], *more: str) -> Any:
        """What a function of pygeoapi answers: headers, status, and JSON without what we lack."""
        asked = core.APIRequest(_Question(question), self.api.locales)
        headers, status, content = function(self.api, asked, *more)
        return dict(headers), int(status), _tidied(json.loads(content))


class _Question:
    """A request as pygeoapi reads it, with the parameters that we checked."""

    data = b""
    path_info = BASE

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.args = ImmutableMultiDict({**parameters, "f": "json"})
        self.headers = Headers({"Accept": "application/json"})


def _settings(datasets: Mapping[str, Dataset], config: Mapping[str, Any]) -> dict[str, Any]:
    title = texts_of("open_data.title")
    owner = {"name": config["PUBLISHER"], "url": config["BASE_URL"]}
    return {
        "server": {
            "bind": {"host": config["HOST"], "port": config["PORT"]},
            "url": config["BASE_URL"] + BASE,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": list(LANGUAGES),
            "limits": {"default_items": USUAL_FEATURES, "max_items": MOST_FEATURES},
        },
        "logging": {"level": "CRITICAL"},
        "metadata": {
            "identification": {
                "title": title,
                "description": texts_of("open_data.about"),
                "keywords": {"nl": ["Regio Deal"], "en": ["Regio Deal"]},
                "keywords_type": "theme",
                "terms_of_service": f"{config['BASE_URL']}/{DEFAULT}/open-data",
                "url": f"{config['BASE_URL']}/{DEFAULT}/open-data",
            },
            "license": {"name": config["OPEN_DATA_LICENCE"], "url": config["OPEN_DATA_LICENCE"]},
            "provider": owner,
            "contact": owner | {"email": config["CONTACT_EMAIL"]},
        },
        "resources": {dataset.id: _collection(dataset, config) for dataset in datasets.values()},
    }


def _collection(dataset: Dataset, config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "collection",
        "title": dict(dataset.titles),
        "description": dict(dataset.descriptions),
        "keywords": [dataset.id],
        "links": [
            {
                "type": "text/html",
                "rel": "license",
                "title": dataset.licence,
                "href": dataset.licence,
            }
        ],
        "extents": {"spatial": {"bbox": list(NETHERLANDS_LONLAT), "crs": CRS84_URI}},
        "providers": [
            {
                "type": "feature",
                "name": "webapp.open_data.ogc_provider.OpenView",
                "data": _database(config["DATABASE_URL"]),
                "options": {"options": READ_ONLY},
                "id_field": "id",
                "table": dataset.view,
                "geom_field": "geom",
                "only": dataset.only,
                "storage_crs": RD_URI,
                "crs": [CRS84_URI, RD_URI],
            }
        ],
    }


def _database(address: str) -> dict[str, Any]:
    url = make_url(engine_url(address))
    return {
        "host": url.host or url.query.get("host"),
        "port": url.port or 5432,
        "dbname": url.database,
        "user": url.username,
        "password": url.password,
        "search_path": ["public"],
    }


def _tidied(value: Any) -> Any:
    """Without links to what is not served here and without classes that we do not conform to."""
    if isinstance(value, dict):
        tidy = {name: _tidied(part) for name, part in value.items()}
        if isinstance(tidy.get("links"), list):
            tidy["links"] = [link for link in tidy["links"] if not _is_lacking(link)]
        if isinstance(tidy.get("conformsTo"), list):
            tidy["conformsTo"] = [
                name
                for name in tidy["conformsTo"]
                if name.rsplit("/", 1)[-1] not in CLASSES_WE_LACK
            ]
        return tidy
    return [_tidied(part) for part in value] if isinstance(value, list) else value


def _is_lacking(link: Any) -> bool:
    address = str(link.get("href", "")) if isinstance(link, dict) else ""
    return any(part in address for part in PARTS_WE_LACK)


def service() -> Service:
    """The service of this app, made at the first question."""
    if "ogc" not in current_app.extensions:
        datasets = {dataset.id: dataset for dataset in all_datasets(current_app.config)}
        current_app.extensions["ogc"] = Service(datasets, current_app.config)
    made: Service = current_app.extensions["ogc"]
    return made


def _for_people() -> bool:
    """Whether a browser asks: it gets our page about open data instead of JSON."""
    if "f" in request.args:
        return request.args["f"] == "html"
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return bool(request.accept_mimetypes) and best == "text/html"


def _page(anchor: str | None = None) -> AnyResponse:
    return redirect(url_for("open_data_records.overview", _anchor=anchor), 303)


def _dataset(name: str) -> Dataset:
    dataset = service().datasets.get(name)
    if dataset is None:
        raise NotFound
    return dataset


def _answer(given: tuple[dict[str, str], int, Any], content_type: str = "") -> Response:
    headers, status, content = given
    if status == 404:
        raise NotFound
    if status >= 500:
        current_app.logger.error("pygeoapi answered %s at %s", status, request.endpoint)
        raise Unavailable
    response = Response(json.dumps(content, ensure_ascii=False), status)
    for name in ("Content-Type", "Content-Crs"):
        if name in headers:
            response.headers[name] = headers[name]
    if content_type:
        response.headers["Content-Type"] = content_type
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _document(name: str) -> AnyResponse:
    document_question(request.args)
    return _page() if _for_people() else _answer(service().documents[name])


@blueprint.get("/")
@public
def landing() -> AnyResponse:
    """Where a program starts."""
    return _document("landing")


@blueprint.get("/conformance")
@public
def conformance() -> AnyResponse:
    """Which parts of the standard are kept to."""
    return _document("conformance")


@blueprint.get("/openapi")
@public
def openapi() -> AnyResponse:
    """The description for programs."""
    return _document("openapi")


@blueprint.get("/collections")
@public
def collections() -> AnyResponse:
    """All datasets."""
    document_question(request.args)
    if _for_people():
        return _page()
    return _answer(service().ask(core.describe_collections, {}))


@blueprint.get("/collections/<dataset_id>")
@public
def collection(dataset_id: str) -> AnyResponse:
    """One dataset."""
    document_question(request.args)
    _dataset(dataset_id)
    if _for_people():
        return _page(dataset_id)
    return _answer(service().ask(core.describe_collections, {}, dataset_id))


@blueprint.get("/collections/<dataset_id>/<any(schema, queryables):part>")
@public
def columns(dataset_id: str, part: str) -> AnyResponse:
    """The columns of a dataset, and which of them can be asked for."""
    document_question(request.args)
    _dataset(dataset_id)
    if _for_people():
        return _page(dataset_id)
    functions = {
        "schema": core.get_collection_schema,
        "queryables": itemtypes.get_collection_queryables,
    }
    return _answer(service().ask(functions[part], {}, dataset_id))


@blueprint.get("/collections/<dataset_id>/items")
@public
def items(dataset_id: str) -> AnyResponse:
    """Features of a dataset."""
    dataset = _dataset(dataset_id)
    question = items_question(request.args, dataset)
    if request.args.get("f") == "html":
        return _page(dataset_id)
    given = service().ask(itemtypes.get_collection_items, question, dataset_id)
    return _answer(given, GEOJSON)


@blueprint.get("/collections/<dataset_id>/items/<feature_id>")
@public
def item(dataset_id: str, feature_id: str) -> AnyResponse:
    """One feature."""
    dataset = _dataset(dataset_id)
    question = feature_question(request.args)
    if request.args.get("f") == "html":
        return _page(dataset_id)
    identifier = _identifier(dataset, feature_id)
    given = service().ask(itemtypes.get_collection_item, question, dataset_id, identifier)
    return _answer(given, GEOJSON)


def _identifier(dataset: Dataset, given: str) -> str:
    """An id that the database can hold. Raises `NotFound`."""
    kind = selections()[dataset.view].selected_columns["id"].type.python_type
    is_number = given.isascii() and given.isdigit() and len(given) <= 10
    if kind is int and not (is_number and int(given) <= LARGEST_ID):
        raise NotFound
    if not given.isprintable() or len(given) > 200:
        raise NotFound
    return given
