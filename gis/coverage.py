"""Statistics of a raster per zone, in which a cell counts for the exact part that lies inside.

The exact parts come from exactextract (Baston, "exactextract", https://github.com/isciences/exactextract).
They depend only on the zones and the grid, so they are kept as an index (:class:`Coverage`) and
used again for every raster on that grid: whole cells as runs along a row, cells on a border one by
one. :func:`statistics_once` asks exactextract directly, for a raster that comes only once.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.exact import between, covered_cells, per_zone, runs_of, sorted_by_cell
from gis.grid import Grid, Values

__all__ = [
    "Coverage",
    "Grid",
    "Values",
    "ZoneStatistics",
    "build_coverage",
    "statistics_once",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int32] | NDArray[np.int64]
Zones = NDArray[np.int32]

# Cells that are read at a time: small enough for the cache of a processor.
_BLOCK_CELLS: Final = 1_000_000
_THREADS: Final = 2

# Parts of cells are kept as float32; below this a share without data is rounding.
_TIDY: Final = 1e-6


@dataclass(frozen=True)
class ZoneStatistics:
    """One number per zone, in the order of the zones.

    ``area_m2`` is the area of the zone itself, ``valid_area_m2`` the part of it with a value, both
    in RD; ``no_data_share`` is 0 to 1, and 1 for a zone outside the grid. ``mean`` is weighted by
    area; ``min`` and ``max`` are over every cell that the zone touches; all three are NaN
    where no cell has a value. ``share_at_least[t]`` is the share of the valid area (0 to 1) with a
    value of at least ``t``, NaN where nothing is valid: never a silent zero.
    """

    area_m2: Floats
    valid_area_m2: Floats
    no_data_share: Floats
    mean: Floats
    min: Floats
    max: Floats
    share_at_least: dict[float, Floats]

    def class_shares(self, starts: Sequence[float]) -> Floats:
        """Give the share of the valid area per class, (zones, classes), each row adding up to 1.

        ``starts`` are where the second and later classes begin, ascending; they must be among the
        thresholds that were asked for (KeyError).
        """
        whole = np.where(np.isnan(self.mean), np.nan, 1.0)
        at_least = [whole, *(self.share_at_least[float(start)] for start in starts)]
        ends = [*at_least[1:], np.zeros_like(whole)]
        return np.stack([first - end for first, end in zip(at_least, ends, strict=True)], axis=1)


@dataclass(frozen=True)
class Coverage:
    """Which part of which cells each zone covers, exactly.

    ``window`` (first row, end row, first column, end column of ``grid``) holds all of it; cells
    are numbered row by row within the window. Runs hold whole cells, edges the others with their
    part (0 to 1). Both ascend by cell.
    """

    grid: Grid
    window: tuple[int, int, int, int]
    zone_area: Floats
    run_zone: Zones
    run_start: Integers
    run_length: Zones
    edge_zone: Zones
    edge_cell: Integers
    edge_part: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """How much memory the index takes."""
        fields = (self.run_zone, self.run_start, self.run_length)
        edges = (self.edge_zone, self.edge_cell, self.edge_part)
        return sum(field.nbytes for field in (*fields, *edges))

    def statistics(self, values: Values, thresholds: Sequence[float] = ()) -> ZoneStatistics:
        """Compute the statistics of a raster on this grid; NaN and infinite cells are no data.

        Reads blocks of rows, so memory does not grow with the raster. Equal to exactextract within
        1e-4 of the mean.

        Raises:
            ValueError: the raster has other rows and columns than the grid.
        """
        if tuple(values.shape) != self.grid.shape:
            raise ValueError(f"values of {values.shape} on a grid of {self.grid.shape}")
        total = _Sums.empty(len(self.zone_area), len(thresholds))
        limits = [float(limit) for limit in thresholds]
        with ThreadPoolExecutor(_THREADS) as pool:
            for part in pool.map(lambda block: self._sums(values, block, limits), self._blocks()):
                total.add(part)
        return _statistics(total, self.zone_area, self.grid.cell, limits)

    def save(self) -> bytes:
        """Give the index as the bytes of an npz file."""
        grid = self.grid
        stream = BytesIO()
        np.savez(
            stream,
            origin=np.array([grid.origin_x, grid.origin_y, grid.cell]),
            size=np.array([grid.width, grid.height]),
            window=np.array(self.window),
            **{name: getattr(self, name) for name in _ARRAYS},
        )
        return stream.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Take what :meth:`save` gave. Raises ValueError or KeyError for anything else."""
        with np.load(BytesIO(data), allow_pickle=False) as kept:
            origin, size = kept["origin"].tolist(), kept["size"].tolist()
            r0, r1, c0, c1 = kept["window"].tolist()
            grid = Grid(*origin, *size)
            return cls(grid, (r0, r1, c0, c1), **{name: kept[name] for name in _ARRAYS})

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the first and end row, within the window, of each block that holds a zone."""
        first, end, left, right = self.window
        step = _block_rows(right - left)
        for row in range(0, end - first, step):
            yield row, min(row + step, end - first)

    def _sums(self, values: Values, block: tuple[int, int], limits: list[float]) -> "_Sums":
        """Sum what one block of rows adds to each zone."""
        first, _, left, right = self.window
        start, stop = (row * (right - left) for row in block)
        runs = between(self.run_start, start, stop)
        edges = between(self.edge_cell, start, stop)
        found = _Sums.empty(len(self.zone_area), len(limits))
        if runs.start == runs.stop and edges.start == edges.stop:
            return found
        cells = _flat(values[first + block[0] : first + block[1], left:right])
        starts = self.run_start[runs] - start
        found.add_runs(cells, self.run_zone[runs], starts, self.run_length[runs], limits)
        places = self.edge_cell[edges] - start
        found.add_edges(cells[places], self.edge_zone[edges], self.edge_part[edges], limits)
        return found


_ARRAYS: Final = (
    "zone_area",
    "run_zone",
    "run_start",
    "run_length",
    "edge_zone",
    "edge_cell",
    "edge_part",
)


@dataclass
class _Sums:
    """Sums per zone, in cells: weight of the valid cells, value × weight, and for each threshold
    (thresholds, zones) the weight of the cells that reach it."""

    weight: Floats
    value: Floats
    lowest: Floats
    highest: Floats
    at_least: Floats

    @classmethod
    def empty(cls, zones: int, thresholds: int) -> Self:
        infinite = np.full(zones, np.inf)
        reached = np.zeros((thresholds, zones))
        return cls(np.zeros(zones), np.zeros(zones), infinite, -infinite, reached)

    def add(self, other: "_Sums") -> None:
        self.weight += other.weight
        self.value += other.value
        np.minimum(self.lowest, other.lowest, out=self.lowest)
        np.maximum(self.highest, other.highest, out=self.highest)
        self.at_least += other.at_least

    def add_runs(
        self, cells: Any, zones: Zones, starts: Integers, lengths: Zones, limits: list[float]
    ) -> None:
        """Add whole cells. No run ends at the last cell, so every end is a place in ``cells``."""
        if len(zones) == 0:
            return
        ends = np.empty(2 * len(starts), np.int64)
        ends[::2], ends[1::2] = starts, starts + lengths
        # Between the ends of one run and the start of the next lies what is not asked for.
        sums = np.add.reduceat(cells, ends)[::2]
        counts: NDArray[Any] = lengths
        low = high = cells
        if not np.isfinite(sums).all():
            known = np.isfinite(cells)
            counts = _count(known, ends)
            sums = np.add.reduceat(np.where(known, cells, cells.dtype.type(0)), ends)[::2]
            low = np.where(known, cells, cells.dtype.type(np.inf))
            high = np.where(known, cells, cells.dtype.type(-np.inf))
            cells = high
        size, places = len(self.weight), zones.astype(np.intp)
        self.weight += np.bincount(places, counts, size)
        self.value += np.bincount(places, sums, size)
        self._stretch(places, np.minimum.reduceat(low, ends)[::2])
        self._stretch(places, np.maximum.reduceat(high, ends)[::2])
        for place, limit in enumerate(limits):
            counts = _count(cells >= cells.dtype.type(limit), ends)
            self.at_least[place] += np.bincount(places, counts, size)

    def add_edges(
        self, cells: Any, zones: Zones, parts: NDArray[np.float32], limits: list[float]
    ) -> None:
        """Add cells that are covered in part."""
        known = np.isfinite(cells)
        if not known.all():
            cells, zones, parts = cells[known], zones[known], parts[known]
        size, places = len(self.weight), zones.astype(np.intp)
        weights = parts.astype(np.float64)
        self.weight += np.bincount(places, weights, size)
        self.value += np.bincount(places, weights * cells, size)
        self._stretch(places, cells)
        for place, limit in enumerate(limits):
            above = cells >= cells.dtype.type(limit)
            self.at_least[place] += np.bincount(places[above], weights[above], size)

    def _stretch(self, places: NDArray[np.intp], cells: NDArray[Any]) -> None:
        """Widen the extremes of the zones; numpy is fast at this when the types are the same."""
        same = cells.astype(np.float64)
        np.minimum.at(self.lowest, places, np.where(np.isfinite(same), same, np.inf))
        np.maximum.at(self.highest, places, np.where(np.isfinite(same), same, -np.inf))


def build_coverage(zones: Sequence[BaseGeometry], grid: Grid) -> Coverage:
    """Compute which part of each cell each zone covers (RD, polygons that may overlap).

    Costs about twice what exactextract needs for one raster; afterwards every raster on the grid
    is cheap. A zone outside the grid, or an empty one, covers nothing.
    """
    shapes = np.asarray(zones, dtype=object)
    window = _window(shapes, grid)
    part = grid.part((slice(window[0], window[1]), slice(window[2], window[3])))
    number: type[Any] = np.int32 if part.width * part.height < 2**31 else np.int64
    runs: list[tuple[Zones, Integers, Zones]] = []
    edges: list[tuple[Zones, Integers, NDArray[np.float32]]] = []
    for zone, cells, parts in covered_cells(shapes, part):
        whole = (parts >= 1) & (cells % part.width != part.width - 1)
        starts, lengths = runs_of(cells[whole], part.width)
        firsts: Integers = starts.astype(number)
        runs.append((np.full(len(starts), zone, np.int32), firsts, lengths))
        cut = ~whole
        numbers: Integers = cells[cut].astype(number)
        edges.append((np.full(len(numbers), zone, np.int32), numbers, parts[cut]))
    run_zone, run_start, run_length = sorted_by_cell(runs, (np.int32, number, np.int32))
    edge_zone, edge_cell, edge_part = sorted_by_cell(edges, (np.int32, number, np.float32))
    return Coverage(
        grid,
        window,
        shapely.area(shapes).astype(np.float64),
        run_zone,
        run_start,
        run_length,
        edge_zone,
        edge_cell,
        edge_part,
    )


def statistics_once(
    values: Values, zones: Sequence[BaseGeometry], grid: Grid, thresholds: Sequence[float] = ()
) -> ZoneStatistics:
    """Compute the statistics of a raster that comes only once, without an index.

    As :meth:`Coverage.statistics`; each threshold costs another pass over the raster.
    """
    if tuple(values.shape) != grid.shape:
        raise ValueError(f"values of {values.shape} on a grid of {grid.shape}")
    shapes = np.asarray(zones, dtype=object)
    limits = [float(limit) for limit in thresholds]
    found = per_zone(values, shapes, grid, ("count", "mean", "min", "max"))
    weight = np.nan_to_num(found["count"])
    reached = [per_zone(_AtLeast(values, t), shapes, grid, ("mean",))["mean"] for t in limits]
    sums = _Sums(
        weight,
        np.where(weight > 0, found["mean"] * weight, 0.0),
        np.where(weight > 0, found["min"], np.inf),
        np.where(weight > 0, found["max"], -np.inf),
        np.nan_to_num(np.reshape(reached, (len(limits), len(shapes)))) * weight,
    )
    return _statistics(sums, shapely.area(shapes).astype(np.float64), grid.cell, limits)


class _AtLeast:
    """A raster of 1 where another reaches a threshold, 0 where not, NaN where it has no value."""

    def __init__(self, values: Values, limit: float) -> None:
        self._values, self._limit = values, limit

    @property
    def shape(self) -> tuple[int, ...]:
        return self._values.shape

    def __getitem__(self, window: tuple[slice, slice], /) -> NDArray[Any]:
        cells = _floating(self._values[window])
        reached = (cells >= cells.dtype.type(self._limit)).astype(np.float32)
        reached[~np.isfinite(cells)] = np.nan
        return np.asarray(reached)


def _statistics(sums: _Sums, area: Floats, cell: float, limits: list[float]) -> ZoneStatistics:
    known = sums.weight > 0
    per_cell = np.where(known, sums.weight, 1.0)
    valid = sums.weight * cell**2
    without = 1 - valid / np.where(area > 0, area, 1.0)
    without = np.where(known, np.clip(without, 0, 1), 1.0)
    return ZoneStatistics(
        area_m2=area,
        valid_area_m2=valid,
        no_data_share=np.where(without < _TIDY, 0.0, without),
        mean=np.where(known, sums.value / per_cell, np.nan),
        min=np.where(known, sums.lowest, np.nan),
        max=np.where(known, sums.highest, np.nan),
        share_at_least={
            limit: np.where(known, np.clip(each / per_cell, 0, 1), np.nan)
            for limit, each in zip(limits, sums.at_least, strict=True)
        },
    )


def _window(shapes: NDArray[Any], grid: Grid) -> tuple[int, int, int, int]:
    """Return the rows and columns around all zones, at least one cell."""
    if shapely.is_empty(shapes).all():
        return 0, 1, 0, 1
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    rows, columns = grid.window((west, south, east, north))
    if rows.start == rows.stop or columns.start == columns.stop:
        return 0, 1, 0, 1
    return rows.start, rows.stop, columns.start, columns.stop


def _count(flags: NDArray[np.bool_], ends: Integers) -> NDArray[np.uint32]:
    counted: NDArray[np.uint32] = np.add.reduceat(flags.view(np.uint8), ends, dtype=np.uint32)
    return counted[::2]


def _block_rows(width: int) -> int:
    return max(1, _BLOCK_CELLS // width)


def _floating(cells: NDArray[Any]) -> NDArray[Any]:
    return cells if np.issubdtype(cells.dtype, np.floating) else cells.astype(np.float64)


def _flat(cells: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(_floating(np.asarray(cells))).ravel()
