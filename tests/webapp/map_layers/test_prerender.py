"""Tiles that were cut before are those that would be cut now, and never stand in the way."""

import pytest
import shapely
from sqlalchemy import func, select

from layers.catalogue import CATALOGUE
from tests.layers.made_files import good_file
from webapp.extensions import db
from webapp.geodata import stored
from webapp.map_layers import prerender, tiles
from webapp.map_layers.actions import Options, import_file, remove_edition
from webapp.map_layers.models import LayerFeature

X, Y = 104_000.0, 488_500.0


@pytest.fixture
def trees(areas, tmp_path):
    found = import_file("trees", good_file(CATALOGUE["trees"], tmp_path), Options(edition="2022"))
    for number in range(300):
        spot = shapely.Point(X + 40 * (number % 20), Y + 40 * (number // 20))
        db.session.add(LayerFeature(edition_id=found.id, name=str(number), geom=stored(spot)))
    db.session.flush()
    return found


def places_of(found, zoom):
    side, half = tiles.WORLD_METRES / 2**zoom, tiles.WORLD_METRES / 2
    rows = db.session.execute(
        select(func.ST_X(LayerFeature.geom_web), func.ST_Y(LayerFeature.geom_web)).where(
            LayerFeature.edition_id == found.id,
            func.ST_GeometryType(LayerFeature.geom_web) == "ST_Point",
        )
    ).all()
    return {(zoom, int((x + half) // side), int((half - y) // side)) for x, y in rows}


def test_every_cut_tile_equals_the_one_that_is_cut_when_asked(trees):
    assert prerender.prerender(trees) > 0
    assert prerender.path_of(trees).exists()
    for zoom in (prerender.FIRST_ZOOM, 10, prerender.LAST_ZOOM):
        for place in places_of(trees, zoom):
            content = prerender.feature_tile(trees, *place)
            assert content
            assert content == tiles.feature_tile(trees, *place)


def test_no_query_is_needed_for_a_tile_that_was_cut(trees, monkeypatch):
    prerender.prerender(trees)
    monkeypatch.setattr(tiles, "feature_tile", None)
    assert prerender.feature_tile(trees, *places_of(trees, 12).pop())
    assert prerender.feature_tile(trees, 12, 0, 0) == b""


def test_nearer_by_tiles_are_cut_when_asked(trees):
    prerender.prerender(trees)
    place = places_of(trees, 16).pop()
    assert prerender.feature_tile(trees, *place) == tiles.feature_tile(trees, *place)


def test_a_torn_file_costs_time_but_no_tile(trees):
    prerender.prerender(trees)
    path = prerender.path_of(trees)
    path.write_bytes(path.read_bytes()[:60])
    prerender._opened.cache_clear()
    place = places_of(trees, 12).pop()
    assert prerender.feature_tile(trees, *place) == tiles.feature_tile(trees, *place)


def test_a_cut_that_fails_leaves_nothing(trees, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(tiles, "feature_tile", fail)
    with pytest.raises(RuntimeError):
        prerender.prerender(trees)
    assert list(prerender.path_of(trees).parent.iterdir()) == []


def test_the_file_goes_with_the_edition(trees):
    prerender.prerender(trees)
    path = prerender.path_of(trees)
    remove_edition(trees.id)
    assert not path.exists()
