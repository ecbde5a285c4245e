import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.warp import Resampling, reproject, transform_bounds

from gis.crs import RD_WITHOUT_GRID
from layers import raster_check
from layers.layer import NodataRule
from layers.raster import RasterRefusedError, check_raster
from layers.raster_file import REFUSALS
from layers.raster_values import missing
from layers.sources.vector_files import FileRefusedError
from tests.layers.made_rasters import HAARLEM, HEAT, NOISE, ramp, write

CELL = Affine(10, 0, HAARLEM[0], 0, -10, HAARLEM[1])
SOUTH_UP = Affine(10, 0, HAARLEM[0], 0, 10, HAARLEM[1] - 400)
SWAPPED = Affine(10, 0, HAARLEM[1], 0, -10, HAARLEM[0])
AFRICA = Affine(10, 0, 9_000_000, 0, -10, 9_000_000)


def noisy(bands: int = 1) -> np.ndarray:
    return np.random.default_rng(1).uniform(20, 50, (bands, 300, 300)).astype(np.float32)


def shortened(path: Path, keep: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


def zipped(folder: Path, *files: Path) -> Path:
    target = folder / "made.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return target


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def bomb(folder: Path) -> Path:
    """A zip file of some 100 kB that unpacks to 120 MB."""
    target = folder / "bomb.zip"
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb.tif", "w") as stream,
    ):
        for _ in range(120):
            stream.write(bytes(1_000_000))
    return target


def sparse(path: Path, side: int) -> Path:
    """A file of some kB that says it is ``side`` cells wide and high."""
    options = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": "EPSG:28992"}
    with rasterio.open(
        path, "w", width=side, height=side, **options, transform=Affine(0.5, 0, 1e5, 0, -0.5, 5e5),
        tiled=True, SPARSE_OK=True, blockxsize=256, blockysize=256,
    ) as made:  # fmt: skip
        made.write(np.ones((1, 16, 16), np.float32), window=rasterio.windows.Window(0, 0, 16, 16))
    return path


def empty(value: float) -> np.ndarray:
    return np.full((40, 60), value, np.float32)


MADE = {
    "wrong_crs": lambda d: write(d / "a.tif", ramp(), crs="EPSG:28991"),
    "no_crs": lambda d: write(d / "a.tif", ramp(), crs=None),
    "all_nodata": lambda d: write(d / "a.tif", empty(55537)),
    "south_up": lambda d: write(d / "a.tif", ramp(), transform=SOUTH_UP),
    "axes_swapped": lambda d: write(d / "a.tif", ramp(), transform=SWAPPED),
    "outside_netherlands": lambda d: write(d / "a.tif", ramp(), transform=AFRICA),
    "rotated": lambda d: write(d / "a.tif", ramp(), transform=CELL @ Affine.rotation(10)),
    "not_square": lambda d: write(d / "a.tif", ramp(), transform=CELL @ Affine.scale(1, 2)),
    "no_place": lambda d: write(d / "a.tif", ramp(), transform=None),
    "damaged": lambda d: shortened(write(d / "a.tif", noisy()), 0.6),
    "not_a_raster": lambda d: written(d / "a.tif", b"<html>not found</html>" * 50),
    "outside_range": lambda d: write(d / "a.tif", ramp() * 2),
    "picture": lambda d: write(d / "a.tif", noisy(3).astype("uint8"), photometric="RGB"),
    "not_numbers": lambda d: write(d / "a.tif", ramp().astype("complex64")),
    "zip_broken": lambda d: written(d / "a.zip", b"PK\x03\x04 and then nothing"),
    "zip_contents": lambda d: zipped(
        d, write(d / "a.tif", ramp()), write(d / "b.tif", ramp())
    ),
    "unpacks_too_far": bomb,
    "too_large": lambda d: write(d / "a.tif", ramp()),
    "disk_full": None,
    "outside_area": None,
    "wrong_band": None,
    "crs_unknown": None,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("key", [key for key, make in MADE.items() if make])
def test_a_file_with_one_thing_wrong_is_refused_with_the_reason(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = MADE[key](tmp_path)
    if key == "too_large":
        monkeypatch.setattr(raster_check, "MAX_CELLS", 2_000)
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(path, HEAT)
    assert refused.value.key == key
    assert path.name in str(refused.value)
    assert isinstance(refused.value, FileRefusedError)


def test_every_reason_is_tried() -> None:
    assert sorted(MADE) == sorted(REFUSALS)


def test_a_missing_band_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(write(tmp_path / "a.tif", ramp()), replace(HEAT, band=2))
    assert refused.value.key == "wrong_band"


def test_the_wanted_band_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.stack([ramp(), ramp() + 10]))
    assert check_raster(path, replace(HEAT, band=2)).minimum == 30


def test_a_file_that_only_claims_to_be_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(sparse(tmp_path / "a.tif", 60_000), HEAT)
    assert refused.value.key == "unpacks_too_far"


@pytest.mark.parametrize("keep", [0.00005, 0.3, 0.97])
@pytest.mark.parametrize("options", [{}, {"compress": "deflate"}, {"tiled": True}])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, keep: float, options) -> None:
    path = write(tmp_path / "a.tif", noisy(), **options)
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(shortened(path, keep), HEAT)
    assert refused.value.key == "damaged"


