"""What the literature says that green does: ranges with their source, or that there is none.

The eight are the models of the Groene Baten Planner (RIVM). Its figures are not copied: each range
here is illustrative, comes from the publication that is named, and is left out where we know no
defensible one. They are never money and never added to what is spent.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Key = Literal[
    "cooling",
    "health",
    "air_quality",
    "house_prices",
    "energy_saving",
    "biomass_energy",
    "timber",
    "carbon",
]
KEYS: Final[tuple[Key, ...]] = get_args(Key)
Per = Literal["place", "crown_m2", "none"]


@dataclass(frozen=True)
class Benefit:
    """One benefit: a range per unit of what is drawn, or ``None`` where no range is defensible.

    Attributes:
        key: which of the eight.
        low, high: the range, in ``unit``.
        unit: key of the unit.
        per: what the range is multiplied with: nothing, or the crown area that is added (m²).
        needs: the part of a plan without which there is nothing to tell.
        source: publication with year and identifier.
        definition: what exactly the range says.
    """

    key: Key
    low: float | None
    high: float | None
    unit: str
    per: Per
    needs: Literal["trees", "parks", "any"]
    source: str
    definition: str


_NONE: Final = "no defensible range known for a drawn plan"

BENEFITS: Final[tuple[Benefit, ...]] = (
    Benefit(
        "cooling",
        0.5,
        0.8,
        "celsius",
        "place",
        "trees",
        "Kántor, Kovács & Takács 2016, doi:10.1515/geo-2016-0021 (one large tree, Szeged); "
        "Knight et al. 2021, doi:10.1186/s13750-021-00226-y (mean over studies)",
        "how much cooler the air is under trees than beside them on a summer day; at night it can "
        "be warmer there",
    ),
    Benefit(
        "health",
        None,
        None,
        "",
        "none",
        "any",
        "Rojas-Rueda et al. 2019, doi:10.1016/S2542-5196(19)30215-3, relates mortality to satellite "
        "greenness (NDVI), which a drawing does not have",
        _NONE,
    ),
    Benefit(
        "air_quality",
        None,
        None,
        "",
        "none",
        "any",
        "Nowak, Crane & Stevens 2006, Urban Forestry & Urban Greening 4:115-123: removal differs "
        "by city, and trees in narrow streets can raise concentrations",
        _NONE,
    ),
    Benefit(
        "house_prices",
        4.5,
        6.0,
        "percent",
        "place",
        "parks",
        "Bervaes & Vreke 2004, Alterra-rapport 959",
        "how much higher the price is of a dwelling with a green area behind it (4.5) or a park "
        "before or behind it (6)",
    ),
    Benefit("energy_saving", None, None, "", "none", "any", "", _NONE),
    Benefit("biomass_energy", None, None, "", "none", "any", "", _NONE),
    Benefit("timber", None, None, "", "none", "any", "", _NONE),
    Benefit(
        "carbon",
        0.26,
        0.30,
        "kg_carbon_per_year",
        "crown_m2",
        "trees",
        "Nowak et al. 2013, Environmental Pollution 178:229-236: 0.28 kg per m² of crown; the range "
        "follows from the 95% interval of its national total (23.7 to 27.4 of 25.6 million tonnes)",
        "carbon that trees take up each year, for the crown area that is drawn; young trees less",
    ),
)
