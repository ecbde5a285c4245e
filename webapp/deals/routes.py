"""HTTP of deals."""

from flask import Blueprint, Flask

from webapp.deals import commands

blueprint = Blueprint("deals", __name__)


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.cli.add_command(commands.group)
