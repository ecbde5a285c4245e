"""A GeoPackage opens in QGIS as it looked on screen: same classes, colours and patterns."""

import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio
import pytest
from shapely import LineString, Point

from layers.catalogue import CATALOGUE, class_colours, classes_of
from layers.layer import Category, same_in_all
from layers.qgis_styles import Rule, by_category, by_value, by_word, literal, qml, quoted
from layers.style import colour_for
from layers.tables import Row, Table, TableInfo, geopackage, geopackage_bytes
from tests.layers.area_files import square

LAYER = CATALOGUE["population_density"]
VALUES = [float(value) for value in range(1, 41)]
CLASSES = classes_of(LAYER, VALUES)
LABELS = [f"tot {limit:g}" for limit in CLASSES.breaks]
RULES = by_value(LAYER, CLASSES, "value", LABELS, "Geen cijfer")
POISON = ["<script>", "' OR 1=1 --", '"', "\\", "\x00x", "]]>", "&amp;", "ş"]


def info(name: str, **more: object) -> TableInfo:
    return TableInfo(name, name.title(), "CBS 2024", date(2026, 11, 21), **more)  # type: ignore[arg-type]


def drawn(rules: list[Rule], shape: str = "fill") -> ET.Element:
    return ET.fromstring(qml(rules, shape).partition("\n")[2])  # type: ignore[arg-type]


def test_each_value_gets_exactly_one_rule_and_the_colour_of_the_screen() -> None:
    database = sqlite3.connect(":memory:")
    for value in [*VALUES, 1000.0, None]:
        met = [
            rule
            for rule in RULES
            if database.execute(
                f"SELECT 1 FROM (SELECT ? AS value) WHERE {rule.condition}",
                (value,),
            ).fetchone()
        ]
        assert len(met) == 1
        assert met[0].colour == (colour_for(LAYER, CLASSES, value) or "#ffffff")
        assert (met[0].pattern == "hatch") == (value is None)
    database.close()


def test_style_has_a_symbol_per_rule_with_its_colour() -> None:
    root = drawn(RULES)
    rules = root.findall(".//rule")
    assert [rule.get("label") for rule in rules] == [*LABELS, "Geen cijfer"]
    for rule, colour in zip(rules, class_colours(LAYER, len(LABELS)), strict=False):
        symbol = root.find(f".//symbol[@name='{rule.get('symbol')}']")
        assert symbol is not None
        value = symbol.find(".//prop[@k='color']").get("v")  # type: ignore[union-attr]
        red, green, blue, _ = map(int, str(value).split(","))
        assert f"#{red:02x}{green:02x}{blue:02x}" == colour
    without = root.findall(".//symbols/symbol")[-1]
    styles = [each.get("v") for each in without.findall(".//prop[@k='style']")]
    assert styles == ["solid", "f_diagonal"]


def test_categories_keep_their_pattern_and_the_rest_is_hatched() -> None:
    categories = [
        Category("a", same_in_all("A"), "#112233", "dots"),
        Category("b'", same_in_all("B"), "#445566", "cross"),
    ]
    rules = by_category(categories, "category", "nl", "Geen")
    assert [rule.condition for rule in rules] == ["\"category\" = 'a'", "\"category\" = 'b'''", "ELSE"]  # fmt: skip
    assert [rule.pattern for rule in rules] == ["dots", "cross", "hatch"]
    brushes = [each.get("v") for each in drawn(rules).findall(".//prop[@k='style']")]
    assert brushes == ["solid", "dense6", "solid", "cross", "solid", "f_diagonal"]


@pytest.mark.parametrize("text", POISON)
def test_no_word_gets_out_of_its_place(text: str) -> None:
    rules = by_word({text: "#112233"}, text, {text: text})
    (rule,) = drawn(rules if "\x00" not in text else [Rule(text, "", "#112233")]).findall(".//rule")
    assert rule.get("label") == "".join(letter for letter in text if letter.isprintable())
    assert literal(text).count("'") % 2 == 0
    assert quoted(text).count('"') % 2 == 0
    with pytest.raises(ValueError, match="not a colour"):
        qml([Rule("x", "", "red;")], "fill")


def several() -> bytes:
    areas: list[Row] = [({"value": 3.0}, square()), ({"value": None}, square())]
    wishes: list[Row] = [({"theme": "green"}, Point(103_000, 488_000))]
    mixed: list[Row] = [
        ({"a": 1}, Point(103_000, 488_000)),
        ({"a": 2}, LineString([(103_000, 488_000), (103_100, 488_000)])),
    ]
    theme = by_word({"green": "#1f6b3a"}, "theme", {"green": "Groen"})
    made_up = info("areas", rules=RULES, licence="CC BY 4.0", is_synthetic=True, notes=("Verzonnen.",))  # fmt: skip
    return geopackage(
        [
            Table(areas, ["value"], made_up),
            Table(wishes, ["theme"], info("wishes", rules=theme)),
            Table(mixed, ["a"], info("mixed", rules=theme)),
        ]
    )


def test_styles_are_in_the_file_for_what_has_one_kind_of_shape(tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    path.write_bytes(several())
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        columns = dict(
            database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        )
    database.close()
    assert [(name, default) for name, _, _, default in rows] == [("areas", 1), ("wishes", 1)]
    for name, column, style, _ in rows:
        assert columns[name] == column
        assert style == qml(RULES, "fill") if name == "areas" else 'type="marker"' in style
    assert [name for name, _ in pyogrio.list_layers(path)][:3] == ["areas", "wishes", "mixed"]
    told = pyogrio.read_info(path, layer="areas")["layer_metadata"]
    assert told["licence"] == "CC BY 4.0"
    assert told["synthetic"] == "yes"
    assert told["notes"] == "Verzonnen."


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="gdal-bin is not installed")
def test_gdal_of_the_system_reads_and_converts_it(tmp_path: Path) -> None:
    path, out = tmp_path / "all.gpkg", tmp_path / "out.geojson"
    path.write_bytes(several())
    told = subprocess.run(
        ["ogrinfo", "-so", path, "areas"], capture_output=True, text=True, check=True
    )
    assert "28992" in told.stdout
    assert "Feature Count: 2" in told.stdout
    assert "ERROR" not in told.stderr
    subprocess.run(["ogr2ogr", "-f", "GeoJSON", out, path, "wishes"], check=True)
    assert '"green"' in out.read_text()


def test_a_file_without_rules_has_no_styles(tmp_path: Path) -> None:
    path = tmp_path / "plain.gpkg"
    path.write_bytes(geopackage_bytes([({"a": 1}, square())], ["a"], info("plain")))
    assert [name for name, _ in pyogrio.list_layers(path)] == ["plain"]
