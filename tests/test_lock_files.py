"""The lock files: complete, hashed, and without the address of any registry."""

import json
import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
LOCKS = sorted(PROJECT.glob("requirements*.lock"))


def locked_names(text: str) -> set[str]:
    """The names of the packages in a lock file."""
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def wanted_names() -> set[str]:
    """The names that pyproject.toml asks for."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in wanted}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_index(lock: Path) -> None:
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock.read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock.read_text()):
        if "==" in block.splitlines()[0]:
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_everything_that_the_project_asks_for_is_locked() -> None:
    locked = locked_names((PROJECT / "requirements.lock").read_text())
    assert wanted_names() - locked == set()


def test_the_npm_lock_file_names_no_registry() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_every_npm_package_has_a_hash_and_the_asked_version() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    asked = json.loads((PROJECT / "package.json").read_text())
    for name, package in lock.items():
        assert name == "" or package["integrity"].startswith("sha512-"), name
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert lock[f"node_modules/{name}"]["version"] == version
