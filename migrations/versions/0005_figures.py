"""Computed figures per area, the work on them, and the exposure of wishes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _runs()
    _values()
    _work()
    _exposures()


def _runs() -> None:
    op.create_table(
        "figure_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("inputs", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("software_version", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        _moment("computed_at"),
        sa.Column("is_synthetic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "level IN ('municipality', 'district', 'neighbourhood')",
            name=op.f("ck_figure_runs_level"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_figure_runs_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_runs")),
    )
    op.create_index(op.f("ix_figure_runs_case_id"), "figure_runs", ["case_id"])
    op.create_index(
        "ix_figure_runs_figure_level_year_id", "figure_runs", ["figure", "level", "year", "id"]
    )


def _values() -> None:
    op.create_table(
        "figure_values",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("no_data_share", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("notes", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["figure_runs.id"],
            name=op.f("fk_figure_values_run_id_figure_runs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["areas.id"],
            name=op.f("fk_figure_values_area_id_areas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "area_id", name=op.f("pk_figure_values")),
    )
    op.create_index(op.f("ix_figure_values_area_id"), "figure_values", ["area_id"])


def _work() -> None:
    op.create_table(
        "figure_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("current", sa.Text(), server_default="", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        _moment("created_at"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')",
            name=op.f("ck_figure_work_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_work")),
    )


def _exposures() -> None:
    op.create_table(
        "wish_exposures",
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("inputs", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["wish_id"],
            ["wishes.id"],
            name=op.f("fk_wish_exposures_wish_id_wishes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("wish_id", "measure", name=op.f("pk_wish_exposures")),
    )
    op.create_table(
        "exposure_requests",
        sa.Column("wish_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_exposure_requests")),
    )
    op.execute("INSERT INTO exposure_requests SELECT id FROM wishes WHERE status <> 'withdrawn'")
    # With the wish, in its transaction, and nothing that others who place a wish would wait for.
    # What was measured where a wish no longer is goes at once.
    op.execute("""
        CREATE FUNCTION request_exposure() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                DELETE FROM wish_exposures WHERE wish_id = NEW.id;
            END IF;
            IF NEW.status <> 'withdrawn' THEN
                INSERT INTO exposure_requests VALUES (NEW.id) ON CONFLICT DO NOTHING;
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER wish_placed AFTER INSERT ON wishes
        FOR EACH ROW EXECUTE FUNCTION request_exposure()
    """)
    op.execute("""
        CREATE TRIGGER wish_moved AFTER UPDATE OF geom, area_id ON wishes FOR EACH ROW
        WHEN (OLD.geom IS DISTINCT FROM NEW.geom OR OLD.area_id IS DISTINCT FROM NEW.area_id)
        EXECUTE FUNCTION request_exposure()
    """)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER wish_moved ON wishes")
    op.execute("DROP TRIGGER wish_placed ON wishes")
    op.execute("DROP FUNCTION request_exposure()")
    for table in ("exposure_requests", "wish_exposures", "figure_work", "figure_values"):
        op.drop_table(table)
    op.drop_table("figure_runs")
