"""Places that a planner types: as coordinates, or as an address in one of the own cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gis.crs import to_lonlat
from gis.measuring import Position
from webapp.areas.queries import search_places
from webapp.deals.models import Case
from webapp.extensions import db
from webapp.planning.address import position_words, read_position
from webapp.planning.queries import CaseChoice

MOST_SEARCHED = 5
"""Cases in whose municipalities an address is looked for."""


@dataclass(frozen=True)
class Hit:
    """A place that answers; `position` as it stands in an address."""

    label: str
    position: str


def hits(cases: Sequence[CaseChoice], typed: str) -> list[Hit]:
    """Places that answer what was typed, each once."""
    if not typed or _has_coordinates(typed):
        return []
    found: dict[str, Hit] = {}
    for case in _searched(cases):
        for each in search_places(case, typed).found:
            place = to_lonlat(each.point)
            words = position_words((place.x, place.y))
            found.setdefault(words, Hit(each.label, words))
    return list(found.values())


def best(cases: Sequence[CaseChoice], typed: str) -> Position | None:
    """The place that answers best, in degrees."""
    for case in _searched(cases):
        for each in search_places(case, typed).found[:1]:
            place = to_lonlat(each.point)
            return place.x, place.y
    return None


def _searched(cases: Sequence[CaseChoice]) -> list[Case]:
    """One case per municipality: the search is by municipality."""
    first = {each.municipality_code: each.id for each in reversed(cases)}
    ids = list(first.values())[:MOST_SEARCHED]
    return list(db.session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id)))


def _has_coordinates(typed: str) -> bool:
    try:
        return read_position(typed) is not None
    except ValueError:
        return True
