"""Builds the walking network from lines and keeps it."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, select

from gis.junctions import Split
from gis.network import WalkingNetwork
from webapp.areas.models import BaseFeature
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.map_layers.queries import edition, features_of
from webapp.trails.models import NetworkEdge, NetworkImport

DRAWN_SOURCE = "Balanskaart: drawn demo map"
COMPONENTS_KEPT = 100
LINES = ("LineString", "MultiLineString")


@dataclass(frozen=True)
class Way:
    """A line that people can walk, EPSG:28992, with what its source says of it."""

    line: BaseGeometry
    name: str | None = None
    surface: str | None = None
    kind: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where the lines came from; `is_demo` is for what was drawn for the demo."""

    source: str
    edition: str
    licence: str
    is_demo: bool = False


@dataclass(frozen=True)
class Joining:
    """How lines are joined to a network; see `gis.junctions.join_lines`."""

    tolerance_m: float = 0.1
    split: Split = "ends"


AS_DRAWN = Joining()


@dataclass(frozen=True)
class Built:
    """A network that is in the database, and whether it was built just now."""

    network: NetworkImport
    is_new: bool
    dropped: int = field(default=0)


def build_network(ways: Sequence[Way], origin: Origin, joining: Joining = AS_DRAWN) -> Built:
    """Keep the network of these lines; the same lines joined alike are built once. Flushes.

    Raises `Invalid` when there is nothing to walk on.
    """
    print_of = _fingerprint(ways)
    known = db.session.scalar(
        select(NetworkImport)
        .filter_by(sha256=print_of, parameters=asdict(joining), is_demo=origin.is_demo)
        .order_by(NetworkImport.id.desc())
    )
    if known is not None:
        return Built(known, is_new=False)
    network = WalkingNetwork.from_lines(
        [way.line for way in ways], joining.tolerance_m, joining.split
    )
    if not len(network.start):
        raise Invalid
    row = NetworkImport(
        **asdict(origin),
        sha256=print_of,
        parameters=asdict(joining),
        components=[asdict(part) for part in network.components[:COMPONENTS_KEPT]],
    )
    db.session.add(row)
    db.session.flush()
    db.session.execute(insert(NetworkEdge), _edge_rows(row, network, ways))
    return Built(row, is_new=True, dropped=network.dropped)


def _fingerprint(ways: Sequence[Way]) -> str:
    digest = hashlib.sha256()
    for way in ways:
        digest.update(shapely.to_wkb(way.line, byte_order=1))
        digest.update(repr((way.name, way.surface, way.kind, way.key)).encode())
    return digest.hexdigest()


def _edge_rows(
    row: NetworkImport, network: WalkingNetwork, ways: Sequence[Way]
) -> list[dict[str, object]]:
    edges = zip(network.lines, network.length_m.tolist(), network.source.tolist(), strict=True)
    return [
        {
            "import_id": row.id,
            "source_key": ways[source].key,
            "name": ways[source].name,
            "surface": ways[source].surface,
            "kind": ways[source].kind,
            "length_m": length,
            "geom": stored(line),
        }
        for line, length, source in edges
    ]


def drawn_ways() -> list[Way]:
    """The walking paths of the drawn demo map; they meet at their ends."""
    found = db.session.scalars(select(BaseFeature).filter_by(kind="walk").order_by(BaseFeature.id))
    return [
        Way(shape(each.geom), each.name, kind=str(each.attributes.get("of", "")) or None)
        for each in found
    ]


def build_drawn_network() -> Built:
    """The network of the drawn demo map, marked as demo."""
    origin = Origin(DRAWN_SOURCE, "demo", "EUPL-1.2", is_demo=True)
    return build_network(drawn_ways(), origin)


def build_network_of_edition(edition_id: int, joining: Joining) -> Built:
    """The network of the lines of an imported layer.

    Raises `NotFound` without that edition, `Invalid` when it has no lines.
    """
    found = edition(edition_id)
    ways = [
        _way_of(feature)
        for feature in db.session.scalars(features_of(found).order_by(LayerFeature.id))
        if shape(feature.geom).geom_type in LINES
    ]
    return build_network(ways, _origin_of(found), joining)


def _way_of(feature: LayerFeature) -> Way:
    said = feature.properties
    kind = said.get("highway") or said.get("kind") or feature.category
    surface = said.get("surface")
    return Way(
        shape(feature.geom),
        feature.name,
        str(surface) if surface else None,
        str(kind) if kind else None,
        feature.source_key,
    )


def _origin_of(found: LayerEdition) -> Origin:
    source = f"{found.layer_id}: {found.publisher}"
    return Origin(source, found.edition, found.licence, found.is_demo or found.is_synthetic)
