"""A wish: any contribution with a place. Contact data and photos live in tables of their own."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Double,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy import text as _sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from gis.crs import RD, WEB
from webapp.areas.models import Area
from webapp.deals.models import Case
from webapp.extensions import Key, Model, Moment, Now

KINDS = (
    "wish",
    "chance",
    "threat",
    "good_place",
    "too_hot",
    "cool_spot",
    "unsafe",
    "route",
)
THEMES = (
    "air_noise",
    "health_lifestyle",
    "active_social",
    "safe_clean",
    "facilities_layout",
    "green",
)
DOORS = ("map", "address", "neighbourhood", "import")
PRECISIONS = ("exact", "100m", "neighbourhood")
STATUS_TYPES = {
    "submitted": "open",
    "published": "public",
    "private": "closed",
    "merged": "closed",
    "referred": "closed",
    "refused": "closed",
    "withdrawn": "withdrawn",
}
REASONS = (
    "already_planned",
    "outside_case",
    "not_allowed",
    "too_costly",
    "other_owner",
    "maintenance_report",
    "hurtful",
    "not_a_wish",
)
CHANNELS = ("web", "api", "import")
TEXT_MAXIMUM = 1000
MINIMUM_ZOOM = 16


class Wish(Model):
    """One contribution. `geom` is what the resident gave (EPSG:28992), never shown as such:
    every reader outside moderation goes through `publication`."""

    __tablename__ = "wishes"
    __table_args__ = (
        UniqueConstraint("import_source", "import_ref"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"theme IN {THEMES}", name="theme"),
        CheckConstraint(f"status IN {tuple(STATUS_TYPES)}", name="status"),
        CheckConstraint(f"precision IN {PRECISIONS}", name="precision"),
        CheckConstraint(f"door IN {DOORS}", name="door"),
        CheckConstraint(
            "status = 'withdrawn' OR geom IS NOT NULL OR area_id IS NOT NULL", name="has_place"
        ),
        Index("ix_wishes_case_status", "case_id", "status"),
        Index(
            "ix_wishes_unsafe",
            "area_id",
            "case_id",
            postgresql_where=_sql("kind = 'unsafe' AND status = 'published'"),
        ),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    kind: Mapped[str]
    theme: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    door: Mapped[str]
    zoom: Mapped[int | None]
    place_words: Mapped[str] = mapped_column(default="", server_default="")
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=RD))
    geom_web: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=WEB), Computed(f"ST_Transform(geom, {WEB})", persisted=True)
    )
    precision: Mapped[str] = mapped_column(default="exact", server_default="exact")
    channel: Mapped[str]
    status: Mapped[str] = mapped_column(default="submitted", server_default="submitted")
    flags: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    reason: Mapped[str | None]
    decision_text: Mapped[str | None]
    decided_at: Mapped[Moment | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("wishes.id"))
    is_demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    idempotency_key: Mapped[UUID | None] = mapped_column(unique=True)
    request_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    import_source: Mapped[str | None]
    import_ref: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    submitted_at: Mapped[Now] = mapped_column(index=True)
    retain_until: Mapped[date]

    case: Mapped[Case] = relationship()
    area: Mapped[Area | None] = relationship()
    contact: Mapped["WishContact | None"] = relationship(
        cascade="all, delete-orphan", back_populates="wish"
    )
    photo: Mapped["WishPhoto | None"] = relationship(cascade="all, delete-orphan")

    @property
    def status_type(self) -> str:
        """`open`, `public`, `closed` or `withdrawn`; code tests this, not the status itself."""
        return STATUS_TYPES[self.status]


class WishContact(Model):
    """How a resident may be told what happened. Never joined into a public reading."""

    __tablename__ = "wish_contacts"

    wish_id: Mapped[int] = mapped_column(
        ForeignKey("wishes.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str]
    language: Mapped[str]
    retain_until: Mapped[date]

    wish: Mapped[Wish] = relationship(back_populates="contact")


class WishPhoto(Model):
    """A photo, re-encoded on arrival: pixels only, no metadata."""

    __tablename__ = "wish_photos"

    wish_id: Mapped[int] = mapped_column(
        ForeignKey("wishes.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    width: Mapped[int]
    height: Mapped[int]
    jpeg: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class WishDraft(Model):
    """The answers of a form that has not been sent. Its key becomes the wish's idempotency key."""

    __tablename__ = "wish_drafts"

    key: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    photo: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    photo_width: Mapped[int | None]
    photo_height: Mapped[int | None]
    created_at: Mapped[Now]
    expires_at: Mapped[Moment] = mapped_column(index=True)


class Message(Model):
    """A message to a resident, waiting or sent. The address stays in `WishContact`."""

    __tablename__ = "messages"
    __table_args__ = (CheckConstraint("kind IN ('receipt', 'decision', 'answer')", name="kind"),)

    id: Mapped[Key]
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[Now]
    sent_at: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    failure: Mapped[str | None]

    wish: Mapped[Wish] = relationship()


class WishChange(Model):
    """A wish whose place in the cluster grid must be looked at again; a trigger writes it."""

    __tablename__ = "wish_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    wish_id: Mapped[int]
    unsafe_area_id: Mapped[int | None]


class WishPoint(Model):
    """A wish as one point of the map (EPSG:3857), as `publication` shows it to one of two readers.

    `cell` numbers the cells of the finest grid along a Z-order curve, so that the points of any
    tile are one range of it. Written by `cluster_grid` alone.
    """

    __tablename__ = "wish_points"
    __table_args__ = (
        Index("ix_wish_points_cell", "is_public", "cell"),
        Index(
            "ix_wish_points_whole_area",
            "is_public",
            "cell",
            postgresql_where=_sql("is_whole_area"),
        ),
    )

    is_public: Mapped[bool] = mapped_column(primary_key=True)
    wish_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int]
    kind: Mapped[str]
    theme: Mapped[str]
    status: Mapped[str]
    is_whole_area: Mapped[bool]
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    cell: Mapped[int] = mapped_column(BigInteger)


class WishCell(Model):
    """The wishes of one case in one cell of a zoom level: how many, the sums of their coordinates
    (EPSG:3857), the newest, and what they have in common (null: they differ)."""

    __tablename__ = "wish_cells"

    is_public: Mapped[bool] = mapped_column(primary_key=True)
    zoom: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str | None]
    theme: Mapped[str | None]
    status: Mapped[str | None]
    wishes: Mapped[int]
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    newest_id: Mapped[int]


class WishCellPart(Model):
    """As `WishCell`, split by what the map filters on; only for the zoom levels that need it."""

    __tablename__ = "wish_cell_parts"

    is_public: Mapped[bool] = mapped_column(primary_key=True)
    zoom: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    theme: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    wishes: Mapped[int]
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    newest_id: Mapped[int]
