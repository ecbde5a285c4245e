"""Computed figures per area with what they were computed from, exposure per wish, and the work."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.areas.models import LEVELS
from webapp.extensions import Document, Key, Model, Moment, Now

WORK_STATES = ("waiting", "running", "done", "failed")


class FigureRun(Model):
    """One computation of one figure for the areas of a level.

    `figure` is the key of `catalogue`, such as `access-1-network-residents`; `definition` and
    `version` are those of `gis.figure.Figure`, such as ACCESS-1. `inputs` lists layer, edition_id,
    edition, sha256, is_synthetic and role of everything that was used; what is no layer (the
    walking network, figures of areas) has no edition_id. `year` is that of the areas. `case_id`
    is null for a run that is not about one case.
    """

    __tablename__ = "figure_runs"
    __table_args__ = (
        CheckConstraint(f"level IN {LEVELS}", name="level"),
        Index("ix_figure_runs_figure_level_year_id", "figure", "level", "year", "id"),
    )

    id: Mapped[Key]
    figure: Mapped[str]
    definition: Mapped[str]
    version: Mapped[str]
    parameters: Mapped[Document]
    inputs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    software_version: Mapped[str]
    level: Mapped[str]
    year: Mapped[int]
    computed_at: Mapped[Now]
    is_synthetic: Mapped[bool] = mapped_column(default=False, server_default="false")
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), index=True
    )


class FigureValue(Model):
    """The figure of one area: its value, what was divided, and the gaps. Without a value the notes
    say why."""

    __tablename__ = "figure_values"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("figure_runs.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[float | None]
    unit: Mapped[str]
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    no_data_share: Mapped[float | None]
    n: Mapped[int | None]
    notes: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")


class FigureWork(Model):
    """Figures to compute: what was asked, how far it is, and what went wrong, in words for staff."""

    __tablename__ = "figure_work"
    __table_args__ = (CheckConstraint(f"state IN {WORK_STATES}", name="state"),)

    id: Mapped[Key]
    figures: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    level: Mapped[str]
    year: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    current: Mapped[str] = mapped_column(default="", server_default="")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Now]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class WishExposure(Model):
    """What one measure says at the place of one wish; without a value `reason` says why.

    `inputs` is as in `FigureRun`. For staff only: with a few layers it tells where a wish is.
    """

    __tablename__ = "wish_exposures"

    wish_id: Mapped[int] = mapped_column(
        ForeignKey("wishes.id", ondelete="CASCADE"), primary_key=True
    )
    measure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]
    unit: Mapped[str]
    reason: Mapped[str | None]
    inputs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    computed_at: Mapped[Moment]


class ExposureRequest(Model):
    """A wish whose exposure must be measured; a trigger writes it with the wish."""

    __tablename__ = "exposure_requests"

    wish_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
