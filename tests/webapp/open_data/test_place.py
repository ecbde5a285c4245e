import io
import json
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from gis.crs import to_lonlat
from tests import factories
from tests.webapp.open_data.program import errors_of, example, wish_count
from webapp.extensions import db, limiter
from webapp.geodata import shape
from webapp.open_data.wish_body import MOST_BYTES
from webapp.wishes.models import Wish
from webapp.wishes.queries import wish_by_code

pytestmark = pytest.mark.usefixtures("case")


def at(kind: str, coordinates: object, **properties: object) -> dict:
    """The example with another geometry."""
    return example(**properties) | {"geometry": {"type": kind, "coordinates": coordinates}}


LON, LAT = 4.6545, 52.3612
LINE = [[LON, LAT], [LON + 0.001, LAT]]
RING = [[LON, LAT], [LON + 0.001, LAT], [LON + 0.001, LAT + 0.001], [LON, LAT]]


def test_the_documented_body_is_stored(program):
    answer = program.place(example())
    wish = db.session.scalars(select(Wish)).one()
    assert answer.json == {"code": answer.json["code"], "status": "submitted"}
    assert wish_by_code(answer.json["code"]) is wish
    assert (wish.case.slug, wish.kind, wish.theme, wish.text) == ("haarlem", "wish", "green", "Meer schaduw")  # fmt: skip
    assert (wish.language, wish.zoom, wish.channel, wish.door) == ("nl", 17, "api", "map")
    point = to_lonlat(shape(wish.geom))
    assert (point.x, point.y) == pytest.approx((LON, LAT), abs=1e-7)


def test_location_is_the_page_where_the_sender_follows_the_wish(app, program):
    answer = program.place(example(language="tr"))
    code = answer.json["code"]
    assert answer.headers["Location"] == f"{app.config['BASE_URL']}/tr/follow/{code}"
    assert "Content-Location" not in answer.headers


@pytest.mark.parametrize(("kind", "coordinates"), [("LineString", LINE), ("Polygon", [RING])])
def test_lines_and_areas_are_stored_at_any_zoom(program, kind, coordinates):
    program.place(at(kind, coordinates, zoom=12))
    assert shape(db.session.scalars(select(Wish.geom)).one()).geom_type == kind


def test_zoom_may_be_left_out(program):
    program.place(example(zoom=None))
    assert db.session.scalars(select(Wish.zoom)).one() is None


def test_plain_json_with_a_character_set_is_fine(program):
    program.place(example(), Content_Type="application/json; charset=utf-8")


