"""Store a raster: a copy in RD to measure in, and one cut to the tiles of the map to look at.

Both are built block by block in bounded memory, in a folder beside the final one that takes its
name at the very end. When the work was cut off after the copy in RD, it goes on from there.
"""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.enums import Resampling
from rasterio.shutil import copy
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from gis.crs import RD, RD_WITHOUT_GRID, WEB, Bounds, to_web
from gis.grid import Grid
from layers.layer import Layer
from layers.raster_check import RasterFacts, Source, opened
from layers.raster_file import READ_OPTIONS, RasterRefusedError
from layers.raster_palette import TILE
from layers.raster_values import Tally, block_windows

RD_FILE: Final = "rd.tif"
WEB_FILE: Final = "web.tif"
FACTS_FILE: Final = "facts.json"

_MARK_FILE: Final = "mark.json"

Progress = Callable[[int, int], None]

_WORLD = 20_037_508.342789244
"""Half the side of the square of WebMercatorQuad, metres of web mercator."""
_DEEPEST_ZOOM = 20
_WEB_BLOCK = 2_048
_SMALLEST_OVERVIEW = 256
_TILED: Final[dict[str, Any]] = {
    "driver": "GTiff",
    "count": 1,
    "dtype": "float32",
    "nodata": math.nan,
    "tiled": True,
    "blockxsize": TILE,
    "blockysize": TILE,
    "BIGTIFF": "IF_SAFER",
}


@dataclass(frozen=True)
class TileFrame:
    """How the tiles of a raster lie: from tile (``first_x``, ``first_y``) of ``min_zoom`` on,
    ``across`` by ``down`` tiles; the file has every zoom up to ``max_zoom``."""

    min_zoom: int
    max_zoom: int
    first_x: int
    first_y: int
    across: int
    down: int

    def offset(self, zoom: int) -> tuple[int, int]:
        """The left and top pixel at a zoom, counted from the corner of the world."""
        factor = TILE << (zoom - self.min_zoom)
        return self.first_x * factor, self.first_y * factor

    def size(self, zoom: int) -> tuple[int, int]:
        """How many pixels wide and high the file is at a zoom."""
        factor = TILE << (zoom - self.min_zoom)
        return self.across * factor, self.down * factor

    @property
    def transform(self) -> Affine:
        """From pixels of ``max_zoom`` to web mercator."""
        pixel = 2 * _WORLD / (TILE << self.max_zoom)
        left, top = self.offset(self.max_zoom)
        return Affine(pixel, 0, left * pixel - _WORLD, 0, -pixel, _WORLD - top * pixel)


@dataclass(frozen=True)
class StoredRaster:
    """A raster that was stored: where, what it holds, and how its tiles lie."""

    folder: Path
    facts: RasterFacts
    tiles: TileFrame


def store_raster(
    path: Path,
    layer: Layer,
    folder: Path,
    progress: Progress = lambda done, total: None,
    *,
    declared_crs: int | str | None = None,
    reproject: bool = False,
    area: Bounds | None = None,
) -> StoredRaster:
    """Check a raster while copying it, and build its tiles; see :func:`check_raster`.

    Writes ``folder`` wholly or not at all; an older one is replaced. The map shows the nearest cell
    at its deepest zoom, and above that the mean of the cells that have a value. ``progress`` gets
    blocks done and blocks in all.

    Raises:
        RasterRefusedError: with the reason as ``key`` and in words; nothing is left behind.
    """
    part = folder.with_name(folder.name + ".part")
    mark = _mark(path, layer, declared_crs, reproject, area)
    try:
        with rasterio.Env(**READ_OPTIONS, SPARSE_OK_OVERVIEW="YES"):
            kept = _kept(part, mark)
            if kept is None:
                with opened(
                    path, layer, declared_crs=declared_crs, reproject=reproject, area=area
                ) as source:
                    steps = _Steps(source.grid, progress)
                    facts = _copy_to_rd(source, part, folder, steps)
                (part / _MARK_FILE).write_text(json.dumps([mark, facts.to_json()]), "utf-8")
            else:
                facts, steps = kept, _Steps(kept.grid, progress, copied=True)
            frame = steps.frame
            _cut_to_tiles(part, frame, steps)
    except RasterRefusedError:
        shutil.rmtree(part, ignore_errors=True)
        raise
    told = {"facts": facts.to_json(), "tiles": asdict(frame)}
    (part / FACTS_FILE).write_text(json.dumps(told), "utf-8")
    (part / _MARK_FILE).unlink()
    _take_the_name(part, folder)
    return StoredRaster(folder, facts, frame)


class _Steps:
    """Counts blocks for the caller's progress."""

    def __init__(self, grid: Grid, progress: Progress, *, copied: bool = False) -> None:
        self.frame = frame_of(grid)
        self.progress = progress
        width, height = self.frame.size(self.frame.max_zoom)
        copying = len(block_windows(grid.shape))
        tiles = math.ceil(width / _WEB_BLOCK) * math.ceil(height / _WEB_BLOCK)
        # The overviews of both copies are counted as a quarter of the tiles.
        self.overviews = math.ceil(tiles / 8)
        self.total = copying + tiles + 2 * self.overviews
        self.done = copying + self.overviews if copied else 0

    def advance(self, blocks: int = 1) -> None:
        self.done += blocks
        self.progress(self.done, self.total)


