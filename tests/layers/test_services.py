"""Services of features, tables and pictures, against a stand-in that behaves and misbehaves."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import shapely
from shapely import Point, box
from shapely.geometry import mapping

from gis.crs import to_lonlat
from layers.catalogue import CATALOGUE
from layers.readers import (
    FileRefusedError,
    fetch_area_values,
    fetch_features,
)
from layers.sources import services
from layers.sources.http import Host, SourceUnavailable, session
from layers.sources.services import (
    HostRefusedError,
    allowed_host,
    features,
)
from tests.layers.made_files import PLACE
from tests.layers.stand_in import Answer, StandIn, stand_in

X, Y = PLACE
ITEMS = "/bag/ogc/v2/collections/pand/items"
WFS = "/alo/wfs"
TABLE = "/ODataApi/OData/50120NED"
RD_MEMBER = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def host(server: StandIn) -> Host:
    return Host(server.base, session(attempts=2, backoff_seconds=0.01), (0.5, 0.5))


def feature(place: int, shape: Any = None, **properties: Any) -> dict[str, Any]:
    """A building; its shape is in degrees when none is given."""
    square = box(X + 200 * place, Y, X + 200 * place + 100, Y + 100)
    shape = to_lonlat(square) if shape is None else shape
    return {
        "type": "Feature",
        "id": f"pand.{place}",
        "geometry": mapping(shape),
        "properties": {"hoogte": 8.0 + place, **properties},
    }


def page(*found: dict[str, Any], link: str = "", **members: Any) -> Answer:
    links = [{"rel": "next", "href": link}] if link else []
    return Answer({"type": "FeatureCollection", "features": list(found), "links": links, **members})


# Which hosts


@pytest.mark.parametrize(
    "address",
    [
        "http://api.pdok.nl/x",
        "https://api.pdok.nl.evil.example/x",
        "https://evil.example/api.pdok.nl",
        "https://api.pdok.nl:8443/x",
        "https://api.pdok.nl:99999/x",
        "https://[api.pdok.nl/x",
        "https://user:secret@api.pdok.nl/x",
        "file:///etc/passwd",
        "//api.pdok.nl/x",
        "",
    ],
)
def test_only_listed_hosts_over_https_are_asked(address: str) -> None:
    with pytest.raises(HostRefusedError):
        allowed_host(address, ["api.pdok.nl"])
    with pytest.raises(HostRefusedError):
        fetch_features(CATALOGUE["bag_buildings"], address, ["api.pdok.nl"])


def test_every_address_of_the_catalogue_is_usable() -> None:
    addresses = {layer.download for layer in CATALOGUE.values() if layer.download}
    hosts = {urlsplit(address).hostname or "" for address in addresses}
    assert len(addresses) > 10
    for address in addresses:
        assert allowed_host(address, hosts).base.startswith("https://")


# OGC API Features


def test_pages_are_followed_to_the_end(server: StandIn, host: Host) -> None:
    server.answer(
        ITEMS, page(feature(0), feature(1), link=f"{ITEMS}?cursor=2"), page(feature(2), feature(3))
    )
    rows = fetch_features(CATALOGUE["bag_buildings"], server.base + ITEMS, [], host=host)
    found = list(rows)
    assert [row.source_key for row in found] == [f"pand.{place}" for place in range(4)]
    assert [row.value for row in found] == [8.0, 9.0, 10.0, 11.0]
    assert found[0].geometry.hausdorff_distance(box(X, Y, X + 100, Y + 100)) < 0.01
    assert rows.report.rows_loaded == 4
    assert server.asked[0][1]["limit"] == ["1000"]


def test_features_outside_the_box_are_left_out_even_if_the_service_ignores_it(
    server: StandIn, host: Host
) -> None:
    server.answer(ITEMS, page(feature(0), feature(40)))
    bbox = (X - 10, Y - 10, X + 500, Y + 500)
    rows = fetch_features(CATALOGUE["bag_buildings"], server.base + ITEMS, [], bbox=bbox, host=host)
    assert [row.source_key for row in rows] == ["pand.0"]
    west, south, east, north = (float(each) for each in server.asked[0][1]["bbox"][0].split(","))
    assert 4 < west < east < 5
    assert 52 < south < north < 53


@pytest.mark.parametrize("link", ["https://evil.example/items", "//evil.example/items"])
def test_a_next_page_on_another_server_is_not_followed(
    server: StandIn, host: Host, link: str
) -> None:
    server.answer(ITEMS, page(feature(0), link=link))
    with pytest.raises(SourceUnavailable, match="another server"):
        list(features(server.base + ITEMS, host))


def test_pages_without_end_are_stopped(
    server: StandIn, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_PAGES", 3)
    server.answer(ITEMS, page(feature(0), link=f"{ITEMS}?again"))
    with pytest.raises(SourceUnavailable, match="more than 3 pages"):
        list(features(server.base + ITEMS, host))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=302, headers={"Location": "https://evil.example/"}),
        Answer(b"<html>", media_type="text/html"),
        Answer(b"{", media_type="application/json"),
        Answer({"features": "many"}),
        Answer({"features": [1]}),
        Answer({}),
    ],
)
def test_a_service_that_misbehaves_is_told(server: StandIn, host: Host, answer: Answer) -> None:
    server.answer(ITEMS, answer)
    with pytest.raises(SourceUnavailable):
        list(features(server.base + ITEMS, host))


def test_a_shape_that_cannot_be_read_is_counted(server: StandIn, host: Host) -> None:
    broken = feature(1) | {"geometry": {"type": "Polygon", "coordinates": [[1]]}}
    empty = feature(2) | {"geometry": None}
    server.answer(ITEMS, page(feature(0), broken, empty))
    rows = fetch_features(CATALOGUE["bag_buildings"], server.base + ITEMS, [], host=host)
    assert len(list(rows)) == 1
    assert {each.reason: each.count for each in rows.report.rejected} == {
        "unreadable_geometry": 1,
        "no_geometry": 1,
    }


# WFS


def wfs(server: StandIn) -> str:
    return f"{server.base}{WFS}?typeNames=panden"


def rd_feature(place: int) -> dict[str, Any]:
    return feature(place, box(X + 200 * place, Y, X + 200 * place + 100, Y + 100))


def test_a_wfs_is_read_a_thousand_at_a_time(server: StandIn, host: Host) -> None:
    server.answer(
        WFS,
        page(rd_feature(0), rd_feature(1), crs=RD_MEMBER, numberMatched=3),
        page(rd_feature(2), crs=RD_MEMBER, numberMatched=3),
    )
    rows = list(fetch_features(CATALOGUE["bag_buildings"], wfs(server), [], host=host))
    assert [row.geometry.bounds[0] for row in rows] == [X, X + 200, X + 400]
    asked = [query for _, query in server.asked]
    assert [query["startIndex"] for query in asked] == [["0"], ["2"]]
    assert asked[0]["count"] == ["1000"]
    assert asked[0]["srsName"] == ["urn:ogc:def:crs:EPSG::28992"]
    assert not any("cql_filter" in name.lower() for query in asked for name in query)


def test_a_wfs_that_announces_no_number_is_read_until_it_is_empty(
    server: StandIn, host: Host
) -> None:
    server.answer(
        WFS, page(rd_feature(0), crs=RD_MEMBER), page(rd_feature(1), crs=RD_MEMBER), page()
    )
    assert len(list(features(wfs(server), host))) == 2


def test_a_wfs_that_ignores_the_page_is_found_out(server: StandIn, host: Host) -> None:
    server.answer(WFS, page(rd_feature(0), crs=RD_MEMBER))
    with pytest.raises(SourceUnavailable, match="again and again"):
        list(features(wfs(server), host))


def test_latitude_before_longitude_is_put_right(server: StandIn, host: Host) -> None:
    point = to_lonlat(Point(X, Y))
    swapped = Point(point.y, point.x)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
    server.answer(
        WFS,
        page(feature(0, swapped, gebruiksdoel="woonfunctie"), crs=crs, numberMatched=1),
    )
    (row,) = fetch_features(CATALOGUE["bag_dwellings"], wfs(server), [], host=host)
    assert row.geometry.distance(Point(X, Y)) < 0.01
    assert row.category == "woning"


def test_figures_per_area_come_from_a_wfs(server: StandIn, host: Host) -> None:
    area = rd_feature(0) | {"properties": {"buurtcode": "BU03920101", "b_tevr_gr": 61.5}}
    server.answer(WFS, page(area, crs=RD_MEMBER, numberMatched=1))
    layer = CATALOGUE["perception_tevr_gr"]
    (row,) = fetch_area_values(layer, wfs(server), [], host=host)
    assert (row.code, row.values) == ("BU03920101", {"beleving_tevr_gr": 61.5})


# Tables of StatLine


def test_a_table_is_asked_per_municipality(server: StandIn, host: Host) -> None:
    row = {"WijkenEnBuurten": "BU03920101", "Perioden": "2022JJ00", "Eenzaam_27": 49.2}
    empty = Answer({"value": []}, media_type="application/json")
    table = Answer({"value": [row]}, media_type="application/json")
    server.answer(f"{TABLE}/TypedDataSet", empty, empty, table)
    layer = CATALOGUE["health_lonely"]
    found = list(
        fetch_area_values(layer, server.base + TABLE, [], municipalities=["GM0392"], host=host)
    )
    assert [(each.code, each.values) for each in found] == [("BU03920101", {"health_lonely": 49.2})]
    assert [query["$filter"] for _, query in server.asked] == [
        ["startswith(WijkenEnBuurten,'GM0392')"],
        ["startswith(WijkenEnBuurten,'WK0392')"],
        ["startswith(WijkenEnBuurten,'BU0392')"],
    ]


def test_observations_are_followed_page_by_page(server: StandIn, host: Host) -> None:
    path = "/odata/v1/CBS/85900NED"

    def observation(measure: str, value: float) -> dict[str, Any]:
        place = {"WijkenEnBuurten": "GM0392    ", "Perioden": "2022JJ00"}
        return {"Measure": measure, "Value": value, **place}

    first = {"value": [observation("D007966_1", 41.0)], "@odata.nextLink": f"{path}/next"}
    empty = Answer({"value": []}, media_type="application/json")
    server.answer(f"{path}/Observations", Answer(first, media_type="application/json"), empty)
    second = {"value": [observation("D007966_2", 39.0)]}
    server.answer(f"{path}/next", Answer(second, media_type="application/json"))
    layer = CATALOGUE["ses_wealth"]
    (row,) = fetch_area_values(layer, server.base + path, [], municipalities=["GM0392"], host=host)
    assert row.values == {"ses_wealth": 41.0, "ses_income": 39.0}


@pytest.mark.parametrize("codes", [[], ["Haarlem"], ["GM0392' or 1 eq 1"]])
def test_municipalities_are_named_by_code(server: StandIn, host: Host, codes: list[str]) -> None:
    layer = CATALOGUE["health_lonely"]
    with pytest.raises(ValueError, match="by code"):
        fetch_area_values(layer, server.base + TABLE, [], municipalities=codes, host=host)


def test_a_table_without_the_column_is_refused(server: StandIn, host: Host) -> None:
    rows = {"value": [{"WijkenEnBuurten": "BU03920101", "Anders_3": 1.0}]}
    server.answer(f"{TABLE}/TypedDataSet", Answer(rows, media_type="application/json"))
    layer = CATALOGUE["health_lonely"]
    with pytest.raises(FileRefusedError, match="Eenzaam"):
        fetch_area_values(layer, server.base + TABLE, [], municipalities=["GM0392"], host=host)


# Several collections in one layer


def test_several_collections_make_one_layer(server: StandIn, host: Host) -> None:
    collections = "/bgt/ogc/v1/collections"
    server.answer(f"{collections}/begroeidterreindeel/items", page(feature(0), feature(1)))
    server.answer(f"{collections}/wegdeel/items", page(feature(2)))
    address = f"{server.base}{collections}/begroeidterreindeel,wegdeel/items"
    rows = list(fetch_features(CATALOGUE["bgt_cover"], address, [], host=host))
    assert [row.category for row in rows] == ["begroeid", "begroeid", "weg"]


def test_a_multipoint_keeps_its_order() -> None:
    points = shapely.MultiPoint([(4.6, 52.3), (4.7, 52.4)])
    assert services._longitude_first(points).equals(points)
    swapped = shapely.transform(points, lambda pairs: pairs[:, ::-1])
    assert services._longitude_first(swapped).equals(points)
