"""The one publication rule: what shows of a wish, to whom, and how precisely."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import shapely

from tests import factories
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.permissions import Scope
from webapp.wishes.models import KINDS, STATUS_TYPES, Wish, WishPhoto
from webapp.wishes.publication import (
    THRESHOLD,
    publishable_precision,
    published_wishes,
    wishes_for_staff,
)

X, Y = factories.HAARLEM
PLACE = (X + 13, Y + 29)


def published():
    return db.session.execute(published_wishes()).all()


def make_published(**values):
    return factories.make_wish(at=PLACE, **({"status": "published"} | values))


@pytest.mark.parametrize("status", sorted(set(STATUS_TYPES) - {"published"}))
def test_only_moderated_wishes_show(app, status):
    make_published(status=status)
    assert published() == []


def test_an_exact_place_shows_as_it_was_given(app):
    make_published(place_words="bij Zilverlindelaan 12")
    (row,) = published()
    assert shape(row.geom).equals(shapely.Point(*PLACE))
    assert (row.precision, row.place_words) == ("exact", "bij Zilverlindelaan 12")


def test_100_metres_is_the_middle_of_a_square_and_names_no_address(app):
    area = factories.make_area()
    make_published(precision="100m", place_words="bij Zilverlindelaan 12", area_id=area.id)
    (row,) = published()
    assert shape(row.geom).equals(shapely.Point(X // 100 * 100 + 50, Y // 100 * 100 + 50))
    assert row.place_words == area.name


def test_every_wish_of_a_square_shows_at_the_same_point(app):
    for step in (1, 40, 80):
        make_published(precision="100m", geom=stored(shapely.Point(X + step, Y + step)))
    assert len({shape(row.geom).wkt for row in published()}) == 1


@pytest.mark.parametrize("given", [{"precision": "neighbourhood"}, {"door": "neighbourhood"}])
def test_a_neighbourhood_is_one_point_for_all_its_wishes(app, given):
    area = factories.make_area()
    make_published(area_id=area.id, **given)
    (row,) = published()
    point = shape(row.geom)
    assert not point.equals(shapely.Point(*PLACE))
    assert shape(area.geom).contains(point)
    assert row.precision == "neighbourhood"


def test_a_line_that_is_made_coarse_becomes_a_point(app):
    line = shapely.LineString([PLACE, (X + 300, Y)])
    make_published(kind="route", precision="100m", geom=stored(line))
    assert shape(published()[0].geom).geom_type == "Point"


def make_unsafe(count, area, case, **values):
    for _ in range(count):
        factories.make_wish(
            case, at=PLACE, kind="unsafe", area_id=area.id, **({"status": "published"} | values)
        )


def test_unsafe_places_show_from_five_up_and_only_as_their_neighbourhood(app):
    area, case = factories.make_area(), factories.make_case()
    make_unsafe(THRESHOLD - 1, area, case)
    assert published() == []
    make_unsafe(1, area, case, precision="exact", place_words="bij nummer 3")
    rows = published()
    assert len(rows) == THRESHOLD
    assert {row.precision for row in rows} == {"neighbourhood"}
    assert {row.place_words for row in rows} == {area.name}
    assert not any(shape(row.geom).equals(shapely.Point(*PLACE)) for row in rows)


def test_company_counts_only_published_ones_of_the_same_neighbourhood_and_case(app):
    case = factories.make_case()
    here = factories.make_area()
    there = factories.make_area(code="BU03920102", at=(X + 1500, Y))
    make_unsafe(THRESHOLD - 1, here, case)
    make_unsafe(THRESHOLD - 1, there, case)
    make_unsafe(THRESHOLD, here, case, status="submitted")
    make_unsafe(THRESHOLD - 1, here, factories.make_case())
    assert published() == []


def test_an_unsafe_place_without_a_neighbourhood_never_shows(app):
    case = factories.make_case()
    for _ in range(THRESHOLD + 1):
        factories.make_wish(case, kind="unsafe", status="published")
    assert published() == []


def test_a_photo_shows_only_with_an_exact_place(app):
    area = factories.make_area()
    for precision in ("exact", "100m", "neighbourhood"):
        wish = make_published(precision=precision, area_id=area.id)
        factories.add(WishPhoto(wish_id=wish.id, width=1, height=1, jpeg=b"x"))
    assert {row.precision for row in published() if row.photo} == {"exact"}


def test_only_the_month_of_a_wish_is_told(app):
    # Just before midnight UTC on the last of May it is June in Amsterdam.
    make_published(submitted_at=datetime(2026, 5, 31, 22, 30, tzinfo=UTC))
    assert published()[0].submitted_on == date(2026, 6, 1)


def test_no_column_holds_contact_codes_keys_or_decisions():
    shown = {column.name for column in published_wishes().selected_columns}
    kept = {"email", "retain_until", "code_hash", "idempotency_key", "request_hash", "zoom"}
    kept |= {"decision_text", "decided_at", "flags", "channel"}
    assert not shown & kept
    assert shown == {column.name for column in wishes_for_staff(SOMEWHERE).selected_columns}


SOMEWHERE = Scope(everything=False, deal_ids=frozenset(), case_ids=frozenset())


def test_staff_see_their_own_cases_and_nothing_withdrawn(app):
    own, other = factories.make_case(), factories.make_case()
    seen = factories.make_wish(own, at=PLACE)
    factories.make_wish(other)
    factories.make_wish(own, status="withdrawn", geom=None, text="")
    scope = Scope(everything=False, deal_ids=frozenset(), case_ids=frozenset({own.id}))
    (row,) = db.session.execute(wishes_for_staff(scope)).all()
    assert (row.id, row.status) == (seen.id, "submitted")
    assert shape(row.geom).equals(shapely.Point(*PLACE))
    assert db.session.execute(wishes_for_staff(SOMEWHERE)).all() == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chosen", ["exact", "100m", "neighbourhood"])
def test_the_precision_that_moderators_are_told_is_the_one_that_shows(app, kind, chosen):
    area, case = factories.make_area(), factories.make_case()
    for _ in range(THRESHOLD):
        factories.make_wish(
            case, at=PLACE, kind=kind, precision=chosen, area_id=area.id, status="published"
        )
    expected = publishable_precision(kind, "map", chosen)
    assert {row.precision for row in published()} == {expected}


def test_a_wish_has_no_other_key_than_its_number(app):
    key = uuid4()
    make_published(idempotency_key=key)
    assert str(key) not in str(published()[0])
    assert db.session.get(Wish, published()[0].id).idempotency_key == key
