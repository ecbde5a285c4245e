"""Reads of open data: what everyone may see, a page at a time, as GeoJSON made in SQL."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    JSON,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    select,
    true,
    type_coerce,
)

from gis.crs import CRS84_URI, ETRS89, NETHERLANDS_LONLAT, RD, Bounds
from webapp.areas.models import Area, AreaImport
from webapp.chain.answers import answer_to, is_published
from webapp.deals.models import Case, CasePart, Deal, Party, ProgrammeLine, Round
from webapp.errors import NotFound
from webapp.fast_sql import executor, prepared, value
from webapp.geodata import feature_collection
from webapp.interventions.models import Intervention, intervention_programme_lines
from webapp.wishes.publication import may_show_in, published_wishes

BOX_STEP_DEGREES = 0.05  # Straight in degrees is bent in RD: over this length by less than a metre.
DEGREE_DIGITS, METRE_DIGITS = 7, 3
SIDES = ("west", "south", "east", "north")
_SIDES = [bindparam(name, type_=Double, required=False) for name in SIDES]
UTC_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS"Z"'

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Page:
    """GeoJSON text of some features, and where the next page starts."""

    geojson: str
    following: int | None


def case_id_of(slug: str) -> int | None:
    """The case with this slug."""
    found: int | None = value("SELECT id FROM cases WHERE slug = %(slug)s", {"slug": slug})
    return found


def cut_to_the_netherlands(bbox: Bounds) -> Bounds | None:
    """A box without what RD has no place for; None when nothing is left."""
    west, south, east, north = NETHERLANDS_LONLAT
    cut = max(west, bbox[0]), max(south, bbox[1]), min(east, bbox[2]), min(north, bbox[3])
    return None if cut[0] > cut[2] or cut[1] > cut[3] else cut


def _box() -> ColumnElement[Any]:
    """The box of the parameters in RD; as a subquery it is made once, not for every row."""
    box = func.ST_Segmentize(func.ST_MakeEnvelope(*_SIDES, ETRS89), BOX_STEP_DEGREES)
    moved = type_coerce(func.ST_Transform(box, RD), Geometry("POLYGON", srid=RD))
    return select(moved).scalar_subquery()


def in_box(geom: ColumnElement[Any], boxed: bool) -> Condition:
    """Whether a stored geometry meets the box, when there is one."""
    return func.ST_Intersects(geom, _box()) if boxed else true()


def _geometry(geom: ColumnElement[Any], crs: str) -> ColumnElement[Any]:
    """GeoJSON in the wanted system, without the old `crs` member (option 0)."""
    if crs == CRS84_URI:
        written = func.ST_AsGeoJSON(func.ST_Transform(geom, ETRS89), DEGREE_DIGITS, 0)
    else:
        written = func.ST_AsGeoJSON(geom, METRE_DIGITS, 0)
    return cast(written, JSON).label("geometry")


def _utc(moment: ColumnElement[Any]) -> ColumnElement[str]:
    return func.to_char(func.timezone("UTC", moment), UTC_FORMAT)


# --- Cases ------------------------------------------------------------------------------------


def _case_shape() -> Subquery:
    whole = func.ST_Union(CasePart.geom).label("geom")
    schematic = func.bool_or(CasePart.is_schematic).label("schematic")
    return select(CasePart.case_id, whole, schematic).group_by(CasePart.case_id).subquery("shape")


def _open_round() -> ColumnElement[Any]:
    now = func.clock_timestamp()  # the statement is kept: its text must not hold a moment
    described = func.jsonb_build_object(
        *("title", Round.title, "opensAt", _utc(Round.opens_at), "closesAt", _utc(Round.closes_at))
    )
    return (
        select(described)
        .where(Round.case_id == Case.id, Round.opens_at <= now, Round.closes_at > now)
        .order_by(Round.opens_at.desc(), Round.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def _case_ids(_: Mapping[str, Any], boxed: bool) -> Select[Any]:
    meets = select(CasePart.id).where(CasePart.case_id == Case.id, in_box(CasePart.geom, boxed))
    return select(Case.id).where(meets.exists() if boxed else true())


def _case_rows(chosen: FromClause, crs: str) -> Select[Any]:
    shape = _case_shape()
    return (
        select(
            Case.slug.label("id"),
            Case.slug.label("slug"),
            Case.title,
            Case.summary,
            Deal.slug.label("deal"),
            Case.municipality_code.label("municipalityCode"),
            Case.municipality_name.label("municipalityName"),
            Case.end_date.label("endDate"),
            _open_round().label("openRound"),
            func.coalesce(shape.c.schematic, false()).label("isSchematic"),
            Deal.is_demo.label("isDemo"),
            _geometry(shape.c.geom, crs),
        )
        .join(Deal, Deal.id == Case.deal_id)
        .outerjoin(shape, shape.c.case_id == Case.id)
        .where(Case.id.in_(select(chosen.c.id)))
        .order_by(Case.id)
    )


# --- Areas ------------------------------------------------------------------------------------


def _area_ids(filters: Mapping[str, Any], boxed: bool) -> Select[Any]:
    columns = {"level": Area.level, "year": Area.year, "municipality": Area.municipality_code}
    wanted = [columns[name] == value for name, value in filters.items()]
    return select(Area.id).where(in_box(Area.geom, boxed), *wanted)


def _area_rows(chosen: FromClause, crs: str) -> Select[Any]:
    return (
        select(
            Area.id,
            Area.code,
            Area.name,
            Area.level,
            Area.year,
            Area.municipality_code.label("municipalityCode"),
            Area.parent_code.label("parentCode"),
            Area.water.label("isWater"),
            Area.is_schematic.label("isSchematic"),
            AreaImport.source,
            AreaImport.licence,
            AreaImport.attribution,
            _geometry(Area.geom, crs),
        )
        .join(AreaImport, AreaImport.id == Area.import_id)
        .where(Area.id.in_(select(chosen.c.id)))
        .order_by(Area.id)
    )


# --- Interventions ----------------------------------------------------------------------------


def _intervention_ids(filters: Mapping[str, Any], boxed: bool) -> Select[Any]:
    columns = {"case": Intervention.case_id, "phase": Intervention.phase}
    wanted = [columns[name] == value for name, value in filters.items()]
    return select(Intervention.id).where(is_published(), in_box(Intervention.geom, boxed), *wanted)


def _programme_line_codes() -> ColumnElement[Any]:
    table = intervention_programme_lines.c
    codes = func.jsonb_agg(ProgrammeLine.code)
    found = (
        select(codes)
        .join(intervention_programme_lines, table.programme_line_id == ProgrammeLine.id)
        .where(table.intervention_id == Intervention.id)
        .correlate(Intervention)
        .scalar_subquery()
    )
    return func.coalesce(found, func.jsonb_build_array())


def _intervention_rows(chosen: FromClause, crs: str) -> Select[Any]:
    return (
        select(
            Intervention.id,
            Case.slug.label("case"),
            Intervention.title,
            Intervention.summary,
            Intervention.phase,
            Intervention.wares,
            Intervention.planned_start.label("plannedStart"),
            Intervention.planned_end.label("plannedEnd"),
            Intervention.actual_start.label("actualStart"),
            Intervention.actual_end.label("actualEnd"),
            Party.name.label("responsibleParty"),
            _programme_line_codes().label("programmeLines"),
            Intervention.is_demo.label("isDemo"),
            _geometry(Intervention.geom, crs),
        )
        .join(Case, Case.id == Intervention.case_id)
        .outerjoin(Party, Party.id == Intervention.responsible_party_id)
        .where(is_published(), Intervention.id.in_(select(chosen.c.id)))
        .order_by(Intervention.id)
    )


# --- Wishes -----------------------------------------------------------------------------------


_WISH = ("id", "case_id", "kind", "theme", "text", "language", "precision", "area_code", "area_name", "place_words", "submitted_on", "is_demo", "geom")  # fmt: skip


def _wishes(filters: Mapping[str, Any], boxed: bool) -> Select[Any]:
    """Filtered by the place as it is shown, so that no box tells more than the map does. Whole rows:
    the rule is worked out once for each."""
    rule = published_wishes()
    shown = (rule.where(may_show_in(_box())) if boxed else rule).subquery("shown")
    columns = {"case": shown.c.case_id, "theme": shown.c.theme, "kind": shown.c.kind}
    wanted = [columns[name] == value for name, value in filters.items()]
    return select(*(shown.c[name] for name in _WISH)).where(in_box(shown.c.geom, boxed), *wanted)


def _wish_rows(shown: FromClause, crs: str) -> Select[Any]:
    """Of the date only the month: text, exact place and day together could point at someone."""
    return (
        select(
            shown.c.id,
            Case.slug.label("case"),
            shown.c.kind,
            shown.c.theme,
            shown.c.text,
            shown.c.language,
            shown.c.precision,
            shown.c.area_code.label("areaCode"),
            shown.c.area_name.label("areaName"),
            shown.c.place_words.label("placeWords"),
            func.to_char(shown.c.submitted_on, "YYYY-MM").label("submittedMonth"),
            answer_to(shown.c.id).label("answer"),
            shown.c.is_demo.label("isDemo"),
            _geometry(shown.c.geom, crs),
        )
        .join(Case, Case.id == shown.c.case_id)
        .order_by(shown.c.id)
    )


# --- All of them ------------------------------------------------------------------------------

Choose = Callable[[Mapping[str, Any], bool], Select[Any]]
Rows = Callable[[FromClause, str], Select[Any]]

COLLECTIONS: dict[str, tuple[Choose, Rows]] = {
    "cases": (_case_ids, _case_rows),
    "areas": (_area_ids, _area_rows),
    "interventions": (_intervention_ids, _intervention_rows),
    "wishes": (_wishes, _wish_rows),
}
"""Per collection: which features there are (at least their `id`), and how these are written."""


def page(
    name: str, filters: Mapping[str, Any], bbox: Bounds | None, limit: int, cursor: int, crs: str
) -> Page:
    """The features after `cursor`, in the order of their ids: one statement."""
    cut = None if bbox is None else cut_to_the_netherlands(bbox)
    if bbox is not None and cut is None:
        return Page('{"type": "FeatureCollection", "features": []}', None)
    text = _page_text(name, tuple(sorted(filters)), cut is not None, crs)
    sides = dict(zip(SIDES, cut or (), strict=False))
    (found,) = executor().rows(text, {**filters, **sides, "most": limit, "cursor": cursor})
    return Page(found[0], found[1])


@lru_cache(maxsize=200)
def _page_text(name: str, filters: tuple[str, ...], boxed: bool, crs: str) -> str:
    """The statement for questions of one form. One more row than asked says if there are more."""
    choose, rows = COLLECTIONS[name]
    asked = {each: bindparam(each, required=False) for each in filters}
    most = bindparam("most", type_=Integer, required=False)
    chosen = choose(asked, boxed)
    key = chosen.selected_columns[0]
    after = key > bindparam("cursor", type_=Integer, required=False)
    found = chosen.where(after).order_by(key).limit(most + 1).cte("chosen").prefix_with("MATERIALIZED")  # fmt: skip
    kept = select(found).order_by(found.c.id).limit(most).cte("kept")
    item = rows(kept, crs).subquery("item")
    more = select(func.count()).select_from(found).scalar_subquery() > most
    last = select(func.max(kept.c.id)).scalar_subquery()
    statement = select(_collection(item), case((more, last))).select_from(item)
    names = (*filters, *(SIDES if boxed else ()), "most", "cursor")
    return prepared(statement, *names)


def _collection(item: Subquery) -> ColumnElement[Any]:
    """Rows with columns `id`, `geometry` and properties as the text of a FeatureCollection."""
    own = [column for column in item.c if column.name not in ("id", "geometry")]
    properties = func.json_build_object(*(part for each in own for part in (each.name, each)))
    feature = func.json_build_object(
        *("type", "Feature", "id", item.c.id),
        *("geometry", item.c.geometry, "properties", properties),
    )
    features = func.coalesce(func.string_agg(cast(feature, Text), ", "), "")
    return literal('{"type": "FeatureCollection", "features": [') + features + "]}"


def one(name: str, key: int | None, crs: str) -> dict[str, Any]:
    """One feature. Raises `NotFound` when it is not there or not public."""
    choose, rows = COLLECTIONS[name]
    chosen = choose({}, False)
    asked = chosen.where(chosen.selected_columns[0] == key).subquery("asked")
    item = rows(asked, crs).subquery("item")
    found = json.loads(feature_collection(item))["features"] if key else []
    if not found:
        raise NotFound
    feature: dict[str, Any] = found[0]
    return feature
