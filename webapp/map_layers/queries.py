"""Reads of imported map layers: which editions there are, and what they say at a place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from flask import current_app
from sqlalchemy import Select, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from layers.catalogue import find
from layers.layer import Layer
from webapp.areas.models import Area
from webapp.database import STATE
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature

if TYPE_CHECKING:
    from layers.raster import Raster

OPEN_RASTERS = 64
DEFINITIONS_READ = 200
"""Rows per edition from which its definitions are told."""
NEAR_METRES = 2.0
"""How far from a point or line a click may be and still mean it."""


@dataclass(frozen=True)
class Identified:
    """What one edition says at a place: a value or a category, or the reason why neither.

    `reason` is a key of `layers.wording.MISSING`, "outside" where the edition has no data, or
    "picture" for one that has no values at all.
    """

    edition: LayerEdition
    value: float | None = None
    category: str | None = None
    reason: str | None = None
    name: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AreaValue:
    """What an edition says of an area; `no_data_share` is from 0 to 1."""

    value: float | None
    no_data_share: float
    details: dict[str, Any]


@dataclass(frozen=True)
class AreaDifference:
    """The values of one area in two editions; `change` is newer minus older, None when one lacks."""

    area_id: int
    code: str
    name: str
    older: float | None
    newer: float | None

    @property
    def change(self) -> float | None:
        """How much it went up."""
        if self.older is None or self.newer is None:
            return None
        return self.newer - self.older


def known_layer(layer_id: str) -> Layer | None:
    """The catalogue's entry, None for a layer that is no longer in it."""
    try:
        return find(layer_id)
    except KeyError:
        return None


def editions(layer_id: str | None = None, public_only: bool = False) -> list[LayerEdition]:
    """Complete editions: per layer the newest first, and a real one before one that was made up."""
    rows = select(LayerEdition).where(LayerEdition.status == "ready")
    if layer_id is not None:
        rows = rows.where(LayerEdition.layer_id == layer_id)
    rows = rows.order_by(
        LayerEdition.layer_id,
        LayerEdition.is_synthetic,
        LayerEdition.edition.desc(),
        LayerEdition.id.desc(),
    )
    known = [each for each in db.session.scalars(rows) if known_layer(each.layer_id)]
    return [each for each in known if each.is_public or not public_only]


def newest_edition(layer_id: str, public_only: bool = False) -> LayerEdition | None:
    """The newest complete edition of a layer; one that was made up only when there is no other."""
    return next(iter(editions(layer_id, public_only)), None)


def edition(edition_id: int, public_only: bool = False) -> LayerEdition:
    """One complete edition. Raises `NotFound`."""
    found = db.session.get(LayerEdition, edition_id)
    if found is None or found.status != "ready" or not known_layer(found.layer_id):
        raise NotFound
    if public_only and not found.is_public:
        raise NotFound
    return found


def editions_by_id(ids: Sequence[int], public_only: bool = False) -> list[LayerEdition]:
    """Complete editions in the order of `ids`, those that are not there left out."""
    found = {
        each.id: each
        for each in db.session.scalars(select(LayerEdition).where(LayerEdition.id.in_(ids)))
        if each.status == "ready" and known_layer(each.layer_id)
    }
    kept = [found[each] for each in dict.fromkeys(ids) if each in found]
    return [each for each in kept if each.is_public or not public_only]


def layer_store() -> Path:
    """The folder of imported rasters."""
    chosen = current_app.config["LAYER_STORE"]
    return Path(chosen) if chosen else STATE / "layers"


def folder_of(found: LayerEdition) -> Path:
    """Where the rasters of an edition are. The digest keeps databases with equal numbers apart."""
    return layer_store() / f"{found.id}-{found.sha256[:12]}"


def open_raster(found: LayerEdition) -> "Raster":
    """The raster of an edition, opened once per process. Raises `NotFound` when it has none."""
    if found.kind != "raster" or not folder_of(found).is_dir():
        raise NotFound
    return _opened(folder_of(found))


@lru_cache(maxsize=OPEN_RASTERS)
def _opened(folder: Path) -> "Raster":
    from layers.raster import Raster

    return Raster.open(folder)


def forget_open_rasters() -> None:
    """Open anew what is asked next: after an edition has gone."""
    _opened.cache_clear()


def features_of(found: LayerEdition) -> Select[Any]:
    """The features of a vector edition, with geometry in EPSG:28992."""
    return select(LayerFeature).where(LayerFeature.edition_id == found.id)


def values_at(point: shapely.Point, found: Sequence[LayerEdition]) -> list[Identified]:
    """What each edition says at a point (EPSG:28992), in the order given."""
    vectors = [each.id for each in found if each.kind == "vector"]
    figures = [each.id for each in found if each.kind == "area_figure"]
    features = _features_at(point, vectors) if vectors else {}
    areas = _areas_at(point, figures) if figures else {}
    return [_identified(point, each, features, areas) for each in found]


def _identified(
    point: shapely.Point, found: LayerEdition, features: dict[int, Any], areas: dict[int, Any]
) -> Identified:
    if found.kind == "raster":
        return _in_raster(point, found)
    if found.kind == "picture":
        return Identified(found, reason="picture")
    if found.kind == "area_figure":
        row = areas.get(found.id)
        if row is None:
            return Identified(found, reason="outside")
        reason = None if row.value is not None else row.details.get("reason", "missing")
        return Identified(found, row.value, None, reason, row.name, {"code": row.code})
    row = features.get(found.id)
    if row is None:
        return Identified(found, reason="outside")
    return Identified(found, row.value, row.category, row.reason, row.name, row.properties)


