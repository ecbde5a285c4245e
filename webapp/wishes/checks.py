"""What a first look at a text notices, so that a moderator reads those places with care.

Simple on purpose: a flag hides nothing and decides nothing.
"""

import re

FLAGS = ("phone_number", "email_address", "person_name")

EMAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# A run that starts like a Dutch or international number and has 9 to 13 digits in all.
PHONE = re.compile(r"(?<![\w,.])(?:\+|00|0)\d(?:[\s().\-/]{0,2}\d){7,12}(?!\w)")
_TITLE = (
    r"(?:mevrouw|mevr|mw|meneer|mijnheer|dhr|heer|juf|meester|familie|fam|buurman|buurvrouw|dokter|"
    r"mr|mrs|ms|miss|mister|doctor|pan|pani|пан|пані|bay|bayan|sayın|السيد|السيدة)"
)
_NAME = r"(?:(?:van|de|den|der|el|al|ten|ter|von)\s+){0,3}[^\W\d_a-zà-ÿ][\w'’-]+"
TITLED = re.compile(rf"(?<!\w)(?i:{_TITLE})\.?\s+{_NAME}")
INTRODUCED = re.compile(
    rf"(?<!\w)(?i:ik heet|mijn naam is|my name is|nazywam się|adım|мене звати|اسمي)\s+{_NAME}"
)


def flags_for(text: str) -> list[str]:
    """Which of `FLAGS` apply to a text, in that order."""
    found = {
        "phone_number": PHONE.search(text),
        "email_address": EMAIL.search(text),
        "person_name": TITLED.search(text) or INTRODUCED.search(text),
    }
    return [flag for flag in FLAGS if found[flag]]
