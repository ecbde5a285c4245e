"""Read the cells of a raster in blocks of bounded size: no-data taken out, scale applied."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.windows import Window

from layers.layer import Layer, NodataRule

BLOCK_ROWS, BLOCK_COLUMNS = 512, 8_192
"""Cells of one block: 16 MB as float32."""

# A thinned grid of cells, on average some 10,000 of them.
_SAMPLE_EVERY_SIDE = 100

Cells = NDArray[np.float32]
Raw = NDArray[Any]


@dataclass(frozen=True)
class Block:
    """A block of cleaned cells (float32, NaN is no data); row and column within what is read."""

    row: int
    column: int
    cells: Cells
    nodata: dict[str, int]


@dataclass
class Tally:
    """What was met so far while reading."""

    shape: tuple[int, int]
    valid: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    total: float = 0.0
    nodata: dict[str, int] = field(default_factory=dict)
    thinned: list[Cells] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """The mean of the cells with a value."""
        return self.total / self.valid

    def add(self, block: Block) -> None:
        """Count a block."""
        for reason, count in block.nodata.items():
            self.nodata[reason] = self.nodata.get(reason, 0) + count
        known = block.cells[~np.isnan(block.cells)]
        if not len(known):
            return
        self.valid += len(known)
        self.minimum = min(self.minimum, float(known.min()))
        self.maximum = max(self.maximum, float(known.max()))
        self.total += float(known.sum(dtype=np.float64))
        down, across = (max(1, size // _SAMPLE_EVERY_SIDE) for size in self.shape)
        thin = block.cells[-block.row % down :: down, -block.column % across :: across]
        self.thinned.append(thin[~np.isnan(thin)])

    def sample(self) -> tuple[float, ...]:
        """Give the thinned values, ascending, with the lowest and the highest."""
        ends = np.array([self.minimum, self.maximum], np.float32)
        values = np.sort(np.concatenate([*self.thinned, ends]))
        return tuple(float(value) for value in values)


def scan(found: Iterable[Block], shape: tuple[int, int]) -> Tally:
    """Read all blocks of a raster with so many rows and columns, and count."""
    tally = Tally(shape)
    for block in found:
        tally.add(block)
    return tally


def block_windows(shape: tuple[int, int]) -> list[tuple[slice, slice]]:
    """Divide rows and columns into blocks, row by row."""
    return [
        (
            slice(row, min(row + BLOCK_ROWS, shape[0])),
            slice(col, min(col + BLOCK_COLUMNS, shape[1])),
        )
        for row in range(0, shape[0], BLOCK_ROWS)
        for col in range(0, shape[1], BLOCK_COLUMNS)
    ]


def blocks(dataset: Any, layer: Layer, window: tuple[slice, slice]) -> Iterator[Block]:
    """Read the layer's band block by block; the window is in rows and columns of the dataset.

    The file's own no-data value and mask count, and then the layer's rule. Both are about the
    numbers as they stand in the file, before its scale and offset.
    """
    band = layer.band
    scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    declared = dataset.nodatavals[band - 1]
    flags = dataset.mask_flag_enums[band - 1]
    masked = MaskFlags.all_valid not in flags and MaskFlags.nodata not in flags
    rows, columns = window
    shape = rows.stop - rows.start, columns.stop - columns.start
    for part_rows, part_columns in block_windows(shape):
        place = Window(
            columns.start + part_columns.start,
            rows.start + part_rows.start,
            part_columns.stop - part_columns.start,
            part_rows.stop - part_rows.start,
        )
        raw: Raw = dataset.read(band, window=place)
        why = missing(raw, layer.nodata, declared)
        if masked:
            hidden = dataset.read_masks(band, window=place) == 0
            _mark(why, "missing", hidden, raw.shape)
        gone = np.zeros(raw.shape, bool)
        for cells in why.values():
            gone |= cells
        cleaned = (
            raw.astype(np.float32) if scale == 1 and offset == 0 else _scaled(raw, scale, offset)
        )
        cleaned[gone] = np.nan
        counts = {reason: int(cells.sum()) for reason, cells in why.items()}
        yield Block(part_rows.start, part_columns.start, cleaned, counts)


def missing(raw: Raw, rule: NodataRule, declared: float | None) -> dict[str, NDArray[np.bool_]]:
    """Give per reason which cells are no value; as ``NodataRule.reason``, for a whole array.

    A code is compared as the cells' own type can hold it: 2147483647 in float32 is 2147483648.
    Each cell is in one reason at most, the named codes of the rule first.
    """
    found: dict[str, NDArray[np.bool_]] = {}
    for code, reason in rule.reasons.items():
        _mark(found, reason, _equal(raw, code), raw.shape)
    if declared is not None:
        _mark(found, "missing", _equal(raw, declared), raw.shape)
    if np.issubdtype(raw.dtype, np.floating):
        _mark(found, "missing", ~np.isfinite(raw), raw.shape)
    if rule.at_most is not None:
        with np.errstate(invalid="ignore"):
            _mark(found, "missing", raw <= rule.at_most, raw.shape)
    return found


def _equal(raw: Raw, code: float) -> NDArray[np.bool_] | None:
    """Compare with a code; None when the type of the cells can't hold it."""
    if np.issubdtype(raw.dtype, np.floating):
        with np.errstate(over="ignore"):
            return np.asarray(raw == raw.dtype.type(code))
    limits = np.iinfo(raw.dtype)
    if not math.isfinite(code) or code != round(code) or not limits.min <= code <= limits.max:
        return None
    return np.asarray(raw == raw.dtype.type(int(code)))


def _mark(
    found: dict[str, NDArray[np.bool_]],
    reason: str,
    cells: NDArray[np.bool_] | None,
    shape: tuple[int, ...],
) -> None:
    if cells is None or not cells.any():
        return
    fresh = cells.copy()
    for other in found.values():
        fresh &= ~other
    found[reason] = found.get(reason, np.zeros(shape, bool)) | fresh


def _scaled(raw: Raw, scale: float, offset: float) -> Cells:
    return (raw.astype(np.float64) * scale + offset).astype(np.float32)
