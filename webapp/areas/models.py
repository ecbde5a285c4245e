"""CBS areas with their figures per edition, the places that can be searched, and the drawn base map."""

from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gis.crs import RD, WEB
from webapp.extensions import Document, Key, Model, Moment, Now

LEVELS = ("municipality", "district", "neighbourhood")


class AreaImport(Model):
    """One reading of a source: what came in, what was kept, what was refused and why."""

    __tablename__ = "area_imports"
    __table_args__ = (UniqueConstraint("source_id", "year", "sha256"),)

    id: Mapped[Key]
    source_id: Mapped[str]
    source: Mapped[str]
    year: Mapped[int]
    origin: Mapped[str]
    licence: Mapped[str]
    attribution: Mapped[str]
    retrieved_at: Mapped[Moment]
    sha256: Mapped[str]
    crs_declared: Mapped[str | None]
    rows_in: Mapped[int]
    rows_loaded: Mapped[int]
    rows_rejected: Mapped[int]
    report: Mapped[Document]
    created_at: Mapped[Now]


class Area(Model):
    """A municipality, district (wijk) or neighbourhood (buurt) in one year's edition.

    `geom` is EPSG:28992; an area known only from a table of figures has none.
    """

    __tablename__ = "areas"
    __table_args__ = (
        UniqueConstraint("year", "code"),
        CheckConstraint(f"level IN {LEVELS}", name="level"),
        Index("ix_areas_level_year", "level", "year"),
    )

    id: Mapped[Key]
    year: Mapped[int]
    level: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    municipality_code: Mapped[str] = mapped_column(index=True)
    parent_code: Mapped[str | None]
    water: Mapped[bool] = mapped_column(default=False, server_default="false")
    change_code: Mapped[str | None]
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=RD))
    geom_web: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=WEB), Computed(f"ST_Transform(geom, {WEB})", persisted=True)
    )
    is_schematic: Mapped[bool] = mapped_column(default=False, server_default="false")
    import_id: Mapped[int] = mapped_column(ForeignKey("area_imports.id"))

    figures: Mapped[list["AreaFigures"]] = relationship(cascade="all, delete-orphan")


class AreaFigures(Model):
    """The figures that one import gave for one area; `missing` holds the reason per absent figure."""

    __tablename__ = "area_figures"

    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True
    )
    import_id: Mapped[int] = mapped_column(ForeignKey("area_imports.id"), primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    missing: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")


class Place(Model):
    """Something a resident may search for: an address, a street, a neighbourhood, a landmark."""

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("kind", "label", "municipality_code"),
        CheckConstraint("kind IN ('address', 'street', 'neighbourhood', 'landmark')", name="kind"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    label: Mapped[str]
    search: Mapped[str] = mapped_column(index=True)
    street: Mapped[str | None]
    number: Mapped[str | None]
    postcode: Mapped[str | None]
    municipality_code: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=RD))
    is_schematic: Mapped[bool] = mapped_column(default=False, server_default="false")


class BaseFeature(Model):
    """A piece of the drawn base map, EPSG:28992 with a stored web-mercator copy for tiles."""

    __tablename__ = "base_features"

    id: Mapped[Key]
    kind: Mapped[str]
    name: Mapped[str | None]
    min_zoom: Mapped[int] = mapped_column(default=0, server_default="0")
    attributes: Mapped[Document]
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=RD))
    geom_web: Mapped[WKBElement] = mapped_column(
        Geometry("GEOMETRY", srid=WEB), Computed(f"ST_Transform(geom, {WEB})", persisted=True)
    )


class AreaOutline(Model):
    """The outline of an area made simple for a band of zoom levels, with the borders that it shares
    with its neighbours still shared. Written by `outlines` alone."""

    __tablename__ = "area_outlines"

    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True
    )
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    geom_web: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=WEB, spatial_index=False)
    )


class TileRevision(Model):
    """How often what a kind of tile is made of has changed: a tile of an older revision is old."""

    __tablename__ = "tile_revisions"

    source: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
