"""Published files load through the readers. They are not part of the project."""

import os
from collections import Counter
from pathlib import Path

import geopandas
import pytest

from layers.catalogue import CATALOGUE
from layers.readers import read_area_values, read_features

pytestmark = pytest.mark.real_data


@pytest.fixture
def data() -> Path:
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    return Path(folder)


@pytest.mark.parametrize(
    ("collection", "kinds"),
    [
        ("begroeidterreindeel", {"begroeid": 126}),
        ("onbegroeidterreindeel", {"onbegroeid": 81}),
        ("wegdeel", {"weg": 151}),
        ("waterdeel", {"water": 3}),
        ("pand", {"pand": 160}),
    ],
)
def test_the_block_in_delft_has_its_ground(
    data: Path, collection: str, kinds: dict[str, int]
) -> None:
    path = data / "delft_bgt_ahn3" / f"bgt_{collection}.sqlite"
    opened = read_features(CATALOGUE["bgt_cover"], path)
    rows = list(opened)
    report = opened.report
    assert Counter(row.category for row in rows) == kinds
    assert (report.rows_rejected, report.repaired, report.crs_declared) == (0, 0, "EPSG:28992")
    assert len({row.source_key for row in rows}) == len(rows)


def test_the_block_in_delft_has_its_paving(data: Path) -> None:
    folder = data / "delft_bgt_ahn3"
    found: Counter[str | None] = Counter()
    for collection in ("onbegroeidterreindeel", "wegdeel"):
        rows = read_features(CATALOGUE["bgt_paving"], folder / f"bgt_{collection}.sqlite")
        found.update(row.category for row in rows)
    assert found == {
        "erf": 42,
        "open_verharding": 21 + 143,
        "gesloten_verharding": 14 + 7,
        "onverhard": 4 + 1,
    }


def test_the_buildings_of_delft_are_buildings_without_height(data: Path) -> None:
    path = data / "delft_bgt_ahn3" / "bgt_pand.sqlite"
    rows = list(read_features(CATALOGUE["bag_buildings"], path))
    assert len(rows) == 160
    assert {(row.value, row.reason) for row in rows} == {(None, "missing")}
    assert all(row.source_key for row in rows)


def test_the_parks_of_amsterdam_have_name_and_surface(data: Path) -> None:
    path = data / "amsterdam" / "greenexp_ams_parken.gpkg"
    opened = read_features(CATALOGUE["parks"], path)
    rows = list(opened)
    assert (len(rows), opened.report.crs_declared) == (123, "EPSG:4326")
    assert all(row.name for row in rows)
    (park,) = [row for row in rows if row.name == "Gerbrandypark"]
    assert park.value == 71578
    published = geopandas.read_file(path)["Oppervlakte_m2"]
    for row, surface in zip(rows, published, strict=True):
        assert row.value == (surface or row.geometry.area)
    assert sum(published == 0) > 0
    assert park.geometry.area == pytest.approx(park.value, rel=0.01)


def test_the_streets_of_amsterdam_are_lines(data: Path) -> None:
    path = data / "amsterdam" / "greenexp_network.gpkg"
    opened = read_features(CATALOGUE["walking_network"], path)
    rows = list(opened)
    assert (len(rows), opened.report.rows_rejected) == (3899, 0)
    assert {row.geometry.geom_type for row in rows} == {"LineString"}
    assert "Zeeburgerstraat" in {row.name for row in rows}
    assert rows[0].properties["highway"] == "cycleway"


def test_the_39_wijken_tell_why_a_figure_is_missing(data: Path) -> None:
    path = data / "haarlem_region" / "wijken_haarlem.gpkg"
    opened = read_area_values(CATALOGUE["population"], path)
    rows = list(opened)
    assert (len(rows), opened.report.rows_loaded) == (39, 39)
    reasons = {reason for row in rows for reason in row.reasons.values()}
    assert {"secret", "later_release"} <= reasons
    assert all(value > -90_000 for row in rows for value in row.values.values())
