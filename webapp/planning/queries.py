"""What the planner's map reads: areas with one figure, wishes and interventions within the scope.

A map, its table and its downloads are the same selection, so that they can never disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.deals.models import Case, CasePart
from webapp.extensions import db
from webapp.geodata import feature_collection, geojson, lonlat
from webapp.interventions.models import PHASE_TYPES, Intervention, WishLink
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.map_layers.queries import features_of
from webapp.permissions import Scope
from webapp.planning import value_sources
from webapp.planning.forms import Filters
from webapp.wishes.publication import wishes_for_staff

ROWS_PER_PAGE = 100
MOST_SHAPES = 5000
"""Of a layer on a map without WebGL."""
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class CaseChoice:
    """A case within the scope."""

    id: int
    slug: str
    title: dict[str, str]
    municipality_code: str


@dataclass(frozen=True)
class Edition:
    """A year in which areas of a level are loaded: are outlines real, is the figure known."""

    level: str
    year: int
    is_real: bool
    has_figure: bool


def cases_in(scope: Scope) -> list[CaseChoice]:
    """The cases that the planner works on, in the order of their deals."""
    columns = (Case.id, Case.slug, Case.title, Case.municipality_code)
    rows = db.session.execute(
        select(*columns).where(scope.limit(Case.id)).order_by(Case.deal_id, Case.position, Case.id)
    )
    return [CaseChoice(*row) for row in rows]


def municipalities_in(scope: Scope) -> dict[str, str]:
    """Names by code of all municipalities of the deals of these cases: what is around matters."""
    deals = select(Case.deal_id).where(scope.limit(Case.id))
    columns = select(Case.municipality_code, Case.municipality_name)
    rows = db.session.execute(columns.where(Case.deal_id.in_(deals)).distinct())
    return dict(rows.all())


def figure_keys() -> frozenset[str]:
    """The names of all numeric figures that are loaded."""
    newest = db.session.execute(select(func.max(AreaImport.id), func.count(AreaImport.id))).one()
    return _figure_keys(str(db.engine.url), *newest)


@lru_cache(maxsize=4)
def _figure_keys(_database: str, _newest: int | None, _count: int) -> frozenset[str]:
    # Reading every figure of the country takes a second: once per import is enough.
    figure = func.jsonb_each(AreaFigures.figures).table_valued("key", "value").lateral()
    numeric = func.jsonb_typeof(cast(figure.c.value, AreaFigures.figures.type)) == "number"
    rows = select(figure.c.key).select_from(AreaFigures).join(figure, true()).where(numeric)
    return frozenset(db.session.scalars(rows.distinct()))


def editions(figure: str | None, municipalities: Sequence[str]) -> list[Edition]:
    """Which levels and years there are, newest first."""
    known = literal(False) if figure is None else value_sources.has_value(figure)
    real = and_(Area.is_schematic.is_(False), Area.geom.is_not(None))
    rows = db.session.execute(
        select(Area.level, Area.year, func.bool_or(real), func.bool_or(known))
        .where(Area.municipality_code.in_(municipalities), Area.water.is_(False))
        .group_by(Area.level, Area.year)
        .order_by(Area.year.desc())
    )
    return [Edition(*row) for row in rows]


def areas_shown(
    level: str,
    year: int,
    figure: str | None,
    municipalities: Sequence[str],
    codes: Sequence[str] = (),
) -> Select[Any]:
    """Land areas of an edition with one figure (`value`) or the reason why there is none.

    `figure` is a source of `value_sources`.
    `codes` keeps the areas with these codes; none: all of them.
    A schematic outline gives way where its municipality has real ones of that level and year.
    """
    real = aliased(Area)
    replaced = exists().where(
        real.municipality_code == Area.municipality_code,
        real.level == Area.level,
        real.year == Area.year,
        real.is_schematic.is_(False),
        real.geom.is_not(None),
    )
    values = value_sources.values_from(figure)
    columns = (
        *(Area.id, Area.code, Area.name, Area.municipality_code, Area.year, Area.level),
        *(Area.is_schematic, Area.geom, Area.geom_web),
    )
    statement = select(
        *columns,
        Area.import_id.label("outline_import"),
        values.import_id.label("figure_import"),
        values.value.label("value"),
        values.reason.label("reason"),
        values.no_data_share.label("no_data_share"),
    ).where(
        Area.level == level,
        Area.year == year,
        Area.water.is_(False),
        Area.municipality_code.in_(municipalities),
        or_(Area.is_schematic.is_(False), ~replaced),
    )
    if codes:
        statement = statement.where(Area.code.in_(codes))
    return statement if values.joined is None else statement.outerjoin(values.joined, true())


def within_areas(geom: ColumnElement[Any], codes: Sequence[str]) -> ColumnElement[bool]:
    """Whether a geometry touches one of these areas, each in its newest edition with an outline."""
    newest = (
        select(Area.id)
        .ext(distinct_on(Area.code))
        .where(Area.code.in_(codes), Area.geom.is_not(None))
        .order_by(Area.code, Area.year.desc(), Area.id.desc())
    )
    chosen = aliased(Area)
    return exists().where(chosen.id.in_(newest), func.ST_Intersects(chosen.geom, geom))


def codes_within_cases(areas: Select[Any], case_ids: Sequence[int]) -> list[str]:
    """The codes of the areas of a selection that the parts of these cases touch."""
    rows = areas.subquery("areas")
    parts = exists().where(
        CasePart.case_id.in_(case_ids), func.ST_Intersects(CasePart.geom, rows.c.geom)
    )
    return list(db.session.scalars(select(rows.c.code).where(parts).order_by(rows.c.code)))


def area_rows(areas: Select[Any]) -> Sequence[Any]:
    """All areas of a selection without their geometry; `has_outline` says if they have one."""
    rows = areas.subquery("areas")
    columns = [column for column in rows.c if column.name not in ("geom", "geom_web")]
    outline = rows.c.geom.is_not(None).label("has_outline")
    return db.session.execute(select(*columns, outline).order_by(rows.c.name, rows.c.id)).all()


def sources(import_ids: Sequence[int]) -> list[AreaImport]:
    """The imports that rows came from."""
    if not import_ids:
        return []
    rows = select(AreaImport).where(AreaImport.id.in_(import_ids)).order_by(AreaImport.id.desc())
    return list(db.session.scalars(rows))


def wishes_shown(scope: Scope, filters: Filters) -> Subquery:
    """The wishes of the planner's own cases that pass the filters."""
    wishes = wishes_for_staff(scope).subquery("all_wishes")
    cases = aliased(Case)
    statement = select(wishes, cases.slug.label("case_slug")).join(
        cases, cases.id == wishes.c.case_id
    )
    return statement.where(*wish_conditions(wishes, cases, filters)).subquery("shown_wishes")


