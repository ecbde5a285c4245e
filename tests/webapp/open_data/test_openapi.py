import json
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from tests import factories
from tests.webapp.open_data.program import example
from webapp.open_data.openapi import EXAMPLE_CODE, WHAT
from webapp.wishes.receipts import read_code

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(program):
    return program.get("/openapi.json").json


def conforms(document, name: str, value: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


def test_the_document_is_valid_and_needs_nothing_else(document):
    validate(document)
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))
    assert references
    assert all(reference.startswith("#/") for reference in references)
    assert document["info"]["contact"]["url"]


def test_a_contact_address_is_told_when_there_is_one(app, program):
    app.config["CONTACT_EMAIL"] = "vraag@example.org"
    try:
        document = program.get("/openapi.json").json
        assert document["info"]["contact"]["email"] == "vraag@example.org"
    finally:
        app.config["CONTACT_EMAIL"] = ""


def test_every_route_is_described_and_every_description_has_a_route(app, document):
    routes = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            path = re.sub(r"<[^>]+>", "{id}", rule.rule.removeprefix("/api/v1"))
            routes |= {(path, method.lower()) for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert routes == {(path, method) for path, method, _ in operations(document)}
    assert len(routes) == 10


def test_names_follow_the_api_design_rules(document):
    for path, _, operation in operations(document):
        assert not path.endswith("/")
        assert re.fullmatch(r"(/([a-z]+(-[a-z]+)*|openapi\.json|\{id\}))+", path), path
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "query":
                assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", parameter["name"])


def test_every_operation_tells_its_errors(document):
    for path, method, operation in operations(document):
        wanted = set() if path == "/openapi.json" else {"400", "503"}
        assert wanted <= set(operation["responses"]), (path, method)
        assert operation["summary"]
    assert {"400", "413", "415", "429", "503"} <= set(
        document["paths"]["/wishes"]["post"]["responses"]
    )


def test_the_examples_are_true(document, case, program):
    post = document["paths"]["/wishes"]["post"]
    body = post["requestBody"]["content"]["application/geo+json"]
    conforms(document, "wishSubmission", body["examples"]["wish"]["value"])
    answer = program.place(body["examples"]["wish"]["value"])
    conforms(document, "placedWish", answer.json)
    conforms(document, "placedWish", {"code": EXAMPLE_CODE, "status": "submitted"})
    assert read_code(EXAMPLE_CODE) == EXAMPLE_CODE
    for response in document["components"]["responses"].values():
        (media,) = response["content"].values()
        conforms(document, "problem", media["examples"]["one"]["value"])


def make_world():
    from datetime import UTC, datetime

    case = factories.make_case(slug="haarlem")
    factories.make_round(case)
    area = factories.make_area()
    line = factories.make_programme_line(case.deal)
    values = {"published_at": datetime.now(UTC), "programme_lines": [line]}
    intervention = factories.make_intervention(case, **values)
    wishes = [factories.make_wish(case, status="published", area_id=area.id) for _ in range(2)]
    factories.link(intervention, wishes[0])
    return {"cases": "haarlem", "areas": area.id, "interventions": intervention.id, "wishes": wishes[0].id}  # fmt: skip


def test_answers_are_as_described(document, program):
    for name, key in make_world().items():
        singular = WHAT[name][0]
        page = program.get(f"/{name}?limit=1")
        assert len(page.json["features"]) == 1
        conforms(document, f"{singular}Page", page.json)
        item = program.get(f"/{name}/{key}")
        conforms(document, singular, item.json)
        for answer in (page, item):
            told = document["paths"][f"/{name}"]["get"]["responses"]["200"]["headers"]
            assert set(told) <= set(answer.headers.keys())


VALUES = {
    "bbox": "4.6,52.3,4.7,52.4",
    "limit": "7",
    "cursor": "0",
    "crs": "EPSG:28992",
    "case": "haarlem",
    "theme": "green",
    "kind": "wish",
    "phase": "idea",
    "level": "neighbourhood",
    "year": "2024",
    "municipality": "GM0392",
}


def test_every_declared_parameter_is_taken_and_every_declared_word_too(document, program):
    world = make_world()
    asked = set()
    for path, method, operation in operations(document):
        if method != "get" or path == "/openapi.json":
            continue
        name = path.split("/")[1]
        address = path.replace("{id}", str(world[name]))
        for parameter in operation["parameters"]:
            if parameter["in"] != "query":
                continue
            words = parameter["schema"].get("enum") or [VALUES[parameter["name"]]]
            for word in words:
                program.get(address, query_string={parameter["name"]: word})
                asked.add((name, parameter["name"]))
    assert len(asked) > 20


def test_problems_are_as_described(document, program, case):
    answers = [
        program.get("/wishes?limit=0&x=1", 400),
        program.get("/nothing", 404),
        program.place(example(kind="x"), 400),
        program.place(example(), 415, Content_Type="text/plain"),
    ]
    for answer in answers:
        conforms(document, "problem", answer.json)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("ar", "ar"),
        ("uk-UA,uk;q=0.9,en;q=0.8", "uk"),
        ("de, pl;q=0.5", "pl"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "nl"),
        (None, "nl"),
        ("\x7f;;q=x", "nl"),
    ],
)
def test_problems_speak_the_language_that_was_asked(program, wanted, language):
    headers = {} if wanted is None else {"Accept-Language": wanted}
    sentences = {
        "nl": "Deze parameter kennen wij hier niet.",
        "en": "We do not know this parameter here.",
        "pl": "Nie znamy tutaj tego parametru.",
        "uk": "Тут ми не знаємо такого параметра.",
        "ar": "لا نعرف هذه المَعلمة هنا.",
    }
    answer = program.get("/wishes?x=1", 400, headers=headers)
    assert answer.json["errors"][0]["detail"] == sentences[language]
    assert answer.headers["Content-Language"] == language


def test_the_language_of_a_page_does_not_cross_over(client, program):
    client.set_cookie("language", "pl")
    assert program.get("/nothing", 404).headers["Content-Language"] == "nl"


def test_a_method_that_is_not_there_is_a_problem_that_names_those_that_are(client):
    answer = client.delete("/api/v1/wishes")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.headers["API-Version"] == "1.0.0"


def test_a_page_elsewhere_may_ask_before_it_posts(client):
    answer = client.options("/api/v1/wishes", headers={"Origin": "https://example.org"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_https_is_kept_once_it_is_used(client):
    answer = client.get("/api/v1/cases", base_url="https://localhost")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_pages_for_people_are_left_alone(client):
    answer = client.get("/nl/")
    assert "API-Version" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_every_reason_has_a_sentence(app):
    from flask_babel import gettext

    from gis.geojson import REASONS
    from webapp.open_data.wish_body import _REASONS

    never = {"heights_dropped", "mixed_kinds", "not_gpx", "outside_bounds", "too_large", "too_many_parts", "unknown_type", "unsafe_xml", "wrong_kind"}  # fmt: skip
    for reason in {*REASONS, *_REASONS.values()} - never:
        key = f"open_data.problem.{reason}"
        assert gettext(key) != key
