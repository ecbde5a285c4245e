"""The one print engine: a template becomes a tagged PDF (PDF/UA-1) with its fonts inside.

Nothing is fetched: a template may name files in static/ and what is given in memory, as
``memory:NAME``; anything else stops the print. The same input gives the same bytes.
"""

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response, render_template
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from layers.print_frame import PAPER_MM, SHEET_MARGIN_MM, Orientation, Paper
from webapp.errors import TooLarge, Unavailable
from webapp.languages import direction
from webapp.printed_text import use_readable_text
from webapp.templating import STATIC

MOST_CHARACTERS = 3_000_000
MOST_BYTES = 60_000_000
MOST_PAGES = 300
LONGEST_WAIT = 30.0  # seconds until it is one's turn

# Pango's fonts are shared by the process, and a print takes memory: one at a time.
_turn = Lock()
use_readable_text()
logging.getLogger("fontTools").setLevel(logging.ERROR)
# WeasyPrint lets Pillow read torn pictures, everywhere in the process; a torn photo stays refused.
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True)
class Page:
    """The paper of a document."""

    paper: Paper = "a4"
    orientation: Orientation = "portrait"

    def css(self) -> str:
        """The size and margins as a style rule."""
        short, long = PAPER_MM[self.paper]
        width, height = (short, long) if self.orientation == "portrait" else (long, short)
        return f"@page {{ size: {width:g}mm {height:g}mm; margin: {SHEET_MARGIN_MM:g}mm }}"


def pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    language: str,
    made_at: datetime,
    files: Mapping[str, bytes] | None = None,
    page: Page | None = None,
) -> bytes:
    """A template that extends ``printing/document.html`` as a PDF.

    `title` and `language` are those of the document; `made_at` (with a zone) is the date inside it.
    `files` are pictures that the template names as ``memory:NAME``.

    Raises `TooLarge` for a document beyond the limits above, `Unavailable` when others print.
    """
    given = dict(files or {})
    html = render_template(
        template,
        **context,
        document_title=title,
        document_language=language,
        document_direction=direction(language),
        document_date=made_at,
    )
    if len(html) > MOST_CHARACTERS or sum(map(len, given.values())) > MOST_BYTES:
        raise TooLarge
    with _one_at_a_time():
        return _written(html, given, page or Page())


def pdf_response(content: bytes, name: str) -> Response:
    """A PDF to be shown by the browser, with a file name for who saves it."""
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=LONGEST_WAIT):
        raise Unavailable
    try:
        yield
    finally:
        _turn.release()


def _written(html: str, files: Mapping[str, bytes], page: Page) -> bytes:
    fonts, look = _look()
    fetcher = _Fetcher(files)
    document = HTML(string=html, base_url=_base(), url_fetcher=fetcher).render(
        stylesheets=[look, CSS(string=page.css())],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
    )
    if len(document.pages) > MOST_PAGES:
        raise TooLarge
    identifier = blake2b(html.encode(), digest_size=16)
    for name in sorted(files):
        identifier.update(files[name])
    target = io.BytesIO()
    document.write_pdf(target, pdf_variant="pdf/ua-1", pdf_identifier=identifier.digest())
    return target.getvalue()


@cache
def _look() -> tuple[FontConfiguration, CSS]:
    """Fonts and styles, read once per process: unpacking the fonts takes most of a second."""
    fonts = FontConfiguration()
    path = STATIC / "css" / "print.css"
    return fonts, CSS(
        string=path.read_text(),
        base_url=path.as_uri(),
        url_fetcher=_Fetcher({}),
        font_config=fonts,
    )


def _base() -> str:
    return STATIC.as_uri() + "/"


class _Fetcher(URLFetcher):
    """Gives files in static/, what is in memory, and pictures written out in a drawing."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self._files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "memory" and parts.path in self._files:
            return _answer(url, self._files[parts.path])
        if parts.scheme == "file" and not parts.netloc:
            path = Path(unquote(parts.path)).resolve()
            if path.is_relative_to(STATIC.resolve()) and path.is_file():
                return _answer(url, path.read_bytes())
        if url.startswith("data:image/png;base64,"):
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"not for printing: {url[:80]}")


def _answer(url: str, content: bytes) -> URLFetcherResponse:
    kind, _ = guess_type(urlsplit(url).path)
    return URLFetcherResponse(url, content, {"Content-Type": kind or "application/octet-stream"})