def test_the_same_key_and_body_give_the_same_answer(program):
    key = uuid4()
    first = program.place(example(), key=key)
    spaced = json.dumps(example(), indent=3, sort_keys=True).encode()
    again = program.place(spaced, key=f'"{str(key).upper()}"')
    assert (again.json, again.headers["Location"]) == (first.json, first.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert wish_count() == 1


def test_the_same_key_with_another_body_is_refused(program):
    key = uuid4()
    program.place(example(), key=key)
    answer = program.place(example(text="Iets anders"), 400, key=key)
    assert errors_of(answer) == {("Idempotency-Key", "key_used")}
    assert wish_count() == 1


def test_the_key_of_a_wish_from_the_form_gives_no_code(program, case):
    wish = factories.make_wish(case)
    answer = program.place(example(), 400, key=wish.idempotency_key)
    assert errors_of(answer) == {("Idempotency-Key", "key_used")}
    assert "code" not in answer.json


@pytest.mark.parametrize(
    ("key", "reason"),
    [("", "required"), ("1", "not_a_uuid"), (f"{{{uuid4()}}}", "not_a_uuid"), (uuid4().hex, "not_a_uuid")],
)  # fmt: skip
def test_a_key_that_is_missing_or_malformed_is_named(program, key, reason):
    assert program.problems(example(), Idempotency_Key=key) == {("Idempotency-Key", reason)}


PLACE = "geometry.coordinates"
CROSSING = [[LON, LAT], [LON + 0.001, LAT + 0.001], [LON + 0.001, LAT], [LON, LAT + 0.001], [LON, LAT]]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (at("Point", [4.9, 52.37]), ("geometry", "outside_case")),
        (at("Point", [LAT, LON]), (PLACE, "outside_netherlands")),
        (at("Point", [LON, float("nan")]), (f"{PLACE}[1]", "not_finite")),
        (at("Point", [LON, float("-inf")]), (f"{PLACE}[1]", "not_finite")),
        (at("Point", [LON, LAT, 3]), (PLACE, "three_dimensional")),
        (at("Point", []), (PLACE, "empty")),
        (at("Point", [LON]), (PLACE, "coordinates_not_numbers")),
        (at("Point", [str(LON), LAT]), (f"{PLACE}[0]", "coordinates_not_numbers")),
        (at("Point", [True, LAT]), (f"{PLACE}[0]", "coordinates_not_numbers")),
        (at("Point", "here"), (PLACE, "wrong_type")),
        (at("Point", [[LON, LAT]]), (PLACE, "coordinates_not_numbers")),
        (at("LineString", [LINE[0], LINE[0]]), (PLACE, "degenerate")),
        (at("LineString", [LINE]), (f"{PLACE}[0][0]", "nested_too_deep")),
        (at("LineString", LINE * 251), (PLACE, "too_many_vertices")),
        (at("Polygon", [CROSSING]), (PLACE, "self_crossing")),
        (at("Polygon", [RING[:-1]]), (f"{PLACE}[0]", "ring_not_closed")),
        (at("MultiPoint", [[LON, LAT]]), ("geometry.type", "not_one_of")),
        (at("GeometryCollection", []), ("geometry.type", "not_one_of")),
        (example() | {"geometry": None}, ("geometry", "wrong_type")),
        (example() | {"type": "FeatureCollection"}, ("type", "not_one_of")),
        (example() | {"crs": {}}, ("crs", "unknown_property")),
        (example() | {"id": 1}, ("id", "unknown_property")),
        (example(email="a@example.org"), ("properties.email", "unknown_property")),
        (example(status="published"), ("properties.status", "unknown_property")),
        (example(case=None), ("properties.case", "required")),
        (example(case="nowhere"), ("properties.case", "unknown_case")),
        (example(case="haar\u0000lem"), ("properties.case", "unknown_case")),
        (example(case=7), ("properties.case", "wrong_type")),
        (example(kind="complaint"), ("properties.kind", "not_one_of")),
        (example(theme="Green"), ("properties.theme", "not_one_of")),
        (example(language="de"), ("properties.language", "not_one_of")),
        (example(zoom=15), ("properties.zoom", "zoom_too_low")),
        (example(zoom=17.5), ("properties.zoom", "wrong_type")),
        (example(zoom="17"), ("properties.zoom", "wrong_type")),
        (example(zoom=True), ("properties.zoom", "wrong_type")),
        (example(zoom=10**400), ("properties.zoom", "out_of_range")),
        (example(text=""), ("properties.text", "empty")),
        (example(text=" \n\t "), ("properties.text", "empty")),
        (example(text="a" * 1001), ("properties.text", "too_long")),
        (example(text="een\u0000boom"), ("properties.text", "control_character")),
        (example(text="\ud800"), ("properties.text", "not_unicode")),
        (example() | {"\ud800": 1}, ("?", "not_unicode")),
        ([], ("", "wrong_type")),
        (None, ("", "wrong_type")),
        (b"", ("", "empty")),
        (b" \n", ("", "empty")),
        (b"{", ("", "not_json")),
        (b"\xff\xfe{}", ("", "not_json")),
        (b"\xef\xbb\xbf{}", ("", "not_json")),
        (b'{"zoom": ' + b"9" * 5000 + b"}", ("", "not_json")),
        (b"[" * 18 + b"]" * 18, ("", "nested_too_deep")),
        (b"[" * 100_000, ("", "nested_too_deep")),
        (b'{"a":' * 100_000, ("", "nested_too_deep")),
        (json.dumps(example()).replace("17", "1e309").encode(), ("properties.zoom", "not_finite")),
        (json.dumps(example()).replace('"kind"', '"kind": "wish", "kind"').encode(), ("properties.kind", "duplicate_name")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_stored(program, body, expected):
    assert expected in program.problems(body)


def test_everything_that_is_wrong_is_named_at_once(program):
    body = example(case="nowhere", kind="x", theme=None, text="", colour="red")
    body["geometry"]["coordinates"] = [0, 0]
    assert program.problems(body, Idempotency_Key="x") == {
        ("Idempotency-Key", "not_a_uuid"),
        ("geometry.coordinates", "outside_netherlands"),
        ("properties.case", "unknown_case"),
        ("properties.kind", "not_one_of"),
        ("properties.theme", "required"),
        ("properties.text", "empty"),
        ("properties.colour", "unknown_property"),
    }


def test_a_case_without_an_open_round_takes_no_wishes(program):
    closed = factories.make_case(slug="velsen")
    factories.make_round(closed, days_open=-40, days=30)
    assert program.problems(example(case="velsen")) == {("properties.case", "no_open_round")}


def test_an_unknown_query_parameter_is_refused(client, program):
    answer = client.post("/api/v1/wishes?dry=1", json=example())
    assert answer.status_code == 400
    assert ("dry", "unknown_parameter") in errors_of(answer)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])  # fmt: skip
