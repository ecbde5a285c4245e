"""Check a raster file against its entry in the catalogue, before anything is taken from it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import pyproj
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from gis.crs import NETHERLANDS_RD, RD, RD_WITHOUT_GRID, Bounds
from gis.grid import Grid
from layers.layer import Layer
from layers.raster_file import READ_OPTIONS, RasterRefusedError, open_tiff
from layers.raster_values import Block, Tally, blocks, scan

MAX_CELLS = 4_000_000_000
"""16 GB of working copy: Noord-Holland at one metre, not the whole country."""


@dataclass(frozen=True)
class RasterFacts:
    """What a raster holds.

    ``crs_declared`` is what the file says, or what the caller said in its place
    (``crs_assumed``); ``reprojected`` is true when the cells were moved to RD. ``grid`` is in RD.
    ``nodata`` counts the cells without a value by reason (keys of ``wording.MISSING``).
    ``minimum``, ``maximum`` and ``mean`` are of the cells with a value, in the layer's unit.
    ``sample`` are at most some 20,000 values, ascending, evenly spread over the raster, with
    the lowest and the highest: what classes are made from. ``remarks`` are plain sentences about
    what is unusual but allowed.
    """

    file_name: str
    crs_declared: str
    crs_assumed: bool
    reprojected: bool
    band: int
    bands: int
    dtype: str
    nodata_declared: float | None
    grid: Grid
    cells: int
    cells_valid: int
    nodata: dict[str, int]
    minimum: float
    maximum: float
    mean: float
    sample: tuple[float, ...]
    remarks: tuple[str, ...]

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north (RD, metres)."""
        return self.grid.bounds

    def to_json(self) -> dict[str, Any]:
        """Give all of it as JSON can hold it."""
        told = asdict(self)
        declared = self.nodata_declared
        if declared is not None and not math.isfinite(declared):
            told["nodata_declared"] = None
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """Take what :meth:`to_json` gave."""
        known = {**told, "grid": Grid(**told["grid"])}
        return cls(**{**known, "sample": tuple(told["sample"]), "remarks": tuple(told["remarks"])})


@dataclass(frozen=True)
class Source:
    """An opened raster that passed all checks of its header; ``grid`` is the part that is read."""

    name: str
    dataset: Any
    layer: Layer
    window: tuple[slice, slice]
    grid: Grid
    crs_declared: str
    crs_assumed: bool
    reprojected: bool
    remarks: tuple[str, ...]

    def blocks(self) -> Iterator[Block]:
        """Read the cells block by block, cleaned. Raises :class:`RasterRefusedError`."""
        try:
            yield from blocks(self.dataset, self.layer, self.window)
        except RasterioError as error:
            raise RasterRefusedError(
                "damaged", f"{self.name} is damaged or cut off: not all cells can be read."
            ) from error

    def facts(self, tally: Tally) -> RasterFacts:
        """Judge what the cells hold. Raises :class:`RasterRefusedError`."""
        band = self.layer.band
        if tally.valid == 0:
            raise RasterRefusedError("all_nodata", f"{self.name} holds no value in any cell.")
        self._judge_range(tally)
        return RasterFacts(
            file_name=self.name,
            crs_declared=self.crs_declared,
            crs_assumed=self.crs_assumed,
            reprojected=self.reprojected,
            band=band,
            bands=self.dataset.count,
            dtype=self.dataset.dtypes[band - 1],
            nodata_declared=self.dataset.nodatavals[band - 1],
            grid=self.grid,
            cells=self.grid.width * self.grid.height,
            cells_valid=tally.valid,
            nodata=dict(sorted(tally.nodata.items())),
            minimum=tally.minimum,
            maximum=tally.maximum,
            mean=tally.mean,
            sample=tally.sample(),
            remarks=self.remarks,
        )

    def _judge_range(self, tally: Tally) -> None:
        if self.layer.valid_range is None:
            return
        lowest, highest = self.layer.valid_range
        for value in (tally.minimum, tally.maximum):
            if not lowest <= value <= highest:
                raise RasterRefusedError(
                    "outside_range",
                    f"{self.name} holds {value:g}; {self.layer.id} lies between {lowest:g} and "
                    f"{highest:g}. Is it the right file, band and unit, and is its no-data value "
                    "declared?",
                )


