"""Tiles of a raster against titiler on a COG in RD, over HTTP, in the same run.

Each server has one worker and no cache of tiles, and they are asked for the same tiles in turn.
titiler warps and colours at every request what we cut in advance; our side is a bare Flask view
around ``Raster.tile``, without the database.
"""

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import numpy as np
from flask import Flask, Response
from PIL import Image
from rasterio.shutil import copy

from benchmarks.made_ground import HEAT, stored_heat
from benchmarks.peers import PeersMissingError, peer_python
from benchmarks.report import quick, report
from layers.catalogue import classes_of
from layers.raster import Raster
from layers.raster_palette import TILE, palette_for

ROUNDS, TARGET = 3, 60
Tile = tuple[int, int, int]
TITILER = (
    "import sys, uvicorn; from fastapi import FastAPI; from titiler.core.factory import TilerFactory;"
    "app = FastAPI(); app.include_router(TilerFactory().router);"
    "uvicorn.run(app, port=int(sys.argv[1]), log_level='error', loop='uvloop', http='httptools')"
)


def ours() -> Flask:
    """Serve the tiles of the raster in BENCH_RASTER."""
    app, raster = Flask(__name__), Raster.open(Path(os.environ["BENCH_RASTER"]))
    palette = palette_for(HEAT, classes_of(HEAT, raster.facts.sample))

    @app.get("/<int:z>/<int:x>/<int:y>.png")
    def tile(z: int, x: int, y: int) -> Response:
        png = raster.tile(z, x, y, palette)
        return Response(png, mimetype="image/png", status=204 if png is None else 200)

    return app


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: list[str], port: int, **environment: str
) -> Iterator[http.client.HTTPConnection]:
    """Start a server, wait until it answers, and stop it afterwards."""
    process = subprocess.Popen([*command], env={**os.environ, **environment})
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    finally:
        process.terminate()
        process.wait(10)


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[float, bytes]:
    """Ask for one tile: seconds and picture. Raises RuntimeError for anything but a picture."""
    started = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} gave {answer.status}: {body[:200]!r}")
    return time.perf_counter() - started, body


def wanted(raster: Raster, count: int) -> list[Tile]:
    """Choose tiles with values, spread over the zooms that the file has."""
    frame, chance, found = raster.frame, random.Random(5), []
    while len(found) < count:
        z = chance.randint(max(frame.min_zoom, frame.max_zoom - 4), frame.max_zoom)
        left, top = (side // TILE for side in frame.offset(z))
        width, height = (side // TILE for side in frame.size(z))
        tile = (z, left + chance.randrange(width), top + chance.randrange(height))
        if raster.tile_values(*tile) is not None:
            found.append(tile)
    return found


def same_place(first: bytes, second: bytes) -> float:
    """Say in which share of the pixels two pictures agree on whether there is a value."""
    with TemporaryDirectory() as folder:
        masks = []
        for place, png in enumerate((first, second)):
            path = Path(folder) / f"{place}.png"
            path.write_bytes(png)
            with Image.open(path) as image:
                masks.append(np.asarray(image.convert("RGBA"))[..., 3] > 0)
    return float((masks[0] == masks[1]).mean())


def compare(folder: Path, python: Path) -> None:
    """Ask both servers for the same tiles, in turn, and print the line."""
    side, count = (2_000, 20) if quick() else (10_000, 100)
    raster = stored_heat(side, folder / "heat")
    cog = folder / "cog.tif"
    copy(folder / "heat" / "rd.tif", cog, driver="COG", COMPRESS="DEFLATE", BIGTIFF="IF_SAFER")
    tiles, our_port, their_port = wanted(raster, count), free_port(), free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "error"]
    granian += ["--workers", "1", "--blocking-threads", "1", "--port", str(our_port), "--factory"]
    peer = [str(python), "-W", "ignore", "-c", TITILER, str(their_port)]
    times: dict[str, list[float]] = {"ours": [], "titiler": []}
    agreement = []
    with (
        serving([*granian, "benchmarks.bench_raster_tiles:ours"], our_port, BENCH_RASTER=str(folder / "heat")) as us,
        serving(peer, their_port) as them,
    ):  # fmt: skip
        for turn in range(ROUNDS + 1):
            spent = {"ours": 0.0, "titiler": 0.0}
            for z, x, y in tiles:
                took, picture = ask(us, f"/{z}/{x}/{y}.png")
                spent["ours"] += took
                query = f"url={quote(str(cog))}&rescale=20,55&colormap_name=ylorrd"
                took, theirs = ask(them, f"/tiles/WebMercatorQuad/{z}/{x}/{y}.png?{query}")
                spent["titiler"] += took
                if turn == 0:
                    agreement.append(same_place(picture, theirs))
            if turn:  # The first round warms both up and compares the pictures.
                for name, seconds in spent.items():
                    times[name].append(seconds / len(tiles) * 1e3)
    if min(agreement) < 0.9:
        raise AssertionError(f"the tiles do not show the same place: {min(agreement):.3f}")
    ratio = statistics.median(times["titiler"]) / statistics.median(times["ours"])
    spread = ", ".join(f"{n} {min(t):.2f}-{max(t):.2f} ms" for n, t in times.items())
    report("raster_tile", ratio, TARGET, f"{side} x {side} cells, {count} tiles: {spread}")


def main() -> None:
    """Compare, or say plainly why that can't be done here."""
    try:
        python = peer_python("titiler.core", "uvicorn", "uvloop", "httptools")
    except PeersMissingError as error:
        report("raster_tile", None, TARGET, str(error))
        return
    with TemporaryDirectory() as temporary:
        compare(Path(temporary), python)


if __name__ == "__main__":
    main()
