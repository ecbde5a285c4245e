"""HTTP of the 3-D view: the page, and what its map is drawn from."""

from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from layers.basemap import SOURCE as DRAWN_MAP
from layers.sources.metadata import BRT_TILES
from webapp.errors import Invalid
from webapp.permissions import requires
from webapp.planning import places, twin_map
from webapp.planning.address import position_words, read_position
from webapp.planning.twin import AMSTERDAM, Look, read_look
from webapp.planning.twin_scene import BASE_TO_HEIGHT, HALF, RADIUS_TO_HEIGHT, REACH, SPACING
from webapp.planning.twin_shade import AROUND_A_POINT, Shadows, direction_of

blueprint = Blueprint("planning_twin", __name__)

SPECIAL_DAYS = ("03-21", "06-21", "12-21")
SCRIPTED = ("date", "time", "show", "plan", "height", "at", "case")


@blueprint.get("/planning/3d")
@requires("use_planning")
def page() -> Any:
    """The view with its table; the address holds all of it."""
    look = read_look(g.scope, request.args)
    if look.form.place.data and not look.form.place.errors:
        found = _position(look)
        if found is not None:
            return redirect(look.address(at=position_words(found)))
        look.form.place.errors = [gettext("planning.measure.no_place")]
    shadows = Shadows(look)
    sun = look.sun()
    today = datetime.now(AMSTERDAM).date()
    drawn = current_app.config["BASE_MAP"] == "drawn"
    content = render_template(
        "planning/twin.html",
        look=look,
        form=look.form,
        shadows=shadows,
        sun=sun,
        compass=direction_of(sun),
        days=[today.replace(month=int(each[:2]), day=int(each[3:])) for each in SPECIAL_DAYS],
        today=today,
        settings=_settings(look),
        phase_colours=twin_map.PLAN_COLOURS,
        shown_plans=twin_map.shown_plans(look),
        side=2 * HALF,
        reach=REACH,
        spacing=SPACING,
        around=AROUND_A_POINT,
        radius_share=2 * RADIUS_TO_HEIGHT,
        base_share=BASE_TO_HEIGHT,
        schematic=drawn,
        base_attribution=(DRAWN_MAP if drawn else BRT_TILES).attribution,
    )
    return content, 400 if look.form.errors else 200


def _position(look: Look) -> Any:
    typed = look.form.place.data or ""
    return read_position(typed) or places.best(look.chosen_cases, typed)


def _settings(look: Look) -> dict[str, Any]:
    """What the script needs: the address of the look, its camera, and the middle of the square."""
    camera = look.camera
    return {
        "query": look.state(),
        "centre": [camera.lon, camera.lat],
        "zoom": camera.zoom,
        "bearing": camera.bearing,
        "pitch": camera.pitch,
    }


def _asked() -> Shadows:
    arguments = MultiDict({name: request.args[name] for name in SCRIPTED if name in request.args})
    look = read_look(g.scope, arguments)
    if look.form.errors:
        raise Invalid(
            problems=[
                {"path": name, "reason": str(errors[0])}
                for name, errors in look.form.errors.items()
            ]
        )
    return Shadows(look)


@requires("use_planning")
def scene() -> Response:
    """Buildings, trees, streets and plans in the square."""
    return _private(jsonify(twin_map.scene(_asked())))


@requires("use_planning")
def shade() -> Response:
    """The ground in shade and the place of the sun."""
    return _private(jsonify(twin_map.shade(_asked())))


@requires("use_planning")
def seen_from_above() -> Response:
    """The square from above, with the shade, as a drawing."""
    return _private(Response(twin_map.map_svg(_asked()), content_type="image/svg+xml"))


def _private(response: Response) -> Response:
    response.cache_control.private, response.cache_control.max_age = True, 60
    return response


def init_app(app: Flask) -> None:
    """Bind the routes; what scripts ask has no language in its address."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    for rule, handler in (
        ("/tiles/twin/scene.json", scene),
        ("/tiles/twin/shade.json", shade),
        ("/tiles/twin/map.svg", seen_from_above),
    ):
        app.add_url_rule(rule, f"planning_twin.{handler.__name__}", handler, methods=["GET"])
