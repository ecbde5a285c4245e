"""The pages around the features: start, deal, case, statements, health."""

from flask import Blueprint, Flask, redirect, render_template, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from webapp.extensions import db
from webapp.permissions import public, requires

blueprint = Blueprint("pages", __name__)
outside_language = Blueprint("health", __name__)


@outside_language.get("/")
@public
def root() -> Response:
    """To the start page in the reader's language."""
    return redirect(url_for("pages.start"))


@outside_language.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """Whether the app and its database answer."""
    db.session.execute(text("SELECT postgis_version()"))
    return {"status": "ok"}


@blueprint.get("/")
@public
def start() -> str:
    """The start page."""
    return render_template("pages/start.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("pages/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What happens with personal data."""
    return render_template("pages/privacy.html")


@blueprint.get("/workbench")
@requires("use_workbench")
def workbench() -> str:
    """The first page after signing in."""
    return render_template("pages/workbench.html")


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(outside_language)
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
