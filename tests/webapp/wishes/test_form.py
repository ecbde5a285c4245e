import json

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.webapp.wishes.conftest import Resident
from webapp.extensions import db
from webapp.wishes.models import Wish, WishDraft

POINT = json.dumps({"type": "Point", "coordinates": [4.6487, 52.3596]})
LINE = json.dumps({"type": "LineString", "coordinates": [[4.6487, 52.3596], [4.6497, 52.3606]]})


def only_wish() -> Wish:
    return db.session.scalars(select(Wish)).one()


@pytest.mark.parametrize("lang", factories.LANGUAGES)
def test_by_address_without_a_script_to_the_receipt(resident, lang):
    resident.page = resident.pages.get(f"/{lang}/cases/haarlem/wishes/new")
    resident.by_address()
    assert "Zilverlindelaan 12" in resident.page.text
    resident.to_check()
    resident.give()
    assert f"/{lang}/follow/" in resident.path
    wish = only_wish()
    assert (wish.door, wish.language, wish.text) == ("address", lang, "Meer schaduw")
    assert wish.place_words == "Zilverlindelaan 12, Meerwijk"


def test_for_the_whole_neighbourhood_without_a_script(resident):
    resident.give(door="neighbourhood")
    choice = resident.page.all("input", name="area")[0]["value"]
    resident.give(area=choice)
    resident.to_check()
    resident.give()
    assert (only_wish().area.name, only_wish().geom) == ("Meerwijk", None)


def test_on_the_map(resident):
    resident.give(door="map")
    resident.give(geometry=POINT, zoom="16")
    resident.to_check()
    resident.give()
    assert (only_wish().door, only_wish().zoom) == ("map", 16)


def test_the_map_page_offers_the_other_doors_without_a_script(resident):
    page = resident.give(door="map")
    assert "De kaart werkt hier niet." in page.text
    assert any(link.endswith("/door") for link in page.links())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"geometry": POINT, "zoom": "15"}, "De kaart stond te ver weg"),
        ({"geometry": POINT, "zoom": ""}, "De kaart stond te ver weg"),
        ({"geometry": POINT, "zoom": "-1"}, "opnieuw"),
        ({"geometry": POINT, "zoom": "²"}, "opnieuw"),
        ({"geometry": "", "zoom": "16"}, "Wijs eerst een plek aan"),
        ({"geometry": "null", "zoom": "16"}, "Wij kunnen deze plek niet lezen"),
        ({"geometry": '{"type":"Point","coordinates":[NaN,1]}', "zoom": "16"}, "niet lezen"),
        ({"geometry": POINT.replace("4.6487", "4.2"), "zoom": "16"}, "buiten het gebied"),
        ({"geometry": LINE.replace("4.6497", "4.9"), "zoom": "16"}, "buiten het gebied"),
    ],
)
def test_a_place_that_cannot_be_used_is_said_and_not_kept(resident, fields, words):
    resident.give(door="map")
    page = resident.give(400, **fields)
    assert words in page.text
    assert "<title>Fout: " in page.html
    assert "wkt" not in db.session.scalars(select(WishDraft)).one().answers


def test_a_route_can_be_drawn_from_the_check_page(resident):
    resident.by_address()
    resident.give(kind="route")
    resident.give(theme="green")
    resident.give(text="Een pad")
    link = next(link for link in resident.page.links() if "draw=line" in link)
    page = resident.pages.get(link)
    resident.page = resident.pages.post(link, page, geometry=LINE, zoom="15")
    assert "getekende route van 130 meter" in resident.page.text
    resident.give()
    assert only_wish().door == "map"


def test_every_screen_tells_how_far_one_is(resident):
    titles = [resident.page.html]
    titles += [resident.give(door="address").html]
    assert "Stap 1 van 6" in titles[0].partition("</title>")[0]
    assert "Stap 2 van 6" in titles[1].partition("</title>")[0]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("ZILVERLINDELAAN", "Zilverlindelaan 12"),
        ("  zilver 12 ", "Zilverlindelaan 12"),
        ("0100ZA", "Zilverlindelaan 12"),
        ("0100 za", "Zilverlindelaan 12"),
        ("zilverlindelààn", "Zilverlindelaan 12"),
    ],
)
def test_an_address_may_be_typed_in_many_ways(resident, typed, label):
    resident.give(door="address")
    assert label in resident.give(typed=typed).text


@pytest.mark.parametrize(
    "typed", ["%", "__", "x", "'; drop table wishes; --", "\x00", "<b>vet</b>"]
)
def test_strange_words_find_nothing_and_break_nothing(resident, typed):
    resident.give(door="address")
    status = 400 if typed == "\x00" else 200
    page = resident.give(status, typed=typed)
    assert not page.all("input", name="place")
    assert "<b>vet" not in page.html


def test_a_place_in_town_outside_the_case_is_named_as_such(resident):
    x, y = factories.HAARLEM
    factories.make_place("Verreweg, Haarlem", at=(x - 5000, y), search="verreweg haarlem")
    resident.give(door="address")
    assert "“verreweg” ligt buiten het gebied" in resident.give(typed="verreweg").text


