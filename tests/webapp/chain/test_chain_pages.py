from datetime import date

import pytest

from tests import factories
from tests.webapp.chain.world import NOW, SECRETS, make_world
from webapp.extensions import db


def visible(page) -> str:
    return page.text.replace("\xa0", " ")


def test_a_wish_leads_to_the_intervention_the_money_and_the_programme(pages):
    world = make_world()
    page = pages.get(f"/nl/chain/wishes/{world.wish.id}")
    assert "Meer schaduw" in page.text
    assert "Intervention (nl)" in page.text
    assert "Geeft antwoord op deze wens" in page.text
    assert "€ 123.456,78" in visible(page)
    links = page.links()
    assert f"/nl/chain/interventions/{world.plan.id}" in links
    assert f"/nl/chain/budget-lines/{world.line.id}" in links
    assert f"/nl/chain/programme-lines/{world.programme_line.id}" in links
    assert "/nl/deals/mra-west" in links


def test_a_wish_that_waits_says_so_at_every_step(pages):
    world = make_world()
    page = pages.get(f"/nl/chain/wishes/{world.waiting.id}")
    assert "Er is nog geen plan dat antwoord geeft." in page.text
    assert "Daarom is er ook geen geld geboekt." in page.text
    assert "Zonder plan hoort deze wens nog niet bij een programmalijn." in page.text


@pytest.mark.parametrize(
    ("status", "words"),
    [("refused", "Deze wens is afgewezen."), ("referred", "Deze wens is doorgestuurd.")],
)
def test_a_refused_or_referred_wish_gives_the_reason_and_not_its_words(pages, status, words):
    world = make_world()
    page = pages.get(f"/nl/chain/wishes/{world.hidden[status].id}")
    assert words in page.text
    assert "De grond is van een ander" in page.text
    assert "geheim" not in page.html


@pytest.mark.parametrize("status", ["submitted", "private"])
def test_a_wish_that_is_not_public_is_not_found(pages, status):
    world = make_world()
    pages.get(f"/nl/chain/wishes/{world.hidden[status].id}", 404)


def test_a_withdrawn_wish_is_gone(pages):
    world = make_world()
    pages.get(f"/nl/chain/wishes/{world.hidden['withdrawn'].id}", 410)


def test_a_merged_wish_leads_to_the_one_it_became(pages):
    world = make_world()
    page = pages.get(f"/nl/chain/wishes/{world.hidden['merged'].id}")
    assert pages.response.request.path == f"/nl/chain/wishes/{world.wish.id}"
    assert SECRETS["merged"] not in page.html


def test_an_unsafe_place_below_the_threshold_is_not_found(pages):
    world = make_world()
    lonely = factories.make_wish(world.case, kind="unsafe", status="published")
    pages.get(f"/nl/chain/wishes/{lonely.id}", 404)


@pytest.mark.parametrize(
    "kind", ["wishes", "interventions", "budget-lines", "programme-lines"]
)  # fmt: skip
@pytest.mark.parametrize("number", [0, 2147483647, 99999999999999999999])
def test_a_number_without_anything_is_not_found(pages, kind, number):
    pages.get(f"/nl/chain/{kind}/{number}", 404)


def test_an_unpublished_intervention_is_not_found(pages, client):
    world = make_world()
    pages.get(f"/nl/chain/interventions/{world.draft.id}", 404)
    assert client.get(f"/nl/chain/interventions/{world.draft.id}/map.json").status_code == 404


def test_an_intervention_says_why_when_who_and_what_it_costs(pages):
    world = make_world()
    world.plan.responsible_party_id = factories.make_party(world.deal, name="Gemeente Proef").id
    world.plan.planned_start, world.plan.planned_end = date(2027, 3, 1), date(2027, 9, 1)
    world.plan.actual_start = date(2027, 3, 4)
    db.session.flush()
    page = pages.get(f"/nl/chain/interventions/{world.plan.id}")
    assert "Meer schaduw" in page.text
    assert "Gemeente Proef" in page.text
    assert "Made possible by the Regio Deal (nl)" in page.text
    assert "€ 123.456,78" in visible(page)
    moments = page.text[page.text.index("Begin volgens plan") :]
    days = ("1 maart 2027", "4 maart 2027", "1 september 2027")
    assert sorted(days, key=moments.index) == list(days)
    assert "Rijk" in page.text


