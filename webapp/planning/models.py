"""What planners keep per case: views of the map, and scenarios with what they would change."""

from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gis.crs import RD
from webapp.deals.models import Case
from webapp.extensions import Document, Key, Model, Moment, Now

MEASURE_KINDS = ("park", "trees", "unsealing", "path", "bridge")


class SavedView(Model):
    """A look at the map under a name; `state` is the query of its address, checked when saved."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("case_id", "title"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    title: Mapped[str]
    state: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[Now]


class Scenario(Model):
    """Measures that are drawn together to see what they would change.

    `version` refuses a save over a newer one; `form_key` makes a form that is sent twice one row.
    """

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("case_id", "title"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    title: Mapped[str]
    notes: Mapped[str] = mapped_column(default="", server_default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[Now]
    changed_at: Mapped[Now]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    form_key: Mapped[UUID] = mapped_column(unique=True)
    intervention_id: Mapped[int | None] = mapped_column(
        ForeignKey("interventions.id", ondelete="SET NULL")
    )

    case: Mapped[Case] = relationship()
    measures: Mapped[list["ScenarioMeasure"]] = relationship(
        order_by="ScenarioMeasure.position", cascade="all, delete-orphan"
    )
    result: Mapped["ScenarioResult | None"] = relationship(cascade="all, delete-orphan")


class ScenarioMeasure(Model):
    """One thing that is drawn, EPSG:28992; `parameters` of trees has number and crown_m2 of each."""

    __tablename__ = "scenario_measures"
    __table_args__ = (CheckConstraint(f"kind IN {MEASURE_KINDS}", name="kind"),)

    id: Mapped[Key]
    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    kind: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=RD, spatial_index=False))
    parameters: Mapped[Document] = mapped_column(default=dict)
    cost_cents: Mapped[int | None] = mapped_column(BigInteger)
    form_key: Mapped[UUID] = mapped_column(unique=True)


class ScenarioResult(Model):
    """What a scenario would change, as it was computed last.

    `effects` are those of `gis.what_if` with what is missing for each; `inputs` has the editions
    and what stands out about the plan. Another `fingerprint` means that an input has changed since.
    """

    __tablename__ = "scenario_results"

    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    effects: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    inputs: Mapped[Document] = mapped_column(default=dict)
    computed_at: Mapped[Moment]
    fingerprint: Mapped[str]
