"""Static files are small on the way and stay with the browser; secrets are not compressed."""

import gzip
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
CSS = "/static/css/base.css"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_style_sheet_is_sent_compressed(client):
    found = client.get(CSS, headers=GZIP)
    assert found.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in found.headers["Vary"]
    assert int(found.headers["Content-Length"]) == len(found.data)
    assert gzip.decompress(found.data) == (STATIC / "css/base.css").read_bytes()


def test_who_cannot_unpack_gets_the_file_itself(client):
    found = client.get(CSS)
    assert "Content-Encoding" not in found.headers
    assert "Accept-Encoding" in found.headers["Vary"]
    assert found.data == (STATIC / "css/base.css").read_bytes()


def test_a_file_that_has_not_changed_is_not_sent_again(client):
    etag = client.get(CSS, headers=GZIP).headers["ETag"]
    found = client.get(CSS, headers=GZIP | {"If-None-Match": etag})
    assert (found.status_code, found.data) == (304, b"")


def test_an_address_with_a_version_is_kept_for_a_year_and_one_without_is_asked_again(client):
    assert "immutable" in client.get(f"{CSS}?v=1").headers["Cache-Control"]
    assert client.get(CSS).headers["Cache-Control"] == "no-cache"


def test_a_page_with_a_form_token_is_not_compressed(client):
    assert "Content-Encoding" not in client.get("/nl/follow", headers=GZIP).headers
