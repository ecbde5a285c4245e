"""The whole chain"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "area_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("retrieved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("crs_declared", sa.Text(), nullable=True),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("rows_loaded", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column(
            "report", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_imports")),
        sa.UniqueConstraint(
            "source_id", "year", "sha256", name=op.f("uq_area_imports_source_id_year_sha256")
        ),
    )
    op.create_geospatial_table(
        "base_features",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("min_zoom", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_features")),
    )
    op.create_geospatial_index(
        "idx_base_features_geom",
        "base_features",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_base_features_geom_web",
        "base_features",
        ["geom_web"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "deals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("short_title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "mention", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Text(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column(
            "end_date_note",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "currency_note",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("state_total_cents", sa.BigInteger(), nullable=True),
        sa.Column("region_total_cents", sa.BigInteger(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint("slug", name=op.f("uq_deals_slug")),
    )
    op.create_geospatial_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("is_schematic", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "kind IN ('address', 'street', 'neighbourhood', 'landmark')",
            name=op.f("ck_places_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "kind",
            "label",
            "municipality_code",
            name=op.f("uq_places_kind_label_municipality_code"),
        ),
    )
    op.create_geospatial_index(
        "idx_places_geom",
        "places",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_places_search"), "places", ["search"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="nl", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("tf_primary_method", sa.Text(), nullable=True),
        sa.Column("tf_totp_secret", sa.Text(), nullable=True),
        sa.Column("mf_recovery_codes", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_geospatial_table(
        "areas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("water", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("change_code", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "geom_web",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column("is_schematic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "level IN ('municipality', 'district', 'neighbourhood')", name=op.f("ck_areas_level")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["area_imports.id"], name=op.f("fk_areas_import_id_area_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("year", "code", name=op.f("uq_areas_year_code")),
    )
    op.create_geospatial_index(
        "idx_areas_geom",
        "areas",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_areas_geom_web",
        "areas",
        ["geom_web"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_areas_level_year", "areas", ["level", "year"], unique=False)
    op.create_index(
        op.f("ix_areas_municipality_code"), "areas", ["municipality_code"], unique=False
    )
    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state_max_cents", sa.BigInteger(), nullable=True),
        sa.Column("region_min_cents", sa.BigInteger(), nullable=True),
        sa.Column("share_min_percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("share_max_percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("of_cents", sa.BigInteger(), nullable=True),
        sa.Column("is_vat_costs", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "(state_max_cents IS NOT NULL AND region_min_cents IS NOT NULL) <> (share_min_percent IS NOT NULL)",
            name=op.f("ck_budget_lines_amount_or_share"),
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deals.id"],
            name=op.f("fk_budget_lines_deal_id_deals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("deal_id", "code", name=op.f("uq_budget_lines_deal_id_code")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("municipality_code", sa.Text(), nullable=False),
        sa.Column("municipality_name", sa.Text(), nullable=False),
        sa.Column(
            "areas_named",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_cases_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("slug", name=op.f("uq_cases_slug")),
    )
    op.create_index(op.f("ix_cases_deal_id"), "cases", ["deal_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_events_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_index("ix_events_subject", "events", ["subject", "subject_id"], unique=False)
    op.create_table(
        "parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("is_cashier", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("role IN ('state', 'region', 'partner')", name=op.f("ck_parties_role")),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_parties_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("deal_id", "slug", name=op.f("uq_parties_deal_id_slug")),
    )
    op.create_table(
        "programme_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deals.id"],
            name=op.f("fk_programme_lines_deal_id_deals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_lines")),
        sa.UniqueConstraint("deal_id", "code", name=op.f("uq_programme_lines_deal_id_code")),
    )
    op.create_table(
        "rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.CheckConstraint(
            "severity IN ('error', 'warning', 'info')", name=op.f("ck_rules_severity")
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_rules_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("deal_id", "code", name=op.f("uq_rules_deal_id_code")),
    )
    op.create_table(
        "area_figures",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["areas.id"],
            name=op.f("fk_area_figures_area_id_areas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["area_imports.id"], name=op.f("fk_area_figures_import_id_area_imports")
        ),
        sa.PrimaryKeyConstraint("area_id", "import_id", name=op.f("pk_area_figures")),
    )
    op.create_table(
        "budget_line_programme_lines",
        sa.Column("budget_line_id", sa.Integer(), nullable=False),
        sa.Column("programme_line_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_line_id"],
            ["budget_lines.id"],
            name=op.f("fk_budget_line_programme_lines_budget_line_id_budget_lines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["programme_line_id"],
            ["programme_lines.id"],
            name=op.f("fk_budget_line_programme_lines_programme_line_id_programme_lines"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "budget_line_id", "programme_line_id", name=op.f("pk_budget_line_programme_lines")
        ),
    )
    op.create_table(
        "case_areas",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_case_areas_share")),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_case_areas_area_id_areas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_areas_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "area_id", name=op.f("pk_case_areas")),
    )
    op.create_geospatial_table(
        "case_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("is_schematic", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "kind IN ('vulnerable_neighbourhoods', 'town_edge', 'outer_area')",
            name=op.f("ck_case_parts_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_parts_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_parts")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_case_parts_case_id_kind")),
    )
    op.create_geospatial_index(
        "idx_case_parts_geom",
        "case_parts",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "case_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'active', 'done')", name=op.f("ck_case_steps_state")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_steps_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_steps_case_id_number")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role = 'admin' OR deal_id IS NOT NULL OR case_id IS NOT NULL",
            name=op.f("ck_grants_scope_named"),
        ),
        sa.CheckConstraint("deal_id IS NULL OR case_id IS NULL", name=op.f("ck_grants_one_scope")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_grants_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_grants_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "deal_id",
            "case_id",
            name=op.f("uq_grants_user_id_role_deal_id_case_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_grants_user_id"), "grants", ["user_id"], unique=False)
    op.create_table(
        "intended_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_line_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_line_id"],
            ["programme_lines.id"],
            name=op.f("fk_intended_results_programme_line_id_programme_lines"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intended_results")),
        sa.UniqueConstraint(
            "programme_line_id",
            "position",
            name=op.f("uq_intended_results_programme_line_id_position"),
        ),
    )
    op.create_geospatial_table(
        "interventions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "geom_web",
            Geometry(
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "wares", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("phase", sa.Text(), server_default="idea", nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=True),
        sa.Column("planned_end", sa.Date(), nullable=True),
        sa.Column("actual_start", sa.Date(), nullable=True),
        sa.Column("actual_end", sa.Date(), nullable=True),
        sa.Column("responsible_party_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("round_override_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("stop_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "phase <> 'stopped' OR stop_reason <> ''", name=op.f("ck_interventions_stop_reason")
        ),
        sa.CheckConstraint(
            "phase IN ('idea', 'explored', 'planned', 'in_execution', 'done', 'maintained', 'stopped')",
            name=op.f("ck_interventions_phase"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_interventions_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_party_id"],
            ["parties.id"],
            name=op.f("fk_interventions_responsible_party_id_parties"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interventions")),
        sa.UniqueConstraint("form_key", name=op.f("uq_interventions_form_key")),
    )
    op.create_geospatial_index(
        "idx_interventions_geom",
        "interventions",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_interventions_geom_web",
        "interventions",
        ["geom_web"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_interventions_case_id"), "interventions", ["case_id"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("who", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decides", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "outcome", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("more_info_url", sa.Text(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_rounds_period")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_rounds_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index(op.f("ix_rounds_case_id"), "rounds", ["case_id"], unique=False)
    op.create_table(
        "wish_drafts",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "answers", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.Column("photo_width", sa.Integer(), nullable=True),
        sa.Column("photo_height", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_wish_drafts_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wish_drafts")),
    )
    op.create_index(op.f("ix_wish_drafts_expires_at"), "wish_drafts", ["expires_at"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_line_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("intervention_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("in_kind", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_state_money", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("document_ref", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("valuation_note", sa.Text(), server_default="", nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.Uuid(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "NOT (in_kind AND funder = 'state')", name=op.f("ck_bookings_state_pays_money")
        ),
        sa.CheckConstraint(
            "NOT in_kind OR valuation_note <> ''", name=op.f("ck_bookings_valuation")
        ),
        sa.CheckConstraint(
            "funder IN ('state', 'regional_public', 'regional_private')",
            name=op.f("ck_bookings_funder"),
        ),
        sa.CheckConstraint(
            "stage IN ('allocated', 'committed', 'spent')", name=op.f("ck_bookings_stage")
        ),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (amount_cents > 0)", name=op.f("ck_bookings_reversal")
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_bookings_amount")),
        sa.CheckConstraint("year BETWEEN 2020 AND 2100", name=op.f("ck_bookings_year")),
        sa.ForeignKeyConstraint(
            ["budget_line_id"],
            ["budget_lines.id"],
            name=op.f("fk_bookings_budget_line_id_budget_lines"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bookings_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_bookings_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["interventions.id"],
            name=op.f("fk_bookings_intervention_id_interventions"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_bookings_party_id_parties")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["bookings.id"], name=op.f("fk_bookings_reverses_id_bookings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("form_key", name=op.f("uq_bookings_form_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_bookings_reverses_id")),
    )
    op.create_index(op.f("ix_bookings_case_id"), "bookings", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_bookings_intervention_id"), "bookings", ["intervention_id"], unique=False
    )
    op.create_index(
        "ix_bookings_line_funder_stage",
        "bookings",
        ["budget_line_id", "funder", "stage"],
        unique=False,
    )
    op.create_table(
        "intervention_programme_lines",
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("programme_line_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["interventions.id"],
            name=op.f("fk_intervention_programme_lines_intervention_id_interventions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["programme_line_id"],
            ["programme_lines.id"],
            name=op.f("fk_intervention_programme_lines_programme_line_id_programme_lines"),
        ),
        sa.PrimaryKeyConstraint(
            "intervention_id", "programme_line_id", name=op.f("pk_intervention_programme_lines")
        ),
    )
    op.create_geospatial_table(
        "wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("zoom", sa.Integer(), nullable=True),
        sa.Column("place_words", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=28992,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "geom_web",
            Geometry(
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column("precision", sa.Text(), server_default="exact", nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="submitted", nullable=False),
        sa.Column(
            "flags", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("import_source", sa.Text(), nullable=True),
        sa.Column("import_ref", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "submitted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("retain_until", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "door IN ('map', 'address', 'neighbourhood', 'import')", name=op.f("ck_wishes_door")
        ),
        sa.CheckConstraint(
            "kind IN ('wish', 'chance', 'threat', 'good_place', 'too_hot', 'cool_spot', 'unsafe', 'route')",
            name=op.f("ck_wishes_kind"),
        ),
        sa.CheckConstraint(
            "precision IN ('exact', '100m', 'neighbourhood')", name=op.f("ck_wishes_precision")
        ),
        sa.CheckConstraint(
            "status = 'withdrawn' OR geom IS NOT NULL OR area_id IS NOT NULL",
            name=op.f("ck_wishes_has_place"),
        ),
        sa.CheckConstraint(
            "status IN ('submitted', 'published', 'private', 'merged', 'referred', 'refused', 'withdrawn')",
            name=op.f("ck_wishes_status"),
        ),
        sa.CheckConstraint(
            "theme IN ('air_noise', 'health_lifestyle', 'active_social', 'safe_clean', 'facilities_layout', 'green')",
            name=op.f("ck_wishes_theme"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_wishes_area_id_areas")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_wishes_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["wishes.id"], name=op.f("fk_wishes_merged_into_id_wishes")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_wishes_round_id_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_wishes_code_hash")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_wishes_idempotency_key")),
        sa.UniqueConstraint(
            "import_source", "import_ref", name=op.f("uq_wishes_import_source_import_ref")
        ),
    )
    op.create_geospatial_index(
        "idx_wishes_geom",
        "wishes",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_wishes_geom_web",
        "wishes",
        ["geom_web"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_wishes_area_id"), "wishes", ["area_id"], unique=False)
    op.create_index("ix_wishes_case_status", "wishes", ["case_id", "status"], unique=False)
    op.create_index(op.f("ix_wishes_round_id"), "wishes", ["round_id"], unique=False)
    op.create_index(op.f("ix_wishes_submitted_at"), "wishes", ["submitted_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('receipt', 'decision', 'answer')", name=op.f("ck_messages_kind")
        ),
        sa.ForeignKeyConstraint(
            ["wish_id"], ["wishes.id"], name=op.f("fk_messages_wish_id_wishes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_wish_id"), "messages", ["wish_id"], unique=False)
    op.create_table(
        "wish_contacts",
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wish_id"],
            ["wishes.id"],
            name=op.f("fk_wish_contacts_wish_id_wishes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_wish_contacts")),
    )
    op.create_table(
        "wish_links",
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "relation IN ('answers', 'partly', 'conflicts')", name=op.f("ck_wish_links_relation")
        ),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["interventions.id"],
            name=op.f("fk_wish_links_intervention_id_interventions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wish_id"],
            ["wishes.id"],
            name=op.f("fk_wish_links_wish_id_wishes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("intervention_id", "wish_id", name=op.f("pk_wish_links")),
    )
    op.create_index(op.f("ix_wish_links_wish_id"), "wish_links", ["wish_id"], unique=False)
    op.create_table(
        "wish_photos",
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["wish_id"],
            ["wishes.id"],
            name=op.f("fk_wish_photos_wish_id_wishes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_wish_photos")),
        sa.UniqueConstraint("name", name=op.f("uq_wish_photos_name")),
    )
    op.execute("""
        CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'events are append-only';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
        FOR EACH ROW EXECUTE FUNCTION events_are_append_only()
    """)
    op.execute("""
        CREATE FUNCTION bookings_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'bookings are only corrected by a reversing entry';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER bookings_append_only BEFORE UPDATE OR DELETE ON bookings
        FOR EACH ROW EXECUTE FUNCTION bookings_are_append_only()
    """)


def downgrade() -> None:
    op.drop_table("wish_photos")
    op.drop_index(op.f("ix_wish_links_wish_id"), table_name="wish_links")
    op.drop_table("wish_links")
    op.drop_table("wish_contacts")
    op.drop_index(op.f("ix_messages_wish_id"), table_name="messages")
    op.drop_table("messages")
    op.drop_index(op.f("ix_wishes_submitted_at"), table_name="wishes")
    op.drop_index(op.f("ix_wishes_round_id"), table_name="wishes")
    op.drop_index("ix_wishes_case_status", table_name="wishes")
    op.drop_index(op.f("ix_wishes_area_id"), table_name="wishes")
    op.drop_geospatial_index(
        "idx_wishes_geom_web", table_name="wishes", postgresql_using="gist", column_name="geom_web"
    )
    op.drop_geospatial_index(
        "idx_wishes_geom", table_name="wishes", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("wishes")
    op.drop_table("intervention_programme_lines")
    op.drop_index("ix_bookings_line_funder_stage", table_name="bookings")
    op.drop_index(op.f("ix_bookings_intervention_id"), table_name="bookings")
    op.drop_index(op.f("ix_bookings_case_id"), table_name="bookings")
    op.drop_table("bookings")
    op.drop_index(op.f("ix_wish_drafts_expires_at"), table_name="wish_drafts")
    op.drop_table("wish_drafts")
    op.drop_index(op.f("ix_rounds_case_id"), table_name="rounds")
    op.drop_table("rounds")
    op.drop_index(op.f("ix_interventions_case_id"), table_name="interventions")
    op.drop_geospatial_index(
        "idx_interventions_geom_web",
        table_name="interventions",
        postgresql_using="gist",
        column_name="geom_web",
    )
    op.drop_geospatial_index(
        "idx_interventions_geom",
        table_name="interventions",
        postgresql_using="gist",
        column_name="geom",
    )
    op.drop_geospatial_table("interventions")
    op.drop_table("intended_results")
    op.drop_index(op.f("ix_grants_user_id"), table_name="grants")
    op.drop_table("grants")
    op.drop_table("case_steps")
    op.drop_geospatial_index(
        "idx_case_parts_geom", table_name="case_parts", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("case_parts")
    op.drop_table("case_areas")
    op.drop_table("budget_line_programme_lines")
    op.drop_table("area_figures")
    op.drop_table("rules")
    op.drop_table("programme_lines")
    op.drop_table("parties")
    op.drop_index("ix_events_subject", table_name="events")
    op.drop_index(op.f("ix_events_at"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_cases_deal_id"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("budget_lines")
    op.drop_index(op.f("ix_areas_municipality_code"), table_name="areas")
    op.drop_index("ix_areas_level_year", table_name="areas")
    op.drop_geospatial_index(
        "idx_areas_geom_web", table_name="areas", postgresql_using="gist", column_name="geom_web"
    )
    op.drop_geospatial_index(
        "idx_areas_geom", table_name="areas", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("areas")
    op.drop_table("users")
    op.drop_index(op.f("ix_places_search"), table_name="places")
    op.drop_geospatial_index(
        "idx_places_geom", table_name="places", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("places")
    op.drop_table("deals")
    op.drop_geospatial_index(
        "idx_base_features_geom_web",
        table_name="base_features",
        postgresql_using="gist",
        column_name="geom_web",
    )
    op.drop_geospatial_index(
        "idx_base_features_geom",
        table_name="base_features",
        postgresql_using="gist",
        column_name="geom",
    )
    op.drop_geospatial_table("base_features")
    op.drop_table("area_imports")
    op.execute("DROP FUNCTION events_are_append_only, bookings_are_append_only")
