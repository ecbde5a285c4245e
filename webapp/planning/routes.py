"""HTTP of the planner's map: the page and its downloads."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, render_template, request

from layers.basemap import SOURCE as DRAWN_MAP
from layers.sources.metadata import BRT_TILES
from layers.wording import MISSING
from webapp.deals.models import text_in
from webapp.errors import Invalid
from webapp.interventions.models import PHASE_TYPES
from webapp.languages import current_language
from webapp.permissions import requires
from webapp.planning import queries, tile_routes, tiles
from webapp.planning.choropleth import source_of
from webapp.planning.details import place_of, selected_detail
from webapp.planning.downloads import TYPES, file_of, public_map
from webapp.planning.symbols import symbols
from webapp.planning.view import map_settings, read_view

blueprint = Blueprint("planning", __name__)


@blueprint.get("/planning")
@requires("use_planning")
def map_page() -> Any:
    """The map with its table, filters and what is selected; the address holds all of it."""
    view = read_view(g.scope, request.args)
    detail = selected_detail(view)
    drawn = current_app.config["BASE_MAP"] == "drawn"
    page = render_template(
        "planning/map.html",
        view=view,
        form=view.form,
        detail=detail,
        settings=map_settings(view, place_of(detail)),
        imports=_imports(view),
        symbols=symbols(),
        source_of=source_of,
        schematic=drawn or any(row.is_schematic for row in view.areas),
        base_attribution=(DRAWN_MAP if drawn else BRT_TILES).attribution,
        most_features=tiles.MOST_FEATURES,
        missing_words={reason: dict(words) for reason, words in MISSING.items()},
        case_titles={each.slug: text_in(each.title, current_language()) for each in view.cases},
        phase_order={phase: place for place, phase in enumerate(PHASE_TYPES)},
    )
    return page, 400 if view.form.errors else 200


def _imports(view: Any) -> Any:
    ids = {row.figure_import for row in view.areas} | {row.outline_import for row in view.areas}
    return queries.sources(sorted(filter(None, ids)))


@blueprint.get(
    "/planning/<any(areas, wishes, interventions):table>.<any(gpkg, geojson, csv):file_format>"
)
@requires("use_planning")
def download(table: str, file_format: str) -> Response:
    """The rows that pass the filters, as a file."""
    view = _checked_view()
    content = file_of(view, table, file_format)
    return _attachment(content, TYPES[file_format], f"{table}.{file_format}")


@blueprint.get("/planning/public-map.html")
@requires("use_planning")
def download_public_map() -> Response:
    """What everyone may see within the filters, as one file to mail."""
    content = public_map(_checked_view()).encode()
    return _attachment(content, "text/html; charset=utf-8", "balanskaart.html")


def _checked_view() -> Any:
    view = read_view(g.scope, request.args)
    if view.form.errors:
        raise Invalid
    return view


def _attachment(content: bytes, content_type: str, name: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    tile_routes.init_app(app)
