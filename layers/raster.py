"""A stored raster: values at places, along lines and in windows, and tiles for the map.

A stored raster is a folder, made by :func:`layers.raster_store.store_raster`:

- ``rd.tif``: EPSG:28992, float32, NaN is no data, not compressed: what is measured in.
- ``web.tif``: cloud-optimised, aligned to the tiles of WebMercatorQuad: what is looked at.
- ``facts.json``: :class:`layers.raster_check.RasterFacts`, and how the tiles lie.
"""

import json
import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import ArrayLike, NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from gis.crs import Bounds
from layers.raster_check import RasterFacts, check_raster
from layers.raster_file import READ_OPTIONS, RasterRefusedError
from layers.raster_palette import TILE, Palette
from layers.raster_store import FACTS_FILE, RD_FILE, WEB_FILE, StoredRaster, TileFrame, store_raster

__all__ = [
    "LineSample",
    "Raster",
    "RasterFacts",
    "RasterRefusedError",
    "StoredRaster",
    "check_raster",
    "difference_tile",
    "store_raster",
]

Floats = NDArray[np.float64]
Cells = NDArray[np.float32]

# Cells of one read when values are asked at many places.
_BLOCK = 256


@dataclass(frozen=True)
class LineSample:
    """Values along a line: ``distances`` in metres from its start, places in RD, values or NaN."""

    distances: Floats
    xs: Floats
    ys: Floats
    values: Floats


class RasterCells:
    """The cells of a raster as a 2-D array that is read window by window (float32, NaN)."""

    def __init__(self, raster: "Raster") -> None:
        self._raster = raster

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._raster.grid.shape

    def __getitem__(self, window: tuple[slice, slice], /) -> Cells:
        rows, columns = window
        r0, r1, _ = rows.indices(self.shape[0])
        c0, c1, _ = columns.indices(self.shape[1])
        return self._raster.read(r0, c0, max(0, r1 - r0), max(0, c1 - c0))


