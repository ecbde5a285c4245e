"""The stand-alone map asks for nothing and runs nothing, whatever residents wrote."""

import base64
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from layers import standalone
from layers.standalone import Collection, Key, PictureLayer, standalone_map

ROOT = Path(__file__).resolve().parents[2]
POISON = [
    "<script>window.__xss = 1</script>",
    "</script><script>window.__xss = 2</script>",
    "${window.__xss = 3}",
    "`${window.__xss = 4}`",
    "'-(window.__xss = 5)-'",
    '"><img src=x onerror="window.__xss = 6">',
    "<svg onload=window.__xss=7>",
    "\u2028window.__xss = 8\u2029",
    "{{ this.__class__ }}{% raw %}",
    "<!--<script>",
    "javascript:window.__xss=9",
    "]]></style><style>body{display:none}",
    "\\u003cscript\\u003ewindow.__xss=10\\u003c/script\\u003e",
]
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[4.6, 52.3], [4.7, 52.3], [4.7, 52.4], [4.6, 52.3]]],
}


def feature(text: str, geometry: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [4.65, 52.36]}
    properties = {"text": text} | more
    return {"type": "Feature", "geometry": geometry or point, "properties": properties}


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for folder in (ROOT / "static" / "vendor", ROOT / "node_modules" / "leaflet" / "dist"):
        if (folder / "leaflet" / "leaflet.js").is_file():
            return folder
        if (folder / "leaflet.js").is_file():
            made = tmp_path_factory.mktemp("vendor")
            shutil.copytree(folder, made / "leaflet")
            return made
    pytest.skip("Leaflet has not been fetched: run make once")


def poisoned(text: str, vendor: Path) -> str:
    features = [feature(text, id=text), feature(text, TRIANGLE)]
    collection = Collection(text, features, [("text", text)])
    key = [Key(text, "#112233", "dots")]
    other = Collection(
        text + " (2)", features[:1], [("text", text)], legend=key, note=text, warning=text
    )
    picture = PictureLayer(text + " (3)", png(), (4.6, 52.3, 4.7, 52.4), key, text, text)
    shown = [collection, other, picture]
    return standalone_map(text, "nl", "ltr", shown, text, text, vendor=vendor)


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("P", (4, 4)).save(stream, "PNG")
    return stream.getvalue()


def test_a_picture_is_in_the_file_with_its_legend_and_warning(vendor: Path) -> None:
    picture = PictureLayer(
        "Warmte", png(), (4.6, 52.3, 4.7, 52.4), [Key("35–37", "#d9924a")], "°C", "Verzonnen"
    )
    page = standalone_map("Kaart", "nl", "ltr", [picture], "CAS", "", vendor=vendor)
    assert "data:image/png;base64," + base64.b64encode(png()).decode() in page
    for words in ("Warmte", "35–37", "°C", "Verzonnen", "#d9924a"):
        assert words in page


@pytest.mark.parametrize(
    ("content", "bounds"),
    [
        (b"<svg onload=alert(1)>", (4.6, 52.3, 4.7, 52.4)),
        (png(), (4.7, 52.3, 4.6, 52.4)),
        (png(), (4.6, float("nan"), 4.7, 52.4)),
    ],
)
def test_what_is_no_picture_is_refused(vendor: Path, content: bytes, bounds: Any) -> None:
    picture = PictureLayer("x", content, bounds, [])
    with pytest.raises(ValueError, match="PNG"):
        standalone_map("Kaart", "nl", "ltr", [picture], "a", "", vendor=vendor)