def _in_raster(point: shapely.Point, found: LayerEdition) -> Identified:
    value = float(open_raster(found).values_at([point.x], [point.y])[0])
    inside = found.bounds is None or _within_bounds(point, found)
    if math.isfinite(value):
        return Identified(found, value=value)
    return Identified(found, reason="missing" if inside else "outside")


def _within_bounds(point: shapely.Point, found: LayerEdition) -> bool:
    return bool(shape(found.bounds).covers(point))


def _features_at(point: shapely.Point, ids: list[int]) -> dict[int, Any]:
    """Of each edition the feature at a point: the nearest, of those the smallest."""
    spot = stored(point)
    rows = db.session.execute(
        select(
            LayerFeature.edition_id,
            LayerFeature.value,
            LayerFeature.category,
            LayerFeature.reason,
            LayerFeature.name,
            LayerFeature.properties,
        )
        .where(
            LayerFeature.edition_id.in_(ids),
            func.ST_DWithin(LayerFeature.geom, spot, NEAR_METRES),
        )
        .order_by(
            LayerFeature.edition_id,
            func.ST_Distance(LayerFeature.geom, spot),
            func.ST_Area(LayerFeature.geom),
            LayerFeature.id,
        )
        .ext(distinct_on(LayerFeature.edition_id))
    )
    return {row.edition_id: row for row in rows}


def _areas_at(point: shapely.Point, ids: list[int]) -> dict[int, Any]:
    rows = db.session.execute(
        select(
            LayerAreaValue.edition_id,
            LayerAreaValue.value,
            LayerAreaValue.details,
            Area.name,
            Area.code,
        )
        .join(Area, Area.id == LayerAreaValue.area_id)
        .where(
            LayerAreaValue.edition_id.in_(ids),
            LayerAreaValue.definition == "value",
            func.ST_Covers(Area.geom, stored(point)),
        )
        .order_by(LayerAreaValue.edition_id, func.ST_Area(Area.geom))
        .ext(distinct_on(LayerAreaValue.edition_id))
    )
    return {row.edition_id: row for row in rows}


def area_values(edition_id: int, definition: str) -> dict[int, AreaValue]:
    """What an edition says of every area by one definition, by area id."""
    rows = db.session.execute(
        select(
            LayerAreaValue.area_id,
            LayerAreaValue.value,
            LayerAreaValue.no_data_share,
            LayerAreaValue.details,
        ).where(LayerAreaValue.edition_id == edition_id, LayerAreaValue.definition == definition)
    )
    return {row[0]: AreaValue(*row[1:]) for row in rows}


def definitions_of(edition_id: int) -> list[str]:
    """The definitions by which an edition has values per area."""
    rows = select(LayerAreaValue.definition).where(LayerAreaValue.edition_id == edition_id)
    return sorted(db.session.scalars(rows.distinct()))


def definitions_by_edition(edition_id: int | None = None) -> dict[int, list[str]]:
    """By which definitions each complete edition has values per area; or one edition.

    The first areas tell: an edition says the same things of each. Of a category that occurs
    somewhere else all areas have a share.
    """
    first = (
        select(LayerAreaValue.definition)
        .where(LayerAreaValue.edition_id == LayerEdition.id)
        .order_by(LayerAreaValue.area_id)
        .limit(DEFINITIONS_READ)
        .lateral()
    )
    rows = select(LayerEdition.id, LayerEdition.layer_id, first.c.definition)
    rows = rows.join(first, true())
    rows = rows.where(LayerEdition.status == "ready")
    if edition_id is not None:
        rows = rows.where(LayerEdition.id == edition_id)
    found: dict[int, set[str]] = {}
    for key, layer_id, definition in db.session.execute(rows.distinct()):
        layer = known_layer(layer_id)
        if layer is None:
            continue
        is_whole = definition in ("area_share", "length_m")
        kinds = [f"{definition}:{each.key}" for each in layer.categories] if is_whole else []
        found.setdefault(key, set()).update([definition, *kinds])
    return {key: sorted(definitions) for key, definitions in found.items()}


def comparable(layer_id: str, public_only: bool = False) -> list[tuple[LayerEdition, LayerEdition]]:
    """Pairs (older, newer) of neighbouring editions; what was made up only beside the like."""
    found = editions(layer_id, public_only)
    return [
        (older, newer)
        for newer, older in pairwise(found)
        if newer.is_synthetic == older.is_synthetic
    ]


def area_differences(
    older: LayerEdition, newer: LayerEdition, definition: str = "mean"
) -> list[AreaDifference]:
    """The values per area of two editions, by code; areas that neither knows are left out."""
    before, after = area_values(older.id, definition), area_values(newer.id, definition)
    areas = db.session.execute(
        select(Area.id, Area.code, Area.name)
        .where(Area.id.in_({*before, *after}))
        .order_by(Area.code)
    )
    return [
        AreaDifference(
            key,
            code,
            name,
            before[key].value if key in before else None,
            after[key].value if key in after else None,
        )
        for key, code, name in areas
    ]
