"""HEAT-1 and HEAT-2: heat stress of an area, from the map of the perceived temperature (PET).

PET (physiological equivalent temperature) is in °C, the mean of 12:00–18:00 on a hot day that comes
once in 1,000 summer days in the climate of 2004–2018. Source: DPRA stress test for heat, map
"gevoelstemperatuur" of the Klimaateffectatlas (CAS). Its legend is in whole degrees while the raster
is not: here PET is rounded half up to whole degrees before it is classified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.coverage import ZoneStatistics
from gis.figure import CELSIUS, SHARE, Figure

Floats = NDArray[np.float64]
Variant = Literal["all_land", "public_space", "around_dwellings"]
VARIANTS: Final[tuple[Variant, ...]] = get_args(Variant)
Stress = Literal["none", "moderate", "strong", "extreme_1", "extreme_2", "extreme_3"]


@dataclass(frozen=True)
class PetClass:
    """A class of the official legend: whole degrees, both ends inclusive; ``None`` is open."""

    first: int | None
    last: int | None
    stress: Stress


PET_CLASSES: Final = (
    PetClass(None, 31, "none"),
    PetClass(32, 34, "moderate"),
    PetClass(35, 37, "strong"),
    PetClass(38, 40, "strong"),
    PetClass(41, 43, "extreme_1"),
    PetClass(44, 45, "extreme_1"),
    PetClass(46, 48, "extreme_2"),
    PetClass(49, 50, "extreme_2"),
    PetClass(51, None, "extreme_3"),
)
"""The legend of the map; "none" only says that it gives no name to what is below 32 °C."""

CLASS_STARTS: Final = tuple(each.first - 0.5 for each in PET_CLASSES if each.first is not None)
"""The smallest PET (°C, not rounded) of each class but the first: for
``gis.coverage.ZoneStatistics.class_shares``."""

STRONG_FROM: Final = 35
STRONG_STARTS: Final = STRONG_FROM - 0.5
"""The smallest PET (°C, not rounded) that HEAT-1 counts."""


def whole_degrees(pet: NDArray[np.floating[Any]]) -> Floats:
    """Round PET (°C) half up to whole degrees; NaN stays NaN. Any shape."""
    rounded: Floats = np.floor(np.asarray(pet, dtype=np.float64) + 0.5)
    return rounded


def pet_class(pet: NDArray[np.floating[Any]]) -> NDArray[np.int8]:
    """Return the index in ``PET_CLASSES`` of each PET (°C), -1 for NaN. Any shape."""
    classes = np.searchsorted(np.asarray(CLASS_STARTS), pet, side="right").astype(np.int8)
    found: NDArray[np.int8] = np.where(np.isnan(pet), np.int8(-1), classes)
    return found


def heat_zones(
    areas: Sequence[BaseGeometry],
    variant: Variant,
    *,
    public_space: BaseGeometry | None = None,
    dwellings: Sequence[BaseGeometry] = (),
    around_m: float = 50.0,
) -> NDArray[Any]:
    """Return the part of each area (RD, EPSG:28992) that a variant of HEAT-1 is about.

    Args:
        areas: polygons, RD.
        variant: all the land, only public space, or what lies within ``around_m`` of a dwelling.
        public_space: for ``public_space``.
        dwellings: points or buildings, for ``around_dwellings``.
        around_m: metres, straight; arcs with 16 corners per quarter turn. No source gives it: it is
            our choice.

    Raises:
        ValueError: an unknown variant, or without the public space that it needs.
    """
    if variant not in VARIANTS or (variant == "public_space" and public_space is None):
        raise ValueError("an unknown variant, or one without its public space")
    shapes = np.asarray(areas, dtype=object)
    if variant == "all_land":
        return shapes
    mask = public_space
    if variant == "around_dwellings":
        homes = np.asarray(dwellings, dtype=object)
        mask = shapely.union_all(shapely.buffer(homes, around_m, quad_segs=16))
    zones: NDArray[Any] = shapely.intersection(shapes, mask)
    return zones


def heat_1(
    hot_share: float, valid_area_m2: float, area_m2: float, variant: Variant = "all_land"
) -> Figure:
    """Return HEAT-1, the share (0–1) of the ground with strong heat stress or worse.

    Args:
        hot_share: part of ``valid_area_m2`` with a PET of at least ``STRONG_STARTS``, partial cells
            weighted exactly (``gis.coverage``); NaN when nothing is valid.
        valid_area_m2: ground where PET is known.
        area_m2: all the ground of the variant (``heat_zones``).
        variant: which ground that is.

    Raises:
        ValueError: a share that is not from 0 to 1, or areas that can not be.
    """
    if hot_share < 0 or hot_share > 1 + 1e-9:
        raise ValueError("a share that is not from 0 to 1")
    known, gaps, notes = _gaps(hot_share, valid_area_m2, area_m2)
    value = min(hot_share, 1.0) if known else None
    return Figure(
        "HEAT-1",
        "1",
        {"pet_min": STRONG_FROM, "rounding": "half_up_to_whole_degrees", "variant": variant},
        value,
        SHARE,
        numerator=None if value is None else value * valid_area_m2,
        denominator=valid_area_m2,
        no_data_share=gaps,
        notes=notes,
    )


def heat_2(
    mean_pet: float, valid_area_m2: float, area_m2: float, variant: Variant = "all_land"
) -> Figure:
    """Return HEAT-2, the mean PET (°C, not rounded) of the ground; arguments as for ``heat_1``.

    Raises:
        ValueError: an infinite mean, or areas that can not be.
    """
    known, gaps, notes = _gaps(mean_pet, valid_area_m2, area_m2)
    return Figure(
        "HEAT-2",
        "1",
        {"variant": variant},
        mean_pet if known else None,
        CELSIUS,
        denominator=valid_area_m2,
        no_data_share=gaps,
        notes=notes,
    )


def _gaps(
    value: float, valid_area_m2: float, area_m2: float
) -> tuple[bool, float, tuple[str, ...]]:
    """Return whether there is a value, the share of the ground without data, and the notes."""
    if not (0 <= valid_area_m2 <= area_m2 * (1 + 1e-6) and np.isfinite(area_m2)):
        raise ValueError("the area with values is not a part of the area")
    gaps = 1 - min(valid_area_m2 / area_m2, 1.0) if area_m2 > 0 else 0.0
    if valid_area_m2 == 0 or np.isnan(value):
        return False, gaps, ("nothing_to_measure",)
    return True, gaps, ("input_partly_without_data",) if gaps > 1e-9 else ()


def heat_figures(
    statistics: ZoneStatistics, variant: Variant = "all_land"
) -> list[tuple[Figure, Figure]]:
    """Return HEAT-1 and HEAT-2 of each zone.

    Args:
        statistics: of PET over zones made by ``heat_zones``, with ``STRONG_STARTS`` among its
            thresholds.
        variant: the one that the zones were made for.

    Raises:
        KeyError: the threshold was not asked for.
    """
    hot = statistics.share_at_least[STRONG_STARTS].tolist()
    rows = zip(
        hot,
        statistics.mean.tolist(),
        statistics.valid_area_m2.tolist(),
        statistics.area_m2.tolist(),
        strict=True,
    )
    return [
        (heat_1(share, valid, whole, variant), heat_2(mean, valid, whole, variant))
        for share, mean, valid, whole in rows
    ]


Verdict = Literal["agrees", "differs", "other_edition", "no_value"]


@dataclass(frozen=True)
class MeanCheck:
    """How a computed mean compares with the published one; the difference (°C) is ours minus theirs."""

    verdict: Verdict
    difference: float | None


def check_mean(
    computed: Figure,
    published: float | None,
    *,
    edition: str,
    published_edition: str,
    tolerance: float = 0.1,
) -> MeanCheck:
    """Compare HEAT-2 with the mean that the source publishes for the same neighbourhood.

    Means of different editions are not compared. Source of the published mean: column ``_mean`` of
    the layer ``GevoelstemperatuurBuurt`` of the Klimaateffectatlas. The tolerance (°C) is ours.
    """
    if edition != published_edition:
        return MeanCheck("other_edition", None)
    if computed.value is None or published is None or not np.isfinite(published):
        return MeanCheck("no_value", None)
    difference = computed.value - published
    return MeanCheck("agrees" if abs(difference) <= tolerance else "differs", difference)
