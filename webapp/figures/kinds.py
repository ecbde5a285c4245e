"""The figures that are computed per area: what each needs, and how its value is counted.

A kind is one reading of a definition: ACCESS-1 over residents by the straight line is another kind
than over dwellings along paths. `docs/figures.md` has the rule, source and uncertainty of each.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from gis.figure import CELSIUS, SHARE, SQUARE_METRES_PER_DWELLING

NETWORK: Final = "walking_network_in_use"
POPULATION: Final = "population"
AREAS: Final = "areas"
"""Names in `inputs` of what is not a layer of the catalogue that is chosen by its edition."""

M2, DWELLINGS, RESIDENTS, BUILDINGS = "m2", "dwellings", "residents", "buildings"


@dataclass(frozen=True)
class Kind:
    """One figure.

    `group` names the computation that makes it, together with others. `needs` are layers of the
    catalogue, or `NETWORK` and `POPULATION`, without which there is no figure; `uses` are taken
    when they are there. `parts` are what numerator and denominator count; `""` for a mean, which
    divides nothing that is worth showing. `worse` is the end of the scale that asks for action.
    """

    key: str
    definition: str
    group: str
    unit: str
    needs: tuple[str, ...]
    parts: tuple[str, str]
    worse: str = "low"
    uses: tuple[str, ...] = ()

    @property
    def digits(self) -> int:
        """How many decimals are worth reading."""
        return 0 if self.unit == SQUARE_METRES_PER_DWELLING else 1


_GREEN: Final = ("bag_dwellings", "parks")
_PARTS: Final = (DWELLINGS, DWELLINGS)
_HOUSES: Final = (BUILDINGS, BUILDINGS)
_TREES: Final = ("bag_buildings", "bag_dwellings", "trees")

KINDS: Final = (
    Kind("heat-1", "HEAT-1", "heat", SHARE, ("pet",), (M2, M2), "high"),
    Kind("heat-2", "HEAT-2", "heat", CELSIUS, ("pet",), ("", M2), "high"),
    Kind(
        *("heat-1-dwellings", "HEAT-1", "heat_near", SHARE, ("pet", "bag_dwellings"), (M2, M2)),
        worse="high",
    ),
    Kind(
        *("cool-1", "COOL-1", "coolness", SHARE, ("pet", "bag_dwellings"), _PARTS),
        uses=("bgt_cover", NETWORK),
    ),
    Kind("green-1", "GREEN-1", "trees", SHARE, ("tree_cover",), (M2, M2)),
    Kind(
        *("green-2", "GREEN-2", "green", SHARE),
        ("tree_cover", "shrub_cover", "low_green_cover"),
        (M2, M2),
    ),
    Kind(
        *("green-75-pbl", "GREEN-75", "per_dwelling", SQUARE_METRES_PER_DWELLING),
        _GREEN,
        (M2, DWELLINGS),
    ),
    Kind("green-75-share", "GREEN-75-SHARE", "per_dwelling", SHARE, _GREEN, _PARTS),
    Kind(
        *("green-75-nm", "GREEN-75", "per_dwelling", SQUARE_METRES_PER_DWELLING),
        _GREEN,
        (M2, DWELLINGS),
    ),
    Kind(
        *("access-1-straight-residents", "ACCESS-1", "access_straight", SHARE),
        (*_GREEN, POPULATION),
        (RESIDENTS, RESIDENTS),
    ),
    Kind("access-1-straight-dwellings", "ACCESS-1", "access_straight", SHARE, _GREEN, _PARTS),
    Kind(
        *("access-1-network-residents", "ACCESS-1", "access_network", SHARE),
        (*_GREEN, POPULATION, NETWORK),
        (RESIDENTS, RESIDENTS),
    ),
    Kind(
        *("access-1-network-dwellings", "ACCESS-1", "access_network", SHARE),
        (*_GREEN, NETWORK),
        _PARTS,
    ),
    Kind("330-nl-trees", "3-30-300/trees_nearby", "nl_trees", SHARE, _TREES, _HOUSES),
    Kind(
        *("330-nl-canopy", "3-30-300/canopy", "nl_canopy", SHARE),
        ("bag_buildings", "bag_dwellings", "tree_cover"),
        _HOUSES,
    ),
    Kind(
        *("330-nl-park", "3-30-300/park", "nl_park", SHARE),
        ("bag_buildings", "bag_dwellings", "parks"),
        _HOUSES,
    ),
    Kind(
        *("330-nl-all", "3-30-300/all", "nl_all", SHARE),
        (*_TREES, "tree_cover", "parks"),
        _HOUSES,
    ),
    Kind("330-uk-trees", "3-30-300/trees_nearby", "uk_trees", SHARE, _TREES, _HOUSES),
    Kind("330-uk-canopy", "3-30-300/canopy_of_area", "uk_canopy", SHARE, ("tree_cover",), (M2, M2)),
    Kind(
        *("330-uk-park", "3-30-300/park", "uk_park", SHARE),
        ("bag_buildings", "bag_dwellings", "parks", NETWORK),
        _HOUSES,
    ),
)
BY_KEY: Final = {kind.key: kind for kind in KINDS}


def kinds_of(names: tuple[str, ...] | list[str]) -> list[Kind]:
    """The kinds of these keys or definitions (HEAT-1), all without names. Raises KeyError."""
    chosen = []
    for name in names:
        found = [kind for kind in KINDS if name in (kind.key, kind.definition)]
        if not found:
            raise KeyError(name)
        chosen += found
    return list(dict.fromkeys(chosen)) or list(KINDS)


@cache
def software_version() -> str:
    """What computed a figure, with its version."""
    project = Path(__file__).parents[2] / "pyproject.toml"
    return f"Balanskaart {tomllib.loads(project.read_text('utf-8'))['project']['version']}"
