import re
from datetime import date

import pytest
import shapely

from gis.crs import rd_point
from tests import factories
from tests.webapp.chain.world import NOW, make_world
from webapp.deals.actions import load_deal
from webapp.deals.deal_file import shipped_deals
from webapp.deals.models import CaseStep
from webapp.extensions import db


def load(slug: str) -> None:
    load_deal(next(path for path in shipped_deals() if path.stem == slug))


def visible(page) -> str:
    return page.text.replace("\xa0", " ")


def test_an_empty_start_says_what_to_do(pages):
    page = pages.get("/nl/")
    assert "nog geen Regio Deal ingevoerd" in page.text


def test_the_start_page_opens_with_the_deal_and_the_door_to_each_open_round(pages):
    load("mra-west")
    case = db.session.query(factories.Case).filter_by(slug="haarlem").one()
    factories.make_round(case)
    page = pages.get("/nl/")
    assert page.links().count("/nl/cases/haarlem/wishes/new") == 1
    assert "/nl/cases/velsen" in page.links()
    assert "/nl/cases/velsen/wishes/new" not in page.links()
    assert page.text.index("Doe mee") < page.text.index("Zo werkt het")


def test_the_counts_on_the_start_page_are_true_and_say_their_rule(pages):
    world = make_world()
    factories.make_wish(world.case, status="published")
    page = pages.get("/nl/")
    assert "3 wensen staan op de kaart" in page.text
    assert "1 daarvan kregen een antwoord (33 procent)" in page.text
    assert "Een gestopte ingreep telt niet mee." in page.text


def test_the_start_page_leads_to_the_newest_wishes_interventions_and_other_deals(pages):
    world = make_world()
    factories.make_deal(slug="another", title=factories.words("Another deal"))
    links = pages.get("/nl/").links()
    assert f"/nl/chain/wishes/{world.wish.id}" in links
    assert f"/nl/chain/interventions/{world.plan.id}" in links
    assert "/nl/deals/another" in links


@pytest.mark.parametrize("slug", ["mra-west", "waterwegregio", "utrecht"])
@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_each_shipped_deal_reads_in_every_language(pages, slug, language):
    load(slug)
    page = pages.get(f"/{language}/deals/{slug}")
    assert page.all("html")[0]["lang"] == language


def test_the_budget_of_mra_west_adds_up_to_forty_million(pages):
    load("mra-west")
    words = visible(pages.get("/nl/deals/mra-west"))
    assert "€ 18.600.000,00" in words
    assert "€ 40.000.000,00" in words
    assert "De einddatum is nog niet bekend." in words
    assert "Gemeente Haarlemmermeer beheert het geld" in words


def test_the_budget_of_utrecht_is_ranges_and_what_they_come_to(pages):
    load("utrecht")
    words = visible(pages.get("/nl/deals/utrecht"))
    assert "30 tot 35 procent" in words
    assert "€ 9.000.000,00" in words
    assert "€ 10.500.000,00" in words
    assert "nog geen afspraak" in words


def test_a_deal_or_case_that_is_not_there_is_not_found(pages):
    pages.get("/nl/deals/none", 404)
    pages.get("/nl/cases/none", 404)
    pages.get("/nl/cases/none/map.json", 404)


def test_a_case_tells_steps_rounds_and_what_was_done(pages):
    world = make_world()
    factories.make_round(
        world.case, -90, 30, outcome=factories.words("Er komen bomen"), title=factories.words("Toen")
    )  # fmt: skip
    factories.make_round(world.case, 90, 30, title=factories.words("Straks"))
    factories.add(
        CaseStep(
            case_id=world.case.id, number=1, title=factories.words("Stap"), state="active",
            description=factories.words("Uitleg"), started_on=date(2026, 1, 2),
        )
    )  # fmt: skip
    page = pages.get("/nl/cases/haarlem")
    for words in (
        "Er komen bomen",
        "Nu open",
        "Gesloten",
        "Komt nog",
        "Nu bezig",
        "2 januari 2026",
    ):
        assert words in page.text
    assert "/nl/cases/haarlem/wishes/new" in page.links()


def test_a_case_without_open_round_offers_no_door(pages):
    case = factories.make_case()
    page = pages.get(f"/nl/cases/{case.slug}")
    assert "U kunt hier nu geen wens geven." in page.text
    assert not [link for link in page.links() if link.endswith("/wishes/new")]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("theme=green", "Meer schaduw"),
        ("theme=safe_clean", "Een bankje"),
        ("answer=answers", "Meer schaduw"),
        ("answer=waiting", "Een bankje"),
    ],
)
def test_wishes_are_filtered_on_list_and_map_alike(pages, client, asked, shown):
    make_world()
    page = pages.get(f"/nl/cases/haarlem?{asked}")
    other = ({"Meer schaduw", "Een bankje"} - {shown}).pop()
    assert shown in page.text
    assert other not in page.text
    found = client.get(f"/nl/cases/haarlem/map.json?{asked}").json["features"]
    titles = {one["properties"]["title"] for one in found if one["properties"]["layer"] == "wish"}
    assert titles == {shown}


@pytest.mark.parametrize("asked", ["theme=none", "kind=%00", "answer=x", "page=0", "page=x"])
def test_an_unknown_filter_is_refused(pages, asked):
    make_world()
    pages.get(f"/nl/cases/haarlem?{asked}", 400)


