"""Heat that people feel beside heat that was modelled: kept apart, and where the two disagree.

Felt heat is the number of wishes of kind `too_hot` in an area per 1,000 inhabitants, as staff see
them within their cases. Modelled heat is HEAT-1 and HEAT-2. Two thirds are compared: an area
disagrees when it is in the highest third of one and in the lowest third of the other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from sqlalchemy import func, select

from webapp.extensions import db
from webapp.figures.compute_world import World
from webapp.figures.models import FigureRun
from webapp.figures.presentation import MOST_GAPS
from webapp.figures.queries import newest_run, values_of
from webapp.permissions import Scope
from webapp.wishes.publication import wishes_for_staff

KIND = "too_hot"
FEWEST_AREAS = 6
"""Thirds of fewer areas than this say nothing: a choice of our own."""

Verdict = Literal["felt_not_modelled", "modelled_not_felt", "alike", "not_compared"]


@dataclass(frozen=True)
class Row:
    """One area: wishes, wishes per 1,000 inhabitants, HEAT-1 and HEAT-2."""

    code: str
    name: str
    wishes: int
    per_thousand: float | None
    heat_1: float | None
    heat_2: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """All areas of a level, how many were compared, and what modelled heat was made from."""

    rows: list[Row]
    compared: int
    runs: list[FigureRun]

    def those(self, verdict: Verdict) -> list[Row]:
        """The areas with a verdict."""
        return [row for row in self.rows if row.verdict == verdict]


def thirds(values: Sequence[float]) -> list[int]:
    """Say of each value whether it is in the highest third (1), the lowest (-1) or neither (0).

    The limits are the quantiles at one and two thirds. Where many values are alike the limits
    coincide: what equals both is neither.
    """
    given = np.asarray(values, dtype=np.float64)
    low, high = np.quantile(given, [1 / 3, 2 / 3])
    lowest, highest = given <= low, given >= high
    return (highest.astype(int) - lowest.astype(int)).tolist()


def compare(scope: Scope, level: str) -> Comparison:
    """The areas of a level in which a scope has wishes or heat was modelled."""
    world = World(level)
    runs = {key: newest_run(key, level) for key in ("heat-1", "heat-2")}
    model = {
        key: {row.code: row for row in values_of(run)} if run else {} for key, run in runs.items()
    }
    counts = _wishes(scope, world)
    rows = []
    for place, zone in enumerate(world.zones):
        first, second = model["heat-1"].get(zone.code), model["heat-2"].get(zone.code)
        if not counts[place] and (first is None or first.value is None):
            continue
        population = float(world.population[place])
        felt = counts[place] / population * 1000 if population > 0 else None
        gaps = 1.0 if first is None else first.no_data_share or 0.0
        heat = first.value if first is not None else None
        mean = second.value if second is not None else None
        usable = felt is not None and heat is not None and gaps <= MOST_GAPS
        verdict: Verdict = "alike" if usable else "not_compared"
        rows.append(Row(zone.code, zone.name, counts[place], felt, heat, mean, verdict))
    judged = _judged(rows)
    compared = sum(row.verdict != "not_compared" for row in judged)
    return Comparison(judged, compared, [run for run in runs.values() if run])


def _judged(rows: list[Row]) -> list[Row]:
    usable = [row for row in rows if row.verdict == "alike"]
    if len(usable) < FEWEST_AREAS:
        return [_with(row, "not_compared") for row in rows]
    felt = thirds([row.per_thousand or 0.0 for row in usable])
    hot = thirds([row.heat_1 or 0.0 for row in usable])
    verdicts: dict[str, Verdict] = {}
    for row, of_felt, of_hot in zip(usable, felt, hot, strict=True):
        if of_felt - of_hot == 2:
            verdicts[row.code] = "felt_not_modelled"
        elif of_hot - of_felt == 2:
            verdicts[row.code] = "modelled_not_felt"
    return [_with(row, verdicts.get(row.code, row.verdict)) for row in rows]


def _with(row: Row, verdict: Verdict) -> Row:
    return Row(row.code, row.name, row.wishes, row.per_thousand, row.heat_1, row.heat_2, verdict)


def _wishes(scope: Scope, world: World) -> list[int]:
    """How many wishes of this kind lie in each area."""
    wishes = wishes_for_staff(scope).subquery()
    place = func.ST_PointOnSurface(wishes.c.geom)
    rows = select(func.ST_X(place), func.ST_Y(place)).where(
        wishes.c.kind == KIND, wishes.c.geom.is_not(None)
    )
    points = shapely.points([tuple(row) for row in db.session.execute(rows)] or np.zeros((0, 2)))
    found = Counter(world.area_of(np.atleast_1d(points)).tolist())
    return [found[at] for at in range(len(world.zones))]
