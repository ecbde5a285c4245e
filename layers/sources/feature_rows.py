"""Turn raw records with a shape into the checked features of a vector layer.

Files and services alike go through :class:`FeatureChecker`, so a feature means the same whichever
way it came in.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import NETHERLANDS_RD, Bounds
from layers.layer import Layer, Shape
from layers.sources.area_geometry import BadGeometryError, moved_to_rd
from layers.sources.records import find_column, number, plain_properties, words
from layers.sources.row_account import Refusal, RowAccount
from layers.sources.tangles import is_tangled

_DIMENSIONS: dict[Shape, int] = {"point": 0, "line": 1, "polygon": 2}
_MULTI = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)

Record = Mapping[str, Any]


@dataclass(frozen=True)
class FeatureRow:
    """One feature of a vector layer.

    ``geometry`` is valid and in EPSG:28992 (metres). ``value`` is in the layer's unit; without one
    ``reason`` says why (a key of ``wording.MISSING``) when the layer has values. ``category`` is
    the key of one of the layer's kinds. ``properties`` holds the source's own columns.
    """

    source_key: str
    name: str
    value: float | None
    reason: str | None
    category: str | None
    properties: dict[str, Any]
    geometry: BaseGeometry


class RefusedRowError(Exception):
    """A row that is not loaded; ``reason`` is a key of ``row_account.REFUSALS``."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


def no_category(record: Record, part: str) -> str | None:
    """The category of features that have none."""
    return None


def nothing_refused(record: Record, part: str) -> Refusal | None:
    """Refuse no row for what it is."""
    return None


@dataclass(frozen=True)
class Profile:
    """How one origin writes its rows.

    Each tuple holds the names a column may have, best first. ``required`` are groups of which one
    name must be there. ``category`` and ``refusal`` get the record and the name of the file's
    layer (or the service's collection) that it came from. ``parts`` names the layers to read from a
    file that has more. With ``measures_surface`` the shape's own surface (m²) is the value of a
    row that does not tell it.
    """

    keys: tuple[str, ...] = ("identificatie", "lokaal_id", "lokaalid", "gml_id", "id", "fid")
    names: tuple[str, ...] = ("naam", "name", "title", "omschrijving")
    values: tuple[str, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    category: Callable[[Record, str], str | None] = no_category
    refusal: Callable[[Record, str], Refusal | None] = nothing_refused
    parts: tuple[str, ...] = ()
    measures_surface: bool = False


@dataclass
class FeatureChecker:
    """Checks records one by one and keeps the account."""

    layer: Layer
    profile: Profile
    account: RowAccount

    def read(self, record: Record, shape: Any, crs: str | int, part: str = "") -> FeatureRow | None:
        """Give the feature of one record, or None after noting why it was refused.

        ``shape`` is a shapely geometry in ``crs`` (x or longitude first), or None.
        """
        try:
            row = self._checked(record, shape, crs, part)
        except RefusedRowError as refused:
            self.account.refuse(refused.reason)
            return None
        self.account.loaded += 1
        return row

    def _checked(self, record: Record, shape: Any, crs: str | int, part: str) -> FeatureRow:
        refusal = self.profile.refusal(record, part)
        if refusal is not None:
            raise RefusedRowError(refusal)
        value, reason = self._value(record)
        geometry = self._geometry(shape, crs)
        if value is None and self.profile.measures_surface:
            value, reason = float(geometry.area), None
        return FeatureRow(
            source_key=self._text(record, self.profile.keys),
            name=self._text(record, self.profile.names),
            value=value,
            reason=reason,
            category=self.profile.category(record, part),
            properties=plain_properties(record),
            geometry=geometry,
        )

    def _text(self, record: Record, names: tuple[str, ...]) -> str:
        column = find_column(record, names)
        return "" if column is None else words(record[column])[:300]

    def _value(self, record: Record) -> tuple[float | None, str | None]:
        if not self.profile.values:
            return None, None
        column = find_column(record, self.profile.values)
        given = None if column is None else number(record[column])
        return checked_value(self.layer, given)

    def _geometry(self, shape: Any, crs: str | int) -> BaseGeometry:
        if shape is None or shape.is_empty:
            raise RefusedRowError("no_geometry")
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            raise RefusedRowError("unreadable_geometry")
        try:
            moved = moved_to_rd(shape, crs)
        except BadGeometryError as bad:
            raise RefusedRowError("outside_netherlands") from bad
        if not _overlaps(moved.bounds, NETHERLANDS_RD):
            raise RefusedRowError("outside_netherlands")
        if not moved.is_valid:
            if is_tangled(moved):
                raise RefusedRowError("unreadable_geometry")
            moved = shapely.make_valid(moved, method="structure", keep_collapsed=False)
            self.account.repaired += 1
        return self._of_wanted_kind(moved)

    def _of_wanted_kind(self, shape: BaseGeometry) -> BaseGeometry:
        """Keep only the parts of the layer's kind; a repair may leave points and lines behind."""
        if shape.is_empty:
            raise RefusedRowError("no_geometry")
        wanted = _DIMENSIONS.get(self.layer.shape)
        if wanted is None or (
            shape.geom_type != "GeometryCollection" and shapely.get_dimensions(shape) == wanted
        ):
            return shape
        parts = [part for part in _single_parts(shape) if shapely.get_dimensions(part) == wanted]
        if not parts:
            raise RefusedRowError("wrong_shape")
        return _MULTI[wanted](parts)


def checked_value(layer: Layer, given: float | None) -> tuple[float | None, str | None]:
    """Give a value, or None and the reason why there is none.

    Raises :class:`RefusedRowError` for a value that cannot occur in the layer's unit.
    """
    if given is None or math.isnan(given):
        return None, "missing"
    reason = layer.nodata.reason(given)
    if reason is not None:
        return None, reason
    if layer.valid_range and not layer.valid_range[0] <= given <= layer.valid_range[1]:
        raise RefusedRowError("out_of_range")
    return given, None


def _overlaps(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _single_parts(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return list(parts)
