"""Felt beside modelled heat: counted apart, compared by a rule that is stated, within the scope."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.webapp.figures.small_world import X, Y, import_raster
from webapp.extensions import db
from webapp.figures.actions import compute
from webapp.figures.kinds import kinds_of
from webapp.figures.perceived import compare, thirds
from webapp.geodata import stored
from webapp.permissions import Scope

EVERYWHERE = Scope(True, frozenset(), frozenset())


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_thirds_follow_the_order(values):
    found = thirds(values)
    pairs = sorted(zip(values, found, strict=True))
    assert [third for _, third in pairs] == sorted(third for _, third in pairs)
    assert set(found) <= {-1, 0, 1}


def test_values_that_are_alike_are_in_no_third():
    assert thirds([2.0] * 6) == [0] * 6
    assert thirds([0, 0, 0, 0, 0, 9]) == [0, 0, 0, 0, 0, 1]
    assert thirds([1, 2, 3, 4, 5, 6]) == [-1, -1, 0, 0, 1, 1]


def make_row(tmp_path, count=6, residents=1000):
    """Areas of 100 × 100 m from west to east, each with PET 33 or 37 in ever more of its cells."""
    for number in range(count):
        figures = {"aantal_inwoners": residents} if residents else {}
        at = (X + number * 100 + 50, Y + 50)
        code = f"BU0392{number:04}"
        factories.make_area("neighbourhood", code, at=at, side=100, figures=figures)
    cells = np.full((10, count * 10), 33.0)
    for number in range(count):
        cells[: number + 1, number * 10 : number * 10 + 10] = 37.0
    import_raster("pet", tmp_path, cells)
    compute(kinds_of(["heat-1", "heat-2"]), "neighbourhood", None)


def complain(case, number, times, kind="too_hot", **values):
    for _ in range(times):
        place = shapely.Point(X + number * 100 + 50, Y + 50)
        factories.make_wish(case, kind=kind, geom=stored(place), **values)


def test_where_felt_and_modelled_heat_disagree(app, tmp_path):
    make_row(tmp_path)
    case = factories.make_case()
    complain(case, 0, 6)
    complain(case, 1, 1)
    complain(case, 2, 2)
    complain(case, 3, 3)
    complain(case, 4, 4)
    complain(case, 5, 9, kind="cool_spot")
    found = compare(EVERYWHERE, "neighbourhood")
    verdicts = {row.code[-1]: row.verdict for row in found.rows}
    assert verdicts == {
        "0": "felt_not_modelled",
        "1": "alike",
        "2": "alike",
        "3": "alike",
        "4": "alike",
        "5": "modelled_not_felt",
    }
    assert [row.wishes for row in found.rows] == [6, 1, 2, 3, 4, 0]
    assert found.rows[0].per_thousand == 6.0
    assert found.rows[0].heat_1 == 0.1
    assert found.compared == 6


def test_only_wishes_within_the_scope_count_and_no_withdrawn_ones(app, tmp_path):
    make_row(tmp_path)
    mine, other = factories.make_case(), factories.make_case()
    complain(mine, 0, 2)
    complain(other, 0, 5)
    complain(mine, 0, 1, status="withdrawn")
    db.session.flush()
    scope = Scope(False, frozenset(), frozenset({mine.id}))
    assert compare(scope, "neighbourhood").rows[0].wishes == 2


def test_few_areas_or_no_residents_are_not_compared(app, tmp_path):
    make_row(tmp_path, count=5)
    assert {row.verdict for row in compare(EVERYWHERE, "neighbourhood").rows} == {"not_compared"}


def test_without_residents_there_is_no_rate(app, tmp_path):
    make_row(tmp_path, residents=0)
    found = compare(EVERYWHERE, "neighbourhood")
    assert found.compared == 0
    assert {row.per_thousand for row in found.rows} == {None}


def test_without_modelled_heat_the_wishes_still_show(app):
    case = factories.make_case()
    factories.make_area("neighbourhood", "BU03920000", at=(X + 50, Y + 50), side=100)
    complain(case, 0, 3)
    found = compare(EVERYWHERE, "neighbourhood")
    assert [(row.wishes, row.heat_1, row.verdict) for row in found.rows] == [
        (3, None, "not_compared")
    ]
    assert found.runs == []
