"""GET /api/v1/wishes with a box: our route against its own SQL in pgbench, and against tipg."""

import contextlib
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.load import (
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
from benchmarks.world import World
from gis.crs import CRS84_URI
from webapp.database import migrate, temporary_server
from webapp.open_data import queries

CLIENTS = 4
ROUNDS, SECONDS = (2, 3) if quick() else (3, 6)
WISHES = 100_000
BOXES = 60
HALF = 0.016
LIMIT = 1000
TABLE = """
    CREATE TABLE bench_items AS
        SELECT id, kind, theme, text, language, status, geom FROM wishes WHERE status = 'published';
    ALTER TABLE bench_items ADD PRIMARY KEY (id);
    CREATE INDEX ON bench_items USING gist (geom);
    ANALYZE bench_items;
"""


def boxes(world: World) -> list[tuple[float, float, float, float]]:
    """Boxes of about two kilometres around wishes: some 30 to 40 kB of GeoJSON each."""
    found = []
    for z, x, y in world.tiles(BOXES, range(16, 17)):
        n = 2**z
        lon = x / n * 360 - 180
        lat = _latitude(y / n)
        found.append((lon - HALF, lat - HALF / 2, lon + HALF, lat + HALF / 2))
    return found


def _latitude(share: float) -> float:
    from math import atan, degrees, pi, sinh

    return degrees(atan(sinh(pi * (1 - 2 * share))))


def script(world: World, box: tuple[float, float, float, float]) -> str:
    """The statement of the page as a pgbench script."""
    kept: list[tuple[str, dict[str, Any]]] = []

    class Recorder:
        def rows(self, sql: str, parameters: dict[str, Any]) -> list[Any]:
            kept.append((sql, parameters))
            return [("", None)]

        def close(self) -> None:
            return None

    before = world.app.extensions["fast_sql"]
    world.app.extensions["fast_sql"] = Recorder()
    world.ask(lambda: queries.page("wishes", {}, box, LIMIT, 0, CRS84_URI))
    world.app.extensions["fast_sql"] = before
    sql, parameters = kept[0]
    for name in parameters:
        sql = sql.replace(f"%({name})s", f":{name}")
    sets = "".join(f"\\set {name} {value}\n" for name, value in parameters.items())
    return f"{sets}{sql.replace('%%', '%')};\n"


def check(port: int, requests: list[bytes], theirs: tuple[int, list[bytes]] | None) -> str:
    """Our answers hold as many features as a peer's."""
    counts = []
    for number, request in enumerate(requests[:10]):
        ours = json.loads(fetch(port, request)[2])["features"]
        counts.append(len(ours))
        if theirs:
            peer = json.loads(fetch(theirs[0], theirs[1][number])[2])["features"]
            differ = {each["id"] for each in ours} ^ {int(each["id"]) for each in peer}
            # A box in degrees is turned in RD, by 0.4 degrees at most here: we turn it too, and tipg
            # takes the box around it, so that a little more lies in it.
            if len(differ) > max(2, len(ours) // 20):
                raise SystemExit(
                    f"the items differ from those of tipg: {len(differ)} of {len(ours)}"
                )
    return f"{min(counts)}-{max(counts)} features" + (
        "; tipg has the same but for at most 5 % at the edges of a box" if theirs else ""
    )


def main() -> None:
    """Floor, ours and tipg in turn."""
    with temporary_server() as server, tempfile.TemporaryDirectory() as folder:
        migrate(server.url)
        world = World(server.url, SECRET)
        world.fill(20)
        world.add_wishes(WISHES)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(TABLE)
        places = boxes(world)
        scripts = [script(world, box) for box in places]
        path = "/api/v1/wishes?limit=1000&bbox={:.5f},{:.5f},{:.5f},{:.5f}"
        requests = [get(path.format(*box)) for box in places]
        with contextlib.ExitStack() as stack:
            port = stack.enter_context(our_server(server.url))
            runs: dict[str, Any] = {
                "floor": partial(pgbench, server.url, scripts, CLIENTS, SECONDS, Path(folder)),
                "ours": partial(http, port, requests, CLIENTS, SECONDS),
            }
            peer, missing = _tipg(server.url, places, stack)
            if peer:
                runs["tipg"] = partial(http, peer[0], peer[1], CLIENTS, SECONDS)
            note = check(port, requests, peer)
            found: dict[str, list[Load]] = in_turn(ROUNDS, runs)
        note = f"{WISHES} wishes, {note}: {told(found)}"
        report("items_floor", ratio(found["ours"], found["floor"]), 0.60, note)
        against = ratio(found["ours"], found["tipg"]) if peer else None
        report("items_tipg", against, 10, missing or "tipg also counts matches; ours also applies the publication rule")  # fmt: skip
        world.app.extensions["fast_sql"].close()


def _tipg(url: str, places: Any, stack: Any) -> tuple[tuple[int, list[bytes]] | None, str]:
    try:
        python = peer_python("tipg", "uvicorn", "uvloop", "httptools")
    except PeersMissingError as error:
        return None, str(error)
    port = free_port()
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--log-level", "error"]  # fmt: skip
    stack.enter_context(serving(command, port, {"DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["public"]'}))  # fmt: skip
    path = "/collections/public.bench_items/items?limit=1000&bbox={:.5f},{:.5f},{:.5f},{:.5f}"
    requests = [get(path.format(*box), Accept="application/geo+json") for box in places]
    status, _, body = fetch(port, requests[0])
    return ((port, requests), "") if status == 200 else (None, f"tipg answers {status}: {body[:200]!r}")  # fmt: skip


if __name__ == "__main__":
    main()
