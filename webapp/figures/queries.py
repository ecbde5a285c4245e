"""Reads of computed figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from webapp.areas.models import Area
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.figures.kinds import BY_KEY, Kind
from webapp.figures.models import FigureRun, FigureValue, FigureWork

WORKS_SHOWN = 3


@dataclass(frozen=True)
class AreaValue:
    """The figure of one area with what was divided and the gaps."""

    area_id: int
    code: str
    name: str
    value: float | None
    numerator: float | None
    denominator: float | None
    no_data_share: float | None
    n: int | None
    notes: list[str]


def kind_by_key(key: str) -> Kind:
    """The kind of a figure. Raises `NotFound`."""
    if key not in BY_KEY:
        raise NotFound
    return BY_KEY[key]


def newest_run(figure: str, level: str = "neighbourhood") -> FigureRun | None:
    """The newest computation of a figure (`heat-1`, `green-75-nm`…) at a level."""
    return next(iter(runs_of(figure, level, 1)), None)


def runs_of(figure: str, level: str = "neighbourhood", most: int = 20) -> list[FigureRun]:
    """The computations of a figure at a level, the newest first."""
    same = (FigureRun.figure == figure, FigureRun.level == level, FigureRun.case_id.is_(None))
    rows = select(FigureRun).where(*same).order_by(FigureRun.id.desc()).limit(most)
    return list(db.session.scalars(rows))


def newest_runs(level: str = "neighbourhood") -> dict[str, FigureRun]:
    """The newest computation of every figure at a level, by the figure's key."""
    newest = (
        select(func.max(FigureRun.id))
        .where(FigureRun.level == level, FigureRun.case_id.is_(None))
        .group_by(FigureRun.figure)
    )
    rows = db.session.scalars(select(FigureRun).where(FigureRun.id.in_(newest)))
    return {run.figure: run for run in rows}


def values_of(run: FigureRun) -> list[AreaValue]:
    """The values of a computation with the areas' names, by code."""
    columns = (
        *(FigureValue.area_id, Area.code, Area.name, FigureValue.value, FigureValue.numerator),
        *(FigureValue.denominator, FigureValue.no_data_share, FigureValue.n, FigureValue.notes),
    )
    rows = db.session.execute(
        select(*columns)
        .join(Area, Area.id == FigureValue.area_id)
        .where(FigureValue.run_id == run.id)
        .order_by(Area.code)
    )
    return [AreaValue(*row) for row in rows]


def values_by_area(runs: Sequence[FigureRun]) -> dict[int, dict[int, float | None]]:
    """The bare values of several computations at once: by run, then by area."""
    rows = db.session.execute(
        select(FigureValue.run_id, FigureValue.area_id, FigureValue.value).where(
            FigureValue.run_id.in_([run.id for run in runs])
        )
    )
    found: dict[int, dict[int, float | None]] = {run.id: {} for run in runs}
    for run_id, area_id, value in rows:
        found[run_id][area_id] = value
    return found


def levels_of(figure: str) -> list[str]:
    """The levels at which a figure was computed."""
    rows = select(FigureRun.level).where(FigureRun.figure == figure).distinct()
    return sorted(db.session.scalars(rows))


def works() -> list[FigureWork]:
    """The last computations that were asked for, the newest first."""
    rows = select(FigureWork).order_by(FigureWork.id.desc()).limit(WORKS_SHOWN)
    return list(db.session.scalars(rows))


def progress_of(work_id: int) -> dict[str, Any]:
    """How far a computation is. Raises `NotFound`."""
    work = db.session.get(FigureWork, work_id)
    if work is None:
        raise NotFound
    return {"state": work.state, "step": work.current, "done": work.done, "total": work.total}
