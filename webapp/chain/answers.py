"""The one rule of what counts as an answer to a wish.

A wish has the best relation of the interventions that it is linked with, as far as these are
published and not stopped: `answers` before `partly` before `conflicts`. Without any it is
`waiting`. A wish counts as answered when its state is `answers` or `partly`.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.dialects.postgresql import array

from webapp.interventions.models import PHASE_TYPES, RELATIONS, Intervention, WishLink
from webapp.wishes.publication import published_wishes

STATES = (*RELATIONS, "waiting")
ANSWERED = ("answers", "partly")
LIVE_PHASES = tuple(phase for phase, kind in PHASE_TYPES.items() if kind != "stopped")


def is_published() -> ColumnElement[bool]:
    """Whether everyone may see an intervention."""
    return Intervention.published_at.is_not(None)


def best_relations() -> Subquery:
    """Per wish that has one: its `state`, the best relation that counts."""
    return (
        _counting_links()
        .with_only_columns(WishLink.wish_id, _best_of_links().label("state"))
        .group_by(WishLink.wish_id)
        .subquery("best")
    )


def answer_to(wish_id: ColumnElement[int]) -> ColumnElement[str]:
    """The state of one wish of another selection, for when that selection is short."""
    links = _counting_links().with_only_columns(_best_of_links())
    return func.coalesce(links.where(WishLink.wish_id == wish_id).scalar_subquery(), "waiting")


def _counting_links() -> Select[Any]:
    live = (is_published(), Intervention.phase.in_(LIVE_PHASES))
    return select(WishLink).join(Intervention).where(*live)


def _best_of_links() -> ColumnElement[str]:
    best = func.min(func.array_position(array(RELATIONS), WishLink.relation))
    return case(dict(enumerate(RELATIONS, 1)), value=best)


def published_with_answer() -> Select[Any]:
    """Every published wish, columns as in `published_wishes`, with its `answer` state."""
    wish, best = published_wishes().subquery("wish"), best_relations()
    state = func.coalesce(best.c.state, "waiting").label("answer")
    return select(wish, state).outerjoin(best, best.c.wish_id == wish.c.id)
