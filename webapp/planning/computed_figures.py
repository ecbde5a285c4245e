"""Figures that were computed here (HEAT-1 and the like) as figures of the areas on the map."""

from dataclasses import replace

from babel.dates import format_date
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from gis.figure import CELSIUS, SHARE
from layers.catalogue import CATALOGUE
from layers.layer import Layer, Texts, same_in_all
from layers.palettes import EMBER, LEAF
from layers.sources.metadata import CBS_FIGURES
from layers.wording import CLASSES, PERCENT
from webapp.extensions import db
from webapp.figures.kinds import KINDS, Kind
from webapp.figures.models import FigureRun
from webapp.figures.presentation import about, input_title, title_of
from webapp.languages import current_language
from webapp.planning.area_figure import AreaFigure, Origin
from webapp.planning.value_sources import computed_key, computed_of

Runs = dict[tuple[str, str, int], FigureRun]
"""The newest computation by figure, level and year."""


def newest_runs() -> Runs:
    """Every figure's newest computation, at each level and year that has one."""
    same = (FigureRun.figure, FigureRun.level, FigureRun.year)
    rows = select(FigureRun).where(FigureRun.case_id.is_(None)).ext(distinct_on(*same))
    found = db.session.scalars(rows.order_by(*same, FigureRun.id.desc()))
    return {(run.figure, run.level, run.year): run for run in found}


def computed_figures(runs: Runs) -> list[AreaFigure]:
    """The figures with a computation, in the order of their definitions."""
    known = {figure for figure, _, _ in runs}
    return [
        AreaFigure(f"computed:{kind.key}", computed_key(kind.key), _as_layer(kind))
        for kind in KINDS
        if kind.key in known
    ]


def as_computed(figure: AreaFigure, runs: Runs, level: str, year: int) -> AreaFigure:
    """The same with what the computation for a level and year was made from."""
    run = runs.get((computed_of(figure.key) or "", level, year))
    if run is None:
        return figure
    language = current_language()
    day = format_date(run.computed_at, "long", locale=language)
    layers = [CATALOGUE[each["layer"]] for each in run.inputs if each["layer"] in CATALOGUE]
    inputs = ", ".join(f"{input_title(each['layer'])} {each['edition']}" for each in run.inputs)
    licences = "; ".join(sorted({layer.licence for layer in layers}))
    makers = "; ".join(sorted({layer.attribution for layer in layers}))
    origin = Origin(f"{run.definition} {run.version}: {inputs}", licences, makers)
    return replace(
        figure,
        edition_words=gettext("planning.legend.computed", day=day),
        origins=(origin,),
        is_synthetic=run.is_synthetic,
        is_public=all(layer.audience == "public" for layer in layers),
    )


def _as_layer(kind: Kind) -> Layer:
    is_heat = "heat" in kind.group or kind.group == "coolness"
    return Layer(
        id=f"computed:{kind.key}",
        title=same_in_all(title_of(kind.key)),
        group="heat" if is_heat else "green",
        geometry="area_figure",
        source=CBS_FIGURES,
        unit=_unit(kind),
        figure=None,
        scheme="quantiles",
        colours=EMBER if kind.worse == "high" else LEAF,
        definition=same_in_all(about(kind)),
        legend_text=CLASSES["quantiles"],
        edition_rule="newest",
        decimals=kind.digits,
        provenance="modelled",
    )


def _unit(kind: Kind) -> Texts:
    if kind.unit == SHARE:
        return PERCENT
    return same_in_all("°C" if kind.unit == CELSIUS else gettext("figures.unit.m2_each"))
