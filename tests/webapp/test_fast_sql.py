"""The short way to the database: what made others slow must not come back."""

import threading

import psycopg
import pytest
from sqlalchemy import bindparam, select

from gis import crs
from tests import factories
from webapp import fast_sql
from webapp.config import WEB_STATEMENT_SECONDS, web_settings
from webapp.deals.models import Case
from webapp.errors import Unavailable
from webapp.fast_sql import FastSql, prepared

BACKEND = "SELECT pg_backend_pid()"


@pytest.fixture
def fast(database_url):
    executor = FastSql(database_url)
    yield executor
    executor.close()


def backend(executor: FastSql) -> int:
    return executor.rows(BACKEND, {})[0][0]


def test_a_connection_stays_open_between_statements(fast):
    assert len({backend(fast) for _ in range(20)}) == 1


def test_no_connection_is_closed_because_many_were_needed_at_once(fast):
    together = threading.Barrier(6)
    backends: list[int] = []

    def ask() -> None:
        together.wait()
        backends.append(fast.rows("SELECT pg_backend_pid(), pg_sleep(0.2)", {})[0][0])

    for _ in range(2):
        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(backends) == 12
    assert len(set(backends)) == 6, "the second turn uses the connections of the first"


def test_bytes_come_as_bytes_and_statements_stay_prepared(fast):
    rows = fast.rows("SELECT %(n)s::int, '\\x00ff'::bytea", {"n": 1})
    assert rows == [(1, b"\x00\xff")]
    (row,) = fast.rows("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%bytea%%' LIMIT 1", {})  # fmt: skip
    assert "$1" in row[0]
    connection = fast._idle[-1]
    assert connection.execute(BACKEND, binary=True).pgresult.fformat(0) == 1


def test_a_statement_that_takes_too_long_is_stopped_and_nothing_is_lost(database_url):
    fast = FastSql(database_url, statement_seconds=1)
    first = backend(fast)
    with pytest.raises(Unavailable):
        fast.rows("SELECT pg_sleep(5)", {})
    assert backend(fast) == first
    fast.close()


def test_every_way_of_the_web_server_has_an_end():
    assert fast_sql.STATEMENT_SECONDS <= WEB_STATEMENT_SECONDS
    options = web_settings()["SQLALCHEMY_ENGINES"]["default"]["connect_args"]["options"]
    assert f"statement_timeout={WEB_STATEMENT_SECONDS * 1000}" in options


def test_a_restarted_server_is_found_again(fast, database_url):
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (backend(fast),))
    assert backend(fast)


def test_what_a_reader_sends_stays_a_parameter():
    given = bindparam("slug", required=False)
    text = prepared(select(Case.id).where(Case.slug == given, Case.municipality_code == "a'%b"), "slug")  # fmt: skip
    assert "%(slug)s" in text
    assert "'a''%%b'" in text


def test_a_test_sees_its_own_rows(app):
    case = factories.make_case()
    found = fast_sql.value("SELECT id FROM cases WHERE slug = %(slug)s", {"slug": case.slug})
    assert found == case.id


def test_a_transformation_is_made_once():
    crs.rd_point(4.65, 52.36)
    made = crs._transformer.cache_info().misses
    for _ in range(5):
        crs.rd_point(4.65, 52.36)
    assert crs._transformer.cache_info().misses == made
