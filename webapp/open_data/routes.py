"""HTTP of open data: /api/v1, outside the languages of the pages."""

import json
import time
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, request, url_for
from flask_babel import gettext, refresh

from webapp import errors
from webapp.errors import Invalid, TooLarge
from webapp.extensions import csrf, limiter
from webapp.languages import DEFAULT, LANGUAGES, current_language
from webapp.open_data import items, ogc, queries, records
from webapp.open_data.forms import ONE, read_parameters
from webapp.open_data.items import BASE
from webapp.open_data.openapi import VERSION, document
from webapp.open_data.quick_items import QuickItems
from webapp.open_data.quick_place import QuickPlace, answer_body
from webapp.open_data.wish_body import MEDIA_TYPES, MOST_BYTES, read_submission
from webapp.permissions import public
from webapp.wishes.actions import Placed, place_wish
from webapp.wishes.messages import follow_address_of
from webapp.wishes.placing import is_known

EXPOSED = "API-Version, Allow, Content-Crs, Idempotency-Replayed, Link, Location, Retry-After"
OWN_HEADERS = {
    "API-Version": VERSION,
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": EXPOSED,
}

blueprint = Blueprint("open_data", __name__)


@blueprint.url_value_preprocessor
def _read_little(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Set the limit here: the sign-in extension reads a JSON body before any view does."""
    request.max_content_length = MOST_BYTES + 1


@blueprint.get("/openapi.json")
@public
def openapi() -> dict[str, Any]:
    """The description of this API for programs."""
    return document(current_app.config["BASE_URL"] + BASE, current_app.config["CONTACT_EMAIL"])


@blueprint.get("/cases")
@public
def cases() -> Response:
    """The cases with their outline."""
    return _page("cases")


@blueprint.get("/cases/<case_slug>")
@public
def case(case_slug: str) -> Response:
    """One case."""
    writable = case_slug.isascii() and case_slug.isprintable()
    key = queries.case_id_of(case_slug) if writable else None
    return _one("cases", key, "pages.case", case_slug=case_slug)


@blueprint.get("/areas")
@public
def areas() -> Response:
    """Municipalities, districts and neighbourhoods."""
    return _page("areas")


@blueprint.get("/areas/<int:area_id>")
@public
def area(area_id: int) -> Response:
    """One area."""
    return _one("areas", area_id)


@blueprint.get("/interventions")
@public
def interventions() -> Response:
    """The published interventions."""
    return _page("interventions")


@blueprint.get("/interventions/<int:intervention_id>")
@public
def intervention(intervention_id: int) -> Response:
    """One published intervention."""
    return _one(
        "interventions", intervention_id, "chain.intervention", intervention_id=intervention_id
    )


@blueprint.get("/wishes")
@public
def wishes() -> Response:
    """The published wishes."""
    return _page("wishes")


@blueprint.get("/wishes/<int:wish_id>")
@public
def wish(wish_id: int) -> Response:
    """One published wish."""
    return _one("wishes", wish_id, "chain.wish", wish_id=wish_id)


@blueprint.post("/wishes")
@csrf.exempt
@public
def place() -> Response:
    """Place a wish, exactly once per key."""
    if request.mimetype not in MEDIA_TYPES:
        abort(415)
    submission, key = read_submission(request.headers, request.args, _body())
    if is_known(key):
        return _placed(place_wish(submission, key))
    with limiter.limit(f"{current_app.config['SUBMISSIONS_PER_HOUR']} per hour"):
        return _placed(place_wish(submission, key))


def _body() -> bytes:
    """The body; werkzeug cuts one of unknown length off at the limit without a word."""
    body = request.get_data()
    if len(body) > MOST_BYTES:
        raise TooLarge
    return body


def _placed(placed: Placed) -> Response:
    response = Response(answer_body(placed), 201, content_type="application/json")
    response.headers["Location"] = follow_address_of(placed.key, placed.language)
    if not placed.is_new:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _page(name: str) -> Response:
    text, headers = items.page(name, request.args)
    return Response(text, headers=headers)


def _one(name: str, key: int | None, page: str = "", **values: Any) -> Response:
    crs = read_parameters(request.args, ONE)["crs"]
    feature = queries.one(name, key, crs)
    links = [items.link("self", items.address(f"{name}/{feature['id']}", request.args.to_dict()))]
    if page:
        address = current_app.config["BASE_URL"] + url_for(page, lang=DEFAULT, **values)
        links.append({"rel": "alternate", "href": address, "type": "text/html"})
    body = json.dumps(feature | {"links": links})
    return Response(body, headers=items.headers_of(crs, links))


@blueprint.errorhandler(Invalid)
@ogc.blueprint.errorhandler(Invalid)
def _described(error: Invalid) -> Any:
    """Each problem gets a sentence for people beside the word for programs."""
    problems = [
        {**problem, "detail": gettext(f"open_data.problem.{problem['reason']}")}
        for problem in error.problems
    ]
    return errors.answer(error.status, error.key, problems)


def _is_ours() -> bool:
    return f"{request.path}/".startswith((f"{BASE}/", f"{ogc.BASE}/"))


def _choose_language() -> None:
    """The language of problem texts: the best of Accept-Language; English when we have none of
    those, Dutch when nothing was asked."""
    if not _is_ours():
        return
    wanted = request.accept_languages
    g.lang = (wanted.best_match(list(LANGUAGES)) or "en") if wanted else DEFAULT
    refresh()


def _finish(response: Response) -> Response:
    """The headers of every answer below /api/v1, errors included; no cookies, no state."""
    if not _is_ours():
        return response
    headers = response.headers
    headers.remove("Set-Cookie")
    headers.update(OWN_HEADERS)
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
        headers["Access-Control-Allow-Headers"] = "Content-Type, Content-Crs, Idempotency-Key"
        headers["Access-Control-Max-Age"] = "600"
    if response.status_code >= 400:
        headers["Content-Language"] = current_language()
        headers["Vary"] = "Accept-Language"
    if response.status_code == 405 and request.routing_exception is not None:
        allowed = getattr(request.routing_exception, "valid_methods", None) or []
        headers["Allow"] = ", ".join(sorted(allowed))
    if response.status_code == 429 and (limit := limiter.current_limit):
        headers["Retry-After"] = str(max(1, int(limit.reset_at - time.time())))
    return response


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix=BASE)
    app.register_blueprint(ogc.blueprint, url_prefix=ogc.BASE)
    app.register_blueprint(records.blueprint)
    app.before_request(_choose_language)
    app.after_request(_finish)
    app.wsgi_app = QuickPlace(app, f"{BASE}/wishes", OWN_HEADERS)  # type: ignore[method-assign]
    app.wsgi_app = QuickItems(app, OWN_HEADERS)  # type: ignore[method-assign]
