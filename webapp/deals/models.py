"""A Regio Deal as data: who takes part, what is promised, where, and the lines of its budget."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Numeric,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gis.crs import RD
from webapp.extensions import Cents, Document, Key, Model, Moment, Now, Translated

CASE_PARTS = ("vulnerable_neighbourhoods", "town_edge", "outer_area")
STEP_STATES = ("open", "active", "done")


class Deal(Model):
    """A Regio Deal: a covenant, or a proposal that may become one."""

    __tablename__ = "deals"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[Translated]
    short_title: Mapped[Translated]
    summary: Mapped[Translated]
    mention: Mapped[Translated] = mapped_column(default=dict, server_default="{}")
    source: Mapped[str]
    source_date: Mapped[str | None]
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    end_date_note: Mapped[Translated] = mapped_column(default=dict, server_default="{}")
    currency_note: Mapped[Translated] = mapped_column(default=dict, server_default="{}")
    state_total_cents: Mapped[Cents | None]
    region_total_cents: Mapped[Cents | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    parties: Mapped[list["Party"]] = relationship(
        order_by="Party.number", cascade="all, delete-orphan"
    )
    programme_lines: Mapped[list["ProgrammeLine"]] = relationship(
        order_by="ProgrammeLine.position", back_populates="deal", cascade="all, delete-orphan"
    )
    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        order_by="BudgetLine.position", back_populates="deal", cascade="all, delete-orphan"
    )
    rules: Mapped[list["Rule"]] = relationship(order_by="Rule.code", cascade="all, delete-orphan")
    cases: Mapped[list["Case"]] = relationship(
        order_by="Case.position", back_populates="deal", cascade="all, delete-orphan"
    )


class Party(Model):
    """An organisation that signed or supports the deal; never a person."""

    __tablename__ = "parties"
    __table_args__ = (
        UniqueConstraint("deal_id", "slug"),
        CheckConstraint("role IN ('state', 'region', 'partner')", name="role"),
    )

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    slug: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    role: Mapped[str]
    number: Mapped[int | None]
    is_cashier: Mapped[bool] = mapped_column(default=False, server_default="false")


budget_line_programme_lines = Table(
    "budget_line_programme_lines",
    Model.metadata,
    Column("budget_line_id", ForeignKey("budget_lines.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "programme_line_id", ForeignKey("programme_lines.id", ondelete="CASCADE"), primary_key=True
    ),
)


class ProgrammeLine(Model):
    """A programmalijn, pijler, spoor or thema."""

    __tablename__ = "programme_lines"
    __table_args__ = (UniqueConstraint("deal_id", "code"),)

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    code: Mapped[str]
    kind: Mapped[str]
    title: Mapped[Translated]
    description: Mapped[Translated]
    position: Mapped[int]

    deal: Mapped[Deal] = relationship(back_populates="programme_lines")
    intended_results: Mapped[list["IntendedResult"]] = relationship(
        order_by="IntendedResult.position", cascade="all, delete-orphan"
    )
    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        secondary=budget_line_programme_lines, back_populates="programme_lines"
    )


class IntendedResult(Model):
    """What the parties want to have reached, per programme line (article 3)."""

    __tablename__ = "intended_results"
    __table_args__ = (UniqueConstraint("programme_line_id", "position"),)

    id: Mapped[Key]
    programme_line_id: Mapped[int] = mapped_column(
        ForeignKey("programme_lines.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    text: Mapped[Translated]


class BudgetLine(Model):
    """A row of the budget table: a state maximum and a regional minimum, or a share of a total.

    One row may cover several programme lines. Amounts are whole eurocents.
    """

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("deal_id", "code"),
        CheckConstraint(
            "(state_max_cents IS NOT NULL AND region_min_cents IS NOT NULL)"
            " <> (share_min_percent IS NOT NULL)",
            name="amount_or_share",
        ),
    )

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    code: Mapped[str]
    title: Mapped[Translated]
    position: Mapped[int]
    state_max_cents: Mapped[Cents | None]
    region_min_cents: Mapped[Cents | None]
    share_min_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    share_max_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    of_cents: Mapped[Cents | None]
    is_vat_costs: Mapped[bool] = mapped_column(default=False, server_default="false")

    deal: Mapped[Deal] = relationship(back_populates="budget_lines")
    programme_lines: Mapped[list[ProgrammeLine]] = relationship(
        secondary=budget_line_programme_lines,
        back_populates="budget_lines",
        order_by=ProgrammeLine.position,
    )


class Rule(Model):
    """A rule of the covenant with the parameters of this deal."""

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("deal_id", "code"),
        CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity"),
    )

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    code: Mapped[str]
    severity: Mapped[str]
    basis: Mapped[str]
    title: Mapped[Translated]
    explanation: Mapped[Translated]
    parameters: Mapped[Document]


class Case(Model):
    """A Case for Change: vulnerable neighbourhoods, the town edge and the outer area around them."""

    __tablename__ = "cases"

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Translated]
    summary: Mapped[Translated]
    municipality_code: Mapped[str]
    municipality_name: Mapped[str]
    areas_named: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    end_date: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    deal: Mapped[Deal] = relationship(back_populates="cases")
    steps: Mapped[list["CaseStep"]] = relationship(
        order_by="CaseStep.number", cascade="all, delete-orphan"
    )
    parts: Mapped[list["CasePart"]] = relationship(cascade="all, delete-orphan")
    rounds: Mapped[list["Round"]] = relationship(
        order_by="Round.opens_at.desc()", back_populates="case", cascade="all, delete-orphan"
    )


class CaseStep(Model):
    """One of the four main steps of a case (article 2)."""

    __tablename__ = "case_steps"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("state IN ('open', 'active', 'done')", name="state"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[Translated]
    description: Mapped[Translated]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    started_on: Mapped[date | None]
    finished_on: Mapped[date | None]


class CasePart(Model):
    """One of the three parts of a case's own geometry, EPSG:28992."""

    __tablename__ = "case_parts"
    __table_args__ = (
        UniqueConstraint("case_id", "kind"),
        CheckConstraint(f"kind IN {CASE_PARTS}", name="kind"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=RD))
    source: Mapped[str]
    is_schematic: Mapped[bool] = mapped_column(default=False, server_default="false")


class CaseArea(Model):
    """A CBS area that a case covers, with the covered share of that area (0–1]."""

    __tablename__ = "case_areas"
    __table_args__ = (CheckConstraint("share > 0 AND share <= 1", name="share"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True
    )
    share: Mapped[float]


class Round(Model):
    """A period in which a case collects wishes; says who, about what, when, and who decides."""

    __tablename__ = "rounds"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="period"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    title: Mapped[Translated]
    about: Mapped[Translated]
    who: Mapped[Translated]
    decides: Mapped[Translated]
    outcome: Mapped[Translated] = mapped_column(default=dict, server_default="{}")
    more_info_url: Mapped[str | None]
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[Now]

    case: Mapped[Case] = relationship(back_populates="rounds")

    def state(self, now: datetime) -> str:
        """`planned`, `open` or `closed` at a moment in UTC."""
        if now < self.opens_at:
            return "planned"
        return "open" if now < self.closes_at else "closed"


def text_in(value: dict[str, Any], language: str) -> str:
    """The text in a language, else Dutch, else whatever there is."""
    return value.get(language) or value.get("nl") or next(iter(value.values()), "")
