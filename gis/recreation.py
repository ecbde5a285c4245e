"""REC-1: places for recreation against the demand for them.

Source of the method: AVANAR, Alterra report 1094 and WOt-technical report 197: demand is the
population times the share that takes part on the fifth busiest day; supply is what each class of
land use can hold, inside the norm distance, for walking and cycling apart. The capacities per class
and the norm distances are not known from a source that could be read: they are given by whoever
asks, with their origin, and none is built in.
"""

import math
from collections.abc import Mapping

from gis.figure import RATIO, Figure, quotient


def supply(area_ha: Mapping[str, float], places_per_ha: Mapping[str, float]) -> float:
    """Return the recreation places on so many hectares of each class of land use.

    Raises:
        KeyError: a class without a capacity: a missing row is no zero.
        ValueError: an area or capacity that is negative or not finite.
    """
    numbers = [*area_ha.values(), *places_per_ha.values()]
    if not all(math.isfinite(each) and each >= 0 for each in numbers):
        raise ValueError("an area or a capacity that is negative or not finite")
    return math.fsum(area * places_per_ha[name] for name, area in area_ha.items())


def demand(residents: float, participation: float) -> float:
    """Return the places asked for: residents times the share (0–1) that takes part on that day.

    Raises:
        ValueError: negative or not finite residents, or a share that is not from 0 to 1.
    """
    if not (math.isfinite(residents) and residents >= 0 and 0 <= participation <= 1):
        raise ValueError("residents or a share of them that can not be")
    return residents * participation


def rec_1(
    supplied: float, demanded: float, activity: str, catchment_m: float, capacities: str
) -> Figure:
    """Return REC-1, the ratio of supply to demand in a catchment; ``None`` without demand.

    ``activity`` is what the places are for (walking, cycling), ``catchment_m`` the norm distance
    that both were counted within, ``capacities`` names the table of capacities that was used.

    Raises:
        ValueError: a negative or infinite number.
    """
    if min(supplied, demanded, catchment_m) < 0:
        raise ValueError("a negative supply, demand or distance")
    ratio = quotient(supplied, demanded)
    return Figure(
        "REC-1",
        "1",
        {"activity": activity, "catchment_m": catchment_m, "capacities": capacities},
        ratio,
        RATIO,
        numerator=supplied,
        denominator=demanded,
        notes=() if ratio is not None else ("nothing_to_measure",),
    )


def shortage(ratio: float) -> float:
    """Return the part of the demand that is not met, from 0 to 1: a ratio of 0.74 is 0.26 short."""
    return max(0.0, 1 - ratio)
