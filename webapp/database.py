"""Which database this installation uses, and how it comes up to date."""

import contextlib
import math
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from webapp import postgres
from webapp.embedded_server import EmbeddedServer, EmbeddedServerError, running_url

__all__ = [
    "EmbeddedServer",
    "EmbeddedServerError",
    "TransformationError",
    "bring_up_to_date",
    "check_transformation",
    "embedded_directory",
    "migrate",
    "open_database",
    "running_url",
    "secret_key",
    "temporary_server",
]

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".state"
LARGEST_DIFFERENCE = 0.001  # metres
MIGRATION_LOCK = 0x62616C616E73  # "balans": one migration at a time on a shared server


def embedded_directory() -> Path:
    """Where the embedded database lives: in the project, or in /var/lib when the server's user
    can't reach the project (root with a project below a private folder)."""
    inside = STATE / "database"
    if postgres.can_reach(inside, postgres.account_for(inside)):
        return inside
    name = str(PROJECT).strip("/").replace("/", "-")
    return Path("/var/lib/balanskaart") / name / "database"


@contextlib.contextmanager
def open_database(environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The configured database, else the embedded one: as it runs, or started for this once."""
    if url := environment.get("DATABASE_URL") or running_url(embedded_directory()):
        yield url
        return
    grid = environment.get("RD_GRID", "")
    with EmbeddedServer(embedded_directory(), durable=True, rd_grid=grid) as server:
        yield server.url


@contextlib.contextmanager
def temporary_server(rd_grid: str = "") -> Iterator[EmbeddedServer]:
    """A quick server for tests, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="balanskaart-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        database = Path(folder) / "database"
        with EmbeddedServer(database, durable=False, rd_grid=rd_grid) as server:
            yield server


def secret_key(environment: Mapping[str, str] = os.environ) -> str:
    """The configured key, else one that is made once and kept beside the embedded server."""
    if key := environment.get("SECRET_KEY"):
        return key
    path = STATE / "secret-key"
    STATE.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def migrate(url: str) -> None:
    """Bring a database to the newest revision; of two at once, one waits for the other."""
    import psycopg
    from alembic import command
    from alembic.config import Config

    from webapp.open_data import views

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations").replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        connection.execute(views.DROP_ALL)
        command.upgrade(config, "head")
        with connection.transaction():
            for statement in views.statements():
                connection.execute(statement)


def bring_up_to_date(url: str) -> None:
    """Migrate, and refuse a database that transforms coordinates in another way than we do."""
    from gis import crs
    from webapp.config import read_settings

    migrate(url)
    crs.use_grid(read_settings()["RD_GRID"])
    try:
        check_transformation(url)
    except TransformationError as error:
        raise SystemExit(str(error)) from error


class TransformationError(Exception):
    """The database moves coordinates to RD in another way than this program."""


def check_transformation(url: str) -> None:
    """Make sure that what is sent comes back: the Dutch grid in both, or in neither.

    Raises:
        TransformationError: says what to set.
    """
    import psycopg

    from gis import crs

    lon, lat = crs.KNOWN_POINT_LONLAT
    here = crs.rd_point(lon, lat)
    query = """
        SELECT ST_X(p), ST_Y(p)
        FROM ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), %s), %s) AS p"""
    with psycopg.connect(url) as connection:
        x, y = connection.execute(query, (lon, lat, crs.ETRS89, crs.RD)).fetchone()
    apart = math.hypot(x - here.x, y - here.y)
    if apart > LARGEST_DIFFERENCE:
        missing = "the database lacks" if crs.has_grid() else "the database uses"
        raise TransformationError(
            f"PostGIS and this program are {apart:.4f} m apart in RD: {missing} the grid "
            f"{crs.GRID_FILE}. Give it to both (RD_GRID here, the folder of PROJ there) or to neither."
        )
