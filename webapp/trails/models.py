"""The walking network: where it came from, and the edges it is made of."""

from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis.crs import RD, WEB
from webapp.extensions import Document, Key, Model, Now


class NetworkImport(Model):
    """One network that was built: from which lines, how, and into how many connected parts.

    `components` lists the connected parts, the longest first, each with nodes, edges, length_m and
    share (of all length, 0 to 1); at most the first hundred.
    """

    __tablename__ = "network_imports"

    id: Mapped[Key]
    source: Mapped[str]
    edition: Mapped[str]
    sha256: Mapped[str]
    licence: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    made_at: Mapped[Now]
    parameters: Mapped[Document]
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")


class NetworkEdge(Model):
    """A stretch of path between two junctions; EPSG:28992 with a web-mercator copy for tiles."""

    __tablename__ = "network_edges"
    __table_args__ = (
        Index("ix_network_edges_import_id_geom", "import_id", "geom", postgresql_using="gist"),
        Index(
            "ix_network_edges_import_id_geom_web", "import_id", "geom_web", postgresql_using="gist"
        ),
    )

    id: Mapped[Key]
    import_id: Mapped[int] = mapped_column(ForeignKey("network_imports.id", ondelete="CASCADE"))
    source_key: Mapped[str | None]
    name: Mapped[str | None]
    surface: Mapped[str | None]
    kind: Mapped[str | None]
    length_m: Mapped[float]
    geom: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=RD, spatial_index=False))
    geom_web: Mapped[WKBElement] = mapped_column(
        Geometry("LINESTRING", srid=WEB, spatial_index=False),
        Computed(f"ST_Transform(geom, {WEB})", persisted=True),
    )
