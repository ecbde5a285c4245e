"""HTTP of computed figures: exposure, clusters, priority and who benefits."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the routes."""
