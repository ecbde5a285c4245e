"""HTTP of the planner's map: the page, its tiles and its downloads."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, render_template, request

from layers.basemap import SOURCE as DRAWN_MAP
from layers.sources.metadata import BRT_TILES
from layers.style import hatch_png
from layers.wording import MISSING
from webapp.areas.models import LEVELS
from webapp.deals.models import text_in
from webapp.errors import Invalid, NotFound
from webapp.interventions.models import PHASE_TYPES
from webapp.languages import LANGUAGES, current_language
from webapp.permissions import public, requires
from webapp.planning import queries, tiles
from webapp.planning.choropleth import source_of
from webapp.planning.details import place_of, selected_detail
from webapp.planning.downloads import TYPES, file_of, public_map
from webapp.planning.symbols import symbols
from webapp.planning.view import map_settings, read_filters, read_view

blueprint = Blueprint("planning", __name__)

TILE_TYPE = "application/vnd.mapbox-vector-tile"
DAY = 86400


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


@requires("use_planning")
def area_tile(level: str, year: int, z: int, x: int, y: int) -> Response:
    """Outlines of an edition with the value of one figure."""
    figure = request.args.get("figure")
    if level not in LEVELS or (figure is not None and figure not in queries.figure_keys()):
        raise NotFound
    places = _municipalities(request.args.get("case", ""))
    rows = queries.areas_shown(level, year, figure, places)
    response = _tile(tiles.area_tile(rows, z, x, y))
    # The address names the newest import, so a tile never grows old.
    response.cache_control.private, response.cache_control.max_age = True, DAY
    return response


def _municipalities(case_slug: str) -> list[str]:
    if case_slug:
        cases = queries.cases_in(g.scope)
        return [each.municipality_code for each in cases if each.slug == case_slug]
    return sorted(queries.municipalities_in(g.scope))


@requires("use_planning")
def wish_tile(z: int, x: int, y: int) -> Response:
    """The wishes of the planner's own cases that pass the filters."""
    wishes = queries.wishes_shown(g.scope, read_filters(request.args))
    return _tile(tiles.wish_tile(wishes, z, x, y))


@requires("use_planning")
def intervention_tile(z: int, x: int, y: int) -> Response:
    """The interventions of the planner's own cases that pass the filters."""
    filters = read_filters(request.args)
    language = request.args.get("language", "")
    language = language if language in LANGUAGES else current_language()
    rows = queries.interventions_shown(g.scope, filters, language)
    return _tile(tiles.intervention_tile(rows, z, x, y))


def _tile(content: bytes) -> Response:
    return Response(content, 200 if content else 204, content_type=TILE_TYPE)


@public
def hatch() -> Response:
    """The pattern of areas without a figure."""
    response = Response(hatch_png(2), content_type="image/png")
    response.cache_control.public, response.cache_control.max_age = True, DAY
    return response


def init_app(app: Flask) -> None:
    """Bind the routes; tiles have no language in their address."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    tile = "<int:z>/<int:x>/<int:y>.mvt"
    for rule, endpoint, handler in (
        (f"/tiles/areas/<level>/<int:year>/{tile}", "area_tile", area_tile),
        (f"/tiles/wishes/{tile}", "wish_tile", wish_tile),
        (f"/tiles/interventions/{tile}", "intervention_tile", intervention_tile),
        ("/tiles/no-figure.png", "hatch", hatch),
    ):
        app.add_url_rule(rule, f"planning.{endpoint}", handler, methods=["GET"])
