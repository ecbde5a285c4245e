"""Computed figures in words: what the pages and the CSV of figures show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from gis.figure import CELSIUS, SHARE
from layers import tables
from layers.catalogue import CATALOGUE
from webapp.areas.models import LEVELS
from webapp.deals.models import text_in
from webapp.figures.compute_world import World
from webapp.figures.kinds import AREAS, KINDS, NETWORK, POPULATION, Kind
from webapp.figures.models import FigureRun
from webapp.figures.queries import AreaValue, newest_run, newest_runs, values_by_area
from webapp.languages import current_language
from webapp.templating import number

COMMANDS = {
    NETWORK: "balanskaart trails build-network",
    POPULATION: "balanskaart areas import --pdok 2024",
    AREAS: "balanskaart areas import --pdok 2024",
}
"""What to do when something is missing that is no layer of its own."""
SORTS = ("value", "name", "code", "no_data")
MOST_GAPS = 0.5
"""A value that lacks more than this share of its data is marked, and left out of comparisons."""
STATES = ("ready", "old", "waiting", "missing")


@dataclass(frozen=True)
class State:
    """A figure of the overview: whether it can be made, and when and from what it was."""

    kind: Kind
    run: FigureRun | None
    missing: list[str]
    is_old: bool

    @property
    def name(self) -> str:
        """One of `STATES`."""
        if self.missing:
            return "missing"
        if self.run is None:
            return "waiting"
        return "old" if self.is_old else "ready"


@dataclass(frozen=True)
class Bar:
    """One area of the chart; `width` in per cent, None without a value."""

    name: str
    text: str
    width: float | None
    is_unsure: bool


def title_of(key: str) -> str:
    """The name of a figure."""
    return gettext(f"figures.kind.{key.replace('-', '_')}")


def about(kind: Kind) -> str:
    """What a figure means, in a sentence."""
    name = kind.definition.partition("/")[0].lower().replace("-", "_")
    return gettext(f"figures.about.{name}")


def input_title(name: str) -> str:
    """What an input is called: a layer, the network, the areas."""
    if name == NETWORK:
        return gettext("figures.input.network")
    if name == AREAS:
        return gettext("figures.input.areas")
    layer = CATALOGUE.get(name)
    return name if layer is None else text_in(dict(layer.title), current_language())


def command_for(name: str) -> str:
    """What brings in something that is missing."""
    return COMMANDS.get(name, f"balanskaart layers import {name} PATH")


def shown(value: float | None, unit: str, digits: int = 1) -> str:
    """A value with its unit, or a dash."""
    if value is None:
        return "–"
    if unit == SHARE:
        return f"{number(value * 100, 1)} %"
    if unit == CELSIUS:
        return f"{number(value, 1)} °C"
    if unit == "m":
        return f"{number(value)} m"
    return f"{number(value, digits)} {gettext('figures.unit.m2_each')}"


def counted(value: float | None, part: str) -> str:
    """A numerator or denominator with what it counts."""
    if value is None or not part:
        return "–"
    return gettext(f"figures.counted.{part}", number=number(value))


def states(level: str = "neighbourhood") -> list[State]:
    """Every figure with its state at a level."""
    world, runs = World(level), newest_runs(level)
    return [_state(kind, runs.get(kind.key), world) for kind in KINDS]


def state_of(kind: Kind, run: FigureRun | None, level: str) -> State:
    """One figure with its state at a level."""
    return _state(kind, run, World(level))


def _state(kind: Kind, run: FigureRun | None, world: World) -> State:
    missing = world.missing(kind)
    is_old = run is not None and not missing and run.inputs != world.inputs(kind)
    return State(kind, run, missing, is_old)


def runs_by_level(kind: Kind) -> dict[str, FigureRun]:
    """The newest computation at each level that has one, the finest level first."""
    found = {level: newest_run(kind.key, level) for level in reversed(LEVELS)}
    return {level: run for level, run in found.items() if run is not None}


def fullest(runs: dict[str, FigureRun]) -> str:
    """The level at which most areas have a value; of equals the finest."""
    values = values_by_area(list(runs.values()))
    known = {
        level: sum(value is not None for value in values[run.id].values())
        for level, run in runs.items()
    }
    return max(known, key=lambda level: known[level])


def ordered(rows: Sequence[AreaValue], sort: str, descending: bool) -> list[AreaValue]:
    """Rows in an order; those without a value come last either way."""

    def key(row: AreaValue) -> Any:
        return {"value": row.value, "name": row.name.casefold(), "code": row.code}.get(
            sort, row.no_data_share or 0.0
        )

    lacking = [row for row in rows if sort == "value" and row.value is None]
    given = [row for row in rows if sort != "value" or row.value is not None]
    return [*sorted(given, key=key, reverse=descending), *lacking]


def bars(rows: Sequence[AreaValue], kind: Kind) -> list[Bar]:
    """The rows as bars from zero to the highest; a share goes to 100 %."""
    known = [row.value for row in rows if row.value is not None]
    top = 1.0 if kind.unit == SHARE else max(known, default=0.0)
    return [
        Bar(
            row.name,
            shown(row.value, kind.unit, kind.digits),
            None if row.value is None or top <= 0 else round(row.value / top * 100, 2),
            is_unsure(row),
        )
        for row in rows
    ]


def is_unsure(row: AreaValue) -> bool:
    """Whether a value rests on less than half of what there was to measure."""
    return row.value is not None and (row.no_data_share or 0.0) > MOST_GAPS


def sentence(rows: Sequence[AreaValue], kind: Kind) -> str:
    """The lowest and the highest of the values that are sure, and how many areas have none."""
    sure = (row for row in rows if row.value is not None and not is_unsure(row))
    known = sorted(sure, key=lambda row: row.value or 0)
    lacking = sum(row.value is None for row in rows)
    if not known:
        return gettext("figures.result.none")
    low, high = known[0], known[-1]
    words = gettext(
        "figures.result.sentence",
        low=shown(low.value, kind.unit, kind.digits),
        low_area=low.name,
        high=shown(high.value, kind.unit, kind.digits),
        high_area=high.name,
    )
    if lacking:
        told = gettext("figures.result.lacking", count=number(lacking), all=number(len(rows)))
        words = f"{words} {told}"
    if any(is_unsure(row) for row in rows):
        words = f"{words} {gettext('figures.result.unsure_left_out')}"
    return words


CSV_COLUMNS = (
    *("code", "name", "level", "year", "figure", "definition", "version", "value", "unit"),
    *("numerator", "denominator", "no_data_share", "n", "notes", "synthetic", "inputs"),
    *("parameters", "software_version", "computed_at"),
)


def csv_of(kind: Kind, run: FigureRun, rows: Sequence[AreaValue]) -> str:
    """All values of a computation with everything that traces them, as CSV."""
    inputs = "; ".join(
        f"{each['layer']} {each['edition']}"
        f"{' SYNTHETIC' if each['is_synthetic'] else ''} sha256:{each['sha256']}"
        for each in run.inputs
    )
    parameters = "; ".join(f"{key}={value}" for key, value in sorted(run.parameters.items()))
    same = {
        "level": run.level,
        "year": run.year,
        "figure": kind.key,
        "definition": run.definition,
        "version": run.version,
        "unit": kind.unit,
        "synthetic": "yes" if run.is_synthetic else "no",
        "inputs": inputs,
        "parameters": parameters,
        "software_version": run.software_version,
        "computed_at": run.computed_at.isoformat(),
    }
    names = ("code", "name", "value", "numerator", "denominator", "no_data_share", "n")
    table = [
        (
            {**same, **{name: getattr(row, name) for name in names}, "notes": " ".join(row.notes)},
            None,
        )
        for row in rows
    ]
    return tables.csv_text(table, CSV_COLUMNS)
