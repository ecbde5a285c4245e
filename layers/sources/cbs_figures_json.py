"""Read CBS figures in the JSON shape {municipality, wijken: [...], buurten: [...]}; no geometry.

Only the block ``demografie`` is CBS's; the blocks beside it (police, health, causes of death)
come from other publishers. They are kept under their own path, such as
``gezondheid_goed_ervaren_gezondheid``, together with the publisher that the file names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from layers.sources.cbs_columns import snake_case
from layers.sources.vector_files import FileRefusedError

FIGURE_NAMES = {
    "inwoners": "aantal_inwoners",
    "inwoners65plus": "aantal_personen_65_jaar_en_ouder",
    "inwoners0tot15": "aantal_personen_0_tot_15_jaar",
    "dichtheid": "bevolkingsdichtheid_inwoners_per_km2",
    "huishoudensgrootte": "gemiddelde_huishoudsgrootte",
    "huishoudens": "aantal_huishoudens",
    "wozWaarde": "gemiddelde_woningwaarde",
    "koopwoningen": "percentage_koopwoningen",
    "eengezinswoning": "percentage_eengezinswoning",
    "inkomenPerInwoner": "gemiddeld_inkomen_per_inwoner",
    "stedelijkheid": "stedelijkheid_adressen_per_km2",
    "adressendichtheid": "omgevingsadressendichtheid",
    "oppervlakteLandHa": "oppervlakte_land_in_ha",
    "afstandHuisarts": "huisartsenpraktijk_gemiddelde_afstand_in_km",
    "afstandSupermarkt": "grote_supermarkt_gemiddelde_afstand_in_km",
    "afstandSchool": "basisonderwijs_gemiddelde_afstand_in_km",
    "scholenBinnen3km": "basisonderwijs_gemiddeld_aantal_binnen_3_km",
    "postcode": "meest_voorkomende_postcode",
}

_IDENTIFYING = {"code": "code", "name": "name", "wijkCode": "wijkcode"}
# The level is in the code, the slug in the name; the lists are read as rows of their own.
_LEFT_OUT = frozenset({"type", "slug", "schemaVersion", "wijken", "buurten", "bronnen"})


def load_document(path: Path) -> Any:
    """Parse a JSON file. Raises :class:`FileRefusedError` when it is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefusedError(f"{path.name} is not readable as JSON.") from error


def is_figures_document(document: Any) -> bool:
    """Tell whether a parsed JSON file has the shape this reader knows."""
    if not isinstance(document, dict) or "code" not in document:
        return False
    return all(isinstance(document.get(part), list) for part in ("wijken", "buurten"))


def row_count(document: Mapping[str, Any]) -> int:
    """Count the municipality, its wijken and its buurten."""
    return 1 + len(document["wijken"]) + len(document["buurten"])


def rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the municipality, its wijken and its buurten as flat records."""
    year = _edition(document)
    for area in (document, *document["wijken"], *document["buurten"]):
        record = _flat(area) if isinstance(area, dict) else {}
        yield record if year is None else {**record, "jaar": year}


def _edition(document: Mapping[str, Any]) -> int | None:
    sources = document.get("bronnen")
    stated = str(sources.get("kerncijfers", "")) if isinstance(sources, dict) else ""
    year = re.search(r"\b(?:19|20)\d\d\b", stated)
    return int(year.group()) if year else None


def _flat(area: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in area.items():
        if name in _IDENTIFYING:
            record[_IDENTIFYING[name]] = value
        elif name == "demografie" and isinstance(value, dict):
            record.update(
                (FIGURE_NAMES.get(str(key), str(key)), part) for key, part in value.items()
            )
        elif name not in _LEFT_OUT:
            record.update(_leaves(snake_case(name), value))
    return record


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for name, part in value.items():
        yield from _leaves(f"{path}_{snake_case(name)}", part)
