"""Bring the shape of an area into EPSG:28992, whole and valid, or say why that is impossible."""

from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.crs import ETRS89, NETHERLANDS_LONLAT, NETHERLANDS_RD, RD, Bounds, to_rd
from layers.sources.import_report import RejectReason


class BadGeometryError(ValueError):
    """A shape that cannot be an area; ``reason`` is one of ``import_report.REASONS``."""

    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason)
        self.reason: RejectReason = reason


def outline_in_rd(shape: BaseGeometry, crs: str | int) -> tuple[MultiPolygon, str | None]:
    """Give the outline as a valid MultiPolygon in EPSG:28992, and what was repaired, if anything.

    ``shape`` is in ``crs``, x (or longitude) first. The repair keeps every surface of the shape
    (shapely ``make_valid``, method "structure") and drops the points and lines that are left over.

    Raises :class:`BadGeometryError`: not a polygon, outside the Netherlands, or nothing left.
    """
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise BadGeometryError("not_a_polygon")
    moved = moved_to_rd(shape, crs)
    if not shapely.intersects(moved.envelope, shapely.box(*NETHERLANDS_RD)):
        raise BadGeometryError("outside_netherlands")
    if moved.is_valid:
        return _as_multipolygon(moved), None
    repaired = _as_multipolygon(shapely.make_valid(moved, method="structure", keep_collapsed=False))
    if repaired.is_empty:
        raise BadGeometryError("not_a_polygon")
    problem = shapely.is_valid_reason(moved)
    return repaired, f"{problem}; the surface is now {repaired.area:.0f} m²"


def overlaps_netherlands(bounds: Bounds, crs: str | int) -> bool:
    """Tell whether bounds (min x, min y, max x, max y, in ``crs``) touch the Netherlands."""
    if not all(np.isfinite(bounds)):
        return True  # no shape in the layer: nothing to object to
    box = shapely.box(*bounds)
    if _known(crs).is_geographic:
        return bool(box.intersects(shapely.box(*NETHERLANDS_LONLAT)))
    try:
        moved = moved_to_rd(box, crs)
    except BadGeometryError:
        return False
    return bool(moved.envelope.intersects(shapely.box(*NETHERLANDS_RD)))


def is_known_crs(crs: str | int) -> bool:
    """Tell whether PROJ knows this CRS."""
    try:
        _known(crs)
    except CRSError:
        return False
    return True


def crs_name(crs: str | int) -> str:
    """Give the short name of a CRS for a message, such as "EPSG:28992"."""
    epsg = _known(crs).to_epsg()
    return f"EPSG:{epsg}" if epsg else str(_known(crs).name)


@cache
def _known(crs: str | int) -> CRS:
    found = CRS.from_user_input(crs)
    # A height makes no difference to an outline: RD + NAP (7415) is RD.
    return found.sub_crs_list[0] if found.is_compound else found


@cache
def _is_rd(crs: str | int) -> bool:
    known = _known(crs)
    # ESRI's .prj files say "RD_New" and carry no number.
    return known.to_epsg() == RD or known.name.replace("_", " ").endswith("RD New")


@cache
def _to_lonlat(crs: str | int) -> Transformer:
    return Transformer.from_crs(_known(crs), ETRS89, always_xy=True)


def moved_to_rd(shape: BaseGeometry, crs: str | int) -> BaseGeometry:
    """Move any shape from ``crs`` (anything pyproj understands), x or longitude first, to RD.

    Raises :class:`BadGeometryError` for coordinates that have no place there or a CRS unknown.
    """
    try:
        if _is_rd(crs):
            return shape
        if not _known(crs).is_geographic:
            shape = shapely.transform(shape, _to_lonlat(crs).transform, interleaved=False)
        return to_rd(shape)
    except (ValueError, CRSError) as error:
        raise BadGeometryError("outside_netherlands") from error


def _as_multipolygon(shape: Any) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    for nested in shapely.get_parts(shape):
        if nested.geom_type == "MultiPolygon":
            parts.extend(nested.geoms)
    return MultiPolygon([part for part in parts if not part.is_empty])
