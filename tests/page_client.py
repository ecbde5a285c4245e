"""A client that reads pages as a careful person would, and checks each for what all must have."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNLABELLED = {"hidden", "submit", "button"}
MESSAGE_KEY = re.compile(r"\b(?:common|accounts|deals|areas|wishes|interventions|budgets|planning|chain|open_data|pages)(?:\.[a-z0-9_]+){1,4}\b")  # fmt: skip


class Page(HTMLParser):
    """The elements and texts of one page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self._texts: dict[int, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
            self._texts[len(self.elements) - 1] = []

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        """All visible words, spaces folded."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The attributes of each element with this tag and these attribute values."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in wanted.items())
        ]

    @property
    def token(self) -> str:
        """The form token, for posting what the page offers."""
        return self.all("input", name="csrf_token")[0]["value"]

    def links(self) -> list[str]:
        """Where the page leads."""
        return [found["href"] for found in self.all("a") if "href" in found]

    def check(self) -> None:
        """What every page must have."""
        lang = self.all("html")[0]
        assert lang.get("lang"), "html has a language"
        assert lang.get("dir") in {"ltr", "rtl"}, "html has a direction"
        assert re.search(r"<title>\s*\S", self.html), "the page has a title"
        assert len(self.all("h1")) == 1, f"one h1, not {len(self.all('h1'))}"
        self._check_ids()
        self._check_labels()
        self._check_forms()
        assert not self.all("style"), "no inline style element"
        assert not [found for _, found in self.elements if "style" in found], "no style attribute"
        assert not MESSAGE_KEY.search(self.text), f"untranslated: {MESSAGE_KEY.search(self.text)}"

    def _check_ids(self) -> None:
        ids = Counter(found["id"] for _, found in self.elements if found.get("id"))
        assert not [name for name, times in ids.items() if times > 1], f"ids twice: {ids}"
        for tag, found in self.elements:
            for reference in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
                for name in found.get(reference, "").split():
                    assert name in ids, f"{tag} {reference}={name} points nowhere"

    def _check_labels(self) -> None:
        labelled = {found.get("for") for found in self.all("label")}
        for tag in ("input", "select", "textarea"):
            for found in self.all(tag):
                if found.get("type") in UNLABELLED:
                    continue
                named = found.get("aria-label") or found.get("aria-labelledby")
                assert named or found.get("id") in labelled, f"no label for {found}"

    def _check_forms(self) -> None:
        posting = [form for form in self.all("form") if form.get("method", "").lower() == "post"]
        tokens = self.all("input", name="csrf_token")
        assert len(tokens) >= len(posting), "each posting form carries a token"


class PageClient:
    """Fetches pages and posts forms with their token; every page is checked."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.response: TestResponse

    def get(self, path: str, status: int = 200, **options: Any) -> Page:
        """The page at a path, following redirects."""
        self.response = self.client.get(path, follow_redirects=True, **options)
        return self._read(status)

    def post(self, path: str, page: Page, status: int = 200, **fields: Any) -> Page:
        """The page after posting fields with the token of the page that holds the form."""
        self.response = self.client.post(
            path, data={"csrf_token": page.token, **fields}, follow_redirects=True
        )
        return self._read(status)

    def _read(self, status: int) -> Page:
        assert self.response.status_code == status, (
            f"{self.response.status_code}: {Page(self.response.text).text[:500]}"
        )
        page = Page(self.response.text)
        page.check()
        return page

    def sign_in(self, user: Any) -> None:
        """Sign a user in without the password page."""
        with self.client.session_transaction() as session:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = 9e12
            session["identity.id"] = user.fs_uniquifier
