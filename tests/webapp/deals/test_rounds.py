"""Which round is open, and whether one has been closed."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories
from webapp.deals.queries import closed_round_exists, current_round

NOW = datetime.now(UTC)


def test_the_open_round_is_the_current_one(app):
    case = factories.make_case()
    opened = factories.make_round(case)
    factories.make_round(case, days_open=-100)
    factories.make_round(case, days_open=5)
    assert current_round(case.id, NOW) is opened


def test_without_an_open_round_there_is_no_current_one(app):
    case = factories.make_case()
    factories.make_round(case, days_open=-100)
    assert current_round(case.id, NOW) is None


@pytest.mark.parametrize(("days_open", "closed"), [(-100, True), (-10, False), (5, False)])
def test_only_a_round_that_has_ended_counts_as_closed(app, days_open, closed):
    case = factories.make_case()
    factories.make_round(case, days_open=days_open)
    assert closed_round_exists(case.id, NOW) is closed


def test_a_round_ends_at_its_closing_moment(app):
    case = factories.make_case()
    ended = factories.make_round(case)
    assert current_round(case.id, ended.closes_at) is None
    assert current_round(case.id, ended.closes_at - timedelta(seconds=1)) is ended


def test_the_round_of_another_case_does_not_count(app):
    factories.make_round(factories.make_case(), days_open=-100)
    assert not closed_round_exists(factories.make_case().id, NOW)
