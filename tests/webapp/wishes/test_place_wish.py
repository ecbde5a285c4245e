from uuid import uuid4

import pytest
import shapely
from sqlalchemy import func, select

from tests import factories
from webapp.deals.models import CaseArea
from webapp.errors import Conflict, Gone, Invalid
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import shape
from webapp.wishes.actions import Submission, change_wish, place_wish, withdraw_wish
from webapp.wishes.models import Message, Wish, WishContact, WishPhoto
from webapp.wishes.photos import Photo
from webapp.wishes.receipts import code_hash

PHOTO = Photo(b"jpeg", 4, 3)


@pytest.fixture
def case(app):
    case = factories.make_case()
    factories.make_round(case)
    factories.make_area(name="Meerwijk")
    factories.make_place(
        "Zilverlindelaan 12, 0100 ZA", kind="address", street="Zilverlindelaan", number="12"
    )
    return case


def submission(case, **values) -> Submission:
    given = {
        "case_id": case.id,
        "kind": "wish",
        "theme": "green",
        "text": "Meer schaduw",
        "language": "nl",
        "door": "map",
        "geometry": shapely.Point(*factories.HAARLEM),
        "zoom": 17,
    }
    return Submission(**(given | values))


def problems(case, **values) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        place_wish(submission(case, **values), uuid4())
    assert db.session.scalar(select(func.count(Wish.id))) == 0
    return [(found["path"], found["reason"]) for found in refused.value.problems]


def test_a_wish_is_stored_with_place_in_words_round_and_event(case):
    placed = place_wish(submission(case), uuid4())
    wish = placed.wish
    assert placed.is_new
    assert wish.place_words == "Zilverlindelaan 12, Meerwijk"
    assert wish.area.name == "Meerwijk"
    assert wish.round_id == case.rounds[0].id
    assert wish.status == "submitted"
    assert shape(wish.geom).equals(shapely.Point(*factories.HAARLEM))
    event = db.session.scalars(select(Event).filter_by(subject="wish", subject_id=wish.id)).one()
    assert event.action == "placed"


def test_the_code_is_kept_only_as_a_hash(case):
    placed = place_wish(submission(case), uuid4())
    assert placed.wish.code_hash == code_hash(placed.code)
    assert len(placed.code.replace("-", "")) * 5 == 100


def test_the_same_key_gives_the_same_wish_and_code(case):
    key = uuid4()
    first = place_wish(submission(case), key)
    again = place_wish(submission(case, text="Iets anders"), key)
    assert (again.wish.id, again.code, again.is_new) == (first.wish.id, first.code, False)
    assert again.wish.text == "Meer schaduw"


def test_the_same_key_works_after_the_round_has_closed(case):
    key = uuid4()
    first = place_wish(submission(case), key)
    case.rounds[0].closes_at = case.rounds[0].opens_at.replace(year=2020)
    case.rounds[0].opens_at = case.rounds[0].opens_at.replace(year=2019)
    db.session.commit()
    assert place_wish(submission(case), key).code == first.code


def test_the_same_key_with_another_request_is_refused(case):
    key = uuid4()
    place_wish(submission(case, request_hash=b"one"), key)
    with pytest.raises(Invalid) as refused:
        place_wish(submission(case, request_hash=b"two"), key)
    assert refused.value.problems == [{"path": "Idempotency-Key", "reason": "key_used"}]


def test_a_place_outside_the_case_is_refused(case):
    x, y = factories.HAARLEM
    assert problems(case, geometry=shapely.Point(x - 1051, y)) == [("geometry", "outside_case")]


def test_a_place_just_over_the_border_is_accepted(case):
    x, y = factories.HAARLEM
    assert place_wish(submission(case, geometry=shapely.Point(x - 1049, y)), uuid4()).is_new


def test_a_point_below_zoom_16_is_refused(case):
    assert problems(case, zoom=15) == [("properties.zoom", "zoom_too_low")]


def test_a_case_without_an_open_round_takes_no_wishes(app):
    closed = factories.make_case()
    factories.make_round(closed, days_open=-40, days=30)
    assert problems(closed) == [("properties.case", "no_open_round")]


def test_an_area_of_another_case_is_refused(case):
    area = factories.make_area(code="BU03920102")
    assert problems(case, geometry=None, door="neighbourhood", area_id=area.id) == [
        ("properties.area", "area_not_in_case")
    ]


def test_a_wish_for_a_whole_neighbourhood_has_an_area_and_no_point(case):
    area = factories.make_area(code="BU03920102", name="Boerhaavewijk")
    factories.add(CaseArea(case_id=case.id, area_id=area.id, share=1.0))
    placed = place_wish(
        submission(case, geometry=None, zoom=None, door="neighbourhood", area_id=area.id), uuid4()
    )
    assert (placed.wish.geom, placed.wish.place_words) == (None, "Boerhaavewijk")


def test_an_e_mail_address_stands_apart_with_a_date_and_a_receipt(case):
    wish = place_wish(submission(case, email="naam@voorbeeld.nl"), uuid4()).wish
    assert wish.contact.email == "naam@voorbeeld.nl"
    assert wish.contact.retain_until < wish.retain_until
    assert db.session.scalars(select(Message.kind)).all() == ["receipt"]


def test_a_text_with_a_telephone_number_is_flagged(case):
    assert place_wish(submission(case, text="Bel 06-12345678"), uuid4()).wish.flags == [
        "phone_number"
    ]


def test_a_wish_can_be_changed_before_moderation(case):
    wish = place_wish(submission(case, photo=PHOTO), uuid4()).wish
    change_wish(wish.id, submission(case, text="Twee bomen", kind="chance"))
    assert (wish.text, wish.kind, wish.photo, wish.version) == ("Twee bomen", "chance", None, 2)


def test_a_wish_that_was_looked_at_cannot_be_changed(case):
    wish = place_wish(submission(case), uuid4()).wish
    wish.status = "published"
    db.session.commit()
    with pytest.raises(Conflict):
        change_wish(wish.id, submission(case, text="Twee bomen"))


@pytest.mark.parametrize("status", ["submitted", "published", "refused"])
def test_withdrawing_erases_everything_but_the_fact(case, status):
    given = submission(case, email="naam@voorbeeld.nl", photo=PHOTO, text="Bel 06-12345678")
    wish = place_wish(given, uuid4()).wish
    wish.status = status
    db.session.commit()
    withdraw_wish(wish.id)
    db.session.expire_all()
    assert wish.status == "withdrawn"
    assert (wish.text, wish.place_words, wish.geom, wish.area_id, wish.flags) == (
        "",
        "",
        None,
        None,
        [],
    )
    for table in (WishPhoto, WishContact, Message):
        assert db.session.scalars(select(table)).all() == []
    with pytest.raises(Gone):
        withdraw_wish(wish.id)
    actions = db.session.scalars(select(Event.action).order_by(Event.id)).all()
    assert actions == ["placed", "withdrawn"]
