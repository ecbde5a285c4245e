import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "gis"
MODULES = sorted(FOLDER.rglob("*.py"))
FORBIDDEN = {
    "flask",
    "sqlalchemy",
    "geoalchemy2",
    "psycopg",
    "psycopg2",
    "requests",
    "socket",
    "urllib",
    "logging",
    "os",
    "pathlib",
    "layers",
    "webapp",
}


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports inside gis name the package"
            yield node.module or ""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_module_knows_nothing_of_web_database_files_or_network(module: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(module)} & FORBIDDEN


def test_importing_the_package_loads_no_web_or_database_library() -> None:
    names = [f"gis.{module.stem}" for module in MODULES if module.stem != "__init__"]
    code = (
        f"import sys, {', '.join(names)}\n"
        "print([name for name in ('flask', 'sqlalchemy', 'layers', 'webapp') "
        "if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parent, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
