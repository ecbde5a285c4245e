"""A long list in pages: how many rows there are, and those of one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from webapp.errors import NotFound
from webapp.extensions import db


@dataclass(frozen=True)
class Paged:
    """One page of rows; pages count from 1."""

    rows: Sequence[Row[Any]]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


def paged(rows: Select[Any], page: int, size: int) -> Paged:
    """Page `page` of rows that have an order. Raises `NotFound` beyond the last page."""
    total = db.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    found = Paged([], total, page, size)
    if not 1 <= page <= found.pages:
        raise NotFound
    here = db.session.execute(rows.limit(size).offset((page - 1) * size)).all()
    return Paged(here, total, page, size)
