"""Every setting, its default and what it is for. The README's table is checked against this list."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def _boolean(text: str) -> bool:
    if text.lower() not in {"0", "1", "true", "false", "yes", "no", ""}:
        raise ValueError("use 0 or 1")
    return text.lower() in {"1", "true", "yes"}


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("use one of " + ", ".join(choices))
        return text

    return parse


def _file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError("there is no such file")
    return text


@dataclass(frozen=True)
class Setting:
    """One environment variable."""

    name: str
    default: str
    purpose: str
    parse: Callable[[str], Any] = str


SETTINGS = (
    Setting("DATABASE_URL", "", "PostgreSQL address; empty: the private server that `make run` starts"),
    Setting("SECRET_KEY", "", "signs sessions and derives receipt codes; empty: made once and kept beside the private server"),
    Setting("HOST", "127.0.0.1", "address to listen on"),
    Setting("PORT", "8000", "port to listen on", int),
    Setting("BASE_URL", "", "public address, used in messages; empty: http://HOST:PORT"),
    Setting("DEMO", "1", "0: start empty instead of with the demo deal", _boolean),
    Setting("DEAL", "mra-west", "slug of the deal that the start page opens with"),
    Setting("BASE_MAP", "drawn", "`drawn`: our own schematic map; `pdok`: BRT tiles through our cache", _one_of("drawn", "pdok")),
    Setting("ADDRESS_SEARCH", "local", "`local`: loaded streets and addresses; `pdok`: PDOK Locatieserver", _one_of("local", "pdok")),
    Setting("TILE_CACHE", "", "folder for cached base map tiles; empty: `.state/tiles` in the project"),
    Setting("RD_GRID", "", "path of `nl_nsgi_rdtrans2018.tif`: coordinates within 1 mm of RDNAPTRANS instead of 0.25 m", _file),
    Setting("LAYER_STORE", "", "folder for imported rasters; empty: `.state/layers` in the project"),
    Setting("LAYER_HOSTS", "api.pdok.nl service.pdok.nl data.rivm.nl geo.leefbaarometer.nl cas.cloud.sogelink.com datasets.cbs.nl dataderden.cbs.nl", "hosts that layers may be fetched from", str.split),
    Setting("SMTP_URL", "", "`smtp://user:password@host:587`; empty: messages wait in the outbox"),
    Setting("MAIL_FROM", "balanskaart@localhost", "sender of messages"),
    Setting("CONTACT_EMAIL", "", "where residents can ask questions; shown on pages when set"),
    Setting("PUBLISHER", "Balanskaart", "organisation that publishes the open data"),
    Setting("OPEN_DATA_LICENCE", "https://creativecommons.org/licenses/by/4.0/", "licence of what is published here first, as an address"),
    Setting("RETENTION_DAYS", "1825", "days a wish is kept", int),
    Setting("CONTACT_RETENTION_DAYS", "365", "days an e-mail address is kept", int),
    Setting("SUBMISSIONS_PER_HOUR", "60", "wishes accepted per network and hour", int),
    Setting("TRUSTED_PROXIES", "0", "reverse proxies in front whose forwarded headers count", int),
)  # fmt: skip


WEB_STATEMENT_SECONDS = 15


def web_settings() -> dict[str, Any]:
    """What holds for the web server and not for imports: no statement keeps a reader waiting."""
    options = engine_options(read_settings()["DATABASE_URL"], WEB_STATEMENT_SECONDS)
    return {"SQLALCHEMY_ENGINES": {"default": options}}


def read_settings(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The app's configuration; a wrong value is named with what to write instead."""
    config: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environment.get(setting.name, setting.default)
        try:
            config[setting.name] = setting.parse(text)
        except ValueError as error:
            raise SystemExit(f"{setting.name}={text!r} cannot be used: {error}.") from error
    return config | _derived(config)


def _derived(config: Mapping[str, Any]) -> dict[str, Any]:
    base_url = config["BASE_URL"] or f"http://{config['HOST']}:{config['PORT']}"
    secure = urlsplit(base_url).scheme == "https"
    return {
        "BASE_URL": base_url.rstrip("/"),
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": "memory://",
        "SQLALCHEMY_ENGINES": {"default": engine_options(config["DATABASE_URL"])},
    }


def engine_options(url: str, statement_seconds: int = 0) -> dict[str, Any]:
    """How SQLAlchemy connects; 0 seconds: a statement may take as long as it needs.

    Parameters hold what residents write, so they stand in no error message and in no log.
    """
    options = f"-c statement_timeout={statement_seconds * 1000}" if statement_seconds else ""
    return {
        "url": engine_url(url),
        "pool_pre_ping": True,
        "pool_timeout": 10,
        "hide_parameters": True,
        "connect_args": {"options": options} if options else {},
    }


def engine_url(url: str) -> str:
    """A PostgreSQL address in the form SQLAlchemy wants for psycopg2."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg2://{rest}" if scheme.startswith("postgres") else url
