"""The shape of the house, decided by tests."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
FEATURES = (
    "accounts",
    "deals",
    "areas",
    "map_layers",
    "wishes",
    "moderation",
    "trails",
    "interventions",
    "budgets",
    "figures",
    "planning",
    "chain",
    "open_data",
    "pages",
)
PURE = {"gis": {"gis"}, "layers": {"gis", "layers"}}
KEPT_OUT = {"gis": {"flask", "sqlalchemy", "psycopg", "psycopg2", "requests"}, "layers": {"flask", "sqlalchemy"}}  # fmt: skip


def python_files(package: str) -> list[Path]:
    files = sorted((PROJECT / package).rglob("*.py"))
    assert files, f"{package} has no files: this test would check nothing"
    return files


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("package", PURE)
def test_imports_point_down(package):
    for path in python_files(package):
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert not roots & ({"gis", "layers", "webapp"} - PURE[package]), path
        assert not roots & KEPT_OUT[package], path


def test_a_feature_imports_only_features_below_it():
    for rank, feature in enumerate(FEATURES):
        above = {f"webapp.{name}" for name in FEATURES[rank + 1 :]}
        for path in python_files(f"webapp/{feature}"):
            for name in imports_of(path):
                assert ".".join(name.split(".")[:2]) not in above, f"{path} imports {name}"


def test_every_folder_of_the_web_application_is_a_known_feature():
    folders = {path.parent.name for path in (PROJECT / "webapp").glob("*/__init__.py")}
    assert folders == {*FEATURES, "demo"}


def test_only_one_file_knows_the_numbers_of_coordinate_systems():
    number = re.compile(r"(?<![\d.])(28992|4258|4326|3857)(?![\d.])")
    for package in ("gis", "layers", "webapp"):
        for path in python_files(package):
            if path.name == "crs.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, int):
                    assert not number.fullmatch(str(node.value)), f"{path}:{node.lineno}"


@pytest.mark.parametrize("package", ["gis", "layers", "webapp", "tests"])
def test_no_file_is_a_collecting_place(package):
    for path in python_files(package):
        assert len(path.read_text().splitlines()) <= 400, path


def test_no_script_is_a_collecting_place():
    scripts = sorted((PROJECT / "static" / "js").rglob("*.js"))
    assert scripts
    for path in scripts:
        assert len(path.read_text().splitlines()) <= 400, path


@pytest.mark.parametrize("package", ["gis", "layers", "webapp"])
def test_no_function_is_longer_than_sixty_lines(package):
    for path in python_files(package):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 60, f"{path}:{node.lineno} {node.name} {length}"


def test_no_template_writes_script_or_style_inline():
    templates = sorted((PROJECT / "webapp" / "templates").rglob("*.html"))
    assert templates
    for path in templates:
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text), path


def test_resident_text_is_never_put_in_as_html():
    for path in (PROJECT / "static" / "js").rglob("*.js"):
        assert "innerHTML" not in path.read_text(), path
        assert "insertAdjacentHTML" not in path.read_text(), path


def test_templates_trust_no_text():
    for path in (PROJECT / "webapp" / "templates").rglob("*.html"):
        for line in path.read_text().splitlines():
            if "| safe" in line or "|safe" in line:
                assert "describe(field, hint)" in line, f"{path}: {line.strip()}"


def test_nothing_is_left_to_do():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    for package in ("gis", "layers", "webapp", "migrations"):
        for path in python_files(package):
            assert not marks.search(path.read_text()), path
