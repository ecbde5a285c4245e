"""Editions of map layers, their features, values per area and imports"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_geospatial_table(
        "layer_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("own_title", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="importing", nullable=False),
        sa.Column("retrieved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("crs_declared", sa.Text(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("rows_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_loaded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warnings", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("statistics", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column(
            "bounds",
            Geometry(
                geometry_type="POLYGON",
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "kind IN ('raster', 'vector', 'area_figure', 'picture')",
            name=op.f("ck_layer_editions_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('importing', 'ready')", name=op.f("ck_layer_editions_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_editions")),
        sa.UniqueConstraint(
            "layer_id",
            "edition",
            "is_synthetic",
            name=op.f("uq_layer_editions_layer_id_edition_is_synthetic"),
        ),
    )
    op.create_geospatial_index(
        "idx_layer_editions_bounds", "layer_editions", ["bounds"], postgresql_using="gist"
    )
    _create_features()
    _create_values_and_imports()


def _create_features() -> None:
    op.create_geospatial_table(
        "layer_features",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("properties", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "geom_web",
            Geometry(
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["layer_editions.id"],
            name=op.f("fk_layer_features_edition_id_layer_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_features")),
    )
    for column in ("geom", "geom_web"):
        op.create_index(
            f"ix_layer_features_edition_id_{column}",
            "layer_features",
            ["edition_id", column],
            postgresql_using="gist",
        )


def _create_values_and_imports() -> None:
    op.create_table(
        "layer_area_values",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("no_data_share", sa.Float(), server_default="0", nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["areas.id"],
            name=op.f("fk_layer_area_values_area_id_areas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["layer_editions.id"],
            name=op.f("fk_layer_area_values_edition_id_layer_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "area_id", "definition", name=op.f("pk_layer_area_values")
        ),
    )
    op.create_index(op.f("ix_layer_area_values_area_id"), "layer_area_values", ["area_id"])
    op.create_table(
        "layer_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("step", sa.Text(), server_default="fetch", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_layer_imports_state")
        ),
        sa.CheckConstraint(
            "step IN ('fetch', 'check', 'store', 'statistics')", name=op.f("ck_layer_imports_step")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["layer_editions.id"],
            name=op.f("fk_layer_imports_edition_id_layer_editions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_imports")),
    )


def downgrade() -> None:
    for table in ("layer_imports", "layer_area_values", "layer_features", "layer_editions"):
        op.drop_table(table)
