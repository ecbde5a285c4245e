"""Who may do what: one table role → actions, and the check that runs before every route.

A route says `@requires("action")` or `@public`; one that says nothing is refused when the app
is made. Roles are granted per deal or per case: `g.scope` tells a route which cases it covers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, g, request
from flask_login import current_user
from sqlalchemy import ColumnElement, column, select, table, true

from webapp.errors import Forbidden, SignInNeeded
from webapp.extensions import db

ROLES: dict[str, frozenset[str]] = {
    "moderator": frozenset({"use_workbench", "see_wishes", "moderate_wishes", "see_outbox"}),
    "planner": frozenset(
        {"use_workbench", "see_wishes", "use_planning", "manage_rounds", "manage_layers"}
    ),
    "case_manager": frozenset(
        {
            "use_workbench",
            "see_wishes",
            "use_planning",
            "manage_rounds",
            "manage_interventions",
            "see_budgets",
            "book_costs",
        }
    ),
    "controller": frozenset({"use_workbench", "see_budgets", "book_costs"}),
    "field_worker": frozenset({"use_workbench"}),
}
ROLES["admin"] = frozenset({"manage_users"}.union(*ROLES.values()))

PUBLIC = "public"
SIGNED_IN = "signed_in"
EXTENSION_ENDPOINTS = {
    "static": PUBLIC,
    "security.login": PUBLIC,
    "security.logout": PUBLIC,
    "security.static": PUBLIC,
    "security.two_factor_setup": PUBLIC,
    "security.two_factor_setup_validate": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.verify": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.mf_recovery": PUBLIC,
}

View = TypeVar("View", bound=Callable[..., Any])
_cases = table("cases", column("id"), column("deal_id"))


@dataclass(frozen=True)
class Scope:
    """The cases and whole deals within which the current user may do the route's action."""

    everything: bool
    deal_ids: frozenset[int]
    case_ids: frozenset[int]

    def limit(self, case_id: ColumnElement[int]) -> ColumnElement[bool]:
        """A condition on a case column: only rows within the scope."""
        return true() if self.everything else case_id.in_(self.case_ids)

    def covers(self, case_id: int) -> bool:
        """Whether a case lies within the scope."""
        return self.everything or case_id in self.case_ids

    def covers_deal(self, deal_id: int) -> bool:
        """Whether the whole deal lies within the scope."""
        return self.everything or deal_id in self.deal_ids

    def check(self, case_id: int) -> None:
        """Raise `Forbidden` when a case lies outside the scope."""
        if not self.covers(case_id):
            raise Forbidden


def requires(action: str) -> Callable[[View], View]:
    """Declare that a route needs an action."""

    def declare(view: View) -> View:
        view.needs = action  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that anyone may use a route."""
    view.needs = PUBLIC  # type: ignore[attr-defined]
    return view


def declared(app: Flask, endpoint: str) -> str | None:
    """What an endpoint needs: an action, `public`, `signed_in`, or None when it does not say."""
    needs = getattr(app.view_functions[endpoint], "needs", None)
    return needs or EXTENSION_ENDPOINTS.get(endpoint)


def may(user: Any, action: str) -> bool:
    """Whether a user has a role with this action anywhere."""
    return user.is_authenticated and any(action in ROLES[grant.role] for grant in user.grants)


def scope_of(user: Any, action: str) -> Scope:
    """Where a user may do an action."""
    grants = [grant for grant in user.grants if action in ROLES[grant.role]]
    deals = frozenset(grant.deal_id for grant in grants if grant.deal_id)
    cases = {grant.case_id for grant in grants if grant.case_id}
    if deals:
        cases |= set(db.session.scalars(select(_cases.c.id).where(_cases.c.deal_id.in_(deals))))
    everything = any(not grant.deal_id and not grant.case_id for grant in grants)
    return Scope(everything, deals, frozenset(cases))


def _check() -> None:
    if request.endpoint is None:
        return
    from flask import current_app

    needs = declared(current_app, request.endpoint)
    if needs == PUBLIC:
        return
    if not current_user.is_authenticated:
        raise SignInNeeded
    if needs == SIGNED_IN:
        return
    if needs is None or not may(current_user, needs):
        raise Forbidden
    g.scope = scope_of(current_user, needs)


def init_app(app: Flask) -> None:
    """Check every request; refuse to start with a route that does not say who may use it."""
    silent = [endpoint for endpoint in app.view_functions if declared(app, endpoint) is None]
    if silent:
        raise RuntimeError(f"these routes do not say who may use them: {sorted(silent)}")
    app.before_request(_check)
