"""Questions at /ogc that are meant to harm: what they leave in the log, and what can go wrong."""

import logging
from typing import Any

import pytest

from webapp.open_data import ogc


@pytest.fixture(scope="module")
def get(live: Any) -> Any:
    client = live.app.test_client()
    return lambda path: client.get(f"/ogc/{path}")


@pytest.mark.parametrize(
    "name",
    ["nothing", "a%0a%5B2026-01-01%5D%20forged", "%E2%80%AE", "%00", "a" * 201, "'%20OR%201"],
)
def test_a_feature_that_is_not_there_writes_nothing_in_the_log(
    get: Any, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for dataset in ("indicators", "wishes"):
            assert get(f"collections/{dataset}/items/{name}").status_code == 404
    assert not caplog.records


def test_what_goes_wrong_within_is_said_in_our_words(
    get: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: Any) -> Any:
        return {}, 500, '{"description": "password=secret"}'

    assert get("collections/wishes/items").status_code == 200
    monkeypatch.setattr(ogc.itemtypes, "get_collection_items", broken)
    answer = get("collections/wishes/items")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert "secret" not in answer.text
    assert "pygeoapi answered 500 at ogc.items" in caplog.text
