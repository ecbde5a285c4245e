"""Reads of the walking network."""

from functools import lru_cache
from threading import Lock
from typing import Any

import shapely
from sqlalchemy import Select, func, select

from gis.network import WalkingNetwork
from webapp.extensions import db
from webapp.trails.models import NetworkEdge, NetworkImport

STORED_TOLERANCE_M = 0.001
"""Stored edges end exactly on their junctions; this only bridges rounding."""

MOST_EDGES = 20_000
"""In one tile; only a whole inner city at the first zoom comes near."""

_loading = Lock()


def current_network() -> NetworkImport | None:
    """The network in use: the newest that is no demo, else the newest."""
    newest = select(NetworkImport).order_by(NetworkImport.is_demo, NetworkImport.id.desc())
    return db.session.scalar(newest.limit(1))


def walking_network() -> WalkingNetwork:
    """The network in use, read once per process; without one, a network without paths."""
    return loaded_network()[1]


def loaded_network() -> tuple[NetworkImport | None, WalkingNetwork]:
    """The network in use with where it came from."""
    row = current_network()
    if row is None:
        return None, WalkingNetwork.from_lines([])
    with _loading:
        return row, _network(row.id, row.sha256)


@lru_cache(maxsize=2)
def _network(import_id: int, sha256: str) -> WalkingNetwork:
    """A stored network never changes: another one has another id or fingerprint."""
    lines = db.session.scalars(
        select(func.ST_AsBinary(NetworkEdge.geom))
        .where(NetworkEdge.import_id == import_id)
        .order_by(NetworkEdge.id)
    )
    stored = shapely.from_wkb([bytes(line) for line in lines])
    return WalkingNetwork.from_lines(list(stored), STORED_TOLERANCE_M)


def edges_in_tile(import_id: int, z: int, x: int, y: int) -> Select[Any]:
    """The edges of a network in a tile, the longest first when there are too many."""
    columns = (
        NetworkEdge.id,
        NetworkEdge.name,
        NetworkEdge.kind,
        NetworkEdge.surface,
        NetworkEdge.length_m,
        NetworkEdge.geom_web,
    )
    return (
        select(*columns)
        .where(
            NetworkEdge.import_id == import_id,
            NetworkEdge.geom_web.op("&&")(func.ST_TileEnvelope(z, x, y)),
        )
        .order_by(NetworkEdge.length_m.desc(), NetworkEdge.id)
        .limit(MOST_EDGES)
    )