def test_a_declared_crs_is_used_only_when_the_file_names_none(tmp_path: Path) -> None:
    without = write(tmp_path / "a.tif", ramp(), crs=None)
    with pytest.raises(RasterRefusedError, match="declare EPSG:28992"):
        check_raster(without, HEAT)
    facts = check_raster(without, HEAT, declared_crs=28992)
    assert (facts.crs_declared, facts.crs_assumed) == ("EPSG:28992", True)
    old = write(tmp_path / "b.tif", ramp(), crs="EPSG:28991")
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(old, HEAT, declared_crs=28992)
    assert refused.value.key == "wrong_crs"
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(without, HEAT, declared_crs="EPSG:999999")
    assert refused.value.key == "crs_unknown"


@pytest.mark.parametrize("crs", ["EPSG:28992", "EPSG:7415", RD_WITHOUT_GRID])
def test_rd_is_known_in_all_its_spellings(tmp_path: Path, crs: str) -> None:
    facts = check_raster(write(tmp_path / "a.tif", ramp(), crs=crs), HEAT)
    assert facts.reprojected is False


def test_a_raster_in_degrees_is_moved_only_when_asked(tmp_path: Path) -> None:
    rd = np.full((100, 100), 30, np.float32)
    rd[:, 50:] = 40
    west, south, east, north = transform_bounds(
        RD_WITHOUT_GRID, "EPSG:4326", HAARLEM[0], HAARLEM[1] - 1000, HAARLEM[0] + 1000, HAARLEM[1]
    )
    step = 0.0001
    width, height = int((east - west) / step) + 1, int((north - south) / step) + 1
    transform = Affine(step, 0, west, 0, -step, north)
    degrees = np.full((height, width), np.nan, np.float32)
    reproject(
        rd, degrees, src_transform=CELL, src_crs=RD_WITHOUT_GRID, dst_transform=transform,
        dst_crs="EPSG:4326", resampling=Resampling.nearest, dst_nodata=np.nan,
    )  # fmt: skip
    # Degrees are not square on the ground, but they are in the file.
    path = write(tmp_path / "a.tif", degrees, crs="EPSG:4326", transform=transform)
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(path, HEAT)
    assert refused.value.key == "wrong_crs"
    facts = check_raster(path, HEAT, reproject=True)
    assert facts.reprojected
    assert facts.crs_declared == "EPSG:4326"
    assert facts.grid.cell == 10
    assert facts.grid.origin_x % 10 == facts.grid.origin_y % 10 == 0
    assert facts.mean == pytest.approx(35, abs=0.3)
    west, south, east, north = facts.bounds
    assert (west, north) == pytest.approx(HAARLEM, abs=30)
    assert (east - west, north - south) == pytest.approx((1000, 1000), abs=60)


def test_only_the_cells_of_an_area_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", ramp())
    x, y = HAARLEM
    facts = check_raster(path, HEAT, area=(x + 20, y - 40, x + 50, y - 10))
    assert (facts.grid.width, facts.grid.height) == (3, 3)
    assert facts.bounds == (x + 20, y - 40, x + 50, y - 10)
    assert facts.minimum == ramp()[1, 2]
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(path, HEAT, area=(0, 0, 10, 10))
    assert refused.value.key == "outside_area"


def test_a_zip_file_with_one_raster_is_read(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.tif", ramp())
    facts = check_raster(zipped(tmp_path, plain), HEAT)
    assert facts.mean == pytest.approx(35)
    assert facts.file_name == "made.zip"


def test_nothing_is_written_beside_the_source(tmp_path: Path) -> None:
    check_raster(write(tmp_path / "a.tif", ramp()), HEAT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


def test_every_known_code_for_no_data_is_taken_out(tmp_path: Path) -> None:
    cells = ramp()
    cells[0, :7] = [55537, 2147483647, -9999, -1, np.nan, np.inf, 777]
    facts = check_raster(write(tmp_path / "a.tif", cells, nodata=777), HEAT)
    assert facts.nodata == {"missing": 5, "no_data_here": 2}
    assert facts.cells_valid == facts.cells - 7
    assert (facts.minimum, facts.maximum) == (ramp()[0, 7], 50)
    assert min(facts.sample) == facts.minimum


def test_no_noise_source_is_not_zero_decibel(tmp_path: Path) -> None:
    cells = np.full((40, 60), 60, np.uint8)
    cells[:20] = 0
    facts = check_raster(write(tmp_path / "a.tif", cells), NOISE)
    assert facts.mean == 60
    assert facts.nodata == {"no_data_here": 1200}


def test_scale_and_offset_are_applied_after_the_codes(tmp_path: Path) -> None:
    cells = np.array([[100, 200], [-1, 300]], np.int16)
    facts = check_raster(write(tmp_path / "a.tif", cells, scale=(0.1, 5)), HEAT)
    assert (facts.minimum, facts.maximum) == (pytest.approx(15), pytest.approx(35))
    assert facts.nodata == {"missing": 1}


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64"])
def test_the_rule_for_arrays_equals_the_rule_for_one_number(dtype: str) -> None:
    rule = NodataRule({55537.0: "no_data_here", 0.0: "secret", 0.5: "secret"}, -1.0)
    numbers = np.array([0, 1, 2, 100]).astype(dtype)
    if dtype != "uint8":
        numbers = np.append(numbers, np.array([-1, -2]).astype(dtype))
    found = missing(numbers, rule, None)
    for place, number in enumerate(numbers.tolist()):
        reasons = [reason for reason, cells in found.items() if cells[place]]
        assert reasons == [reason for reason in [rule.reason(number)] if reason]


def test_an_unexpected_size_of_cell_is_remarked(tmp_path: Path) -> None:
    facts = check_raster(write(tmp_path / "a.tif", ramp()), replace(HEAT, resolution=1.0))
    assert facts.remarks == ("Cells are 10 m wide; 1 m was expected.",)
