"""Fetch from one fixed host, with time limits and retries, and from no other host ever."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
MAX_JSON_BYTES = 64_000_000
USER_AGENT = "Balanskaart (open source; participatory map)"


class SourceUnavailable(Exception):
    """A source on the network did not give what was asked; the message says why, plainly."""


def session(attempts: int = 4, backoff_seconds: float = 0.5) -> requests.Session:
    """Make a session that tries again after a lost connection or a busy server (429, 5xx).

    Waits ``backoff_seconds`` · 2ⁿ between attempts, or as long as the server asks. A proxy from the
    environment is used; credentials from a .netrc file are not.
    """
    retry = Retry(
        total=attempts - 1,
        backoff_factor=backoff_seconds,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",),
        raise_on_status=False,
    )
    made = requests.Session()
    made.auth = lambda request: request
    made.headers["User-Agent"] = USER_AGENT
    made.mount("https://", HTTPAdapter(max_retries=retry))
    made.mount("http://", HTTPAdapter(max_retries=retry))
    return made


@dataclass(frozen=True)
class Host:
    """One server by its base address; every request is checked to stay on it."""

    base: str
    session: requests.Session = field(default_factory=session)
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)

    def address(self, path: str, below: str | None = None) -> str:
        """Give the full address of a path or link on this host.

        Raises :class:`SourceUnavailable` when a link leads to another host, port or scheme.
        """
        address = urljoin(below or self.base, path)
        if _origin(address) != _origin(self.base):
            raise SourceUnavailable(
                f"{_origin(self.base)} sent us on to another server ({_origin(address)}); "
                "that was not followed."
            )
        return address

    def get(
        self, address: str, params: dict[str, str] | None, max_bytes: int
    ) -> tuple[bytes, str, str]:
        """Fetch an address of this host: the body, its media type, and its full address.

        Redirects are not followed. Raises :class:`SourceUnavailable` for everything that is not
        an answer with status 200 of at most ``max_bytes``.
        """
        url = self.address(address)
        try:
            with self.session.get(
                url, params=params, timeout=self.timeout, stream=True, allow_redirects=False
            ) as answer:
                if answer.status_code != 200:
                    raise SourceUnavailable(f"{self._name} answered {answer.status_code}.")
                body = self._body(answer, max_bytes)
                media_type = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
                return body, media_type, answer.url
        except requests.Timeout as error:
            raise SourceUnavailable(f"{self._name} did not answer in time.") from error
        except requests.RequestException as error:
            raise SourceUnavailable(f"{self._name} could not be reached.") from error

    def get_json(
        self, address: str, params: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], str]:
        """Fetch a JSON object and its full address. Raises :class:`SourceUnavailable`."""
        body, media_type, url = self.get(address, params, MAX_JSON_BYTES)
        if "json" not in media_type:
            raise SourceUnavailable(f"{self._name} sent {media_type or 'no type'}, not JSON.")
        try:
            found = json.loads(body)
        except ValueError as error:
            raise SourceUnavailable(f"{self._name} sent JSON that is broken.") from error
        if not isinstance(found, dict):
            raise SourceUnavailable(f"{self._name} sent JSON of another shape.")
        return found, url

    @property
    def _name(self) -> str:
        return urlsplit(self.base).hostname or self.base

    def _body(self, answer: requests.Response, max_bytes: int) -> bytes:
        parts, size = [], 0
        for part in answer.iter_content(65_536):
            parts.append(part)
            size += len(part)
            if size > max_bytes:
                raise SourceUnavailable(f"{self._name} sent more than {max_bytes} bytes.")
        return b"".join(parts)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
