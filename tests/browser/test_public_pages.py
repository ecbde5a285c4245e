"""The public pages in a browser: no barrier in two directions and two widths, and the map."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from tests import factories
from tests.browser.checks import assert_accessible, assert_fits, wait_until_ready
from webapp.deals.models import Case
from webapp.extensions import db

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def paths(live):
    """Every public page of a case with a closed chain and with gaps."""
    # Playwright keeps a loop running in this thread; the app's context wants one without.
    with ThreadPoolExecutor() as elsewhere:
        return elsewhere.submit(make_rows, live).result()


def make_rows(live) -> dict[str, str]:
    with live.rows():
        case = db.session.scalar(select(Case).filter_by(slug="haarlem"))
        line, budget = case.deal.programme_lines[0], case.deal.budget_lines[0]
        factories.make_round(
            case, -200, 60, outcome=factories.words("Wij planten bomen langs de straat")
        )
        wishes = [
            factories.make_wish(case, text=text, status="published", theme=theme, kind=kind)
            for text, theme, kind in (
                ("Meer schaduw bij de speelplaats, want in de zomer is het er veel te heet.", "green", "too_hot"),
                ("Een bankje bij de halte", "facilities_layout", "wish"),
                ("أريد مكانًا للجلوس مع الجيران", "active_social", "chance"),
            )
        ]  # fmt: skip
        plan = factories.make_intervention(
            case,
            title=factories.words("Twaalf bomen langs de speelplaats"),
            summary=factories.words("Wij planten twaalf bomen die snel schaduw geven."),
            published_at=NOW,
            phase="planned",
            programme_lines=[line],
            planned_start=datetime(2027, 3, 1, tzinfo=UTC).date(),
            planned_end=datetime(2027, 5, 1, tzinfo=UTC).date(),
        )
        factories.link(plan, wishes[0])
        factories.make_booking(budget, case=case, intervention=plan, amount_cents=85_000_00)
        factories.make_booking(
            budget, case=case, intervention=plan, amount_cents=85_000_00, funder="regional_public"
        )
        factories.make_booking(budget, amount_cents=12_345_67)
        refused = factories.make_wish(case, status="refused", reason="other_owner", decided_at=NOW)
        return {
            "start": "",
            "deal": "deals/mra-west",
            "case": "cases/haarlem",
            "wish": f"chain/wishes/{wishes[0].id}",
            "waiting": f"chain/wishes/{wishes[1].id}",
            "refused": f"chain/wishes/{refused.id}",
            "intervention": f"chain/interventions/{plan.id}",
            "budget_line": f"chain/budget-lines/{budget.id}",
            "programme_line": f"chain/programme-lines/{line.id}",
            "accessibility": "accessibility",
            "privacy": "privacy",
            "not_found": "no-such-page",
        }


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_a_page_that_is_not_there_has_no_barriers(live, page, language):
    visitor = page(width=390)
    visitor.goto(f"{live.base_url}/{language}/no-such-page")
    wait_until_ready(visitor)
    assert_accessible(visitor)


@pytest.mark.parametrize("language", ["nl", "ar", "uk"])
def test_no_public_page_scrolls_sideways_at_320_pixels(live, page, paths, language):
    visitor = page(width=320)
    for path in paths.values():
        visitor.goto(f"{live.base_url}/{language}/{path}")
        assert_fits(visitor)


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_the_map_opens_when_asked_and_leads_to_the_chain(live, page, paths, language):
    visitor = page(width=390)
    visitor.goto(f"{live.base_url}/{language}/{paths['case']}")
    wait_until_ready(visitor)
    visitor.locator(".case-map button").click()
    visitor.wait_for_selector(".map-frame[data-map=shown] .leaflet-interactive")
    assert_accessible(visitor)
    visitor.locator(".leaflet-interactive").last.dispatch_event("click")
    link = visitor.locator(".leaflet-popup a")
    assert urlsplit(link.get_attribute("href")).path.startswith(f"/{language}/chain/")


def test_the_map_loads_itself_on_a_wide_screen_when_it_comes_into_view(live, page, paths):
    visitor = page(width=1440)
    visitor.goto(f"{live.base_url}/nl/{paths['case']}")
    wait_until_ready(visitor)
    assert visitor.locator(".map-frame[data-map]").count() == 0
    visitor.locator(".case-map").scroll_into_view_if_needed()
    visitor.wait_for_selector(".map-frame[data-map=shown]")
    assert_accessible(visitor)


def test_a_map_that_cannot_be_loaded_says_where_the_same_stands(live, page, paths):
    visitor = page(width=390)
    visitor.route("**/map.json*", lambda route: route.abort())
    visitor.goto(f"{live.base_url}/nl/{paths['case']}")
    wait_until_ready(visitor)
    visitor.locator(".case-map button").click()
    visitor.get_by_text("De lijst op deze pagina heeft dezelfde gegevens.").wait_for()
    assert visitor.locator(".case-map button").is_visible()


def test_everything_reads_without_javascript(live, page, paths):
    visitor = page(width=390, javascript=False)
    visitor.goto(f"{live.base_url}/nl/{paths['case']}")
    assert visitor.locator(".case-map noscript p").is_visible()
    assert visitor.locator(".case-map button").is_hidden()
    visitor.locator(".fold summary").click()
    visitor.get_by_label("Onderwerp").select_option("green")
    visitor.get_by_role("button", name="Filteren").click()
    assert visitor.get_by_text("Meer schaduw bij de speelplaats").first.is_visible()
    visitor.locator(".wish-card a").first.click()
    assert visitor.get_by_role("heading", level=1).is_visible()


def test_scripts_and_styles_of_the_case_page_with_map_stay_under_100_kilobytes(live, page, paths):
    visitor = page(width=390)
    answers = []
    visitor.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    visitor.goto(f"{live.base_url}/nl/{paths['case']}")
    wait_until_ready(visitor)
    visitor.locator(".case-map button").click()
    visitor.wait_for_selector(".map-frame[data-map=shown]")
    parts = [one for one in answers if urlsplit(one.url).path.endswith((".js", ".css"))]
    weight = sum(len(gzip.compress(one.body())) for one in parts)
    assert len(parts) > 5
    assert weight < 100_000, f"{weight} bytes: {[Path(one.url).name for one in parts]}"
