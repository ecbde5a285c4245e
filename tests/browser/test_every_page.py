"""Every page of the site as the demo shows it: no barrier, nothing too wide, nothing forbidden.

The pages come from the URL map itself, so a new page is visited without being named here; only
one with a parameter that nobody knows yet has to be told which row to show.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.routing import Rule

from tests import factories
from tests.browser.checks import HEIGHTS, assert_fits, axe_findings, wait_until_ready, watch
from tests.browser.site import LiveSite, running_site
from webapp.accounts.models import User
from webapp.budgets.models import Booking
from webapp.deals.models import BudgetLine, Case, Deal, ProgrammeLine, Round
from webapp.demo import load_demo
from webapp.extensions import db
from webapp.figures.actions import compute
from webapp.figures.kinds import BY_KEY
from webapp.interventions.models import Intervention
from webapp.map_layers.models import LayerEdition
from webapp.permissions import PUBLIC, declared
from webapp.planning.scenario_actions import compute_again
from webapp.wishes.drafts import STEPS, begin_draft, draft_of_wish
from webapp.wishes.models import Wish
from webapp.wishes.receipts import code_for, code_hash

NOT_PAGES = {
    "analyses.priority_csv": "a file",
    "areas.search": "JSON for the field with an address",
    "budgets.ledger_csv": "a file",
    "chain.map_json": "GeoJSON for the map",
    "figures.progress": "JSON for the bar of figures that are computed",
    "figures.result_csv": "a file",
    "map_layers.progress": "JSON for the bar of an import",
    "map_layers.values": "JSON for a place on the map",
    "pages.map_json": "GeoJSON for the map",
    "planning.download": "a file",
    "planning.download_everything": "a file",
    "planning.download_public_map": "a file",
    "planning.print_pdf": "a file",
    "planning.scenario_csv": "a file",
    "security.logout": "ends the visit",
    "security.static": "files of the extension",
    "security.tf_select": "leads on: there is one kind of second factor",
    "wishes.draft_photo": "a picture",
}
WISH_STATES = ("published", "submitted", "private", "merged", "referred", "refused")
PUBLIC_STATES = ("published", "merged", "referred", "refused")
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def demo_site(application: Flask) -> Iterator[LiveSite]:
    """The demo as a newcomer gets it."""
    with running_site(application, "every_page", load_demo, DEMO=True) as site:
        yield site


@pytest.fixture(scope="module")
def rows(demo_site: LiveSite) -> Rows:
    """The rows that fill in an address, by its parameters, or by the endpoint and those."""
    with demo_site.rows():
        return {
            "": [{}],
            "deal_slug": [{"deal_slug": slug} for slug in db.session.scalars(select(Deal.slug))],
            "case_slug": [{"case_slug": "haarlem"}],
            "intervention_id": _ids(
                Intervention, "intervention_id", [Intervention.phase == "done"]
            ),
            "booking_id": _ids(Booking, "booking_id", [Booking.reverses_id.is_(None)]),
            "round_id": _ids(
                Round,
                "round_id",
                [Round.closes_at < datetime.now(UTC), Round.closes_at > datetime.now(UTC)],
            ),
            "edition_id": _ids(
                LayerEdition,
                "edition_id",
                [LayerEdition.layer_id == name for name in ("pet", "bag_dwellings")],
            ),
            "user_id": _ids(User, "user_id", [User.email == "planner@demo.example"]),
            "saved_view_id": [{"saved_view_id": _saved_view()}],
            **_scenario(),
            "figure": _figures("heat-1", "access-1-network-residents", "green-2"),
            "wish_id": _ids(Wish, "wish_id", [Wish.status == status for status in WISH_STATES]),
            "chain.wish wish_id": _ids(
                Wish, "wish_id", [Wish.status == status for status in PUBLIC_STATES]
            ),
            "chain.budget_line line_id": _ids(BudgetLine, "line_id", [BudgetLine.id > 0]),
            "chain.programme_line line_id": _ids(ProgrammeLine, "line_id", [ProgrammeLine.id > 0]),
            **_forms(),
        }


def _ids(table: Any, parameter: str, conditions: list[Any]) -> list[dict[str, Any]]:
    """The first row that meets each condition."""
    found = [db.session.scalars(select(table.id).where(each)).first() for each in conditions]
    assert None not in found, f"the demo has no row for each {parameter}"
    return [{parameter: each} for each in found]


def _saved_view() -> int:
    case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
    return int(factories.make_saved_view(case).id)


def _figures(*names: str) -> list[dict[str, Any]]:
    """Figures with values, and one that lacks its layers."""
    compute([BY_KEY[name] for name in names], "district", None)
    return [{"figure": name} for name in names]


def _scenario() -> Rows:
    """A scenario with a park that was drawn, and what it would change."""
    case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
    scenario = factories.make_scenario(case)
    measure = factories.make_measure(scenario)
    db.session.commit()
    compute_again(scenario.id)
    return {
        "scenario_id": [{"scenario_id": scenario.id}],
        "measure_id scenario_id": [{"scenario_id": scenario.id, "measure_id": measure.id}],
    }


def _forms() -> Rows:
    """Forms halfway, through each door, and the receipt of one that was sent."""
    case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
    key = uuid4()
    sent = factories.make_wish(case, idempotency_key=key, code_hash=code_hash(code_for(key)))
    full = draft_of_wish(sent)
    doors = [begin_draft(case.id, door) for door in ("map", "address", "neighbourhood")]
    places = [{"key": draft.key, "step": "place"} for draft in doors]
    return {
        "code": [{"code": code_for(key)}],
        "key step": [{"key": full.key, "step": step} for step in STEPS] + places,
    }


def pages_for(
    site: LiveSite, rows: Rows, language: str, *, is_public: bool
) -> dict[str, list[str]]:
    """Each endpoint that answers GET with a page, with the addresses to visit."""
    found = {}
    for rule in site.app.url_map.iter_rules():
        is_page = "lang" in rule.arguments and "GET" in rule.methods
        if not is_page or rule.endpoint in NOT_PAGES:
            continue
        if is_public and declared(site.app, rule.endpoint) != PUBLIC:
            continue
        found[rule.endpoint] = _addresses(rule, site, rows, language)
    return found


def _addresses(rule: Rule, site: LiveSite, rows: Rows, language: str) -> list[str]:
    names = " ".join(sorted(rule.arguments - {"lang"}))
    precise = f"{rule.endpoint} {names}"
    values = rows[precise] if precise in rows else rows[names]
    adapter = site.app.url_map.bind("site")
    return [adapter.build(rule.endpoint, {"lang": language, **each}) for each in values]


def findings(page: Page, address: str) -> list[str]:
    """What is wrong with the page at an address, at both widths."""
    page.set_viewport_size({"width": 1440, "height": HEIGHTS[1440]})
    answer = page.goto(address)
    assert answer
    wait_until_ready(page)
    wrong = [] if answer.status < 400 else [f"answers {answer.status}"]
    wrong += [] if page.locator("h1").count() == 1 else ["has not exactly one h1"]
    wrong += [] if page.title().partition("·")[0].strip() else ["has no title"]
    for width in HEIGHTS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        wrong += [f"at {width} px: {finding}" for finding in axe_findings(page)]
        try:
            assert_fits(page)
        except AssertionError as error:
            wrong.append(str(error))
    return [f"{address} {finding}" for finding in wrong]


def walk(browser: Browser, site: LiveSite, found: dict[str, list[str]], cookie: Any) -> None:
    """Visit everything in one browser context and fail with all that is wrong."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    if cookie:
        context.add_cookies([cookie])
    page, breaches, wrong = context.new_page(), [], []
    watch(page, breaches)
    for addresses in found.values():
        for address in addresses:
            before = len(breaches)
            wrong += findings(page, site.base_url + address)
            wrong += [f"{address} {breach}" for breach in breaches[before:]]
    context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_no_page_of_a_visitor_has_a_barrier(browser, demo_site, rows, language):
    found = pages_for(demo_site, rows, language, is_public=True)
    assert len(found) >= 15
    walk(browser, demo_site, found, None)


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_no_page_of_the_staff_has_a_barrier(browser, demo_site, rows, language):
    found = pages_for(demo_site, rows, language, is_public=False)
    public = pages_for(demo_site, rows, language, is_public=True)
    staff = {endpoint: found[endpoint] for endpoint in found.keys() - public.keys()}
    assert len(staff) >= 30
    with demo_site.rows():
        admin = db.session.scalars(select(User).filter_by(email="admin@demo.example")).one()
        cookie = demo_site.cookie_of(admin)
    walk(browser, demo_site, staff, cookie)
