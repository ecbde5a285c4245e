"""What every template may use: icons, assets with a version, the same page in another language."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from flask import Flask, Response, current_app, g, request, url_for
from flask_login import current_user
from markupsafe import Markup

from webapp.deals.models import text_in
from webapp.languages import COOKIE, LANGUAGES, current_language, direction
from webapp.permissions import may

STATIC = Path(__file__).parent.parent / "static"


@dataclass(frozen=True)
class WorkbenchLink:
    """One entry of the staff navigation, shown to whoever may do its action."""

    endpoint: str
    label: str
    icon: str
    action: str

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def current(self) -> str:
        """For `aria-current`: this very page, a page that belongs to it, or neither."""
        if request.endpoint == self.endpoint:
            return "page"
        entries = [link.endpoint for link in (*WORKBENCH, *ACCOUNT)]
        if request.endpoint in entries:
            return ""
        of_feature = (one for one in entries if one.partition(".")[0] == request.blueprint)
        return "true" if next(of_feature, None) == self.endpoint else ""


WORKBENCH = (
    WorkbenchLink("moderation.queue", "common.nav.moderation", "list", "moderate_wishes"),
    WorkbenchLink("planning.map_page", "common.nav.planning", "map", "use_planning"),
    WorkbenchLink("map_layers.overview", "common.nav.layers", "layers", "manage_layers"),
    WorkbenchLink(
        "interventions.overview", "common.nav.interventions", "construction", "manage_interventions"
    ),
    WorkbenchLink("budgets.overview", "common.nav.budgets", "euro", "see_budgets"),
    WorkbenchLink("chain.coverage", "common.nav.coverage", "link", "see_wishes"),
    WorkbenchLink("deals.rounds", "common.nav.rounds", "calendar", "manage_rounds"),
    WorkbenchLink("moderation.outbox", "common.nav.outbox", "mail", "see_outbox"),
)
ANALYSES = (
    WorkbenchLink("chain.coverage", "common.nav.coverage", "link", "see_wishes"),
    WorkbenchLink("planning.scenarios", "planning.scenario.nav", "lightbulb", "use_planning"),
    WorkbenchLink("planning_twin.page", "planning.twin.title", "building-2", "use_planning"),
    WorkbenchLink("figures.overview", "figures.nav", "chart-column", "use_planning"),
    WorkbenchLink(
        "figures.perceived_heat", "figures.nav_perceived", "chart-column", "use_planning"
    ),
    WorkbenchLink("analyses.priority", "figures.priority.title", "flag", "use_planning"),
    WorkbenchLink("analyses.who_benefits", "figures.benefits.title", "users", "use_planning"),
    WorkbenchLink("analyses.clusters", "figures.clusters.title", "map-pin", "see_wishes"),
)
"""Pages with results that the planner's map leads to."""
ACCOUNT = (
    WorkbenchLink("pages.workbench", "common.workbench", "house", "use_workbench"),
    WorkbenchLink("accounts.staff", "common.nav.staff", "users", "manage_users"),
    WorkbenchLink("accounts.mine", "common.nav.account", "user", "use_workbench"),
)


def _allowed(links: tuple[WorkbenchLink, ...]) -> list[WorkbenchLink]:
    return [link for link in links if may(current_user, link.action)]


def analysis_links() -> list[WorkbenchLink]:
    """The pages with results that the reader may see."""
    return _allowed(ANALYSES)


@cache
def icon(name: str) -> Markup:
    """A Lucide icon as inline SVG that takes the colour of the text; always beside words."""
    source = (STATIC / "vendor" / "icons" / f"{name}.svg").read_text()
    drawing = source[source.index("<svg") :]
    inner = drawing[drawing.index(">") + 1 :]
    return Markup(  # noqa: S704 - our own pinned file, no user text
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{inner}'
    )


@cache
def _version(path: str) -> str:
    return hashlib.blake2b((STATIC / path).read_bytes(), digest_size=6).hexdigest()


def asset(path: str) -> str:
    """The address of a file in static/, changing when the file changes."""
    return url_for("static", filename=path, v=_version(path))


def in_language(code: str) -> str:
    """This same page in another language, or the start page where there is no such page."""
    endpoint = request.endpoint
    if endpoint and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        return url_for(endpoint, **{**(request.view_args or {}), "lang": code})
    return url_for("pages.start", lang=code)


def euros(cents: int) -> str:
    """Whole eurocents as an amount in the reader's language."""
    return format_currency(cents / 100, "EUR", locale=current_language())


def number(value: float, digits: int = 0) -> str:
    """A number in the reader's language with at most this many decimals, more than three too."""
    rounded = round(value, digits)
    return format_decimal(rounded, locale=current_language(), decimal_quantization=digits <= 3)


def _remember_language(response: Response) -> Response:
    if "lang" in g and request.cookies.get(COOKIE) != g.lang:
        response.set_cookie(
            COOKIE,
            g.lang,
            max_age=31536000,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
        )
    return response


def init_app(app: Flask) -> None:
    """Give every template its words and tools."""
    app.after_request(_remember_language)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        current_language=current_language,
        direction=direction,
        icon=icon,
        in_language=in_language,
        languages=LANGUAGES,
        may=lambda action: may(current_user, action),
        text_in=lambda value: text_in(value, current_language()),
        account_links=lambda: _allowed(ACCOUNT),
        workbench_links=lambda: _allowed(WORKBENCH),
    )
    app.jinja_env.filters.update(
        date=lambda value: format_date(value, "long", locale=current_language()),
        moment=lambda value: format_datetime(
            value, "d MMMM yyyy HH:mm", locale=current_language(), tzinfo=_amsterdam()
        ),
        euros=euros,
        number=number,
    )


@cache
def _amsterdam() -> ZoneInfo:
    return ZoneInfo("Europe/Amsterdam")
