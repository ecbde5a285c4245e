"""The figures of an edition per area as a table, with every gap in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import select

from webapp.areas.models import Area
from webapp.extensions import db
from webapp.languages import current_language
from webapp.map_layers.identify import reason_text
from webapp.map_layers.legend import amount, with_unit
from webapp.map_layers.models import LayerAreaValue, LayerEdition
from webapp.templating import number

MOST_ROWS = 500
FINEST_FIRST = ("neighbourhood", "district", "municipality")
SHARES = ("area_share", "share_above")


@dataclass(frozen=True)
class AreaTable:
    """Rows (name, code, cells) of the finest level that has figures; `of` is how many there are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    of: int


def area_rows(found: LayerEdition) -> AreaTable:
    """The figures of an edition, at most so many areas."""
    values = db.session.execute(
        select(
            Area.id,
            Area.level,
            Area.name,
            Area.code,
            LayerAreaValue.definition,
            LayerAreaValue.value,
            LayerAreaValue.no_data_share,
            LayerAreaValue.details,
        )
        .join(Area, Area.id == LayerAreaValue.area_id)
        .where(LayerAreaValue.edition_id == found.id)
        .order_by(Area.name, Area.code)
    ).all()
    level = next((each for each in FINEST_FIRST if any(v.level == each for v in values)), "")
    kept = [each for each in values if each.level == level]
    definitions = in_order(v.definition for v in kept)
    by_area: dict[int, dict[str, object]] = {}
    for each in kept:
        by_area.setdefault(each.id, {"name": each.name, "code": each.code})[each.definition] = each
    rows = [
        (
            str(cells["name"]),
            str(cells["code"]),
            (
                *(_cell(found, name, cells.get(name)) for name in definitions),
                _gap(cells.get(name) for name in definitions),
            ),
        )
        for cells in list(by_area.values())[:MOST_ROWS]
    ]
    columns = tuple(definition_words(found, name) for name in definitions)
    if columns:
        columns += (gettext("map_layers.column.no_data"),)
    return AreaTable(columns, tuple(rows), len(by_area))


def in_order(definitions: Iterable[str]) -> list[str]:
    """Definitions, each once, in the order in which they are shown."""
    return sorted(set(definitions), key=_place)


def _place(definition: str) -> tuple[int, float, str]:
    """The mean first, then limits from low to high."""
    name, _, rest = definition.partition(":")
    order = ("value", "mean", "min", "max", "share_above", "area_share", "length_m", "count")
    try:
        limit = float(rest)
    except ValueError:
        limit = 0.0
    return (order.index(name) if name in order else len(order), limit, rest)


def definition_words(found: LayerEdition, definition: str) -> str:
    """The name of a definition in the reader's language."""
    name, _, rest = definition.partition(":")
    layer, language = found.layer, current_language()
    words = {
        "value": layer.title[language],
        "mean": gettext("map_layers.column.mean"),
        "min": gettext("map_layers.column.min"),
        "max": gettext("map_layers.column.max"),
        "area_share": gettext("map_layers.column.area_share"),
        "length_m": gettext("map_layers.column.length"),
        "count": gettext("map_layers.column.count"),
    }
    if name == "share_above":
        limit = with_unit(float(rest), layer, language)
        return gettext("map_layers.column.share_above", limit=limit)
    if rest:
        named = (each.label[language] for each in layer.categories if each.key == rest)
        return f"{words.get(name, name)}: {next(named, rest)}"
    return words.get(name, name)


def _cell(found: LayerEdition, definition: str, row: object) -> str:
    language = current_language()
    if not isinstance(row, tuple):
        return gettext("map_layers.no_value")
    value, details = row.value, row.details  # type: ignore[attr-defined]
    if value is None:
        return reason_text(details.get("reason", "missing"), language)
    if definition.startswith(SHARES):
        return f"{number(value * 100, 1)} %"
    if definition.startswith(("length_m", "count")):
        return number(value)
    return amount(value, found.layer, language)


def _gap(cells: Iterable[object]) -> str:
    shares = [each.no_data_share for each in cells if isinstance(each, tuple)]  # type: ignore[attr-defined]
    return f"{number(max(shares) * 100, 1)} %" if shares else gettext("map_layers.no_value")
