"""The printed map: a tagged PDF at true scale, in every language, of what the address shows."""

import re
import shutil
import subprocess
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image
from pyproj import Geod

from gis.crs import to_lonlat
from layers.print_frame import MapFrame, scale_bar
from tests import factories
from webapp import printing
from webapp.errors import Unavailable
from webapp.planning import print_content

X, Y = factories.HAARLEM
DENSITY = "bevolkingsdichtheid_inwoners_per_km2"
tools = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler-utils is not installed")


@pytest.fixture
def case(app):
    return factories.make_case()


@pytest.fixture
def client(pages, case):
    pages.sign_in(factories.make_user("planner", case=case))
    return pages.client


@pytest.fixture
def world(case):
    for place in range(3):
        factories.make_area(
            "district",
            f"WK03920{place}",
            at=(X + place * 1000, Y),
            figures={DENSITY: 1000 + place} if place else {},
        )
    factories.make_wish(case, text="=schaduw <script>alert(1)</script>")
    factories.make_intervention(case, title=factories.words("Bomen planten"))


def saved(answer, folder: Path) -> Path:
    assert answer.status_code == 200, answer.data[:500]
    path = folder / "sheet.pdf"
    path.write_bytes(answer.data)
    return path


def unpacked(path: Path) -> bytes:
    """Everything in a PDF that is packed, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    streams = []
    for each in packed:
        with suppress(zlib.error):
            streams.append(zlib.decompress(each))
    return b"".join(streams)


def told(*command: object) -> str:
    given = list(map(str, command))
    return subprocess.run(given, capture_output=True, text=True, check=True).stdout


@tools
@pytest.mark.parametrize(
    ("language", "paper", "orientation"),
    [("nl", "a4", "portrait"), ("en", "a3", "landscape"), ("ar", "a4", "landscape")],
)
def test_sheet_is_tagged_with_title_language_and_its_own_fonts(
    client, world, tmp_path, language, paper, orientation
):
    address = f"/{language}/planning/print.pdf?paper={paper}&orientation={orientation}"
    parts = "&parts=base&parts=figure&parts=layers&parts=wishes&parts=interventions"
    path = saved(client.get(f"{address}&title=Warmte{parts}"), tmp_path)
    facts = told("pdfinfo", path)
    assert re.search(r"Tagged:\s+yes", facts)
    assert re.search(r"Title:\s+Warmte", facts)
    assert f"({paper.upper()})" in facts
    assert f"/Lang ({language})".encode() in unpacked(path)
    fonts = told("pdffonts", path).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
    assert all("+Print-" in line for line in fonts), fonts
    words = told("pdftotext", path, "-")
    assert "EPSG:28992 RD New" in words
    if language != "ar":
        assert "=schaduw <script>alert(1)</script>" in words
        assert "Bomen planten" in words


@tools
def test_arabic_can_be_read_aloud_letter_by_letter(client, world, tmp_path):
    address = "/ar/planning/print.pdf?paper=a4&parts=figure&title=%D8%A8%D9%86%D8%AA"
    path = saved(client.get(address), tmp_path)
    letters = "بنت".encode("utf-16-be").hex().encode()
    assert b"/ActualText <feff" + letters + b">" in unpacked(path).lower().replace(
        b"/actualtext", b"/ActualText"
    )


@tools
def test_structure_tells_what_the_map_shows(client, world, tmp_path):
    path = saved(client.get("/nl/planning/print.pdf?paper=a4&parts=figure&parts=wishes"), tmp_path)
    structure = told("pdfinfo", "-struct-text", path)
    for part in ("H1", "Figure", "Table", "TH", "Caption"):
        assert part in structure, structure[:2000]


@tools
@pytest.mark.parametrize("scale", [1000, 10_000, 50_000])
def test_bar_on_paper_is_as_long_as_the_ellipsoid_says(client, world, tmp_path, scale):
    path = saved(
        client.get(f"/nl/planning/print.pdf?paper=a4&orientation=landscape&scale={scale}&parts=figure"),
        tmp_path,
    )  # fmt: skip
    told("pdftoppm", "-r", 300, "-f", 1, "-l", 1, "-png", path, tmp_path / "page")
    (picture,) = tmp_path.glob("page*.png")
    black = np.asarray(Image.open(picture).convert("RGB")).max(axis=2) == 0
    longest = max(_longest_run(row) for row in black[black.any(axis=1)])
    metres = longest / 300 * 0.0254 * scale
    expected = scale_bar(MapFrame(X, Y, scale, 100, 100)).metres
    assert metres == pytest.approx(expected, rel=0.01)


def _longest_run(row: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max())


@pytest.mark.parametrize("place", [(104_000, 488_500), (20_000, 375_000), (270_000, 590_000)])
@pytest.mark.parametrize("scale", [1_000, 25_000, 500_000])
def test_what_lies_apart_on_the_sheet_lies_apart_on_the_ground(place, scale):
    frame = MapFrame(*place, scale, 180, 180)
    west, _, east, _ = frame.bounds
    ends = to_lonlat(shapely.LineString([(west, place[1]), (east, place[1])]))
    true = Geod(ellps="GRS80").geometry_length(ends)
    assert true == pytest.approx(0.180 * scale, rel=0.0005)


def test_same_sheet_is_the_same_file(client, world):
    address = "/nl/planning/print.pdf?paper=a4&parts=figure&parts=wishes"
    assert client.get(address).data == client.get(address).data


def test_only_what_is_asked_for_is_on_the_sheet(client, world, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    path = saved(client.get("/nl/planning/print.pdf?paper=a4&parts=interventions"), tmp_path)
    words = told("pdftotext", path, "-")
    assert "Bomen planten" in words
    assert "=schaduw" not in words


def test_many_wishes_are_dots_and_the_sheet_says_so(client, case, tmp_path, monkeypatch):
    monkeypatch.setattr(print_content, "MOST_NUMBERED", 2)
    for place in range(4):
        factories.make_wish(case, text=f"wens {place}", at=(X + 20 * place, Y))
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    path = saved(client.get("/nl/planning/print.pdf?paper=a4&parts=wishes"), tmp_path)
    assert "te veel om te nummeren" in told("pdftotext", path, "-").replace("\n", " ")


@pytest.mark.parametrize(
    "query",
    [
        "paper=a0&parts=figure",
        "paper=a4",
        "paper=a4&parts=moon",
        "paper=a4&parts=figure&scale=17",
        "paper=a4&parts=figure&theme=moon",
        "paper=a4&parts=figure&at=nan,52,3",
        "paper=a4&parts=figure&title=" + "x" * 101,
        "paper=a4&parts=figure&orientation=round",
        "",
    ],
)
def test_mistake_shows_the_form_again(client, case, query):
    answer = client.get(f"/nl/planning/print.pdf?{query}")
    assert answer.status_code == (400 if query else 200)
    assert b"<form" in answer.data or answer.content_type == "application/pdf"


@pytest.mark.parametrize("at", ["4.65,52.37,14", "4.65,52.37,24", "-170,-80,0", "4.65,52.37,0.5"])
def test_any_place_of_the_map_can_be_printed(client, world, at):
    answer = client.get(f"/nl/planning/print.pdf?paper=a4&parts=base&parts=figure&at={at}")
    assert answer.status_code in (200, 400)


def test_form_keeps_the_state_of_the_map(client, world):
    page = client.get("/nl/planning/print?theme=green&at=4.65,52.37,14").data.decode()
    assert '<input type="hidden" name="theme" value="green">' in page
    assert '<input type="hidden" name="at" value="4.65,52.37,14">' in page


def test_nothing_is_fetched_while_printing(app, monkeypatch):
    for address in (
        "https://example.org/x.png",
        "file:///etc/passwd",
        "file://host/etc/passwd",
        "memory:other",
        "data:text/html,x",
        f"file://{printing.STATIC}/../pyproject.toml",
    ):
        with pytest.raises(printing.FatalURLFetchingError):
            printing._Fetcher({"map.svg": b""}).fetch(address)


def test_who_waits_too_long_hears_so(app, monkeypatch):
    monkeypatch.setattr(printing, "LONGEST_WAIT", 0.01)
    with printing._turn, app.test_request_context("/nl/"), pytest.raises(Unavailable):
        printing.pdf(
            "printing/document.html", {}, title="x", language="nl", made_at=datetime.now(UTC)
        )