def test_a_reason_for_going_before_the_round_stays_visible(pages):
    world = make_world()
    world.plan.round_override_reason = "De dijk kan niet wachten"
    db.session.flush()
    assert "De dijk kan niet wachten" in pages.get(f"/nl/chain/interventions/{world.plan.id}").text


@pytest.mark.parametrize(("hidden", "told"), [(4, False), (5, True)])
def test_how_many_wishes_are_not_public_is_told_from_five_up(pages, hidden, told):
    world = make_world()
    for _ in range(hidden - 1):
        factories.link(world.plan, factories.make_wish(world.case, status="private"))
    page = pages.get(f"/nl/chain/interventions/{world.plan.id}")
    assert (f"Nog {hidden} wensen horen hierbij" in page.text) == told
    assert "wensen horen hierbij" in page.text if told else "horen hierbij" not in page.text


def test_an_intervention_without_money_says_so(pages):
    world = make_world()
    other = factories.make_intervention(world.case, published_at=NOW)
    page = pages.get(f"/nl/chain/interventions/{other.id}")
    assert "nog geen geld geboekt" in page.text
    assert "geen wensen op de kaart" in page.text
    assert "Er zijn nog geen data bekend." in page.text
    assert "Er is nog geen programmalijn gekozen." in page.text


def test_a_stopped_intervention_gives_its_reason_and_answers_no_more(pages):
    world = make_world()
    world.plan.phase, world.plan.stop_reason = "stopped", "De grond bleek vervuild"
    db.session.flush()
    assert "De grond bleek vervuild" in pages.get(f"/nl/chain/wishes/{world.wish.id}").text
    assert "0 procent" in pages.get("/nl/").text


def test_a_budget_line_leads_back_to_the_wish_and_all_its_money_adds_up(pages):
    world = make_world()
    factories.make_booking(world.line, case=world.case, intervention=world.draft, amount_cents=1)
    factories.make_booking(world.line, amount_cents=21)
    page = pages.get(f"/nl/chain/budget-lines/{world.line.id}")
    words = visible(page)
    assert "€ 123.457,00" in words
    assert "€ 123.456,78" in words
    assert "€ 0,01" in words
    assert "€ 0,21" in words
    assert "geheim-concept" not in page.html
    assert f"/nl/chain/wishes/{world.wish.id}" in page.links()
    assert f"/nl/chain/interventions/{world.plan.id}" in page.links()


def test_a_correction_is_taken_off_the_amount(pages):
    world = make_world()
    entry = factories.make_booking(
        world.line, intervention=world.plan, amount_cents=500_00, funder="regional_public"
    )
    factories.make_booking(
        world.line,
        intervention=world.plan,
        amount_cents=-500_00,
        funder="regional_public",
        reverses_id=entry.id,
    )
    page = pages.get(f"/nl/chain/interventions/{world.plan.id}")
    assert "€ 123.456,78" in visible(page)
    assert "500,00" not in page.text


def test_a_programme_line_leads_to_results_money_interventions_and_wishes(pages):
    world = make_world()
    page = pages.get(f"/nl/chain/programme-lines/{world.programme_line.id}")
    assert f"/nl/chain/wishes/{world.wish.id}" in page.links()
    assert f"/nl/chain/interventions/{world.plan.id}" in page.links()
    assert f"/nl/chain/budget-lines/{world.line.id}" in page.links()
    assert "Het document noemt geen doelen bij deze programmalijn." in page.text


def test_a_programme_line_without_anything_says_what_is_missing(pages):
    line = factories.make_programme_line(factories.make_deal())
    page = pages.get(f"/nl/chain/programme-lines/{line.id}")
    assert "nog geen openbare ingreep bij deze programmalijn" in page.text
    assert "geen geld apart gezet" in page.text


def test_the_map_of_an_intervention_holds_it_and_its_case(client):
    world = make_world()
    found = client.get(f"/nl/chain/interventions/{world.plan.id}/map.json")
    assert found.content_type == "application/geo+json"
    layers = [feature["properties"]["layer"] for feature in found.json["features"]]
    assert sorted(layers) == ["part", "part", "part", "plan"]
    plan = next(one for one in found.json["features"] if one["properties"]["layer"] == "plan")
    longitude, latitude = plan["geometry"]["coordinates"][0][0][0]
    assert longitude == pytest.approx(4.65, abs=0.02)
    assert latitude == pytest.approx(52.36, abs=0.02)