def test_another_content_type_is_refused(program, kind):
    assert program.problems(example(), 415, Content_Type=kind) == set()


def test_a_body_in_another_coordinate_system_is_refused(program):
    rd = "<http://www.opengis.net/def/crs/EPSG/0/28992>"
    assert program.problems(example(), Content_Crs=rd) == {("Content-Crs", "crs_not_supported")}
    program.place(example(), Content_Crs="<http://www.opengis.net/def/crs/OGC/1.3/CRS84>")


class Endless(io.RawIOBase):
    """A body of 100 MB that counts how much of it was taken."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.taken += len(buffer)
        buffer[:] = b" " * len(buffer)
        return len(buffer) if self.taken < 100_000_000 else 0


@pytest.mark.parametrize("told", [True, False])
def test_a_body_of_100_mb_is_refused_without_reading_it(app, told):
    body = Endless()
    builder = EnvironBuilder("/api/v1/wishes", method="POST", content_type="application/json")
    environ = builder.get_environ() | {"wsgi.input": body, "wsgi.input_terminated": True}
    environ |= {"CONTENT_LENGTH": "100000000"} if told else {"HTTP_TRANSFER_ENCODING": "chunked"}
    _, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    assert status.startswith("413")
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["API-Version"] == "1.0.0"
    assert body.taken <= (0 if told else MOST_BYTES + 200_000)
    assert wish_count() == 0


@pytest.fixture
def two_per_hour(app):
    """The limiter at work; the other tests run without it."""
    working = Flask("working")
    working.config |= {"RATELIMIT_ENABLED": True, "RATELIMIT_STORAGE_URI": "memory://"}
    limiter.init_app(working)
    app.config["SUBMISSIONS_PER_HOUR"] = 2
    yield
    limiter.enabled = False
    app.config["SUBMISSIONS_PER_HOUR"] = 60


def test_a_network_has_the_same_allowance_as_with_the_form(two_per_hour, program):
    first = uuid4()
    program.place(example(), key=first)
    program.place(example())
    refused = program.place(example(), 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert program.place(example(), key=first).headers["Idempotency-Replayed"] == "true"
    assert wish_count() == 2


def test_a_form_token_is_not_asked_here_but_is_elsewhere(client, program):
    program.place(example())
    assert client.post("/nl/follow", data={"code": "x"}).status_code == 400
