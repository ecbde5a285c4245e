"""The planner's map in Chromium with many wishes and areas: the first picture, a pan and a filter.

The server has answered a visit before. The clock runs until everything that was asked has been drawn (no request for a tile open, the map
at rest), not until the first thing shows. Each round starts with a browser that remembers nothing.
"""

import shutil
import statistics
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.load import SECRET, our_server
from benchmarks.report import quick, report
from benchmarks.world import World
from webapp.database import migrate, temporary_server

WISHES, AREAS_PER_SIDE = (100_000, 45) if quick() else (1_000_000, 121)
ROUNDS = 3
SIZE = {"width": 1440, "height": 900}
LIMIT_MS = 60_000
AT_REST = """() => {
    const planner = document.querySelector(".planner");
    const map = planner?.planningMap?.map;
    return planner?.dataset.ready === "true" && !planner.hasAttribute("aria-busy")
        && map.loaded() && map.areTilesLoaded() && !map.isMoving();
}"""
COUNTED = """() => document.querySelector(".planner").planningMap.map.getStyle().sources.wishes
    && document.querySelector(".planner").planningMap.map.querySourceFeatures("wishes",
        {sourceLayer: "wishes"}).length"""
PAN = """() => document.querySelector(".planner").planningMap.map.panBy([700, 0], {duration: 0})"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def seconds(work: Callable[[], Any], page: Page) -> float:
    """How long it takes until everything that this asks for is drawn."""
    started = time.perf_counter()
    work()
    page.wait_for_timeout(50)  # what was asked must have begun before rest means that it is over
    page.wait_for_function(AT_REST, polling=20, timeout=LIMIT_MS)
    return time.perf_counter() - started


def visit(browser: Browser, port: int, cookie: str) -> tuple[float, float, float]:
    """One visit by a browser that remembers nothing: first picture, pan, filter."""
    context = browser.new_context(viewport=SIZE, locale="nl-NL")  # type: ignore[arg-type]
    name, _, value = cookie.partition("=")
    address = f"http://127.0.0.1:{port}"
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    first = seconds(lambda: page.goto(f"{address}/nl/planning", wait_until="commit"), page)
    if not page.evaluate(COUNTED):
        raise SystemExit("the map holds no wishes, so there is nothing to measure")
    pan = seconds(lambda: page.evaluate(PAN), page)
    chosen = seconds(lambda: page.select_option("#filters [name=theme]", "green"), page)
    if "theme=green" not in page.url:
        raise SystemExit("the filter was not applied")
    context.close()
    return first, pan, chosen


def main() -> None:
    """Fill, visit a few times, and compare the medians with the limits."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        for name, limit in (("first", 3), ("pan", 1), ("filter", 1)):
            report(f"planner_map_{name}", None, limit, "no Chromium on this machine", at_most=True)
        return
    with temporary_server() as server:
        migrate(server.url)
        world = World(server.url, SECRET)
        world.fill(AREAS_PER_SIDE)
        world.add_wishes(WISHES)
        with our_server(server.url) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            visit(
                browser, port, world.cookie()
            )  # the server's first pages are not what is measured
            visits = [visit(browser, port, world.cookie()) for _ in range(ROUNDS)]
            browser.close()
        world.app.extensions["fast_sql"].close()
    note = f"{WISHES} wishes, {AREAS_PER_SIDE**2} areas; seconds until all is drawn, median of {ROUNDS}"
    for name, limit, times in zip(("first", "pan", "filter"), (3, 1, 1), zip(*visits, strict=True), strict=True):  # fmt: skip
        spread = f"{note}; {name}: {', '.join(f'{each:.2f}' for each in times)}"
        report(f"planner_map_{name}", statistics.median(times), limit, spread, at_most=True)


if __name__ == "__main__":
    main()
