"""Whatever is sent: a wish by the schema is stored, anything else is named, nothing breaks."""

import copy
import json

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gis.crs import to_lonlat
from tests import factories
from tests.webapp.open_data.program import wish_count
from webapp.languages import LANGUAGES
from webapp.open_data.forms import PARAMETERS
from webapp.open_data.schemas import WISH_SUBMISSION
from webapp.wishes.models import KINDS, THEMES

X, Y = factories.HAARLEM
EASE = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
ACCEPTS = Draft202012Validator(WISH_SUBMISSION).is_valid

places = st.tuples(st.integers(-990, 4990), st.integers(-990, 990))


def lonlat(offsets: list[tuple[int, int]]) -> list[list[float]]:
    points = shapely.MultiPoint([(X + east, Y + north) for east, north in offsets])
    return [[point.x, point.y] for point in to_lonlat(points).geoms]


points = places.map(lambda place: {"type": "Point", "coordinates": lonlat([place])[0]})
lines = st.lists(places, min_size=2, max_size=2, unique=True).map(
    lambda ends: {"type": "LineString", "coordinates": lonlat(ends)}
)
triangles = places.map(
    lambda at: {
        "type": "Polygon",
        "coordinates": [lonlat([at, (at[0] + 9, at[1]), (at[0], at[1] + 9), at])],
    }
)
letters = st.characters(exclude_categories=("Cs", "Cc"))
texts = st.text(letters, min_size=1, max_size=1000).filter(str.strip)
wishes = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "geometry": st.one_of(points, lines, triangles),
        "properties": st.fixed_dictionaries(
            {
                "case": st.just("haarlem"),
                "kind": st.sampled_from(KINDS),
                "theme": st.sampled_from(THEMES),
                "text": texts,
                "language": st.sampled_from(list(LANGUAGES)),
            },
            optional={"zoom": st.integers(16, 24)},
        ),
    }
)
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> dict:
    """A wish with one thing left out, added or put in the place of another."""
    wish = copy.deepcopy(draw(wishes))
    place = wish
    while True:
        name = draw(st.sampled_from(sorted(place)))
        if not isinstance(place[name], dict) or draw(st.booleans()):
            break
        place = place[name]
    change = draw(st.sampled_from(["drop", "replace", "add"]))
    if change == "drop":
        del place[name]
    else:
        place[name if change == "replace" else draw(st.text(min_size=1, max_size=9))] = draw(junk)
    return wish


@settings(max_examples=40, **EASE)
@given(wish=wishes)
def test_a_wish_by_the_schema_is_stored(program, case, wish):
    assert ACCEPTS(wish)
    program.place(wish)


@settings(max_examples=120, **EASE)
@given(wish=mutated())
def test_a_wish_that_was_tampered_with_is_stored_or_named(program, case, wish):
    before = wish_count()
    body = json.dumps(wish).encode()
    answer = program.client.post(
        "/api/v1/wishes",
        data=body,
        headers={"Idempotency-Key": "7f9c24e8-3b2a-4d6f-9c1e-5a8b7d0f4e21"},
        content_type="application/geo+json",
    )
    assert answer.status_code in {201, 400}
    if answer.status_code == 201:
        assert ACCEPTS(wish)
        return
    assert answer.json["errors"]
    assert wish_count() == before


@settings(max_examples=60, **EASE)
@given(body=st.one_of(st.binary(max_size=200), junk.map(lambda value: json.dumps(value).encode())))
def test_any_other_body_is_named(program, case, body):
    assert program.problems(body)


names = st.sampled_from(sorted({parameter.name for every in PARAMETERS.values() for parameter in every}))  # fmt: skip
numbers = st.one_of(st.floats(), st.integers()).map(str)
boxes = st.lists(numbers, min_size=3, max_size=5).map(",".join)


@settings(max_examples=120, **EASE)
@given(
    name=st.sampled_from(sorted(PARAMETERS)),
    asked=st.dictionaries(names, st.one_of(st.text(max_size=30), numbers, boxes), max_size=3),
)
def test_any_question_is_answered_or_refused(program, case, name, asked):
    asked = {key: text.encode("utf-8", "replace").decode() for key, text in asked.items()}
    answer = program.client.get(f"/api/v1/{name}", query_string=asked)
    assert answer.status_code in {200, 400}
    assert answer.headers["API-Version"]
