import json

import pytest
import shapely

from tests import factories
from tests.webapp.open_data.program import errors_of
from webapp.extensions import db
from webapp.geodata import stored

X, Y = factories.HAARLEM


def ids(answer) -> list[int]:
    assert answer.mimetype == "application/geo+json"
    return [feature["id"] for feature in answer.json["features"]]


def test_cases_have_outline_deal_and_open_round(program, case):
    (found,) = program.get("/cases").json["features"]
    assert (found["id"], found["properties"]["deal"]) == ("haarlem", case.deal.slug)
    assert found["geometry"]["type"] == "Polygon"
    assert found["properties"]["openRound"]["title"] == factories.words("Round")
    assert found["properties"]["openRound"]["opensAt"].endswith("Z")
    assert found["properties"]["isDemo"] is False
    assert program.get("/cases/haarlem").json["properties"] == found["properties"]


def test_a_case_without_an_open_round_says_so(program):
    factories.make_round(factories.make_case(slug="velsen"), days_open=-40, days=30)
    assert program.get("/cases/velsen").json["properties"]["openRound"] is None


@pytest.mark.parametrize("path", ["/cases/nowhere", "/cases/%00", "/cases/%F0%9F%8C%B3", "/wishes/999999", "/wishes/99999999999999999999999", "/areas/9999", "/interventions/9999", "/wishes/x", "/", "", "/cases/", "/nothing"])  # fmt: skip
def test_what_is_not_there_is_a_problem_with_a_version(program, path):
    program.get(path, 404)


def test_only_moderated_wishes_are_given(program, case):
    shown = factories.make_wish(case, status="published")
    for status in ("submitted", "private", "refused"):
        hidden = factories.make_wish(case, status=status)
        program.get(f"/wishes/{hidden.id}", 404)
    assert ids(program.get("/wishes")) == [shown.id]
    properties = program.get(f"/wishes/{shown.id}").json["properties"]
    assert set(properties) == {
        *("case", "kind", "theme", "text", "language", "precision", "areaCode", "areaName"),
        *("placeWords", "submittedMonth", "answer", "isDemo"),
    }
    assert (properties["case"], properties["answer"]) == ("haarlem", "waiting")


def test_a_wish_is_no_more_precise_than_it_may_be(program, case):
    wish = factories.make_wish(case, status="published", precision="100m", at=(X + 13, Y + 8))
    found = program.get(f"/wishes/{wish.id}?crs=EPSG:28992").json
    assert found["geometry"] == {"type": "Point", "coordinates": [X + 50, Y + 50]}


def test_no_box_tells_more_than_the_map(program, case):
    wish = factories.make_wish(case, status="published", precision="100m", at=(X + 13, Y + 8))
    given = "4.64897,52.35965,4.64901,52.35967"  # around the given place, not the shown one
    assert ids(program.get(f"/wishes?bbox={given}")) == []
    assert ids(program.get("/wishes?bbox=4.64,52.35,4.66,52.37")) == [wish.id]


def test_unsafe_places_only_show_among_five(program, case):
    area = factories.make_area()
    for number in range(1, 6):
        assert ids(program.get("/wishes?kind=unsafe")) == []
        factories.make_wish(case, kind="unsafe", status="published", area_id=area.id)
        assert number <= 5
    assert len(ids(program.get("/wishes?kind=unsafe"))) == 5


def test_wishes_are_filtered_by_case_theme_and_kind(program, case):
    one = factories.make_wish(case, status="published", theme="green", kind="chance")
    factories.make_wish(case, status="published", theme="air_noise", kind="chance")
    factories.make_wish(factories.make_case(), status="published", theme="green", kind="chance")
    assert ids(program.get("/wishes?case=haarlem&theme=green&kind=chance")) == [one.id]


