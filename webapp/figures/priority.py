"""Which area first: heat, lack of green, vulnerability and wishes with weights that a planner sets.

The planner chooses the source of each part; nothing is chosen in silence and no weight is hidden.
The computation itself is `gis.priority`; what isn't known lowers the confidence, not the score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from flask_babel import gettext
from sqlalchemy import func, select

from gis.priority import (
    Explanation,
    Part,
    Priorities,
    Rule,
    Stability,
    explain,
    prioritise,
    stability,
)
from webapp.areas.models import Area
from webapp.deals.models import Case, CasePart
from webapp.extensions import db
from webapp.figures.clusters import SUPPORTING
from webapp.figures.measures import RESIDENTS, Floats, Known, Measure, Zone, known
from webapp.permissions import Scope
from webapp.wishes.publication import wishes_for_staff

PARTS: Final = ("heat", "green", "vulnerability", "wishes")
WISHES: Final = "wishes.per_1000"
NONE: Final = "none"
DEFAULT_WEIGHT: Final = 25
HIGH, LOW = "high", "low"
SOURCES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "heat": (
        ("run.heat-1", HIGH),
        ("run.heat-2", HIGH),
        ("run.heat-1-dwellings", HIGH),
        ("layer.pet.share_above:34", HIGH),
        ("layer.pet.mean", HIGH),
        ("layer.pet_neighbourhood.value", HIGH),
        ("cbs.pet_neighbourhood", HIGH),
        ("layer.urban_heat_island.mean", HIGH),
        ("run.cool-1", LOW),
    ),
    "green": (
        ("run.green-2", LOW),
        ("run.green-1", LOW),
        ("run.green-75-pbl", LOW),
        ("run.access-1-network-residents", LOW),
        ("run.access-1-straight-residents", LOW),
        ("layer.tree_cover.mean", LOW),
        ("cbs.distance_to_public_green", HIGH),
        ("cbs.distance_to_park", HIGH),
    ),
    "vulnerability": (
        ("layer.ses_income.value", LOW),
        ("cbs.ses_income", LOW),
        ("layer.ses_wealth.value", LOW),
        ("cbs.ses_wealth", LOW),
        ("layer.ses_education.value", LOW),
        ("cbs.ses_education", LOW),
        ("cbs.low_income_households", HIGH),
        ("cbs.income_per_inhabitant", LOW),
        ("cbs.share_65_and_older", HIGH),
    ),
}
"""What may stand for each part, the first choice first, and the end of its scale that is worse."""


@dataclass(frozen=True)
class Chosen:
    """What stands for a part: a measure or the wishes, which end is worse, and the values shown.

    Without a measure nothing stands for it: every area lacks it, and the confidence says so.
    """

    part: str
    weight: int
    measure: Measure | None
    worse: str
    values: Floats
    reasons: dict[int, str]


@dataclass(frozen=True)
class Row:
    """One area of the outcome, the most urgent first."""

    number: int
    zone: Zone
    explanation: Explanation
    within_one: float | None
    best: int
    worst: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything that the page and the file show."""

    chosen: tuple[Chosen, ...]
    zones: list[Zone]
    found: Priorities
    held: Stability
    rows: list[Row]
    is_synthetic: bool

    def values(self, part: int, row: Row) -> tuple[float | None, str | None]:
        """The value of a part for a row, or why there is none."""
        value = float(self.chosen[part].values[row.number])
        if np.isnan(value):
            return None, self.chosen[part].reasons.get(row.number)
        return value, None

    def contribution(self, part: int, row: Row) -> float:
        """What a part adds to a row's score, 0 to 1."""
        return float(self.found.contributions[part, row.number])


def choices_for(part: str, offered: Mapping[str, Measure]) -> list[Measure]:
    """The measures that may stand for a part and are there, the first choice first."""
    return [offered[key] for key, _ in SOURCES[part] if key in offered]


def outcome(
    scope: Scope,
    case_slug: str,
    zones: list[Zone],
    offered: Mapping[str, Measure],
    sources: Mapping[str, str],
    weights: Mapping[str, int],
    rule: str,
) -> Outcome:
    """The priorities of zones. Raises ValueError when all weights are zero."""
    chosen = [
        _chosen(part, weights[part], offered.get(sources.get(part, "")), zones)
        for part in PARTS[:-1]
    ]
    chosen.append(_wishes(scope, case_slug, weights["wishes"], zones, offered))
    parts = [Part(each.part, _urgent(each), float(each.weight)) for each in chosen]
    found = prioritise(parts, cast(Rule, rule))
    held = stability(found)
    order = sorted(
        range(len(zones)), key=lambda n: (int(found.rank[n]) or len(zones) + 1, zones[n].name)
    )
    rows = [_row(n, zones[n], explain(found, parts, n), held) for n in order]
    synthetic = any(each.measure and each.measure.is_synthetic for each in chosen if each.weight)
    return Outcome(tuple(chosen), zones, found, held, rows, bool(synthetic))


def _chosen(part: str, weight: int, measure: Measure | None, zones: list[Zone]) -> Chosen:
    if measure is None:
        nothing = np.full(len(zones), np.nan)
        reasons = dict.fromkeys(range(len(zones)), gettext("figures.priority.no_source"))
        return Chosen(part, weight, None, HIGH, nothing, reasons)
    given = known(measure, zones)
    return Chosen(
        part, weight, measure, dict(SOURCES[part])[measure.key], given.values, given.reasons
    )


