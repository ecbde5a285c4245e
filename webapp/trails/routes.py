"""HTTP of the walking network and of recreation routes."""

from flask import Flask, Response

from webapp.errors import NotFound
from webapp.geodata import vector_tile
from webapp.permissions import requires
from webapp.trails import commands
from webapp.trails.queries import current_network, edges_in_tile

TILE_TYPE = "application/vnd.mapbox-vector-tile"
DEEPEST_ZOOM = 22
FIRST_ZOOM = 11
"""Farther out single paths can't be told apart, and a tile would hold a whole city of them."""
A_MINUTE = 60


@requires("use_planning")
def network_tile(z: int, x: int, y: int) -> Response:
    """The paths of the network in use, with `id`, `name`, `kind`, `surface` and `length_m`."""
    if z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound
    row = current_network()
    tile = b""
    if row is not None and z >= FIRST_ZOOM:
        tile = vector_tile("network", edges_in_tile(row.id, z, x, y), z, x, y)
    response = Response(tile, content_type=TILE_TYPE)
    response.cache_control.private, response.cache_control.max_age = True, A_MINUTE
    response.add_etag()
    return response


def init_app(app: Flask) -> None:
    """Bind the routes and the commands."""
    rule = "/tiles/network/<int:z>/<int:x>/<int:y>.mvt"
    app.add_url_rule(rule, "trails.network_tile", network_tile, methods=["GET"])
    app.cli.add_command(commands.group)
