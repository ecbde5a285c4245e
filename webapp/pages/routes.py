"""The pages around the features: start, deal, case, statements, the workbench's first page."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from webapp.chain.maps import MOST_WISHES, case_map
from webapp.chain.paging import paged
from webapp.extensions import db
from webapp.languages import LANGUAGES, current_language
from webapp.pages import queries
from webapp.pages.budget import budget_of
from webapp.pages.forms import CaseFilters
from webapp.pages.waiting import waiting_for
from webapp.permissions import public, requires

blueprint = Blueprint("pages", __name__)
outside_language = Blueprint("health", __name__)
WISHES_PER_PAGE = 10
NOT_FOR_ROBOTS = ("follow", "account", "workbench", "cases/*/wishes/new")
STATEMENT_DATE = datetime(2026, 11, 21, tzinfo=UTC).date()


@outside_language.get("/")
@public
def root() -> BaseResponse:
    """To the start page in the reader's language."""
    return redirect(url_for("pages.start"))


@outside_language.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """Whether the app and its database answer."""
    db.session.execute(text("SELECT postgis_version()"))
    return {"status": "ok"}


@outside_language.get("/robots.txt")
@public
def robots() -> Response:
    """Pages with a resident's code or a form are not for search engines."""
    refused = [f"Disallow: /{lang}/{path}" for lang in LANGUAGES for path in NOT_FOR_ROBOTS]
    return _plain(["User-agent: *", "Disallow: /tiles/", *refused])


@outside_language.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Where to report a weakness (RFC 9116)."""
    base, email = current_app.config["BASE_URL"], current_app.config["CONTACT_EMAIL"]
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0) + timedelta(days=180)
    return _plain(
        [
            f"Contact: mailto:{email}" if email else f"Contact: {base}/nl/accessibility",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages: nl, en",
            f"Canonical: {base}/.well-known/security.txt",
        ]
    )


def _plain(lines: list[str]) -> Response:
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/")
@public
def start() -> str:
    """What this is for, the cases of the deal, and what is new."""
    now, every = datetime.now(UTC), queries.deals()
    deal = next((one for one in every if one.slug == current_app.config["DEAL"]), None)
    cards = queries.case_cards(deal, now) if deal else []
    ids = [card.case.id for card in cards]
    return render_template(
        "pages/start.html",
        deal=deal,
        cards=cards,
        counts=queries.total(card.counts for card in cards),
        wishes=queries.newest_wishes(ids),
        interventions=queries.newest_interventions(ids),
        others=[one for one in every if one is not deal],
    )


@blueprint.get("/deals/<deal_slug>")
@public
def deal(deal_slug: str) -> str:
    """What the parties of a deal promised each other, in words and amounts."""
    found = queries.deal_by_slug(deal_slug)
    cards = queries.case_cards(found, datetime.now(UTC))
    budget = budget_of(found.budget_lines)
    return render_template("pages/deal.html", deal=found, cards=cards, budget=budget)


@blueprint.get("/cases/<case_slug>")
@public
def case(case_slug: str) -> str:
    """What happens in a case, who decides, and what residents asked."""
    found, now, filters = queries.case_by_slug(case_slug), datetime.now(UTC), CaseFilters()
    filters.check()
    rows = queries.wishes_of_case(found.id, filters.chosen)
    newest_first = rows.order_by(rows.selected_columns.id.desc())
    return render_template(
        "pages/case.html",
        case=found,
        now=now,
        open_round=queries.round_in(found, "open", now),
        next_round=queries.round_in(found, "planned", now),
        counts=queries.total(queries.counts_per_case([found.id]).values()),
        sketch=queries.sketches_of([found.id]).get(found.id),
        interventions=queries.interventions_of_case(found.id),
        wishes=paged(newest_first, filters.page_number, WISHES_PER_PAGE),
        filters=filters,
        most_wishes=MOST_WISHES,
    )


@blueprint.get("/cases/<case_slug>/map.json")
@public
def map_json(case_slug: str) -> Response:
    """The map of a case: its parts, published wishes, published interventions."""
    found, filters = queries.case_by_slug(case_slug), CaseFilters()
    filters.check()
    wishes = queries.wishes_of_case(found.id, filters.chosen)
    words = case_map(found.id, wishes, current_language())
    return Response(words, content_type="application/geo+json")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("pages/accessibility.html", statement_date=STATEMENT_DATE)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What happens with personal data."""
    return render_template("pages/privacy.html")


@blueprint.get("/workbench")
@requires("use_workbench")
def workbench() -> str:
    """What waits for whoever has signed in."""
    works = waiting_for(current_user, datetime.now(UTC))
    return render_template("pages/workbench.html", works=works)


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(outside_language)
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
