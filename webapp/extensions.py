"""The Flask extensions and the declarative base, made once and bound to the app in `create_app`."""

from datetime import datetime
from inspect import iscoroutinefunction
from typing import Annotated, Any

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_security import Security
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import BigInteger, DateTime, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from webapp.security import client_fingerprint

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = Annotated[int, mapped_column(primary_key=True)]
Translated = Annotated[dict[str, str], mapped_column(JSONB)]
Document = Annotated[dict[str, Any], mapped_column(JSONB, server_default="{}")]
Cents = Annotated[int, mapped_column(BigInteger)]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Model(DeclarativeBase):
    """Base of every table. Text has no length limit here; forms have."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}  # noqa: RUF012


class Database(SQLAlchemy):
    """Without the end of asynchronous sessions, of which we have none: Flask would start a thread
    and an event loop for it after every request."""

    def init_app(self, app: Flask) -> None:  # type: ignore[override]
        """Bind to an app."""
        super().init_app(app)
        waiting = app.teardown_appcontext_funcs
        waiting[:] = [each for each in waiting if not iscoroutinefunction(each)]


db = Database()
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=client_fingerprint)
accounts_security = Security()
