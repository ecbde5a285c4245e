"""Writes of accounts: users, the roles they have somewhere, and whether they may sign in."""

import secrets
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from flask_login import current_user
from flask_security import hash_password

from webapp import events
from webapp.accounts.models import Grant, User
from webapp.accounts.queries import Place, find_user
from webapp.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.permissions import ROLES

PASSWORD_MINIMUM = 12


def generate_password() -> str:
    """A password of 120 bits that can be read aloud in groups."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


def create_user(email: str, password: str, language: str = "nl") -> User:
    """A user without roles. Raises `Invalid` for a wrong address or short password, `Conflict` when
    the address is taken."""
    address = _address(email)
    if len(password) < PASSWORD_MINIMUM:
        raise Invalid(
            problems=[{"path": "password", "reason": f"at least {PASSWORD_MINIMUM} characters"}]
        )
    if find_user(address):
        raise Conflict(problems=[{"path": "email", "reason": f"{address} has an account already"}])
    user = User(
        email=address,
        password=hash_password(password),
        active=True,
        fs_uniquifier=uuid4().hex,
        language=language,
    )
    db.session.add(user)
    db.session.flush()
    events.record("user", user.id, "created")
    db.session.commit()
    return user


def _address(email: str) -> str:
    # `example.org` and the like serve for demos; whether mail arrives is not asked here.
    try:
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid(problems=[{"path": "email", "reason": str(error)}]) from error
    return checked.normalized.lower()


def grant(user: User, role: str, place: Place) -> Grant:
    """Give a user a role somewhere; giving it again changes nothing.

    Raises `Invalid` for an unknown role, or for any role but admin without a deal or case.
    """
    if role not in ROLES:
        known = ", ".join(sorted(ROLES))
        raise Invalid(problems=[{"path": "role", "reason": f"{role!r} is not one of {known}"}])
    if role != "admin" and not (place.deal_id or place.case_id):
        raise Invalid(problems=[{"path": "place", "reason": f"{role} needs a deal or a case"}])
    found = find_grant(user, role, place)
    if found is None:
        found = Grant(role=role, deal_id=place.deal_id, case_id=place.case_id)
        user.grants.append(found)
        events.record("user", user.id, "granted", **_named(found))
        db.session.commit()
    return found


def find_grant(user: User, role: str, place: Place) -> Grant | None:
    """The grant of a role at exactly this place."""
    wanted = (role, place.deal_id, place.case_id)
    return next(
        (row for row in user.grants if (row.role, row.deal_id, row.case_id) == wanted), None
    )


def revoke(user: User, found: Grant) -> None:
    """Take a role away. Raises `Conflict` for one's own admin role: someone must keep the keys."""
    if found.role == "admin" and _is_current(user):
        raise Conflict
    events.record("user", user.id, "revoked", **_named(found))
    user.grants.remove(found)
    db.session.commit()


def set_active(user: User, active: bool) -> None:
    """Let a user sign in or not. Disabling ends every session; raises `Conflict` for oneself."""
    if not active and _is_current(user):
        raise Conflict
    if user.active != active:
        user.active = active
        user.fs_uniquifier = uuid4().hex
        events.record("user", user.id, "enabled" if active else "disabled")
    db.session.commit()


def set_language(user: User, language: str) -> None:
    """The language in which a member of staff works."""
    user.language = language
    events.record("user", user.id, "language", language=language)
    db.session.commit()


def sign_out_everywhere(user: User) -> None:
    """End every session of a user, on every device."""
    user.fs_uniquifier = uuid4().hex
    events.record("user", user.id, "signed_out_everywhere")
    db.session.commit()


def _named(found: Grant) -> dict[str, int | str | None]:
    return {"role": found.role, "deal_id": found.deal_id, "case_id": found.case_id}


def _is_current(user: User) -> bool:
    return bool(current_user) and current_user.is_authenticated and current_user.id == user.id
