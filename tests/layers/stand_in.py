"""A small HTTP server on this machine that answers as a test tells it to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """One answer; ``wait`` seconds pass before it."""

    body: bytes | dict[str, Any] = b""
    status: int = 200
    media_type: str = "application/geo+json"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0


@dataclass
class StandIn:
    """The server: give it answers per path, and read what it was asked."""

    base: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, path: str, *answers: Answer) -> None:
        """Set the answers to a path, one after another; the last one stays."""
        self.answers[path] = list(answers)


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Run a stand-in server on a free port."""
    state = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            state.asked.append((parts.path, parse_qs(parts.query)))
            waiting = state.answers.get(parts.path, [Answer(status=404)])
            _send(self, waiting.pop(0) if len(waiting) > 1 else waiting[0])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    time.sleep(answer.wait)
    body = json.dumps(answer.body).encode() if isinstance(answer.body, dict) else answer.body
    try:
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the client gave up waiting, as it should
