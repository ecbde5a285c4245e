"""What is known per area, whatever its source: computed figures, map layers and figures of CBS.

A measure has a key that stands in addresses: `run.heat-1` (a computed figure), `layer.pet.mean` (the
values per area of an edition) or `cbs.low_income_households` (a figure of areas, by the catalogue's
name). It is always the newest edition that knows it; areas are matched by their code, so an edition
of another year can be of slightly other outlines, which pages say.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask_babel import format_date, gettext
from numpy.typing import NDArray
from sqlalchemy import Float, and_, case, cast, func, or_, select, true

from gis.figure import CELSIUS, SHARE, SQUARE_METRES_PER_DWELLING
from layers.catalogue import CATALOGUE
from layers.layer import Layer
from layers.wording import MISSING
from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.deals.models import Case, text_in
from webapp.extensions import db
from webapp.figures import queries
from webapp.figures.kinds import BY_KEY
from webapp.figures.models import FigureRun
from webapp.figures.presentation import input_title, title_of
from webapp.languages import current_language
from webapp.map_layers.models import LayerAreaValue, LayerEdition
from webapp.map_layers.queries import area_values, editions
from webapp.map_layers.tables import definition_words
from webapp.permissions import Scope

Floats = NDArray[np.float64]

RESIDENTS = "cbs.population"
LEVELS = ("neighbourhood", "district")
DEFINITIONS = ("value", "mean", "area_share")
"""Of the values per area of a layer; shares above a limit are offered as well."""
_SHARE = "share_above:"


@dataclass(frozen=True)
class Zone:
    """An area of the newest edition with an outline, real before schematic."""

    id: int
    code: str
    name: str
    year: int
    is_schematic: bool


@dataclass(frozen=True)
class Measure:
    """One thing that is known per area, with where it comes from.

    `factor` turns what is stored into the shown unit: shares from 0 to 1 are shown in per cent.
    `worse` is the end of the scale that asks for action, None when that isn't said of it.
    """

    key: str
    title: str
    unit: str
    digits: int
    source: str
    edition: str
    is_synthetic: bool
    worse: str | None
    factor: float
    origin: Any


@dataclass(frozen=True, eq=False)
class Known:
    """The values of a measure for some zones, NaN where there is none, and why (by zone number)."""

    measure: Measure
    values: Floats
    reasons: dict[int, str]

    @property
    def missing(self) -> int:
        """For how many zones there is no value."""
        return int(np.isnan(self.values).sum())


def municipalities_of(scope: Scope, case_slug: str = "") -> list[str]:
    """Codes of the municipalities of the cases within a scope, or of one of them."""
    rows = select(Case.municipality_code).where(scope.limit(Case.id))
    rows = rows.where(Case.slug == case_slug) if case_slug else rows
    return sorted(set(db.session.scalars(rows)))


def zones_of(level: str, municipalities: Sequence[str]) -> list[Zone]:
    """The land areas of a level, of each municipality the newest real outlines, by name."""
    rank = func.dense_rank().over(
        partition_by=Area.municipality_code, order_by=(Area.is_schematic, Area.year.desc())
    )
    columns = (Area.id, Area.code, Area.name, Area.year, Area.is_schematic)
    ranked = (
        select(*columns, rank.label("rank"))
        .where(
            Area.level == level,
            Area.municipality_code.in_(municipalities),
            Area.geom.is_not(None),
            ~Area.water,
        )
        .subquery()
    )
    shown = select(*(ranked.c[column.key] for column in columns)).where(ranked.c.rank == 1)
    rows = db.session.execute(shown.order_by(ranked.c.name, ranked.c.code))
    return [Zone(*row) for row in rows]


def available(level: str, zones: Sequence[Zone]) -> dict[str, Measure]:
    """Every measure that knows at least one of these zones, by key: computed figures first."""
    if not zones:
        return {}
    runs = [_of_run(run) for run in queries.newest_runs(level).values() if run.figure in BY_KEY]
    found = [*runs, *_of_layers([zone.id for zone in zones]), *_of_areas(level, zones)]
    return {measure.key: measure for measure in found}


def known(measure: Measure, zones: Sequence[Zone]) -> Known:
    """The values of a measure for zones, in their order."""
    if isinstance(measure.origin, FigureRun):
        found = _run_values(measure.origin)
    elif measure.key.startswith("layer."):
        found = _layer_values(*measure.origin)
    else:
        found = area_figures(*measure.origin, zones)
    values = np.full(len(zones), np.nan)
    reasons = {}
    for number, zone in enumerate(zones):
        value, reason = found.get(zone.code, (None, "missing"))
        if value is None:
            reasons[number] = reason_words(reason)
        else:
            values[number] = value * measure.factor
    return Known(measure, values, reasons)


def reason_words(reason: str) -> str:
    """Why there is no value, in the reader's language."""
    return text_in(dict(MISSING.get(reason, MISSING["missing"])), current_language())


def _of_run(run: FigureRun) -> Measure:
    kind = BY_KEY[run.figure]
    units = {SHARE: "%", CELSIUS: "°C", SQUARE_METRES_PER_DWELLING: gettext("figures.unit.m2_each")}
    inputs = {
        f"{input_title(each.get('layer', ''))} {each.get('edition', '')}".strip()
        for each in run.inputs
    }
    computed = gettext(
        "figures.measure.computed",
        date=format_date(run.computed_at, "long"),
        inputs=", ".join(sorted(inputs)) or gettext("common.none"),
    )
    return Measure(
        key=f"run.{run.figure}",
        title=title_of(run.figure),
        unit=units.get(kind.unit, ""),
        digits=kind.digits,
        source=f"{run.definition}, {run.software_version}",
        edition=computed,
        is_synthetic=run.is_synthetic,
        worse=kind.worse,
        factor=100.0 if kind.unit == SHARE else 1.0,
        origin=run,
    )


