"""Clusters of wishes by theme, with a name, for staff or for everyone.

Everyone's clusters are made of the rows of `published_wishes()` alone: what is not published can't
change their number, size, name or place. A wish that is only known (or may only be shown) by its
neighbourhood counts with the others of that neighbourhood and never lies at a place within it; so a
public `unsafe` wish is never clustered below its neighbourhood. Clusters of fewer than `THRESHOLD`
wishes don't exist, for staff neither.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import gettext
from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, func, lateral, select, true, type_coerce

from gis.clusters import DOMINANT, EPS_M, find_clusters
from gis.crs import RD, to_lonlat
from webapp.areas.models import Place
from webapp.areas.queries import area_around, place_near
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.permissions import Scope
from webapp.wishes.models import Wish
from webapp.wishes.publication import THRESHOLD, published_wishes, wishes_for_staff

DISTANCES_M = (50, 100, 200, 400)
MOST_WISHES = 50_000
QUOTES = 3
QUOTE_LENGTH = 160
SUPPORTING = ("submitted", "published", "private", "merged")
"""A wish counts unless it was refused, passed on or withdrawn."""
ZOOM = 16
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s|\n")


@dataclass(frozen=True)
class Quote:
    """The first sentence of a wish, in the language in which it was written."""

    wish_id: int
    words: str
    language: str


@dataclass(frozen=True)
class NamedCluster:
    """At least `THRESHOLD` wishes about one theme near one another, or in one neighbourhood.

    `centre` and `hull` are EPSG:28992; of a whole neighbourhood they are one point in it.
    `place` is the nearest street or landmark, or the area: None where neither is known.
    `kinds` are the commonest, with their number.
    """

    id: str
    case_id: int
    theme: str
    place: str | None
    area: str | None
    is_whole_area: bool
    wish_ids: tuple[int, ...]
    kinds: tuple[tuple[str, int], ...]
    quotes: tuple[Quote, ...]
    centre: shapely.Point
    hull: BaseGeometry
    has_demo: bool

    @property
    def size(self) -> int:
        """How many wishes."""
        return len(self.wish_ids)

    @property
    def name(self) -> str:
        """Theme and place in the reader's language."""
        theme = gettext(f"common.theme.{self.theme}")
        if self.place is None:
            return theme
        if self.is_whole_area:
            return gettext("figures.clusters.name_area", theme=theme, place=self.place)
        return gettext("figures.clusters.name_place", theme=theme, place=self.place)

    @property
    def at(self) -> str:
        """The middle and a zoom level as the planner's map writes them in its address."""
        lonlat = to_lonlat(self.centre)
        return f"{lonlat.x:.5f},{lonlat.y:.5f},{ZOOM}"


def clusters_of(
    case_id: int, scope: Scope | None, theme: str = "", distance_m: float = EPS_M
) -> list[NamedCluster]:
    """The clusters of a case, the largest first: of what everyone may see without a scope.

    With a scope they are those of staff, of wishes that count as support (`SUPPORTING`). Raises
    `Forbidden` when the case lies outside the scope.
    """
    if scope is not None:
        scope.check(case_id)
    rows = _wishes(case_id, scope, theme)
    spots = [row for row in rows if not row.is_whole_area]
    found = find_clusters(
        [shape(row.geom) for row in spots],
        [row.kind for row in spots],
        [row.theme for row in spots],
        distance_m,
        THRESHOLD,
    )
    drawn = [
        _drawn(cluster.id, [spots[n] for n in cluster.members], cluster.centre, cluster.hull)
        for cluster in found
    ]
    groups = _by_area([row for row in rows if row.is_whole_area])
    everything = [*drawn, *groups]
    return _named(sorted(everything, key=lambda each: (-each["size"], each["id"])), case_id)


def is_capped(case_id: int, scope: Scope | None) -> bool:
    """Whether a case has more wishes than are clustered: then only the newest are."""
    rows = _selection(case_id, scope, "").subquery()
    return int(db.session.scalar(select(func.count()).select_from(rows)) or 0) > MOST_WISHES


