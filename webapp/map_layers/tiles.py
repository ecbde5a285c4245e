"""Tiles of editions: pictures of rasters, vector tiles of shapes; each known by its contents."""

import hashlib
from typing import Any

from sqlalchemy import Select, case, func, literal, select

from layers.raster_palette import palette_for
from webapp.areas.models import Area
from webapp.errors import NotFound
from webapp.geodata import vector_tile
from webapp.map_layers.legend import classes_of_edition
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature
from webapp.map_layers.queries import open_raster

LAYER_NAME = "layer"
MOST_FEATURES = 2000
"""Of one tile; more is neither legible nor quick. `of` tells how many there are."""
DEEPEST_ZOOM = 22
MARGIN_SHARE = 0.05
WORLD_METRES = 40_075_017
UNITS_PER_TILE = 2048
"""What is finer than this part of a tile cannot be seen, and is left out of outlines."""
FULL_DETAIL_ZOOM = 16


def check_place(z: int, x: int, y: int) -> None:
    """Raise `NotFound` for a tile that does not exist."""
    if z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound


def version_of(found: LayerEdition) -> str:
    """What changes when an edition's tiles do: its file, or how it is coloured."""
    layer = found.layer
    looks = (layer.colours, layer.categories, layer.official_classes, found.statistics)
    text = f"{found.id} {found.sha256} {looks}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def raster_tile(found: LayerEdition, z: int, x: int, y: int) -> bytes | None:
    """A picture in the colours of the legend, None where there is nothing to see. Raises `NotFound`
    for an edition without cells."""
    raster = open_raster(found)
    return raster.tile(z, x, y, palette_for(found.layer, classes_of_edition(found)))


def feature_tile(found: LayerEdition, z: int, x: int, y: int) -> bytes:
    """Shapes with `id`, `name`, `value`, `category`, `reason` and `of`. Raises `NotFound` for a
    raster or a picture."""
    if found.kind in ("raster", "picture"):
        raise NotFound
    rows = _areas(found) if found.kind == "area_figure" else _features(found, z, x, y)
    return vector_tile(LAYER_NAME, rows, z, x, y)


def _areas(found: LayerEdition) -> Select[Any]:
    """All of them: a hole in a map of areas is a lie."""
    return (
        select(
            Area.id,
            Area.name,
            LayerAreaValue.value,
            literal(None).label("category"),
            case(
                (
                    LayerAreaValue.value.is_(None),
                    func.coalesce(LayerAreaValue.details["reason"].astext, "missing"),
                )
            ).label("reason"),
            Area.geom_web,
        )
        .join(LayerAreaValue, LayerAreaValue.area_id == Area.id)
        .where(
            LayerAreaValue.edition_id == found.id,
            LayerAreaValue.definition == "value",
            Area.geom_web.is_not(None),
        )
    )


def _features(found: LayerEdition, z: int, x: int, y: int) -> Select[Any]:
    """At most so many, spread evenly over the tile: the order is by a digest of the number."""
    width = WORLD_METRES / 2**z
    box = func.ST_Expand(func.ST_TileEnvelope(z, x, y), width * MARGIN_SHARE)
    within = (
        select(LayerFeature, func.count().over().label("of"))
        .where(LayerFeature.edition_id == found.id, LayerFeature.geom_web.op("&&")(box))
        .order_by(func.hashint4(LayerFeature.id), LayerFeature.id)
        .limit(MOST_FEATURES)
        .subquery("within")
    )
    geom = within.c.geom_web
    if z < FULL_DETAIL_ZOOM:
        geom = func.ST_Simplify(geom, width / UNITS_PER_TILE, True)
    return select(
        within.c.id,
        within.c.name,
        within.c.value,
        within.c.category,
        within.c.reason,
        within.c.of,
        geom.label("geom_web"),
    )
