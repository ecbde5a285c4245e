"""Which wishes have to be measured: what a trigger noted, and what is asked here."""

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from webapp.extensions import db
from webapp.figures.models import ExposureRequest, WishExposure
from webapp.permissions import Scope
from webapp.wishes.publication import wishes_for_staff

NO_LAYER = "no_layer"
"""The reason of a measure whose layer was not loaded when a wish was measured."""
EVERYTHING = Scope(True, frozenset(), frozenset())


def request_all() -> int:
    """Have every wish measured; returns how many. The caller commits."""
    wishes = wishes_for_staff(EVERYTHING).subquery()
    return _request(select(wishes.c.id))


def request_lacking(figures: Sequence[str]) -> int:
    """Have those measured that lacked a layer, or one of these figures; returns how many. The
    caller commits."""
    keys = [f"area:{figure}" for figure in figures]
    has = func.count().filter(WishExposure.measure.in_(keys))
    lacks_layer = func.bool_or(WishExposure.reason == NO_LAYER)
    lacking = select(WishExposure.wish_id).group_by(WishExposure.wish_id)
    return _request(lacking.having(or_(has < len(keys), lacks_layer)))


def _request(ids: object) -> int:
    statement = insert(ExposureRequest).from_select(["wish_id"], ids).on_conflict_do_nothing()
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def take(most: int) -> list[int]:
    """Take at most so many requests; they are gone when the caller commits."""
    first = (
        select(ExposureRequest.wish_id)
        .order_by(ExposureRequest.wish_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = delete(ExposureRequest).where(ExposureRequest.wish_id.in_(first.scalar_subquery()))
    return sorted(db.session.scalars(taken.returning(ExposureRequest.wish_id)))
