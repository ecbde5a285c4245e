"""Cluster grid of wishes, outlines per zoom band, and what tells that a tile has changed"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _grid()
    _changes_of_wishes()
    _outlines()
    _revisions()
    _indexes()


def _grid() -> None:
    op.execute("""
        CREATE FUNCTION spread_bits(value bigint) RETURNS bigint
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        BEGIN
            value := (value | (value << 16)) & 281470681808895;
            value := (value | (value << 8)) & 71777214294589695;
            value := (value | (value << 4)) & 1085102592571150095;
            value := (value | (value << 2)) & 3689348814741910323;
            RETURN (value | (value << 1)) & 6148914691236517205;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION web_cell(x double precision, y double precision) RETURNS bigint
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT spread_bits(greatest(0, least(262143,
                       floor((x + 20037508.342789244) / 152.8740565703525)::bigint)))
                 | (spread_bits(greatest(0, least(262143,
                       floor((20037508.342789244 - y) / 152.8740565703525)::bigint))) << 1)
        $$
    """)
    op.execute("""
        CREATE TABLE wish_points (
            is_public boolean NOT NULL,
            wish_id integer NOT NULL,
            case_id integer NOT NULL,
            kind text NOT NULL,
            theme text NOT NULL,
            status text NOT NULL,
            is_whole_area boolean NOT NULL,
            x double precision NOT NULL,
            y double precision NOT NULL,
            cell bigint NOT NULL,
            CONSTRAINT pk_wish_points PRIMARY KEY (is_public, wish_id)
        )
    """)
    op.execute("CREATE INDEX ix_wish_points_cell ON wish_points (is_public, cell)")
    op.execute(
        "CREATE INDEX ix_wish_points_whole_area ON wish_points (is_public, cell) "
        "WHERE is_whole_area"
    )
    columns = """
            is_public boolean NOT NULL,
            zoom integer NOT NULL,
            cell bigint NOT NULL,
            case_id integer NOT NULL,
            {parts}
            wishes integer NOT NULL,
            x double precision NOT NULL,
            y double precision NOT NULL,
            newest_id integer NOT NULL,
    """
    shared = "kind text, theme text, status text,"
    split = "kind text NOT NULL, theme text NOT NULL, status text NOT NULL,"
    op.execute(
        f"CREATE TABLE wish_cells ({columns.format(parts=shared)}"
        "CONSTRAINT pk_wish_cells PRIMARY KEY (is_public, zoom, cell, case_id))"
    )
    op.execute(
        f"CREATE TABLE wish_cell_parts ({columns.format(parts=split)}"
        "CONSTRAINT pk_wish_cell_parts PRIMARY KEY "
        "(is_public, zoom, cell, case_id, kind, theme, status))"
    )


def _changes_of_wishes() -> None:
    op.execute("""
        CREATE TABLE wish_changes (
            id bigint GENERATED ALWAYS AS IDENTITY,
            wish_id integer NOT NULL,
            unsafe_area_id integer,
            CONSTRAINT pk_wish_changes PRIMARY KEY (id)
        )
    """)
    # What is written elsewhere waits here: a cell that each wish updates would make them queue.
    op.execute("""
        CREATE FUNCTION note_wish_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                INSERT INTO wish_changes (wish_id, unsafe_area_id) VALUES
                    (OLD.id, CASE WHEN OLD.kind = 'unsafe' THEN OLD.area_id END);
            END IF;
            IF TG_OP <> 'DELETE' THEN
                INSERT INTO wish_changes (wish_id, unsafe_area_id) VALUES
                    (NEW.id, CASE WHEN NEW.kind = 'unsafe' THEN NEW.area_id END);
            END IF;
            RETURN NULL;
        END $$
    """)
    seen = "case_id, area_id, kind, theme, status, precision, door, geom"
    op.execute(f"""
        CREATE TRIGGER wish_changed AFTER INSERT OR DELETE OR UPDATE OF {seen} ON wishes
        FOR EACH ROW EXECUTE FUNCTION note_wish_change()
    """)


def _outlines() -> None:
    op.execute("""
        CREATE TABLE area_outlines (
            area_id integer NOT NULL,
            band integer NOT NULL,
            geom_web geometry(MULTIPOLYGON, 3857) NOT NULL,
            CONSTRAINT pk_area_outlines PRIMARY KEY (area_id, band),
            CONSTRAINT fk_area_outlines_area_id_areas
                FOREIGN KEY (area_id) REFERENCES areas (id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE FUNCTION forget_outlines() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM area_outlines WHERE area_id = NEW.id;
            INSERT INTO wish_changes (wish_id) SELECT id FROM wishes WHERE area_id = NEW.id;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER area_redrawn AFTER UPDATE OF geom ON areas
        FOR EACH ROW WHEN (OLD.geom IS DISTINCT FROM NEW.geom) EXECUTE FUNCTION forget_outlines()
    """)


def _revisions() -> None:
    op.execute("""
        CREATE TABLE tile_revisions (
            source text NOT NULL,
            revision bigint NOT NULL,
            CONSTRAINT pk_tile_revisions PRIMARY KEY (source)
        )
    """)
    op.execute(
        "INSERT INTO tile_revisions VALUES ('wishes', 1), ('areas', 1), ('interventions', 1)"
    )
    op.execute("""
        CREATE FUNCTION raise_tile_revision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE tile_revisions SET revision = revision + 1 WHERE source = TG_ARGV[0];
            RETURN NULL;
        END $$
    """)
    for table, source in (
        ("areas", "areas"),
        ("area_figures", "areas"),
        ("interventions", "interventions"),
    ):
        op.execute(f"""
            CREATE TRIGGER {table}_tiles AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION raise_tile_revision('{source}')
        """)


def _indexes() -> None:
    op.execute(
        "CREATE INDEX ix_wishes_unsafe ON wishes (area_id, case_id) "
        "WHERE kind = 'unsafe' AND status = 'published'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_wishes_unsafe")
    for table in ("areas", "area_figures", "interventions"):
        op.execute(f"DROP TRIGGER {table}_tiles ON {table}")
    op.execute("DROP TRIGGER area_redrawn ON areas")
    op.execute("DROP TRIGGER wish_changed ON wishes")
    op.execute("DROP FUNCTION raise_tile_revision, forget_outlines, note_wish_change")
    op.execute(
        "DROP TABLE tile_revisions, area_outlines, wish_changes, wish_cell_parts, wish_cells, "
        "wish_points"
    )
    op.execute("DROP FUNCTION web_cell, spread_bits")
