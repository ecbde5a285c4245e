"""The `open_*` views: what OGC API Features may read, and nothing else.

They are made anew from the selections of the program after every migration, so the one publication
rule stays in one place: a view can't lag behind it. Geometry is EPSG:28992; `id` is unique.
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Select, Text, cast, func, select, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import NullType

from gis.crs import RD
from layers.catalogue import CATALOGUE
from layers.layer import Layer
from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.chain.answers import is_published, published_with_answer
from webapp.deals.models import Case, CasePart, Deal, Party
from webapp.interventions.models import Intervention
from webapp.languages import LANGUAGES
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature

OPEN_LICENCES = {
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "Public Domain Mark 1.0": "https://creativecommons.org/publicdomain/mark/1.0/",
    "ODbL 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
"""Licences under which anyone may pass data on, by the name that sources give them."""


def selections() -> dict[str, Select[Any]]:
    """Per view what it selects."""
    return {
        "open_areas": _areas(),
        "open_cases": _cases(),
        "open_indicators": _indicators(),
        "open_interventions": _interventions(),
        "open_layer_features": _layer_features(),
        "open_layer_values": _layer_values(),
        "open_wishes": _wishes(),
    }


def statements() -> list[str]:
    """The SQL that makes every view anew."""
    # Named parameters, because a `%` of the selection must not be doubled for a driver.
    dialect = postgresql.dialect(paramstyle="named")
    made = []
    for name, selection in selections().items():
        text = selection.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        made += [f"DROP VIEW IF EXISTS {name}", f"CREATE VIEW {name} AS {text}"]
    return made


DROP_ALL = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT viewname FROM pg_views
            WHERE schemaname = current_schema() AND starts_with(viewname, 'open_') LOOP
            EXECUTE 'DROP VIEW ' || quote_ident(name);
        END LOOP;
    END $$"""
"""Before a migration: PostgreSQL changes no column that a view reads."""


def _geometry(column: Any) -> Any:
    """A geometry as it is stored; by itself the library would write it as bytes."""
    return type_coerce(cast(column, Geometry("GEOMETRY", srid=RD)), NullType()).label("geom")


def _in_all_languages(column: Any, name: str) -> list[Any]:
    return [column[language].as_string().label(f"{name}_{language}") for language in LANGUAGES]


def _areas() -> Select[Any]:
    return select(
        Area.id,
        Area.code,
        Area.name,
        Area.level,
        Area.year,
        Area.municipality_code,
        Area.parent_code,
        Area.water.label("is_water"),
        Area.is_schematic,
        AreaImport.source,
        AreaImport.licence,
        AreaImport.attribution,
        _geometry(Area.geom),
    ).join(AreaImport, AreaImport.id == Area.import_id)


def _cases() -> Select[Any]:
    whole = func.ST_Multi(func.ST_Union(CasePart.geom)).label("geom")
    schematic = func.bool_or(CasePart.is_schematic).label("is_schematic")
    shape = select(CasePart.case_id, whole, schematic).group_by(CasePart.case_id).subquery()
    return (
        select(
            Case.id,
            Case.slug,
            Deal.slug.label("deal"),
            *_in_all_languages(Case.title, "title"),
            Case.municipality_code,
            Case.municipality_name,
            Case.end_date,
            func.coalesce(shape.c.is_schematic, False).label("is_schematic"),
            Deal.is_demo,
            _geometry(shape.c.geom),
        )
        .join(Deal, Deal.id == Case.deal_id)
        .outerjoin(shape, shape.c.case_id == Case.id)
    )


