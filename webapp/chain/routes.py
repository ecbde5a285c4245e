"""HTTP of the chain: four public pages that lead to each other, and the coverage for staff."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Flask, Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.chain import coverage as figures
from webapp.chain.forms import BookingRows, InterventionRows, WishRows
from webapp.chain.maps import intervention_map
from webapp.chain.queries import (
    chain_of_budget_line,
    chain_of_intervention,
    chain_of_programme_line,
    chain_of_wish,
    published_intervention,
)
from webapp.chain.timeline import timeline
from webapp.languages import current_language
from webapp.permissions import public, requires

blueprint = Blueprint("chain", __name__)
KEY = "<int:{}>"


@blueprint.get("/chain/wishes/" + KEY.format("wish_id"))
@public
def wish(wish_id: int) -> str | BaseResponse:
    """From a wish to the euro that answers it, or the reason why there is none."""
    found = chain_of_wish(wish_id)
    if found.merged_into:
        return redirect(url_for("chain.wish", wish_id=found.merged_into))
    return render_template("chain/wish.html", found=found, chain=found.chain)


@blueprint.get("/chain/interventions/" + KEY.format("intervention_id"))
@public
def intervention(intervention_id: int) -> str:
    """What is done, why, when, by whom, and what it costs."""
    plan, chain, hidden = chain_of_intervention(intervention_id)
    return render_template(
        "chain/intervention.html",
        plan=plan,
        chain=chain,
        hidden=hidden,
        moments=timeline(plan.intervention),
    )


@blueprint.get("/chain/interventions/" + KEY.format("intervention_id") + "/map.json")
@public
def map_json(intervention_id: int) -> Response:
    """A published intervention on the map of its case, as GeoJSON."""
    found = published_intervention(intervention_id)
    words = intervention_map(found.case_id, found.id, current_language())
    return Response(words, content_type="application/geo+json")


@blueprint.get("/chain/budget-lines/" + KEY.format("line_id"))
@public
def budget_line(line_id: int) -> str:
    """From a budget line back to the wishes."""
    found = chain_of_budget_line(line_id)
    return render_template("chain/budget_line.html", found=found, chain=found.chain)


@blueprint.get("/chain/programme-lines/" + KEY.format("line_id"))
@public
def programme_line(line_id: int) -> str:
    """From a programme line to money, interventions and wishes."""
    line, chain = chain_of_programme_line(line_id)
    return render_template("chain/programme_line.html", line=line, chain=chain)


@blueprint.get("/coverage")
@requires("see_wishes")
def coverage() -> str:
    """How far the chain is closed, per case."""
    return render_template(
        "chain/coverage.html",
        cases=figures.cases_in(g.scope),
        wishes=figures.wish_coverage(g.scope),
        interventions=figures.intervention_coverage(g.scope),
        money=figures.loose_money(g.scope),
        states=figures.WISH_STATES,
        lacks=figures.LACKS,
        stages=figures.STAGES,
    )


@blueprint.get("/coverage/wishes")
@requires("see_wishes")
def coverage_wishes() -> str:
    """The wishes behind a figure."""
    asked = WishRows()
    asked.check()
    values: tuple[Any, ...] = (asked.case.data, asked.theme.data, asked.state.data)
    rows = figures.wishes_behind(g.scope, *values, asked.page_number)
    return render_template("chain/coverage_wishes.html", found=rows, asked=asked)


@blueprint.get("/coverage/interventions")
@requires("see_wishes")
def coverage_interventions() -> str:
    """The interventions behind a figure."""
    asked = InterventionRows()
    asked.check()
    rows = figures.interventions_behind(
        g.scope, asked.case.data, asked.lack.data, asked.page_number
    )
    return render_template("chain/coverage_interventions.html", found=rows, asked=asked)


@blueprint.get("/coverage/bookings")
@requires("see_budgets")
def coverage_bookings() -> str:
    """The bookings behind an amount."""
    asked = BookingRows()
    asked.check()
    rows = figures.bookings_behind(g.scope, asked.deal.data, asked.case.data, asked.page_number)
    return render_template("chain/coverage_bookings.html", found=rows, asked=asked)


def _month(day: date) -> str:
    """As precise as everyone reads when a wish was given: words, place and day could together
    point at someone."""
    return str(format_date(day, "LLLL yyyy", locale=current_language()))


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.jinja_env.filters["month"] = _month
