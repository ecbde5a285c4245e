"""Editions of imported map layers, their features, their values per area, and the imports."""

from datetime import datetime
from typing import Any

from flask_babel import force_locale, gettext
from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis.crs import RD, WEB
from layers.catalogue import find
from layers.layer import Layer
from webapp.extensions import Document, Key, Model, Moment, Now

KINDS = ("raster", "vector", "area_figure", "picture")
STATUSES = ("importing", "ready")
IMPORT_STATES = ("waiting", "running", "done", "failed")
IMPORT_STEPS = ("fetch", "check", "store", "statistics")


class LayerEdition(Model):
    """One edition of a layer of the catalogue; while it is `importing` nobody sees it.

    `statistics` has min, max, mean, breaks (ascending upper limits), lowest, resolution (metres),
    width and height (cells) as far as they apply; of a picture it has the address, layers and version
    of the service that draws it. `bounds` is EPSG:28992. `own_title` names a file
    that is no edition of a publisher's layer.
    """

    __tablename__ = "layer_editions"
    __table_args__ = (
        UniqueConstraint("layer_id", "edition", "is_synthetic"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
    )

    id: Mapped[Key]
    layer_id: Mapped[str]
    edition: Mapped[str]
    own_title: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="importing", server_default="importing")
    retrieved_at: Mapped[Moment]
    imported_at: Mapped[datetime | None]
    sha256: Mapped[str]
    url: Mapped[str] = mapped_column(default="", server_default="")
    file_name: Mapped[str]
    publisher: Mapped[str]
    licence: Mapped[str]
    attribution: Mapped[str]
    crs_declared: Mapped[str | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    rows_in: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_loaded: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_rejected: Mapped[int] = mapped_column(default=0, server_default="0")
    warnings: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    statistics: Mapped[Document] = mapped_column(default=dict)
    bounds: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", srid=RD))

    @property
    def layer(self) -> Layer:
        """What the catalogue says of it. Raises KeyError when the layer is no longer there."""
        return find(self.layer_id)

    @property
    def is_public(self) -> bool:
        """Whether everyone may see it: it is complete, and its layer is meant for everyone."""
        return self.status == "ready" and self.layer.audience == "public"

    def label(self, language: str) -> str:
        """The edition in words; one that was made up says so, everywhere it is named."""
        if not self.is_synthetic:
            return self.edition
        with force_locale(language):
            return gettext("map_layers.edition.synthetic", edition=self.edition)

    def name(self, language: str) -> str:
        """The layer's name, or the one that was given to an own file."""
        return self.own_title or self.layer.title[language]

    def title(self, language: str) -> str:
        """The same with the edition."""
        return f"{self.name(language)}, {self.label(language)}"


class LayerFeature(Model):
    """A shape of a vector edition: its value, or the reason why there is none, or its category."""

    __tablename__ = "layer_features"
    __table_args__ = (
        # One tree per edition in effect: what lies on the same spot in other editions costs nothing.
        Index("ix_layer_features_edition_id_geom", "edition_id", "geom", postgresql_using="gist"),
        Index(
            "ix_layer_features_edition_id_geom_web",
            "edition_id",
            "geom_web",
            postgresql_using="gist",
        ),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(ForeignKey("layer_editions.id", ondelete="CASCADE"))
    source_key: Mapped[str | None]
    name: Mapped[str | None]
    value: Mapped[float | None]
    reason: Mapped[str | None]
    category: Mapped[str | None]
    properties: Mapped[Document] = mapped_column(default=dict)
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=RD, spatial_index=False))
    geom_web: Mapped[WKBElement] = mapped_column(
        Geometry("GEOMETRY", srid=WEB, spatial_index=False),
        Computed(f"ST_Transform(geom, {WEB})", persisted=True),
    )


class LayerAreaValue(Model):
    """What an edition says of one area by one definition; without a value `details` says why."""

    __tablename__ = "layer_area_values"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("layer_editions.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    definition: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]
    no_data_share: Mapped[float] = mapped_column(default=0.0, server_default="0")
    details: Mapped[Document] = mapped_column(default=dict)


class LayerImport(Model):
    """An import on its way: which step, how far, and what went wrong, in words for staff."""

    __tablename__ = "layer_imports"
    __table_args__ = (
        CheckConstraint(f"state IN {IMPORT_STATES}", name="state"),
        CheckConstraint(f"step IN {IMPORT_STEPS}", name="step"),
    )

    id: Mapped[Key]
    layer_id: Mapped[str]
    path: Mapped[str]
    file_name: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    step: Mapped[str] = mapped_column(default="fetch", server_default="fetch")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(default="", server_default="")
    edition_id: Mapped[int | None] = mapped_column(
        ForeignKey("layer_editions.id", ondelete="SET NULL")
    )
    created_at: Mapped[Now]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