def test_only_published_interventions_are_given(program, case):
    from datetime import UTC, datetime

    line = factories.make_programme_line(case.deal)
    party = factories.make_party(case.deal)
    values = {"published_at": datetime.now(UTC), "responsible_party": party}
    shown = factories.make_intervention(case, programme_lines=[line], phase="planned", **values)
    hidden = factories.make_intervention(case)
    assert ids(program.get("/interventions")) == [shown.id]
    assert ids(program.get("/interventions?phase=idea")) == []
    assert ids(program.get("/interventions?case=haarlem&phase=planned")) == [shown.id]
    program.get(f"/interventions/{hidden.id}", 404)
    properties = program.get(f"/interventions/{shown.id}").json["properties"]
    assert properties["programmeLines"] == ["PL1"]
    assert properties["responsibleParty"] == party.name
    wish = factories.make_wish(case, status="published")
    factories.link(shown, wish)
    assert program.get(f"/wishes/{wish.id}").json["properties"]["answer"] == "answers"


def test_areas_are_filtered_and_say_when_they_are_sketched(program):
    factories.make_area(code="BU03920101", year=2023)
    drawn = factories.make_area(code="BU03920101", is_schematic=True)
    district = factories.make_area("district", code="WK045301", municipality_code="GM0453")
    assert ids(program.get("/areas?level=neighbourhood&year=2024")) == [drawn.id]
    assert ids(program.get("/areas?municipality=GM0453")) == [district.id]
    properties = program.get(f"/areas/{drawn.id}").json["properties"]
    assert (properties["isSchematic"], properties["attribution"]) == (True, "CBS, Kadaster")


def test_an_area_without_an_outline_has_no_geometry(program):
    area = factories.make_area()
    area.geom = None
    db.session.flush()
    assert program.get(f"/areas/{area.id}").json["geometry"] is None


def test_pages_follow_each_other_without_gap_or_double(program, case):
    wishes = [factories.make_wish(case, status="published").id for _ in range(5)]
    found, address = [], "/wishes?limit=2&case=haarlem"
    for _ in range(3):
        answer = program.get(address)
        found += ids(answer)
        following = [link["href"] for link in answer.json["links"] if link["rel"] == "next"]
        if following:
            assert f'<{following[0]}>; rel="next"' in ", ".join(answer.headers.getlist("Link"))
            address = following[0].partition("/api/v1")[2]
    assert found == wishes
    assert not following


def test_a_full_last_page_has_no_next(program, case):
    factories.make_wish(case, status="published")
    assert [link["rel"] for link in program.get("/wishes?limit=1").json["links"]] == ["self"]


def test_one_item_links_to_its_page_for_people(app, program, case):
    wish = factories.make_wish(case, status="published")
    links = program.get(f"/wishes/{wish.id}").json["links"]
    page = f"{app.config['BASE_URL']}/nl/chain/wishes/{wish.id}"
    assert {"rel": "alternate", "href": page, "type": "text/html"} in links


@pytest.mark.parametrize("crs", ["EPSG:28992", "http://www.opengis.net/def/crs/EPSG/0/28992"])
def test_rd_is_given_when_asked(program, case, crs):
    factories.make_wish(case, status="published")
    answer = program.get("/wishes", query_string={"crs": crs})
    assert answer.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/EPSG/0/28992>"
    assert answer.json["features"][0]["geometry"]["coordinates"] == [X, Y]


