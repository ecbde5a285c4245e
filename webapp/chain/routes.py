"""HTTP of chain."""

from flask import Blueprint, Flask

blueprint = Blueprint("chain", __name__)


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
