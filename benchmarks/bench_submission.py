"""POST /api/v1/wishes with every check and its event row, against the bare insert in pgbench.

The floor is one prepared transaction per row: the wish and its event into the same tables with the
same indexes and triggers, without any check, on a server that writes durably. Afterwards every
acknowledged wish must be there, with one event each.
"""

import json
import tempfile
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg

from benchmarks.load import SECRET, fetch, http, in_turn, our_server, pgbench, ratio, told
from benchmarks.report import quick, report
from benchmarks.world import World
from webapp.database import EmbeddedServer, migrate

CLIENTS = 16
ROUNDS, SECONDS = (2, 3) if quick() else (3, 6)
REQUESTS = 60_000
FLOOR = """
\\set n random(1, 1000000)
WITH wish AS (
    INSERT INTO wishes (case_id, round_id, area_id, kind, theme, text, language, door, zoom, place_words,
        geom, channel, flags, idempotency_key, request_hash, code_hash, retain_until)
    VALUES (1, 1, 1, 'wish', 'green', 'Meer schaduw', 'nl', 'map', 17, 'Buurt',
        ST_SetSRID(ST_MakePoint(100000 + (:n % 997) * 20, 450000 + (:n % 991) * 20), 28992), 'web', '[]',
        gen_random_uuid(), '\\x00'::bytea, decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), '2031-01-01')
    RETURNING id)
INSERT INTO events (subject, subject_id, action, details)
    SELECT 'wish', id, 'placed', '{"kind": "wish"}' FROM wish;
"""


def request(number: int, run: int) -> bytes:
    """A wish of its own: another place, text and key each time."""
    place = [4.60 + number % 977 * 0.0004, 52.05 + number % 787 * 0.0003]
    properties = {"case": "haarlem", "kind": "wish", "theme": "green", "text": f"Meer schaduw {number}", "language": "nl", "zoom": 17}  # fmt: skip
    geometry = {"type": "Point", "coordinates": place}
    body = json.dumps({"type": "Feature", "geometry": geometry, "properties": properties})
    return (
        f"POST /api/v1/wishes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/geo+json\r\n"
        f"Idempotency-Key: {UUID(int=run * 10**9 + number)}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def main() -> None:
    """Floor and API in turn, on a durable server."""
    with tempfile.TemporaryDirectory(prefix="balanskaart-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with EmbeddedServer(folder / "database", durable=True) as server:
            migrate(server.url)
            World(server.url, SECRET).fill(60)
            _measure(server.url, folder)


def _measure(url: str, folder: Path) -> None:
    with our_server(url) as port:
        status, _, body = fetch(port, request(0, 0))
        if status != 201:
            raise SystemExit(f"the API answers {status}: {body[:300]!r}")
        sets = [
            [request(number, run) for number in range(REQUESTS)] for run in range(1, ROUNDS + 1)
        ]
        waiting = iter(sets)
        found = in_turn(
            ROUNDS,
            {
                "floor": partial(pgbench, url, [FLOOR], CLIENTS, SECONDS, folder),
                "ours": lambda: http(port, next(waiting), CLIENTS, SECONDS),
            },
        )
    acknowledged = sum(int(load.rate * SECONDS) for load in found["ours"])
    with psycopg.connect(url) as connection:
        (stored, events) = connection.execute(
            "SELECT count(*), (SELECT count(*) FROM events e JOIN wishes w ON w.id = e.subject_id "
            "WHERE w.channel = 'api') FROM wishes WHERE channel = 'api'"
        ).fetchone() or (0, 0)
    failed = sum(load.failures for load in found["ours"])
    if stored < acknowledged - failed or stored != events:
        raise SystemExit(f"{acknowledged} acknowledged, {stored} stored, {events} events")
    p95 = max(load.p95 for load in found["ours"])
    note = f"{CLIENTS} clients: {told(found)}; {acknowledged} acknowledged, {stored} stored, each with its event"  # fmt: skip
    report("submission_floor", ratio(found["ours"], found["floor"]), 0.25, note)
    report("submission_p95_ms", p95, 50, at_most=True)


if __name__ == "__main__":
    main()
