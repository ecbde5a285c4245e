"""Alembic: every table of the app, PostGIS types included."""

from importlib import import_module

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine

from webapp import FEATURES
from webapp.config import engine_url, read_settings
from webapp.extensions import Model

for feature in FEATURES:
    try:
        import_module(f"webapp.{feature}.models")
    except ModuleNotFoundError as error:
        if error.name != f"webapp.{feature}.models":
            raise
import_module("webapp.events")

MANAGED_ELSEWHERE = ("procrastinate_", "spatial_ref_sys")


def include_object(item: object, name: str, kind: str, reflected: bool, other: object) -> bool:
    """Leave PostGIS's and Procrastinate's own tables alone."""
    if name and name.startswith(MANAGED_ELSEWHERE):
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, other))


def run() -> None:
    """Migrate the database that the caller names, or the configured one."""
    url = context.config.get_main_option("sqlalchemy.url") or read_settings()["DATABASE_URL"]
    engine = create_engine(engine_url(url))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
