"""Text in a PDF that can be read aloud, searched and copied in every script.

A PDF stores drawn signs, and WeasyPrint says per sign which letter it is. That fails for scripts
whose letters are drawn from shared parts: in Noto Sans Arabic many letters are one skeleton with
other dots. For such text the letters themselves are stored beside the signs (``ActualText``, ISO
32000-1, 14.9.4).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
import weasyprint.pdf
from weasyprint.pdf.stream import Stream

SHARED_PARTS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ReadableStream(Stream):  # type: ignore[misc]
    """A page whose marked text carries its letters where the signs don't tell them."""

    @contextmanager
    def marked(self, box: Any, tag: str) -> Iterator[None]:
        """Mark what is drawn within as a piece of the document's structure."""
        words = getattr(box, "text", None) or ""
        if self._tags is None or not SHARED_PARTS.search(words):
            with super().marked(box, tag):
                yield
            return
        mcid = len(self._tags)
        self._tags[box] = {"tag": tag, "mcid": mcid}
        letters = pydyf.String(_DIRECTION_MARKS.sub("", words))
        properties = pydyf.Dictionary({"MCID": mcid, "ActualText": letters})
        self.begin_marked_content(tag, properties)
        try:
            yield
        finally:
            self.end_marked_content()


def use_readable_text() -> None:
    """Let WeasyPrint draw its pages on :class:`ReadableStream`; it has no setting for that."""
    weasyprint.pdf.Stream = ReadableStream
