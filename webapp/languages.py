"""The languages of the pages: in the address, else in a cookie, never guessed from text."""

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, request
from werkzeug.routing import BaseConverter, IntegerConverter, Map

LANGUAGES = {
    "nl": "Nederlands",
    "en": "English",
    "tr": "Türkçe",
    "ar": "العربية",
    "pl": "Polski",
    "uk": "Українська",
}
RIGHT_TO_LEFT = {"ar"}
COOKIE = "language"
DEFAULT = "nl"
FOLDER = Path(__file__).parent


class LanguageConverter(BaseConverter):
    """`<lang:lang>` in an address: one of our languages and nothing else."""

    regex = "|".join(LANGUAGES)


class RowConverter(IntegerConverter):
    """`<int:wish_id>`: a whole number that the database can hold; any other is no such page."""

    def __init__(self, map: Map, *args: Any, max: int = 2**31 - 1, **options: Any) -> None:  # noqa: A002
        super().__init__(map, *args, max=max, **options)


def current_language() -> str:
    """The language of this request."""
    if "lang" in g:
        return str(g.lang)
    cookie = request.cookies.get(COOKIE, "") if request else ""
    return cookie if cookie in LANGUAGES else DEFAULT


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def catalogue_folders() -> list[Path]:
    """The folders with translations: the shared words, then one per feature."""
    return [FOLDER / "translations", *sorted(FOLDER.glob("*/translations"))]


def init_app(app: Flask) -> None:
    """Read `lang` from addresses, put it back into addresses we make."""
    app.url_map.converters |= {"lang": LanguageConverter, "int": RowConverter}
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, catalogue_folders()))
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_add_language)


def _take_language(_endpoint: str | None, values: dict[str, str] | None) -> None:
    if values and "lang" in values:
        g.lang = values.pop("lang")


def _add_language(endpoint: str, values: dict[str, str]) -> None:
    from flask import current_app

    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current_language()


def compile_catalogues() -> int:
    """Write the `.mo` file beside each `.po` file that is newer; return how many were written."""
    written = 0
    for folder in catalogue_folders():
        for source in folder.glob("*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as po, target.open("wb") as mo:
                write_mo(mo, read_po(po, abort_invalid=True))
            written += 1
    return written


if __name__ == "__main__" and sys.argv[1:] == ["compile"]:
    print(f"{compile_catalogues()} translation files compiled")
