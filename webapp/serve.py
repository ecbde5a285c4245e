"""`balanskaart serve`: database, worker and web server together, until Ctrl-C or a failure."""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from webapp.config import read_settings
from webapp.database import (
    PROJECT,
    EmbeddedServer,
    EmbeddedServerError,
    bring_up_to_date,
    embedded_directory,
    secret_key,
)
from webapp.postgres import dies_with_parent

READY_SECONDS = 60
STOP_SECONDS = 4
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PYTHON = sys.executable
NEXT_STEP = ".venv/bin/balanskaart areas import --pdok 2024   (the real neighbourhoods and figures)"

Children = Mapping[str, "subprocess.Popen[bytes]"]


class ServeError(RuntimeError):
    """What keeps us from serving, and what to do."""


class StopAsked(BaseException):
    """Ctrl-C, `kill` or a closed terminal."""


def serve() -> int:
    """Start everything, wait, and stop everything; returns the exit code."""
    _on_stop_signals(_ask_to_stop)
    try:
        settings = read_settings()
        check_port(settings["HOST"], settings["PORT"])
        with contextlib.ExitStack() as stack:
            try:
                _serve_within(stack, settings)
            finally:
                _on_stop_signals(signal.SIG_IGN)  # nothing interrupts an orderly stop
    except StopAsked:
        _say("Stopped.")
        return 0
    except (ServeError, EmbeddedServerError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
    return 1


def _serve_within(stack: contextlib.ExitStack, settings: Mapping[str, Any]) -> None:
    server = None
    if not settings["DATABASE_URL"]:
        _say("Starting the database")
        embedded = EmbeddedServer(embedded_directory(), durable=True, rd_grid=settings["RD_GRID"])
        server = stack.enter_context(embedded)
    url = server.url if server else settings["DATABASE_URL"]
    environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": secret_key()}
    _say("Bringing the database up to date")
    accounts = _prepare_in_child(environment)
    _say("Starting the worker and the web server")
    children = stack.enter_context(running_children(commands(settings), environment))
    _wait_for_answer(settings["HOST"], settings["PORT"], children)
    _welcome(settings["HOST"], settings["PORT"], accounts)
    _watch(children, server)


def check_port(host: str, port: int) -> None:
    """Say it before anything starts when nobody can listen there."""
    if not 1 <= port <= 65535:
        raise ServeError(f"PORT={port} cannot be used: take a number from 1 to 65535.")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        raise ServeError(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    other = f"PORT={port + 1 if port < 65535 else 8001} make run"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Use another one: {other}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"You may not listen on port {port}. Use one above 1023: PORT=8000 make run"
    return f"HOST={host} is not an address of this machine. The usual one is 127.0.0.1."


def commands(settings: Mapping[str, Any]) -> dict[str, list[str]]:
    """The programs that must run as long as we do."""
    return {
        "The worker": [PYTHON, "-m", "webapp.cli", "worker"],
        "The web server": [
            PYTHON, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error",
            "--workers-kill-timeout", "2",
            "--host", settings["HOST"], "--port", str(settings["PORT"]),
            "--workers", "2", "--blocking-threads", "8", "webapp.wsgi:app",
        ],
    }  # fmt: skip


def has_real_areas() -> bool:
    """Whether areas of CBS are loaded, and not only the drawn ones."""
    from sqlalchemy import select

    from webapp.areas.models import Area
    from webapp.extensions import db

    return bool(db.session.scalar(select(Area.id).where(Area.is_schematic.is_(False)).limit(1)))


def prepare() -> None:
    """Migrate, load the demo and print its accounts. A process of its own, whose memory is given
    back: the one that waits for Ctrl-C stays small."""
    settings = read_settings()
    bring_up_to_date(settings["DATABASE_URL"])
    from webapp import create_app

    app = create_app()
    if settings["DEMO"]:
        from webapp.demo import load_demo

        print("\n".join(load_demo(app)))
    with app.app_context():
        if not has_real_areas():
            print(f"Next, with internet: {NEXT_STEP}")


def _prepare_in_child(environment: Mapping[str, str]) -> str:
    command = dies_with_parent([PYTHON, "-m", "webapp.serve"], "TERM")
    done = subprocess.run(
        command, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise ServeError(
            "The database could not be brought up to date; the reason is above. Nothing was "
            "served, and every step that was not completed was undone."
        )
    return done.stdout.strip()


@contextlib.contextmanager
def running_children(
    programs: Mapping[str, list[str]], environment: Mapping[str, str]
) -> Iterator[Children]:
    """Start the programs, each in a session of its own, and end them all afterwards."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            children[name] = subprocess.Popen(
                dies_with_parent(command, "TERM"), env=environment, cwd=PROJECT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        yield children
    finally:
        _end(children)


def _end(children: Children) -> None:
    for child in children.values():
        child.terminate()
    end = time.monotonic() + STOP_SECONDS
    for child in children.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, end - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # whatever it started and left behind
        child.wait()


def _wait_for_answer(host: str, port: int, children: Children) -> None:
    end = time.monotonic() + READY_SECONDS
    while not _answers(reachable_host(host), port):
        _refuse_when_dead(children)
        if time.monotonic() > end:
            raise ServeError(
                f"The web server gave no answer within {READY_SECONDS} seconds, so everything "
                f"was stopped. Is this machine very busy? Then try again."
            )
        time.sleep(0.1)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable_host(host: str) -> str:
    """Where we reach a server that listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def _refuse_when_dead(children: Children) -> None:
    for name, child in children.items():
        if (code := child.poll()) is not None:
            raise ServeError(
                f"{name} stopped by itself (code {code}; see above), so everything was stopped."
            )


def _watch(children: Children, server: EmbeddedServer | None) -> None:
    while True:
        _refuse_when_dead(children)
        if server and not server.is_alive():
            raise ServeError(f"{server.problem()} Everything was stopped.")
        time.sleep(0.5)


def _welcome(host: str, port: int, accounts: str) -> None:
    shown = reachable_host(host)
    address = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    print(f"\nBalanskaart is at {address}\n", flush=True)
    if accounts:
        print(f"{accounts}\n", flush=True)
    print("Ctrl-C stops it.", flush=True)


def _on_stop_signals(handler: Callable[..., None] | signal.Handlers) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, handler)


def _ask_to_stop(*_: object) -> None:
    _on_stop_signals(signal.SIG_IGN)
    raise StopAsked


def _say(step: str) -> None:
    print(f"· {step}", flush=True)


def _prepare_or_say_why() -> int:
    import psycopg

    try:
        prepare()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        print(f"The database can't be used: {reason}. Check DATABASE_URL.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_prepare_or_say_why())
