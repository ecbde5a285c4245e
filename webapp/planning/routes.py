"""HTTP of the planner's map: the page, its downloads and saved views."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request
from flask import url_for as address_of
from werkzeug.datastructures import MultiDict

from layers.basemap import SOURCE as DRAWN_MAP
from layers.sources.metadata import BRT_TILES
from layers.wording import MISSING
from webapp.deals.models import text_in
from webapp.errors import Invalid
from webapp.interventions.models import PHASE_TYPES
from webapp.languages import current_language
from webapp.map_layers import queries as layer_queries
from webapp.map_layers.legend import legend_lines
from webapp.permissions import requires
from webapp.planning import places, queries, saved_views, tile_routes, tiles, twin_routes
from webapp.planning.chart import chart
from webapp.planning.compare import comparison, side_choices
from webapp.planning.details import area_around, place_of, selected_detail
from webapp.planning.downloads import TYPES, everything_of, file_of, public_map
from webapp.planning.map_settings import map_settings
from webapp.planning.measured import measured
from webapp.planning.overlays import at_edition, moved, without
from webapp.planning.print import add_routes as add_print_routes
from webapp.planning.saved_views import SaveForm, saved_in
from webapp.planning.scenarios import add_routes as add_scenario_routes
from webapp.planning.submitted import rewritten
from webapp.planning.symbols import symbols
from webapp.planning.view import View, read_view
from webapp.templating import analysis_links

blueprint = Blueprint("planning", __name__)

DAY = 86400


@blueprint.route("/planning", methods=["GET", "POST"])
@requires("use_planning")
def map_page() -> Any:
    """The map with its table, filters and what is selected; the address holds all of it.

    Posting saves what the address shows under a name.
    """
    arguments = _arguments()
    if request.method == "GET":
        state = rewritten(arguments, _find_place)
        if state is not None:
            return redirect(f"{address_of('planning.map_page')}?{urlencode(state)}")
    view = read_view(g.scope, arguments)
    form = SaveForm(formdata=request.form if request.method == "POST" else None)
    titles = {each.slug: text_in(each.title, current_language()) for each in view.cases}
    form.offer(list(titles.items()), view.filters.case)
    status = 400 if view.form.errors else 200
    if request.method == "POST":
        answer = saved_views.save(view, form)
        if not isinstance(answer, int):
            return answer
        status = answer
    return _page(view, form, titles), status


def _arguments() -> MultiDict[str, str]:
    """The state of the page: its address, and where the map was when a form was posted."""
    arguments = MultiDict(request.args)
    for name in ("at", "sort"):
        if request.form.get(name):
            arguments[name] = request.form[name]
    return arguments


def _find_place(typed: str) -> Any:
    return places.best(queries.cases_in(g.scope), typed)


def _page(view: View, save_form: SaveForm, case_titles: dict[str, str]) -> str:
    detail = selected_detail(view)
    compared = comparison(view)
    drawn = current_app.config["BASE_MAP"] == "drawn"
    return render_template(
        "planning/map.html",
        view=view,
        form=view.form,
        detail=detail,
        around=area_around(view, detail),
        settings=map_settings(view, place_of(detail), compared),
        comparison=compared,
        side_choices=side_choices(view),
        chart=chart(view),
        measured=measured(view),
        hits=places.hits(view.chosen_cases, view.form.place.data or ""),
        save_form=save_form,
        saved=saved_in(g.scope),
        analyses=analysis_links(),
        symbols=symbols(),
        schematic=drawn or any(row.is_schematic for row in view.areas),
        base_attribution=(DRAWN_MAP if drawn else BRT_TILES).attribution,
        most_features=tiles.MOST_FEATURES,
        most_shapes=queries.MOST_SHAPES,
        missing_words={reason: dict(words) for reason, words in MISSING.items()},
        case_titles=case_titles,
        phase_order={phase: place for place, phase in enumerate(PHASE_TYPES)},
        legend_lines=legend_lines,
        moved=moved,
        without=without,
        at_edition=at_edition,
    )


@blueprint.get(
    "/planning/<any(areas, wishes, interventions):table>.<any(gpkg, geojson, csv):file_format>"
)
@requires("use_planning")
def download(table: str, file_format: str) -> Response:
    """The rows that pass the filters, as a file."""
    view = _checked_view()
    content = file_of(view, table, file_format)
    return _attachment(content, TYPES[file_format], f"{table}.{file_format}")


@blueprint.get("/planning/map.gpkg")
@requires("use_planning")
def download_everything() -> Response:
    """All tables and layers with shapes in one file, styled for QGIS."""
    return _attachment(everything_of(_checked_view()), TYPES["gpkg"], "balanskaart.gpkg")


@blueprint.get("/planning/public-map.html")
@requires("use_planning")
def download_public_map() -> Response:
    """What everyone may see within the filters, as one file to mail."""
    content = public_map(_checked_view()).encode()
    return _attachment(content, "text/html; charset=utf-8", "balanskaart.html")


def _checked_view() -> View:
    view = read_view(g.scope, request.args)
    if view.form.errors:
        raise Invalid
    return view


def _attachment(content: bytes, content_type: str, name: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@requires("use_planning")
def layer_features(edition_id: int) -> Response:
    """The shapes of a layer as GeoJSON, for a map without WebGL."""
    edition = layer_queries.edition(edition_id)
    response = Response(queries.layer_geojson(edition), content_type="application/geo+json")
    response.cache_control.private, response.cache_control.max_age = True, DAY
    return response


VIEW_PATH = "/planning/views/<int:saved_view_id>"
blueprint.add_url_rule(VIEW_PATH, "saved_view", saved_views.saved_view, methods=["GET", "POST"])
blueprint.add_url_rule(
    f"{VIEW_PATH}/delete", "delete_saved_view", saved_views.delete_saved_view, methods=["POST"]
)
add_print_routes(blueprint)
add_scenario_routes(blueprint)


def init_app(app: Flask) -> None:
    """Bind the routes; the shapes of a layer are the same in every language."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.add_url_rule(
        "/planning/layers/<int:edition_id>.geojson", "planning.layer_features", layer_features
    )
    tile_routes.init_app(app)
    twin_routes.init_app(app)
