"""Domain errors and the one table that turns them into answers."""

import contextlib
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeout,
)
from werkzeug.exceptions import HTTPException

from webapp.extensions import db
from webapp.security import scrubbed


class DomainError(Exception):
    """Base: `status` is the HTTP status, `key` names the message in `common` translations.

    `problems` lists what is wrong per field: {"path": "properties.kind", "reason": "…"}.
    """

    status = 400
    key = "invalid"

    def __init__(
        self, key: str | None = None, problems: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(key or self.key)
        self.key = key or self.key
        self.problems = problems or []


class Invalid(DomainError):
    """The input is wrong; `problems` says where."""


class NotFound(DomainError):
    """There is no such thing, or it is not for this reader."""

    status, key = 404, "not_found"


class Gone(DomainError):
    """It was there and has been taken back."""

    status, key = 410, "gone"


class SignInNeeded(DomainError):
    """Nobody is signed in."""

    status, key = 401, "sign_in_needed"


class Forbidden(DomainError):
    """This user may not do this, or not here."""

    status, key = 403, "forbidden"


class Conflict(DomainError):
    """Someone else changed it first, or it is already so."""

    status, key = 409, "conflict"


class TooLarge(DomainError):
    """The body or file is larger than accepted."""

    status, key = 413, "too_large"


class Unavailable(DomainError):
    """A source we depend on does not answer."""

    status, key = 503, "unavailable"


HTTP_KEYS = {
    400: "invalid",
    401: "sign_in_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    410: "gone",
    413: "too_large",
    415: "unsupported",
    429: "too_many",
    503: "unavailable",
}


ENDPOINTS_IN_JSON = {"map_layers.values", "map_layers.progress"}
"""Below a language, but asked by scripts."""


def wants_json() -> bool:
    """Whether this request is for a machine: the API, tiles, or anything outside the pages."""
    asked_by_script = request.endpoint in ENDPOINTS_IN_JSON
    return asked_by_script or request.path.startswith(("/api/", "/ogc/", "/tiles/", "/healthz"))


def answer(status: int, key: str, problems: list[dict[str, str]] | None = None) -> Any:
    """The error as problem+json (RFC 9457) or as a page, in the reader's language."""
    title = gettext(f"common.error.{key}.title")
    detail = gettext(f"common.error.{key}.detail")
    if wants_json():
        body: dict[str, Any] = {"type": f"about:blank#{key}", "title": title, "status": status}
        body["detail"] = detail
        if problems:
            body["errors"] = problems
        response = jsonify(body)
        response.content_type = "application/problem+json"
        return response, status
    page = render_template("error.html", status=status, title=title, detail=detail)
    return Response(page, status, content_type="text/html; charset=utf-8")


def _domain_error(error: DomainError) -> Any:
    if isinstance(error, SignInNeeded) and not wants_json() and request.method == "GET":
        return redirect(url_for("security.login", next=request.path))
    return answer(error.status, error.key, error.problems)


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return answer(error.code, HTTP_KEYS.get(error.code, "invalid"))


def _start_again() -> None:
    """The page around a message asks who reads it, and a failed transaction answers nothing."""
    with contextlib.suppress(SQLAlchemyError):
        db.session.rollback()


def _unfit_value(_error: DataError) -> Any:
    """A value that no column can hold."""
    _start_again()
    return answer(400, "invalid")


def _unfit_text(error: ValueError) -> Any:
    """PostgreSQL holds no NUL; the driver says so before it sends anything."""
    if "NUL (0x00)" in str(error):
        _start_again()
        return answer(400, "invalid")
    if current_app.testing:
        raise error
    return _unexpected(error)


def _database_error(error: Exception) -> Any:
    # The page around the message asks who reads it, which only the database knows.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    current_app.logger.error("the database does not answer: %s", type(error.__cause__).__name__)
    return answer(503, "unavailable")


def _unexpected(error: Exception) -> Any:
    _start_again()
    # The message of an error can hold what a resident wrote: log the kind and the place only.
    current_app.logger.error(
        "unexpected %s at %s", type(error).__name__, scrubbed(request.path), exc_info=_trace(error)
    )
    return answer(500, "unexpected")


def _trace(error: Exception) -> Any:
    return (type(error), type(error)(), error.__traceback__) if _has_plain_init(error) else None


def _has_plain_init(error: Exception) -> bool:
    try:
        type(error)()
    except TypeError:
        return False
    return True


def _csrf_error(_error: CSRFError) -> Any:
    g.pop("csrf_token", None)
    return answer(400, "stale_form")


def init_app(app: Flask) -> None:
    """Every error becomes a clear answer; none shows a trace."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(InterfaceError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(DataError, _unfit_value)
    app.register_error_handler(ValueError, _unfit_text)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)
