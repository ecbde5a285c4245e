"""Clusters of wishes: who is counted, what they are called, and what everyone may know of them."""

import random

import pytest
from sqlalchemy import event

from tests import factories
from webapp.errors import Forbidden
from webapp.extensions import db
from webapp.figures.cluster_map import cluster_map
from webapp.figures.clusters import clusters_of, first_sentence
from webapp.permissions import Scope
from webapp.wishes.models import STATUS_TYPES

EVERYTHING = Scope(True, frozenset(), frozenset())
X, Y = factories.HAARLEM


def statements(read) -> int:
    count = []
    connection = db.session.connection()
    listener = lambda *_: count.append(1)  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    read()
    event.remove(connection, "before_cursor_execute", listener)
    return len(count)


def crowd(case, count=5, at=(X, Y), **values):
    """Wishes ten metres apart."""
    values = {"status": "published", "precision": "exact"} | values
    return [factories.make_wish(case, (at[0] + 10 * n, at[1]), **values) for n in range(count)]


def test_five_together_are_a_cluster_named_after_theme_and_street(app):
    case = factories.make_case()
    factories.make_area(name="Zuidbuurt")
    factories.make_place("Lindelaan 12, 2011 AA", street="Lindelaan", number="12", kind="address")
    crowd(case, 6, kind="too_hot", text="Te heet hier. Graag bomen!")
    crowd(case, 4, at=(X + 3000, Y))
    with app.test_request_context("/en/"):
        [found] = clusters_of(case.id, EVERYTHING)
        assert (found.size, found.place, found.area) == (6, "Lindelaan", "Zuidbuurt")
        assert found.kinds == (("too_hot", 6),)
        assert [quote.words for quote in found.quotes] == ["Te heet hier."]
        assert "Lindelaan" in found.name
        assert "12" not in found.name
        assert found.centre.x == pytest.approx(X + 25)


def test_themes_are_kept_apart_and_another_case_is_not_counted(app):
    case, other = factories.make_case(), factories.make_case()
    crowd(case, 3, theme="green")
    crowd(case, 3, theme="safe_clean")
    crowd(other, 3, theme="green")
    assert clusters_of(case.id, EVERYTHING) == []
    crowd(case, 2, theme="green")
    assert [each.theme for each in clusters_of(case.id, EVERYTHING)] == ["green"]
    assert clusters_of(case.id, EVERYTHING, "safe_clean") == []


@pytest.mark.parametrize(
    ("status", "counts"),
    [("submitted", True), ("private", True), ("merged", True), ("refused", False), ("referred", False)],
)  # fmt: skip
def test_staff_count_what_supports_and_everyone_what_is_published(app, status, counts):
    case = factories.make_case()
    crowd(case, 4)
    crowd(case, 1, status=status)
    assert len(clusters_of(case.id, EVERYTHING)) == counts
    assert clusters_of(case.id, None) == []


def test_a_case_outside_the_scope_is_refused(app):
    case = factories.make_case()
    with pytest.raises(Forbidden):
        clusters_of(case.id, Scope(False, frozenset(), frozenset({case.id + 1})))


def test_wishes_of_a_neighbourhood_are_one_group_and_have_no_place_in_it(app):
    case, area = factories.make_case(), factories.make_area(name="Zuidbuurt")
    crowd(case, 5, geom=None, area_id=area.id, door="neighbourhood")
    crowd(case, 4)
    for scope in (EVERYTHING, None):
        [found] = clusters_of(case.id, scope)
        assert (found.is_whole_area, found.place, found.size) == (True, "Zuidbuurt", 5)


def test_unsafe_places_are_never_clustered_below_their_neighbourhood_in_public(app):
    case = factories.make_case()
    area = factories.make_area(name="Zuidbuurt", at=(X + 200, Y + 100))
    wishes = crowd(case, 6, kind="unsafe", area_id=area.id)
    [found] = clusters_of(case.id, None)
    assert (found.is_whole_area, found.place) == (True, "Zuidbuurt")
    for wish in wishes:
        wish.geom = factories.make_wish(case, (X - 150, Y - 150), status="withdrawn").geom
    db.session.flush()
    [moved] = clusters_of(case.id, None)
    assert (moved.centre, moved.hull) == (found.centre, found.hull)