def test_crs84_is_what_you_get(program, case):
    factories.make_wish(case, status="published")
    answer = program.get("/wishes")
    assert answer.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    lon, lat = answer.json["features"][0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((4.6487979, 52.3595881), abs=1e-7)
    assert "crs" not in answer.text


@pytest.mark.parametrize("bbox", ["-180,-90,180,90", "3,50.5,7.4,53.8", "4,52,5,53"])
def test_a_large_box_holds_everything(program, case, bbox):
    wish = factories.make_wish(case, status="published")
    assert ids(program.get(f"/wishes?bbox={bbox}")) == [wish.id]
    assert ids(program.get(f"/cases?bbox={bbox}")) == ["haarlem"]


@pytest.mark.parametrize("bbox", ["100,10,110,20", "5,52,6,53"])
def test_a_box_elsewhere_holds_nothing(program, case, bbox):
    factories.make_wish(case, status="published")
    assert ids(program.get(f"/wishes?bbox={bbox}")) == []
    assert ids(program.get(f"/cases?bbox={bbox}")) == []


def test_a_wide_box_cuts_along_its_parallel(program, case):
    """A side of five degrees, drawn straight in RD, would pass two kilometres beside this point."""
    wish = factories.make_wish(case, status="published", at=(155_000.0, 463_000.0))
    assert ids(program.get("/wishes?bbox=3.1,52.1550,7.3,52.1554")) == [wish.id]


BOX = [
    *("1,2,3", "1,2,3,4,5", "", ",,,", "a,b,c,d", "5.9,51.9,nan,52", "inf,0,1,1", "0x1,2,3,4"),
    *("4,52,1e309,53", "-1e309,52,5,53", "5,52,4,53", "4,53,5,52", "4,52,4,53", "4,52,5,91"),
    *("١,٢,٣,٤", "1_0,2,3_0,4", "4;52;5;53", "4,52,5,53' OR 1=1--", "\x00"),
]


@pytest.mark.parametrize("bbox", BOX)
@pytest.mark.parametrize("name", ["wishes", "areas", "cases", "interventions"])
def test_a_box_that_is_none_is_refused(program, name, bbox):
    answer = program.get(f"/{name}", 400, query_string={"bbox": bbox})
    assert {path for path, _ in errors_of(answer)} == {"bbox"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/wishes?limit=0", ("limit", "out_of_range")),
        ("/wishes?limit=1001", ("limit", "out_of_range")),
        ("/wishes?limit=ten", ("limit", "not_a_number")),
        ("/wishes?limit=-1", ("limit", "not_a_number")),
        ("/wishes?limit=%D9%A1", ("limit", "not_a_number")),
        ("/wishes?cursor=99999999999", ("cursor", "not_a_number")),
        ("/wishes?cursor=9999999999", ("cursor", "out_of_range")),
        ("/wishes?case=nowhere", ("case", "unknown_case")),
        ("/wishes?case=%00", ("case", "unknown_case")),
        ("/wishes?theme=Green", ("theme", "not_one_of")),
        ("/wishes?kind=", ("kind", "not_one_of")),
        ("/wishes?kind=wish&kind=chance", ("kind", "duplicate_name")),
        ("/wishes?crs=EPSG:4326", ("crs", "crs_not_supported")),
        ("/wishes?status=submitted", ("status", "unknown_parameter")),
        ("/wishes?%00=1", ("\x00", "unknown_parameter")),
        ("/areas?level=wijk", ("level", "not_one_of")),
        ("/areas?year=1900", ("year", "out_of_range")),
        ("/areas?municipality=392", ("municipality", "not_a_code")),
        ("/interventions?phase=dream", ("phase", "not_one_of")),
        ("/cases/haarlem?limit=1", ("limit", "unknown_parameter")),
    ],
)
def test_a_question_that_is_wrong_is_named(program, case, path, expected):
    assert errors_of(program.get(path, 400)) == {expected}


def test_everything_wrong_in_a_question_is_named_at_once(program):
    answer = program.get("/wishes?limit=0&bbox=1&nothing=1", 400)
    assert {path for path, _ in errors_of(answer)} == {"limit", "bbox", "nothing"}


def test_a_hostile_text_comes_out_as_it_went_in(program, case):
    text = '</script><img src=x onerror=alert(1)>"\'\\ \u2028 =cmd|"/c calc"'
    factories.make_wish(case, status="published", text=text)
    answer = program.get("/wishes")
    assert answer.json["features"][0]["properties"]["text"] == text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_lines_and_areas_are_given_whole(program, case):
    line = stored(shapely.LineString([(X, Y), (X + 100, Y)]))
    wish = factories.make_wish(case, status="published", geom=line)
    geometry = program.get(f"/wishes/{wish.id}?crs=EPSG:28992").json["geometry"]
    assert json.dumps(geometry["coordinates"]) == json.dumps([[X, Y], [X + 100, Y]]).replace(
        ".0", ""
    )
