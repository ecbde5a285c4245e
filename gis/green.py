"""GREEN-1, GREEN-2 and GREEN-75: how much green an area or a dwelling has.

GREEN-1 and GREEN-2 rest on the shares (%) of trees, shrubs and low vegetation per cell of the
RIVM's green map (10 m). GREEN-75 is the 75 m² of public green per dwelling of the Nota Ruimte, in
two readings that give different numbers: that of the PBL (Balans van de Leefomgeving 2010), within
500 m of each dwelling; and that of Natuur & Milieu ("Stad van steen?", 2022), per neighbourhood.
All geometry is in EPSG:28992 (RD New, metres).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from gis.circles import area_in_circles
from gis.figure import SHARE, SQUARE_METRES_PER_DWELLING, Figure, quotient

Floats = NDArray[np.float64]

NORM_M2_PER_DWELLING: Final = 75.0
PBL_DISTANCE_M: Final = 500.0


def green_1(mean_tree_percent: float, valid_area_m2: float, area_m2: float) -> Figure:
    """Return GREEN-1, the share (0–1) of an area that is covered by trees.

    Args:
        mean_tree_percent: mean of the cells' percentages, weighted by the part of each cell that is
            in the area (``gis.coverage``); NaN when no cell has a value.
        valid_area_m2: the part of the area where cells have a value.
        area_m2: the whole area.

    Raises:
        ValueError: a percentage that is not from 0 to 100, or areas that can not be.
    """
    return _of_cells("GREEN-1", mean_tree_percent, valid_area_m2, area_m2, ())


def green_2(
    mean_percents: tuple[float, float, float], valid_area_m2: float, area_m2: float
) -> Figure:
    """Return GREEN-2, the share (0–1) of an area that is green: trees, shrubs and low together.

    The three come from separate classifications and can add up to more than 100 %: the sum is cut
    off there, with a note. Arguments are as for ``green_1``; ``mean_percents`` are those of trees,
    shrubs and low vegetation over the cells where all three are known.

    Raises:
        ValueError: a percentage that is not from 0 to 100, or areas that can not be.
    """
    if any(each < 0 or each > 100 for each in mean_percents):
        raise ValueError("a percentage that is not from 0 to 100")
    total = sum(mean_percents)
    # Rounding in the mean of cells that are wholly green is no reason for a warning.
    notes = ("green_capped_at_100",) if total > 100 + 1e-6 else ()
    return _of_cells("GREEN-2", min(total, 100.0), valid_area_m2, area_m2, notes)


def _of_cells(
    definition: str, percent: float, valid_area_m2: float, area_m2: float, notes: tuple[str, ...]
) -> Figure:
    if percent < 0 or percent > 100:
        raise ValueError("a percentage that is not from 0 to 100")
    if not (0 <= valid_area_m2 <= area_m2 * (1 + 1e-6) and np.isfinite(area_m2)):
        raise ValueError("the area with values is not a part of the area")
    known = valid_area_m2 > 0 and not np.isnan(percent)
    gaps = 1 - min(valid_area_m2 / area_m2, 1.0) if area_m2 > 0 else 0.0
    if not known:
        notes = (*notes, "nothing_to_measure")
    elif gaps > 1e-9:
        notes = (*notes, "input_partly_without_data")
    value = percent / 100 if known else None
    return Figure(
        definition,
        "1",
        {"vegetation": "trees" if definition == "GREEN-1" else "trees, shrubs, low"},
        value,
        SHARE,
        numerator=None if value is None else value * valid_area_m2,
        denominator=valid_area_m2,
        no_data_share=gaps,
        notes=notes,
    )


def total_green_percent(trees: Floats, shrubs: Floats, low: Floats) -> Floats:
    """Return the green percentage of each cell, at most 100, NaN where any of the three is unknown."""
    return np.minimum(trees + shrubs + low, 100.0)


def merged(green: Iterable[BaseGeometry]) -> NDArray[Any]:
    """Return green that may overlap as polygons that don't, so that no square metre counts twice."""
    parts: NDArray[Any] = shapely.get_parts(
        shapely.union_all(np.asarray(list(green), dtype=object))
    )
    polygons: NDArray[Any] = parts[shapely.get_dimensions(parts) == 2]
    return polygons