def _run_values(run: FigureRun) -> dict[str, tuple[float | None, str]]:
    return {row.code: (row.value, "missing") for row in queries.values_of(run)}


def _of_layers(area_ids: Sequence[int]) -> list[Measure]:
    """The newest edition of each layer with the definitions that it has values by."""
    newest: dict[str, LayerEdition] = {}
    for edition in editions():
        newest.setdefault(edition.layer_id, edition)
    by_id = {edition.id: edition for edition in newest.values()}
    rows = db.session.execute(
        select(LayerAreaValue.edition_id, LayerAreaValue.definition)
        .where(LayerAreaValue.edition_id.in_(by_id), LayerAreaValue.area_id.in_(area_ids))
        .where(
            or_(
                LayerAreaValue.definition.in_(DEFINITIONS),
                LayerAreaValue.definition.startswith(_SHARE),
            )
        )
        .distinct()
        .order_by(LayerAreaValue.edition_id, LayerAreaValue.definition)
    )
    return [_of_layer(by_id[edition_id], definition) for edition_id, definition in rows]


def _of_layer(edition: LayerEdition, definition: str) -> Measure:
    layer, language = edition.layer, current_language()
    title = edition.own_title or layer.title[language]
    is_share = definition.startswith((_SHARE, "area_share"))
    if definition != "value":
        reading = definition_words(edition, definition)
        title = gettext("figures.measure.reading", layer=title, reading=reading)
    return Measure(
        key=f"layer.{edition.layer_id}.{definition}",
        title=title,
        unit="%" if is_share else layer.unit[language],
        digits=1 if is_share else max(layer.decimals, 1 if definition == "mean" else 0),
        source=edition.attribution or edition.publisher,
        edition=edition.label(language),
        is_synthetic=edition.is_synthetic,
        worse=None,
        factor=100.0 if is_share else 1.0,
        origin=(edition.id, definition),
    )


def _layer_values(edition_id: int, definition: str) -> dict[str, tuple[float | None, str]]:
    values = area_values(edition_id, definition)
    rows = db.session.execute(select(Area.id, Area.code).where(Area.id.in_(values)))
    codes = dict(rows.all())
    return {
        codes[key]: (each.value, str(each.details.get("reason", "missing")))
        for key, each in values.items()
    }


def _of_areas(level: str, zones: Sequence[Zone]) -> list[Measure]:
    """The figures of the catalogue that areas have, each in the newest year that knows it."""
    layers = {layer.figure: layer for layer in CATALOGUE.values() if layer.figure}
    newest = _newest_years(level, [zone.code for zone in zones], layers)
    return [
        _of_area_figure(layer, level, *newest[figure])
        for figure, layer in layers.items()
        if figure in newest
    ]


def _newest_years(
    level: str, codes: Sequence[str], figures: Collection[str]
) -> dict[str, tuple[int, str]]:
    """Per figure the newest year with a number for one of the areas, and its source."""
    each = func.jsonb_each(AreaFigures.figures).table_valued("key", "value").lateral()
    is_number = func.jsonb_typeof(cast(each.c.value, AreaFigures.figures.type)) == "number"
    rows = db.session.execute(
        select(each.c.key, Area.year, func.max(AreaImport.source))
        .select_from(AreaFigures)
        .join(Area, Area.id == AreaFigures.area_id)
        .join(AreaImport, AreaImport.id == AreaFigures.import_id)
        .join(each, true())
        .where(Area.level == level, Area.code.in_(codes), each.c.key.in_(figures), is_number)
        .group_by(each.c.key, Area.year)
        .order_by(Area.year)
    )
    return {key: (year, source) for key, year, source in rows}


def _of_area_figure(layer: Layer, level: str, year: int, source: str) -> Measure:
    language = current_language()
    return Measure(
        key=f"cbs.{layer.id}",
        title=layer.title[language],
        unit=layer.unit[language],
        digits=layer.decimals,
        source=source,
        edition=str(year),
        is_synthetic=False,
        worse=None,
        factor=1.0,
        origin=(layer.figure, level, year),
    )


def area_figures(
    figure: str, level: str, year: int, zones: Sequence[Zone]
) -> dict[str, tuple[float | None, str]]:
    """Per code the number of the newest import that has one, else why there is none."""
    stored = AreaFigures.figures[figure]
    number = case((func.jsonb_typeof(stored) == "number", cast(stored.astext, Float)))
    rows = db.session.execute(
        select(Area.code, number, func.coalesce(AreaFigures.missing[figure].astext, "missing"))
        .join(Area, Area.id == AreaFigures.area_id)
        .where(
            and_(Area.level == level, Area.year == year),
            Area.code.in_([zone.code for zone in zones]),
            or_(AreaFigures.figures.has_key(figure), AreaFigures.missing.has_key(figure)),
        )
        .order_by(number.is_not(None), AreaFigures.import_id)
    )
    return {code: (value, reason) for code, value, reason in rows}