def check_raster(
    path: Path,
    layer: Layer,
    *,
    declared_crs: int | str | None = None,
    reproject: bool = False,
    area: Bounds | None = None,
) -> RasterFacts:
    """Read a raster wholly and say what it holds.

    ``declared_crs`` is used only when the file itself names none. With ``reproject`` a raster in
    another known CRS is moved to RD (nearest cell, cells of ``layer.resolution`` or of about their
    own size, on whole multiples of it). ``area`` (RD, metres) takes only the cells that it touches.

    Raises:
        RasterRefusedError: with the reason as ``key`` and in words.
    """
    with opened(path, layer, declared_crs=declared_crs, reproject=reproject, area=area) as source:
        return source.facts(scan(source.blocks(), source.grid.shape))


@contextmanager
def opened(
    path: Path,
    layer: Layer,
    *,
    declared_crs: int | str | None = None,
    reproject: bool = False,
    area: Bounds | None = None,
) -> Iterator[Source]:
    """Open a raster and check its header; see :func:`check_raster`."""
    with (
        TemporaryDirectory(prefix="raster-") as folder,
        rasterio.Env(**READ_OPTIONS),
        open_tiff(path, Path(folder)) as dataset,
    ):
        _judge_band(path.name, dataset, layer)
        if area is None and dataset.width * dataset.height > MAX_CELLS:
            raise _too_large(path.name, dataset.width * dataset.height)
        crs, assumed = _crs(path.name, dataset, declared_crs)
        if is_rd(crs):
            yield _source(path.name, dataset, layer, area, crs, assumed)
            return
        if not reproject:
            raise RasterRefusedError(
                "wrong_crs",
                f"{path.name} is in {crs.name}, not in RD New (EPSG:{RD}). Ask for it to be "
                "moved to RD, or use the edition in RD.",
            )
        _judge_axes(path.name, dataset.transform)
        with _moved(dataset, crs, layer) as warped:
            yield _source(path.name, warped, layer, area, crs, assumed)


def is_rd(crs: pyproj.CRS) -> bool:
    """Say whether a CRS is RD New, also when it is written out or carries a height system."""
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    flat = flat.source_crs if flat.is_bound and flat.source_crs else flat
    if flat.to_epsg(min_confidence=70) == RD:
        return True
    operation = flat.coordinate_operation
    if operation is None or "stereographic" not in operation.method_name.lower():
        return False
    given = {parameter.name: parameter.value for parameter in operation.params}
    wanted = pyproj.CRS.from_epsg(RD).coordinate_operation
    return wanted is not None and all(
        math.isclose(float(given.get(each.name, math.nan)), float(each.value), rel_tol=1e-8)
        for each in wanted.params
    )


def _source(
    name: str, dataset: Any, layer: Layer, area: Bounds | None, crs: pyproj.CRS, assumed: bool
) -> Source:
    moved = isinstance(dataset, WarpedVRT)
    transform = dataset.transform
    if not moved:
        _judge_axes(name, transform)
    whole = Grid(transform.c, transform.f, transform.a, dataset.width, dataset.height)
    _judge_place(name, whole)
    window = whole.window(area or whole.bounds)
    if any(part.start == part.stop for part in window):
        raise RasterRefusedError("outside_area", f"{name} has no cells in the wanted area.")
    grid = whole.part(window)
    if grid.width * grid.height > MAX_CELLS:
        raise _too_large(name, grid.width * grid.height)
    authority = ":".join(crs.to_authority(min_confidence=70) or ()) or crs.name
    remarks = _remarks(layer, grid)
    return Source(name, dataset, layer, window, grid, authority, assumed, moved, remarks)


def _remarks(layer: Layer, grid: Grid) -> tuple[str, ...]:
    expected = layer.resolution
    if expected is None or math.isclose(grid.cell, expected, rel_tol=1e-3):
        return ()
    return (f"Cells are {grid.cell:g} m wide; {expected:g} m was expected.",)


def _judge_band(name: str, dataset: Any, layer: Layer) -> None:
    if dataset.count >= 3 and ColorInterp.red in dataset.colorinterp:
        raise RasterRefusedError(
            "picture", f"{name} is a coloured picture, not a raster of values."
        )
    if not 1 <= layer.band <= dataset.count:
        raise RasterRefusedError(
            "wrong_band", f"{name} has {dataset.count} band(s); {layer.id} needs band {layer.band}."
        )
    if dataset.dtypes[layer.band - 1].startswith("complex"):
        raise RasterRefusedError("not_numbers", f"{name} holds complex numbers.")


