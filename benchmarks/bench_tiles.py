"""Vector tiles: what the route adds to its SQL, what zoom-aware sources save, what a cache gives.

"Same SQL" is the very statement of the route in pgbench, prepared, on as many connections. The
naive floor is what one writes first: ST_AsMVT over the raw table with its index, at most 10,000
features. Content differs between those two and is compared here: below zoom 14 our tiles hold
clusters that count every wish; outlines are made simple to half a pixel.
"""

import io
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pyogrio

from benchmarks.load import (  # fmt: skip
    SECRET,
    Load,
    fetch,
    free_port,
    get,
    http,
    in_turn,
    our_server,
    pgbench,
    ratio,
    serving,
    told,
)
from benchmarks.peers import PeersMissingError, peer_python
from benchmarks.report import quick, report
from benchmarks.world import Place, World
from webapp.database import migrate, temporary_server
from webapp.permissions import Scope
from webapp.planning import tiles
from webapp.planning.forms import Filters
from webapp.wishes.cluster_grid import FIRST_POINT_ZOOM

CLIENTS = 8
ROUNDS, SECONDS = (2, 3) if quick() else (3, 6)
SMALL, LARGE = (100_000, 300_000) if quick() else (100_000, 1_000_000)
AREAS_PER_SIDE = 60 if quick() else 121
DIFFERENT_TILES = 100
EVERYTHING = Scope(True, frozenset(), frozenset())
NAIVE = """
    SELECT ST_AsMVT(t, '{name}', 4096, 'geom') FROM (
        SELECT {columns}, ST_AsMVTGeom(geom, box, 4096, 64) AS geom
        FROM {table}, (SELECT ST_TileEnvelope(:z, :x, :y) AS box) AS tile
        WHERE geom && box LIMIT 10000) AS t;
"""
POINTS = NAIVE.format(name="wishes", columns="id, kind, theme, status", table="bench_points")
OUTLINES = NAIVE.format(name="areas", columns="code, name", table="bench_areas")
TABLES = """
    DROP TABLE IF EXISTS bench_points, bench_areas;
    CREATE TABLE bench_points AS SELECT id, kind, theme, status, geom_web AS geom FROM wishes;
    CREATE TABLE bench_areas AS SELECT id, code, name, geom_web AS geom FROM areas;
    ALTER TABLE bench_points ADD PRIMARY KEY (id);
    ALTER TABLE bench_areas ADD PRIMARY KEY (id);
    CREATE INDEX ON bench_points USING gist (geom);
    CREATE INDEX ON bench_areas USING gist (geom);
    ANALYZE bench_points, bench_areas;
"""


def same_sql(world: World, place: Place) -> str:
    """The statement of the wish tile as a pgbench script."""
    kept: list[tuple[str, dict[str, Any]]] = []

    class Recorder:
        def rows(self, sql: str, parameters: dict[str, Any]) -> list[Any]:
            kept.append((sql, parameters))
            return []

    world.ask(lambda: tiles.wish_tile(Recorder(), EVERYTHING, Filters(), *place))  # type: ignore[arg-type]
    sql, parameters = kept[0]
    for name in parameters:
        sql = sql.replace(f"%({name})s", f":{name}")
    sets = "".join(f"\\set {name} {value}\n" for name, value in parameters.items())
    return f"{sets}{sql.replace('%%', '%')};\n"


def naive(sql: str, place: Place) -> str:
    """The naive statement as a pgbench script."""
    return (
        "".join(f"\\set {name} {value}\n" for name, value in zip("zxy", place, strict=True)) + sql
    )


def features(tile: bytes) -> Any:
    """The features of a tile."""
    return pyogrio.read_dataframe(io.BytesIO(tile)) if tile else []


class Measuring:
    """One filled database, one server, and the planner's cookie."""

    def __init__(self, world: World, port: int, folder: Path) -> None:
        self.world, self.port, self.folder = world, port, folder
        self.cookie = world.cookie()

    def request(self, path: str, *, cached: bool = False, **headers: str) -> bytes:
        """A tile as the planner's browser asks it."""
        more = {} if cached else {"Cache_Control": "no-cache"}
        return get(path, Cookie=self.cookie, **more, **headers)

    def floor(self, scripts: list[str]) -> Load:
        """pgbench on as many connections as there are clients."""
        return pgbench(self.world.url, scripts, CLIENTS, SECONDS, self.folder)

    def load(self, requests: list[bytes]) -> Load:
        """Our route, or a peer's."""
        return http(self.port, requests, CLIENTS, SECONDS)

    def naive_tile(self, sql: str, place: Place) -> bytes:
        """A tile of the naive statement."""
        for name, value in zip(("z", "x", "y"), place, strict=True):
            sql = sql.replace(f":{name}", str(value))
        with psycopg.connect(self.world.url) as connection:
            row = connection.execute(sql).fetchone()
        return bytes(row[0]) if row and row[0] else b""


def check_wishes(at: Measuring, places: list[Place]) -> str:
    """Every wish counts; from near the features are those of the table."""
    with psycopg.connect(at.world.url) as connection:
        (total,) = connection.execute("SELECT count(*) FROM wishes").fetchone() or (0,)
    _, _, whole = fetch(at.port, at.request("/tiles/wishes/0/0/0.mvt"))
    counted = int(features(whole)["count"].sum())
    if counted != total:
        raise SystemExit(f"the clusters count {counted} wishes of {total}")
    near = [place for place in places if place[0] >= FIRST_POINT_ZOOM][:20]
    for place in near:
        ours = features(fetch(at.port, at.request(wish_path(place)))[2])
        theirs = features(at.naive_tile(POINTS, place))
        if set(ours["id"]) != set(theirs["id"]) and len(ours) < tiles.MOST_FEATURES:
            raise SystemExit(f"tile {place} differs from the table")
    return f"clusters count all {total} wishes; {len(near)} near tiles hold the rows of the table"


