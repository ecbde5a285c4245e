"""The published files of the region load whole. They are not part of the project."""

import os
from pathlib import Path

import pytest

from layers.sources.cbs import read_areas

pytestmark = pytest.mark.real_data

FIGURE_FILES = {
    "GM0375": (1, 11, 36),
    "GM0392": (1, 21, 111),
    "GM0394": (1, 18, 97),
    "GM0453": (1, 10, 63),
    "GM0473": (1, 4, 19),
}


@pytest.fixture
def region() -> Path:
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    return Path(folder) / "haarlem_region"


def test_the_39_wijken_load_whole(region: Path) -> None:
    areas = read_areas(region / "wijken_haarlem.gpkg")
    rows = list(areas)
    report = areas.report
    assert (report.rows_in, report.rows_loaded, report.rejected) == (39, 39, ())
    assert (report.repaired, report.warnings, report.columns_unknown) == ((), (), ())
    assert report.crs_declared == "EPSG:28992"
    assert report.sha256.startswith("a3b3feeffc7f83d6")
    assert sum(row.municipality_code == "GM0392" for row in rows) == 21
    # 222 columns: the shape, nine that identify the row, and the figures.
    assert {len(row.figures) + len(row.missing) for row in rows} == {212}


def test_the_surface_agrees_with_the_published_one(region: Path) -> None:
    for row in read_areas(region / "wijken_haarlem.gpkg"):
        assert row.geometry is not None
        published = float(row.figures["oppervlakte_totaal_in_ha"])
        assert row.geometry.area / 10_000 == pytest.approx(published, abs=1)


@pytest.mark.parametrize(("municipality", "counts"), FIGURE_FILES.items())
def test_the_figures_beside_it_load_whole(
    region: Path, municipality: str, counts: tuple[int, int, int]
) -> None:
    areas = read_areas(region / f"cbs_kwb2024_{municipality}.json")
    rows = list(areas)
    assert areas.report.rejected == ()
    levels = [row.level for row in rows]
    assert tuple(levels.count(level) for level in ("municipality", "wijk", "buurt")) == counts
    codes = {row.code for row in rows}
    assert all(row.parent_code in codes for row in rows if row.level == "buurt")
    assert {(row.year, row.municipality_code) for row in rows} == {(2024, municipality)}


def test_the_municipalities_of_2022_load_from_lonlat(region: Path) -> None:
    path = region.parent / "national" / "gemeenten_2022_gegeneraliseerd_wgs84.geojson"
    areas = read_areas(path)
    rows = {row.code: row for row in areas}
    assert (len(rows), areas.report.rejected) == (345, ())
    haarlem = rows["GM0392"]
    assert (haarlem.name, haarlem.year) == ("Haarlem", 2022)
    assert haarlem.geometry is not None
    # Haarlem measures some 32 km² with its water.
    assert haarlem.geometry.area / 1_000_000 == pytest.approx(32, abs=1.5)
