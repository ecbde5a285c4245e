"""Clusters: one case by hand, a plain second opinion, and independence of order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from gis.clusters import find_clusters

X, Y = 104_000.0, 488_000.0
QUICK = settings(max_examples=50)


def points(*places):
    return [Point(X + x, Y + y) for x, y in places]


def test_two_groups_and_a_stray():
    places = points((0, 0), (60, 0), (0, 60), (60, 60), (30, 30), (1000, 0), (1010, 0), (1020, 0), (500, 500))  # fmt: skip
    kinds = ["wish", "wish", "too_hot", "too_hot", "wish", "unsafe", "wish", "unsafe", "wish"]
    first, second = find_clusters(places, kinds, eps_m=60, min_size=3)
    assert (first.size, second.size) == (5, 3)
    assert first.members.tolist() == [0, 1, 2, 3, 4]
    assert first.kinds == (("wish", 3), ("too_hot", 2))
    assert second.kinds == (("unsafe", 2), ("wish", 1))
    assert (first.centre.x, first.centre.y) == (X + 30, Y + 30)
    assert first.hull.area == 3600
    assert second.hull.geom_type == "LineString"
    assert first.theme is None


def test_themes_are_clustered_by_themselves():
    places = points((0, 0), (10, 0), (20, 0), (0, 5), (10, 5), (20, 5))
    themes = ["green", "green", "green", "heat", "heat", "heat"]
    found = find_clusters(places, ["wish"] * 6, themes, eps_m=15, min_size=3)
    assert {cluster.theme: cluster.members.tolist() for cluster in found} == {
        "green": [0, 1, 2],
        "heat": [3, 4, 5],
    }
    assert len({cluster.id for cluster in found}) == 2


def test_a_wish_between_two_clusters_goes_to_the_nearest_core():
    # Cores at 20 and 60, 40 m apart; the wish at 38 lies 18 m from one and 22 m from the other.
    places = points((0, 0), (10, 0), (20, 0), (60, 0), (70, 0), (80, 0), (38, 0))
    found = find_clusters(places, ["wish"] * 7, eps_m=22, min_size=4)
    assert [cluster.members.tolist() for cluster in found] == [[0, 1, 2, 6], [3, 4, 5]]


def test_an_area_counts_at_its_centroid():
    area = Polygon([(X - 5, Y), (X + 5, Y), (X + 5, Y + 10), (X - 5, Y + 10)])
    (found,) = find_clusters([area, *points((0, 5))], ["wish", "wish"], eps_m=1, min_size=2)
    assert found.hull.equals(Point(X, Y + 5))


@pytest.mark.parametrize(
    ("places", "kinds", "eps"),
    [(points((0, 0)), [], 10), (points((0, 0)), ["a"], 0), ([Point()], ["a"], 10)],
)
def test_what_makes_no_sense_is_refused(places, kinds, eps):
    with pytest.raises(ValueError, match=r"wish|positive"):
        find_clusters(places, kinds, eps_m=eps)


def test_nothing_gives_no_clusters():
    assert find_clusters([], []) == []
    assert find_clusters(points((0, 0)), ["wish"]) == []


wishes = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300), st.sampled_from(["green", "heat"])),
    max_size=25,
)


@QUICK
@given(wishes, st.integers(10, 120), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_order_of_wishes_changes_nothing(rows, eps, size, dice):
    def of(given_rows):
        places = points(*[row[:2] for row in given_rows])
        kinds = [row[2] for row in given_rows]
        found = find_clusters(places, kinds, kinds, eps_m=eps, min_size=size)
        return [(cluster.id, cluster.size, cluster.kinds, cluster.centre) for cluster in found]

    shuffled = rows.copy()
    dice.shuffle(shuffled)
    assert of(rows) == of(shuffled)


@QUICK
@given(wishes, st.integers(10, 120), st.integers(1, 5))
def test_cores_are_grouped_as_in_a_plain_search(rows, eps, size):
    places = points(*[row[:2] for row in rows])
    found = find_clusters(places, ["wish"] * len(rows), eps_m=eps, min_size=size)
    near = [{m for m, b in enumerate(places) if a.distance(b) <= eps} for a in places]
    core = {n for n, each in enumerate(near) if len(each) >= size}
    owner = {int(n): k for k, cluster in enumerate(found) for n in cluster.members}
    assert core <= set(owner)
    for n in core:
        for m in near[n]:
            assert m in owner
            assert owner[m] == owner[n] or m not in core
    assert all(near[n] & core for n in owner)
    assert sum(cluster.size for cluster in found) == len(owner) == len(np.unique(list(owner)))