class Raster:
    """A stored raster, open for reading; threads may share it, each has its own file handles."""

    def __init__(self, folder: Path, facts: RasterFacts, frame: TileFrame) -> None:
        self.folder = folder
        self.facts = facts
        self.frame = frame
        self.grid = facts.grid
        self._handles = threading.local()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the folder of a stored raster. Raises FileNotFoundError when there is none."""
        told = json.loads((folder / FACTS_FILE).read_text("utf-8"))
        return cls(folder, RasterFacts.from_json(told["facts"]), TileFrame(**told["tiles"]))

    @property
    def values(self) -> RasterCells:
        """All cells, to be read window by window; see :mod:`gis.coverage`."""
        return RasterCells(self)

    def read(self, row: int, column: int, height: int, width: int) -> Cells:
        """Read a window of RD cells that lies inside the grid; NaN where there is no data."""
        if height == 0 or width == 0:
            return np.empty((height, width), np.float32)
        window = Window(column, row, width, height)
        found: Cells = self._handle(RD_FILE, None).read(1, window=window)
        return found

    def values_at(self, xs: ArrayLike, ys: ArrayLike) -> Floats:
        """Give the value of the cell at each place (RD, metres): float64, NaN where there is none.

        A place on the line between two cells takes the eastern and the southern one; on the
        southern or eastern border of the grid it is outside.
        """
        x, y = np.asarray(xs, np.float64).ravel(), np.asarray(ys, np.float64).ravel()
        grid = self.grid
        found = np.full(x.shape, np.nan)
        with np.errstate(invalid="ignore"):
            columns = np.floor((x - grid.origin_x) / grid.cell)
            rows = np.floor((grid.origin_y - y) / grid.cell)
            inside = (columns >= 0) & (columns < grid.width) & (rows >= 0) & (rows < grid.height)
        places = np.flatnonzero(inside)
        row, column = rows[places].astype(np.int64), columns[places].astype(np.int64)
        across = grid.width // _BLOCK + 1
        block = row // _BLOCK * across + column // _BLOCK
        order = np.argsort(block, kind="stable")
        for same in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
            if len(same):
                found[places[same]] = self._in_one_block(row[same], column[same])
        return found

    def window(self, bounds: Bounds) -> tuple[Cells, Affine]:
        """Read the cells that bounds (RD, metres) touch, and the transform of what was read.

        What lies outside the grid is left out, so the array may be smaller than the bounds, and
        empty.
        """
        rows, columns = self.grid.window(bounds)
        cells = self.values[rows, columns]
        grid = self.grid
        west, north = (
            grid.origin_x + columns.start * grid.cell,
            grid.origin_y - rows.start * grid.cell,
        )
        return cells, Affine(grid.cell, 0, west, 0, -grid.cell, north)

    def sample_line(self, geometry: BaseGeometry, step_m: float) -> LineSample:
        """Give the values along a line (RD) every ``step_m`` metres, its start and end included.

        The parts of a MultiLineString follow each other; the distance runs on. Raises ValueError
        for a step that is not positive.
        """
        if not 0 < step_m < math.inf:
            raise ValueError("the step along a line is a positive number of metres")
        distances, points, passed = [], [], 0.0
        for part in shapely.get_parts(geometry):
            if part.geom_type != "LineString":
                raise ValueError("only along lines can values be read step by step")
            stops = np.append(np.arange(0.0, part.length, step_m), part.length)
            points.append(shapely.get_coordinates(shapely.line_interpolate_point(part, stops)))
            distances.append(stops + passed)
            passed += part.length
        places = np.concatenate(points) if points else np.empty((0, 2))
        along = np.concatenate(distances) if distances else np.empty(0)
        values = self.values_at(places[:, 0], places[:, 1])
        return LineSample(along, places[:, 0], places[:, 1], values)

    def tile(self, z: int, x: int, y: int, palette: Palette) -> bytes | None:
        """Draw a tile of WebMercatorQuad as PNG of 256 pixels; None when it holds no value.

        Up to the zoom at which pixels are about as large as cells a tile is one block of the file;
        deeper tiles show the cells as squares.
        """
        cells = self.tile_values(z, x, y)
        return None if cells is None else palette.png(cells)

    def tile_values(self, z: int, x: int, y: int) -> Cells | None:
        """Give the values of a tile, 256 × 256 (float32, NaN), or None when it holds none."""
        frame = self.frame
        level = min(max(z, frame.min_zoom), frame.max_zoom)
        width, height = frame.size(level)
        left, top = frame.offset(level)
        if z == level:
            column, row = x * TILE - left, y * TILE - top
            if not (0 <= column < width and 0 <= row < height):
                return None
            cells = self._web(level, row, column, TILE, TILE)
        else:
            columns, rows = _pixels(x, z, level) - left, _pixels(y, z, level) - top
            found = self._scattered(level, rows, columns)
            if found is None:
                return None
            cells = found
        return None if np.isnan(cells).all() else cells

    def _scattered(self, level: int, rows: Any, columns: Any) -> Cells | None:
        """Read the pixels of a level at rows × columns; NaN outside, None when all are outside."""
        width, height = self.frame.size(level)
        r0, r1 = max(0, int(rows[0])), min(height, int(rows[-1]) + 1)
        c0, c1 = max(0, int(columns[0])), min(width, int(columns[-1]) + 1)
        if r0 >= r1 or c0 >= c1:
            return None
        part = self._web(level, r0, c0, r1 - r0, c1 - c0)
        across = (columns >= c0) & (columns < c1)
        down = (rows >= r0) & (rows < r1)
        cells = np.full((TILE, TILE), np.nan, np.float32)
        cells[np.ix_(down, across)] = part[np.ix_(rows[down] - r0, columns[across] - c0)]
        return cells

    def _web(self, level: int, row: int, column: int, height: int, width: int) -> Cells:
        above = self.frame.max_zoom - level
        handle = self._handle(WEB_FILE, above - 1 if above else None)
        cells: Cells = handle.read(
            1, window=Window(column, row, width, height), resampling=Resampling.nearest
        )
        return cells

    def _in_one_block(self, rows: Any, columns: Any) -> Cells:
        r0, c0 = int(rows.min()), int(columns.min())
        part = self.read(r0, c0, int(rows.max()) - r0 + 1, int(columns.max()) - c0 + 1)
        found: Cells = part[rows - r0, columns - c0]
        return found

    def _handle(self, name: str, overview: int | None) -> Any:
        """Return this thread's own handle: GDAL's may not be shared."""
        key = f"{name}:{overview}"
        handle = getattr(self._handles, key, None)
        if handle is None:
            chosen = {} if overview is None else {"overview_level": overview}
            with rasterio.Env(**READ_OPTIONS):
                handle = rasterio.open(self.folder / name, driver="GTiff", **chosen)
            setattr(self._handles, key, handle)
        return handle


def difference_tile(
    first: Raster, second: Raster, z: int, x: int, y: int, palette: Palette
) -> bytes | None:
    """Draw how much the second edition is above the first; None where either holds no value.

    Both are looked at in the same pixels; a pixel that is empty in one of them stays empty.
    """
    before, after = first.tile_values(z, x, y), second.tile_values(z, x, y)
    if before is None or after is None:
        return None
    change = after - before
    return None if np.isnan(change).all() else palette.png(change)


def _pixels(tile: int, zoom: int, level: int) -> NDArray[np.int64]:
    """Return in which pixel of a level the middle of each pixel of a tile lies."""
    middles = (tile * TILE + np.arange(TILE) + 0.5) * 2.0 ** (level - zoom)
    pixels: NDArray[np.int64] = np.floor(middles).astype(np.int64)
    return pixels