def test_what_does_not_fit_is_counted(vendor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standalone, "MOST_FEATURES", 3)
    shown = [
        Collection(
            name, [feature(f"wens {name} {place}") for place in range(2)], [("text", "Wens")]
        )
        for name in ("a", "b", "c")
    ]
    page = standalone_map("Kaart", "nl", "ltr", shown, "a", "", vendor=vendor)
    assert "Weggelaten: 3." in page
    assert [f"wens {name}<" in page for name in ("a 1", "b 0", "b 1", "c 0")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("text", POISON)
def test_no_text_ever_stands_in_a_script(text: str, vendor: Path) -> None:
    page = poisoned(text, vendor)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(scripts) == 2
    assert "__xss" not in scripts[1]
    assert "__class__" not in scripts[1]
    assert page.count("<script") == 2


def test_the_page_says_what_it_is(vendor: Path) -> None:
    collection = Collection("أمنيات", [feature("ظل")], [("text", "النص")])
    page = standalone_map(
        "خريطة", "ar", "rtl", [collection], "CBS, Kadaster", "مخطط", vendor=vendor
    )
    assert '<html lang="ar" dir="rtl">' in page
    assert "<title>خريطة</title>" in page
    assert page.count("<h1>") == 1
    assert '<th scope="col">النص</th>' in page
    assert "<td>ظل</td>" in page
    assert "CBS, Kadaster" in page
    assert json.dumps("تكبير") in page


def test_nothing_in_it_points_outside(vendor: Path) -> None:
    page = standalone_map("Kaart", "nl", "ltr", [], "CBS, Kadaster", "", vendor=vendor)
    assert "cdn" not in page.lower()
    assert "jquery" not in page.lower()
    assert "url(" not in re.findall(r"<style>(.*?)</style>", page, re.S)[0]
    assert not re.search(r"<(link|img|iframe|script)[^>]+(href|src)=", page.split("<script>")[0])


def test_features_without_a_place_stand_in_the_table(vendor: Path) -> None:
    nowhere = feature("Overal meer schaduw") | {"geometry": None}
    collection = Collection("Wensen", [nowhere], [("text", "Wens"), ("empty", "Leeg")])
    page = standalone_map("Kaart", "nl", "ltr", [collection], "a", "b", vendor=vendor)
    assert "<td>Overal meer schaduw</td><td></td>" in page


@pytest.mark.parametrize(
    ("language", "direction", "colour", "geometry"),
    [
        ('nl" onload="', "ltr", "#112233", None),
        ("nl", "sideways", "#112233", None),
        ("nl", "ltr", "red;x", None),
        ("nl", "ltr", "#112233", {"type": "Point", "coordinates": ["<script>"]}),
    ],
)
def test_what_is_not_a_language_direction_colour_or_place_is_refused(
    vendor: Path, language: str, direction: Any, colour: str, geometry: dict[str, Any] | None
) -> None:
    collection = Collection("Wensen", [feature("x", geometry)], [("text", "Wens")], colour)
    with pytest.raises(ValueError, match=r"must be such as|not a colour|could not be read"):
        standalone_map("Kaart", language, direction, [collection], "a", "b", vendor=vendor)


@pytest.mark.browser
def test_in_a_browser_nothing_is_asked_for_and_nothing_runs(
    browser: Any, vendor: Path, tmp_path: Path
) -> None:
    for place, text in enumerate([*POISON, "".join(POISON)]):
        file = tmp_path / f"{place}.html"
        file.write_text(poisoned(text, vendor), encoding="utf-8")
        page = browser.new_page()
        asked: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.goto(file.as_uri())
        page.locator("path.leaflet-interactive").first.wait_for(state="attached")
        page.locator("path.leaflet-interactive").last.dispatch_event("click")
        page.locator(".leaflet-popup dl").wait_for(state="attached")
        offered = page.locator(".leaflet-control-layers-overlays label").nth(1)
        assert offered.evaluate("element => element.textContent").strip() == text.strip()
        shown = page.locator(".leaflet-popup dd").evaluate("element => element.textContent")
        assert page.evaluate("window.__xss") is None
        outside = [each for each in asked if not each.startswith("data:image/png;base64,")]
        assert (outside, errors) == ([file.as_uri()], [])
        assert shown == text
        page.close()


@pytest.mark.browser
def test_the_page_has_no_accessibility_findings(browser: Any, vendor: Path, tmp_path: Path) -> None:
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core has not been fetched: run make once")
    wishes = Collection("Wensen", [feature("Meer schaduw", TRIANGLE)], [("text", "Wens")])
    works = Collection("Ingrepen", [feature("Bomen")], [("text", "Ingreep")])
    for language, direction in (("nl", "ltr"), ("ar", "rtl")):
        html = standalone_map(
            "Wensen", language, direction, [wishes, works], "CBS", "Schets", vendor=vendor
        )
        file = tmp_path / f"{language}.html"
        file.write_text(html, encoding="utf-8")
        # The file's own policy would keep the checker out.
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        page.goto(file.as_uri())
        page.locator("path.leaflet-interactive").first.dispatch_event("click")
        page.locator(".leaflet-popup dl").wait_for(state="attached")
        page.add_script_tag(path=str(axe))
        findings = page.evaluate("axe.run()")["violations"]
        assert [finding["id"] for finding in findings] == []
        context.close()
