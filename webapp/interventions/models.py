"""Interventions: what is done where, and which wishes it answers."""

from datetime import date
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, Column, Computed, ForeignKey, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gis.crs import RD, WEB
from webapp.deals.models import Case, Party, ProgrammeLine
from webapp.extensions import Key, Model, Moment, Now, Translated
from webapp.wishes.models import Wish

PHASE_TYPES = {
    "idea": "open",
    "explored": "open",
    "planned": "active",
    "in_execution": "active",
    "done": "done",
    "maintained": "done",
    "stopped": "stopped",
}
WARES = ("hardware", "software", "orgware")
RELATIONS = ("answers", "partly", "conflicts")

intervention_programme_lines = Table(
    "intervention_programme_lines",
    Model.metadata,
    Column("intervention_id", ForeignKey("interventions.id", ondelete="CASCADE"), primary_key=True),
    Column("programme_line_id", ForeignKey("programme_lines.id"), primary_key=True),
)


class Intervention(Model):
    """An ingreep of a case, `geom` in EPSG:28992.

    `version` refuses a save over a newer one; `form_key` makes a form that is sent twice one row.
    """

    __tablename__ = "interventions"
    __table_args__ = (
        CheckConstraint(f"phase IN {tuple(PHASE_TYPES)}", name="phase"),
        CheckConstraint("phase <> 'stopped' OR stop_reason <> ''", name="stop_reason"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[Translated]
    summary: Mapped[Translated]
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=RD))
    geom_web: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=WEB), Computed(f"ST_Transform(geom, {WEB})", persisted=True)
    )
    wares: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    phase: Mapped[str] = mapped_column(default="idea", server_default="idea")
    planned_start: Mapped[date | None]
    planned_end: Mapped[date | None]
    actual_start: Mapped[date | None]
    actual_end: Mapped[date | None]
    responsible_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    published_at: Mapped[Moment | None]
    round_override_reason: Mapped[str] = mapped_column(default="", server_default="")
    stop_reason: Mapped[str] = mapped_column(default="", server_default="")
    is_demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    form_key: Mapped[UUID | None] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[Now]
    updated_at: Mapped[Now]

    case: Mapped[Case] = relationship()
    responsible_party: Mapped[Party | None] = relationship()
    programme_lines: Mapped[list[ProgrammeLine]] = relationship(
        secondary=intervention_programme_lines, order_by=ProgrammeLine.position
    )
    links: Mapped[list["WishLink"]] = relationship(
        back_populates="intervention", cascade="all, delete-orphan"
    )

    @property
    def phase_type(self) -> str:
        """`open`, `active`, `done` or `stopped`; code tests this, not the phase itself."""
        return PHASE_TYPES[self.phase]

    def as_version(self) -> dict[str, Any]:
        """The fields a case manager compares when two people changed the same intervention."""
        fields = (
            *("title", "summary", "wares", "phase", "planned_start", "planned_end"),
            *("actual_start", "actual_end", "stop_reason", "round_override_reason"),
        )
        return {name: getattr(self, name) for name in fields}


class WishLink(Model):
    """That an intervention answers, partly answers, or conflicts with a wish."""

    __tablename__ = "wish_links"
    __table_args__ = (CheckConstraint(f"relation IN {RELATIONS}", name="relation"),)

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("interventions.id", ondelete="CASCADE"), primary_key=True
    )
    wish_id: Mapped[int] = mapped_column(
        ForeignKey("wishes.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    relation: Mapped[str]
    created_at: Mapped[Now]

    intervention: Mapped[Intervention] = relationship(back_populates="links")
    wish: Mapped[Wish] = relationship()
