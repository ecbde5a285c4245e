"""What the columns of somebody else's file mean here: a small TOML file, checked before use."""

import math
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as Row
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from webapp.languages import DEFAULT, LANGUAGES
from webapp.wishes.models import KINDS, TEXT_MAXIMUM, THEMES

_NAMES = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ]
}
_MEANING = {
    "type": "object",
    "required": ["theme", "kind"],
    "properties": {"theme": {"enum": list(THEMES)}, "kind": {"enum": list(KINDS)}},
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["text", "theme"],
    "properties": {
        "layer": {"type": "string"},
        "text": _NAMES,
        "reference": _NAMES,
        "date": {"type": "string"},
        "language": {"enum": list(LANGUAGES)},
        "language_column": {"type": "string"},
        "theme": {
            "type": "object",
            "required": ["column", "values"],
            "properties": {
                "column": {"type": "string"},
                "values": {"type": "object", "additionalProperties": _MEANING},
                "default": _MEANING,
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


class MappingRefusedError(ValueError):
    """The mapping cannot be used; the message says why."""


class UnmappedError(ValueError):
    """A row that the mapping has no answer for."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Mapped:
    """What one row says in our words; `remarks` tell what was changed on the way."""

    kind: str
    theme: str
    text: str
    language: str
    day: date | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """Which column means what."""

    text: tuple[str, ...]
    reference: tuple[str, ...]
    theme: str
    values: Row[str, dict[str, str]]
    default: dict[str, str] | None
    language: str
    language_column: str | None
    date: str | None
    layer: str | None

    @property
    def columns(self) -> set[str]:
        """Every column that the mapping counts on."""
        single = {self.theme, self.date, self.language_column} - {None}
        return {*self.text, *self.reference, *(name for name in single if name)}

    def read(self, row: Row[str, Any]) -> Mapped:
        """The row in our words. Raises `UnmappedError`."""
        word = written(row.get(self.theme))
        meaning = self.values.get(word, self.default)
        if meaning is None:
            raise UnmappedError("unknown_theme")
        text, remarks = self._text(row, word)
        language = written(row.get(self.language_column)) if self.language_column else ""
        return Mapped(
            meaning["kind"],
            meaning["theme"],
            text,
            language if language in LANGUAGES else self.language,
            self._day(row),
            remarks,
        )

    def reference_of(self, row: Row[str, Any]) -> str:
        """What the row is called in its own file; empty without a name."""
        return "/".join(filter(None, (written(row.get(name)) for name in self.reference)))

    def _text(self, row: Row[str, Any], word: str) -> tuple[str, tuple[str, ...]]:
        text = "\n".join(filter(None, (written(row.get(name)) for name in self.text)))
        if not text and not word:
            raise UnmappedError("no_text")
        if not text:
            return word, ("text_from_theme",)
        if len(text) > TEXT_MAXIMUM:
            return text[: TEXT_MAXIMUM - 1].rstrip() + "…", ("text_shortened",)
        return text, ()

    def _day(self, row: Row[str, Any]) -> date | None:
        text = written(row.get(self.date)) if self.date else ""
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            raise UnmappedError("not_a_date") from None


def written(value: Any) -> str:
    """A value of a column as text that the database can keep."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t").strip()


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises `MappingRefusedError` with everything that is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MappingRefusedError(f"{path.name} is not TOML: {error}") from None
    if problems := list(_problems(given)):
        raise MappingRefusedError("\n".join([f"{path.name} cannot be used:", *problems]))
    theme = given["theme"]
    return Mapping(
        text=_names(given["text"]),
        reference=_names(given.get("reference", [])),
        theme=theme["column"],
        values=theme["values"],
        default=theme.get("default"),
        language=given.get("language", DEFAULT),
        language_column=given.get("language_column"),
        date=given.get("date"),
        layer=given.get("layer"),
    )


def _problems(given: dict[str, Any]) -> Iterator[str]:
    for error in sorted(Draft202012Validator(SCHEMA).iter_errors(given), key=str):
        place = error.json_path.removeprefix("$").removeprefix(".")
        yield f"  {place or 'the whole'}: {error.message}"


def _names(given: str | list[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
