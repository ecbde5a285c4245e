"""A plain wish goes past Flask: with the same answer, rules and allowance, or not at all."""

import copy
import json
from inspect import iscoroutinefunction
from unittest.mock import patch
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.open_data.program import errors_of, example, wish_count
from webapp.errors import Unavailable
from webapp.events import Event
from webapp.extensions import db, limiter
from webapp.open_data import quick_place, wish_body
from webapp.open_data.quick_place import NotPlain, QuickPlace, is_plain, read_plainly
from webapp.wishes.models import Wish

THE_LONG_WAY = {"Authorization": "of nobody"}


@pytest.fixture
def flask_asked(application, monkeypatch):
    """How often Flask itself was asked."""
    times: list[str] = []
    ordinary = type(application).full_dispatch_request

    def counted(self):
        times.append("asked")
        return ordinary(self)

    monkeypatch.setattr(type(application), "full_dispatch_request", counted)
    return times


@pytest.mark.usefixtures("case")
def test_a_plain_wish_does_not_reach_flask_and_leaves_its_event(flask_asked, program):
    program.place(example())
    assert not flask_asked
    wish = db.session.query(Wish).one()
    event = db.session.query(Event).filter_by(subject="wish", subject_id=wish.id).one()
    assert (event.action, event.actor_id) == ("placed", None)
    assert event.details == {"channel": "api", "door": "map", "kind": "wish"}


@pytest.mark.usefixtures("case")
def test_the_answer_and_the_row_are_those_of_the_long_way(flask_asked, program):
    body = example(text="Bel 06-12345678\r\nbij de brug")
    short = program.place(body)
    assert not flask_asked
    long = program.place(body, **THE_LONG_WAY)
    assert flask_asked
    assert short.status == long.status
    # Flask looked for a session; a 201 that may not be kept does not vary with anything.
    assert set(short.headers.keys()) == set(long.headers.keys()) - {"Vary"}
    differ = {name for name, value in short.headers.items() if long.headers[name] != value}
    assert differ == {"Location"}
    assert len(short.data) == len(long.data)
    first, second = db.session.query(Wish).order_by(Wish.id).all()
    own = {"id", "idempotency_key", "code_hash", "submitted_at"}
    for column in set(Wish.__table__.columns.keys()) - own:
        ours, theirs = getattr(first, column), getattr(second, column)
        assert str(ours) == str(theirs), column


@pytest.mark.usefixtures("case")
def test_a_key_that_came_before_is_answered_the_same_by_either_way(program):
    key = uuid4()
    first = program.place(example(), key=key, **THE_LONG_WAY)
    again = program.place(example(), key=key)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert wish_count() == 1


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Expect": "100-continue"}, "a word first"),
        ({"Authorization": "Bearer x"}, "a token"),
        ({"Content_Crs": "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"}, "a system"),
    ],
)
def test_whoever_asks_for_more_goes_the_long_way(flask_asked, program, headers, name):
    program.place(example(), **headers)
    assert flask_asked, name


@pytest.mark.usefixtures("case")
def test_a_session_goes_the_long_way(client, flask_asked, program):
    client.set_cookie("session", "of-nobody")
    program.place(example())
    assert flask_asked


@pytest.mark.usefixtures("case")
def test_what_the_database_refuses_is_told_by_flask(program):
    with patch.object(quick_place, "look", side_effect=Unavailable):
        program.place(example())
    assert wish_count() == 1


@pytest.mark.usefixtures("case")
def test_a_key_that_is_taken_meanwhile_is_not_placed_twice(program):
    key = uuid4()
    ordinary = quick_place.write_wish

    def too_late(submission, key, looked):
        ordinary(submission, key, looked)
        return ordinary(submission, key, looked)

    with patch.object(quick_place, "write_wish", too_late):
        answer = program.place(example(), key=key)
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert wish_count() == 1


@pytest.mark.usefixtures("case")
def test_both_ways_spend_the_same_allowance(app, program):
    working = Flask("working")
    working.config |= {"RATELIMIT_ENABLED": True, "RATELIMIT_STORAGE_URI": "memory://"}
    limiter.init_app(working)
    app.config["SUBMISSIONS_PER_HOUR"] = 2
    try:
        program.place(example())
        program.place(example(), **THE_LONG_WAY)
        program.place(example(), 429)
        program.place(example(), 429, **THE_LONG_WAY)
        assert wish_count() == 2
    finally:
        limiter.enabled = False
        app.config["SUBMISSIONS_PER_HOUR"] = 60


@pytest.mark.usefixtures("case")
def test_a_problem_costs_the_short_way_nothing(flask_asked, program):
    body = example() | {"geometry": {"type": "Point", "coordinates": [4.9, 52.37]}}
    assert errors_of(program.place(body, 400)) == {("geometry", "outside_case")}
    assert flask_asked


def test_only_a_route_for_everyone_can_be_answered_in_front(application):
    class Closed:
        wsgi_app = None
        view_functions = {quick_place.ENDPOINT: lambda: None}  # noqa: RUF012

    with pytest.raises(RuntimeError):
        QuickPlace(Closed(), "/api/v1/wishes", {})


def test_no_request_waits_for_an_event_loop(application):
    hooks = [*application.teardown_appcontext_funcs]
    for table in (application.before_request_funcs, application.after_request_funcs, application.teardown_request_funcs):  # fmt: skip
        hooks += [each for found in table.values() for each in found]
    assert hooks
    assert not [each for each in hooks if iscoroutinefunction(each)]


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 30),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["Point", "wish", "green", "nl", "haarlem", "a" * 81, "\n", "\x00", "a-b\n", "x" * 1001, "\ud800"]),
    st.lists(st.floats(0, 60), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip
PLACES = [("type",), ("geometry",), ("geometry", "type"), ("geometry", "coordinates"), ("geometry", "x"), ("properties",), ("properties", "case"), ("properties", "kind"), ("properties", "theme"), ("properties", "text"), ("properties", "language"), ("properties", "zoom"), ("properties", "x"), ("x",)]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), max_size=2), st.booleans())
def test_what_is_plain_the_schema_takes_too(changes, written_in_ascii):
    document = copy.deepcopy(example())
    for path, value in changes:
        holder = document
        for name in path[:-1]:
            holder = holder[name] if isinstance(holder, dict) else {}
        if isinstance(holder, dict):
            holder[path[-1]] = value
    try:
        body = json.dumps(document, ensure_ascii=written_in_ascii).encode()
        read = read_plainly(body)
    except (NotPlain, UnicodeEncodeError):
        return
    if is_plain(read):
        same, problems = wish_body._document(body)
        assert (same, problems) == (read, [])


def test_the_example_is_plain():
    assert is_plain(example())
    assert is_plain(example(zoom=None))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a": 1, "a": 1}', b'{"a": NaN}', b'{"a": -Infinity}', b"\xff", b"[" * 100_000],
)
def test_what_is_no_plain_json_is_left_to_the_strict_reader(body):
    with pytest.raises(NotPlain):
        read_plainly(body)
