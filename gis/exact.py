"""exactextract, given our zones and grids without files and without a detour through GeoJSON."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract._exactextract import Feature
from exactextract.feature import FeatureSource
from exactextract.raster import RasterSource
from numpy.typing import NDArray

from gis.grid import Grid, Values

# Cells whose numbers and parts are held at a time: 16 bytes each.
_CELLS_AT_A_TIME: Final = 1_000_000

Shapes = NDArray[Any]


class _Zone(Feature):  # type: ignore[misc]  # exactextract publishes no types
    """A zone as exactextract wants to see it."""

    def __init__(self, wkb: bytes) -> None:
        super().__init__()
        self._wkb = wkb

    def geometry(self) -> bytes:
        return self._wkb

    def fields(self) -> list[str]:
        return []


class _Zones(FeatureSource):  # type: ignore[misc]
    """Zones in their order."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self._shapes = shapes

    def count(self) -> int:
        return len(self._shapes)

    def __iter__(self) -> Iterator[_Zone]:
        for shape in self._shapes:
            yield _Zone(shapely.to_wkb(shape))

    def srs_wkt(self) -> None:
        return None


class _Cells(RasterSource):  # type: ignore[misc]
    """Values on a grid, read window by window."""

    def __init__(self, values: Values, grid: Grid) -> None:
        super().__init__()
        self._values, self._grid = values, grid

    def res(self) -> tuple[float, float]:
        return self._grid.cell, self._grid.cell

    def extent(self) -> tuple[float, float, float, float]:
        return self._grid.bounds

    def srs_wkt(self) -> None:
        return None

    def nodata_value(self) -> None:
        return None

    def read_window(self, x: int, y: int, width: int, height: int) -> NDArray[Any]:
        cells = self._values[y : y + height, x : x + width]
        if np.isinf(cells).any():
            # exactextract leaves NaN out, but would count an infinite value.
            return np.where(np.isinf(cells), np.nan, cells)
        return cells


class _Nothing:
    """Values that are never looked at: only the cells of the grid matter."""

    def __init__(self, grid: Grid) -> None:
        self.shape = grid.shape
        self._one = np.zeros((1, 1), np.float32)

    def __getitem__(self, window: tuple[slice, slice], /) -> NDArray[np.float32]:
        rows, columns = window
        return np.broadcast_to(self._one, (rows.stop - rows.start, columns.stop - columns.start))


def per_zone(
    values: Values, shapes: Shapes, grid: Grid, statistics: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Give the named statistics of exactextract per zone, NaN for a zone that meets no cell."""
    found = {name: np.full(len(shapes), np.nan) for name in statistics}
    places = _meeting(shapes, grid)
    if len(places):
        rows = _extract(_Cells(values, grid), shapes[places], statistics)
        for name in statistics:
            told = [row["properties"][name] for row in rows]
            found[name][places] = [np.nan if each is None else each for each in told]
    return found


def covered_cells(
    shapes: Shapes, grid: Grid
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float32]]]:
    """Yield per zone the cells that it covers, ascending, and which part of each (0 to 1).

    A large zone comes in several pieces, each some rows of the grid, so that memory is bounded.
    """
    source = _Cells(_Nothing(grid), grid)
    batch: list[int] = []
    held = 0
    for place in _meeting(shapes, grid).tolist():
        rows, columns = grid.window(shapely.bounds(shapes[place]).tolist())
        cells = (rows.stop - rows.start) * (columns.stop - columns.start)
        if cells > _CELLS_AT_A_TIME:
            yield from _in_pieces(place, shapes[place], grid, rows, columns)
            continue
        if held + cells > _CELLS_AT_A_TIME:
            yield from _batch(source, shapes, batch)
            batch, held = [], 0
        batch.append(place)
        held += cells
    yield from _batch(source, shapes, batch)


def _in_pieces(
    place: int, shape: Any, grid: Grid, rows: slice, columns: slice
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float32]]]:
    step = max(1, _CELLS_AT_A_TIME // (columns.stop - columns.start))
    for row in range(rows.start, rows.stop, step):
        band = slice(row, min(row + step, rows.stop))
        part = grid.part((band, columns))
        shapes = np.array([shape], dtype=object)
        for _, cells, parts in _batch(_Cells(_Nothing(part), part), shapes, [0]):
            down, across = np.divmod(cells, part.width)
            yield place, (down + row) * grid.width + across + columns.start, parts


def _batch(
    source: _Cells, shapes: Shapes, places: list[int]
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float32]]]:
    if not places:
        return
    rows = _extract(source, shapes[places], ("cell_id", "coverage"))
    for place, row in zip(places, rows, strict=True):
        cells = np.asarray(row["properties"]["cell_id"], dtype=np.int64)
        parts = np.asarray(row["properties"]["coverage"], dtype=np.float32)
        order = np.argsort(cells, kind="stable") if (np.diff(cells) < 0).any() else slice(None)
        yield place, cells[order], parts[order]


def _extract(source: _Cells, shapes: Shapes, statistics: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = exact_extract(source, _Zones(shapes), list(statistics))
    return found


def _meeting(shapes: Shapes, grid: Grid) -> NDArray[np.int64]:
    """Return the places of the zones that overlap the grid's box."""
    west, south, east, north = grid.bounds
    left, bottom, right, top = shapely.bounds(shapes).reshape(-1, 4).T
    with np.errstate(invalid="ignore"):
        meets = (left < east) & (right > west) & (bottom < north) & (top > south)
    places: NDArray[np.int64] = np.flatnonzero(meets)
    return places


def between(cells: NDArray[Any], start: int, stop: int) -> slice:
    """Return which of ascending cells lie in [start, stop)."""
    # Of the same type, or numpy copies all of them first.
    ends = np.array((start, stop), dtype=cells.dtype)
    return slice(*np.searchsorted(cells, ends).tolist())


def runs_of(cells: NDArray[Any], width: int) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Join ascending cells into runs that stay within a row."""
    if len(cells) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    breaks = np.flatnonzero((np.diff(cells) != 1) | (cells[1:] % width == 0)) + 1
    firsts = np.concatenate(([0], breaks))
    lengths = np.diff(np.concatenate((firsts, [len(cells)])))
    return cells[firsts], lengths.astype(np.int32)


def sorted_by_cell(parts: list[tuple[Any, ...]], types: tuple[type, ...]) -> tuple[Any, ...]:
    """Join the parts field by field, ascending by the second field; ties keep their order.

    Empties ``parts`` on the way, so that nothing is held twice.
    """
    if not parts:
        return tuple(np.empty(0, kind) for kind in types)
    fields = [list(field) for field in zip(*parts, strict=True)]
    parts.clear()
    order: NDArray[np.int64] = np.argsort(np.concatenate(fields[1]), kind="stable")
    joined: list[NDArray[Any]] = []
    for field, kind in zip(fields, types, strict=True):
        whole: NDArray[Any] = np.concatenate(field, dtype=kind)
        field.clear()
        joined.append(whole[order])
    return tuple(joined)
