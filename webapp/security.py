"""Headers on every answer, and logs and limits that know nobody by name or address."""

import hashlib
import ipaddress
import logging
import re
import secrets
from datetime import UTC, date, datetime

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "img-src 'self' blob: data:",
        "worker-src 'self'",
        "connect-src 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
SECRET_PATHS = re.compile(r"(/(?:follow|wishes/new|w)/)[^/\s?\"']+")


class DailySalt:
    """A salt that is made anew each UTC day and kept nowhere, so that no hash lasts longer."""

    def __init__(self) -> None:
        self._day = date.min
        self._bytes = b""

    def today(self) -> bytes:
        """The salt of this day."""
        if (day := datetime.now(UTC).date()) != self._day:
            self._day, self._bytes = day, secrets.token_bytes(16)
        return self._bytes


_salt = DailySalt()


def client_fingerprint() -> str:
    """The caller's network (IPv4 /24, IPv6 /48) hashed with a salt that is forgotten daily."""
    return fingerprint_of(request.remote_addr or "")


def fingerprint_of(address: str) -> str:
    """The same of an address."""
    network = network_of(address).encode()
    return hashlib.blake2b(network, key=_salt.today(), digest_size=12).hexdigest()


def network_of(address: str) -> str:
    """The network of an address, however a proxy or a double-stack socket writes it."""
    host = address.strip().removeprefix("[").partition("]")[0].partition("%")[0]
    if host.count(":") == 1:  # IPv4 with a port
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def scrubbed(text: str) -> str:
    """A path or message with receipt codes and form keys taken out."""
    return SECRET_PATHS.sub(r"\1…", text)


class Scrubber(logging.Filter):
    """Takes codes and keys out of every log line, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = scrubbed(record.getMessage())
        record.args = ()
        return True


def init_app(app: Flask) -> None:
    """Set the headers on every answer and the scrubber on every log handler."""
    app.after_request(_set_headers)
    for name in ("", "werkzeug", "granian.access", "_granian", app.logger.name):
        logger = logging.getLogger(name)
        logger.addFilter(Scrubber())
        for handler in logger.handlers:
            handler.addFilter(Scrubber())


def headers_for(is_secure: bool) -> dict[str, str]:
    """What every answer has; `is_secure`: this one goes over TLS."""
    return HEADERS | _OVER_TLS if is_secure else HEADERS


def _set_headers(response: Response) -> Response:
    is_secure = request.is_secure or current_app.config["SESSION_COOKIE_SECURE"]
    for name, value in headers_for(is_secure).items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" and not response.cache_control.max_age:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