def _selection(case_id: int, scope: Scope | None, theme: str) -> Select[Any]:
    """The wishes that count, with `is_whole_area`: known or shown by their neighbourhood only."""
    if scope is None:
        rows = published_wishes().subquery("wishes")
        whole = rows.c.precision == "neighbourhood"
        statement = select(rows, whole.label("is_whole_area"))
    else:
        given = wishes_for_staff(scope).add_columns(Wish.geom.is_(None).label("is_whole_area"))
        rows = given.subquery("wishes")
        statement = select(rows).where(rows.c.status.in_(SUPPORTING))
    statement = statement.where(rows.c.case_id == case_id, rows.c.geom.is_not(None))
    return statement.where(rows.c.theme == theme) if theme else statement


def _wishes(case_id: int, scope: Scope | None, theme: str) -> Sequence[Any]:
    rows = _selection(case_id, scope, theme).subquery("counted")
    wanted = ("id", "kind", "theme", "text", "language", "area_code", "area_name", "geom")
    columns = [rows.c[name] for name in (*wanted, "is_whole_area", "is_demo")]
    return db.session.execute(select(*columns).order_by(rows.c.id.desc()).limit(MOST_WISHES)).all()


def _by_area(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Wishes without a place of their own, per neighbourhood and theme."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.area_code, row.theme), []).append(row)
    return [
        _drawn(f"{code}-{theme}", members, shape(members[0].geom), shape(members[0].geom))
        | {"area": members[0].area_name}
        for (code, theme), members in groups.items()
        if len(members) >= THRESHOLD
    ]


def _drawn(
    key: str, members: Sequence[Any], centre: BaseGeometry, hull: BaseGeometry
) -> dict[str, Any]:
    """What is known of a cluster before it has a name; `members` are newest first."""
    newest = sorted(members, key=lambda row: -row.id)
    kinds = sorted(
        Counter(row.kind for row in newest).items(), key=lambda pair: (-pair[1], pair[0])
    )
    return {
        "id": key,
        "size": len(newest),
        "theme": newest[0].theme,
        "is_whole_area": bool(newest[0].is_whole_area),
        "wish_ids": tuple(row.id for row in newest),
        "kinds": tuple(kinds[:DOMINANT]),
        "quotes": _quotes(newest),
        "centre": shapely.Point(shapely.centroid(centre)),
        "hull": hull,
        "has_demo": any(row.is_demo for row in newest),
        "area": None,
    }


def _quotes(newest: Sequence[Any]) -> tuple[Quote, ...]:
    """The first sentences of the newest wishes, each sentence once."""
    found: dict[str, Quote] = {}
    for row in newest:
        words = first_sentence(row.text)
        if words:
            found.setdefault(words.casefold(), Quote(row.id, words, row.language))
        if len(found) == QUOTES:
            break
    return tuple(found.values())


def first_sentence(text: str) -> str:
    """The first sentence of a text, cut at a word when it is long."""
    sentence = _SENTENCE_END.split(text.strip(), maxsplit=1)[0].strip()
    if len(sentence) <= QUOTE_LENGTH:
        return sentence
    return sentence[:QUOTE_LENGTH].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def _named(found: Sequence[dict[str, Any]], case_id: int) -> list[NamedCluster]:
    """Give clusters the names of what they are near and in, with one statement for all."""
    names = _places([each["centre"] for each in found])
    clusters = []
    for each, (street, area) in zip(found, names, strict=True):
        values = {name: value for name, value in each.items() if name != "size"}
        within = each["area"] or area
        place = within if each["is_whole_area"] else (street or within)
        clusters.append(
            NamedCluster(case_id=case_id, **(values | {"place": place, "area": within}))
        )
    return clusters


def _places(points: Sequence[shapely.Point]) -> list[tuple[str | None, str | None]]:
    """Per point the nearest street or landmark (never a house number) and the area around it."""
    if not points:
        return []
    together = type_coerce(stored(shapely.MultiPoint(points)), Geometry("MULTIPOINT", srid=RD))
    dumped = func.ST_DumpPoints(together).table_valued("path", "geom", name="dumped")
    point = type_coerce(dumped.c.geom, Geometry("POINT", srid=RD))
    words = func.coalesce(Place.street, func.split_part(Place.label, ",", 1)).label("words")
    near = lateral(place_near(point).with_only_columns(words), name="near")
    area = lateral(area_around(point), name="around")
    rows = db.session.execute(
        select(near.c.words, area.c.name)
        .select_from(dumped)
        .outerjoin(near, true())
        .outerjoin(area, true())
        .order_by(dumped.c.path)
    )
    return [(row[0] or None, row[1]) for row in rows]