def _urgent(chosen: Chosen) -> Floats:
    """Values of which higher is more urgent."""
    return -chosen.values if chosen.worse == LOW else chosen.values


def _row(number: int, zone: Zone, explanation: Explanation, held: Stability) -> Row:
    within = float(held.within_one[number])
    return Row(
        number,
        zone,
        explanation,
        None if np.isnan(within) else within,
        int(held.best[number]),
        int(held.worst[number]),
    )


def _wishes(
    scope: Scope,
    case_slug: str,
    weight: int,
    zones: list[Zone],
    offered: Mapping[str, Measure],
) -> Chosen:
    """Wishes per 1,000 residents; unknown where nobody lives or nobody was asked."""
    counts = wish_counts(scope, case_slug, zones)
    asked = asked_zones(scope, case_slug, zones)
    residents = _residents(zones, offered)
    values, reasons = np.full(len(zones), np.nan), {}
    for number, zone in enumerate(zones):
        if zone.id not in asked and not counts.get(zone.id):
            reasons[number] = gettext("figures.priority.not_asked")
        elif residents is None or not residents.values[number] > 0:
            reasons[number] = gettext("figures.priority.no_residents")
        else:
            values[number] = counts.get(zone.id, 0) / residents.values[number] * 1000
    measure = None
    if residents is not None:
        measure = _wishes_measure(residents.measure)
    return Chosen("wishes", weight, measure, HIGH, values, reasons)


def _residents(zones: list[Zone], offered: Mapping[str, Measure]) -> Known | None:
    return known(offered[RESIDENTS], zones) if RESIDENTS in offered else None


def _wishes_measure(residents: Measure) -> Measure:
    return Measure(
        key=WISHES,
        title=gettext("figures.priority.wishes_title"),
        unit=gettext("figures.priority.wishes_unit"),
        digits=2,
        source=gettext("figures.priority.wishes_source", residents=residents.source),
        edition=residents.edition,
        is_synthetic=False,
        worse=HIGH,
        factor=1.0,
        origin=None,
    )


def wish_counts(scope: Scope, case_slug: str, zones: Sequence[Zone]) -> dict[int, int]:
    """How many wishes that count as support have their middle in each zone; on a shared border
    the zone whose code comes first."""
    wishes = wishes_for_staff(scope).subquery("wishes")
    middle = func.ST_Centroid(wishes.c.geom)
    placed = (
        select(wishes.c.id, func.min(Area.code).label("code"))
        .join(Area, func.ST_Covers(Area.geom, middle))
        .where(Area.id.in_([zone.id for zone in zones]), wishes.c.status.in_(SUPPORTING))
        .group_by(wishes.c.id)
    )
    if case_slug:
        placed = placed.join(Case, Case.id == wishes.c.case_id).where(Case.slug == case_slug)
    each = placed.subquery("placed")
    rows = db.session.execute(select(each.c.code, func.count()).group_by(each.c.code))
    ids = {zone.code: zone.id for zone in zones}
    return {ids[code]: count for code, count in rows}


def asked_zones(scope: Scope, case_slug: str, zones: Sequence[Zone]) -> set[int]:
    """The zones that a case reaches: elsewhere no wish doesn't mean that nobody wants anything."""
    rows = (
        select(Area.id)
        .join(CasePart, func.ST_Intersects(Area.geom, CasePart.geom))
        .join(Case, Case.id == CasePart.case_id)
        .where(Area.id.in_([zone.id for zone in zones]), scope.limit(Case.id))
    )
    rows = rows.where(Case.slug == case_slug) if case_slug else rows
    return set(db.session.scalars(rows.distinct()))


def file_rows(found: Outcome) -> tuple[list[dict[str, Any]], list[str]]:
    """The outcome as rows of a file with their columns."""
    columns = ["rank", "code", "name", "score", "confidence", "rank_within_one", "best", "worst"]
    for each in found.chosen:
        names = ("value", "unit", "source", "edition", "synthetic", "weight", "contribution")
        columns += [f"{each.part}_{name}" for name in names]
    return [_file_row(found, row) for row in found.rows], [*columns, "rule"]


def _file_row(found: Outcome, row: Row) -> dict[str, Any]:
    why = row.explanation
    given: dict[str, Any] = {
        "rank": why.rank,
        "code": row.zone.code,
        "name": row.zone.name,
        "score": why.score,
        "confidence": why.confidence,
        "rank_within_one": row.within_one,
        "best": row.best or None,
        "worst": row.worst or None,
        "rule": found.found.rule,
    }
    for number, each in enumerate(found.chosen):
        measure = each.measure
        given |= {
            f"{each.part}_value": found.values(number, row)[0],
            f"{each.part}_unit": measure.unit if measure else "",
            f"{each.part}_source": f"{measure.title}; {measure.source}" if measure else "",
            f"{each.part}_edition": measure.edition if measure else "",
            f"{each.part}_synthetic": "yes" if measure and measure.is_synthetic else "no",
            f"{each.part}_weight": float(found.found.weights[number]),
            f"{each.part}_contribution": found.contribution(number, row),
        }
    return given
