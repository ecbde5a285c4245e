"""A plain question goes past Flask: with the same answer, or not at all."""

import pytest

from tests import factories
from tests.webapp.open_data.test_quick_place import flask_asked  # noqa: F401
from webapp.open_data.queries import COLLECTIONS
from webapp.open_data.quick_items import QuickItems

QUESTIONS = ["", "?limit=1", "?bbox=4.5,52.3,4.8,52.5", "?crs=EPSG:28992&limit=2&cursor=0", "?bbox=4.5%2C52.3%2C4.8%2C52.5"]  # fmt: skip
WITH_A_TOKEN = {"Authorization": "of nobody"}


@pytest.fixture
def filled(case):
    for _ in range(3):
        wish = factories.make_wish(case, status="published")
    factories.link(factories.make_intervention(case), wish)
    factories.make_area()


@pytest.mark.usefixtures("filled", "flask_asked")
@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_that_of_the_long_way(request, program, name, question):
    asked = request.getfixturevalue("flask_asked")
    short = program.get(f"/{name}{question}")
    assert not asked
    long = program.get(f"/{name}{question}", headers=WITH_A_TOKEN)
    assert asked
    assert short.json == long.json
    ordinary = [pair for pair in long.headers.to_wsgi_list() if pair[0] != "Vary"]
    assert sorted(short.headers.to_wsgi_list()) == sorted(ordinary)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "question", ["?limit=0", "?limit=1&limit=2", "?bbox=1,2,3", "?x=1", "?case=%ff", "?case=a%", "?case=é"]
)  # fmt: skip
def test_a_problem_is_told_by_flask(request, program, flask_asked, question):  # noqa: F811
    program.get(f"/wishes{question}", 400)
    assert flask_asked


def test_only_routes_for_everyone_can_be_answered_in_front():
    class Closed:
        view_functions = {f"open_data.{name}": lambda: None for name in COLLECTIONS}  # noqa: RUF012

    with pytest.raises(RuntimeError):
        QuickItems(Closed(), {})
