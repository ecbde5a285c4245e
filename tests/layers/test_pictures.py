"""Picture services against a stand-in: what is checked beforehand, and what is let through."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from layers.sources.http import Host, SourceUnavailable, session
from layers.sources.pictures import Picture, describe_picture, names_in, picture_tile
from tests.layers.stand_in import Answer, StandIn, stand_in
from tests.layers.wms import WMS, capabilities, picture, png

BOUNDS = (515_000.0, 6_855_000.0, 516_000.0, 6_856_000.0)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def host(server: StandIn) -> Host:
    return Host(server.base, session(attempts=1), (0.5, 0.5))


def test_a_layer_takes_over_the_crs_of_the_layer_around_it(server: StandIn, host: Host) -> None:
    server.answer(WMS, capabilities())
    address = f"{server.base}{WMS}?map=/x.map&LAYERS=other&request=GetMap"
    found = describe_picture(address, ("cycling", "paths"), host)
    assert (found.layers, found.version) == (("cycling", "paths"), "1.3.0")
    asked = server.asked[0][1]
    assert (asked["request"], asked["map"]) == (["GetCapabilities"], ["/x.map"])
    assert "LAYERS" not in asked
    assert names_in(address) == ("other",)


def test_without_a_name_there_must_be_one_layer(server: StandIn, host: Host) -> None:
    server.answer(WMS, capabilities(names=("paths",)), capabilities())
    assert describe_picture(server.base + WMS, (), host).layers == ("paths",)
    with pytest.raises(SourceUnavailable, match="It has: paths, cycling"):
        describe_picture(server.base + WMS, (), host)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><WMS_Capabilities version="1.3.0">&a;</WMS_Capabilities>'


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (capabilities(names=("other",)), "no layer paths"),
        (capabilities(crs="EPSG:4326"), "EPSG:3857"),
        (capabilities(form="image/jpeg"), "as PNG"),
        (Answer(b"<html></html>", media_type="text/html"), "not a WMS"),
        (Answer(b"no xml at all"), "describe itself"),
        (Answer(BOMB), "describe itself"),
        (Answer(status=302, headers={"Location": "https://evil.example/"}), "answered 302"),
        (Answer(status=500), "answered 500"),
    ],
)
def test_a_service_that_cannot_be_used_is_refused(
    server: StandIn, host: Host, answer: Answer, why: str
) -> None:
    server.answer(WMS, answer)
    with pytest.raises(SourceUnavailable, match=why):
        describe_picture(server.base + WMS, ("paths",), host)


@pytest.mark.parametrize(("version", "word"), [("1.3.0", "CRS"), ("1.1.1", "SRS")])
def test_a_tile_is_asked_in_web_mercator_and_drawn_anew(
    server: StandIn, host: Host, version: str, word: str
) -> None:
    server.answer(WMS, picture())
    tile = picture_tile(Picture(server.base + WMS, ("a", "b"), version), BOUNDS, host)
    with Image.open(io.BytesIO(tile)) as image:
        assert (image.size, image.mode, image.info) == ((256, 256), "RGBA", {})
        assert image.getpixel((9, 9)) == (0, 90, 30, 128)
    asked = server.asked[0][1]
    assert asked[word] == ["EPSG:3857"]
    assert asked["bbox"] == ["515000.000,6855000.000,516000.000,6856000.000"]
    assert (asked["layers"], asked["width"], asked["transparent"]) == (["a,b"], ["256"], ["TRUE"])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (picture(b"<html>", "text/html"), "text/html"),
        (picture(b"<ServiceException/>", "text/xml"), "text/xml"),
        (picture(b"<html>"), "broken"),
        (picture(png()[:200]), "broken"),
        (picture(png(side=512)), "another size"),
        (picture(bytes(2_000_001)), "more than"),
        (Answer(status=404), "answered 404"),
    ],
)
def test_only_a_whole_png_of_that_size_is_let_through(
    server: StandIn, host: Host, answer: Answer, why: str
) -> None:
    server.answer(WMS, answer)
    with pytest.raises(SourceUnavailable, match=why):
        picture_tile(Picture(server.base + WMS, ("a",), "1.3.0"), BOUNDS, host)
