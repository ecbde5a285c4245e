"""What is measured for a wish: by hand, without layers, in the worker, and gone with the wish."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import select

from tests import factories
from tests.webapp.figures.small_world import box, heat, import_raster, make_areas, point
from webapp.extensions import db
from webapp.figures.actions import compute
from webapp.figures.commands import group
from webapp.figures.exposure import expose_all_waiting, expose_waiting, exposures_of
from webapp.figures.exposure_requests import request_all
from webapp.figures.kinds import kinds_of
from webapp.figures.models import ExposureRequest, WishExposure
from webapp.geodata import stored
from webapp.wishes.actions import Submission, place_wish, withdraw_wish


@pytest.fixture
def case(app):
    case = factories.make_case(at=(105_000.0, 486_000.0))
    factories.make_round(case)
    return case


def wish_at(case, geometry, **values):
    return factories.make_wish(case, geom=stored(geometry), **values)


def measured(wish) -> dict[str, object]:
    return {each.figure or each.measure: each for each in exposures_of(wish.id)}


def test_a_point_is_measured_by_hand(world, case):
    compute(kinds_of(["heat-1", "access-1-network-dwellings"]), "neighbourhood", None)
    wish = wish_at(case, point(80))
    assert expose_all_waiting() == 1
    found = measured(wish)
    assert (found["heat"].value, found["heat"].unit) == (30.0, "celsius")
    assert found["tree_share"].value == pytest.approx(0.4)
    assert found["green_distance"].value == pytest.approx(180.0)
    assert found["green_distance"].by_network
    assert found["coolness_distance"].value == 0.0
    assert found["heat-1"].value == pytest.approx(0.5)
    assert found["access-1-network-dwellings"].value == 1.0
    assert [each["layer"] for each in found["heat"].inputs] == ["pet"]
    assert all(each["sha256"] for each in found["green_distance"].inputs)
    assert not found["heat"].is_synthetic


def test_a_line_takes_the_ground_around_it(world, case):
    line = shapely.LineString([point(20, 20), point(20, 80)])
    wish = wish_at(case, line, kind="route")
    expose_all_waiting()
    assert measured(wish)["heat"].value == pytest.approx(40.0)


def test_a_whole_neighbourhood_has_its_figures_and_no_place(world, case):
    compute(kinds_of(["heat-2"]), "neighbourhood", None)
    wish = factories.make_wish(case, geom=None, door="neighbourhood", area_id=world["East"].id)
    expose_all_waiting()
    found = measured(wish)
    assert {found[name].reason for name in ("heat", "tree_share", "green_distance")} == {"no_place"}
    assert found["heat-2"].value == pytest.approx(36.0)


def test_without_data_or_way_there_is_a_reason(world, case):
    bare, outside = wish_at(case, point(290)), wish_at(case, point(2000))
    compute(kinds_of(["heat-1"]), "neighbourhood", None)
    expose_all_waiting()
    assert measured(bare)["heat"].reason == "outside_layer"
    assert measured(outside)["green_distance"].reason == "too_far_from_path"
    assert measured(outside)["heat-1"].reason == "outside_areas"


def test_what_lacked_a_layer_is_measured_when_it_is_there(app, tmp_path, case):
    make_areas()
    wish = wish_at(case, point(20))
    expose_all_waiting()
    assert measured(wish)["heat"].reason == "no_layer"
    import_raster("pet", tmp_path, heat(), is_synthetic=True)
    compute(kinds_of(["heat-1"]), "neighbourhood", None)
    assert expose_all_waiting() == 1
    assert measured(wish)["heat"].value == 40.0
    assert measured(wish)["heat"].is_synthetic
    assert not measured(wish)["coolness_distance"].by_network


def test_a_figure_that_is_computed_later_is_added(world, case):
    compute(kinds_of(["heat-1"]), "neighbourhood", None)
    wish = wish_at(case, point(20))
    expose_all_waiting()
    compute(kinds_of(["heat-1"]), "neighbourhood", None)
    assert expose_all_waiting() == 0
    compute(kinds_of(["green-1"]), "neighbourhood", None)
    assert expose_all_waiting() == 1
    assert measured(wish)["green-1"].value == pytest.approx(0.4)


def test_a_submission_asks_for_its_exposure_and_nothing_more(world, case, count_queries):
    request = Submission(
        case.id, "too_hot", "green", "Te warm hier", "nl", "map", geometry=point(20), zoom=17
    )
    with count_queries() as statements:
        wish = place_wish(request, uuid4()).wish
    assert not [each for each in statements if "exposure" in each or "procrastinate" in each]
    assert db.session.scalars(select(ExposureRequest.wish_id)).all() == [wish.id]
    assert exposures_of(wish.id) == []
    assert expose_waiting() == 1
    assert measured(wish)["heat"].value == 40.0


def test_what_was_measured_goes_with_the_wish(world, case):
    wish = wish_at(case, point(20))
    expose_all_waiting()
    assert exposures_of(wish.id)
    withdraw_wish(wish.id)
    assert db.session.scalars(select(WishExposure)).all() == []
    assert db.session.scalars(select(ExposureRequest)).all() == []


def test_a_wish_that_moves_is_measured_anew(world, case):
    wish = wish_at(case, point(20))
    expose_all_waiting()
    wish.geom = stored(point(150))
    db.session.flush()
    assert exposures_of(wish.id) == []
    expose_all_waiting()
    assert measured(wish)["heat"].value == 36.0


def test_the_statements_do_not_grow_with_the_wishes(world, case, count_queries):
    wish_at(case, point(20))
    with count_queries() as few:
        expose_all_waiting()
    for east in range(30):
        wish_at(case, point(east))
    with count_queries() as many:
        assert expose_all_waiting() == 30
    assert len(many) <= len(few)


def test_the_command_measures_every_wish(app, world, case):
    wishes = [wish_at(case, point(20)), wish_at(case, box(0, 0, 40, 40), kind="threat")]
    expose_all_waiting()
    assert request_all() == 2
    told = app.test_cli_runner().invoke(group, ["expose"])
    assert told.exit_code == 0, told.output
    assert "2 wishes measured" in told.output
    assert all(exposures_of(wish.id) for wish in wishes)
    assert exposures_of(wishes[0].id)[0].computed_at <= datetime.now(UTC)
