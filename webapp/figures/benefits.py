"""Who benefits: a figure over residents by vulnerability and age, and whom the euros reach.

The computation is `gis.benefits`. An intervention reaches the residents within `REACH_M` of it in a
straight line: of each area the part of its dwellings that lie so near, or where too few dwellings
are loaded the part of its surface, as if its residents live evenly spread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from flask_babel import gettext
from sqlalchemy import and_, func, select
from sqlalchemy.orm import selectinload

from gis.benefits import (
    FIFTHS,
    Distribution,
    Group,
    LineBenefit,
    Lorenz,
    Reach,
    fifths_of,
    lorenz,
    over_ages,
    over_vulnerability,
    per_line,
)
from webapp.areas.models import Area
from webapp.budgets.models import Booking
from webapp.budgets.queries import SOURCE, TOGETHER
from webapp.deals.models import text_in
from webapp.extensions import db
from webapp.figures.measures import RESIDENTS, Floats, Known, Measure, Zone, area_figures, known
from webapp.figures.priority import LOW, SOURCES
from webapp.interventions.models import Intervention
from webapp.languages import current_language
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.map_layers.queries import newest_edition
from webapp.permissions import Scope

REACH_M: Final = 300
DWELLINGS: Final = "bag_dwellings"
MOST_PER_DWELLING: Final = 5.0
"""With more residents for each loaded dwelling the edition doesn't cover the area, and its dwellings
don't say where the residents live (own choice; a Dutch household has about 2 people)."""
WITHOUT_ZERO: Final = ("°C", "dB")
"""Units of which twice as much means nothing: no curve or Gini is made of them."""
AGES: Final = {
    "0_15": "percentage_personen_0_tot_15_jaar",
    "15_25": "percentage_personen_15_tot_25_jaar",
    "25_45": "percentage_personen_25_tot_45_jaar",
    "45_65": "percentage_personen_45_tot_65_jaar",
    "65_up": "percentage_personen_65_jaar_en_ouder",
}
"""Age bands with the figure of areas that has their share of the residents, in per cent."""


@dataclass(frozen=True, eq=False)
class Benefits:
    """A figure over residents. `lorenz` is None for a figure that is no amount, and for one that is
    known of a single area: inequality within it is not seen; `without_residents` counts areas whose number of residents isn't known: they count nowhere."""

    figure: Known
    vulnerability: Known | None
    residents: Known
    distribution: Distribution | None
    ages: tuple[Group, ...]
    lorenz: Lorenz | None
    without_residents: int


@dataclass(frozen=True)
class Reached:
    """One intervention with cost: what is booked on it, and the residents it reaches by fifth, and
    `elsewhere` in areas whose fifth isn't known."""

    line: str
    cents: int
    by_fifth: tuple[float, ...]
    elsewhere: float


@dataclass(frozen=True, eq=False)
class Money:
    """What programme lines spend and reach. `unplaced_cents` is booked on interventions without
    a place on the map, which reach nobody that can be counted."""

    lines: list[LineBenefit]
    interventions: list[Reached]
    unplaced_cents: int
    dwellings: LayerEdition | None

    @property
    def elsewhere(self) -> float:
        """The residents reached whose fifth isn't known."""
        return sum(each.elsewhere for each in self.interventions)

    @property
    def is_synthetic(self) -> bool:
        """Whether the dwellings were made up."""
        return self.dwellings is not None and self.dwellings.is_synthetic


def benefits(
    zones: Sequence[Zone], offered: Mapping[str, Measure], figure: Measure, vulnerable: str
) -> Benefits:
    """The distribution of a figure. Raises KeyError when residents are known nowhere."""
    given, residents = known(figure, zones), known(offered[RESIDENTS], zones)
    people = np.nan_to_num(residents.values)
    vulnerability = known(offered[vulnerable], zones) if vulnerable in offered else None
    spread = None
    if vulnerability is not None:
        spread = over_vulnerability(given.values, turned(vulnerability), people)
    ages = over_ages(given.values, _ages(zones, residents))
    amounts = given.values[~np.isnan(given.values)]
    is_amount = figure.unit not in WITHOUT_ZERO and bool((amounts >= 0).all())
    is_spread = np.count_nonzero(~np.isnan(given.values) & (people > 0)) > 1
    curve = lorenz(given.values, people) if is_amount and is_spread else None
    return Benefits(given, vulnerability, residents, spread, ages, curve, residents.missing)


def turned(vulnerability: Known) -> Floats:
    """Values of which higher is more vulnerable."""
    is_low = dict(SOURCES["vulnerability"])[vulnerability.measure.key] == LOW
    return -vulnerability.values if is_low else vulnerability.values


def _ages(zones: Sequence[Zone], residents: Known) -> dict[str, Floats]:
    """Residents per age band: the shares that CBS gives, of the number of residents. A band whose
    share isn't known of any area is left out."""
    _, level, year = residents.measure.origin
    people, bands = np.nan_to_num(residents.values), {}
    for age, column in AGES.items():
        found = area_figures(column, level, year, zones)
        shares = np.array([found.get(zone.code, (None, ""))[0] or 0.0 for zone in zones])
        if any(value is not None for value, _ in found.values()):
            bands[age] = shares / 100 * people
    return bands


