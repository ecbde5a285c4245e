"""The effects of a scenario in the reader's language: value, rule, source and uncertainty."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from gis.green_benefits import KEYS as BENEFIT_KEYS
from gis.what_if import UNCERTAINTIES
from layers.tables import csv_text
from webapp.languages import current_language
from webapp.map_layers.queries import known_layer
from webapp.planning.models import Scenario
from webapp.planning.what_if import NEEDS, USES
from webapp.templating import euros, number

RULES = {
    **dict.fromkeys(
        ("residents_300m", "dwellings_300m", "residents_10min", "dwellings_10min"), "access"
    ),
    "wishes_near": "wishes",
    "heat_exposed_near": "heat",
    "green_added_m2": "green",
    **dict.fromkeys(("dwellings_green_75", "green_75_change"), "green_75"),
    "dwellings_3_trees": "trees",
    **dict.fromkeys(("dwellings_30_percent", "canopy_change"), "canopy"),
    "cost_per_resident": "cost",
}
RANGES = ("cooling", "house_prices", "carbon")
"""Benefits with a range; of the others none is known that can be defended."""
DECIMALS = {"m2_per_dwelling": 2, "share": 4, "celsius": 1, "percent": 1, "kg_carbon_per_year": 0}
COLUMNS = (
    *("scenario", "effect", "value", "low", "high", "unit", "rule", "sources", "literature"),
    *("uncertainty", "missing", "computed_at"),
)
MAIN, COOLING, BENEFITS = "main", "cooling", "benefits"


@dataclass(frozen=True)
class Source:
    """An input of an effect: its name, edition, and whether it was made up."""

    title: str
    edition: str
    is_synthetic: bool


@dataclass(frozen=True)
class Line:
    """One effect as it is shown; `amount` is None where it is not known, and `missing` says why."""

    key: str
    part: str
    name: str
    amount: str | None
    rule: str
    sources: list[Source]
    literature: str
    uncertainty: str
    missing: list[str]
    stored: dict[str, Any]


def lines_of(scenario: Scenario) -> list[Line]:
    """Every effect of the last outcome, in a fixed order; none before anything is drawn."""
    if scenario.result is None:
        return []
    inputs = scenario.result.inputs["inputs"]
    effects = {each["key"]: each for each in scenario.result.effects}
    keys = [*NEEDS, *(f"benefit_{key}" for key in BENEFIT_KEYS)]
    return [_line(key, effects.get(key), inputs) for key in keys]


def _line(key: str, effect: dict[str, Any] | None, inputs: list[dict[str, Any]]) -> Line:
    if effect is None:  # only what needs a cost is left out by the computation
        lacking, found = ["cost"], {"missing": ["cost"], "uncertainty": "given_cost"}
    else:
        lacking, found = effect["missing"], effect
    names = {*NEEDS.get(key, ()), *USES.get(key, ())}
    benefit = key.removeprefix("benefit_")
    is_benefit = benefit != key
    part = MAIN if not is_benefit else COOLING if benefit == "cooling" else BENEFITS
    return Line(
        key,
        part,
        gettext(f"planning.scenario.effect.{key}"),
        _amount(found),
        _rule(key, benefit, is_benefit, found),
        [_source(each) for each in inputs if each["layer"] in names],
        found.get("source", ""),
        gettext(f"planning.scenario.uncertainty.{_known(found['uncertainty'])}"),
        [_missing(each) for each in lacking],
        found,
    )


def _known(uncertainty: str) -> str:
    return uncertainty if uncertainty in UNCERTAINTIES else "no_defensible_range"


def _rule(key: str, benefit: str, is_benefit: bool, effect: dict[str, Any]) -> str:
    if is_benefit:
        known = benefit if benefit in RANGES and effect.get("low") is not None else "none"
        return gettext(f"planning.scenario.benefit.{known}")
    numbers = {
        name: number(value, 0 if value >= 100 else 1)
        for name, value in effect.get("parameters", {}).items()
        if isinstance(value, int | float)
    }
    numbers["norm"] = number(100 * effect.get("parameters", {}).get("norm", 0.3), 1)
    given = dict.fromkeys(("distance_m", "min_area_m2", "pet_max", "norm_m2", "trees"), "–")
    given |= dict.fromkeys(("tree_buffer", "tree_min_area", "canopy_buffer"), "–") | numbers
    return gettext(f"planning.scenario.rule.{RULES[key]}", **given)


def _amount(effect: dict[str, Any]) -> str | None:
    value, low, high = (effect.get(name) for name in ("value", "low", "high"))
    unit = effect.get("unit", "")
    if low is not None and high is not None:
        digits = DECIMALS.get(unit, 1)
        both = gettext(
            "planning.scenario.range", low=number(low, digits), high=number(high, digits)
        )
        return _with_unit(both, unit)
    if value is None:
        return None
    if unit == "cents_per_resident":
        return euros(round(value))
    if unit == "share":
        return _with_unit(number(100 * value, 3), unit)
    return _with_unit(number(value, DECIMALS.get(unit, 0)), unit)


def _with_unit(amount: str, unit: str) -> str:
    if unit in {"residents", "dwellings", "wishes", ""}:
        return amount
    return gettext(f"planning.scenario.unit.{unit}", n=amount)


def _source(found: dict[str, Any]) -> Source:
    return Source(_title(found["layer"]), found["edition"], found["is_synthetic"])


def _title(name: str) -> str:
    layer = known_layer(name)
    if layer is not None:
        return layer.title[current_language()]
    return gettext(f"planning.scenario.input.{name}")


def _missing(name: str) -> str:
    if name == "cost":
        return gettext("planning.scenario.missing.cost")
    layer, _, outside = name.partition(":")
    if outside:
        return gettext("planning.scenario.missing.outside", layer=_title(layer))
    return gettext("planning.scenario.missing.layer", layer=_title(layer))


def notes_of(scenario: Scenario) -> list[str]:
    """What stands out about the plan or its inputs, in sentences."""
    if scenario.result is None:
        return []
    found = scenario.result.inputs["notes"]
    return [
        gettext(f"planning.scenario.note.{name}", n=number(float(count)))
        for name, count in found.items()
        if count
    ]


def is_synthetic(scenario: Scenario) -> bool:
    """Whether anything that was computed with was made up."""
    inputs = scenario.result.inputs["inputs"] if scenario.result else []
    return any(each["is_synthetic"] for each in inputs)


def csv_of(scenarios: list[Scenario]) -> str:
    """The effects of scenarios, one row each; numbers as they were computed."""
    rows = [(_row(scenario, line), None) for scenario in scenarios for line in lines_of(scenario)]
    return csv_text(rows, COLUMNS)


def _row(scenario: Scenario, line: Line) -> dict[str, Any]:
    result = scenario.result
    return {
        "scenario": scenario.title,
        "effect": line.name,
        **{name: line.stored.get(name) for name in ("value", "low", "high", "unit")},
        "rule": line.rule,
        "sources": "; ".join(_source_words(each) for each in line.sources),
        "literature": line.literature,
        "uncertainty": line.uncertainty,
        "missing": " ".join(line.missing),
        "computed_at": result.computed_at.isoformat() if result else "",
    }


def _source_words(source: Source) -> str:
    if not source.is_synthetic:
        return f"{source.title}, {source.edition}"
    made_up = gettext("map_layers.edition.synthetic", edition=source.edition)
    return f"{source.title}, {made_up}"
