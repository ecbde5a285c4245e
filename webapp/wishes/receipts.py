"""The receipt code: 100 bits, told once to the resident, kept only as a hash.

It derives from the form's key and our secret, so a repeated request gets the same code again, and
nobody who sees the database can make one. Written in Crockford's base 32: no I, L, O or U.
"""

import hashlib
import hmac
from uuid import UUID

from flask import current_app

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 20
GROUP = 4
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def receipt_code(key: UUID, secret: str) -> str:
    """The code of the wish with this idempotency key: five groups of four."""
    purpose = hashlib.sha256(b"receipt codes\x00" + secret.encode()).digest()
    number = int.from_bytes(hmac.new(purpose, key.bytes, hashlib.sha256).digest(), "big")
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(CHARACTERS))
    return grouped(letters)


def code_for(key: UUID) -> str:
    """The code of the wish with this idempotency key, with the secret of this installation."""
    return receipt_code(key, current_app.config["SECRET_KEY"])


def grouped(letters: str) -> str:
    """Twenty characters as XXXX-XXXX-XXXX-XXXX-XXXX."""
    return "-".join(letters[start : start + GROUP] for start in range(0, CHARACTERS, GROUP))


def read_code(typed: str) -> str | None:
    """The code that someone typed, whatever its case, spaces, O for 0 or I for 1; else None."""
    letters = "".join(typed.upper().split()).replace("-", "").translate(_LOOKALIKES)
    if len(letters) != CHARACTERS or not set(letters) <= set(ALPHABET):
        return None
    return grouped(letters)


def code_hash(code: str) -> bytes:
    """What the database keeps of a code."""
    return hashlib.sha256(code.encode()).digest()
