"""The private PostgreSQL server: really started, stopped, killed and refused."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from webapp import database, postgres
from webapp.database import EmbeddedServer, EmbeddedServerError, open_database, running_url
from webapp.embedded_server import explain

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that the server's account can reach, which pytest's own folders are not for root."""
    with database.tempfile.TemporaryDirectory(prefix="balanskaart-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def durable(folder: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(folder / "durable", durable=True) as server:
        yield server


def ask(url: str, query: str) -> str:
    with psycopg.connect(url) as connection:
        return str(connection.execute(query).fetchone()[0])


def is_gone(process: int) -> bool:
    """Whether a process is over; one that only waits to be counted is."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_durable_server_survives_a_crash(durable: EmbeddedServer) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert ask(durable.url, f"SHOW {setting}") == "on", setting


def test_a_server_for_tests_is_quick(database_url: str) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(database_url, f"SHOW {setting}") == "off", setting


def test_the_server_has_postgis_and_vector_tiles(durable: EmbeddedServer) -> None:
    assert ask(durable.url, "SELECT postgis_version()").startswith("3.")
    assert ask(durable.url, "SELECT count(*) FROM pg_proc WHERE proname = 'st_asmvt'") != "0"


def test_the_server_listens_on_this_machine_only(durable: EmbeddedServer) -> None:
    assert ask(durable.url, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(durable.administrator_url, "SHOW unix_socket_directories") == ""


def test_nobody_gets_in_without_the_password(durable: EmbeddedServer) -> None:
    password = urlsplit(durable.url).password
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(durable.url.replace(password, "guess"))
    assert ask(durable.url, "SHOW password_encryption") == "scram-sha-256"


def test_other_users_of_the_machine_cannot_read_the_folder(durable: EmbeddedServer) -> None:
    assert durable.directory.stat().st_mode & 0o077 == 0
    assert (durable.directory / "passwords.json").stat().st_mode & 0o077 == 0


def test_the_app_is_no_superuser(durable: EmbeddedServer) -> None:
    assert ask(durable.url, "SELECT rolsuper FROM pg_roles WHERE rolname = user") == "False"


def test_statements_with_what_residents_wrote_stay_out_of_the_log(durable: EmbeddedServer) -> None:
    with pytest.raises(psycopg.Error):
        ask(durable.url, "SELECT 'schaduw bij de speeltuin'::integer")
    assert "speeltuin'::" not in (durable.directory / "server.log").read_text()


def test_a_second_server_on_the_same_folder_is_refused(durable: EmbeddedServer) -> None:
    with pytest.raises(EmbeddedServerError, match="already runs on the database"):
        EmbeddedServer(durable.directory, durable=True).start()
    assert ask(durable.url, "SELECT 1") == "1"


def test_a_running_server_is_found_and_used(durable: EmbeddedServer, monkeypatch) -> None:
    assert running_url(durable.directory) == durable.url
    monkeypatch.setattr(database, "embedded_directory", lambda: durable.directory)
    with open_database({}) as url:
        assert url == durable.url
    with open_database({"DATABASE_URL": "postgresql://elsewhere"}) as url:
        assert url == "postgresql://elsewhere"


def test_a_server_that_does_not_run_is_started_for_once(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(database, "embedded_directory", lambda: folder / "once")
    with open_database({}) as url:
        assert ask(url, "SELECT 1") == "1"
    assert running_url(folder / "once") == ""


def test_rows_stay_after_a_stop_and_a_start(folder: Path) -> None:
    with EmbeddedServer(folder / "stays", durable=True) as server, psycopg.connect(server.url) as c:
        c.execute("CREATE TABLE wish AS SELECT 'shade' AS text")
    assert not server.is_alive()
    with EmbeddedServer(folder / "stays", durable=True) as server:
        assert ask(server.url, "SELECT text FROM wish") == "shade"


@pytest.mark.parametrize("process", [2**22 + 1, "running"])
def test_a_stale_pid_file_is_forgotten(folder: Path, process: object) -> None:
    """Also when another program has that number by now."""
    directory = folder / "stale"
    with EmbeddedServer(directory, durable=False):
        pass
    number = os.getpid() if process == "running" else process
    stale = directory / "cluster" / "postmaster.pid"
    stale.write_text(f"{number}\n{directory / 'cluster'}\n1700000000\n5432\n\n127.0.0.1\n\nready\n")
    assert running_url(directory) == ""
    with EmbeddedServer(directory, durable=False) as server:
        assert ask(server.url, "SELECT 1") == "1"


def test_a_killed_program_leaves_no_server_behind(folder: Path) -> None:
    """The kernel tells PostgreSQL that its parent is gone, and the next start recovers."""
    script = f"""
        import time
        from pathlib import Path
        from webapp.database import EmbeddedServer
        server = EmbeddedServer(Path({str(folder / "killed")!r}), durable=True)
        server.start()
        print(server._process.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, cwd=PROJECT
    )
    with parent:
        server_process = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 20
    while not is_gone(server_process) and time.monotonic() < end:
        time.sleep(0.1)
    assert is_gone(server_process)
    with EmbeddedServer(folder / "killed", durable=True) as server:
        assert ask(server.url, "SELECT 1") == "1"


def test_a_server_that_was_left_running_is_ended_first(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    left = EmbeddedServer(folder / "left", durable=False)
    left.start()
    left._lock.close()
    with EmbeddedServer(folder / "left", durable=False) as server:
        assert not left.is_alive()
        assert ask(server.url, "SELECT 1") == "1"


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(durable: EmbeddedServer) -> None:
    assert os.getsid(durable._process.pid) != os.getsid(0)


def test_a_server_that_dies_says_why(folder: Path) -> None:
    server = EmbeddedServer(folder / "dies", durable=False)
    server.start()
    server._process.send_signal(signal.SIGQUIT)
    server._process.wait(10)
    assert not server.is_alive()
    assert "PostgreSQL said" in server.problem()
    server.stop()


@pytest.mark.parametrize("text", ["", "fifteen", None])
def test_a_damaged_cluster_is_refused_and_left_alone(folder: Path, text: str | None) -> None:
    cluster = folder / f"damaged-{text}" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "keep").write_text("something")
    if text is not None:
        (cluster / "PG_VERSION").write_text(text)
    with pytest.raises(EmbeddedServerError, match="PG_VERSION is missing or unreadable"):
        EmbeddedServer(cluster.parent, durable=True).start()
    assert (cluster / "keep").read_text() == "something"


def test_an_older_cluster_names_the_packages_that_open_it(folder: Path) -> None:
    cluster = folder / "older" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("11\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 11") as told:
        EmbeddedServer(cluster.parent, durable=True).start()
    assert "postgresql-11-postgis-3" in str(told.value)
    assert "Nothing was changed" in str(told.value)
    assert (cluster / "PG_VERSION").read_text() == "11\n"


def test_a_port_that_is_taken_meanwhile_is_replaced(folder: Path, monkeypatch, durable) -> None:
    ports = iter([durable.port, 0])
    free = database.EmbeddedServer.start.__globals__["_free_port"]
    monkeypatch.setitem(
        EmbeddedServer.start.__globals__, "_free_port", lambda: next(ports, 0) or free()
    )
    with EmbeddedServer(folder / "port", durable=False) as server:
        assert server.port != durable.port


def test_a_full_disk_is_said_before_anything_is_made(folder: Path, monkeypatch) -> None:
    monkeypatch.setitem(EmbeddedServer.start.__globals__, "SMALLEST_DISK", 2**60)
    with pytest.raises(EmbeddedServerError, match=r"is full\. Nothing was lost"):
        EmbeddedServer(folder / "full", durable=True).start()
    assert not (folder / "full" / "cluster").exists()


def test_a_cluster_that_cannot_be_made_is_never_used(folder: Path, monkeypatch) -> None:
    broken = postgres.Installation(15, folder / "no-programs")
    monkeypatch.setattr(postgres, "newest_installation", lambda: broken)
    with pytest.raises(EmbeddedServerError):
        EmbeddedServer(folder / "broken", durable=True).start()
    assert not (folder / "broken" / "cluster").exists()


def test_a_machine_without_postgis_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(postgres, "installations", dict)
    with pytest.raises(EmbeddedServerError, match="postgresql-postgis"):
        postgres.newest_installation()


def test_a_postgresql_without_postgis_does_not_count(tmp_path: Path) -> None:
    for version in ("14", "15"):
        programs = tmp_path / "lib" / version / "bin"
        programs.mkdir(parents=True)
        (programs / "postgres").touch()
    extension = tmp_path / "share" / "14" / "extension"
    extension.mkdir(parents=True)
    (extension / "postgis.control").touch()
    found = postgres.installations(str(tmp_path / "lib"), str(tmp_path / "share"))
    assert list(found) == [14]


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("FATAL: could not extend file: No space left on device", "is full. Nothing was lost"),
        ("FATAL: data directory has wrong ownership", "chown"),
        ("FATAL: something new", "PostgreSQL said: FATAL: something new"),
        ("", "it gave no reason"),
    ],
)
def test_the_last_words_are_explained(words: str, meaning: str) -> None:
    assert meaning in explain(words, Path("/srv/database"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_project_in_a_private_folder_keeps_its_database_elsewhere(
    tmp_path: Path, monkeypatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(database, "STATE", tmp_path / "project" / ".state")
    assert database.embedded_directory().is_relative_to("/var/lib/balanskaart")
    with pytest.raises(EmbeddedServerError, match="may not enter the folders above"):
        EmbeddedServer(tmp_path / "project" / "database", durable=True).start()


def test_the_secret_key_is_made_once_and_private(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(database, "STATE", tmp_path / ".state")
    made = database.secret_key({})
    assert len(made) >= 64
    assert database.secret_key({}) == made
    assert (tmp_path / ".state" / "secret-key").stat().st_mode & 0o077 == 0
    assert database.secret_key({"SECRET_KEY": "given"}) == "given"
