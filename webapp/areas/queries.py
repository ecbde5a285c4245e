"""Reads of places: searching them by words, and saying in words what a point hits."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from flask import current_app
from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select, type_coerce

from gis.crs import RD, rd_point
from layers.sources import pdok
from layers.sources.http import Host, session
from layers.sources.pdok import SourceUnavailable
from webapp.areas.models import Area, Place
from webapp.deals.models import Case, CasePart
from webapp.extensions import db
from webapp.geodata import shape, stored

NEAR_METRES = 250
TOLERANCE_METRES = 50
RESULTS = 8
SHORTEST = 2
LONGEST = 100
_FINEST_FIRST = {"neighbourhood": 1, "district": 2, "municipality": 3}


@dataclass(frozen=True)
class Nearby:
    """What a place is near and in: a street with number or a landmark, and an area."""

    place: str | None
    area_id: int | None
    area: str | None

    @property
    def words(self) -> str:
        """Both names, in no language in particular."""
        return ", ".join(filter(None, (self.place, self.area)))


@dataclass(frozen=True)
class Found:
    """A place that answers a search; `point` is EPSG:28992, `inside` says: within the case."""

    kind: str
    label: str
    point: shapely.Point
    inside: bool


@dataclass(frozen=True)
class Results:
    """What a search gave, from which source, and whether that was a fallback."""

    found: list[Found]
    source: str
    fell_back: bool = False


def nearby(geometry: BaseGeometry) -> Nearby:
    """What a geometry (EPSG:28992) is near and in."""
    middle = stored(middle_of(geometry))
    area = db.session.execute(area_around(middle)).first()
    columns = (Place.street, Place.number, Place.label)
    place = db.session.execute(place_near(middle).with_only_columns(*columns)).first()
    return Nearby(place_words(place), area and area[0], area and area[1])


def middle_of(geometry: BaseGeometry) -> shapely.Point:
    """The point of a geometry that says in words where it is."""
    if geometry.geom_type == "LineString":
        return geometry.interpolate(0.5, normalized=True)
    return geometry.representative_point()


def place_near(middle: Any) -> Select[Any]:
    """The nearest street, address or landmark within reach of a point."""
    return (
        select(Place.id)
        .where(Place.kind != "neighbourhood", func.ST_DWithin(Place.geom, middle, NEAR_METRES))
        .order_by(Place.geom.op("<->")(middle))
        .limit(1)
    )


def place_words(place: Sequence[str | None] | None) -> str | None:
    """The words for a place from its street, number and label."""
    if place is None:
        return None
    street, number, label = place
    if street and number:
        return f"{street} {number}"
    return street or str(label).partition(",")[0]


def area_around(middle: Any) -> Select[Any]:
    """Id and name of the finest area on land around a point, in its newest edition."""
    return (
        select(Area.id, Area.name)
        .where(~Area.water, func.ST_Covers(Area.geom, middle))
        .order_by(case(_FINEST_FIRST, value=Area.level), Area.year.desc(), func.ST_Area(Area.geom))
        .limit(1)
    )


def inside_case(case_id: Any, geometry: Any) -> ColumnElement[bool]:
    """A condition: a geometry (EPSG:28992) lies within the parts of a case, or 50 m from it."""
    parts = select(func.ST_Buffer(func.ST_Union(CasePart.geom), TOLERANCE_METRES)).where(
        CasePart.case_id == case_id
    )
    within_one = exists().where(
        CasePart.case_id == case_id, func.ST_Covers(CasePart.geom, geometry)
    )
    # Most lie well within one part; only who lies at an edge needs the parts joined and widened.
    return or_(within_one, func.coalesce(func.ST_Covers(parts.scalar_subquery(), geometry), False))


def is_inside_case(case_id: int, geometry: BaseGeometry) -> bool:
    """Whether a geometry (EPSG:28992) lies within a case."""
    return bool(db.session.scalar(select(inside_case(case_id, stored(geometry)))))


def search_places(within: Case, typed: str) -> Results:
    """Places of a case's municipality that answer what was typed, the likeliest first."""
    words = _words(typed)
    if len("".join(words)) < SHORTEST:
        return Results([], "local")
    if current_app.config["ADDRESS_SEARCH"] != "pdok":
        return Results(_loaded(within, words), "local")
    try:
        return Results(_from_pdok(within, typed[:LONGEST]), "pdok")
    except SourceUnavailable:
        current_app.logger.warning("the address search of PDOK does not answer")
        return Results(_loaded(within, words), "local", fell_back=True)


def _words(typed: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", typed[:LONGEST]).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*", plain.lower())


def _loaded(within: Case, words: list[str]) -> list[Found]:
    text = literal(" ") + Place.search + literal(" ")
    whole = sum(case((text.contains(f" {word} ", autoescape=True), 1), else_=0) for word in words)
    numbered = any(word[0].isdigit() for word in words)
    rows = db.session.execute(
        select(Place.kind, Place.label, Place.geom, inside_case(within.id, Place.geom))
        .where(
            Place.municipality_code == within.municipality_code,
            *(text.contains(f" {word}", autoescape=True) for word in words),
        )
        .order_by(
            inside_case(within.id, Place.geom).desc(),
            literal(0) + whole * -1,
            (Place.kind == "address").desc() if numbered else (Place.kind == "address"),
            func.length(Place.label),
            Place.label,
        )
        .limit(RESULTS)
    )
    return [Found(kind, label, shape(geom), inside) for kind, label, geom, inside in rows]


def _from_pdok(within: Case, typed: str) -> list[Found]:
    """The Locatieserver's answer; one short attempt, because a resident is waiting."""
    host = Host(pdok.API_HOST, session(attempts=1), (2.0, 4.0))
    hits = pdok.search(typed, [within.municipality_name], rows=RESULTS, host=host)
    points = [rd_point(hit.lon, hit.lat) for hit in hits]
    inside = _which_inside(within.id, points)
    return [
        Found(hit.kind, hit.label, point, here)
        for hit, point, here in zip(hits, points, inside, strict=True)
    ]


def _which_inside(case_id: int, points: list[shapely.Point]) -> list[bool]:
    if not points:
        return []
    together = type_coerce(stored(shapely.MultiPoint(points)), Geometry("MULTIPOINT", srid=RD))
    dumped = func.ST_DumpPoints(together).table_valued("path", "geom", name="dumped")
    point = type_coerce(dumped.c.geom, Geometry("POINT", srid=RD))
    rows = select(inside_case(case_id, point)).select_from(dumped).order_by(dumped.c.path)
    return [bool(inside) for inside in db.session.scalars(rows)]
