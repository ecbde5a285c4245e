"""Styles for QGIS, in the GeoPackage itself: the same classes, colours and patterns as on screen.

Every style is rule-based, because QGIS's graduated style can't show what has no value. QGIS reads
the table ``layer_styles`` and uses its default style when a layer is opened. The form is that of
QGIS 3 (``<prop>`` for 3.22 and older, ``<Option>`` for newer).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from xml.etree import ElementTree as ET

from gis.classes import Classes
from layers.catalogue import class_colours, inclusive_limits
from layers.layer import Category, Layer
from layers.palettes import NO_DATA_BACKGROUND, NO_DATA_LINES, OUTLINE
from layers.print_marks import Pattern, checked_colour

Shape = Literal["fill", "line", "marker"]

OPACITY: Final = 0.8
_BRUSH: Final[dict[Pattern, str]] = {
    "dots": "dense6",
    "lines": "b_diagonal",
    "cross": "cross",
    "hatch": "f_diagonal",
}
_TABLE: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)
"""


@dataclass(frozen=True)
class Rule:
    """Which rows look how: ``condition`` is a QGIS expression, "" for all."""

    label: str
    condition: str
    colour: str
    pattern: Pattern = "solid"


def by_value(
    layer: Layer, classes: Classes, column: str, labels: Sequence[str], no_value: str
) -> list[Rule]:
    """Give a rule per class of a column with numbers, and one for rows without.

    ``labels`` are the words of the classes, from low to high. A value above the last limit belongs
    to the last class, as on screen. Raises ValueError when words and classes differ in number.
    """
    name = quoted(column)
    rules = []
    colours = class_colours(layer, len(classes.breaks))
    uppers = inclusive_limits(layer, classes.breaks)
    for place, (label, colour) in enumerate(zip(labels, colours, strict=True)):
        limits = [f"{name} IS NOT NULL"]
        if place > 0:
            limits.append(f"{name} > {uppers[place - 1]!r}")
        if place < len(colours) - 1:
            limits.append(f"{name} <= {uppers[place]!r}")
        rules.append(Rule(label, " AND ".join(limits), colour))
    return [*rules, Rule(no_value, f"{name} IS NULL", NO_DATA_BACKGROUND, "hatch")]


def by_category(
    categories: Sequence[Category], column: str, language: str, no_value: str
) -> list[Rule]:
    """Give a rule per category with its colour and pattern, and one for every other row."""
    name = quoted(column)
    rules = [
        Rule(each.label[language], f"{name} = {literal(each.key)}", each.colour, each.pattern)
        for each in categories
    ]
    return [*rules, Rule(no_value, "ELSE", NO_DATA_BACKGROUND, "hatch")]


def by_word(colours: Mapping[str, str], column: str, labels: Mapping[str, str]) -> list[Rule]:
    """Give a rule per word in a column that has a colour."""
    name = quoted(column)
    return [
        Rule(labels[key], f"{name} = {literal(key)}", colour) for key, colour in colours.items()
    ]


def quoted(column: str) -> str:
    """Give a column's name as QGIS expressions want it."""
    return '"' + column.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give a text as QGIS expressions want it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def qml(rules: Sequence[Rule], shape: Shape) -> str:
    """Give a QGIS style with these rules. Raises ValueError for a colour that is none."""
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0"
    )
    listed = ET.SubElement(renderer, "rules", key="{root}")
    symbols = ET.SubElement(renderer, "symbols")
    for place, rule in enumerate(rules):
        entry = ET.SubElement(
            listed, "rule", key=f"{{rule-{place}}}", symbol=str(place), label=_xml_text(rule.label)
        )
        if rule.condition:
            entry.set("filter", rule.condition)
        _symbol(symbols, str(place), rule, shape)
    text = ET.tostring(root, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{text}"


def _xml_text(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def _symbol(symbols: ET.Element, name: str, rule: Rule, shape: Shape) -> None:
    alpha = str(OPACITY) if shape == "fill" and rule.pattern != "hatch" else "1"
    symbol = ET.SubElement(
        symbols, "symbol", type=shape, name=name, alpha=alpha, clip_to_extent="1", force_rhr="0"
    )
    colour = NO_DATA_LINES if rule.pattern == "hatch" and shape != "fill" else rule.colour
    if shape == "marker":
        _layer(symbol, "SimpleMarker", {"color": colour, "outline_color": "#ffffff"}, name="circle", size="3")  # fmt: skip
    elif shape == "line":
        style = "solid" if rule.pattern == "solid" else "dash"
        _layer(symbol, "SimpleLine", {"line_color": colour}, line_width="0.6", line_style=style)
    else:
        edge = {"outline_color": OUTLINE}
        _layer(symbol, "SimpleFill", {"color": colour, **edge}, style="solid", outline_width="0.2")
        if rule.pattern != "solid":
            ink = NO_DATA_LINES if rule.pattern == "hatch" else OUTLINE
            brush = _BRUSH[rule.pattern]
            _layer(symbol, "SimpleFill", {"color": ink, **edge}, style=brush, outline_style="no")


def _layer(symbol: ET.Element, kind: str, colours: Mapping[str, str], **properties: str) -> None:
    layer = ET.SubElement(
        symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
    )
    given = {name: _rgba(colour) for name, colour in colours.items()} | properties
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in given.items():
        ET.SubElement(options, "Option", type="QString", name=name, value=value)
        ET.SubElement(layer, "prop", k=name, v=value)


def _rgba(colour: str) -> str:
    numbers = (int(checked_colour(colour)[place : place + 2], 16) for place in (1, 3, 5))
    return ",".join(map(str, (*numbers, 255)))


def write_styles(path: Path, styles: Mapping[str, str], titles: Mapping[str, str]) -> None:
    """Put styles (QML by table) in a GeoPackage as the ones that QGIS opens the tables with."""
    if not styles:
        return
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.execute(_TABLE)
            connection.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                "VALUES ('layer_styles', 'attributes', 'layer_styles')"
            )
            connection.executemany(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                "f_geometry_column, styleName, styleQML, useAsDefault, description) "
                "VALUES ('', '', ?, 'geom', ?, ?, 1, ?)",
                [(table, table[:30], style, titles[table]) for table, style in styles.items()],
            )
    finally:
        connection.close()