def frame_of(grid: Grid) -> TileFrame:
    """Choose the zooms of a raster.

    The deepest has pixels about as large as the cells, at most 1.4 times; the least deep is where
    all of it lies within two by two tiles.
    """
    west, south, east, north = grid.bounds
    sides = shapely.segmentize(shapely.box(*grid.bounds), max((east - west), (north - south)) / 20)
    left, bottom, right, top = to_web(sides).bounds
    per_metre = math.hypot(right - left, top - bottom) / math.hypot(east - west, north - south)
    wanted = 2 * _WORLD / TILE / (grid.cell * per_metre)
    deepest = min(_DEEPEST_ZOOM, max(0, math.ceil(math.log2(wanted) - 0.5)))
    for zoom in range(deepest, -1, -1):
        side = 2 * _WORLD / (1 << zoom)
        x0, x1 = math.floor((left + _WORLD) / side), math.floor((right + _WORLD) / side)
        y0, y1 = math.floor((_WORLD - top) / side), math.floor((_WORLD - bottom) / side)
        if x1 - x0 < 2 and y1 - y0 < 2:
            break
    return TileFrame(zoom, deepest, x0, y0, x1 - x0 + 1, y1 - y0 + 1)


def _copy_to_rd(source: Source, part: Path, folder: Path, steps: _Steps) -> RasterFacts:
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    grid = source.grid
    _judge_room(source.name, grid, steps.frame, folder)
    transform = Affine(grid.cell, 0, grid.origin_x, 0, -grid.cell, grid.origin_y)
    tally = Tally(grid.shape)
    target = part / RD_FILE
    size = {"width": grid.width, "height": grid.height}
    with rasterio.open(
        target, "w", **_TILED, **size, crs=f"EPSG:{RD}", transform=transform
    ) as written:
        for block in source.blocks():
            tally.add(block)
            height, width = block.cells.shape
            written.write(block.cells, 1, window=Window(block.column, block.row, width, height))
            steps.advance()
    facts = source.facts(tally)
    _add_overviews(target, max(grid.shape))
    steps.advance(steps.overviews)
    return facts


def _judge_room(name: str, grid: Grid, frame: TileFrame, folder: Path) -> None:
    width, height = frame.size(frame.max_zoom)
    # At most: the copy in RD and its overviews, the tiles twice while they are put in order.
    needed = 4 * 1.34 * (grid.width * grid.height + 2 * min(width * height, _seen(grid)))
    if shutil.disk_usage(folder.parent).free < needed:
        raise RasterRefusedError(
            "disk_full", f"There is no room for {name}: it takes {needed / 1e9:.1f} GB."
        )


def _seen(grid: Grid) -> int:
    """How many pixels of the deepest zoom hold cells, at most: there are twice as many."""
    return 2 * grid.width * grid.height + 4 * TILE * (grid.width + grid.height)


def _add_overviews(path: Path, longest: int) -> None:
    factors: list[int] = []
    while longest / 2 ** len(factors) > _SMALLEST_OVERVIEW:
        factors.append(2 ** (len(factors) + 1))
    if factors:
        with rasterio.open(path, "r+", driver="GTiff") as dataset:
            dataset.build_overviews(factors, Resampling.average)


def _cut_to_tiles(part: Path, frame: TileFrame, steps: _Steps) -> None:
    """Warp the copy in RD, block by block, and put the result in the order of a COG."""
    rough = part / "rough.tif"
    rough.unlink(missing_ok=True)
    width, height = frame.size(frame.max_zoom)
    size = {"width": width, "height": height, "crs": f"EPSG:{WEB}", "transform": frame.transform}
    with (
        rasterio.open(part / RD_FILE, driver="GTiff") as cells,
        WarpedVRT(
            cells,
            src_crs=RD_WITHOUT_GRID,
            resampling=Resampling.nearest,
            nodata=math.nan,
            warp_mem_limit=64,
            **size,
        ) as warped,
        rasterio.open(rough, "w", **_TILED, **size, SPARSE_OK=True) as written,
    ):
        for row in range(0, height, _WEB_BLOCK):
            for column in range(0, width, _WEB_BLOCK):
                window = Window(
                    column, row, min(_WEB_BLOCK, width - column), min(_WEB_BLOCK, height - row)
                )
                block = warped.read(1, window=window)
                if not np.isnan(block).all():
                    written.write(block, 1, window=window)
                steps.advance()
    factors = [2 ** (level + 1) for level in range(frame.max_zoom - frame.min_zoom)]
    if factors:
        with rasterio.open(rough, "r+", driver="GTiff") as dataset:
            dataset.build_overviews(factors, Resampling.average)
    copy(
        rough,
        part / WEB_FILE,
        driver="COG",
        BLOCKSIZE=TILE,
        COMPRESS="NONE",
        OVERVIEWS="FORCE_USE_EXISTING" if factors else "NONE",
        SPARSE_OK=True,
        BIGTIFF="IF_SAFER",
    )
    rough.unlink()
    steps.advance(steps.overviews)


def _mark(
    path: Path,
    layer: Layer,
    declared_crs: int | str | None,
    reproject: bool,
    area: Bounds | None,
) -> str:
    """Tell one job from another: the same file, unchanged, read in the same way."""
    known = path.stat()
    reading = (layer.id, layer.band, layer.nodata, layer.valid_range, layer.resolution)
    return repr(
        (path.name, known.st_size, known.st_mtime_ns, reading, declared_crs, reproject, area)
    )


def _kept(part: Path, mark: str) -> RasterFacts | None:
    """What an interrupted job for the same file left, when its copy in RD was finished."""
    try:
        kept, facts = json.loads((part / _MARK_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return RasterFacts.from_json(facts) if kept == mark and (part / RD_FILE).exists() else None


def _take_the_name(part: Path, folder: Path) -> None:
    older = folder.with_name(folder.name + ".old")
    shutil.rmtree(older, ignore_errors=True)
    if folder.exists():
        folder.rename(older)
    part.rename(folder)
    shutil.rmtree(older, ignore_errors=True)
