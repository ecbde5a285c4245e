"""Reads of accounts: staff with their roles, and where a role can be given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, column, func, or_, select, table
from sqlalchemy.dialects.postgresql import JSONB

from webapp.accounts.models import Grant, User
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.permissions import Scope

# Accounts stand below deals, so these tables are named here, not imported.
_deals = table("deals", column("id"), column("slug"), column("short_title", JSONB))
_cases = table("cases", column("id"), column("slug"), column("title", JSONB), column("deal_id"))


@dataclass(frozen=True)
class Place:
    """Where a role holds: a deal with its cases, one case, or everywhere."""

    deal_id: int | None = None
    case_id: int | None = None
    slug: str = ""
    title: Any = None

    @property
    def value(self) -> str:
        """How a form names this place."""
        if self.case_id:
            return f"case:{self.case_id}"
        return f"deal:{self.deal_id}" if self.deal_id else "everywhere"


def find_user(email: str) -> User | None:
    """The user with an e-mail address, in any case of letters."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def places(scope: Scope) -> list[Place]:
    """The deals and cases within a scope where a role can be given, deals first."""
    deals = db.session.execute(select(_deals).order_by(_deals.c.slug))
    cases = db.session.execute(select(_cases).order_by(_cases.c.slug))
    return [
        *(
            Place(row.id, None, row.slug, row.short_title)
            for row in deals
            if scope.everything or row.id in scope.deal_ids
        ),
        *(Place(None, row.id, row.slug, row.title) for row in cases if scope.covers(row.id)),
    ]


def place_by_slug(kind: str, slug: str) -> Place | None:
    """The deal or case with a slug."""
    source = _deals if kind == "deal" else _cases
    found = db.session.scalar(select(source.c.id).where(source.c.slug == slug))
    if found is None:
        return None
    return Place(deal_id=found, slug=slug) if kind == "deal" else Place(case_id=found, slug=slug)


def slugs(kind: str) -> Sequence[str]:
    """Every slug of deals or cases, for a message that says what there is."""
    source = _deals if kind == "deal" else _cases
    return db.session.scalars(select(source.c.slug).order_by(source.c.slug)).all()


def staff(scope: Scope) -> Sequence[User]:
    """The users with a role within a scope; everyone when the scope is everything."""
    return db.session.scalars(_staff(scope).order_by(User.email)).all()


def member(user_id: int, scope: Scope) -> User:
    """One of the users within a scope; raises `NotFound` for anyone else."""
    found = db.session.scalar(_staff(scope).where(User.id == user_id))
    if found is None:
        raise NotFound
    return found


def _staff(scope: Scope) -> Select[tuple[User]]:
    if scope.everything:
        return select(User)
    inside = or_(Grant.case_id.in_(scope.case_ids), Grant.deal_id.in_(scope.deal_ids))
    return select(User).where(User.roles.any(inside))


def within(grant: Grant, scope: Scope) -> bool:
    """Whether a scope covers where a role holds."""
    if grant.case_id:
        return scope.covers(grant.case_id)
    return scope.covers_deal(grant.deal_id) if grant.deal_id else scope.everything
