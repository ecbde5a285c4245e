"""A planner draws a path on the map and reads what it would change."""

from playwright.sync_api import expect
from sqlalchemy import select

from tests import factories
from tests.browser.checks import assert_accessible, wait_until_ready
from tests.browser.test_interventions import in_rows
from webapp.deals.models import Case
from webapp.extensions import db


def test_what_is_drawn_is_computed(live, page):
    def make():
        case = db.session.scalars(select(Case).filter_by(slug="haarlem")).one()
        scenario = factories.make_scenario(case, "Een nieuw pad")
        factories.make_measure(scenario, side=120)
        return live.cookie_of(factories.make_user("planner", case=case)), scenario.id

    cookie, number = in_rows(live, make)
    planner = page(width=1440)
    planner.context.add_cookies([cookie])
    planner.goto(f"{live.base_url}/nl/planning/scenarios/{number}")
    wait_until_ready(planner)
    planner.get_by_label("Wat wilt u doen?").select_option("path")
    expect(planner.get_by_label("Een lijn")).to_be_checked()
    planner.locator("[data-part=map]").scroll_into_view_if_needed()
    box = planner.locator("[data-part=map]").bounding_box()
    for across in (0.4, 0.6):
        planner.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * 0.4)
    planner.get_by_role("button", name="Opslaan en berekenen").click()
    expect(planner.get_by_role("rowheader", name="Wensen binnen 300 meter")).to_be_visible()
    expect(planner.locator(".measures li")).to_have_count(2)
    wait_until_ready(planner)
    assert_accessible(planner)
