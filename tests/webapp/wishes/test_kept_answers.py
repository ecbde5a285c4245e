"""What a resident typed survives a photo that is too large and a page that was open too long."""

import io

from tests.webapp.wishes.test_photos import picture
from webapp.wishes import photos


def test_a_photo_that_is_too_large_is_said_and_the_text_is_kept(app, resident, monkeypatch):
    most = 40_000
    monkeypatch.setattr(photos, "MOST_BYTES", most)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", most)
    resident.by_address()
    resident.to_words()
    large = io.BytesIO(picture() + bytes(most))
    page = resident.give(400, text="Bewaar mij", photo=(large, "groot.jpg"))
    assert page.all("p", id="photo-error")
    assert "12 MB" in page.text
    assert "Bewaar mij" in page.text


def test_a_page_that_was_open_too_long_keeps_the_text_and_takes_it_the_second_time(resident):
    resident.by_address()
    resident.to_words()
    resident.pages.client.delete_cookie("session")
    page = resident.give(400, text="Bewaar mij")
    assert "stond lang open" in page.text
    assert "Bewaar mij" in page.text
    assert resident.give(text="Bewaar mij").all("dl", class_="answers")


def test_no_wish_is_sent_with_an_old_token(resident):
    resident.by_address()
    resident.to_check()
    resident.pages.client.delete_cookie("session")
    page = resident.give(400)
    assert "stond lang open" in page.text
    assert page.all("dl", class_="answers")
    resident.give()
    assert "/follow/" in resident.path


def test_an_old_token_elsewhere_is_refused_with_a_page(resident):
    resident.pages.client.delete_cookie("session")
    page = resident.give(400, door="map")
    assert "te oud" in page.text


def test_what_is_wrong_with_the_place_leads_to_the_map(resident):
    resident.give(door="map")
    page = resident.give(400, geometry="", zoom="17")
    assert page.all("a", href="#place-map")
    assert page.all("div", id="place-map")
