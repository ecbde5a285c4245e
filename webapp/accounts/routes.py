"""Signing in, out and two-factor: Flask-Security with our pages around it."""

import base64
import hashlib
from typing import Any

from flask import Flask
from flask_security import FSQLALiteUserDatastore

from webapp.accounts.models import Grant, User
from webapp.extensions import accounts_security, db


def _settings(secret: str) -> dict[str, Any]:
    """Flask-Security's settings; salts and TOTP keys derive from SECRET_KEY."""

    def derived(purpose: str) -> str:
        digest = hashlib.blake2b(purpose.encode(), key=secret.encode()[:64]).digest()
        return base64.urlsafe_b64encode(digest).decode()

    return {
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": derived("passwords"),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_TOTP_SECRETS": {"1": derived("totp")},
        "SECURITY_TOTP_ISSUER": "Balanskaart",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_GENERIC_RESPONSES": True,
        "SECURITY_FLASH_MESSAGES": True,
    }


def init_app(app: Flask) -> None:
    """Bind Flask-Security."""
    app.config.update(_settings(app.config["SECRET_KEY"]))
    datastore = FSQLALiteUserDatastore(db, User, Grant)
    accounts_security.init_app(app, datastore, register_blueprint=True)
