"""Balanskaart: from a resident's wish to the euro that answers it."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

FEATURES = (
    "accounts",
    "deals",
    "areas",
    "map_layers",
    "wishes",
    "moderation",
    "trails",
    "interventions",
    "budgets",
    "figures",
    "planning",
    "chain",
    "open_data",
    "pages",
)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The WSGI application; `overrides` are settings that win over the environment."""
    from gis.crs import use_grid
    from webapp import (
        errors,
        fast_sql,
        languages,
        permissions,
        security,
        static_files,
        templating,
        tile_service,
    )
    from webapp.config import read_settings
    from webapp.extensions import babel, csrf, db, limiter

    app = Flask(__name__, static_folder="../static")
    app.config.update(read_settings() | dict(overrides or {}))
    if not app.config["SECRET_KEY"]:
        raise SystemExit("SECRET_KEY is not set: give a long random text.")
    use_grid(app.config["RD_GRID"])
    security.init_app(app)
    languages.init_app(app)
    db.init_app(app)
    fast_sql.init_app(app)
    babel.init_app(app, locale_selector=languages.current_language)
    csrf.init_app(app)
    limiter.init_app(app)
    errors.init_app(app)
    static_files.init_app(app)
    for feature in FEATURES:
        import_module(f"webapp.{feature}.routes").init_app(app)
    templating.init_app(app)
    permissions.init_app(app)
    tile_service.init_app(app)
    # Outermost, so that whatever answers sees who really asks.
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    return app
