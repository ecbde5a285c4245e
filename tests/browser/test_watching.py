"""The watchers see what they are there to see."""

import pytest
from playwright.sync_api import Page

from tests.browser.checks import assert_fits, axe_findings, wait_until_ready


def start(live, page, **options) -> Page:
    visitor = page(**options)
    visitor.goto(f"{live.base_url}/nl/")
    wait_until_ready(visitor)
    return visitor


def test_axe_sees_a_planted_barrier(live, page):
    visitor = start(live, page)
    visitor.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any(found.startswith("label:") for found in axe_findings(visitor))


def test_a_page_that_is_too_wide_is_seen(live, page):
    visitor = start(live, page)
    visitor.evaluate(
        "document.body.append(Object.assign(new Image(), {width: 2000, className: 'x'}))"
    )
    visitor.evaluate("document.querySelector('img.x').style.maxWidth = 'none'")
    with pytest.raises(AssertionError, match="wider"):
        assert_fits(visitor)


def test_a_breach_of_the_content_security_policy_is_seen(live, page):
    visitor = start(live, page)
    assert page.breaches == []
    visitor.evaluate("document.querySelector('main').setAttribute('style', 'color: red')")
    visitor.wait_for_function("() => !document.querySelector('main').style.color")
    visitor.reload()
    assert any("style-src" in words for words in page.breaches)
    page.breaches.clear()
