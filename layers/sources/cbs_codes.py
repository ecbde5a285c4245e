"""CBS area codes and the codes CBS writes where a figure is missing.

Source: CBS, Toelichting Wijk- en Buurtkaart 2022, 2023 en 2024 (30-10-2024).
"""

import math
import re
from typing import Literal

Level = Literal["municipality", "wijk", "buurt"]
MissingReason = Literal["secret", "later_release", "discontinued", "missing"]

CODE_PATTERNS: dict[Level, re.Pattern[str]] = {
    "municipality": re.compile(r"GM\d{4}"),
    "wijk": re.compile(r"WK\d{4}[0-9A-Z]{2}"),
    "buurt": re.compile(r"BU\d{4}[0-9A-Z]{4}"),
}

# GM0998 stands for "abroad" in the CBS map.
FOREIGN_MUNICIPALITY = "GM0998"

# Everything at or below this is a code, not a figure; editions up to 2022 wrote -99999999.
HIGHEST_MISSING_CODE = -99990

MISSING_CODES: dict[int, MissingReason] = {
    -99997: "secret",
    -99995: "later_release",
    -99991: "discontinued",
}


def level_of(code: str) -> Level | None:
    """Tell which level a CBS code belongs to, or None when it is no area code.

    >>> level_of("WK039221"), level_of("WK03922105")
    ('wijk', None)
    """
    for level, pattern in CODE_PATTERNS.items():
        if pattern.fullmatch(code):
            return level
    return None


def municipality_of(code: str) -> str:
    """Give the municipality's code from any valid area code."""
    return "GM" + code[2:6]


def parent_of(code: str) -> str | None:
    """Give the code of the area above a valid code; None above a municipality.

    Taken from the code itself: parent columns in circulating files are not reliable
    (a column ``wijkCode`` with ``WK03922105`` has been seen).
    """
    level = level_of(code)
    if level == "buurt":
        return "WK" + code[2:8]
    return municipality_of(code) if level == "wijk" else None


def missing_reason(value: float | None) -> MissingReason | None:
    """Say why a number is not a figure, or None when it is one.

    ``None``, NaN and infinity are "missing"; values at or below -99990 are CBS codes.
    The reason "secret" covers what CBS calls "secret or not present".
    """
    if value is None or not math.isfinite(value):
        return "missing"
    if value > HIGHEST_MISSING_CODE:
        return None
    return MISSING_CODES.get(int(value), "missing")
