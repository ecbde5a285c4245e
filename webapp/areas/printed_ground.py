"""The drawn base map for paper: the same features as in its tiles, in EPSG:28992."""

import math

from sqlalchemy import func, select

from gis.crs import RD, Bounds
from layers.print_ground import Ground
from webapp.areas.base_map import LABEL_PIXELS
from webapp.areas.models import BaseFeature
from webapp.extensions import db
from webapp.geodata import shape

MOST_FEATURES = 40_000
METRES_PER_PIXEL = 95_800.0
"""Of web mercator at zoom 0 in the middle of the Netherlands."""
MILLIMETRES_PER_PIXEL = 0.22


def ground_within(bounds: Bounds, scale: int) -> list[Ground]:
    """What the base map shows within bounds (RD) at a scale of 1:`scale`."""
    box = func.ST_MakeEnvelope(*bounds, RD)
    zoom = round(math.log2(METRES_PER_PIXEL / (scale * MILLIMETRES_PER_PIXEL / 1000)))
    rows = db.session.execute(
        select(BaseFeature.kind, BaseFeature.name, BaseFeature.attributes, BaseFeature.geom)
        .where(BaseFeature.geom.op("&&")(box), BaseFeature.min_zoom <= zoom)
        .order_by(BaseFeature.id)
        .limit(MOST_FEATURES)
    ).all()
    ground = [
        Ground(attributes["drawn_as"], shape(geom), name or "", attributes.get("road_class", ""))
        for _, name, attributes, geom in rows
        if "drawn_as" in attributes
    ]
    names = [
        Ground("name", shape(geom), name, size=LABEL_PIXELS[kind])
        for kind, name, _, geom in rows
        if kind in LABEL_PIXELS and name
    ]
    return ground + sorted(names, key=lambda each: -each.size)
