"""The short way to PostgreSQL for the few statements that many readers wait for.

psycopg 3 with prepared statements and binary answers, each statement a transaction of its own, on
connections that stay open: as many as threads ever asked at the same time. Everything else goes
through SQLAlchemy. A statement here sees only what is committed, so it is never used for what a
request has changed and not committed.

A test's transaction can't hold two connections: there `Borrowed` runs the same statements on the
connection of the test.
"""

import re
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import psycopg
from flask import Flask, current_app
from psycopg import sql
from sqlalchemy import Connection, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from webapp.errors import Unavailable

STATEMENT_SECONDS = 10
Parameters = Mapping[str, Any]
Row = Sequence[Any]


class Executor(Protocol):
    """Runs one statement with named parameters (`%(name)s`) and gives its rows."""

    def rows(self, text: str, parameters: Parameters) -> list[Row]:
        """All rows of the answer."""

    def close(self) -> None:
        """Let go of every connection."""


class FastSql:
    """Runs statements on connections of its own."""

    def __init__(self, url: str, statement_seconds: int = STATEMENT_SECONDS) -> None:
        self._url = url
        # A plan is kept, and may have been made when its table was still empty: without the second
        # setting it would read the whole table for as long as the connection lives.
        self._options = f"-c statement_timeout={statement_seconds * 1000} -c enable_seqscan=off"
        self._idle: deque[psycopg.Connection[Any]] = deque()
        weakref.finalize(self, _close, self._idle)

    def rows(self, text: str, parameters: Parameters) -> list[Row]:
        """All rows of the answer. Raises `Unavailable` when there is none, or none in time."""
        try:
            return self._on_a_connection(lambda connection: _fetch(connection, text, parameters))
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise Unavailable from None

    def close(self) -> None:
        """Close what is idle; a statement that runs ends first and then closes its own."""
        _close(self._idle)

    def _on_a_connection(self, work: Callable[[psycopg.Connection[Any]], list[Row]]) -> list[Row]:
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._keep(self._connect(), work)
        try:
            return self._keep(connection, work)
        except psycopg.OperationalError:
            # The server was restarted meanwhile; what is just slow or wrong leaves us connected.
            if not connection.closed:
                raise
            self.close()
            return self._keep(self._connect(), work)

    def _keep(
        self,
        connection: psycopg.Connection[Any],
        work: Callable[[psycopg.Connection[Any]], list[Row]],
    ) -> list[Row]:
        try:
            return work(connection)
        finally:
            if connection.closed or connection.broken:
                connection.close()
            else:
                self._idle.append(connection)

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self._url,
            autocommit=True,
            prepare_threshold=0,
            options=self._options,
            cursor_factory=psycopg.RawCursor,
        )


def _close(idle: deque[psycopg.Connection[Any]]) -> None:
    while idle:
        idle.pop().close()


def _fetch(connection: psycopg.Connection[Any], text: str, parameters: Parameters) -> list[Row]:
    numbered, names = _numbered(text)
    given = [parameters[name] for name in names]
    cursor = connection.execute(numbered, given, prepare=True, binary=True)
    return cursor.fetchall() if cursor.description else []


@lru_cache(maxsize=2000)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `$1` for its first name and so on, and the names in this order. Kept here:
    of a long statement the driver would read the whole text again each time."""
    names = list(dict.fromkeys(_PARAMETER.findall(text)))
    numbered = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", text)
    return numbered.replace("%%", "%"), tuple(names)


class Borrowed:
    """Runs statements on a connection that someone else owns, within their transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, text: str, parameters: Parameters) -> list[Row]:
        """All rows of the answer, with bytes as `FastSql` gives them."""
        result = self._connection.exec_driver_sql(text, dict(parameters))
        found = result.fetchall() if result.returns_rows else []
        return [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in found
        ]

    def close(self) -> None:
        """Nothing here is ours."""


def executor() -> Executor:
    """The executor of this app."""
    found: Executor = current_app.extensions["fast_sql"]
    return found


def value(text: str, parameters: Parameters) -> Any:
    """The first column of the first row; None without rows."""
    rows = executor().rows(text, parameters)
    return rows[0][0] if rows else None


def written(statement: Select[Any]) -> tuple[str, dict[str, Any]]:
    """A statement of SQLAlchemy as text for an executor, with the parameters that it brings."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return str(compiled), dict(compiled.params)


def prepared(statement: Select[Any], *names: str) -> str:
    """As `written`, for text that is kept: `names` stay parameters, and whatever else the statement
    compares with stands in it as a constant, so that partial indexes fit. Constants are ours: what
    a reader sends is always a named parameter."""
    text, parameters = written(statement)
    constants = {
        name: sql.Literal(given).as_string().replace("%", "%%")
        for name, given in parameters.items()
        if name not in names
    }
    kept = {name: f"%({name})s" for name in names}
    return _PARAMETER.sub(lambda found: (constants | kept)[found[1]], text)


_PARAMETER = re.compile(r"%\((\w+)\)s")
_DIALECT = PGDialect_psycopg(paramstyle="pyformat")


def init_app(app: Flask) -> None:
    """Give the app its executor; it connects when it is first asked something."""
    app.extensions["fast_sql"] = FastSql(app.config["DATABASE_URL"])
