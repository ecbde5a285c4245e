"""Where the value of an area comes from: a figure of CBS, an edition of a layer, or a computation.

A source is one word, the same in selections and in addresses of tiles: the name of a figure of CBS,
`layer:<edition>:<definition>` or `computed:<figure>`. Shares (0 to 1) are read in per cent.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    lateral,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from gis.figure import SHARE
from layers.wording import MISSING
from webapp.areas.models import Area, AreaFigures
from webapp.extensions import db
from webapp.figures.models import FigureRun, FigureValue
from webapp.map_layers.models import LayerAreaValue
from webapp.map_layers.queries import definitions_by_edition
from webapp.map_layers.tables import SHARES

PER_CENT = 100.0
BY_CATEGORY = ("area_share", "length_m")
"""Definitions with a row per category that occurs: where none occurs it is zero, not unknown."""
_LAYER = re.compile(r"layer:([1-9][0-9]{0,8}):([a-z_]+(?::.{1,80})?)")
_COMPUTED = re.compile(r"computed:([a-z0-9-]{1,60})")


@dataclass(frozen=True)
class Values:
    """What a selection of areas joins to have a value or a reason for each.

    `no_data_share` (0 to 1) is the part of an area of which the source knows nothing.
    """

    value: ColumnElement[Any]
    reason: ColumnElement[Any]
    joined: Any
    import_id: ColumnElement[Any] = field(default_factory=lambda: cast(null(), Integer))
    no_data_share: ColumnElement[Any] = field(default_factory=lambda: cast(null(), Float))


def layer_key(edition_id: int, definition: str) -> str:
    """The source of what an edition of a layer says by one definition."""
    return f"layer:{edition_id}:{definition}"


def computed_key(figure: str) -> str:
    """The source of a computed figure: per level and year its newest computation."""
    return f"computed:{figure}"


def layer_of(key: str) -> tuple[int, str] | None:
    """The edition and definition of a source, None when it is no layer."""
    found = _LAYER.fullmatch(key)
    return (int(found[1]), found[2]) if found else None


def computed_of(key: str) -> str | None:
    """The figure of a source, None when it is not computed here."""
    found = _COMPUTED.fullmatch(key)
    return found[1] if found else None


def is_known(key: str, figures: frozenset[str]) -> bool:
    """Whether there is anything from a source; `figures` are those of CBS."""
    if layer := layer_of(key):
        edition_id, definition = layer
        return definition in definitions_by_edition(edition_id).get(edition_id, ())
    if figure := computed_of(key):
        return db.session.scalar(_newest(figure)) is not None
    return key in figures


def version(key: str | None) -> int | None:
    """What changes when a source says something else under the same name."""
    figure = computed_of(key) if key else None
    if figure is None:
        return None
    runs = select(func.max(FigureRun.id)).where(FigureRun.figure == figure)
    return db.session.scalar(runs)


def values_from(key: str | None) -> Values:
    """Value, reason and import of every area of a selection."""
    if key is None:
        return Values(cast(null(), Float), literal("missing"), None)
    if layer := layer_of(key):
        return _of_layer(*layer)
    if figure := computed_of(key):
        return _computed(figure)
    return _of_cbs(key)


def has_value(key: str) -> ColumnElement[bool]:
    """Whether a source says anything of an area, be it why there is no value."""
    if layer := layer_of(key):
        edition_id, definition = layer
        return exists().where(
            LayerAreaValue.edition_id == edition_id,
            LayerAreaValue.area_id == Area.id,
            LayerAreaValue.definition == _base(definition),
        )
    if figure := computed_of(key):
        return exists().where(
            FigureValue.area_id == Area.id, FigureValue.run_id == _newest_here(figure)
        )
    return exists().where(AreaFigures.area_id == Area.id, AreaFigures.figures.has_key(key))


def _of_cbs(key: str) -> Values:
    """The newest import that knows the figure, else the one that names it."""
    known = AreaFigures.figures.has_key(key)
    is_number = func.jsonb_typeof(AreaFigures.figures[key]) == "number"
    found = select(
        case((is_number, AreaFigures.figures[key].astext)).label("number"),
        AreaFigures.missing[key].astext.label("reason"),
        AreaFigures.import_id,
    ).where(AreaFigures.area_id == Area.id, or_(known, AreaFigures.missing.has_key(key)))
    newest = lateral(
        found.order_by(known.desc(), AreaFigures.import_id.desc()).limit(1), name="figure"
    )
    value = cast(newest.c.number, Float)
    reason = case((value.is_(None), func.coalesce(newest.c.reason, "missing")))
    return Values(value, reason, newest, newest.c.import_id)


def _base(definition: str) -> str:
    name = definition.partition(":")[0]
    return name if name in BY_CATEGORY else definition


def _of_layer(edition_id: int, definition: str) -> Values:
    base = _base(definition)
    given = LayerAreaValue.value
    found = select(
        LayerAreaValue.details["reason"].astext.label("reason"), LayerAreaValue.no_data_share
    ).where(
        LayerAreaValue.edition_id == edition_id,
        LayerAreaValue.area_id == Area.id,
        LayerAreaValue.definition == base,
    )
    if base != definition:
        part = aliased(LayerAreaValue)
        same = (part.edition_id == edition_id, part.area_id == LayerAreaValue.area_id)
        found = found.outerjoin(part, and_(*same, part.definition == definition))
        given = case((given.is_not(None), func.coalesce(part.value, 0.0)))
    scale = PER_CENT if definition.startswith(SHARES) else 1.0
    row = lateral(found.add_columns((given * scale).label("value")).limit(1), name="figure")
    told = case((row.c.reason.in_(list(MISSING)), row.c.reason), else_=literal("missing"))
    # What is measured in a map is missing where the map has nothing; a table lacks a row.
    why = told if definition == "value" else literal("no_data_here")
    return _joined(row, why)


def _computed(figure: str) -> Values:
    nothing = FigureValue.notes.has_key("nothing_to_measure")
    scale = case((FigureValue.unit == SHARE, PER_CENT), else_=1.0)
    row = lateral(
        select(
            (FigureValue.value * scale).label("value"),
            case((nothing, "nothing_to_measure"), else_="no_data_here").label("reason"),
            FigureValue.no_data_share,
        ).where(FigureValue.area_id == Area.id, FigureValue.run_id == _newest_here(figure)),
        name="figure",
    )
    why = func.coalesce(row.c.reason, "missing")
    return _joined(row, why)


def _joined(row: Any, why: ColumnElement[Any]) -> Values:
    reason = case((row.c.value.is_(None), why))
    return Values(row.c.value, reason, row, no_data_share=row.c.no_data_share)


def _newest(figure: str) -> Select[Any]:
    """The newest computation of a figure that is not about one case."""
    return select(func.max(FigureRun.id)).where(
        FigureRun.figure == figure, FigureRun.case_id.is_(None)
    )


def _newest_here(figure: str) -> Any:
    here = (FigureRun.level == Area.level, FigureRun.year == Area.year)
    return _newest(figure).where(*here).correlate(Area).scalar_subquery()
