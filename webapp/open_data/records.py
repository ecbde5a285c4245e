"""The page about open data for people, and its DCAT-AP-NL 3.0 record for catalogues."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, current_app, json, render_template, url_for

from gis.crs import accuracy
from webapp.languages import DEFAULT
from webapp.open_data.datasets import Dataset, all_datasets, texts_of
from webapp.permissions import public

LD_JSON = "application/ld+json"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PUBLIC_ACCESS = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
GEOJSON_TYPE = "http://www.iana.org/assignments/media-types/application/geo+json"
FEATURES_STANDARD = "http://www.opengis.net/spec/ogcapi-features-1/1.0"

blueprint = Blueprint("open_data_records", __name__)


@blueprint.get("/<lang:lang>/open-data")
@public
def overview() -> Any:
    """Every dataset: what it is, its licence, and where programs find it."""
    return render_template(
        "open_data/overview.html",
        datasets=list(all_datasets(current_app.config)),
        rd_accuracy=accuracy(),
    )


@blueprint.get("/open-data/dcat.jsonld")
@public
def dcat() -> Response:
    """The catalogue with one record per dataset, after DCAT-AP-NL 3.0."""
    datasets = list(all_datasets(current_app.config))
    graph = [_catalogue(datasets), _service(datasets)]
    for dataset in datasets:
        graph += [_record(dataset), _distribution(dataset)]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False)
    return Response(text, content_type=LD_JSON)


def _base() -> str:
    return str(current_app.config["BASE_URL"])


def _about(kind: str, name: str) -> str:
    return f"{_base()}/open-data/{kind}/{name}"


def _page() -> str:
    return _base() + url_for("open_data_records.overview", lang=DEFAULT)


def _texts(texts: Any) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in texts.items() if text]


def _link(address: str) -> dict[str, str]:
    return {"@id": address}


def _contact() -> dict[str, Any]:
    email = current_app.config["CONTACT_EMAIL"]
    reached = {"vcard:hasEmail": _link(f"mailto:{email}")} if email else {}
    return {
        "@type": "vcard:Kind",
        "vcard:fn": current_app.config["PUBLISHER"],
        "vcard:hasURL": _link(_page()),
        **reached,
    }


def _organisation(name: str) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _common(name: str, publisher: str) -> dict[str, Any]:
    return {
        "dct:identifier": name,
        "dct:accessRights": _link(PUBLIC_ACCESS),
        "dct:publisher": _organisation(publisher),
        "dcat:contactPoint": _contact(),
    }


def _catalogue(datasets: Iterable[Dataset]) -> dict[str, Any]:
    return {
        "@id": _about("catalogue", "balanskaart"),
        "@type": "dcat:Catalog",
        "dct:title": _texts(texts_of("open_data.title")),
        "dct:description": _texts(texts_of("open_data.about")),
        "dct:publisher": _organisation(current_app.config["PUBLISHER"]),
        "dcat:contactPoint": _contact(),
        "dcat:dataset": [_link(_about("dataset", dataset.id)) for dataset in datasets],
        "dcat:service": [_link(_about("service", "ogc"))],
    }


def _service(datasets: Iterable[Dataset]) -> dict[str, Any]:
    given = list(datasets)
    return {
        "@id": _about("service", "ogc"),
        "@type": "dcat:DataService",
        **_common("ogc", current_app.config["PUBLISHER"]),
        "dct:title": _texts(texts_of("open_data.title")),
        "dct:description": _texts(texts_of("open_data.about")),
        "dct:license": _link(current_app.config["OPEN_DATA_LICENCE"]),
        "dct:conformsTo": _link(FEATURES_STANDARD),
        "dcat:theme": [_link(theme) for theme in sorted({dataset.theme for dataset in given})],
        "dcat:endpointURL": _link(f"{_base()}/ogc/"),
        "dcat:endpointDescription": _link(f"{_base()}/ogc/openapi"),
        "dcat:servesDataset": [_link(_about("dataset", dataset.id)) for dataset in given],
    }


def _record(dataset: Dataset) -> dict[str, Any]:
    return {
        "@id": _about("dataset", dataset.id),
        "@type": "dcat:Dataset",
        **_common(dataset.id, dataset.publisher),
        "dct:creator": _organisation(dataset.publisher),
        "dct:title": _texts(dataset.titles),
        "dct:description": _texts(dataset.descriptions),
        "dcat:theme": _link(dataset.theme),
        "dcat:landingPage": _link(f"{_page()}#{dataset.id}"),
        "dcat:distribution": [_link(_about("distribution", dataset.id))],
    }


def _distribution(dataset: Dataset) -> dict[str, Any]:
    return {
        "@id": _about("distribution", dataset.id),
        "@type": "dcat:Distribution",
        "dct:title": _texts(dataset.titles),
        "dct:license": _link(dataset.licence),
        "dct:format": _link(GEOJSON_TYPE),
        "dcat:mediaType": _link(GEOJSON_TYPE),
        "dcat:accessURL": _link(f"{_base()}/ogc/collections/{dataset.id}/items"),
        "dcat:accessService": _link(_about("service", "ogc")),
    }
