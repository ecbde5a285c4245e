"""How walking and cycling networks, parks and nature are written in files in circulation.

``lawnaam`` is the name column of the national walking routes (PDOK's stored metadata);
``highway`` and ``osm_id`` are those of OpenStreetMap.
"""

from collections.abc import Mapping
from typing import Any

from layers.layer import Layer
from layers.sources.feature_rows import Profile
from layers.sources.records import find_column, words

_ROUTE_NAMES = ("lawnaam", "naam", "name", "routenaam", "omschrijving")
ROUTES = Profile(keys=("identificatie", "osm_id", "route_id", "id", "gml_id"), names=_ROUTE_NAMES)

PARKS = Profile(
    names=("naam", "name", "parknaam"),
    values=("oppervlakte_m2", "oppervlakte", "area_m2"),
    measures_surface=True,
)
NATURE = Profile(
    keys=("identificatie", "sitecode", "nr", "gebiedsnummer", "id", "gml_id"),
    names=("naam_n2k", "naam", "name", "gebiedsnaam", "sitename"),
)


def area_types(layer: Layer) -> Profile:
    """Give how area types of Basiskwaliteit Natuur are written: by the layer's own code list."""
    columns = (layer.column or "", "gebiedstype", "type")
    known = {kind.key: kind.key for kind in layer.categories}
    known |= {kind.label["nl"].lower(): kind.key for kind in layer.categories}

    def category(record: Mapping[str, Any], part: str) -> str | None:
        column = find_column(record, columns)
        return None if column is None else known.get(words(record[column]).lower())

    return Profile(required=(columns,), category=category)
