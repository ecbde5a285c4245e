"""Where the planner's map starts when no case says where it lies."""

import json
import re

import pytest
from sqlalchemy import delete

from tests import factories
from webapp.deals.models import CasePart
from webapp.extensions import db


def starts_at(pages):
    page = pages.get("/nl/planning")
    found = re.search(r"&#34;bounds&#34;: (\[[^]]*\])|\"bounds\": (\[[^]]*\])", page.html)
    assert found
    return page, json.loads(found.group(1) or found.group(2))


@pytest.fixture
def planner(pages):
    case = factories.make_case()
    db.session.execute(delete(CasePart).where(CasePart.case_id == case.id))
    pages.sign_in(factories.make_user("planner", case=case))
    return pages


def test_it_shows_the_areas(planner):
    factories.make_area("district", "WK039201")
    _page, bounds = starts_at(planner)
    assert 4.5 < bounds[0] < bounds[2] < 4.8


def test_without_areas_it_shows_the_country_and_no_empty_choices(planner):
    page, bounds = starts_at(planner)
    assert bounds[0] < 4
    assert bounds[2] > 7
    assert re.search(r'<section class="legend"[^>]* hidden', page.html)
