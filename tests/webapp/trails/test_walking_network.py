"""The walking network in the database: built once, read once, shown to planners."""

import io
from math import asinh, pi, radians, tan

import pyogrio
import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import func, select

from gis.crs import to_lonlat
from tests import factories
from webapp.areas.models import BaseFeature
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.geodata import stored
from webapp.trails import queries
from webapp.trails.actions import Joining, Origin, Way, build_drawn_network, build_network
from webapp.trails.models import NetworkEdge, NetworkImport

X, Y = factories.HAARLEM
SOMEWHERE = Origin("a test", "2024", "CC0-1.0")


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places])


WAYS = [
    Way(line((0, 0), (100, 0)), "Zuidpad", "gravel", "footway", "way/1"),
    Way(line((100, 0), (100, 100)), "Oostpad"),
    Way(line((0, 400), (50, 400)), "Eiland"),
]


def tile_of(x: float, y: float, z: int) -> tuple[int, int, int]:
    place = to_lonlat(Point(x, y))
    across = 2**z * (place.x + 180) / 360
    down = 2**z * (1 - asinh(tan(radians(place.y))) / pi) / 2
    return z, int(across), int(down)


def test_lines_become_edges_with_their_source(app):
    built = build_network(WAYS, SOMEWHERE)
    edges = db.session.scalars(select(NetworkEdge).order_by(NetworkEdge.id)).all()
    assert [(edge.name, edge.length_m) for edge in edges] == [
        ("Zuidpad", 100),
        ("Oostpad", 100),
        ("Eiland", 50),
    ]
    first = edges[0]
    assert (first.surface, first.kind, first.source_key) == ("gravel", "footway", "way/1")
    assert (built.network.source, built.network.is_demo) == ("a test", False)
    assert [(part["nodes"], part["share"]) for part in built.network.components] == [(3, 0.8), (2, 0.2)]  # fmt: skip


def test_the_same_lines_are_built_once(app):
    first = build_network(WAYS, SOMEWHERE)
    again = build_network(WAYS, SOMEWHERE)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.network.id == again.network.id
    assert build_network(WAYS, SOMEWHERE, Joining(0.1, "crossing")).is_new
    assert db.session.scalar(select(func.count(NetworkImport.id))) == 2


def test_nothing_to_walk_on_is_refused(app):
    with pytest.raises(Invalid):
        build_network([], SOMEWHERE)
    with pytest.raises(Invalid):
        build_network([Way(line((0, 0), (0.01, 0)))], SOMEWHERE)


def test_the_network_measures_walking_distances_and_is_read_once(app):
    build_network(WAYS, SOMEWHERE)
    network = queries.walking_network()
    reached = network.search(network.snap([Point(X + 100, Y + 100)]))
    found = network.distances(network.snap([Point(X, Y), Point(X, Y + 400)]), reached)
    assert found.values() == [pytest.approx(200), None]
    assert queries.walking_network() is network


def test_a_new_network_takes_the_place_of_the_old(app):
    build_network(WAYS, SOMEWHERE)
    assert len(queries.walking_network().start) == 3
    build_network(WAYS[:1], SOMEWHERE)
    assert len(queries.walking_network().start) == 1


def test_a_real_network_goes_before_the_demo(app):
    real = build_network(WAYS, SOMEWHERE)
    build_network(WAYS[:1], Origin("drawn", "demo", "EUPL-1.2", is_demo=True))
    assert queries.current_network().id == real.network.id


def test_without_a_network_nobody_walks_anywhere(app):
    assert queries.current_network() is None
    assert len(queries.walking_network().start) == 0


def test_the_drawn_quarter_is_one_network_and_marked_as_demo(app):
    from webapp.demo.geography import load_geography
    from webapp.demo.network import load_network

    load_network()
    assert queries.current_network() is None
    load_geography(db.session)
    load_network()
    row = queries.current_network()
    assert row.is_demo
    assert len(row.components) == 1
    load_network()
    assert db.session.scalar(select(func.count(NetworkImport.id))) == 1


def test_the_command_builds_and_tells_the_connected_parts(app):
    db.session.add_all(
        BaseFeature(kind="walk", name=way.name, attributes={"of": "path"}, geom=stored(way.line))
        for way in WAYS
    )
    db.session.flush()
    said = app.test_cli_runner().invoke(args=["trails", "build-network"])
    assert said.exit_code == 0, said.output
    assert "connected parts: 2" in said.output
    assert "80.0% of the length: 3 nodes, 2 edges, 0.2 km" in said.output
    assert "already there" in app.test_cli_runner().invoke(args=["trails", "build-network"]).output


@pytest.mark.parametrize("arguments", [[], ["--edition", "987654"]])
def test_the_command_says_what_is_not_there(app, arguments):
    said = app.test_cli_runner().invoke(args=["trails", "build-network", *arguments])
    assert said.exit_code == 1
    assert said.output.startswith("Error: There ")


def test_a_planner_sees_the_paths_as_a_tile(pages):
    build_network(WAYS, SOMEWHERE)
    db.session.commit()
    pages.sign_in(factories.make_user("planner", case=factories.make_case()))
    z, x, y = tile_of(X + 50, Y, 14)
    response = pages.client.get(f"/tiles/network/{z}/{x}/{y}.mvt")
    rows = pyogrio.read_dataframe(io.BytesIO(response.data))
    assert set(rows["name"]) >= {"Zuidpad"}
    assert {"id", "name", "kind", "surface", "length_m"} <= set(rows.columns)
    assert response.cache_control.private
    far = pages.client.get("/tiles/network/5/16/10.mvt")
    assert (far.status_code, far.data) == (200, b"")
    assert pages.client.get("/tiles/network/5/99/10.mvt").status_code == 404


def test_the_drawn_network_needs_a_drawing(app):
    with pytest.raises(Invalid):
        build_drawn_network()
