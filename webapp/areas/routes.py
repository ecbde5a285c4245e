"""HTTP of areas: the base map's tiles and the search for places."""

from flask import Blueprint, Flask, Response, jsonify, request
from sqlalchemy import select

from gis.crs import to_lonlat
from webapp.areas import commands
from webapp.areas.base_map import base_map, base_tile
from webapp.areas.queries import Found, search_places
from webapp.deals.models import Case
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.permissions import public

blueprint = Blueprint("areas", __name__)

A_DAY = 86400


@public
def tile(z: int, x: int, y: int) -> Response:
    """A tile of the base map; `scale=2` gives one for sharp screens."""
    scale = 2 if request.args.get("scale") == "2" else 1
    answer = Response(base_tile(z, x, y, scale), content_type="image/png")
    answer.cache_control.public = True
    answer.cache_control.max_age = A_DAY
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/search")
@public
def search() -> Response:
    """Places of a case that answer `q`, as JSON."""
    case = db.session.scalar(select(Case).filter_by(slug=request.args.get("case", "")))
    if case is None:
        raise NotFound
    results = search_places(case, request.args.get("q", ""))
    return jsonify(
        results=[_as_json(found) for found in results.found if found.inside],
        source=results.source,
        fellBack=results.fell_back,
    )


def _as_json(found: Found) -> dict[str, object]:
    place = to_lonlat(found.point)
    return {
        "kind": found.kind,
        "label": found.label,
        "lon": round(place.x, 7),
        "lat": round(place.y, 7),
    }


def init_app(app: Flask) -> None:
    """Bind the routes; every template may show the base map."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.add_url_rule("/tiles/base/<int:z>/<int:x>/<int:y>.png", "areas.base_tile", tile)
    app.jinja_env.globals["base_map"] = base_map
    app.cli.add_command(commands.group)
