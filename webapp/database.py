"""Which database this installation uses, and how it comes up to date."""

import contextlib
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
    "embedded_directory",
    "migrate",
    "open_database",
    "running_url",
    "secret_key",
    "temporary_server",
]

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".state"
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
    with EmbeddedServer(embedded_directory(), durable=True) as server:
        yield server.url


@contextlib.contextmanager
def temporary_server() -> Iterator[EmbeddedServer]:
    """A quick server for tests, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="balanskaart-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with EmbeddedServer(Path(folder) / "database", durable=False) as server:
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

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations").replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        command.upgrade(config, "head")
