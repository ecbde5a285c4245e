"""HTTP of figures per area: the overview, one figure, perceived beside modelled heat."""

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from webapp.areas.models import LEVELS
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.figures import perceived, presentation, queries
from webapp.figures.actions import KEPT_LEVELS, begin_work
from webapp.figures.models import FigureRun
from webapp.jobs import enqueue
from webapp.permissions import requires

blueprint = Blueprint("figures", __name__)


@blueprint.get("/figures")
@requires("use_planning")
def overview() -> str:
    """Every figure: whether it is there, from which editions, and what is missing."""
    level = _chosen("level", KEPT_LEVELS)
    return render_template(
        "figures/areas.html",
        states=presentation.states(level),
        works=queries.works(),
        level=level,
        levels=KEPT_LEVELS,
    )


@blueprint.post("/figures")
@requires("use_planning")
def compute_all() -> BaseResponse:
    """Have every figure computed in the background; the page shows how far it is."""
    for level in KEPT_LEVELS:
        begin_work([], level, None)
    enqueue("compute_figures")
    db.session.commit()
    flash(gettext("figures.compute.begun"), "success")
    return redirect(url_for("figures.overview"))


@blueprint.get("/figures/progress/<int:work_id>")
@requires("use_planning")
def progress(work_id: int) -> Response:
    """How far a computation is, as JSON."""
    answer = jsonify(queries.progress_of(work_id))
    answer.cache_control.no_store = True
    return answer


@blueprint.get("/figures/perceived-heat")
@requires("use_planning")
def perceived_heat() -> str:
    """Wishes that say it is too hot, beside modelled heat, per area."""
    level = _chosen("level", LEVELS, "district")
    found = perceived.compare(g.scope, level)
    rows = sorted(found.rows, key=lambda row: (row.verdict in ("alike", "not_compared"), row.name))
    return render_template(
        "figures/perceived.html",
        found=found,
        rows=rows,
        level=level,
        levels=KEPT_LEVELS,
        fewest=perceived.FEWEST_AREAS,
    )


@blueprint.get("/figures/<figure>")
@requires("use_planning")
def result(figure: str) -> str:
    """One figure of every area, with its parts, its sources and its chart."""
    kind = queries.kind_by_key(figure)
    runs = presentation.runs_by_level(kind)
    level, run = _run(runs)
    sort = _chosen("sort", presentation.SORTS)
    descending = _chosen("order", ("descending", "ascending")) == "descending"
    rows = [] if run is None else presentation.ordered(queries.values_of(run), sort, descending)
    return render_template(
        "figures/result.html",
        kind=kind,
        run=run,
        rows=rows,
        level=level,
        levels=list(runs),
        sort=sort,
        descending=descending,
        state=presentation.state_of(kind, run, level),
        bars=presentation.bars(rows, kind),
        sentence=presentation.sentence(rows, kind) if rows else "",
        earlier=queries.runs_of(kind.key, level)[1:],
    )


@blueprint.get("/figures/<figure>/csv")
@requires("use_planning")
def result_csv(figure: str) -> Response:
    """The values of one figure with everything that traces them, as CSV."""
    kind = queries.kind_by_key(figure)
    _, run = _run(presentation.runs_by_level(kind))
    if run is None:
        raise NotFound
    text = presentation.csv_of(kind, run, queries.values_of(run))
    synthetic = "-synthetic" if run.is_synthetic else ""
    name = f"{kind.key}-{run.level}-{run.year}{synthetic}.csv"
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _run(runs: dict[str, FigureRun]) -> tuple[str, FigureRun | None]:
    """The level that was asked for, else the one with most values, and its computation."""
    if "level" in request.args or not runs:
        level = _chosen("level", LEVELS, "neighbourhood")
    else:
        level = presentation.fullest(runs)
    return level, runs.get(level)


def _chosen(name: str, allowed: tuple[str, ...], default: str = "") -> str:
    """An argument of the address, one of the allowed words. Raises `NotFound` for another."""
    given = request.args.get(name) or default or allowed[0]
    if given not in allowed:
        raise NotFound
    return given
