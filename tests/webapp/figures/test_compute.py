"""Each figure of the small world by hand, what is missing, other editions, and the runs that stay."""

import numpy as np
import pytest
from sqlalchemy import func, select, text

from gis.figure import NOTES
from tests import factories
from tests.webapp.figures.small_world import heat, import_raster, make_areas, make_homes
from webapp.extensions import db
from webapp.figures import actions
from webapp.figures.actions import (
    RUNS_KEPT,
    BusyError,
    begin_work,
    compute,
    recompute_stale,
    run_waiting_work,
    run_work,
    stale_kinds,
)
from webapp.figures.compute_world import World
from webapp.figures.kinds import BY_KEY, KINDS, kinds_of
from webapp.figures.models import FigureRun, FigureWork
from webapp.figures.queries import newest_run, newest_runs, values_of

BY_HAND = {
    "heat-1": (0.5, 1.0),
    "heat-2": (35.0, 36.0),
    "cool-1": (1.0, 1.0),
    "green-1": (0.4, 0.4),
    "green-75-pbl": (2525.0, 2525.0),
    "green-75-share": (1.0, 1.0),
    "green-75-nm": (50.0, 0.0),
    "access-1-straight-residents": (1.0, 0.5),
    "access-1-straight-dwellings": (1.0, 0.5),
    "access-1-network-residents": (1.0, 0.0),
    "access-1-network-dwellings": (1.0, 0.0),
    "330-nl-trees": (0.5, 0.0),
    "330-nl-canopy": (1.0, 1.0),
    "330-nl-park": (1.0, 1.0),
    "330-nl-all": (0.5, 0.0),
    "330-uk-trees": (1.0, 0.0),
    "330-uk-canopy": (0.4, 0.4),
    "330-uk-park": (1.0, 0.0),
}
"""Of West and East. The British trees count within 100 m, so those of West's second home too; the
third home has two of them in reach. Any park counts for 3-30-300, also the one of 100 m², which no
path comes near."""


def values(key: str) -> dict[str, object]:
    run = newest_run(key)
    assert run is not None, key
    return {row.name: row for row in values_of(run)}


def computed(*names: str) -> actions.Outcome:
    return compute(kinds_of(names), "neighbourhood", None)


def test_each_figure_is_what_it_is_by_hand(world):
    outcome = computed()
    assert outcome.failed == {}
    assert outcome.missing == {"green-2": ["shrub_cover", "low_green_cover"]}
    for key, (west, east) in BY_HAND.items():
        found = values(key)
        assert found["West"].value == pytest.approx(west, abs=1e-6), key
        assert found["East"].value == pytest.approx(east, abs=1e-6), key
    assert {*BY_HAND, "heat-1-dwellings", "green-2"} == set(BY_KEY)


def test_what_was_divided_and_the_gaps_are_kept(world):
    computed()
    east = values("heat-1")["East"]
    assert (east.numerator, east.denominator) == (pytest.approx(10_000), pytest.approx(10_000))
    assert east.no_data_share == pytest.approx(0.5)
    assert east.notes == ["input_partly_without_data"]
    east = values("access-1-straight-residents")["East"]
    assert (east.numerator, east.denominator, east.n) == (15.0, 30.0, 2)
    assert "residents_spread_over_dwellings" in east.notes
    assert values("access-1-network-dwellings")["West"].notes == []
    assert "crowns_of_some_trees_unknown" in values("330-nl-trees")["West"].notes
    assert "roads_not_known" in values("cool-1")["West"].notes
    run = newest_run("access-1-network-residents")
    layers = [each["layer"] for each in run.inputs]
    assert layers == ["areas", "bag_dwellings", "parks", "population", "walking_network_in_use"]
    assert all(each["sha256"] for each in run.inputs)
    assert run.software_version.startswith("Balanskaart ")
    assert run.parameters["mode"] == "network"
    assert not run.is_synthetic


def test_access_is_what_the_database_finds(world):
    """The same share by ST_DWithin, from the stored rows, in one statement."""
    computed("ACCESS-1")
    rows = db.session.execute(
        text("""
        SELECT a.name, avg(EXISTS (
            SELECT FROM layer_features p JOIN layer_editions e ON e.id = p.edition_id
            WHERE e.layer_id = 'parks' AND ST_Area(p.geom) >= 5000
              AND ST_DWithin(p.geom, d.geom, 300))::int)
        FROM areas a JOIN layer_features d ON ST_Intersects(a.geom, d.geom)
        JOIN layer_editions e ON e.id = d.edition_id AND e.layer_id = 'bag_dwellings'
        WHERE d.category = 'woning' GROUP BY a.name
        """)
    )
    by_sql = {name: float(share) for name, share in rows}
    found = values("access-1-straight-dwellings")
    assert by_sql == {name: row.value for name, row in found.items()}


def test_what_is_missing_is_named_and_nothing_is_made(app):
    assert set(computed().missing) == set(BY_KEY)
    assert computed("heat-1").missing == {"heat-1": ["areas"]}
    make_areas()
    make_homes()
    outcome = computed("HEAT-1", "access-1-network-dwellings")
    assert outcome.missing == {
        "heat-1": ["pet"],
        "heat-1-dwellings": ["pet"],
        "access-1-network-dwellings": ["parks", "walking_network_in_use"],
    }
    assert outcome.made == []


