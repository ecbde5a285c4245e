"""A page of features as it goes out: GeoJSON text with links, and the headers that go with it."""

import json
from urllib.parse import urlencode

from flask import current_app
from werkzeug.datastructures import MultiDict

from webapp.open_data import queries
from webapp.open_data.forms import read_query

BASE = "/api/v1"
GEOJSON = "application/geo+json"

Links = list[dict[str, str]]
Headers = list[tuple[str, str]]


def page(name: str, asked: MultiDict[str, str]) -> tuple[str, Headers]:
    """The page of a collection that was asked for. Raises `Invalid`."""
    query = read_query(asked, name)
    found = queries.page(name, query.filters, query.bbox, query.limit, query.cursor, query.crs)
    links = [link("self", address(name, asked.to_dict()))]
    if found.following is not None:
        onwards = {**asked.to_dict(), "cursor": str(found.following)}
        links.append(link("next", address(name, onwards)))
    # The database wrote one JSON object; the links become its last member.
    text = f'{found.geojson.removesuffix("}")}, "links": {json.dumps(links)}}}'
    return text, headers_of(query.crs, links)


def headers_of(crs: str, links: Links) -> Headers:
    """What an answer with features says about itself."""
    targets = (f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in links)
    found = [("Content-Type", GEOJSON), ("Content-Crs", f"<{crs}>")]
    return found + [("Link", target) for target in targets]


def link(rel: str, href: str) -> dict[str, str]:
    """A link to features."""
    return {"rel": rel, "href": href, "type": GEOJSON}


def address(path: str, parameters: dict[str, str]) -> str:
    """The whole address of something of this API."""
    question = f"?{urlencode(parameters)}" if parameters else ""
    return f"{current_app.config['BASE_URL']}{BASE}/{path}{question}"