def _too_large(name: str, cells: int) -> RasterRefusedError:
    return RasterRefusedError(
        "too_large",
        f"{name} has {cells:,} cells; at most {MAX_CELLS:,} fit. Take only the cells of an area.",
    )


def _crs(name: str, dataset: Any, declared: int | str | None) -> tuple[pyproj.CRS, bool]:
    own = dataset.crs
    if not own and declared is None:
        hint = ""
        if _lies_in(NETHERLANDS_RD, _extent(dataset.transform, dataset.width, dataset.height)):
            hint = f" Its coordinates look like RD New: declare EPSG:{RD} when you are sure."
        raise RasterRefusedError("no_crs", f"{name} does not say in which CRS it is.{hint}")
    try:
        return pyproj.CRS.from_user_input(own.to_wkt() if own else declared), not own
    except (pyproj.exceptions.CRSError, RasterioError) as error:
        raise RasterRefusedError("crs_unknown", f"{name} is in an unknown CRS.") from error


def _judge_axes(name: str, transform: Affine) -> None:
    if transform.is_identity:
        raise RasterRefusedError("no_place", f"{name} does not say where it lies.")
    if transform.b or transform.d:
        raise RasterRefusedError("rotated", f"{name} is rotated; cells must run north and east.")
    if transform.a < 0 or transform.e > 0:
        raise RasterRefusedError(
            "south_up", f"{name} is flipped: its first row is not the northern one."
        )
    if not math.isclose(transform.a, -transform.e, rel_tol=1e-4):
        raise RasterRefusedError(
            "not_square", f"{name} has cells of {transform.a:g} by {-transform.e:g}, not squares."
        )


def _judge_place(name: str, grid: Grid) -> None:
    west, south, east, north = grid.bounds
    if _lies_in(NETHERLANDS_RD, grid.bounds):
        return
    if _lies_in(NETHERLANDS_RD, (south, west, north, east)):
        raise RasterRefusedError("axes_swapped", f"{name} has its x and y swapped.")
    raise RasterRefusedError(
        "outside_netherlands",
        f"{name} lies at x {west:.0f} to {east:.0f} and y {south:.0f} to {north:.0f} m, which is "
        "not in the Netherlands.",
    )


def _extent(transform: Affine, width: int, height: int) -> Bounds:
    x0, y0 = transform.c, transform.f
    x1 = x0 + transform.a * width + transform.b * height
    y1 = y0 + transform.d * width + transform.e * height
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _lies_in(box: Bounds, bounds: Bounds) -> bool:
    # A file of the whole country often has a margin: 50 km around the box is accepted.
    margin = 50_000.0
    return (
        box[0] - margin <= bounds[0]
        and box[1] - margin <= bounds[1]
        and bounds[2] <= box[2] + margin
        and bounds[3] <= box[3] + margin
    )


@contextmanager
def _moved(dataset: Any, crs: pyproj.CRS, layer: Layer) -> Iterator[Any]:
    """Show a raster in RD: nearest cell, on whole multiples of the cell."""
    wkt = crs.to_wkt("WKT1_GDAL")
    west, south, east, north = transform_bounds(wkt, RD_WITHOUT_GRID, *dataset.bounds)
    cells = dataset.width * dataset.height
    cell = layer.resolution or _tidy(math.sqrt((east - west) * (north - south) / cells))
    west, north = math.floor(west / cell) * cell, math.ceil(north / cell) * cell
    columns, rows = math.ceil((east - west) / cell), math.ceil((north - south) / cell)
    if columns * rows > MAX_CELLS:
        raise _too_large(Path(dataset.name).name, columns * rows)
    with WarpedVRT(
        dataset,
        src_crs=wkt,
        crs=RD_WITHOUT_GRID,
        transform=Affine(cell, 0, west, 0, -cell, north),
        width=columns,
        height=rows,
        nodata=math.nan if dataset.nodata is None else dataset.nodata,
        dtype=dataset.dtypes[layer.band - 1] if dataset.nodata is not None else "float64",
    ) as warped:
        yield warped


def _tidy(cell: float) -> float:
    """Round the size of a cell to whole metres, a small one to two digits."""
    return float(round(cell)) if cell >= 5 else float(f"{cell:.2g}")
