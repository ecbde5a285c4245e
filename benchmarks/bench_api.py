"""POST and GET of the API against the very SQL that they run, in the same run.

The floor takes the statements that one request makes and sends them without HTTP or Flask. Load
generator, server and database share this machine, so read the ratios, not the rates.
"""

import http.client
import json
import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg2
from sqlalchemy import event

from webapp.database import migrate, temporary_server
from webapp.serve import running_children

CLIENTS, REQUESTS, ROUNDS = 4, 80, 3
WISHES = 5_000
SECRET = "only for measuring, and long enough"
FROM_LONLAT = (
    "ST_Transform(ST_SetSRID(ST_MakePoint(4.60+0.08*random(), 52.35+0.06*random()),4258),28992)"
)
QUESTION = "/api/v1/wishes?bbox=4.63,52.36,4.65,52.38&limit=1000"
Statements = list[tuple[str, dict[str, Any]]]


def fill(url: str) -> None:
    """A case with an open round and published wishes at random places."""
    now = datetime.now(UTC)
    rows = f"""
    INSERT INTO deals (slug, kind, title, short_title, summary, source) VALUES ('d', 'covenant', '{{"nl": "d"}}', '{{"nl": "d"}}', '{{"nl": "d"}}', 'benchmark');
    INSERT INTO cases (deal_id, slug, title, summary, municipality_code, municipality_name) SELECT id, 'haarlem', title, summary, 'GM0392', 'Haarlem' FROM deals;
    INSERT INTO case_parts (case_id, kind, geom, source) SELECT id, 'town_edge', ST_Multi(ST_Transform(ST_MakeEnvelope(4.5, 52.3, 4.8, 52.5, 4258), 28992)), 'benchmark' FROM cases;
    INSERT INTO rounds (case_id, title, about, who, decides, opens_at, closes_at) SELECT id, title, title, title, title, '{now}', '{now + timedelta(days=9)}' FROM cases;
    INSERT INTO wishes (case_id, kind, theme, text, language, door, geom, channel, status, retain_until) SELECT c.id, 'wish', 'green', 'Meer schaduw ' || n, 'nl', 'map', {FROM_LONLAT}, 'web', 'published', '{now.date()}' FROM cases c, generate_series(1, {WISHES}) n;
    ANALYZE"""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(rows)


def wish() -> tuple[str, str, bytes, dict[str, str]]:
    """A new wish each time."""
    body = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [4.6545, 52.3612]},
        "properties": {"case": "haarlem", "kind": "wish", "theme": "green", "text": "Meer schaduw", "language": "nl", "zoom": 17},
    }  # fmt: skip
    headers = {"Content-Type": "application/geo+json", "Idempotency-Key": str(uuid4())}
    return "POST", "/api/v1/wishes", json.dumps(body).encode(), headers


def question() -> tuple[str, str, bytes, dict[str, str]]:
    """The same box each time."""
    return "GET", QUESTION, b"", {}


def statements_of(url: str, request: Callable[[], Any]) -> Statements:
    """What the app asks of the database for one request."""
    from webapp import create_app
    from webapp.config import engine_url, read_settings
    from webapp.extensions import db

    settings = read_settings({**os.environ, "DATABASE_URL": url, "SECRET_KEY": SECRET})
    app = create_app(settings | {"SQLALCHEMY_ENGINES": {"default": {"url": engine_url(url)}}})
    kept: Statements = []
    method, path, body, headers = request()
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: kept.append(given[2:4]))
        answer = app.test_client().open(path, method=method, data=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        db.engine.dispose()
    return kept


def run_floor(url: str, statements: Statements) -> None:
    """The same statements on one connection; what must be unique is made new."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        for _ in range(REQUESTS // CLIENTS):
            fresh = {"idempotency_key": str(uuid4()), "code_hash": os.urandom(32)}
            fresh["idempotency_key_1"] = fresh["idempotency_key"]
            number = None
            for sql, parameters in statements:
                given = parameters | {name: fresh[name] for name in fresh if name in parameters}
                if number and "subject_id" in given:
                    given["subject_id"] = number
                cursor.execute(sql, given)
                rows = cursor.fetchall() if cursor.description else []
                number = rows[0][0] if sql.startswith("INSERT INTO wishes") else number
            connection.commit()


def run_http(port: int, request: Callable[[], Any]) -> None:
    """Requests on one connection; each must succeed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(REQUESTS // CLIENTS):
        connection.request(*request())
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in {200, 201}, text
    connection.close()


def rate(work: Callable[[], None]) -> float:
    """Requests per second with all clients at once; a client that fails ends the run."""
    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return REQUESTS / (time.perf_counter() - start)


def measure(name: str, url: str, port: int, request: Callable[[], Any]) -> None:
    """Floor and API in turn, and the ratio of their medians."""
    statements = statements_of(url, request)
    run_http(port, request)
    floor, api = [], []
    for _ in range(ROUNDS):
        floor.append(rate(lambda: run_floor(url, statements)))
        api.append(rate(lambda: run_http(port, request)))
    ratios = sorted(ours / bare for ours, bare in zip(api, floor, strict=True))
    print(
        f"{name:<22} floor {statistics.median(floor):7.0f}/s  API {statistics.median(api):7.0f}/s  "
        f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})",
        flush=True,
    )


def wait_for(port: int) -> None:
    """Until the server listens."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


def main() -> None:
    """Measure both."""
    with temporary_server() as server, socket.socket() as free:
        migrate(server.url)
        fill(server.url)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error", "--port", str(port), "--workers", "2", "--blocking-threads", "8", "webapp.wsgi:app"]  # fmt: skip
        settings = {"DATABASE_URL": server.url, "SECRET_KEY": SECRET, "SUBMISSIONS_PER_HOUR": "9999999"}  # fmt: skip
        with running_children({"granian": command}, {**os.environ, **settings}):
            wait_for(port)
            print(f"{CLIENTS} clients, {REQUESTS} requests, {ROUNDS} rounds, {WISHES} wishes")
            measure("POST /wishes", server.url, port, wish)
            measure("GET /wishes?bbox", server.url, port, question)


if __name__ == "__main__":
    main()