def test_many_wishes_come_in_pages(pages):
    world = make_world()
    for number in range(25):
        factories.make_wish(world.case, status="published", text=f"wens {number:02}")
    first = pages.get("/nl/cases/haarlem")
    assert "Pagina 1 van 3" in first.text
    assert "wens 24" in first.text
    assert "Een bankje" in pages.get("/nl/cases/haarlem?page=3").text
    pages.get("/nl/cases/haarlem?page=4", 404)


def test_the_map_shows_only_what_is_published(client):
    world = make_world()
    found = client.get("/nl/cases/haarlem/map.json")
    assert found.content_type == "application/geo+json"
    numbers = {one["id"] for one in found.json["features"]}
    wishes = {f"wish-{world.wish.id}", f"wish-{world.waiting.id}"}
    assert wishes | {f"plan-{world.plan.id}"} == {
        one for one in numbers if not one.startswith("part")
    }
    assert "geheim" not in found.text


def test_a_coarse_place_is_coarse_on_the_map(client):
    case = factories.make_case(slug="coarse")
    area = factories.make_area(at=(104_000.0, 486_500.0))
    factories.make_wish(case, status="published", precision="neighbourhood", area_id=area.id)
    features = client.get("/nl/cases/coarse/map.json").json["features"]
    point = next(one for one in features if one["properties"]["layer"] == "wish")
    middle = rd_point(*point["geometry"]["coordinates"])
    assert middle.distance(shapely.Point(104_000, 486_500)) < 1


def test_a_case_without_geometry_still_reads(pages, client):
    deal = factories.make_deal()
    factories.add(
        factories.Case(
            deal=deal, slug="bare", title=factories.words("Bare"), summary=factories.words("x"),
            municipality_code="GM0001", municipality_name="Nergens",
        )
    )  # fmt: skip
    pages.get("/nl/cases/bare")
    assert client.get("/nl/cases/bare/map.json").json["features"] == []


def test_privacy_tells_how_long_from_the_settings(pages):
    page = pages.get("/nl/privacy")
    assert "1825 dagen" in page.text
    assert "365 dagen" in page.text


def test_the_statements_give_the_contact_that_is_set(pages, app):
    app.config["CONTACT_EMAIL"] = "vragen@voorbeeld.example"
    try:
        assert "mailto:vragen@voorbeeld.example" in pages.get("/nl/accessibility").links()
        assert "mailto:vragen@voorbeeld.example" in pages.get("/nl/privacy").links()
    finally:
        app.config["CONTACT_EMAIL"] = ""
    assert "nog geen e-mailadres ingesteld" in pages.get("/nl/privacy").text


def test_the_accessibility_statement_claims_no_audit(pages):
    page = pages.get("/nl/accessibility")
    assert "C: wij hebben zelf getest." in page.text
    assert "onafhankelijk bureau" in page.text


def test_security_txt_says_where_to_report_and_until_when(client, app):
    text = client.get("/.well-known/security.txt").text
    assert re.search(r"^Contact: https?://", text, re.M)
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", text, re.M)
    app.config["CONTACT_EMAIL"] = "a@b.example"
    assert "Contact: mailto:a@b.example" in client.get("/.well-known/security.txt").text
    app.config["CONTACT_EMAIL"] = ""


def test_robots_are_kept_from_codes_forms_and_accounts(client):
    text = client.get("/robots.txt").text
    for path in ("/nl/follow", "/ar/account", "/uk/cases/*/wishes/new"):
        assert f"Disallow: {path}\n" in text


def test_a_page_that_is_not_there_leads_on(pages):
    page = pages.get("/nl/no-such-page", 404)
    assert "/nl/" in page.links()
    assert "/nl/follow" in page.links()


def test_the_workbench_counts_what_waits_within_the_roles(pages):
    world = make_world()
    elsewhere = factories.make_case()
    factories.make_wish(elsewhere)
    pages.sign_in(factories.make_user("moderator", case=world.case))
    page = pages.get("/nl/workbench")
    assert "1 Wensen beoordelen" in page.text
    assert "1 Wensen zonder antwoord" in page.text
    assert "Regels voor het geld" not in page.text


def test_the_workbench_of_an_administrator_counts_everything(pages):
    world = make_world()
    factories.make_rule(world.deal, "BUD-1", parameters={"maximum_cents": 1})
    factories.make_round(world.case, -40, 30)
    factories.make_message(world.wish)
    pages.sign_in(factories.make_user("admin"))
    text = pages.get("/nl/workbench").text
    for words in (
        "1 Ingrepen die nog niet openbaar zijn",
        "1 Gesloten rondes zonder uitkomst",
        "1 Berichten die nog niet zijn verstuurd",
        "1 Regels voor het geld die niet kloppen",
    ):
        assert words in text


def test_a_role_without_work_reads_what_to_do(pages):
    pages.sign_in(factories.make_user("field_worker", case=factories.make_case()))
    assert "Vraag de beheerder" in pages.get("/nl/workbench").text


def test_the_newest_come_first(pages):
    world = make_world()
    for number in range(4):
        factories.make_intervention(
            world.case, published_at=NOW.replace(year=2030 + number), title=factories.words(f"P{number}")
        )  # fmt: skip
    page = pages.get("/nl/")
    assert "P3 (nl)" in page.text
    assert "P0 (nl)" not in page.text
