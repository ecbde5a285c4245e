"""Reads the schematic outlines, their figures and the parts of the cases (EPSG:28992)."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

HERE = Path(__file__).parent

DRAWINGS = (
    "features.py",
    "outlines.toml",
    "case_parts.toml",
    "figures_2024.csv",
    "region.toml",
    "region.py",
    "quarter.py",
    "quarter_plan.py",
)
YEAR = 2024
PARTS = ("vulnerable_neighbourhoods", "town_edge", "outer_area")


@dataclass(frozen=True)
class Outline:
    """A drawn municipality, district or neighbourhood; `no_figures` says why it has none."""

    code: str
    name: str
    level: str
    municipality_code: str
    parent_code: str | None
    geometry: BaseGeometry
    no_figures: str | None = None


@dataclass(frozen=True)
class CaseOutline:
    """The three parts of a case by kind."""

    slug: str
    municipality_code: str
    parts: Mapping[str, BaseGeometry]


def _read(name: str) -> dict[str, Any]:
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


def source() -> dict[str, Any]:
    """Name, edition and attribution of the outlines, and those of the figures."""
    document = _read("outlines.toml")
    return {"outlines": document["source"], "figures": document["figures_source"]}


def fingerprint() -> str:
    """The sha256 of everything drawn: it changes when the drawing does."""
    return sha256(b"".join((HERE / name).read_bytes() for name in DRAWINGS)).hexdigest()


@cache
def outlines() -> tuple[Outline, ...]:
    """Municipalities first, then districts and neighbourhoods."""
    document = _read("outlines.toml")
    drawn = {place["code"]: Polygon(place["outline"]) for place in document["places"]}
    places = [_place(place, document["places"], drawn) for place in document["places"]]
    return (*[_municipality(entry, places) for entry in document["municipalities"]], *places)


def _municipality(entry: dict[str, str], places: list[Outline]) -> Outline:
    code = entry["code"]
    districts = [
        place.geometry
        for place in places
        if place.municipality_code == code and place.level == "district"
    ]
    return Outline(code, entry["name"], "municipality", code, None, unary_union(districts))


def _place(
    place: dict[str, Any], places: list[dict[str, Any]], drawn: Mapping[str, BaseGeometry]
) -> Outline:
    parent = place["municipality"]
    if place["level"] == "neighbourhood":
        parent = next(
            other["code"]
            for other in places
            if other["level"] == "district" and drawn[other["code"]].covers(drawn[place["code"]])
        )
    return Outline(
        place["code"],
        place["name"],
        place["level"],
        place["municipality"],
        parent,
        drawn[place["code"]],
        place.get("no_figures"),
    )


@cache
def figures() -> dict[str, dict[str, float | None]]:
    """CBS figures by area code, under CBS's column names; None where CBS gives none."""
    with (HERE / "figures_2024.csv").open(newline="", encoding="utf-8") as file:
        return {
            row.pop("code"): {key: _number(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        }


def _number(text: str) -> float | None:
    if not text:
        return None
    return float(text) if "." in text else int(text)


@cache
def cases() -> tuple[CaseOutline, ...]:
    """Each case with its parts."""
    drawn = {outline.code: outline.geometry for outline in outlines()}
    return tuple(
        CaseOutline(
            entry["slug"],
            entry["municipality"],
            {kind: _part(entry[kind], drawn) for kind in PARTS},
        )
        for entry in _read("case_parts.toml")["cases"]
    )


def _part(entry: dict[str, Any], drawn: Mapping[str, BaseGeometry]) -> BaseGeometry:
    whole = [drawn[code] for code in entry.get("places", [])]
    return unary_union([*whole, *(Polygon(ring) for ring in entry.get("outlines", []))])
