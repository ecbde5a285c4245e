"""The PDOK adapters against a stand-in that behaves, and misbehaves, as the service can."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from shapely.geometry import mapping

from gis.crs import to_lonlat
from layers.sources.http import Host, SourceUnavailable, session
from layers.sources.pdok import API_HOST, SERVICE_HOST, PdokAreas, PdokTiles, search, suggest
from tests.layers.area_files import square
from tests.layers.stand_in import Answer, StandIn, stand_in

ITEMS = "/cbs/wijken-en-buurten-2024/ogc/v1/collections/wijken/items"
FREE = "/bzk/locatieserver/search/v3_1/free"
TILE = "/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/3/4/2.png"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def host(server: StandIn) -> Iterator[Host]:
    made = Host(server.base, session(attempts=3, backoff_seconds=0.01), (0.5, 0.3))
    yield made
    made.session.close()


def feature(code: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": mapping(to_lonlat(square())),
        "properties": {"wijkcode": code, "wijknaam": "Stad", "aantal_inwoners": 5} | properties,
    }


def page(*features: dict[str, Any], following: str | None = None) -> Answer:
    links = [{"rel": "self", "href": "x"}]
    if following:
        links.append({"rel": "next", "href": following})
    body = {"type": "FeatureCollection", "features": list(features), "links": links}
    return Answer(body | {"numberMatched": 3})


def test_the_pages_are_followed_to_the_end(server: StandIn, host: Host) -> None:
    first = page(feature("WK039201"), feature("WK039202"), following=f"{ITEMS}?cursor=2&f=json")
    server.answer(ITEMS, first, page(feature("WK039203", aantal_inwoners=-99997)))
    told: list[tuple[int, int | None]] = []
    areas = PdokAreas(2024, bbox=(4.5, 52.2, 4.8, 52.5), host=host)
    pages = list(areas.pages("wijken", lambda read, total: told.append((read, total))))
    assert [[row.code for row in rows] for rows in pages] == [
        ["WK039201", "WK039202"],
        ["WK039203"],
    ]
    assert told == [(2, 3), (3, 3)]
    assert server.asked[0][1] == {
        "f": ["json"],
        "limit": ["1000"],
        "bbox": ["4.500000,52.200000,4.800000,52.500000"],
    }
    assert server.asked[1][1] == {"cursor": ["2"], "f": ["json"]}
    last = pages[1][0]
    assert (last.year, last.missing) == (2024, {"aantal_inwoners": "secret"})
    assert last.geometry is not None
    assert last.geometry.hausdorff_distance(square()) < 0.001
    assert areas.report.rows_loaded == 3


def test_other_municipalities_are_left_out(server: StandIn, host: Host) -> None:
    server.answer(ITEMS, page(feature("WK039201"), feature("WK045301"), feature("WK039401")))
    areas = PdokAreas(2024, municipalities=["GM0392", "GM0394"], host=host)
    (rows,) = areas.pages("wijken")
    assert [row.code for row in rows] == ["WK039201", "WK039401"]
    assert areas.report.rows_in == 2


def test_a_broken_feature_is_refused_and_the_rest_is_read(server: StandIn, host: Host) -> None:
    broken = feature("WK039202") | {"geometry": {"type": "Polygon", "coordinates": [["x"]]}}
    odd = feature("WK039203") | {"geometry": {"type": "Heptagon"}}
    server.answer(ITEMS, page(feature("WK039201"), broken, odd, feature("WK039201")))
    areas = PdokAreas(2024, host=host)
    (rows,) = areas.pages("wijken")
    assert [row.code for row in rows] == ["WK039201"]
    reasons = [each.reason for each in areas.report.rejected]
    assert reasons == ["unreadable_geometry", "unreadable_geometry", "duplicate"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_tried_again(server: StandIn, host: Host, status: int) -> None:
    server.answer(ITEMS, Answer(status=status), page(feature("WK039201")))
    assert len(list(PdokAreas(2024, host=host).pages("wijken"))) == 1
    assert len(server.asked) == 2


def test_a_lasting_failure_is_told(server: StandIn, host: Host) -> None:
    server.answer(ITEMS, Answer(status=500))
    with pytest.raises(SourceUnavailable, match="answered 500"):
        list(PdokAreas(2024, host=host).pages("wijken"))
    assert len(server.asked) == 3


def test_a_next_link_to_another_host_is_not_followed(server: StandIn, host: Host) -> None:
    server.answer(ITEMS, page(feature("WK039201"), following="http://169.254.169.254/items"))
    pages = PdokAreas(2024, host=host).pages("wijken")
    assert len(next(pages)) == 1
    with pytest.raises(
        SourceUnavailable, match=re.escape("another server (http://169.254.169.254)")
    ):
        next(pages)


def test_a_redirect_is_not_followed(server: StandIn, host: Host) -> None:
    server.answer(ITEMS, Answer(status=302, headers={"Location": "http://169.254.169.254/"}))
    with pytest.raises(SourceUnavailable, match="answered 302"):
        list(PdokAreas(2024, host=host).pages("wijken"))


def test_pages_without_end_are_ended(
    server: StandIn, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.sources.pdok.MAX_PAGES", 3)
    server.answer(ITEMS, page(following=ITEMS))
    with pytest.raises(SourceUnavailable, match="more than 3 pages"):
        list(PdokAreas(2024, host=host).pages("wijken"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"<html>", media_type="text/html"), "sent text/html, not JSON"),
        (Answer(b"{", media_type="application/json"), "JSON that is broken"),
        (Answer(b"[]", media_type="application/json"), "JSON of another shape"),
        (Answer({"features": "none"}), "not with GeoJSON features"),
        (Answer({"features": [1]}), "not with GeoJSON features"),
        (Answer(b"{}", wait=0.6), "did not answer in time|could not be reached"),
    ],
)
def test_an_odd_answer_is_told_plainly(
    server: StandIn, host: Host, answer: Answer, words: str
) -> None:
    server.answer(ITEMS, answer)
    with pytest.raises(SourceUnavailable, match=words):
        list(PdokAreas(2024, host=host).pages("wijken"))


def test_a_server_that_is_away_is_told(server: StandIn) -> None:
    away = Host("http://127.0.0.1:9", session(attempts=1), (0.2, 0.2))
    with pytest.raises(SourceUnavailable, match="could not be reached"):
        search("Grote Markt", ["Haarlem"], host=away)
    away.session.close()


def test_an_address_is_found_within_the_municipalities(server: StandIn, host: Host) -> None:
    docs = [
        {"type": "adres", "weergavenaam": "Markt 2", "centroide_ll": "POINT(4.636 52.381)"},
        {"type": "weg", "weergavenaam": "Zonder plek"},
        "not a place",
    ]
    server.answer(FREE, Answer({"response": {"numFound": 3, "docs": docs}}))
    (hit,) = search("markt 2", ["Haarlem", 'Vel"sen\\'], host=host)
    assert (hit.kind, hit.label, hit.lon, hit.lat) == ("adres", "Markt 2", 4.636, 52.381)
    ((_, asked),) = server.asked
    assert asked["fq"] == ['gemeentenaam:("Haarlem" OR "Velsen")']
    # Any other parameter makes the service refuse the request.
    assert set(asked) <= {"q", "fq", "fl", "rows", "start", "lat", "lon", "id"}


def test_suggestions_come_from_their_own_address(server: StandIn, host: Host) -> None:
    server.answer("/bzk/locatieserver/search/v3_1/suggest", Answer({"response": {"docs": []}}))
    assert suggest("mar", [], host=host) == []
    assert "fq" not in server.asked[0][1]


def test_an_unknown_answer_of_the_search_is_told(server: StandIn, host: Host) -> None:
    server.answer(FREE, Answer({"error": "no"}))
    with pytest.raises(SourceUnavailable, match="shape we do not know"):
        search("markt", ["Haarlem"], host=host)


def test_a_tile_is_fetched(server: StandIn, host: Host) -> None:
    server.answer(TILE, Answer(PNG, media_type="image/png"))
    assert PdokTiles(host).tile("grijs", 3, 4, 2) == PNG


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"<html>", media_type="text/html"), "sent text/html, not a PNG"),
        (Answer(b"<html>", media_type="image/png"), "not a PNG"),
        (Answer(PNG + b"0" * 1_000_001, media_type="image/png"), "more than 1000000 bytes"),
        (Answer(status=404), "answered 404"),
    ],
)
def test_what_is_no_tile_is_refused(
    server: StandIn, host: Host, answer: Answer, words: str
) -> None:
    server.answer(TILE, answer)
    with pytest.raises(SourceUnavailable, match=words):
        PdokTiles(host).tile("grijs", 3, 4, 2)


@pytest.mark.parametrize(
    ("layer", "z", "x", "y"),
    [("../../x", 3, 4, 2), ("grijs", 3, 8, 2), ("grijs", 20, 0, 0), ("grijs", 3, 4, -1)],
)
def test_only_tiles_that_exist_are_asked_for(
    server: StandIn, host: Host, layer: str, z: int, x: int, y: int
) -> None:
    with pytest.raises(ValueError, match="no such"):
        PdokTiles(host).tile(layer, z, x, y)  # type: ignore[arg-type]
    assert server.asked == []


def test_the_hosts_are_fixed() -> None:
    assert (API_HOST, SERVICE_HOST) == ("https://api.pdok.nl", "https://service.pdok.nl")
    for elsewhere in ("http://api.pdok.nl/x", "https://api.pdok.nl:8443/x", "//evil.example/x"):
        with pytest.raises(SourceUnavailable, match="another server"):
            Host(API_HOST).address(elsewhere)
