import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiLineString

from gis.refusal import REASONS, GeometryError
from gis.tracks import MAX_BYTES, MAX_POINTS, parse_gpx

NAMESPACE = "http://www.topografix.com/GPX/1/1"
Place = tuple[object, object]

places = st.tuples(st.floats(3.0, 7.4), st.floats(50.5, 53.8))


def points(tag: str, *found: Place, inside: str = "") -> str:
    return "".join(f'<{tag} lon="{lon}" lat="{lat}">{inside}</{tag}>' for lon, lat in found)


def track(*found: Place, inside: str = "") -> str:
    return (
        f"<trk><name>Ommetje</name><trkseg>{points('trkpt', *found, inside=inside)}</trkseg></trk>"
    )


def gpx(inner: str, head: str = "", namespace: str = NAMESPACE) -> bytes:
    xml = f'{head}<gpx version="1.1" creator="x" xmlns="{namespace}">{inner}</gpx>'
    return xml.encode()


def refusal(content: bytes) -> str:
    with pytest.raises(GeometryError) as caught:
        parse_gpx(content)
    return str(caught.value)


def test_tracks_and_routes_become_lines_as_written_by_hand() -> None:
    route = f"<rte>{points('rtept', (4.5, 52.1), (4.5, 52.2))}</rte>"
    waypoint = '<wpt lat="0" lon="0"><name>thuis</name></wpt>'
    content = gpx(waypoint + track((4.6, 52.3), (4.7, 52.3), (4.7, 52.4)) + route)
    assert parse_gpx(content) == MultiLineString(
        [[(4.6, 52.3), (4.7, 52.3), (4.7, 52.4)], [(4.5, 52.1), (4.5, 52.2)]]
    )


def test_times_and_heights_are_gone_even_when_they_are_nonsense() -> None:
    inside = "<ele>hoog</ele><time>gisteren</time>"
    parsed = parse_gpx(gpx(track((4.6, 52.3), (4.7, 52.3), inside=inside)))
    assert parsed == MultiLineString([[(4.6, 52.3), (4.7, 52.3)]])
    assert not parsed.has_z


@pytest.mark.parametrize("namespace", ["", "http://www.topografix.com/GPX/1/0"])
def test_older_files_are_read_too(namespace: str) -> None:
    assert len(parse_gpx(gpx(track((4.6, 52.3), (4.7, 52.3)), namespace=namespace)).geoms) == 1


def test_a_track_may_cross_itself() -> None:
    eight = [(4.60, 52.36), (4.61, 52.37), (4.61, 52.36), (4.60, 52.37)]
    assert not parse_gpx(gpx(track(*eight))).is_simple


def test_pieces_that_do_not_move_are_left_out() -> None:
    still = track((4.6, 52.3)) + track((4.6, 52.3), (4.6, 52.3))
    assert refusal(gpx(still)) == "degenerate"
    assert len(parse_gpx(gpx(still + track((4.6, 52.3), (4.7, 52.3)))).geoms) == 1


@given(st.lists(places, min_size=2, max_size=20, unique=True))
def test_every_point_comes_through_in_order(found: list[tuple[float, float]]) -> None:
    try:
        coordinates = shapely.get_coordinates(parse_gpx(gpx(track(*found)))).tolist()
    except GeometryError as error:
        coordinates = error.reason
    assert coordinates in ("degenerate", [list(place) for place in found])


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_with_a_reason(content: bytes) -> None:
    assert refusal(content) in REASONS


BOMB = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE gpx [<!ENTITY file SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_gpx"),
        (b"<kml/>", "not_gpx"),
        (b'<?xml version="1.0" encoding="utf-7"?><gpx/>', "not_gpx"),
        (b'<?xml version="1.0" encoding="nonsense"?><gpx/>', "not_gpx"),
        (b"<gpx/>", "empty"),
        (gpx("<trk><trkseg/></trk><rte/>"), "empty"),
        (gpx("<a>" * 50_000 + "</a>" * 50_000), "empty"),
        (gpx("&b;", BOMB), "unsafe_xml"),
        (gpx("&file;", OUTSIDE), "unsafe_xml"),
        (gpx("", '<!DOCTYPE gpx SYSTEM "http://example.org/gpx.dtd">'), "unsafe_xml"),
        (
            gpx(track((4.6, 52.3), (2.35, 48.86))),
            "outside_netherlands at trk[0].trkseg[0].trkpt[1]",
        ),
        (gpx(track(("nan", 52.3))), "not_finite at trk[0].trkseg[0].trkpt[0][0]"),
        (gpx(track((4.6, "1e309"))), "not_finite at trk[0].trkseg[0].trkpt[0][1]"),
        (gpx(track(("west", 52.3))), "coordinates_not_numbers at trk[0].trkseg[0].trkpt[0]"),
        (gpx("<rte><rtept/></rte>"), "coordinates_not_numbers at rte[0].rtept[0]"),
        (b" " * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


def test_more_points_than_allowed_are_refused() -> None:
    assert "too_many_vertices" in refusal(gpx(track(*[(4.6, 52.3)] * (MAX_POINTS + 1))))
