"""How the BGT writes its surfaces and trees, in PDOK's services and in files in circulation.

The collections (``begroeidterreindeel``, ``wegdeel``, …) are PDOK's names; the English ones are
what GML tools make of them. An object with an end of registration is history and is refused.
"""

from collections.abc import Mapping
from typing import Any

from layers.sources.feature_rows import Profile
from layers.sources.records import find_column, words
from layers.sources.row_account import Refusal

_COVER = {
    "begroeidterreindeel": "begroeid",
    "plantcover": "begroeid",
    "onbegroeidterreindeel": "onbegroeid",
    "wegdeel": "weg",
    "trafficarea": "weg",
    "ondersteunendwegdeel": "berm",
    "auxiliarytrafficarea": "berm",
    "waterdeel": "water",
    "ondersteunendwaterdeel": "berm",
    "pand": "pand",
    "buildingpart": "pand",
}
PARTS = tuple(_COVER)

SURFACE_COLUMNS = (
    "fysiek_voorkomen",
    "bgt_fysiekvoorkomen",
    "bgt-fysiekvoorkomen",
    "surfacematerial",
    "class",
    "plus_fysiekvoorkomen",
)
_PAVING = {
    "gesloten verharding": "gesloten_verharding",
    "open verharding": "open_verharding",
    "half verhard": "half_verhard",
    "onverhard": "onverhard",
    "zand": "onverhard",
    "erf": "erf",
}
_END_COLUMNS = ("eindregistratie", "eind_registratie", "terminationdate", "objecteindtijd")
_KEYS = ("lokaal_id", "lokaalid", "gml_id", "identificatie_lokaalid", "identificatie", "id")


def _cover(record: Mapping[str, Any], part: str) -> str:
    name = part.lower().removeprefix("bgt_")
    return _COVER.get(name, "overig")


def _paving(record: Mapping[str, Any], part: str) -> str:
    cover = _cover(record, part)
    if cover in ("water", "pand"):
        return cover
    column = find_column(record, SURFACE_COLUMNS)
    surface = "" if column is None else words(record[column]).lower()
    if cover == "begroeid" or surface.startswith(("groen", "gras", "struik", "bos", "heesters")):
        return "begroeid"
    return _PAVING.get(surface, "overig")


def _has_ended(record: Mapping[str, Any], part: str) -> Refusal | None:
    columns = (find_column(record, (name,)) for name in _END_COLUMNS)
    ended = any(column is not None and words(record[column]) for column in columns)
    return "not_current" if ended else None


def _no_tree(record: Mapping[str, Any], part: str) -> Refusal | None:
    column = find_column(record, ("plus_type", "plus-type", "type"))
    if column is not None and words(record[column]).lower() not in ("boom", "tree"):
        return "other_kind"
    return _has_ended(record, part)


def _tree(record: Mapping[str, Any], part: str) -> str:
    return "boom"


COVER = Profile(keys=_KEYS, category=_cover, refusal=_has_ended, parts=PARTS)
PAVING = Profile(keys=_KEYS, category=_paving, refusal=_has_ended, parts=PARTS)
TREES = Profile(
    keys=_KEYS,
    names=("naam", "boomsoort", "soort"),
    values=("hoogte", "boomhoogte", "height"),
    category=_tree,
    refusal=_no_tree,
)