def wish_path(place: Place) -> str:
    """The address of a tile of wishes."""
    return "/tiles/wishes/{}/{}/{}.mvt".format(*place)


def area_path(place: Place) -> str:
    """The address of a tile of areas."""
    return "/tiles/areas/neighbourhood/2024/{}/{}/{}.mvt".format(*place)


def tipg_tiles(world: World, places: list[Place], runs: dict[str, Any], stack: Any) -> str:
    """Add tipg on the same points to the runs; returns why it is not there."""
    try:
        python = peer_python("tipg", "uvicorn", "uvloop", "httptools")
    except PeersMissingError as error:
        return str(error)
    port = free_port()
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--log-level", "error"]  # fmt: skip
    environment = {
        "DATABASE_URL": world.url,
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_MAX_FEATURES_PER_TILE": "10000",
    }
    stack.enter_context(serving(command, port, environment))
    base = "/collections/public.bench_points/tiles/WebMercatorQuad/{}/{}/{}?properties=id,kind,theme,status"
    requests = [get(base.format(*place)) for place in places]
    status, _, body = fetch(port, requests[0])
    if status != 200:
        return f"tipg answers {status}: {body[:100]!r}"
    runs["tipg"] = lambda: http(port, requests, CLIENTS, SECONDS)
    return ""


def small(at: Measuring) -> None:
    """100,000 wishes: the same SQL in pgbench, and tipg."""
    import contextlib

    places = at.world.tiles(DIFFERENT_TILES, range(10, 17))
    note = check_wishes(at, places)
    runs: dict[str, Any] = {
        "floor": partial(at.floor, [same_sql(at.world, place) for place in places]),
        "ours": partial(at.load, [at.request(wish_path(place)) for place in places]),
    }
    with contextlib.ExitStack() as stack:
        missing = tipg_tiles(at.world, places, runs, stack)
        found = in_turn(ROUNDS, runs)
    note = f"{SMALL} wishes, z10-16, uncached, {CLIENTS} clients: {told(found)}. {note}"
    report("tile_same_sql_floor", ratio(found["ours"], found["floor"]), 0.80, note)
    against = ratio(found["ours"], found["tipg"]) if "tipg" in found else None
    report("tile_tipg", against, 3.5, missing or "tipg sends raw points at every zoom")


def large(at: Measuring) -> None:
    """Many wishes: zoom-aware and cached against the naive floor."""
    places = at.world.tiles(DIFFERENT_TILES, range(10, 17))
    note = check_wishes(at, places)
    _zoom_aware(at, "wishes", POINTS, places, wish_path, f"{SMALL + LARGE} wishes. {note}")


def areas(at: Measuring) -> None:
    """Areas: outlines per zoom band against the outlines as they are."""
    places = [(z, x >> 2, y >> 2) for z, x, y in at.world.tiles(DIFFERENT_TILES, range(8, 15))]
    places = [(z - 2 if z > 8 else z, x, y) if z > 8 else (z, x << 2, y << 2) for z, x, y in places]
    equal = 0
    for place in places[:20]:
        ours = features(fetch(at.port, at.request(area_path(place)))[2])
        theirs = features(at.naive_tile(OUTLINES, place))
        missing = set(theirs["code"] if len(theirs) else ()) ^ set(
            ours["code"] if len(ours) else ()
        )
        equal += not missing
    count = AREAS_PER_SIDE**2
    _zoom_aware(at, "areas", OUTLINES, places, area_path, f"{count} areas; {equal} of 20 tiles hold the same areas (others differ by one below a pixel at the edge)")  # fmt: skip


def _zoom_aware(
    at: Measuring, name: str, sql: str, places: list[Place], path: Any, note: str
) -> None:
    etags = {}
    for place in places:
        head = fetch(at.port, at.request(path(place)))[1].decode("latin-1").lower()
        etags[place] = head.partition("etag: ")[2].partition("\r\n")[0]
    runs = {
        "naive": partial(at.floor, [naive(sql, place) for place in places]),
        "ours": partial(at.load, [at.request(path(place)) for place in places]),
        "cached": partial(at.load, [at.request(path(place), cached=True) for place in places]),
        "unchanged": partial(
            at.load,
            [at.request(path(place), cached=True, If_None_Match=etags[place]) for place in places],
        ),
    }
    found = in_turn(ROUNDS, runs)
    report(
        f"tile_zoom_aware_{name}", ratio(found["ours"], found["naive"]), 5, f"{note}: {told(found)}"
    )
    report(f"tile_cached_{name}", ratio(found["cached"], found["naive"]), 10)
    report(f"tile_unchanged_{name}", ratio(found["unchanged"], found["naive"]), 10)


def main() -> None:
    """Measure all of them on one database."""
    with temporary_server() as server, tempfile.TemporaryDirectory() as folder:
        migrate(server.url)
        world = World(server.url, SECRET)
        world.fill(AREAS_PER_SIDE)
        for add, measure in ((SMALL, (small,)), (LARGE, (large, areas))):
            world.add_wishes(add)
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(TABLES)
            with our_server(server.url) as port:
                for each in measure:
                    each(Measuring(world, port, Path(folder)))
        world.app.extensions["fast_sql"].close()


if __name__ == "__main__":
    main()