def test_public_places_are_as_coarse_as_the_wishes(app):
    case = factories.make_case()
    factories.make_area(side=3000)
    crowd(case, 5, at=(X + 3, Y + 4), precision="100m")
    [found] = clusters_of(case.id, None)
    assert found.hull.geom_type == "Point"
    assert (found.centre.x % 100, found.centre.y % 100) == (50, 50)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_published_changes_nothing_public(app, seed):
    dice = random.Random(seed)
    case, area = factories.make_case(), factories.make_area(side=3000)
    hidden = []
    for _ in range(160):
        status = dice.choice([*STATUS_TYPES, "published", "published", "published"])
        wish = factories.make_wish(
            case,
            (X + dice.uniform(-150, 150), Y + dice.uniform(-150, 150)),
            status=status,
            kind=dice.choice(["unsafe", "wish", "too_hot"]),
            theme=dice.choice(["green", "safe_clean"]),
            precision=dice.choice(["exact", "100m", "neighbourhood"]),
            area_id=area.id,
        )
        if status != "published":
            hidden.append(wish)
    before = clusters_of(case.id, None)
    assert before
    while hidden:
        for _ in range(min(len(hidden), 7)):
            db.session.delete(hidden.pop())
        db.session.flush()
        assert clusters_of(case.id, None) == before


def test_the_number_of_statements_does_not_grow(app):
    case = factories.make_case()
    crowd(case)
    few = statements(lambda: cluster_map(clusters_of(case.id, EVERYTHING)))
    for n in range(1, 8):
        crowd(case, at=(X + 400 * n, Y))
    assert len(clusters_of(case.id, EVERYTHING)) == 8
    assert statements(lambda: cluster_map(clusters_of(case.id, EVERYTHING))) == few


def test_a_first_sentence_is_cut_at_a_word():
    assert first_sentence(" Meer bomen! En banken. ") == "Meer bomen!"
    assert first_sentence("Kosten 1.5 euro. Ja") == "Kosten 1.5 euro."
    long = first_sentence("woord " * 60)
    assert len(long) <= 161
    assert long.endswith("woord…")


def test_the_public_page_says_no_more_than_what_is_published(pages):
    case = factories.make_case()
    crowd(case, 5, text="Meer schaduw bij de school")
    crowd(case, 3, text="geheim", status="submitted")
    page = pages.get(f"/nl/clusters/{case.slug}")
    assert "5 wensen" in page.text
    assert "geheim" not in page.text
    assert f"/nl/clusters/{case.slug}" in pages.get(f"/nl/cases/{case.slug}").links()
    assert pages.get("/nl/clusters/elsewhere", status=404)


def test_kinds_below_five_have_no_number_in_public(pages):
    case = factories.make_case()
    crowd(case, 5)
    crowd(case, 2, kind="too_hot")
    page = pages.get(f"/en/clusters/{case.slug}").text
    assert "I want to change something (5)" in page
    assert "It is too hot here (2)" not in page


def test_staff_see_the_clusters_of_their_own_cases(pages):
    case, other = factories.make_case(), factories.make_case()
    crowd(case, 7, text="<script>x</script> Meer banken")
    pages.sign_in(factories.make_user("planner", case=case))
    page = pages.get("/nl/figures/clusters")
    assert "7 wensen" in page.text
    assert "<script>x" not in page.html
    assert any("table=wishes" in link and "at=" in link for link in page.links())
    assert pages.get(f"/nl/figures/clusters?case={other.slug}", status=400)
    assert pages.get("/nl/figures/clusters?distance=nan", status=400)
    assert pages.get("/nl/figures/clusters?theme=money", status=400)
