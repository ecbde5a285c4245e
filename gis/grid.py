"""A grid of square cells in RD, and the values on it."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gis.crs import Bounds

Cells = NDArray[Any]


class Values(Protocol):
    """Cells that can be read window by window: a 2-D array, or a file that acts like one.

    ``values[first_row:end_row, first_column:end_column]`` gives a 2-D array; NaN is no data.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    def __getitem__(self, window: tuple[slice, slice], /) -> Cells:
        """Read a window of cells."""


@dataclass(frozen=True)
class Grid:
    """A north-up grid in RD (EPSG:28992, metres): row 0 is the most northern.

    ``origin_x`` and ``origin_y`` are the north-west corner, ``cell`` the side of a cell in metres.
    """

    origin_x: float
    origin_y: float
    cell: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not (np.isfinite([self.origin_x, self.origin_y]).all() and 0 < self.cell < np.inf):
            raise ValueError("a grid has a finite origin and cells with a size")
        if self.width < 1 or self.height < 1:
            raise ValueError("a grid has at least one cell")

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north (RD, metres)."""
        east = self.origin_x + self.width * self.cell
        return self.origin_x, self.origin_y - self.height * self.cell, east, self.origin_y

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.height, self.width

    def window(self, bounds: Bounds) -> tuple[slice, slice]:
        """Give the rows and columns of the cells that bounds (RD, metres) touch inside the grid.

        Bounds that lie outside give empty slices.
        """
        west, south, east, north = bounds
        columns = _cells((west - self.origin_x) / self.cell, (east - self.origin_x) / self.cell)
        rows = _cells((self.origin_y - north) / self.cell, (self.origin_y - south) / self.cell)
        return _clip(*rows, self.height), _clip(*columns, self.width)

    def part(self, window: tuple[slice, slice]) -> "Grid":
        """Give the grid of a window of this one. Raises ValueError for an empty window."""
        rows, columns = window
        return Grid(
            self.origin_x + columns.start * self.cell,
            self.origin_y - rows.start * self.cell,
            self.cell,
            columns.stop - columns.start,
            rows.stop - rows.start,
        )


def _cells(first: float, last: float) -> tuple[int, int]:
    """Return the first cell and the end; a border that is a hair past a line stays at the line."""
    return int(np.floor(first + 1e-6)), int(np.ceil(last - 1e-6))


def _clip(start: int, stop: int, size: int) -> slice:
    start = min(max(start, 0), size)
    return slice(start, max(start, min(stop, size)))
