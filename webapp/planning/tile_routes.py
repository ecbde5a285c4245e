"""HTTP of the tiles of the planner's map, and of the wishes that everyone may see.

For who draws them: below zoom 14 a tile of wishes holds clusters. Each feature is a point with
`count`, how many wishes it stands for, and with `kind`, `theme` and `status` as far as all of them
have the same. A feature with `count` 1 also has the `id` of that wish. From zoom 14 on, and below
it under filters that the grid does not know, features are wishes with their own shape and without
`count`; `of` says how many there are of which the newest are here.
"""

from typing import Any

from flask import Flask, Response, g, request

from layers.style import hatch_png
from webapp.areas.models import LEVELS
from webapp.errors import NotFound
from webapp.languages import LANGUAGES, current_language
from webapp.permissions import Scope, public, requires
from webapp.planning import queries, tiles, value_sources
from webapp.planning.view import read_filters
from webapp.tile_service import TileSource, answer, fingerprint
from webapp.wishes.cluster_grid import FIRST_POINT_ZOOM

DAY = 86400
FOR_A_DAY = f"private, max-age={DAY}"
FOR_A_MINUTE = "public, max-age=60"


@requires("use_planning")
def area_tile(level: str, year: int, z: int, x: int, y: int) -> Response:
    """Outlines of an edition with the value of one figure."""
    figure = request.args.get("figure")
    is_known = figure is None or value_sources.is_known(figure, queries.figure_keys())
    if level not in LEVELS or not is_known:
        raise NotFound
    places = tuple(_municipalities(request.args.get("case", "")))
    codes = read_filters(request.args).area_codes
    asked = tiles.AreasAsked(level, year, figure, places, codes)
    source = TileSource(
        lambda executor, *place: tiles.area_tile(executor, asked, *place),
        lambda _: ("areas",),
        fingerprint("areas", asked, value_sources.version(figure)),
        # The address names the newest import, so a tile never grows old.
        FOR_A_DAY,
    )
    return answer(source, z, x, y)


def _municipalities(case_slug: str) -> list[str]:
    if case_slug:
        cases = queries.cases_in(g.scope)
        return [each.municipality_code for each in cases if each.slug == case_slug]
    return sorted(queries.municipalities_in(g.scope))


@requires("use_planning")
def wish_tile(z: int, x: int, y: int) -> Response:
    """The wishes of the planner's own cases that pass the filters."""
    scope, filters = g.scope, read_filters(request.args)
    source = TileSource(
        lambda executor, *place: tiles.wish_tile(executor, scope, filters, *place),
        _sources_of_points if tiles.is_off_grid(filters) else _sources_of_wishes,
        fingerprint("wishes", _printed(scope), filters),
    )
    return answer(source, z, x, y)


def _sources_of_wishes(z: int) -> tuple[str, ...]:
    """A cluster changes when the worker has counted it."""
    return ("wishes",) if z < FIRST_POINT_ZOOM else _sources_of_points(z)


def _sources_of_points(_z: int) -> tuple[str, ...]:
    """A wish changes when it is written."""
    return ("written_wishes", "wishes")


@requires("use_planning")
def intervention_tile(z: int, x: int, y: int) -> Response:
    """The interventions of the planner's own cases that pass the filters."""
    scope, filters = g.scope, read_filters(request.args)
    language = request.args.get("language", "")
    language = language if language in LANGUAGES else current_language()
    source = TileSource(
        lambda executor, *place: tiles.intervention_tile(
            executor, scope, filters, language, *place
        ),
        lambda _: ("interventions",),
        fingerprint("interventions", _printed(scope), filters, language),
    )
    return answer(source, z, x, y)


@public
def public_wish_tile(z: int, x: int, y: int) -> Response:
    """The wishes that everyone may see, as precisely as they may be seen."""
    source = TileSource(
        tiles.public_wish_tile, lambda _: ("wishes",), fingerprint("public"), FOR_A_MINUTE
    )
    return answer(source, z, x, y)


def _printed(scope: Scope) -> tuple[Any, ...]:
    return scope.everything, sorted(scope.case_ids)


@public
def hatch() -> Response:
    """The pattern of areas without a figure."""
    response = Response(hatch_png(2), content_type="image/png")
    response.cache_control.public, response.cache_control.max_age = True, DAY
    return response


def init_app(app: Flask) -> None:
    """Bind the routes; tiles have no language in their address."""
    tile = "<int:z>/<int:x>/<int:y>.mvt"
    for rule, endpoint, handler in (
        (f"/tiles/areas/<level>/<int:year>/{tile}", "area_tile", area_tile),
        (f"/tiles/wishes/{tile}", "wish_tile", wish_tile),
        (f"/tiles/interventions/{tile}", "intervention_tile", intervention_tile),
        (f"/tiles/public/wishes/{tile}", "public_wish_tile", public_wish_tile),
        ("/tiles/no-figure.png", "hatch", hatch),
    ):
        app.add_url_rule(rule, f"planning.{endpoint}", handler, methods=["GET"])
