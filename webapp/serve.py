"""`balanskaart serve`: database, worker and web server together, until Ctrl-C or a failure."""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

from webapp.config import read_settings
from webapp.database import (
    EmbeddedServer,
    EmbeddedServerError,
    embedded_directory,
    migrate,
    secret_key,
)
from webapp.postgres import dies_with_parent

READY_SECONDS = 60
STOP_SECONDS = 5
WORKERS = 2
THREADS = 8


class ServeError(RuntimeError):
    """What keeps us from serving, and what to do."""


class StopAskedError(BaseException):
    """Ctrl-C, `kill` or a closed terminal."""


@dataclass
class Child:
    """A program that must run as long as we do."""

    name: str
    process: subprocess.Popen[bytes]


def serve() -> int:
    """Start everything, wait, and stop everything; the exit code."""
    _listen_to_signals(_ask_to_stop)
    try:
        settings = read_settings()
        check_port(settings["HOST"], settings["PORT"])
        with contextlib.ExitStack() as stack:
            stack.callback(_listen_to_signals, signal.SIG_DFL)
            _serve_within(stack, settings)
    except StopAskedError:
        _say("Stopped.")
        return 0
    except (ServeError, EmbeddedServerError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
    return 1


def _serve_within(stack: contextlib.ExitStack, settings: dict) -> None:
    server = None
    if not settings["DATABASE_URL"]:
        _say("Starting the database")
        server = EmbeddedServer(embedded_directory(), durable=True)
        stack.enter_context(server)
        os.environ["DATABASE_URL"] = server.url
    os.environ["SECRET_KEY"] = secret_key()
    stack.callback(_listen_to_signals, signal.SIG_IGN)  # nothing interrupts an orderly stop
    _bring_up_to_date(os.environ["DATABASE_URL"])
    accounts = _load_demo() if settings["DEMO"] else ()
    children = stack.enter_context(_children(settings["HOST"], settings["PORT"]))
    _wait_for_answer(settings["HOST"], settings["PORT"], children)
    _welcome(settings, accounts)
    _watch(children, server)
