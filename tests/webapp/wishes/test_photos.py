import io

import pytest
from PIL import Image

from tests import factories
from webapp.extensions import db
from webapp.wishes.models import WishDraft, WishPhoto
from webapp.wishes.photos import LONGEST_SIDE, MOST_PIXELS, UnusablePhoto, reencode


def picture(size=(40, 20), kind="JPEG", **options) -> bytes:
    stream = io.BytesIO()
    image = Image.new(options.pop("mode", "RGB"), size, options.pop("color", "red"))
    image.save(stream, kind, **options)
    return stream.getvalue()


def with_place_and_turn() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010F] = "Secret Maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 21.0, 40.0)
    return picture(exif=exif, comment=b"secret comment")


def test_a_photo_stands_upright_and_carries_no_metadata():
    photo = reencode(with_place_and_turn())
    assert (photo.width, photo.height) == (20, 40)
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert image.size == (20, 40)
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}  # fmt: skip
    assert b"Secret" not in photo.jpeg
    assert b"secret" not in photo.jpeg


def test_a_large_photo_becomes_smaller():
    photo = reencode(picture((4000, 1000)))
    assert (photo.width, photo.height) == (LONGEST_SIDE, 400)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "I;16"), ("WEBP", "RGBA"), ("JPEG", "CMYK"), ("JPEG", "L")],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_jpeg(kind, mode):
    with Image.open(io.BytesIO(reencode(picture(kind=kind, mode=mode, color=None)).jpeg)) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")


def test_what_can_be_seen_through_becomes_white():
    photo = reencode(picture(kind="PNG", mode="RGBA", color=(0, 0, 0, 0)))
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\xff\xd8\xff\xe0nothing", picture()[:200], picture(kind="PNG")[:60], picture(kind="GIF")],
    ids=["empty", "gif", "svg", "pdf", "torn head", "torn jpeg", "torn png", "real gif"],
)  # fmt: skip
def test_what_is_not_a_photo_is_refused(content):
    with pytest.raises(UnusablePhoto) as refused:
        reencode(content)
    assert refused.value.reason == "not_a_photo"


@pytest.mark.parametrize("side", [8000, 12_000, 20_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side):
    assert side**2 > MOST_PIXELS
    bomb = picture((side, side), kind="PNG", mode="1", color=0)
    assert len(bomb) < 100_000
    with pytest.raises(UnusablePhoto) as refused:
        reencode(bomb)
    assert refused.value.reason == "too_many_pixels"


def draft() -> WishDraft:
    db.session.expire_all()
    return db.session.query(WishDraft).one()


def test_a_photo_goes_with_the_wish(resident):
    resident.by_address()
    resident.to_words()
    resident.give(text="Kijk", photo=(io.BytesIO(with_place_and_turn()), "foto.jpg"))
    assert resident.page.all("img", class_="draft-photo")
    picture_of_draft = resident.page.all("img", class_="draft-photo")[0]["src"]
    assert resident.pages.client.get(picture_of_draft).content_type == "image/jpeg"
    resident.give()
    kept = db.session.query(WishPhoto).one()
    assert (kept.width, kept.height) == (20, 40)
    assert b"Secret" not in kept.jpeg


def test_a_photo_is_kept_when_the_text_is_missing_and_can_be_taken_out(resident):
    resident.by_address()
    resident.to_words()
    resident.give(400, photo=(io.BytesIO(picture()), "foto.jpg"))
    assert draft().photo_width == 40
    resident.give(text="Toch niet", without_photo="y")
    assert draft().photo is None


def test_a_file_that_is_no_photo_is_said_and_the_text_is_kept(resident):
    resident.by_address()
    resident.to_words()
    page = resident.give(400, text="Kijk", photo=(io.BytesIO(b"MZ"), "virus.jpg"))
    assert "Dit bestand kunnen wij niet lezen" in page.text
    assert ">Kijk</textarea>" in page.html


@pytest.fixture
def photo(case):
    wish = factories.make_wish(case)
    kept = factories.add(WishPhoto(wish_id=wish.id, jpeg=picture(), width=40, height=20))
    return wish, f"/photos/{kept.name}"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, 404),
        ({"status": "published"}, 200),
        ({"status": "published", "precision": "100m"}, 404),
        ({"status": "published", "kind": "unsafe"}, 404),
        ({"status": "refused"}, 404),
    ],
)
def test_a_photo_is_public_only_with_its_exact_place(client, photo, values, status):
    wish, path = photo
    for name, value in values.items():
        setattr(wish, name, value)
    db.session.commit()
    answer = client.get(path)
    assert answer.status_code == status
    if status == 200:
        assert answer.content_type == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in answer.headers["Cache-Control"]


def test_staff_of_the_case_see_a_photo_that_is_not_public(pages, photo, case):
    _, path = photo
    pages.sign_in(factories.make_user("moderator", case=factories.make_case()))
    assert pages.client.get(path).status_code == 404
    pages.sign_in(factories.make_user("moderator", case=case))
    answer = pages.client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
