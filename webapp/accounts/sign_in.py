"""Signing in with Flask-Security: its settings, our words for its messages, a brake on guessing."""

import base64
import hashlib
import time
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from flask_security import (
    FSQLALiteUserDatastore,
    password_changed,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
)
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from webapp import events
from webapp.accounts import forms
from webapp.accounts.actions import PASSWORD_MINIMUM
from webapp.accounts.models import Grant, User
from webapp.extensions import accounts_security, db
from webapp.languages import catalogue_folders
from webapp.security import client_fingerprint

SESSION_HOURS = 12
FRESH_MINUTES = 30
GUARDED = {
    "security.login",
    "security.verify",
    "security.change_password",
    "security.two_factor_token_validation",
    "security.mf_recovery",
}
PER_ACCOUNT_HERE = RateLimitItemPerMinute(10, 15, "account-and-network")
PER_ACCOUNT = RateLimitItemPerHour(100, 1, "account")
PER_NETWORK = RateLimitItemPerMinute(100, 15, "network")

MESSAGES = {
    "GENERIC_AUTHN_FAILED": "accounts.message.wrong",
    "INVALID_PASSWORD": "accounts.message.password_wrong",
    "PASSWORD_NOT_PROVIDED": "accounts.message.password_missing",
    "PASSWORD_INVALID_LENGTH": "accounts.message.password_short",
    "PASSWORD_IS_THE_SAME": "accounts.message.password_same",
    "RETYPE_PASSWORD_MISMATCH": "accounts.message.password_differs",
    "PASSWORD_CHANGE": "accounts.message.password_changed",
    "INVALID_CODE": "accounts.message.code_wrong",
    "TWO_FACTOR_INVALID_TOKEN": "accounts.message.code_wrong",
    "INVALID_RECOVERY_CODE": "accounts.message.recovery_wrong",
    "NO_RECOVERY_CODES_SETUP": "accounts.message.recovery_none",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "accounts.message.second_on",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "accounts.message.second_passed",
    "TWO_FACTOR_DISABLED": "accounts.message.second_off",
    "TWO_FACTOR_SETUP_EXPIRED": "accounts.message.second_expired",
    "TWO_FACTOR_PERMISSION_DENIED": "accounts.message.again",
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": "accounts.message.again",
    "REAUTHENTICATION_REQUIRED": "accounts.message.password_first",
    "REAUTHENTICATION_SUCCESSFUL": "accounts.message.password_right",
    "ANONYMOUS_USER_REQUIRED": "accounts.message.signed_in_already",
    "UNAUTHENTICATED": "common.error.sign_in_needed.title",
    "UNAUTHORIZED": "common.error.forbidden.title",
    "API_ERROR": "common.error.invalid.title",
    "INVALID_REDIRECT": "common.error.invalid.title",
}
GOOD_NEWS = {"PASSWORD_CHANGE", "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL", "TWO_FACTOR_DISABLED"}


def _settings(secret: str) -> dict[str, Any]:
    """Flask-Security's settings; salts and TOTP keys derive from SECRET_KEY."""

    def derived(purpose: str) -> str:
        digest = hashlib.blake2b(purpose.encode(), key=secret.encode()[:64]).digest()
        return base64.urlsafe_b64encode(digest).decode()

    return {
        "SECURITY_URL_PREFIX": "/<lang:lang>/account",
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": derived("passwords"),
        "SECURITY_PASSWORD_LENGTH_MIN": PASSWORD_MINIMUM,
        "SECURITY_TOTP_SECRETS": {"1": derived("totp")},
        "SECURITY_TOTP_ISSUER": "Balanskaart",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "accounts.mine",
        "SECURITY_TWO_FACTOR_ERROR_VIEW": "security.login",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_LOGOUT_METHODS": ["GET", "POST"],
        "SECURITY_POST_LOGIN_VIEW": "pages.workbench",
        "SECURITY_POST_LOGOUT_VIEW": "pages.start",
        "SECURITY_POST_CHANGE_VIEW": "accounts.mine",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_FRESHNESS": timedelta(minutes=FRESH_MINUTES),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(folder) for folder in catalogue_folders()],
        **{
            f"SECURITY_MSG_{name}": (key, "success" if name in GOOD_NEWS else "error")
            for name, key in MESSAGES.items()
        },
    }


