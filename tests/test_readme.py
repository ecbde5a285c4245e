"""The README stays true: every setting is in its table, every file and command it names exists."""

import re
from pathlib import Path

from webapp.cli import main
from webapp.config import SETTINGS

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text()


def test_settings_table_is_complete():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", README, re.MULTILINE))
    assert set(rows) == {setting.name for setting in SETTINGS}
    for setting in SETTINGS:
        assert rows[setting.name] == (f"`{setting.default}`" if setting.default else "empty")


def test_links_lead_to_files():
    for document in (PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name} links to {link}"


def test_commands_exist(application):
    context = main.make_context("balanskaart", ["--help"], resilient_parsing=True)
    known = {*main.commands, *application.cli.commands}
    named = set(re.findall(r"`balanskaart (\w+)", README))
    assert context
    assert named
    assert named <= known


def test_licence_and_publiccode_agree():
    assert "license: EUPL-1.2" in (PROJECT / "publiccode.yml").read_text()
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (PROJECT / "LICENSE").read_text()
