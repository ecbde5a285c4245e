"""Each entry of the catalogue through every face: one declaration is all a layer needs."""

import math

import pytest
from shapely import Point
from sqlalchemy import select

from gis.crs import to_lonlat
from layers.catalogue import CATALOGUE
from layers.layer import LANGUAGES
from layers.sources.vector_files import digest
from tests.layers.made_files import (
    CODES,
    PLACE,
    feature_rows,
    good_file,
    raster_values,
    wrong_file,
)
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.map_layers.actions import ImportRefusedError, Options, import_file
from webapp.map_layers.identify import identify
from webapp.map_layers.legend import legend_lines
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature, LayerImport
from webapp.map_layers.queries import area_values, definitions_of, editions, values_at

LAYERS = [layer for layer in CATALOGUE.values() if layer.reader not in ("areas", "picture")]


@pytest.fixture(params=LAYERS, ids=lambda layer: layer.id)
def layer(request):
    return request.param


@pytest.fixture
def path(layer, tmp_path):
    return good_file(layer, tmp_path)


@pytest.fixture
def edition(layer, areas, path):
    return import_file(layer.id, path, Options(edition="2022"))


def tile_of(point: Point, z: int) -> tuple[int, int]:
    place = to_lonlat(point)
    across = (place.x + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(place.y))) / math.pi) / 2
    return int(across * 2**z), int(down * 2**z)


def spot_of(layer) -> Point:
    """A place where the made file says something."""
    if layer.geometry == "vector":
        shape = feature_rows(layer)[1][0]
        return shape.representative_point()
    return Point(PLACE[0] + 30.5, PLACE[1] + 30.5)


def test_layer_goes_through_every_face(layer, edition, client, path):
    told_to_the_importer(layer, edition, path)
    assert [each.id for each in editions(layer.id)] == [edition.id]
    has_tile(layer, edition, client)
    has_legend(layer, edition)
    answers_at_a_place(layer, edition)
    has_figures_per_area(layer, edition)


def told_to_the_importer(layer, edition, path):
    """What an open-data record needs."""
    assert edition.status == "ready"
    assert edition.publisher == layer.source.publisher
    assert (edition.licence, edition.attribution) == (layer.licence, layer.attribution)
    assert edition.sha256 == digest(path)
    assert 0 < edition.rows_loaded <= edition.rows_in
    assert edition.rows_in == edition.rows_loaded + edition.rows_rejected or layer.geometry == (
        "raster"
    )
    if layer.geometry == "raster":
        assert (edition.rows_in, edition.rows_loaded) == (1600, 1599)
        assert edition.crs_declared == "EPSG:28992"
    assert edition.bounds is not None


def has_tile(layer, edition, client):
    z = 15
    x, y = tile_of(spot_of(layer), z)
    kind = "png" if layer.geometry == "raster" else "mvt"
    answer = client.get(f"/tiles/layers/{edition.id}/{z}/{x}/{y}.{kind}")
    expected = 404 if layer.audience == "staff" else 200
    assert answer.status_code == expected
    if expected == 200:
        assert answer.data
        again = client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = "mvt" if kind == "png" else "png"
        assert client.get(f"/tiles/layers/{edition.id}/{z}/{x}/{y}.{other}").status_code == 404


def has_legend(layer, edition):
    for language in LANGUAGES:
        lines = legend_lines(edition, language)
        assert lines
        assert all(line.label and line.colour.startswith("#") for line in lines)
        assert len({line.label for line in lines}) == len(lines), [line.label for line in lines]


def answers_at_a_place(layer, edition):
    spot = spot_of(layer)
    found = values_at(spot, [edition])[0]
    assert found.reason is None
    if layer.geometry == "raster":
        cell = layer.resolution or 10.0
        column = int((spot.x - PLACE[0]) / cell)
        row = 40 - 1 - int((spot.y - PLACE[1]) / cell)
        assert found.value == pytest.approx(float(raster_values(layer)[row, column]))
    elif layer.geometry == "vector":
        rows, _ = feature_rows(layer)
        assert found.properties["naam"] == rows[0]["naam"]
        if layer.categories:
            assert found.category in {each.key for each in layer.categories}
    for language in LANGUAGES:
        told = identify(spot, [edition.id], language)[0]
        assert told["text"]
        assert told["source"] == layer.source.publisher
        assert told["editionLabel"] == "2022"
        assert told["provenanceText"]
        assert told["synthetic"] is False


def has_figures_per_area(layer, edition):
    assert definitions_of(edition.id)
    for definition in definitions_of(edition.id):
        for found in area_values(edition.id, definition).values():
            assert 0 <= found.no_data_share <= 1
            assert found.value is not None or found.details["reason"]
    if layer.geometry == "raster":
        first = db.session.scalars(select(Area.id).filter_by(code=CODES[0])).one()
        values = {
            name: area_values(edition.id, name)[first].value for name in ("min", "mean", "max")
        }
        assert values["min"] <= values["mean"] <= values["max"]


def test_a_wrong_file_is_refused_with_the_reason_and_leaves_nothing(layer, areas, tmp_path, store):
    if layer.id == "own_shapes":
        pytest.skip("any shapes are right")
    path = wrong_file(layer, tmp_path)
    with pytest.raises(ImportRefusedError) as refused:
        import_file(layer.id, path, Options(edition="2022"))
    assert len(str(refused.value)) > 20
    for table in (LayerEdition, LayerFeature, LayerAreaValue):
        assert db.session.scalar(select(table).limit(1)) is None
    assert [path.name for path in store.glob("[0-9]*")] == []
    job = db.session.scalars(select(LayerImport)).one()
    assert (job.state, job.error) == ("failed", str(refused.value))


def test_a_figure_layer_of_cbs_can_be_imported_like_any_other(areas, tmp_path):
    layer = next(layer for layer in CATALOGUE.values() if layer.reader == "areas")
    path = good_file(layer, tmp_path)
    found = import_file(layer.id, path, Options(edition="2024"))
    assert area_values(found.id, "value")