def wish_conditions(wishes: Any, cases: Any, filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on a selection of wishes."""
    given = {name: getattr(filters, name) for name in ("theme", "kind", "status")}
    conditions = [wishes.c[name] == value for name, value in given.items() if value]
    if filters.case:
        conditions.append(cases.slug == filters.case)
    if filters.since:
        conditions.append(wishes.c.submitted_on >= filters.since)
    if filters.until:
        conditions.append(wishes.c.submitted_on <= filters.until)
    if filters.q:
        conditions.append(wishes.c.text.icontains(filters.q, autoescape=True))
    if filters.areas:
        conditions.append(within_areas(wishes.c.geom, filters.area_codes))
    return conditions


def interventions_shown(scope: Scope, filters: Filters, language: str) -> Subquery:
    """The interventions of the planner's own cases that pass the filters."""
    title = func.coalesce(Intervention.title[language].astext, Intervention.title["nl"].astext)
    answered = (
        select(func.count())
        .where(WishLink.intervention_id == Intervention.id)
        .correlate(Intervention)
        .scalar_subquery()
    )
    statement = (
        select(
            *(Intervention.id, Intervention.phase, Intervention.planned_start),
            *(Intervention.planned_end, Intervention.is_demo, Intervention.geom),
            *(Intervention.geom_web, Intervention.case_id, Case.slug.label("case_slug")),
            title.label("title"),
            case(PHASE_TYPES, value=Intervention.phase).label("phase_type"),
            Intervention.published_at.is_not(None).label("is_public"),
            answered.label("wishes"),
        )
        .join(Case, Case.id == Intervention.case_id)
        .where(scope.limit(Intervention.case_id))
    )
    if filters.case:
        statement = statement.where(Case.slug == filters.case)
    if filters.phase:
        statement = statement.where(Intervention.phase == filters.phase)
    if filters.q:
        statement = statement.where(title.icontains(filters.q, autoescape=True))
    if filters.areas:
        statement = statement.where(within_areas(Intervention.geom, filters.area_codes))
    return statement.subquery("shown_interventions")


def count(rows: Subquery) -> int:
    """How many rows a selection has."""
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def page_of(rows: Subquery, order: ColumnElement[Any], page: int) -> Sequence[Any]:
    """One page of rows without their geometry; equal ones in the order in which they came."""
    columns = [column for column in rows.c if column.name not in ("geom", "geom_web")]
    start = (page - 1) * ROWS_PER_PAGE
    statement = select(*columns).order_by(order, rows.c.id).limit(ROWS_PER_PAGE).offset(start)
    return db.session.execute(statement).all()


def everything(rows: Subquery) -> Sequence[Any]:
    """All rows with their geometry in EPSG:28992, for downloads."""
    return db.session.execute(select(rows).order_by(rows.c.id)).all()


def wishes_by_theme(wishes: Subquery, area_id: int) -> dict[str, int]:
    """How many of these wishes lie within an area, per theme; by place, whatever the edition."""
    area = select(Area.geom).where(Area.id == area_id).scalar_subquery()
    place = func.ST_PointOnSurface(wishes.c.geom)
    rows = db.session.execute(
        select(wishes.c.theme, func.count())
        .where(func.ST_Intersects(place, area))
        .group_by(wishes.c.theme)
    )
    return dict(rows.all())


def figures_of(area_id: int) -> tuple[dict[str, Any], dict[str, str], dict[str, AreaImport]]:
    """All figures of an area, the reasons of those it lacks, and the import of each figure."""
    rows = db.session.execute(
        select(AreaFigures, AreaImport)
        .join(AreaImport, AreaImport.id == AreaFigures.import_id)
        .where(AreaFigures.area_id == area_id)
        .order_by(AreaFigures.import_id)
    )
    figures: dict[str, Any] = {}
    missing: dict[str, str] = {}
    origins: dict[str, AreaImport] = {}
    for given, origin in rows:
        figures |= given.figures
        missing |= given.missing
        origins |= dict.fromkeys(given.figures, origin)
    return figures, {key: why for key, why in missing.items() if key not in figures}, origins


def layer_geojson(edition: LayerEdition) -> str:
    """The shapes of a layer with `name`, `value`, `category`, as GeoJSON text; capped."""
    rows = features_of(edition).with_only_columns(
        LayerFeature.id,
        LayerFeature.name,
        LayerFeature.value,
        LayerFeature.category,
        geojson(LayerFeature.geom, 6).label("geometry"),
    )
    return feature_collection(rows.order_by(LayerFeature.id).limit(MOST_SHAPES))


def extent(geom: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Bounds | None:
    """West, south, east, north in degrees of what meets the conditions."""
    box = func.ST_Extent(lonlat(geom))
    sides = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    west, south, east, north = db.session.execute(select(*sides).where(*conditions)).one()
    return None if west is None else (west, south, east, north)


def extent_of_cases(case_ids: Sequence[int]) -> Bounds | None:
    """The box around the parts of these cases, in degrees."""
    return extent(CasePart.geom, CasePart.case_id.in_(case_ids))


def extent_of_areas(level: str, year: int) -> Bounds | None:
    """The box around the areas of an edition, in degrees."""
    return extent(Area.geom, Area.level == level, Area.year == year)
