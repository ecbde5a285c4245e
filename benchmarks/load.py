"""Load for benchmarks: pgbench for the floor, keep-alive HTTP clients for servers, in turn.

Clients, server and PostgreSQL share the machine, so ratios count, not rates. A client is a process
of its own with a few plain sockets: Python's own HTTP client would be what is measured.
"""

import contextlib
import multiprocessing
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.serve import running_children

SECRET = "only for measuring, and long enough"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_RATE = re.compile(r"tps = ([\d.]+)")


@dataclass(frozen=True)
class Load:
    """What a round gave: answers a second, the 95th percentile in ms, and statuses that were not
    2xx or 304."""

    rate: float
    p95: float
    failures: int


def pgbench(url: str, scripts: Sequence[str], clients: int, seconds: float, folder: Path) -> Load:
    """Run each script as often as any other, prepared, with so many connections."""
    files = []
    for number, script in enumerate(scripts):
        path = folder / f"{number}.sql"
        path.write_text(script)
        files += ["-f", str(path)]
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, int(seconds)))]  # fmt: skip
    # One plan per script, or in a short round making plans would be most of what is measured.
    options = {**os.environ, "PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
    run = subprocess.run([*command, *files, url], capture_output=True, text=True, check=False, env=options)  # fmt: skip
    found = _RATE.search(run.stdout)
    if run.returncode or not found:
        raise SystemExit(f"pgbench: {run.stderr[-500:]}")
    return Load(float(found[1]), 0.0, 0)


def http(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Load:
    """Send the requests in turn on so many connections, each waiting for its answer."""
    parts = [clients // 2, clients - clients // 2] if clients > 1 else [1]
    results: Any = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_client, args=(port, requests, part, number, seconds, results))
        for number, part in enumerate(parts)
    ]  # fmt: skip
    for worker in workers:
        worker.start()
    found = [results.get(timeout=seconds + 120) for _ in workers]
    for worker in workers:
        worker.join()
    times = sorted(time for each, _ in found for time in each)
    if not times:
        return Load(0.0, float("inf"), sum(bad for _, bad in found))
    return Load(len(times) / seconds, times[int(len(times) * 0.95)] * 1000, sum(bad for _, bad in found))  # fmt: skip


def _client(
    port: int, requests: Sequence[bytes], clients: int, number: int, seconds: float, results: Any
) -> None:
    waiting = selectors.DefaultSelector()
    place, times, failures = number * len(requests) // 2, [], 0
    states: dict[socket.socket, tuple[float, bytearray]] = {}

    def ask(connection: socket.socket) -> None:
        nonlocal place
        states[connection] = time.perf_counter(), bytearray()
        connection.sendall(requests[place % len(requests)])
        place += 1

    end = time.perf_counter() + seconds
    for _ in range(clients):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(connection, selectors.EVENT_READ)
        ask(connection)
    while time.perf_counter() < end:
        for key, _ in waiting.select(1):
            connection: Any = key.fileobj
            started, buffer = states[connection]
            buffer += connection.recv(1 << 20)
            status = _complete(buffer)
            if status:
                times.append(time.perf_counter() - started)
                failures += status not in (200, 201, 204, 304)
                ask(connection)
    results.put((times, failures))


def _complete(buffer: bytearray) -> int:
    """The status of an answer that has come whole, else 0."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return 0
    status = int(buffer[9:12])
    found = _LENGTH.search(buffer, 0, head + 2)
    if found:
        return status if len(buffer) >= head + 4 + int(found[1]) else 0
    if b"chunked" in buffer[:head].lower():
        return status if buffer.endswith(b"0\r\n\r\n") else 0
    return status if status in (204, 304) else 0


def get(path: str, **headers: str) -> bytes:
    """A request without a body."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode()


def fetch(port: int, request: bytes) -> tuple[int, bytes, bytes]:
    """Status, head and body of one answer."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        buffer = bytearray()
        while not (status := _complete(buffer)):
            part = connection.recv(1 << 20)
            if not part:
                raise SystemExit(f"no whole answer: {bytes(buffer[:200])!r}")
            buffer += part
    head, _, body = bytes(buffer).partition(b"\r\n\r\n")
    return status, head, body


def in_turn(rounds: int, runs: dict[str, Callable[[], Load]]) -> dict[str, list[Load]]:
    """Every run once per round, so that a neighbour on the machine hinders all of them."""
    found: dict[str, list[Load]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


def ratio(ours: Sequence[Load], other: Sequence[Load]) -> float:
    """The median of the ratios of the rounds."""
    return statistics.median(one.rate / two.rate for one, two in zip(ours, other, strict=True))


def told(found: dict[str, list[Load]]) -> str:
    """Rates and p95 of each, in one line."""
    return "; ".join(
        f"{name} {statistics.median(each.rate for each in loads):.0f}/s"
        + (f" p95 {statistics.median(each.p95 for each in loads):.1f} ms" if loads[0].p95 else "")
        + (f" FAILED {sum(each.failures for each in loads)}" if any(each.failures for each in loads) else "")
        for name, loads in found.items()
    )  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """A server that listens on a port."""
    with running_children({command[0]: command}, {**os.environ, **environment}):
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port


@contextlib.contextmanager
def our_server(url: str, **settings: str) -> Iterator[int]:
    """Balanskaart as `make run` serves it: two workers of granian with eight threads."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error",
        "--port", str(port), "--workers", "2", "--blocking-threads", "8", "webapp.wsgi:app",
    ]  # fmt: skip
    environment = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "SUBMISSIONS_PER_HOUR": "99999999"}
    with serving(command, port, environment | settings):
        yield port
