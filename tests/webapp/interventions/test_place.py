import pytest
from flask_babel import force_locale

from gis.refusal import REASONS, GeometryError
from tests import factories
from webapp.interventions.forms import refusal
from webapp.interventions.place import as_text, read_drawn, read_file

POINT = '{"type":"Point","coordinates":[4.6545,52.3612]}'
GPX = (
    '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="t">'
    '<trk><trkseg><trkpt lat="52.36" lon="4.65"/><trkpt lat="52.37" lon="4.66"/></trkseg></trk></gpx>'
)


def test_a_drawn_point_is_read():
    assert read_drawn(POINT).geometry.geom_type == "Point"


def test_a_gpx_file_becomes_a_line():
    assert read_file(GPX.encode()).geometry.geom_type == "MultiLineString"


def test_a_geojson_file_may_be_a_collection_and_names_what_it_leaves_out():
    text = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        + POINT
        + '},{"type":"Feature","properties":{},"geometry":null}]}'
    )
    found = read_file(text.encode())
    assert found.geometry.geom_type == "Point"
    assert [remark.path for remark in found.left_out] == ["features[1].geometry"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg/>",
        b"\xff\xfe",
        b"{",
        b'{"type":"Point","coordinates":[NaN,1]}',
        b"[]",
        b"PK\x03",
    ],
)
def test_rubbish_is_refused_with_a_reason(content):
    with pytest.raises(GeometryError):
        read_file(content)


def test_every_reason_has_words_in_every_language(app):
    for language in factories.LANGUAGES:
        with app.test_request_context("/"), force_locale(language):
            for reason in REASONS:
                assert "interventions." not in refusal(reason, "coordinates[0]")


def test_no_geometry_is_an_empty_field():
    assert as_text(None) == ""
