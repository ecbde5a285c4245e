"""How the BAG writes dwellings and buildings.

An address may have several uses, written as one text with commas or as a list; it is a dwelling
when one of them is ``woonfunctie``. Objects that have ended or were never built are refused.
The words of ``status`` are from memory and were not checked against the BAG's catalogue.
"""

from collections.abc import Mapping
from typing import Any

from layers.sources.feature_rows import Profile
from layers.sources.records import find_column, words
from layers.sources.row_account import Refusal

_USES = ("gebruiksdoel", "gebruiksdoelen")
_ENDED = ("gesloopt", "ingetrokken", "niet gerealiseerd", "ten onrechte")


def _use(record: Mapping[str, Any], part: str) -> str:
    column = find_column(record, _USES)
    uses = "" if column is None else words(record[column]).lower()
    return "woning" if "woonfunctie" in uses else "ander_gebruik"


def _has_ended(record: Mapping[str, Any], part: str) -> Refusal | None:
    column = find_column(record, ("status", "verblijfsobjectstatus", "pandstatus"))
    status = "" if column is None else words(record[column]).lower()
    return "not_current" if any(word in status for word in _ENDED) else None


DWELLINGS = Profile(
    keys=("identificatie", "id", "nummeraanduiding", "gml_id"),
    names=("adres", "openbare_ruimte", "straatnaam", "naam"),
    required=(_USES,),
    category=_use,
    refusal=_has_ended,
)
BUILDINGS = Profile(
    keys=("identificatie", "identificatiebagpnd", "pand_id", "id", "gml_id"),
    names=("naam", "name"),
    values=("hoogte", "height", "b3_h_70p", "hoogte_m"),
    refusal=_has_ended,
)
