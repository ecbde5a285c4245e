"""Assign places to areas and divide amounts over them so that nothing gets lost.

All geometry is in EPSG:28992 (RD New, metres); areas are a mapping from code to (multi)polygon.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

Areas = Mapping[str, BaseGeometry]


def assign_points(points: Sequence[Point | None], areas: Areas) -> list[str | None]:
    """Return the code of the area each point lies in, ``None`` for a point outside every area.

    A point on a border, or where areas overlap, belongs to the area whose code comes first in the
    alphabet: the answer doesn't depend on the order of the areas.

    Args:
        points: RD points (metres); ``None`` and empty points lie nowhere.
        areas: RD areas (metres) by code.
    """
    codes = sorted(areas)
    assigned: list[str | None] = [None] * len(points)
    if not codes or not assigned:
        return assigned
    tree = STRtree([areas[code] for code in codes])
    found = np.full(len(points), len(codes))
    at_point, in_area = tree.query(list(points), predicate="intersects")
    np.minimum.at(found, at_point, in_area)
    for n in np.flatnonzero(found < len(codes)):
        assigned[n] = codes[found[n]]
    return assigned


def share_by_overlap(geometry: BaseGeometry, areas: Areas) -> dict[str, float]:
    """Return which share (0–1) of a geometry lies in each area; areas it doesn't reach are absent.

    The share is of its area; of its length for a line, of its number of points for points. What
    lies on a shared border or in an overlap counts once, for the code that comes first in the
    alphabet, so the shares never sum to more than 1. They sum to less when part lies outside.

    Args:
        geometry: valid RD geometry (metres) of one dimension.
        areas: valid RD areas (metres) by code.
    """
    dimension = int(shapely.get_dimensions(geometry))
    whole = _size(geometry, dimension)
    shares: dict[str, float] = {}
    rest = geometry
    for code in sorted(areas):
        if rest.is_empty or not rest.intersects(areas[code]):
            continue
        inside = _size(rest.intersection(areas[code]), dimension)
        if inside > 0:
            shares[code] = min(inside / whole, 1.0)
            rest = rest.difference(areas[code])
    return shares


def cover_shares(case_geometry: BaseGeometry, areas: Areas) -> dict[str, float]:
    """Return which share (0–1) of each area's surface a case covers; untouched areas are absent.

    Args:
        case_geometry: valid RD (multi)polygon (metres).
        areas: valid RD areas (metres) by code.
    """
    shapely.prepare(case_geometry)
    shares: dict[str, float] = {}
    for code, area in areas.items():
        if not case_geometry.intersects(area):
            continue
        covered: float = case_geometry.intersection(area).area
        if covered > 0:
            shares[code] = min(covered / area.area, 1.0)
    return shares


def split_total(total_cents: int, shares: Mapping[str, float | Fraction]) -> dict[str, int]:
    """Divide whole cents in proportion to shares; the parts sum exactly to the total.

    Each part is its exact proportion rounded down or up to a cent: the cents that rounding down
    leaves go to the largest remainders, and among equals to the code that comes first in the
    alphabet. Shares need not sum to 1. A negative total (a correction) is divided alike.

    Source: largest remainder method (Hamilton).

    Raises:
        ValueError: there are no shares, one is negative or not finite, or all are zero.
    """
    if any(not 0 <= share < float("inf") for share in shares.values()):
        raise ValueError("a share is negative or not finite")
    exact = {code: Fraction(share) for code, share in shares.items()}
    whole = sum(exact.values())
    if whole == 0:
        raise ValueError("there is no share to divide by")
    quotas = {code: abs(total_cents) * share / whole for code, share in exact.items()}
    parts = {code: int(quota) for code, quota in quotas.items()}
    left = abs(total_cents) - sum(parts.values())
    for code in sorted(quotas, key=lambda code: (parts[code] - quotas[code], code))[:left]:
        parts[code] += 1
    sign = -1 if total_cents < 0 else 1
    return {code: sign * part for code, part in parts.items()}


def _size(geometry: BaseGeometry, dimension: int) -> float:
    """Return the area (m²), the length (m) or the number of points, as the dimension asks."""
    if dimension == 2:
        return float(geometry.area)
    if dimension == 1:
        return float(geometry.length)
    return float(shapely.get_num_geometries(geometry))
