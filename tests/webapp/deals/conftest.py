"""The app of these tests, with a session that can't leave its transaction.

`test_isolation` of Flask-SQLAlchemy-Lite 0.2 hands the session a patched engine. SQLAlchemy 2.1
takes the transaction on a connection that it opened itself for its own, and a commit in the code
under test then ends it for good. A session bound to the connection keeps to a savepoint.
"""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from flask import Flask

from webapp.extensions import db


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The app inside a transaction: whatever a test commits is gone afterwards."""
    with application.app_context(), db.engine.connect() as connection:
        transaction = connection.begin()
        bound = {"bind": connection, "join_transaction_mode": "create_savepoint"}
        with patch.dict(db.sessionmaker.kw, bound):
            yield application
        db.session.close()
        transaction.rollback()
