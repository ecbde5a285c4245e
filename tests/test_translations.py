"""Every word in every language: used keys exist, existing keys are used, six languages agree."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from webapp.languages import LANGUAGES, catalogue_folders

PROJECT = Path(__file__).parent.parent
WORD = re.compile(r"""["']((?:common|FEATURES)(?:\.[A-Za-z0-9_]+)+)["']""".replace(
    "FEATURES", "accounts|deals|areas|map_layers|wishes|moderation|trails|interventions|budgets|figures|planning|chain|open_data|pages"
))  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def catalogue(folder: Path, language: str) -> Catalog:
    path = folder / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    found = {}
    for message in catalog:
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            text = message.string if isinstance(message.string, tuple) else (message.string,)
            found[key] = text
    return found


FOLDERS = catalogue_folders()


def test_there_are_catalogues():
    assert len(FOLDERS) > 5


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_message(folder, language):
    dutch, other = messages(catalogue(folder, "nl")), messages(catalogue(folder, language))
    assert set(other) == set(dutch)
    for key, texts in other.items():
        assert all(text and text.strip() for text in texts), f"{language} {key} is empty"
        wanted = set(PLACEHOLDER.findall(" ".join(dutch[key])))
        for text in texts:
            extra = set(PLACEHOLDER.findall(text)) - wanted
            assert not extra, f"{language} {key} names {extra}"
        assert set(PLACEHOLDER.findall(" ".join(texts))) == wanted, f"{language} {key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_messages_have_the_forms_of_their_language(language):
    for folder in FOLDERS:
        catalog = catalogue(folder, language)
        for message in catalog:
            if isinstance(message.id, tuple):
                assert len(message.string) == catalog.num_plurals, message.id


def sources() -> list[Path]:
    return [
        *sorted((PROJECT / "webapp").rglob("*.py")),
        *sorted((PROJECT / "webapp" / "templates").rglob("*.*")),
    ]


def test_every_key_in_use_is_translated():
    known = {key for folder in FOLDERS for key in messages(catalogue(folder, "nl"))}
    prefixes = {key.rsplit(".", depth)[0] for key in known for depth in (1, 2)}
    for path in sources():
        for key in WORD.findall(path.read_text()):
            assert key in known or key in prefixes or not _is_message(key, path), f"{path}: {key}"


def _is_message(key: str, path: Path) -> bool:
    """Endpoints and table columns look like keys: they stand in url_for() and ForeignKey()."""
    text = path.read_text()
    called = re.search(rf"""(?:\b_|gettext|\b_l)\(\s*["']{re.escape(key)}["']""", text)
    return bool(called)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_no_message_is_left_over(folder):
    everything = "\n".join(path.read_text() for path in sources())
    for key in messages(catalogue(folder, "nl")):
        parts = key.split(".")
        pieces = {".".join(parts[:depth]) + "." for depth in range(2, len(parts))}
        used = f'"{key}"' in everything or f"'{key}'" in everything
        built = any(f'"{piece}' in everything or f"'{piece}" in everything for piece in pieces)
        assert used or built, f"{key} is used nowhere"
