"""Picture layers: another server (WMS) draws them; we pass its tiles on and keep each for a day."""

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from gis.crs import WEB
from layers.drawing import tile_bounds
from layers.sources.http import Host, SourceUnavailable, session
from layers.sources.pictures import Picture, describe_picture, names_in, names_of, picture_tile
from layers.sources.services import HostRefusedError, allowed_host
from webapp import events
from webapp.areas.base_map import KEEP_PICTURES_DAYS, PICTURES, keep_tile, tile_cache
from webapp.errors import NotFound, Unavailable
from webapp.extensions import db
from webapp.map_layers.actions import AlreadyLoadedError, ImportRefusedError, Options
from webapp.map_layers.models import LayerEdition
from webapp.map_layers.queries import known_layer
from webapp.map_layers.tiles import check_place, version_of

TILE_SECONDS = (3.0, 10.0)
"""To connect and to answer: a map waits for many tiles at once, so a server gets one attempt."""


def import_picture(layer_id: str, address: str, names: str, options: Options) -> LayerEdition:
    """Check a picture service and add it as an edition; `names` are its layers, with commas.

    Raises `ImportRefusedError` and `AlreadyLoadedError`; then nothing has changed.
    """
    layer = known_layer(layer_id)
    if layer is None or layer.geometry != "picture":
        raise ImportRefusedError(f"{layer_id} is no picture: give a file, or --download.")
    if not (options.title and options.licence):
        raise ImportRefusedError(
            "Say what the picture is and on what terms it may be shown: --title and --licence."
        )
    try:
        host = allowed_host(address, current_app.config["LAYER_HOSTS"])
        picture = describe_picture(address, names_of(names) or names_in(address), host)
    except (HostRefusedError, SourceUnavailable) as error:
        raise ImportRefusedError(str(error)) from error
    found = _edition(layer_id, picture, options)
    db.session.add(found)
    db.session.flush()
    events.record(
        "layer_edition", found.id, "imported", layer=layer_id, edition=found.edition, rows=0
    )
    db.session.commit()
    return found


def _edition(layer_id: str, picture: Picture, options: Options) -> LayerEdition:
    text = f"{picture.address} {picture.layers} {picture.version}"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    known = list(db.session.scalars(select(LayerEdition).where(LayerEdition.layer_id == layer_id)))
    for each in known:
        if each.sha256 == sha256:
            raise AlreadyLoadedError(each)
    host, now = urlsplit(picture.address).hostname or "", datetime.now(UTC)
    return LayerEdition(
        layer_id=layer_id,
        edition=_name(options.edition, {each.edition for each in known}),
        own_title=options.title,
        kind="picture",
        status="ready",
        retrieved_at=now,
        imported_at=now,
        sha256=sha256,
        url=picture.address,
        file_name=host,
        publisher=options.publisher or host,
        licence=options.licence,
        attribution=options.publisher or host,
        crs_declared=f"EPSG:{WEB}",
        is_synthetic=options.is_synthetic,
        statistics={
            "address": picture.address,
            "layers": list(picture.layers),
            "version": picture.version,
        },
    )


def _name(asked: str, taken: set[str]) -> str:
    """The edition that was asked for, or the day, numbered when that day has one already."""
    if asked:
        if asked in taken:
            raise ImportRefusedError(f"There is an edition {asked}: give another --edition.")
        return asked
    day = datetime.now(UTC).date().isoformat()
    numbered = (f"{day} ({number})" for number in range(2, len(taken) + 3))
    return next(name for name in (day, *numbered) if name not in taken)


def tile(found: LayerEdition, z: int, x: int, y: int) -> bytes:
    """A tile as PNG, from the cache when it is there and of today.

    Raises `NotFound` for a tile that does not exist or an edition that is no picture, `Unavailable`
    when the server does not answer as it should, or is no longer on the list of hosts.
    """
    check_place(z, x, y)
    if found.kind != "picture":
        raise NotFound
    kept = tile_cache() / PICTURES / version_of(found) / f"{z}-{x}-{y}.png"
    if _is_fresh(kept):
        return kept.read_bytes()
    told = found.statistics
    picture = Picture(told["address"], tuple(told["layers"]), told["version"])
    try:
        host = allowed_host(picture.address, current_app.config["LAYER_HOSTS"])
        asked = Host(host.base, session(attempts=1), TILE_SECONDS)
        drawn = picture_tile(picture, tile_bounds(z, x, y), asked)
    except (HostRefusedError, SourceUnavailable) as error:
        current_app.logger.warning("a picture tile did not come: %s", error)
        raise Unavailable from None
    return keep_tile(kept, drawn)


def _is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < KEEP_PICTURES_DAYS * 86400
    except OSError:
        return False