@dataclass(frozen=True)
class GreenPerDwelling:
    """Public green (m²) and dwellings within the distance of each dwelling, shape (n,)."""

    green_m2: Floats
    dwellings: NDArray[np.intp]
    distance_m: float

    @property
    def m2_per_dwelling(self) -> Floats:
        """The quotient, shape (n,). Never by zero: a dwelling is within the distance of itself."""
        return self.green_m2 / self.dwellings


def green_around_dwellings(
    dwellings: Floats, green: NDArray[Any], distance_m: float = PBL_DISTANCE_M
) -> GreenPerDwelling:
    """Return what the PBL's reading of GREEN-75 divides, for each dwelling.

    Give all dwellings and green within the distance of the area too, not only those inside: at an
    edge where the rest is left out both counts are too low.

    Args:
        dwellings: RD (metres), shape (n, 2).
        green: public green that doesn't overlap (``merged``), RD; cut exactly at the circle.
        distance_m: straight (metres), inclusive.
    """
    area = area_in_circles(dwellings, distance_m, green)
    if len(dwellings) == 0:
        return GreenPerDwelling(area, np.zeros(0, dtype=np.intp), distance_m)
    count = cKDTree(dwellings).query_ball_point(dwellings, distance_m, return_length=True)
    return GreenPerDwelling(area, np.asarray(count, dtype=np.intp), distance_m)


def green_75_pbl(around: GreenPerDwelling, which: NDArray[Any] | None = None) -> Figure:
    """Return GREEN-75 as the PBL reads it: the mean over an area's dwellings of m² per dwelling.

    ``which`` (index or mask) picks the dwellings of the area; those around it counted along in
    ``green_around_dwellings``.
    """
    each = around.m2_per_dwelling if which is None else around.m2_per_dwelling[which]
    total = float(each.sum())
    return _green_75("pbl_2010", around.distance_m, quotient(total, len(each)), (total, len(each)))


def green_75_share(
    around: GreenPerDwelling,
    which: NDArray[Any] | None = None,
    norm_m2: float = NORM_M2_PER_DWELLING,
) -> Figure:
    """Return the share (0–1) of an area's dwellings with at least the norm, in the PBL's reading."""
    each = around.m2_per_dwelling if which is None else around.m2_per_dwelling[which]
    enough = int((each >= norm_m2).sum())
    share = quotient(enough, len(each))
    return Figure(
        "GREEN-75-SHARE",
        "1",
        {"reading": "pbl_2010", "distance_m": around.distance_m, "norm_m2_per_dwelling": norm_m2},
        share,
        SHARE,
        numerator=enough,
        denominator=len(each),
        n=len(each),
        notes=() if share is not None else ("nothing_to_measure",),
    )


def green_75_area(area: BaseGeometry, green: NDArray[Any], dwellings: int) -> Figure:
    """Return GREEN-75 as Natuur & Milieu reads it: public green in an area per dwelling in it.

    ``green`` is public green that doesn't overlap (``merged``), RD. In that reading green is
    everything that is not paved, water too: what to give is up to who asks.

    Raises:
        ValueError: a negative number of dwellings.
    """
    if dwellings < 0:
        raise ValueError("a negative number of dwellings")
    inside = float(shapely.area(shapely.intersection(green, area)).sum())
    return _green_75(
        "natuur_en_milieu_2022", None, quotient(inside, dwellings), (inside, dwellings)
    )


def required_green_m2(dwellings: int, norm_m2: float = NORM_M2_PER_DWELLING) -> float:
    """Return the green (m²) that so many dwellings need by the norm: 7.5 ha for a thousand."""
    return dwellings * norm_m2


def _green_75(
    reading: Literal["pbl_2010", "natuur_en_milieu_2022"],
    distance_m: float | None,
    value: float | None,
    divided: tuple[float, int],
) -> Figure:
    return Figure(
        "GREEN-75",
        "1",
        {
            "reading": reading,
            "distance_m": distance_m,
            "norm_m2_per_dwelling": NORM_M2_PER_DWELLING,
        },
        value,
        SQUARE_METRES_PER_DWELLING,
        numerator=divided[0],
        denominator=divided[1],
        n=divided[1],
        notes=() if value is not None else ("nothing_to_measure",),
    )
