"""HTTP of the walking network and of recreation routes."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the routes."""
