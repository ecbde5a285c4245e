"""The base map under every map: our own drawn tiles, or PDOK's behind our cache."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from geoalchemy2.shape import to_shape
from sqlalchemy import func, select

from gis.crs import WEB
from layers import basemap
from layers.basemap import BaseFeature as Drawn
from layers.basemap import Label, draw_tile, tile_bounds
from layers.drawing import TILE_PIXELS
from layers.sources import pdok
from layers.sources.http import SourceUnavailable
from webapp.areas.models import BaseFeature
from webapp.database import STATE
from webapp.errors import NotFound, Unavailable
from webapp.extensions import db

MAX_ZOOM = 19
KEEP_DAYS = 30
PICTURES = "pictures"
KEEP_PICTURES_DAYS = 1
"""Of pictures of other servers: those change without telling."""
PDOK_LAYER: pdok.TileLayer = "grijs"
LABELS = "label_"
LABEL_PIXELS = {"label_town": 15, "label_village": 12, "label_nature": 11, "label_water": 11}
REACH_PIXELS = 160  # a name may begin far outside the tile

Rows = Sequence[Any]


@dataclass(frozen=True)
class BaseMap:
    """What a page needs to show the base map; `tiles` has {z}, {x} and {y}."""

    tiles: str
    attribution: str
    schematic: bool
    max_zoom: int = MAX_ZOOM


def base_map() -> BaseMap:
    """The base map that this installation shows."""
    drawn = current_app.config["BASE_MAP"] == "drawn"
    source = basemap.SOURCE if drawn else pdok.TILES_SOURCE
    version = f"?v={_edition()}" if drawn else ""
    return BaseMap(f"/tiles/base/{{z}}/{{x}}/{{y}}.png{version}", source.attribution, drawn)


def base_tile(z: int, x: int, y: int, scale: int = 1) -> bytes:
    """A tile as PNG, from the cache when it is there.

    Raises `NotFound` for a tile that does not exist, `Unavailable` when PDOK does not answer.
    """
    if z > MAX_ZOOM or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound
    if current_app.config["BASE_MAP"] == "drawn":
        return _drawn_tile(z, x, y, 2 if scale == 2 else 1)
    return _pdok_tile(z, x, y)


def _pdok_tile(z: int, x: int, y: int) -> bytes:
    kept = tile_cache() / "pdok" / PDOK_LAYER / f"{z}-{x}-{y}.png"
    if kept.exists():
        return kept.read_bytes()
    try:
        tile = pdok.PdokTiles().tile(PDOK_LAYER, z, x, y)
    except SourceUnavailable:
        raise Unavailable from None
    return keep_tile(kept, tile)


def _drawn_tile(z: int, x: int, y: int, scale: int) -> bytes:
    kept = tile_cache() / "drawn" / _edition() / f"{z}-{x}-{y}-{scale}.png"
    if kept.exists():
        return kept.read_bytes()
    features, labels = _around(z, x, y)
    tile = draw_tile(z, x, y, features, labels, 2 if scale == 2 else 1)
    # Tiles without a feature are many and quick: the cache stays as small as the drawing.
    return keep_tile(kept, tile) if features else tile


def _around(z: int, x: int, y: int) -> tuple[list[Drawn], list[Label]]:
    west, south, east, north = tile_bounds(z, x, y)
    reach = (east - west) * REACH_PIXELS / TILE_PIXELS
    box = func.ST_MakeEnvelope(west - reach, south - reach, east + reach, north + reach, WEB)
    rows = db.session.execute(
        select(
            BaseFeature.kind,
            BaseFeature.name,
            BaseFeature.attributes,
            BaseFeature.geom_web,
        )
        .where(BaseFeature.geom_web.op("&&")(box), BaseFeature.min_zoom <= z)
        .order_by(BaseFeature.id)
    ).all()
    return _features(rows), _labels(rows)


def _features(rows: Rows) -> list[Drawn]:
    return [
        Drawn(attributes["drawn_as"], to_shape(geom), name or "", attributes.get("road_class", ""))
        for kind, name, attributes, geom in rows
        if "drawn_as" in attributes
    ]


def _labels(rows: Rows) -> list[Label]:
    shown = [(kind, name, to_shape(geom)) for kind, name, _, geom in rows if kind in LABEL_PIXELS]
    ranked = sorted(shown, key=lambda row: -LABEL_PIXELS[row[0]])
    return [
        Label(name, point.x, point.y, LABEL_PIXELS[kind]) for kind, name, point in ranked if name
    ]


def _edition() -> str:
    """What names the present state of the drawn features."""
    newest, count = db.session.execute(select(func.max(BaseFeature.id), func.count())).one()
    address = current_app.config["DATABASE_URL"]
    return hashlib.blake2b(f"{address} {newest} {count}".encode(), digest_size=6).hexdigest()


def tile_cache() -> Path:
    """The folder of tiles that are kept."""
    chosen = current_app.config["TILE_CACHE"]
    return Path(chosen) if chosen else STATE / "tiles"


def forget_old_tiles(now: float) -> int:
    """Delete tiles kept longer than `KEEP_DAYS`, pictures longer than `KEEP_PICTURES_DAYS`, as maps
    change and a disk is finite; returns how many. `now` is in seconds since 1970."""
    pictures = tile_cache() / PICTURES
    old = []
    for tile in tile_cache().rglob("*.png"):
        days = KEEP_PICTURES_DAYS if tile.is_relative_to(pictures) else KEEP_DAYS
        if now - tile.stat().st_mtime > days * 86400:
            old.append(tile)
    for tile in old:
        tile.unlink(missing_ok=True)
    return len(old)


def keep_tile(path: Path, tile: bytes) -> bytes:
    """Write whole or not at all; a full disk costs speed, not the map."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(tile)
        Path(file.name).replace(path)
    except OSError as error:
        current_app.logger.warning("a tile could not be kept: %s", type(error).__name__)
    return tile
