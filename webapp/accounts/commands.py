"""`balanskaart users …`: who may sign in, and with which role where."""

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.accounts import actions, queries
from webapp.accounts.models import Grant, User
from webapp.accounts.queries import Place
from webapp.errors import DomainError
from webapp.languages import LANGUAGES
from webapp.permissions import ROLES, Scope

EVERYTHING = Scope(True, frozenset(), frozenset())

group = AppGroup("users", help="Staff accounts: create, grant, revoke, list, disable, enable.")
_role = click.option(
    "--role", required=True, type=click.Choice(sorted(ROLES)), help="What they do."
)
_deal = click.option("--deal", metavar="SLUG", help="The role holds in this deal and its cases.")
_case = click.option("--case", metavar="SLUG", help="The role holds in this case only.")
_password_file = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="Read the password from the first line of this file.",
)


@group.command("create")
@click.argument("email")
@_role
@_deal
@_case
@_password_file
@click.option("--password-prompt", is_flag=True, help="Ask for the password.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="nl", show_default=True)
def create(
    email: str,
    role: str,
    deal: str | None,
    case: str | None,
    password_file: Path | None,
    password_prompt: bool,
    language: str,
) -> None:
    """Make an account with a role; without a password given, one is made and shown once."""
    place = _place(role, deal, case)
    given = _password(password_file, password_prompt)
    password = given or actions.generate_password()
    try:
        user = actions.create_user(email, password, language)
        found = actions.grant(user, role, place)
    except DomainError as error:
        raise click.ClickException(_refusal(error)) from error
    click.echo(f"{user.email}: {_words(found)}")
    if not given:
        click.echo(f"Password, shown only now: {password}")


@group.command("grant")
@click.argument("email")
@_role
@_deal
@_case
def grant(email: str, role: str, deal: str | None, case: str | None) -> None:
    """Give an existing user one more role."""
    user, place = _user(email), _place(role, deal, case)
    click.echo(f"{user.email}: {_words(actions.grant(user, role, place))}")


@group.command("revoke")
@click.argument("email")
@_role
@_deal
@_case
def revoke(email: str, role: str, deal: str | None, case: str | None) -> None:
    """Take a role away."""
    user, place = _user(email), _place(role, deal, case)
    found = actions.find_grant(user, role, place)
    if found is None:
        raise click.ClickException(f"{user.email} does not have this role there.")
    actions.revoke(user, found)
    click.echo(f"{user.email}: no longer {role} there")


@group.command("list")
def list_users() -> None:
    """Everyone with an account, with roles."""
    everyone = queries.staff(EVERYTHING)
    if not everyone:
        click.echo("Nobody yet. Make an account: balanskaart users create EMAIL --role admin")
    for user in everyone:
        roles = "; ".join(_words(found) for found in user.grants) or "no role"
        click.echo(f"{user.email}: {roles}{'' if user.active else ' (disabled)'}")


@group.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Refuse sign-in and end every session; roles and history stay."""
    user = _user(email)
    actions.set_active(user, False)
    click.echo(f"{user.email}: disabled")


@group.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let a disabled user sign in again."""
    user = _user(email)
    actions.set_active(user, True)
    click.echo(f"{user.email}: enabled")


def _user(email: str) -> User:
    user = queries.find_user(email)
    if user is None:
        raise click.ClickException(f"Nobody has an account with {email}.")
    return user


def _place(role: str, deal: str | None, case: str | None) -> Place:
    if deal and case:
        raise click.UsageError("Give --deal or --case, not both.")
    if not deal and not case:
        if role == "admin":
            return Place()
        raise click.UsageError(f"A {role} needs --deal SLUG or --case SLUG.")
    kind, slug = ("deal", deal) if deal else ("case", case)
    place = queries.place_by_slug(kind, slug or "")
    if place is None:
        known = ", ".join(queries.slugs(kind)) or "none yet: load a deal first"
        raise click.ClickException(f"There is no {kind} {slug!r}. There is: {known}.")
    return place


def _password(path: Path | None, prompt: bool) -> str | None:
    if path:
        return (path.read_text(encoding="utf-8").splitlines() or [""])[0]
    if prompt:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return None


def _refusal(error: DomainError) -> str:
    return "; ".join(f"{found['path']}: {found['reason']}" for found in error.problems) or error.key


def _words(found: Grant) -> str:
    wanted = (found.deal_id, found.case_id)
    for place in queries.places(EVERYTHING):
        if (place.deal_id, place.case_id) == wanted:
            return f"{found.role} in {'case' if place.case_id else 'deal'} {place.slug}"
    return f"{found.role} everywhere"
