import io
import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from PIL import Image
from shapely import LineString, MultiLineString, Point

from gis.crs import RD_WITHOUT_GRID, to_web
from layers import raster_store
from layers.catalogue import classes_of
from layers.layer import Category, same_in_all
from layers.raster import (
    Raster,
    RasterRefusedError,
    check_raster,
    difference_tile,
    store_raster,
)
from layers.raster_palette import class_starts, difference_palette, palette_for
from tests.layers.made_rasters import HAARLEM, HEAT, ramp, write

WORLD = 20_037_508.342789244
X, Y = HAARLEM


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stored")
    cells = ramp(400, 600)
    cells[100:120, 200:230] = 55537
    store_raster(write(made / "a.tif", cells), HEAT, made / "heat")
    return made / "heat"


@pytest.fixture(scope="module")
def raster(folder: Path) -> Raster:
    return Raster.open(folder)


def pixel(place: Point, zoom: int) -> tuple[int, int]:
    """Which pixel of a zoom a place (RD) is in, counted from the corner of the world."""
    web = to_web(place)
    size = 2 * WORLD / (256 * 2**zoom)
    return int((web.x + WORLD) // size), int((WORLD - web.y) // size)


def at(raster: Raster, place: Point, zoom: int) -> float:
    """The value that the map shows at a place."""
    x, y = pixel(place, zoom)
    cells = raster.tile_values(zoom, x // 256, y // 256)
    return np.nan if cells is None else float(cells[y % 256, x % 256])


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_values_are_those_of_the_cells(raster: Raster) -> None:
    cells = ramp(400, 600)
    xs, ys = [X + 5, X + 5995, X + 2005, X - 1, X + 6000], [Y - 5, Y - 3995, Y - 1005, Y - 5, Y - 5]
    values = raster.values_at(xs, ys)
    assert values.dtype == np.float64
    assert values[:2].tolist() == [cells[0, 0], cells[-1, -1]]
    assert np.isnan(values[2:]).all()
    rng = np.random.default_rng(1)
    rows, columns = rng.integers(0, 100, 500), rng.integers(0, 600, 500)
    many = raster.values_at(X + columns * 10 + 3, Y - rows * 10 - 7)
    np.testing.assert_array_equal(many, cells[rows, columns])
    assert np.isnan(raster.values_at([np.nan, np.inf], [Y, Y])).all()


def test_a_window_is_clipped_to_the_grid(raster: Raster) -> None:
    cells, transform = raster.window((X - 500, Y - 35, X + 25, Y + 500))
    assert cells.shape == (4, 3)
    assert transform == rasterio.Affine(10, 0, X, 0, -10, Y)
    assert cells[3, 2] == ramp(400, 600)[3, 2]
    assert raster.window((0, 0, 10, 10))[0].size == 0


def test_values_along_a_line(raster: Raster) -> None:
    line = LineString([(X + 5, Y - 5), (X + 30, Y - 5)])
    found = raster.sample_line(line, 10)
    assert found.distances.tolist() == [0, 10, 20, 25]
    assert found.values.tolist() == ramp(400, 600)[0, [0, 1, 2, 3]].tolist()
    both = raster.sample_line(MultiLineString([line, line]), 10)
    assert both.distances[-1] == 50
    assert raster.sample_line(LineString(), 10).values.size == 0
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="step"):
            raster.sample_line(line, wrong)
    with pytest.raises(ValueError, match="along lines"):
        raster.sample_line(Point(X, Y).buffer(3), 10)


def test_cells_move_to_the_map_as_shapes_do() -> None:
    rng = np.random.default_rng(1)
    places = np.column_stack(
        [rng.uniform(10_000, 280_000, 300), rng.uniform(305_000, 620_000, 300)]
    )
    ours = shapely.get_coordinates(to_web(shapely.multipoints(places)))
    theirs = np.column_stack(rasterio.warp.transform(RD_WITHOUT_GRID, "EPSG:3857", *places.T))
    # A metre of web mercator is about 0.61 m on the ground here.
    assert np.hypot(*(ours - theirs).T).max() * 0.61 < 0.25


def test_the_deepest_zoom_shows_the_nearest_cell(raster: Raster) -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        place = Point(X + rng.uniform(50, 5_900), Y - rng.uniform(50, 3_900))
        shown = at(raster, place, raster.frame.max_zoom)
        near = raster.values_at(
            place.x + np.array([0, 1, -1, 0, 0]) * 12, place.y + np.array([0, 0, 0, 1, -1]) * 12
        )
        if not np.isnan([shown, *near]).any():
            assert near.min() - 0.01 <= shown <= near.max() + 0.01


@pytest.mark.parametrize("deeper", [-4, -2, -1, 0, 1, 4, 8])
def test_every_zoom_shows_about_the_same(raster: Raster, deeper: int) -> None:
    place = Point(X + 3_005, Y - 3_005)
    shown = at(raster, place, raster.frame.max_zoom + deeper)
    expected = raster.values_at([place.x], [place.y])[0]
    assert shown == pytest.approx(expected, abs=0.2 if deeper >= -1 else 2)


def test_tiles_without_a_value_are_none(raster: Raster) -> None:
    palette = palette_for(HEAT, classes_of(HEAT, raster.facts.sample))
    for zoom in (3, raster.frame.min_zoom, raster.frame.max_zoom, raster.frame.max_zoom + 3):
        assert raster.tile(zoom, 0, 0, palette) is None
        assert raster.tile(zoom, 2**zoom - 1, 2**zoom - 1, palette) is None


def test_a_tile_is_a_palette_picture_in_the_colours_of_the_legend(raster: Raster) -> None:
    palette = palette_for(HEAT, classes_of(HEAT, raster.facts.sample))
    assert palette.colours == HEAT.colours
    place = Point(X + 2_150, Y - 1_100)
    zoom = raster.frame.max_zoom
    x, y = pixel(place, zoom)
    png = raster.tile(zoom, x // 256, y // 256, palette)
    shown = picture(png)
    assert (shown.mode, shown.size) == ("P", (256, 256))
    cells = raster.tile_values(zoom, x // 256, y // 256)
    rgba = np.asarray(shown.convert("RGBA"))
    assert ((rgba[..., 3] == 0) == np.isnan(cells)).all()
    assert rgba[y % 256, x % 256, 3] == 0
    for row, column in np.argwhere(~np.isnan(cells))[::997]:
        place_in = sum(cells[row, column] >= start for start in (31.5, 34.5, 37.5))
        assert "#{:02x}{:02x}{:02x}".format(*rgba[row, column, :3]) == HEAT.colours[place_in]


def test_whole_degrees_are_rounded_half_up_before_they_are_classed() -> None:
    palette = palette_for(HEAT, classes_of(HEAT, [20, 50]))
    values = np.array([[31, 31.49, 31.5, 34.49, 34.5, 37.5, 90, np.nan]], np.float32)
    assert palette.indices(values).tolist() == [[0, 0, 1, 1, 2, 3, 3, 255]]


def test_otherwise_a_class_holds_its_upper_limit() -> None:
    layer = replace(HEAT, whole_numbers=False)
    starts = class_starts(layer, [31, 34.2])
    assert (np.array([31, 34.2], np.float32) < starts).all()
    palette = palette_for(layer, classes_of(layer, [20, 50]))
    assert palette.indices(np.array([31, 31.01, 34], np.float32)).tolist() == [0, 1, 1]


def test_categories_are_coloured_by_their_exact_value() -> None:
    kinds = (Category("1", same_in_all("a"), "#112233"), Category("7", same_in_all("b"), "#445566"))
    palette = palette_for(replace(HEAT, categories=kinds), classes_of(HEAT, []))
    assert palette.indices(np.array([1, 7, 3, np.nan], np.float32)).tolist() == [0, 1, 255, 255]


def test_the_change_between_two_editions(raster: Raster, tmp_path: Path) -> None:
    warmer = store_raster(write(tmp_path / "b.tif", ramp(400, 600) + 2), HEAT, tmp_path / "b")
    palette = difference_palette(1, ("#000001", "#000002", "#000003", "#000004", "#000005"))
    zoom = raster.frame.max_zoom
    x, y = pixel(Point(X + 500, Y - 500), zoom)
    png = difference_tile(raster, Raster.open(warmer.folder), zoom, x // 256, y // 256, palette)
    assert picture(png).convert("RGBA").getpixel((x % 256, y % 256)) == (0, 0, 5, 255)
    assert difference_tile(raster, raster, zoom, 0, 0, palette) is None
    same = difference_tile(raster, raster, zoom, x // 256, y // 256, palette)
    assert picture(same).convert("RGBA").getpixel((x % 256, y % 256)) == (0, 0, 3, 255)
    with pytest.raises(ValueError, match="odd number"):
        difference_palette(1, ("#000000", "#000000"))


def test_what_is_stored_is_what_it_says(folder: Path, raster: Raster) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["facts.json", "rd.tif", "web.tif"]
    with rasterio.open(folder / "rd.tif") as rd:
        assert rd.crs.to_epsg() == 28992
        assert (rd.dtypes[0], rd.block_shapes, rd.compression) == ("float32", [(256, 256)], None)
        assert np.isnan(rd.nodata)
        assert rd.overviews(1)
    with rasterio.open(folder / "web.tif") as web:
        assert web.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert web.block_shapes == [(256, 256)]
        assert len(web.overviews(1)) == raster.frame.max_zoom - raster.frame.min_zoom
        pixels = (web.bounds.left + WORLD) / (2 * WORLD / 2**raster.frame.min_zoom)
        assert pixels == pytest.approx(round(pixels), abs=1e-9)
    assert raster.facts.nodata == {"no_data_here": 600}
    json.loads((folder / "facts.json").read_text())


def test_facts_are_those_of_a_check_alone(folder: Path, raster: Raster) -> None:
    assert raster.facts == replace(
        check_raster(folder.parent / "a.tif", HEAT), nodata_declared=raster.facts.nodata_declared
    )
    assert raster.facts.mean == pytest.approx(np.nanmean(raster.values[0:400, 0:600]), abs=1e-4)
    assert len(raster.facts.sample) < 25_000


def test_progress_ends_at_its_total(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = write(tmp_path / "a.tif", ramp())
    store_raster(path, HEAT, tmp_path / "a", lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_a_refused_raster_leaves_nothing_and_the_older_one_stays(tmp_path: Path) -> None:
    store_raster(write(tmp_path / "a.tif", ramp()), HEAT, tmp_path / "kept")
    wrong = write(tmp_path / "b.tif", ramp() * 2)
    for target in ("kept", "new"):
        with pytest.raises(RasterRefusedError, match="lies between"):
            store_raster(wrong, HEAT, tmp_path / target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tif", "b.tif", "kept"]
    assert Raster.open(tmp_path / "kept").facts.maximum == 50
    store_raster(write(tmp_path / "c.tif", ramp() + 1), HEAT, tmp_path / "kept")
    assert Raster.open(tmp_path / "kept").facts.maximum == 51


def test_an_interrupted_job_goes_on_after_the_copy_in_rd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.tif", ramp())
    with monkeypatch.context() as broken:
        broken.setattr(raster_store, "copy", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store_raster(path, HEAT, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    with monkeypatch.context() as watched:
        watched.setattr(raster_store, "opened", None)
        store_raster(path, HEAT, tmp_path / "kept")
    assert Raster.open(tmp_path / "kept").facts.maximum == 50
    assert not (tmp_path / "kept.part").exists()


def test_a_full_disk_is_said_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = type("Usage", (), {"free": 1_000})()
    monkeypatch.setattr(raster_store.shutil, "disk_usage", lambda _: full)
    with pytest.raises(RasterRefusedError) as refused:
        store_raster(write(tmp_path / "a.tif", ramp()), HEAT, tmp_path / "kept")
    assert refused.value.key == "disk_full"


def test_threads_share_a_raster(raster: Raster) -> None:
    palette = palette_for(HEAT, classes_of(HEAT, raster.facts.sample))
    zoom = raster.frame.max_zoom
    x, y = (place // 256 for place in pixel(Point(X + 500, Y - 500), zoom))
    found: list[bytes | None] = []
    work = [
        threading.Thread(target=lambda: found.append(raster.tile(zoom, x, y, palette)))
        for _ in range(8)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert len(found) == 8
    assert set(found) == {raster.tile(zoom, x, y, palette)}


def test_a_folder_without_a_raster_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Raster.open(tmp_path)
