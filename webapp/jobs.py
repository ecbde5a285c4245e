"""Background work on the same PostgreSQL: messages go out, what is past its date is forgotten."""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import procrastinate
from flask import Flask
from sqlalchemy import text

from webapp.extensions import db

QUEUE = procrastinate.App(connector=procrastinate.PsycopgConnector())
logger = logging.getLogger(__name__)


@cache
def _app() -> Flask:
    from webapp import create_app

    return create_app()


def _in_app(work: Callable[[], Any]) -> None:
    with _app().app_context():
        work()


@QUEUE.periodic(cron="* * * * *")
@QUEUE.task(queueing_lock="deliver_messages", lock="deliver_messages", name="deliver_messages")
def deliver_messages(timestamp: int) -> None:
    """Send what waits in the outbox."""
    from webapp.wishes.messages import deliver_waiting_messages

    _in_app(deliver_waiting_messages)


@QUEUE.periodic(cron="17 3 * * *")
@QUEUE.task(queueing_lock="forget_expired", lock="forget_expired", name="forget_expired")
def forget_expired(timestamp: int) -> None:
    """Delete drafts, contact data, wishes and tiles that are past their date."""
    from webapp.areas.base_map import forget_old_tiles
    from webapp.wishes import retention

    _in_app(retention.forget_expired)
    _in_app(lambda: forget_old_tiles(time.time()))


@QUEUE.periodic(cron="*/5 * * * *")
@QUEUE.task(queueing_lock="import_map_layers", lock="import_map_layers", name="import_map_layers")
def import_map_layers(timestamp: int) -> None:
    """Import the map layers that wait, and once more those that were cut off."""
    from webapp.map_layers.actions import run_waiting_imports

    _in_app(run_waiting_imports)


@QUEUE.periodic(cron="*/5 * * * *")
@QUEUE.task(queueing_lock="compute_figures", lock="compute_figures", name="compute_figures")
def compute_figures(timestamp: int) -> None:
    """Compute the figures that were asked for, and those that other editions made old."""
    from webapp.figures.actions import recompute_stale, run_waiting_work

    _in_app(run_waiting_work)
    _in_app(recompute_stale)


@QUEUE.periodic(cron="* * * * *")
@QUEUE.task(queueing_lock="expose_wishes", lock="expose_wishes", name="expose_wishes")
def expose_wishes(timestamp: int) -> None:
    """Measure what layers say at the place of each new wish."""
    from webapp.figures.exposure import expose_all_waiting

    _in_app(expose_all_waiting)


def enqueue(name: str) -> None:
    """Have a task of this file done as soon as the caller commits; twice waiting is once."""
    db.session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args) "
            "VALUES ('default', :name, :name, :name, '{\"timestamp\": 0}') ON CONFLICT DO NOTHING"
        ),
        {"name": name},
    )


def run_worker() -> None:
    """Work until told to stop. A long import leaves room for what cannot wait."""
    logging.basicConfig(level=logging.WARNING)
    from webapp.config import read_settings
    from webapp.wishes.cluster_grid import keeping_up

    url = read_settings()["DATABASE_URL"]
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4)
    with QUEUE.replace_connector(connector) as app, keeping_up(_app):
        app.run_worker(concurrency=2, install_signal_handlers=True)