def test_without_data_there_is_no_value_and_never_a_zero(app, tmp_path):
    make_areas()
    cells = heat()
    cells[:, :10] = np.nan
    import_raster("pet", tmp_path, cells)
    computed("heat-1", "heat-2")
    west = values("heat-1")["West"]
    assert (west.value, west.numerator, west.no_data_share) == (None, None, 1.0)
    assert west.notes == ["nothing_to_measure"]
    assert values("heat-2")["West"].value is None


def test_without_paths_coolness_is_straight_and_says_so(app, tmp_path):
    make_areas()
    import_raster("pet", tmp_path, heat())
    make_homes()
    computed("COOL-1")
    west = values("cool-1")["West"]
    assert west.notes[0] == "straight_line_distance"
    assert newest_run("cool-1").parameters["mode"] == "straight"
    assert newest_run("cool-1").parameters["road_margin_m"] == 0.0


def test_three_kinds_of_green_are_added_where_all_are_known(app, tmp_path):
    make_areas()
    import_raster("tree_cover", tmp_path, np.full((10, 20), 40.0))
    shrubs = np.full((10, 20), 10.0)
    shrubs[:, :5] = np.nan
    import_raster("shrub_cover", tmp_path, shrubs)
    import_raster("low_green_cover", tmp_path, np.full((10, 20), 60.0))
    computed("green-2")
    west = values("green-2")["West"]
    assert west.value == 1.0
    assert west.no_data_share == pytest.approx(0.5)
    assert "green_capped_at_100" in west.notes


def test_rasters_on_other_grids_are_told(app, tmp_path):
    make_areas()
    import_raster("tree_cover", tmp_path, np.full((10, 20), 40.0))
    import_raster("shrub_cover", tmp_path, np.full((10, 10), 10.0))
    import_raster("low_green_cover", tmp_path, np.full((10, 20), 10.0))
    assert computed("green-2").failed == {"green-2": "GridsDifferError"}


def test_another_edition_makes_old_and_old_runs_stay(world, tmp_path):
    assert recompute_stale(["neighbourhood"]) == len(KINDS) - 1
    assert stale_kinds(World("neighbourhood")) == []
    assert recompute_stale(["neighbourhood"]) == 0
    import_raster("pet", tmp_path, heat() + 1, "2024")
    stale = {kind.key for kind in stale_kinds(World("neighbourhood"))}
    assert stale == {"heat-1", "heat-2", "heat-1-dwellings", "cool-1"}
    recompute_stale(["neighbourhood"])
    runs = db.session.scalars(select(FigureRun).filter_by(figure="heat-2").order_by(FigureRun.id))
    editions = [run.inputs[1]["edition"] for run in runs]
    assert editions == ["2022", "2024"]
    assert values("heat-2")["West"].value == pytest.approx(36)


def test_runs_that_stay_are_bounded(app, tmp_path):
    make_areas()
    import_raster("pet", tmp_path, heat())
    for _ in range(RUNS_KEPT + 2):
        computed("heat-2")
    assert db.session.scalar(select(func.count()).select_from(FigureRun)) == RUNS_KEPT


def test_what_was_made_up_is_marked(app, tmp_path):
    make_areas()
    import_raster("pet", tmp_path, heat(), is_synthetic=True)
    computed("heat-2")
    assert newest_run("heat-2").is_synthetic


def test_work_tells_how_far_it_is_and_how_it_ended(world, monkeypatch):
    work = begin_work(["heat-1", "heat-2"], "neighbourhood", None)
    run_work(work)
    assert (work.state, work.done, work.total, work.error) == ("done", 1, 1, "")

    def fails(_world):
        raise RuntimeError

    monkeypatch.setitem(actions.GROUPS, "heat", fails)
    begin_work(["heat-1", "green-1"], "neighbourhood", None)
    assert run_waiting_work() == 1
    assert newest_run("green-1") is not None
    newest = db.session.scalars(select(FigureWork).order_by(FigureWork.id.desc())).first()
    assert (newest.state, newest.error) == ("failed", "heat-1: RuntimeError")
    assert run_waiting_work() == 0


def test_one_computation_at_a_time(world):
    with actions._alone(), pytest.raises(BusyError):
        computed("heat-1")


def test_the_number_of_queries_does_not_grow_with_the_areas(world, count_queries):
    with count_queries() as few:
        newest_runs()
        World("neighbourhood").inputs(BY_KEY["access-1-network-residents"])
    for number in range(20):
        factories.make_area("neighbourhood", f"BU0392{number + 20:04}", side=10)
    with count_queries() as many:
        newest_runs()
        World("neighbourhood").inputs(BY_KEY["access-1-network-residents"])
    assert len(many) == len(few) > 0


def test_an_unknown_definition_is_refused():
    with pytest.raises(KeyError):
        kinds_of(["HEAT-9"])
    assert [kind.key for kind in kinds_of(["HEAT-1"])] == ["heat-1", "heat-1-dwellings"]
    assert kinds_of([]) == list(KINDS)


def test_every_note_and_figure_has_its_texts(app):
    from flask_babel import force_locale, gettext

    from webapp.figures.exposure import REASONS
    from webapp.figures.presentation import about, title_of

    for language in ("nl", "en", "tr", "ar", "pl", "uk"):
        with app.test_request_context(), force_locale(language):
            for kind in KINDS:
                assert not title_of(kind.key).startswith("figures.")
                assert not about(kind).startswith("figures.")
            for note in NOTES:
                assert not gettext(f"figures.note.{note}").startswith("figures.")
            for reason in REASONS:
                assert not gettext(f"figures.reason.{reason}").startswith("figures.")
