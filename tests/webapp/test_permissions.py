"""Every route × role × method, decided by `permissions.py` and walked here.

The walk fails on a route whose address has a part it doesn't know, so a new route can't hide.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import uuid4

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule

from tests import factories
from webapp.extensions import db
from webapp.permissions import PUBLIC, ROLES, SIGNED_IN, declared

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFUSED = {401, 403}


@dataclass
class World:
    """One deal with everything in it, and users of each role there and in another deal."""

    values: dict[str, Any]
    insiders: dict[str, Any]
    outsiders: dict[str, Any]


def make_world() -> World:
    deal = factories.make_deal()
    line = factories.make_programme_line(deal)
    budget_line = factories.make_budget_line(deal, [line])
    case = factories.make_case(deal)
    collection = factories.make_round(case)
    area = factories.make_area()
    wish = factories.make_wish(case, status="published", area_id=area.id)
    intervention = factories.make_intervention(case)
    factories.link(intervention, wish)
    booking = factories.make_booking(budget_line, case=case, intervention=intervention)
    message = factories.make_message(wish)
    saved = factories.make_saved_view(case)
    scenario = factories.make_scenario(case)
    elsewhere = factories.make_case(factories.make_deal())
    insiders = {role: factories.make_user(role, deal=deal) for role in ROLES if role != "admin"}
    insiders["admin"] = factories.make_user("admin")
    outsiders = {
        role: factories.make_user(role, case=elsewhere) for role in ROLES if role != "admin"
    }
    values = {
        "lang": "nl",
        "deal_slug": deal.slug,
        "case_slug": case.slug,
        "round_id": collection.id,
        "wish_id": wish.id,
        "intervention_id": intervention.id,
        "line_id": budget_line.id,
        "programme_line_id": line.id,
        "booking_id": booking.id,
        "message_id": message.id,
        "user_id": insiders["planner"].id,
        "grant_id": insiders["planner"].grants[0].id,
        "area_id": area.id,
        "edition_id": factories.make_layer_edition().id,
        "import_id": factories.make_layer_import().id,
        "work_id": factories.make_figure_work().id,
        "figure": "heat-1",
        "saved_view_id": saved.id,
        "scenario_id": scenario.id,
        "measure_id": factories.make_measure(scenario).id,
        "code": "0000-0000-0000-0000-0000",
        "key": uuid4(),
        "name": uuid4(),
        "step": "place",
        "z": 14,
        "x": 8402,
        "y": 5384,
        "level": "neighbourhood",
        "year": 2024,
        "filename": "css/base.css",
        "table": "wishes",
        "file_format": "csv",
        "token": "no-such-token",
        "dataset_id": "areas",
        "feature_id": "1",
        "part": "schema",
    }
    return World(values, insiders, outsiders)


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """The address of a rule for the world's things; an unknown part is an error of this test."""
    known = {**values, **(rule.defaults or {})}
    if rule.endpoint == "chain.programme_line":
        known["line_id"] = values["programme_line_id"]
    missing = rule.arguments - set(known)
    assert not missing, f"{rule.rule}: tell the walk what {missing} may be"
    with app.test_request_context():
        return app.url_for(
            rule.endpoint, _external=False, **{name: known[name] for name in rule.arguments}
        )


def ask(app: Flask, user: Any, method: str, path: str) -> int:
    client = app.test_client()
    with client.session_transaction() as session:
        session["csrf_token"] = "walk"
        if user is not None:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
    app.extensions["sign_in_attempts"].storage.reset()
    # What one request changes must not decide the next: a route may even sign the user out.
    before = db.sessionmaker.kw["bind"].begin_nested()
    response = client.open(path, method=method, headers={"X-CSRFToken": form_token(app)})
    response.close()
    before.rollback()
    if response.status_code == 302 and "/account/login?next" in response.headers["Location"]:
        return 401
    return response.status_code


def form_token(app: Flask) -> str:
    """A good form token: the walk asks who may, not whether a form is fresh."""
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("walk"))


def rules(app: Flask) -> list[Rule]:
    found = list(app.url_map.iter_rules())
    assert len(found) > 40, "the walk must have something to walk"
    return found


def test_every_route_says_who_may_use_it(app):
    known = {PUBLIC, SIGNED_IN}.union(*ROLES.values())
    for rule in rules(app):
        assert declared(app, rule.endpoint) in known, rule


def test_every_action_is_used_by_a_route(app):
    used = {declared(app, rule.endpoint) for rule in rules(app)}
    unused = set().union(*ROLES.values()) - used
    assert not unused, f"in the table but on no route: {unused}"


def test_nobody_gets_further_than_the_table_says(app):
    world = make_world()
    spoken_for = {(rule.rule, method) for rule in rules(app) for method in rule.methods}
    for rule, method in product(rules(app), METHODS):
        if method not in rule.methods and (rule.rule, method) in spoken_for:
            continue  # another route at the same address
        needs = declared(app, rule.endpoint)
        path = address(app, rule, world.values)
        for role, user in {None: None, **world.insiders}.items():
            status = ask(app, user, method, path)
            told = f"{method} {rule.rule} as {role}: {status}"
            assert status < 500, told
            if method not in rule.methods:
                assert status in {404, 405}, told
            elif method == "OPTIONS":
                continue
            elif needs == PUBLIC or (needs == SIGNED_IN and role):
                assert status not in REFUSED or rule.endpoint.startswith("security."), told
            elif role is None:
                assert status == 401, told
            else:
                assert (status in REFUSED) == (needs not in ROLES[role]), told


def test_a_role_elsewhere_opens_nothing_here(app):
    world = make_world()
    scoped = {"case_slug", "deal_slug", "wish_id", "intervention_id", "booking_id", "round_id", "line_id", "message_id", "saved_view_id", "scenario_id"}  # fmt: skip
    for rule in rules(app):
        needs = declared(app, rule.endpoint)
        if needs in {PUBLIC, SIGNED_IN} or not rule.arguments & scoped:
            continue
        for method, (role, user) in product(rule.methods - {"OPTIONS"}, world.outsiders.items()):
            status = ask(app, user, method, address(app, rule, world.values))
            assert status in {403, 404}, f"{method} {rule.rule} as {role} elsewhere: {status}"
