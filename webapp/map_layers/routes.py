"""HTTP of imported map layers: their tiles, legend and values at a place."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the routes."""