def init_app(app: Flask) -> None:
    """Bind Flask-Security with our forms, messages and limits."""
    app.config.update(_settings(app.config["SECRET_KEY"]))
    accounts_security.init_app(
        app,
        FSQLALiteUserDatastore(db, User, Grant),
        register_blueprint=True,
        login_form=forms.SignInForm,
        verify_form=forms.PasswordAgainForm,
        change_password_form=forms.NewPasswordForm,
        two_factor_setup_form=forms.SecondFactorForm,
        two_factor_verify_code_form=forms.CodeForm,
        two_factor_rescue_form=forms.RescueForm,
        mf_recovery_form=forms.RecoveryForm,
    )
    # People sign in with a session; a token in an address or a body opens nothing.
    app.login_manager.request_loader(lambda _request: None)
    app.extensions["sign_in_attempts"] = MovingWindowRateLimiter(MemoryStorage())
    app.before_request(_end_old_session)
    app.before_request(_stay_signed_in)
    app.before_request(_refuse_guessing)
    app.after_request(_count_attempt)
    user_authenticated.connect(_renew_session, app)
    password_changed.connect(_record_password, app)
    tf_profile_changed.connect(_record_second_factor, app)
    tf_disabled.connect(_record_no_second_factor, app)


def _end_old_session() -> Response | None:
    """After a working day a password is asked again, however busy the session was."""
    started = session.get("fs_paa")
    if started is None or time.time() - started < SESSION_HOURS * 3600:
        return None
    logout_user()
    session.clear()
    if request.method == "GET" and request.endpoint and request.endpoint != "security.login":
        return None
    return redirect(url_for("security.login"))  # type: ignore[return-value]


def _stay_signed_in() -> Response | None:
    """A link on another site signs nobody out."""
    elsewhere = request.headers.get("Sec-Fetch-Site", "none") in {"cross-site", "same-site"}
    if request.endpoint == "security.logout" and request.method == "GET" and elsewhere:
        return redirect(url_for("accounts.mine"))  # type: ignore[return-value]
    return None


def _refuse_guessing() -> tuple[str, int] | None:
    """Forms only, and no more than so many attempts per account and network."""
    if request.method != "POST" or request.blueprint != "security":
        return None
    if request.is_json:
        abort(415)
    if request.endpoint not in GUARDED:
        return None
    attempts, network, account = _attempts(), client_fingerprint(), _account()
    allowed = (
        attempts.test(PER_NETWORK, network)
        and attempts.hit(PER_ACCOUNT_HERE, account, network)
        and attempts.hit(PER_ACCOUNT, account)
    )
    g.attempt = (account, network)
    return None if allowed else (render_template("accounts/too_often.html"), 429)


def _count_attempt(response: Response) -> Response:
    """A page shown again is a wrong attempt; a redirect is a right one."""
    if "attempt" in g:
        account, network = g.attempt
        if response.status_code == 302:
            _attempts().clear(PER_ACCOUNT_HERE, account, network)
        else:
            _attempts().hit(PER_NETWORK, network)
    return response


def _attempts() -> MovingWindowRateLimiter:
    from flask import current_app

    found: MovingWindowRateLimiter = current_app.extensions["sign_in_attempts"]
    return found


def _account() -> str:
    """Whose account this attempt is at, hashed: the limiter keeps no addresses."""
    name = session.get("tf_user_id") or request.form.get("email", "").strip().lower()
    if current_user.is_authenticated:
        name = current_user.fs_uniquifier
    return hashlib.blake2b(name.encode(), digest_size=12).hexdigest()


def _renew_session(_app: Flask, user: User, **_rest: Any) -> None:
    """A form token known before signing in is worth nothing after it."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    events.record("user", user.id, "signed_in")


def _record_password(_app: Flask, user: User, **_rest: Any) -> None:
    events.record("user", user.id, "password_changed")


def _record_second_factor(_app: Flask, user: User, **_rest: Any) -> None:
    events.record("user", user.id, "second_factor_on")


def _record_no_second_factor(_app: Flask, user: User, **_rest: Any) -> None:
    events.record("user", user.id, "second_factor_off")
