"""Computes figures of areas and keeps the results; each group of figures is committed by itself."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import delete, func, insert, select

from gis.figure import Figure
from webapp.extensions import db
from webapp.figures import compute_green, compute_heat, compute_three_thirty
from webapp.figures.compute_world import World
from webapp.figures.exposure_requests import request_lacking
from webapp.figures.kinds import KINDS, Kind, software_version
from webapp.figures.models import FigureRun, FigureValue, FigureWork
from webapp.figures.queries import newest_runs

LOCK = 0x666967757265  # "figure": one computation at a time
KEPT_LEVELS = ("neighbourhood", "district")
"""The levels whose figures are kept up to date by themselves."""
EXPOSED_LEVEL = "neighbourhood"
"""The level whose figures are part of the exposure of a wish."""
RUNS_KEPT = 5
"""Of a figure, level and year: the newest and four to compare with."""

GROUPS: dict[str, Callable[[World], dict[str, list[Figure]]]] = {
    "heat": compute_heat.heat,
    "heat_near": compute_heat.heat_near_dwellings,
    "coolness": compute_heat.coolness,
    "trees": compute_green.trees,
    "green": compute_green.all_green,
    "per_dwelling": compute_green.per_dwelling,
    "access_straight": compute_green.access_straight,
    "access_network": compute_green.access_network,
    "nl_trees": compute_three_thirty.nl_trees,
    "nl_canopy": compute_three_thirty.nl_canopy,
    "nl_park": compute_three_thirty.nl_park,
    "nl_all": compute_three_thirty.nl_all,
    "uk_trees": compute_three_thirty.uk_trees,
    "uk_canopy": compute_three_thirty.uk_canopy,
    "uk_park": compute_three_thirty.uk_park,
}

WORKS_KEPT = 20

Progress = Callable[[str, int, int], None]


class BusyError(Exception):
    """Figures are being computed at this moment."""


@dataclass
class Outcome:
    """What a computation made, and what it could not make and why."""

    made: list[FigureRun]
    missing: dict[str, list[str]]
    failed: dict[str, str]


def compute(
    kinds: Sequence[Kind], level: str, year: int | None, progress: Progress | None = None
) -> Outcome:
    """Compute figures from the newest editions; those that lack an input are told, not made.

    Commits per group of figures. Raises `BusyError`.
    """
    with _alone():
        return _compute(kinds, World(level, year), progress or (lambda *_: None))


def _compute(kinds: Sequence[Kind], world: World, progress: Progress) -> Outcome:
    outcome = Outcome([], {}, {})
    ready: dict[str, list[Kind]] = {}
    for kind in kinds:
        if lacking := world.missing(kind):
            outcome.missing[kind.key] = lacking
        else:
            ready.setdefault(kind.group, []).append(kind)
    for done, (group, wanted) in enumerate(ready.items()):
        progress(wanted[0].key, done, len(ready))
        try:
            figures = GROUPS[group](world)
        except Exception as error:  # One figure that fails must not take the others along.
            db.session.rollback()
            current_app.logger.error("%s was not computed: %s", group, type(error).__name__)
            outcome.failed |= {kind.key: type(error).__name__ for kind in wanted}
            continue
        outcome.made += [_store(kind, world, figures[kind.key]) for kind in wanted]
        db.session.commit()
    progress("", len(ready), len(ready))
    if outcome.made:
        request_lacking([run.figure for run in outcome.made if world.level == EXPOSED_LEVEL])
        db.session.commit()
    return outcome


def _store(kind: Kind, world: World, figures: list[Figure]) -> FigureRun:
    inputs = world.inputs(kind)
    first = figures[0]
    run = FigureRun(
        figure=kind.key,
        definition=kind.definition,
        version=first.version,
        parameters=dict(first.parameters),
        inputs=inputs,
        software_version=software_version(),
        level=world.level,
        year=world.year,
        computed_at=datetime.now(UTC),
        is_synthetic=any(each["is_synthetic"] for each in inputs),
    )
    db.session.add(run)
    db.session.flush()
    rows = [
        {
            "run_id": run.id,
            "area_id": zone.id,
            "value": figure.value,
            "unit": figure.unit,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "no_data_share": figure.no_data_share,
            "n": figure.n,
            "notes": list(figure.notes),
        }
        for zone, figure in zip(world.zones, figures, strict=True)
    ]
    db.session.execute(insert(FigureValue), rows)
    _forget_old(run)
    return run


def _forget_old(run: FigureRun) -> None:
    same = (
        FigureRun.figure == run.figure,
        FigureRun.level == run.level,
        FigureRun.year == run.year,
        FigureRun.case_id.is_(None),
    )
    kept = select(FigureRun.id).where(*same).order_by(FigureRun.id.desc()).limit(RUNS_KEPT)
    db.session.execute(delete(FigureRun).where(*same, FigureRun.id.not_in(kept)))


def stale_kinds(world: World) -> list[Kind]:
    """The figures that can be made and were not, or were from other editions than there are now."""
    stale, runs = [], newest_runs(world.level)
    for kind in KINDS:
        if world.missing(kind):
            continue
        run = runs.get(kind.key)
        if run is None or run.inputs != world.inputs(kind):
            stale.append(kind)
    return stale


def recompute_stale(levels: Sequence[str] = KEPT_LEVELS) -> int:
    """Compute what other editions have made old; returns how many figures that were."""
    total = 0
    for level in levels:
        stale = stale_kinds(World(level))
        total += len(stale)
        if stale:
            work = begin_work([kind.key for kind in stale], level, None)
            db.session.commit()
            run_work(work)
    return total


def begin_work(figures: list[str], level: str, year: int | None) -> FigureWork:
    """Note figures (keys, none: all of them) to be computed; the caller commits."""
    kept = select(FigureWork.id).order_by(FigureWork.id.desc()).limit(WORKS_KEPT)
    db.session.execute(delete(FigureWork).where(FigureWork.id.not_in(kept)))
    work = FigureWork(figures=figures, level=level, year=year)
    db.session.add(work)
    db.session.flush()
    return work


def run_work(work: FigureWork) -> None:
    """Do noted work and tell in its row how far it is and what could not be made."""
    work_id = work.id
    chosen = [kind for kind in KINDS if not work.figures or kind.key in work.figures]
    work.state, work.started_at = "running", datetime.now(UTC)
    db.session.commit()

    def show(current: str, done: int, total: int) -> None:
        work.current, work.done, work.total = current, done, total
        db.session.commit()

    try:
        outcome = compute(chosen, work.level, work.year, show)
    except BusyError:
        db.session.rollback()
        _end(work_id, "waiting", "")
    except Exception as error:
        db.session.rollback()
        current_app.logger.error("figures were not computed: %s", type(error).__name__)
        _end(work_id, "failed", type(error).__name__)
    else:
        told = [f"{key}: {why}" for key, why in outcome.failed.items()]
        _end(work_id, "failed" if told else "done", "; ".join(told))


def _end(work_id: int, state: str, error: str) -> None:
    work = db.session.get(FigureWork, work_id)
    if work is None:
        return
    work.state, work.error = state, error
    work.finished_at = None if state == "waiting" else datetime.now(UTC)
    db.session.commit()


def run_waiting_work() -> int:
    """Do what waits, and once more what was cut off; returns how much was tried."""
    unfinished = select(FigureWork.id).where(FigureWork.state.in_(("waiting", "running")))
    tried = 0
    for work_id in db.session.scalars(unfinished.order_by(FigureWork.id)).all():
        work = db.session.get(FigureWork, work_id)
        if work is None or not _is_free():
            continue
        run_work(work)
        tried += 1
    return tried


def _is_free() -> bool:
    try:
        with _alone():
            return True
    except BusyError:
        return False


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock; on a connection of its own, as the work commits many times."""
    with db.engine.connect() as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(LOCK))):
            raise BusyError
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(LOCK)))