def money(scope: Scope, booked: Scope, stage: str, found: Benefits, zones: Sequence[Zone]) -> Money:
    """Whom the money of interventions within a scope reaches, of the bookings within `booked`.

    Entries that count for nobody (BUD-6) are left out; reversals are in, so that an amount is what
    stands.
    """
    amounts = _amounts(scope, booked, stage)
    plans = _interventions(list(amounts))
    placed = [plan for plan in plans if plan.geom is not None]
    people = _people(found, zones)
    living = dict(zip((zone.id for zone in zones), people.residents.tolist(), strict=True))
    shares = _shares([plan.id for plan in placed], living)
    rows = []
    for plan in placed:
        by_fifth, elsewhere = people.within(shares.by_plan.get(plan.id, {}))
        named = Reached(_line_of(plan), amounts[plan.id], by_fifth, elsewhere)
        rows.append(named)
    reaches = [Reach(row.line, row.cents, row.by_fifth) for row in rows]
    unplaced = sum(amounts[plan.id] for plan in plans if plan.geom is None)
    return Money(per_line(reaches), rows, unplaced, shares.edition)


def _amounts(scope: Scope, booked: Scope, stage: str) -> dict[int, int]:
    """What is booked in a stage per intervention, in cents; nothing is left out."""
    rows = db.session.execute(
        select(Booking.intervention_id, func.sum(Booking.amount_cents))
        .join(Intervention, Intervention.id == Booking.intervention_id)
        .where(
            scope.limit(Intervention.case_id),
            booked.limit(Booking.case_id),
            Booking.stage == stage,
            SOURCE.in_(TOGETHER["counted"]),
        )
        .group_by(Booking.intervention_id)
    )
    return {key: int(cents) for key, cents in rows if cents > 0}


def _interventions(ids: Sequence[int]) -> Sequence[Intervention]:
    rows = select(Intervention).where(Intervention.id.in_(ids)).order_by(Intervention.id)
    return db.session.scalars(rows.options(selectinload(Intervention.programme_lines))).all()


def _line_of(plan: Intervention) -> str:
    """The lines of a plan; one on several lines is its own row, so that no euro counts twice."""
    titles = [text_in(line.title, current_language()) for line in plan.programme_lines]
    return " + ".join(titles) or gettext("figures.benefits.no_line")


@dataclass(frozen=True)
class _Shares:
    """Which part (0 to 1) of the residents of an area a plan reaches, and by which dwellings."""

    by_plan: dict[int, dict[int, float]]
    edition: LayerEdition | None


def _shares(plan_ids: Sequence[int], living: Mapping[int, float]) -> _Shares:
    """By dwellings where an area has enough for its residents (`living`), else by surface."""
    reach = (
        select(Intervention.id, func.ST_Buffer(Intervention.geom, REACH_M).label("geom"))
        .where(Intervention.id.in_(plan_ids))
        .subquery("reach")
    )
    part = func.ST_Area(func.ST_Intersection(Area.geom, reach.c.geom)) / func.ST_Area(Area.geom)
    surface = db.session.execute(
        select(reach.c.id, Area.id, part)
        .join(Area, func.ST_Intersects(Area.geom, reach.c.geom))
        .where(Area.id.in_(living))
    )
    found: dict[int, dict[int, float]] = {}
    for plan_id, area_id, share in surface:
        found.setdefault(plan_id, {})[area_id] = min(1.0, float(share))
    edition = newest_edition(DWELLINGS)
    if edition is not None and found:
        _by_dwellings(edition.id, plan_ids, found, living)
    return _Shares(found, edition)


def _by_dwellings(
    edition_id: int,
    plan_ids: Sequence[int],
    found: dict[int, dict[int, float]],
    living: Mapping[int, float],
) -> None:
    """Put the share of dwellings in the place of the share of surface, where there are enough."""
    touched = {area_id for areas in found.values() for area_id in areas}
    home = LayerFeature.geom
    in_area = and_(LayerFeature.edition_id == edition_id, func.ST_Intersects(home, Area.geom))
    loaded = dict(
        db.session.execute(
            select(Area.id, func.count(LayerFeature.id))
            .join(LayerFeature, in_area)
            .where(Area.id.in_(touched))
            .group_by(Area.id)
        ).all()
    )
    totals = {
        area_id: count
        for area_id, count in loaded.items()
        if living[area_id] <= count * MOST_PER_DWELLING
    }
    near = db.session.execute(
        select(Intervention.id, Area.id, func.count(LayerFeature.id))
        .join(Area, func.ST_DWithin(Area.geom, Intervention.geom, REACH_M))
        .join(LayerFeature, and_(in_area, func.ST_DWithin(home, Intervention.geom, REACH_M)))
        .where(Intervention.id.in_(plan_ids), Area.id.in_(totals))
        .group_by(Intervention.id, Area.id)
    )
    counts = {(plan_id, area_id): count for plan_id, area_id, count in near}
    for plan_id, areas in found.items():
        for area_id in areas:
            if area_id in totals:
                areas[area_id] = counts.get((plan_id, area_id), 0) / totals[area_id]


@dataclass(frozen=True, eq=False)
class _People:
    """Residents of areas by fifth: `by_fifth` has shape (5, n), NaN without a fifth."""

    number: dict[int, int]
    residents: Floats
    by_fifth: Floats

    def within(self, shares: Mapping[int, float]) -> tuple[tuple[float, ...], float]:
        """How many people of each fifth live in these parts of areas, and how many without one."""
        reached, elsewhere = np.zeros(FIFTHS), 0.0
        for area_id, share in shares.items():
            column = self.by_fifth[:, self.number[area_id]]
            people = float(self.residents[self.number[area_id]]) * share
            if np.isnan(column).any():
                elsewhere += people
            else:
                reached += column * people
        return tuple(float(each) for each in reached), elsewhere


def _people(found: Benefits, zones: Sequence[Zone]) -> _People:
    people = np.nan_to_num(found.residents.values)
    fifths = np.full((FIFTHS, len(zones)), np.nan)
    if found.vulnerability is not None:
        fifths = fifths_of(turned(found.vulnerability), people)
    return _People({zone.id: n for n, zone in enumerate(zones)}, people, fifths)
