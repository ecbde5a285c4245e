"""The places in a text that need care, and how to take them out before it is published."""

from dataclasses import dataclass

from webapp.wishes import checks

MASK = "[…]"
_PATTERNS = (
    ("email_address", (checks.EMAIL,)),
    ("phone_number", (checks.PHONE,)),
    ("person_name", (checks.TITLED, checks.INTRODUCED)),
)


@dataclass(frozen=True)
class Passage:
    """A piece of a text; `flag` says what it may be, `number` which flagged piece it is."""

    text: str
    flag: str | None = None
    number: int = 0


def passages(text: str) -> list[Passage]:
    """A text cut into pieces with and without a flag; put together they are the text."""
    found, at = [], 0
    for number, (start, end, flag) in enumerate(_spans(text)):
        if start > at:
            found.append(Passage(text[at:start]))
        found.append(Passage(text[start:end], flag, number))
        at = end
    return [*found, Passage(text[at:])] if at < len(text) else found


def masked(text: str, numbers: set[int], words: list[str]) -> str:
    """A text without the flagged pieces of these numbers and without these words."""
    kept = [
        MASK if piece.flag and piece.number in numbers else piece.text for piece in passages(text)
    ]
    result = "".join(kept)
    for word in words:
        result = result.replace(word, MASK)
    return result


def _spans(text: str) -> list[tuple[int, int, str]]:
    """Start, end and flag of each piece, from left to right, none within another."""
    found: list[tuple[int, int, str]] = []
    for flag, patterns in _PATTERNS:
        for pattern in patterns:
            for match in pattern.finditer(text):
                start, end = match.span()
                if all(end <= other[0] or start >= other[1] for other in found):
                    found.append((start, end, flag))
    return sorted(found)
