"""HTTP of wishes."""

from flask import Blueprint, Flask

blueprint = Blueprint("wishes", __name__)


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
