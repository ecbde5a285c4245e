"""The vector tiles of a large edition from afar, cut once into one PMTiles file.

An edition never changes, so the file is never stale. It holds every tile that is not empty, from
`FIRST_ZOOM` to the zoom that its header tells; nearer by, a tile holds few shapes and is cut when
it is asked for.
"""

import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from flask import current_app
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from sqlalchemy import func, select

from webapp.extensions import db
from webapp.map_layers import tiles
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.map_layers.queries import layer_store

FIRST_ZOOM, LAST_ZOOM = 6, 13
SLOW_FROM = 10_000
"""Shapes; fewer are cut in milliseconds."""
MOST_TILES = 50_000
OPEN_FILES = 32

Place = tuple[int, int, int]
Progress = Callable[[int, int], None]


def path_of(found: LayerEdition) -> Path:
    """Where the tiles of an edition are, once they were cut."""
    return layer_store() / "tiles" / f"{found.id}-{found.sha256[:12]}.pmtiles"


def when_slow(found: LayerEdition) -> None:
    """Cut the tiles of an edition with so many shapes that they are worth a file."""
    if found.kind == "vector" and found.rows_loaded >= SLOW_FROM:
        prerender(found)


def prerender(found: LayerEdition, progress: Progress = lambda _done, _total: None) -> int:
    """Cut the tiles of a vector edition; returns how many. All of them are kept, or none."""
    target = path_of(found)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        temporary = Path(file.name)
        try:
            count = _write(found, file, progress)
        except BaseException:
            temporary.unlink()
            raise
    temporary.replace(target)
    _opened.cache_clear()
    return count


def _write(found: LayerEdition, file: Any, progress: Progress) -> int:
    writer, count, deepest = Writer(file), 0, FIRST_ZOOM - 1
    level = list(_first_places(found))
    for zoom in range(FIRST_ZOOM, LAST_ZOOM + 1):
        if count + len(level) > MOST_TILES:
            break
        filled = []
        for place in sorted(level, key=lambda each: int(zxy_to_tileid(*each))):
            content = tiles.feature_tile(found, *place)
            if content:
                writer.write_tile(zxy_to_tileid(*place), content)
                filled.append(place)
        count, deepest = count + len(filled), zoom
        level = [child for place in filled for child in _children(place)]
        progress(zoom - FIRST_ZOOM + 1, LAST_ZOOM - FIRST_ZOOM + 1)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.NONE,
        "min_zoom": FIRST_ZOOM,
        "max_zoom": max(deepest, FIRST_ZOOM),
    }
    writer.finalize(header, {"edition": found.id, "deepest": deepest})
    return count


def _first_places(found: LayerEdition) -> Iterator[Place]:
    """The tiles of the first zoom that the shapes lie in."""
    extent = func.ST_Extent(LayerFeature.geom_web)
    box = select(extent.label("box")).where(LayerFeature.edition_id == found.id).subquery()
    sides = [
        getattr(func, name)(box.c.box) for name in ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
    ]
    west, south, east, north = db.session.execute(select(*sides)).one()
    if west is None:
        return
    side, half = tiles.WORLD_METRES / 2**FIRST_ZOOM, tiles.WORLD_METRES / 2
    columns = range(int((west + half) // side), int((east + half) // side) + 1)
    rows = range(int((half - north) // side), int((half - south) // side) + 1)
    for x, y in product(columns, rows):
        yield FIRST_ZOOM, x, y


def _children(place: Place) -> Iterator[Place]:
    z, x, y = place
    for right, down in product((0, 1), repeat=2):
        yield z + 1, 2 * x + right, 2 * y + down


def feature_tile(found: LayerEdition, z: int, x: int, y: int) -> bytes:
    """A tile of an edition: from its file when it was cut, else made now."""
    stored = _stored(path_of(found), z, x, y)
    return tiles.feature_tile(found, z, x, y) if stored is None else stored


def _stored(path: Path, z: int, x: int, y: int) -> bytes | None:
    """What a file says of a tile: empty when nothing lies there, None when it does not know."""
    if not path.exists():
        return None
    try:
        reader, deepest = _opened(path)
        if not FIRST_ZOOM <= z <= deepest:
            return None
        return bytes(reader.get(z, x, y) or b"")
    except Exception as error:  # whatever a torn file makes the reader do
        current_app.logger.warning("cut tiles can't be read: %s", type(error).__name__)
        return None


@lru_cache(maxsize=OPEN_FILES)
def _opened(path: Path) -> tuple[Reader, int]:
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
    return reader, int(reader.metadata()["deepest"])
