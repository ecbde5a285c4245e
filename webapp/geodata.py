"""The only bridge between PostGIS and geometry: in from shapely, out as GeoJSON or vector tiles."""

from typing import Any

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, FromClause, Select, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from gis.crs import ETRS89, RD, to_rd
from webapp.extensions import db

TILE_EXTENT = 4096
TILE_BUFFER = 64


def stored(geometry: BaseGeometry) -> WKBElement:
    """A shapely geometry in EPSG:28992 as a column value."""
    return from_shape(geometry, srid=RD)


def stored_from_browser(geometry: BaseGeometry) -> WKBElement:
    """A shapely geometry in longitude/latitude as a column value in EPSG:28992."""
    return stored(to_rd(geometry))


def shape(value: WKBElement) -> BaseGeometry:
    """A column value as a shapely geometry in its stored CRS."""
    return to_shape(value)


def multipolygon(geometry: BaseGeometry) -> shapely.MultiPolygon:
    """Polygons as one multipolygon, for columns that hold nothing else."""
    parts = shapely.get_parts(geometry)
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def lonlat(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    """A stored geometry as longitude/latitude, in SQL."""
    return func.ST_Transform(geom, ETRS89)


def geojson(geom: ColumnElement[Any], digits: int = 7) -> ColumnElement[Any]:
    """A stored geometry as a GeoJSON value (CRS84), made in SQL."""
    # Option 0: PostGIS would add a `crs` member, which GeoJSON does not have.
    return cast(func.ST_AsGeoJSON(lonlat(geom), digits, 0), JSONB)


def feature_collection(rows: Select[Any] | FromClause) -> str:
    """Rows with columns `id`, `geometry` (from `geojson`) and properties, as GeoJSON text."""
    table = rows.subquery("item") if isinstance(rows, Select) else rows
    row = func.to_jsonb(literal_column(table.name))
    feature = func.jsonb_build_object(
        "type",
        "Feature",
        "id",
        table.c.id,
        "geometry",
        table.c.geometry,
        "properties",
        row.op("-")("id").op("-")("geometry"),
    )
    features = func.coalesce(func.jsonb_agg(feature), literal_column("'[]'::jsonb"))
    collection = func.jsonb_build_object("type", "FeatureCollection", "features", features)
    return str(db.session.scalar(select(cast(collection, Text)).select_from(table)))


def bounds_filter(
    geom: ColumnElement[Any], west: float, south: float, east: float, north: float
) -> ColumnElement[bool]:
    """Whether a stored geometry meets a box given in longitude/latitude."""
    box = func.ST_MakeEnvelope(west, south, east, north, ETRS89)
    return func.ST_Intersects(geom, func.ST_Transform(box, RD))


def vector_tile(name: str, rows: Select[Any], z: int, x: int, y: int) -> bytes:
    """One MVT layer of rows that carry `geom_web` (EPSG:3857); other columns become properties."""
    table = rows.subquery("within")
    inside = select(*table.c).where(table.c.geom_web.op("&&")(tile_box(z, x, y)))
    return bytes(db.session.scalar(tile_statement(name, inside, z, x, y)) or b"")


def tile_box(z: Any, x: Any, y: Any, margin: Any = None) -> ColumnElement[Any]:
    """The square of a tile in EPSG:3857, wider by a margin in metres. As a subquery, so that it is
    made once for a statement and not for every row that is compared with it."""
    box = func.ST_TileEnvelope(z, x, y)
    return select(box if margin is None else func.ST_Expand(box, margin)).scalar_subquery()


def tile_statement(name: str, rows: Select[Any], z: Any, x: Any, y: Any) -> Select[Any]:
    """The statement of one MVT layer; numbers or bound parameters say which tile. The rows must
    already be those that lie in it, so that each selection can use the index that suits it."""
    table = rows.subquery("source")
    envelope = tile_box(z, x, y)
    properties = [column for column in table.c if column.name != "geom_web"]
    drawn = func.ST_AsMVTGeom(table.c.geom_web, envelope, TILE_EXTENT, TILE_BUFFER)
    inside = select(*properties, drawn.label("geom")).subquery("tile")
    tile = func.ST_AsMVT(literal_column("tile.*"), name, TILE_EXTENT, "geom")
    return select(tile).select_from(inside)
