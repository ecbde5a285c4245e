import json

import pytest
import shapely
from sqlalchemy import select

from tests import factories
from webapp import geodata
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.wishes.publication import published_wishes


def test_feature_collection_is_plain_geojson(app):
    area = factories.make_area()
    rows = select(Area.id, geodata.geojson(Area.geom).label("geometry"), Area.code)
    collection = json.loads(geodata.feature_collection(rows))
    (feature,) = collection["features"]
    assert feature["properties"] == {"code": area.code}
    assert set(feature["geometry"]) == {"type", "coordinates"}
    assert feature["geometry"]["coordinates"][0][0][0] == pytest.approx([4.65, 52.36], abs=0.05)


def test_no_rows_are_an_empty_collection(app):
    rows = select(Area.id, geodata.geojson(Area.geom).label("geometry"))
    assert json.loads(geodata.feature_collection(rows))["features"] == []


def test_a_place_comes_back_within_a_millimetre(app):
    given = shapely.Point(*factories.HAARLEM)
    wish = factories.make_wish(geom=geodata.stored(given))
    db.session.refresh(wish)
    assert geodata.shape(wish.geom).distance(given) < 0.001


def test_tile_holds_what_lies_in_it(app):
    factories.make_wish(status="published")
    tile = geodata.vector_tile("wishes", published_wishes().with_only_columns(
        *[c for c in published_wishes().selected_columns if c.name in {"id", "geom_web"}]
    ), 0, 0, 0)  # fmt: skip
    assert b"wishes" in tile
    assert geodata.vector_tile("areas", select(Area.id, Area.geom_web), 12, 0, 0) == b""