def test_the_name_of_a_neighbourhood_means_all_of_it(resident):
    factories.make_place("Meerwijk, Haarlem", kind="neighbourhood", search="meerwijk haarlem")
    resident.give(door="address")
    resident.give(typed="meerwijk")
    resident.give(place="0")
    resident.to_check()
    resident.give()
    assert (only_wish().geom, only_wish().area.name) == (None, "Meerwijk")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("kind", "Kies wat u wilt vertellen"),
        ("theme", "Kies een onderwerp"),
        ("words", "Schrijf op"),
    ],
)
def test_an_empty_answer_is_asked_again(resident, step, words):
    resident.by_address()
    resident.go(step)
    page = resident.give(400)
    assert words in page.text
    assert page.all("div", class_="error-summary")
    assert "<title>Fout: " in page.html


def test_a_text_of_a_thousand_characters_fits_and_one_more_does_not(resident):
    resident.by_address()
    resident.to_words()
    page = resident.give(400, text="a" * 1001)
    assert "1000 tekens" in page.text
    assert "a" * 1001 in page.html
    resident.give(text="\r\n".join("a" * 500))
    assert "Klopt alles?" in resident.page.text


def test_changing_an_answer_leads_straight_back_to_the_check_page(resident):
    resident.by_address()
    resident.to_check()
    resident.go("kind")
    page = resident.give(kind="chance")
    assert "Klopt alles?" in page.text
    assert "Hier zie ik een kans" in page.text


def test_another_door_asks_for_the_place_again(resident):
    resident.by_address()
    resident.to_check()
    resident.go("door")
    page = resident.give(door="neighbourhood")
    assert "Over welke buurt gaat het?" in page.text


def test_two_forms_do_not_mix(resident):
    other = Resident(resident.pages, resident.page, "nl")
    resident.by_address()
    first = resident.path
    other.page = other.pages.get("/nl/cases/haarlem/wishes/new")
    other.give(door="neighbourhood")
    assert other.path != first
    assert db.session.scalar(select(func.count(WishDraft.key))) == 2


def test_sending_twice_gives_one_wish_and_the_same_receipt(resident):
    resident.by_address()
    resident.to_check()
    path, page = resident.path, resident.page
    resident.give()
    receipt = resident.path
    resident.page = resident.pages.post(path, page)
    assert resident.path == receipt
    assert resident.pages.get(path.replace("/check", "/words")) is not None
    assert resident.path == receipt
    assert db.session.scalar(select(func.count(Wish.id))) == 1


def test_a_draft_that_is_past_its_date_says_so(resident):
    resident.give(door="address")
    draft = db.session.scalars(select(WishDraft)).one()
    draft.expires_at = draft.created_at
    db.session.commit()
    page = resident.pages.get(resident.path, 410)
    assert "Dit formulier is er niet meer" in page.text


def test_an_unknown_key_says_so(pages, case):
    page = pages.get("/nl/wishes/new/6f1c1a52-6d1e-4b4b-9a7e-0d5f0f6f0a01/check", 410)
    assert "Begin opnieuw" in page.text


def test_a_screen_that_is_not_reached_yet_leads_to_the_question_before_it(resident):
    resident.give(door="address")
    assert "Welk adres of welke plek?" in resident.go("check").text


def test_a_filled_trap_shows_the_check_page_again_and_loses_nothing(resident):
    resident.by_address()
    resident.to_check()
    page = resident.give(website="http://spam.example")
    assert "Dat ging heel snel" in page.text
    assert "Meer schaduw" in page.text
    assert page.all("input", name="website")[0]["value"] == ""
    resident.give()
    assert only_wish().text == "Meer schaduw"


def test_a_form_filled_within_seconds_asks_to_look_once_more(resident, app):
    app.config["MINIMUM_FILL_SECONDS"] = 60
    resident.by_address()
    resident.to_check()
    assert "Dat ging heel snel" in resident.give().text


def test_a_wrong_e_mail_address_is_said_and_kept_in_the_field(resident):
    resident.by_address()
    resident.to_check()
    page = resident.give(400, email="naam@")
    assert "Dit is geen e-mailadres" in page.text
    assert page.all("input", name="email")[0]["value"] == "naam@"


def test_hostile_text_is_shown_as_text(resident):
    resident.by_address()
    page = resident.to_check('<script>alert(1)</script>{{ 7 * 7 }}" onload="x')
    assert "<script>alert" not in page.html
    page = resident.give()
    assert "<script>alert" not in page.html
    assert '<script>alert(1)</script>{{ 7 * 7 }}" onload="x' in page.text


def test_a_door_that_does_not_exist_is_asked_again(resident):
    page = resident.give(400, door="import")
    assert "Fout:" in page.html


def test_an_unknown_case_is_not_found(pages, app):
    pages.get("/nl/cases/atlantis/wishes/new", 404)


def test_words_for_what_the_crosshair_is_near(resident, client):
    resident.give(door="map")
    path = resident.path.replace("/place", "/near")
    answer = resident.pages.client.post(
        path, data={"csrf_token": resident.page.token, "lon": "4.6487", "lat": "52.3596"}
    )
    assert answer.text == "bij Zilverlindelaan 12, in Meerwijk"
    for wrong in ("nan", "inf", "", "999"):
        answer = resident.pages.client.post(
            path, data={"csrf_token": resident.page.token, "lon": wrong, "lat": "52.3596"}
        )
        assert answer.status_code == 400
