"""Scenarios of the planner: what is drawn, and what it would change"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    _scenarios()
    _measures()
    op.create_table(
        "scenario_results",
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("effects", postgresql.JSONB(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["scenarios.id"],
            name=op.f("fk_scenario_results_scenario_id_scenarios"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scenario_id", name=op.f("pk_scenario_results")),
    )


def _scenarios() -> None:
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_scenarios_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["users.id"],
            name=op.f("fk_scenarios_made_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["interventions.id"],
            name=op.f("fk_scenarios_intervention_id_interventions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
        sa.UniqueConstraint("case_id", "title", name=op.f("uq_scenarios_case_id_title")),
        sa.UniqueConstraint("form_key", name=op.f("uq_scenarios_form_key")),
    )


def _measures() -> None:
    op.create_table(
        "scenario_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=28992, spatial_index=False), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("cost_cents", sa.BigInteger(), nullable=True),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('park', 'trees', 'unsealing', 'path', 'bridge')",
            name=op.f("ck_scenario_measures_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["scenarios.id"],
            name=op.f("fk_scenario_measures_scenario_id_scenarios"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_measures")),
        sa.UniqueConstraint("form_key", name=op.f("uq_scenario_measures_form_key")),
    )
    op.create_index(op.f("ix_scenario_measures_scenario_id"), "scenario_measures", ["scenario_id"])


def downgrade() -> None:
    for name in ("scenario_results", "scenario_measures", "scenarios"):
        op.drop_table(name)
