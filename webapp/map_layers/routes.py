"""HTTP of imported map layers: their tiles, legend and values at a place, and what is loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from sqlalchemy import select

from webapp.errors import NotFound
from webapp.extensions import db
from webapp.jobs import enqueue
from webapp.languages import current_language
from webapp.map_layers import commands, pictures, prerender, sources, tiles
from webapp.map_layers.actions import Options, begin_import
from webapp.map_layers.forms import UploadForm
from webapp.map_layers.identify import identify, ids_of, point_of, provenance_text
from webapp.map_layers.legend import legend_lines
from webapp.map_layers.models import LayerEdition, LayerImport
from webapp.map_layers.queries import edition, editions, known_layer
from webapp.map_layers.tables import area_rows
from webapp.permissions import public, requires

blueprint = Blueprint("map_layers", __name__)

TILE_TYPE = "application/vnd.mapbox-vector-tile"
DAY = 86400
IMPORTS_SHOWN = 10


@public
def raster_tile(edition_id: int, z: int, x: int, y: int) -> Response:
    """A picture tile of an edition that is meant for everyone."""
    return _tile(edition(edition_id, public_only=True), (z, x, y), tiles.raster_tile, "image/png")


@requires("use_planning")
def staff_raster_tile(edition_id: int, z: int, x: int, y: int) -> Response:
    """A picture tile of any complete edition."""
    return _tile(edition(edition_id), (z, x, y), tiles.raster_tile, "image/png")


@public
def feature_tile(edition_id: int, z: int, x: int, y: int) -> Response:
    """A vector tile of an edition that is meant for everyone."""
    return _tile(
        edition(edition_id, public_only=True), (z, x, y), prerender.feature_tile, TILE_TYPE
    )


@requires("use_planning")
def staff_feature_tile(edition_id: int, z: int, x: int, y: int) -> Response:
    """A vector tile of any complete edition."""
    return _tile(edition(edition_id), (z, x, y), prerender.feature_tile, TILE_TYPE)


@requires("use_planning")
def picture_tile(edition_id: int, z: int, x: int, y: int) -> Response:
    """A tile that another server draws, by way of ours."""
    content = pictures.tile(edition(edition_id), z, x, y)
    response = Response(content, content_type="image/png")
    response.cache_control.max_age = DAY
    response.cache_control.private = True
    return response


def _tile(
    found: LayerEdition,
    place: tuple[int, int, int],
    cut: Callable[[LayerEdition, int, int, int], bytes | None],
    content_type: str,
) -> Response:
    """An edition never changes, so a browser that has the tile is told so before it is made."""
    tiles.check_place(*place)
    tag = f"{tiles.version_of(found)}-{'-'.join(map(str, place))}"
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        content = cut(found, *place) or b""
        response = Response(content, 200 if content else 204, content_type=content_type)
    response.set_etag(tag)
    response.cache_control.max_age = DAY
    if found.is_public:
        response.cache_control.public = True
    else:
        response.cache_control.private = True
    return response


@blueprint.get("/layers/values")
@requires("use_planning")
def values() -> Response:
    """What layers say at a place: `at=lon,lat` and `editions=1,2`, as JSON."""
    point = point_of(request.args.get("at", ""))
    ids = ids_of(request.args.get("editions", ""))
    answer = jsonify(values=identify(point, ids, current_language()))
    answer.cache_control.private = True
    return answer


@blueprint.get("/layers/<int:edition_id>")
@requires("use_planning")
def edition_page(edition_id: int) -> str:
    """One edition: where it comes from, what was kept, its legend and its figures per area."""
    found = edition(edition_id)
    return render_template(
        "map_layers/edition.html",
        edition=found,
        legend=legend_lines(found, current_language()),
        provenance=provenance_text(found.layer.provenance),
        areas=area_rows(found),
    )


@blueprint.get("/layers")
@requires("manage_layers")
def overview() -> str:
    """What is loaded, what is on its way, and a form to add a file."""
    return _overview(UploadForm())


def _overview(form: UploadForm) -> str:
    return render_template(
        "map_layers/overview.html",
        form=form,
        editions=editions(),
        imports=_imports(),
        largest=12,
    )


def _imports() -> list[LayerImport]:
    rows = select(LayerImport).order_by(LayerImport.id.desc()).limit(IMPORTS_SHOWN)
    return [each for each in db.session.scalars(rows) if known_layer(each.layer_id)]


@blueprint.post("/layers")
@requires("manage_layers")
def upload() -> Any:
    """Keep the file and have it imported; the page shows how far it is."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _overview(form), 400
    path = _kept(form.file.data)
    job = begin_import(
        form.layer.data,
        path,
        Options(
            edition=form.edition.data or "",
            crs=form.crs.data,
            is_synthetic=form.is_synthetic.data,
        ),
    )
    job.options = {**job.options, "queued": True}
    enqueue("import_map_layers")
    db.session.commit()
    flash(gettext("map_layers.flash.begun", file=path.name), "success")
    return redirect(url_for("map_layers.overview"))


def _kept(file: Any) -> Path:
    folder = sources.incoming_folder() / uuid4().hex
    folder.mkdir(mode=0o700)
    path = folder / sources.safe_name(file.filename)
    file.save(path)
    return path


@blueprint.get("/layers/imports/<int:import_id>")
@requires("manage_layers")
def progress(import_id: int) -> Response:
    """How far an import is, as JSON."""
    job = db.session.get(LayerImport, import_id)
    if job is None:
        raise NotFound
    answer = jsonify(state=job.state, step=job.step, done=job.done, total=job.total)
    answer.cache_control.no_store = True
    return answer


def init_app(app: Flask) -> None:
    """Bind the routes; tiles have no language in their address."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.cli.add_command(commands.group)
    place = "<int:edition_id>/<int:z>/<int:x>/<int:y>"
    for rule, endpoint, handler in (
        (f"/tiles/layers/{place}.png", "raster_tile", raster_tile),
        (f"/tiles/layers/{place}.mvt", "feature_tile", feature_tile),
        (f"/tiles/pictures/{place}.png", "picture_tile", picture_tile),
        (f"/tiles/staff-layers/{place}.png", "staff_raster_tile", staff_raster_tile),
        (f"/tiles/staff-layers/{place}.mvt", "staff_feature_tile", staff_feature_tile),
    ):
        app.add_url_rule(rule, f"map_layers.{endpoint}", handler, methods=["GET"])