def _indicators() -> Select[Any]:
    """One row per area and figure, the missing ones with their reason."""
    known = (
        func.jsonb_each(AreaFigures.figures).table_valued("key", "value", name="known").lateral()
    )
    missing = func.jsonb_each_text(AreaFigures.missing).table_valued("key", "value", name="missing")
    number = func.jsonb_typeof(known.c.value) == "number"

    def row(figure: Any, value: Any, reason: Any) -> list[Any]:
        key = func.concat_ws(".", Area.code, Area.year, AreaFigures.import_id, figure)
        return [
            key.label("id"),
            figure.label("figure"),
            value.label("value"),
            reason.label("missing_reason"),
            Area.code.label("area_code"),
            Area.name.label("area_name"),
            Area.level,
            AreaImport.year,
            AreaImport.source,
            AreaImport.licence,
            AreaImport.attribution,
            _geometry(Area.geom),
        ]

    def of(columns: list[Any], rows: Any) -> Select[Any]:
        return (
            select(*columns)
            .select_from(AreaFigures)
            .join(Area, Area.id == AreaFigures.area_id)
            .join(AreaImport, AreaImport.id == AreaFigures.import_id)
            .join(rows, cast(True, postgresql.BOOLEAN))
        )

    value = cast(cast(known.c.value, Text), postgresql.DOUBLE_PRECISION)
    present = of(row(known.c.key, value, cast(None, Text)), known).where(number)
    absent_rows = missing.lateral()
    nothing = cast(None, postgresql.DOUBLE_PRECISION)
    absent = of(row(absent_rows.c.key, nothing, absent_rows.c.value), absent_rows)
    both = present.union_all(absent).subquery("indicator")
    return select(both)


def _interventions() -> Select[Any]:
    return (
        select(
            Intervention.id,
            Case.slug.label("case_slug"),
            *_in_all_languages(Intervention.title, "title"),
            *_in_all_languages(Intervention.summary, "summary"),
            Intervention.phase,
            Intervention.planned_start,
            Intervention.planned_end,
            Intervention.actual_start,
            Intervention.actual_end,
            Party.name.label("responsible_party"),
            Intervention.is_demo,
            _geometry(Intervention.geom),
        )
        .join(Case, Case.id == Intervention.case_id)
        .outerjoin(Party, Party.id == Intervention.responsible_party_id)
        .where(is_published())
    )


def open_layers() -> tuple[Layer, ...]:
    """The layers that everyone may see and whose licence lets everyone have them."""
    return tuple(
        layer
        for layer in CATALOGUE.values()
        if layer.audience == "public" and layer.licence in OPEN_LICENCES
    )


def _is_open() -> Any:
    return (LayerEdition.status == "ready") & LayerEdition.layer_id.in_(
        sorted(layer.id for layer in open_layers())
    )


def _of_edition() -> list[Any]:
    return [
        LayerEdition.layer_id,
        LayerEdition.edition,
        LayerEdition.is_synthetic,
        LayerEdition.publisher,
        LayerEdition.licence,
        LayerEdition.attribution,
    ]


def _layer_features() -> Select[Any]:
    return (
        select(
            LayerFeature.id,
            LayerFeature.source_key,
            LayerFeature.name,
            LayerFeature.value,
            LayerFeature.category,
            LayerFeature.reason.label("missing_reason"),
            *_of_edition(),
            _geometry(LayerFeature.geom),
        )
        .join(LayerEdition, LayerEdition.id == LayerFeature.edition_id)
        .where(_is_open())
    )


def _layer_values() -> Select[Any]:
    """What rasters and figures say per area, and how much of the area has no data."""
    key = func.concat_ws(".", LayerEdition.id, Area.id, LayerAreaValue.definition)
    return (
        select(
            key.label("id"),
            LayerAreaValue.definition,
            LayerAreaValue.value,
            LayerAreaValue.no_data_share,
            Area.code.label("area_code"),
            Area.name.label("area_name"),
            Area.level,
            Area.year,
            *_of_edition(),
            _geometry(Area.geom),
        )
        .join(LayerEdition, LayerEdition.id == LayerAreaValue.edition_id)
        .join(Area, Area.id == LayerAreaValue.area_id)
        .where(_is_open())
    )


def _wishes() -> Select[Any]:
    shown = published_with_answer().subquery("shown")
    return select(
        shown.c.id,
        Case.slug.label("case_slug"),
        shown.c.kind,
        shown.c.theme,
        shown.c.text,
        shown.c.language,
        shown.c.precision,
        shown.c.area_code,
        shown.c.area_name,
        shown.c.place_words,
        func.to_char(shown.c.submitted_on, "YYYY-MM").label("submitted_month"),
        shown.c.answer,
        shown.c.is_demo,
        _geometry(shown.c.geom),
    ).join(Case, Case.id == shown.c.case_id)
