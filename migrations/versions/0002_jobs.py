"""Tables of the job queue (Procrastinate brings its own schema)"""

from alembic import op
from procrastinate import App, PsycopgConnector

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema = App(connector=PsycopgConnector()).schema_manager.get_schema()
    op.get_bind().exec_driver_sql(schema.replace("%", "%%"))


def downgrade() -> None:
    op.execute(
        """
        DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%' LOOP
                EXECUTE 'DROP TABLE ' || quote_ident(name) || ' CASCADE';
            END LOOP;
            FOR name IN SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'procrastinate%' LOOP
                EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
            END LOOP;
            FOR name IN SELECT typname FROM pg_type
                WHERE typname LIKE 'procrastinate%' AND typtype IN ('e', 'c') LOOP
                EXECUTE 'DROP TYPE IF EXISTS ' || quote_ident(name) || ' CASCADE';
            END LOOP;
        END $$
        """
    )
