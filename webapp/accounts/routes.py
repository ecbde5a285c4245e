"""HTTP of accounts: one's own account, and the staff page of the administrator."""

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from webapp.accounts import actions, commands, queries, sign_in
from webapp.accounts.forms import ActiveForm, GrantForm, LanguageForm
from webapp.accounts.models import User
from webapp.accounts.queries import Place
from webapp.errors import Forbidden, Invalid, NotFound
from webapp.permissions import ROLES, SIGNED_IN, Scope, requires

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
@requires(SIGNED_IN)
def mine() -> str:
    """One's own account: password, second factor, language, roles."""
    everywhere = Scope(True, frozenset(), frozenset())
    return render_template(
        "accounts/mine.html",
        language_form=LanguageForm(language=current_user.language),
        plain_form=FlaskForm(),
        places=_titles(queries.places(everywhere)),
    )


@blueprint.post("/account/language")
@requires(SIGNED_IN)
def choose_language() -> Response:
    """Remember the language of the workbench."""
    form = LanguageForm()
    if not form.validate_on_submit():
        raise Invalid
    actions.set_language(current_user, form.language.data)
    flash(gettext("accounts.language.saved"), "success")
    return redirect(url_for("accounts.mine", lang=form.language.data))


@blueprint.post("/account/sign-out-everywhere")
@requires(SIGNED_IN)
def sign_out_everywhere() -> Response:
    """End every session on every device, this one too."""
    actions.sign_out_everywhere(current_user)
    return redirect(url_for("security.login"))


@blueprint.get("/staff")
@requires("manage_users")
def staff() -> str:
    """Who works here, and with which roles."""
    return render_template(
        "accounts/staff.html",
        users=queries.staff(g.scope),
        places=_titles(queries.places(g.scope)),
    )


@blueprint.route("/staff/<int:user_id>", methods=["GET", "POST"])
@requires("manage_users")
def person(user_id: int) -> str | Response | tuple[str, int]:
    """One member of staff: roles, and whether they may sign in."""
    user = queries.member(user_id, g.scope)
    form, offered = _grant_form()
    if form.validate_on_submit():
        actions.grant(user, form.role.data, offered[form.place.data])
        flash(gettext("accounts.granted"), "success")
        return redirect(url_for("accounts.person", user_id=user.id))
    page = _person_page(user, form)
    return (page, 400) if form.errors else page


@blueprint.post("/staff/<int:user_id>/grants/<int:grant_id>/revoke")
@requires("manage_users")
def revoke(user_id: int, grant_id: int) -> Response:
    """Take a role away."""
    user = queries.member(user_id, g.scope)
    found = next((row for row in user.grants if row.id == grant_id), None)
    if found is None:
        raise NotFound
    if not queries.within(found, g.scope):
        raise Forbidden
    actions.revoke(user, found)
    flash(gettext("accounts.revoked"), "success")
    return redirect(url_for("accounts.staff"))


@blueprint.post("/staff/<int:user_id>/active")
@requires("manage_users")
def set_active(user_id: int) -> Response:
    """Let someone sign in or not; only for whom the administrator covers every role."""
    user = queries.member(user_id, g.scope)
    if not all(queries.within(row, g.scope) for row in user.grants):
        raise Forbidden
    form = ActiveForm()
    if not form.validate_on_submit():
        raise Invalid
    actions.set_active(user, form.active.data == "1")
    flash(gettext("accounts.saved"), "success")
    return redirect(url_for("accounts.person", user_id=user.id))


def _grant_form() -> tuple[GrantForm, dict[str, Place]]:
    places = queries.places(g.scope)
    if g.scope.everything:
        places.insert(0, Place())
    titles = _titles(places)
    form = GrantForm()
    roles = [SelectChoice(role, gettext(f"common.role.{role}")) for role in ROLES]
    form.role.choices = [SelectChoice("", ""), *roles]
    where = [SelectChoice(place.value, titles[place.value]) for place in places]
    form.place.choices = [SelectChoice("", ""), *where]
    return form, {place.value: place for place in places}


def _person_page(user: User, form: GrantForm) -> str:
    return render_template(
        "accounts/person.html",
        user=user,
        form=form,
        places=_titles(queries.places(g.scope)),
        covered={row.id for row in user.grants if queries.within(row, g.scope)},
    )


def _titles(places: list[Place]) -> dict[str, Any]:
    """What a place is called, by how a form names it."""
    from webapp.languages import current_language

    titles = {"everywhere": gettext("accounts.everywhere")}
    for place in places:
        if place.title:
            title = place.title.get(current_language()) or place.title.get("nl", place.slug)
            kind = gettext("accounts.place.case" if place.case_id else "accounts.place.deal")
            titles[place.value] = f"{title} ({kind})"
    return titles


def init_app(app: Flask) -> None:
    """Bind Flask-Security, the routes and the commands."""
    sign_in.init_app(app)
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.cli.add_command(commands.group)
