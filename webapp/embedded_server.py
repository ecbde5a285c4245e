"""A private PostgreSQL server with PostGIS, in a directory of its own."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO, Self

from webapp import postgres
from webapp.postgres import EmbeddedServerError

ROLE = DATABASE = "balanskaart"
SMALLEST_DISK = 200 * 1024 * 1024
START_SECONDS = 300  # recovery after a power cut may take minutes; a normal start takes one second

ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # no socket file, so no limit on the length of its path
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Statements and row values hold what residents wrote; they stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
CRASH_SAFE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
}


class EmbeddedServer:
    """A private PostgreSQL server in a directory of its own, on 127.0.0.1 with a password.

    `durable=True` loses nothing in a crash; `durable=False` is quick and for tests only.
    """

    def __init__(self, directory: Path, durable: bool, rd_grid: str = "") -> None:
        self.directory = Path(directory).resolve()
        self.durable = durable
        self.rd_grid = rd_grid
        self.cluster = self.directory / "cluster"
        self.account = postgres.account_for(self.cluster)
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address for the app, which owns its database but is no superuser."""
        return self._address(ROLE, DATABASE)

    @property
    def administrator_url(self) -> str:
        """The address for the server's superuser."""
        return self._address("postgres", "postgres")

    def start(self) -> str:
        """Make the cluster when there is none, start it and return the app's address."""
        try:
            self._make_directory()
            self._take_lock()
            self._clear_leftovers()
            if not self.cluster.exists():
                self._make_cluster()
            self._launch(postgres.installation_for(self.cluster))
            self._prepare_database()
        except OSError as error:
            self.stop()
            raise EmbeddedServerError(f"{error.strerror}: {error.filename}") from error
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """End the server in an orderly way, and harder when it doesn't listen."""
        process, self._process = self._process, None
        steps = ((signal.SIGINT, 4), (signal.SIGQUIT, 1), (signal.SIGKILL, 1))
        for step, seconds in steps if process else ():
            if process.poll() is not None:
                break
            process.send_signal(step)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        if self._lock:
            self._lock.close()
            self._lock = None

    def is_alive(self) -> bool:
        """Whether the server process still runs."""
        return self._process is not None and self._process.poll() is None

    def problem(self) -> str:
        """What the server said last, as one message."""
        return explain(self._last_words(), self.directory)

    def _address(self, role: str, database: str) -> str:
        password = json.loads(self._passwords.read_text(encoding="ascii"))[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def _passwords(self) -> Path:
        return self.directory / "passwords.json"

    @property
    def _messages(self) -> Path:
        return self.directory / "server.log"

    def _make_directory(self) -> None:
        if not postgres.can_reach(self.directory, self.account):
            raise EmbeddedServerError(
                f"The user {self.account.name}, which the database runs as, may not enter the "
                f"folders above {self.directory}. Choose a folder that it can reach."
            )
        self.directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.directory, self.account.user, self.account.group)
        elif self.directory.stat().st_uid != os.geteuid():
            raise EmbeddedServerError(
                f"{self.directory} belongs to another user of this machine. Run the command as "
                f"that user, or give the folder to {self.account.name} (chown -R)."
            )
        self.directory.chmod(0o700)

    def _take_lock(self) -> None:
        path = self.directory / "lock"
        self._lock = path.open("a+", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = path.read_text(encoding="ascii").strip()
            raise EmbeddedServerError(
                f"Balanskaart already runs on the database in {self.directory} (process {owner}). "
                f"Use that one, or stop it first with Ctrl-C."
            ) from error
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def _clear_leftovers(self) -> None:
        """Whoever held the lock is gone: end what was left running, forget a stale pid file."""
        started = time.monotonic()
        while processes := postgres.processes_in(self.cluster):
            if time.monotonic() - started > 30:
                raise EmbeddedServerError(
                    f"Another PostgreSQL server works in {self.cluster} (process {processes[0]}) "
                    f"and doesn't stop. Stop it first; nothing was changed."
                )
            if (main := _server_process(self.cluster)) in processes:
                os.kill(main, signal.SIGINT)
            time.sleep(0.2)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """Made under another name and renamed when complete, so that a half one is never used."""
        self._check_disk()
        installation = postgres.newest_installation()
        partial = self.directory / "cluster.partial"
        shutil.rmtree(partial, ignore_errors=True)
        words = {name: secrets.token_urlsafe(32) for name in ("postgres", ROLE)}
        self._write_private(self._passwords, json.dumps(words))
        first_word = self.directory / "first-password"
        self._write_private(first_word, words["postgres"])
        try:
            self._run_initdb(installation, partial, first_word)
        finally:
            first_word.unlink()
        partial.rename(self.cluster)

    def _run_initdb(
        self, installation: postgres.Installation, partial: Path, password: Path
    ) -> None:
        quick_or_safe = ["--data-checksums"] if self.durable else ["--no-sync"]
        done = subprocess.run(
            [installation.programs / "initdb", "--pgdata", partial, "--username=postgres",
             "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8",
             "--locale=C.UTF-8", *quick_or_safe],
            cwd=self.directory, env=_ENVIRONMENT, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, start_new_session=True, **self.account.switch,
        )  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedServerError(explain(done.stderr, self.directory))

    def _check_disk(self) -> None:
        if shutil.disk_usage(self.directory).free < SMALLEST_DISK:
            raise EmbeddedServerError(_DISK_FULL.format(directory=self.directory))

    def _write_private(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if os.geteuid() == 0:
            os.chown(path, self.account.user, self.account.group)

    def _launch(self, installation: postgres.Installation) -> None:
        for _ in range(3):
            self.port = _free_port()
            self._process = self._start_process(installation)
            if self._is_ready():
                return
            if "could not bind" not in self._last_words():
                break
        raise EmbeddedServerError(self.problem())

    def _start_process(self, installation: postgres.Installation) -> subprocess.Popen[bytes]:
        settings = ALWAYS | (CRASH_SAFE if self.durable else FAST) | {"port": str(self.port)}
        command = [str(installation.programs / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._messages.open("wb") as messages:
            # A session of its own: Ctrl-C in the terminal reaches us, and we stop it in order.
            return subprocess.Popen(
                postgres.dies_with_parent(command, "INT"),
                cwd=self.directory, env=_ENVIRONMENT | self._proj(), stdin=subprocess.DEVNULL,
                stdout=messages, stderr=messages, start_new_session=True, **self.account.switch,
            )  # fmt: skip

    def _proj(self) -> dict[str, str]:
        """Where PROJ looks: a copy of the Dutch grid, if one is set, before its own files."""
        if not self.rd_grid:
            return {}
        folder = self.directory / "proj"
        folder.mkdir(mode=0o755, exist_ok=True)
        copy = folder / Path(self.rd_grid).name
        shutil.copyfile(self.rd_grid, copy)
        for path in (folder, copy) if os.geteuid() == 0 else ():
            os.chown(path, self.account.user, self.account.group)
        places = f"{folder}:/usr/share/proj"
        return {"PROJ_DATA": places, "PROJ_LIB": places}

    def _is_ready(self) -> bool:
        """Wait for the word `ready` in PostgreSQL's own pid file."""
        end = time.monotonic() + START_SECONDS
        while self.is_alive() and time.monotonic() < end:
            if _pid_file(self.cluster)[7:8] == ["ready"]:
                return True
            time.sleep(0.02)
        return False

    def _prepare_database(self) -> None:
        import psycopg
        from psycopg import sql

        password = json.loads(self._passwords.read_text(encoding="ascii"))[ROLE]
        role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
        right = sql.SQL("NOCREATEDB" if self.durable else "CREATEDB")
        with psycopg.connect(self.administrator_url, autocommit=True) as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            connection.execute(
                sql.SQL("ALTER ROLE {} {} PASSWORD {}").format(role, right, sql.Literal(password))
            )
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
        with psycopg.connect(self._address("postgres", DATABASE), autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return self._messages.read_text(encoding="utf-8", errors="replace")[-4000:]
        return ""


_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_DISK_FULL = (
    "The disk that holds {directory} is full. Nothing was lost: make room (200 MB at least) and "
    "start again."
)


def explain(words: str, directory: Path) -> str:
    """What PostgreSQL's last words mean, and what to do."""
    if "No space left on device" in words:
        return _DISK_FULL.format(directory=directory)
    if "Permission denied" in words or "has wrong ownership" in words:
        return (
            f"The database in {directory} may not be read by the user that runs it. Give the "
            f"folder back to its owner (chown -R); nothing was changed."
        )
    last = " ".join(words.strip().splitlines()[-3:]) or "it gave no reason"
    return f"The database in {directory} didn't start or stopped. PostgreSQL said: {last}"


def running_url(directory: Path) -> str:
    """The address of the embedded server that runs in this directory, or an empty string."""
    server = EmbeddedServer(directory, durable=True)
    try:
        lines = _pid_file(server.cluster)
        alive = lines[7:8] == ["ready"] and int(lines[0]) in postgres.processes_in(server.cluster)
        server.port = int(lines[3]) if alive else 0
        return server.url if alive else ""
    except (OSError, ValueError):
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pid_file(cluster: Path) -> list[str]:
    try:
        text = (cluster / "postmaster.pid").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [line.strip() for line in text.splitlines()]


def _server_process(cluster: Path) -> int:
    lines = _pid_file(cluster)
    return int(lines[0]) if lines and lines[0].isdigit() else 0


def _exists(connection, query: str, value: str) -> bool:  # type: ignore[no-untyped-def]
    return connection.execute(query, (value,)).fetchone() is not None
