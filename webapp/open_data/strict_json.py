"""Read JSON as strictly as RFC 8259 and our database allow, and name every place that is wrong."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

DEEPEST = 16
LONGEST_NAME = 100
MOST_PROBLEMS = 100

Problem = dict[str, str]


class UnreadableJsonError(ValueError):
    """The text is no JSON at all, or nested beyond reason; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Object(dict[str, Any]):
    """A JSON object that remembers which names came more than once."""

    twice: frozenset[str] = frozenset()


def read_json(body: bytes) -> tuple[Any, list[Problem]]:
    """The document, and a problem for each duplicate name, number that is not finite and text
    that is not Unicode. Raises `UnreadableJsonError`."""
    if not body.strip():
        raise UnreadableJsonError("empty")
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_object)
    except RecursionError:
        raise UnreadableJsonError("nested_too_deep") from None
    except ValueError:
        raise UnreadableJsonError("not_json") from None
    found = _problems(document)
    return document, [problem for problem, _ in zip(found, range(MOST_PROBLEMS), strict=False)]


def joined(path: str, name: str) -> str:
    """The path of a member; a name is cut and cleaned, because it may be anything."""
    shown = name[:LONGEST_NAME].encode("utf-8", "replace").decode("utf-8")
    return f"{path}.{shown}" if path else shown


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        found.twice = frozenset(name for name in times if times[name] > 1)
    return found


def _problems(document: Any) -> Iterator[Problem]:
    waiting: list[tuple[Any, str, int]] = [(document, "", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if depth > DEEPEST:
            raise UnreadableJsonError("nested_too_deep")
        if reason := _reason(value):
            yield {"path": path, "reason": reason}
        if isinstance(value, _Object):
            yield from _problems_of_names(value, path)
            waiting += [(inner, joined(path, name), depth + 1) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(inner, f"{path}[{n}]", depth + 1) for n, inner in enumerate(value)]


def _problems_of_names(value: _Object, path: str) -> Iterator[Problem]:
    for name in sorted(value.twice):
        yield {"path": joined(path, name), "reason": "duplicate_name"}
    for name in value:
        if not _is_unicode(name):
            yield {"path": joined(path, name), "reason": "not_unicode"}


def _reason(value: Any) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite"
    if isinstance(value, str) and not _is_unicode(value):
        return "not_unicode"
    return None


def _is_unicode(text: str) -> bool:
    """Whether a text can be written: an escape such as \\ud800 alone stands for nothing."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
