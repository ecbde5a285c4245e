"""Files in static/ on slow connections: sent compressed, and kept by the browser.

Only static files: an answer that holds a secret (a form token, a receipt code) is never compressed
here, so that its length tells nothing about it.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

PLAIN = ("text/", "application/json", "image/svg+xml")
LEAST_BYTES = 512
YEAR, DAY = 365 * 24 * 3600, 24 * 3600


@lru_cache(maxsize=256)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _keep(response: Response) -> None:
    """A file whose address names its version never changes; libraries change with a release."""
    if "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif request.path.startswith("/static/vendor/"):
        response.headers["Cache-Control"] = f"public, max-age={DAY}"


def _compress(response: Response) -> None:
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or "gzip" not in request.accept_encodings:
        return
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < LEAST_BYTES:
        return
    etag, _ = response.get_etag()
    response.set_data(_compressed(content))
    response.headers["Content-Encoding"] = "gzip"
    if etag:
        response.set_etag(etag, weak=True)


def _send_little(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 304):
        _keep(response)
        if response.mimetype.startswith(PLAIN):
            _compress(response)
    return response


def init_app(app: Flask) -> None:
    """Compress and keep what comes from static/."""
    app.after_request(_send_little)
