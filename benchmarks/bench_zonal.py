"""Statistics of a raster per zone against bare exactextract, on the same file in the same run.

The first raster on a grid goes without an index; the index is built afterwards, and every next
raster uses it. Each round runs all three; the figures are medians.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
from exactextract import exact_extract

from benchmarks.made_ground import CELL, NORTH, WEST, stored_heat, zones
from benchmarks.report import quick, report
from gis.coverage import build_coverage, statistics_once
from gis.crs import RD
from gis.grid import Grid

ROUNDS = 3
NAMES = ("mean", "min", "max", "count")


class FlatCountry:
    """Cells of the whole country that are made when they are read."""

    def __init__(self, grid: Grid) -> None:
        self.shape = grid.shape

    def __getitem__(self, window: tuple[slice, slice], /) -> Any:
        rows, columns = window
        across = np.arange(columns.start, columns.stop, dtype=np.float32) % 50
        return np.broadcast_to(across, (rows.stop - rows.start, len(across)))


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    """Run a task and say how long it took, in seconds."""
    started = time.perf_counter()
    result = task()
    return time.perf_counter() - started, result


def compare(side: int, count: int, folder: Path) -> None:
    """Print the two lines about speed, after checking that all give the same means."""
    raster = stored_heat(side, folder)
    areas = zones(count, raster.grid)
    frame = gpd.GeoDataFrame(geometry=areas, crs=RD)

    def bare() -> Any:
        return exact_extract(str(folder / "rd.tif"), frame, list(NAMES), output="pandas")

    building, coverage = timed(lambda: build_coverage(areas, raster.grid))
    times: dict[str, list[float]] = {"bare": [], "first": [], "next": []}
    for _ in range(ROUNDS):
        took, peer = timed(bare)
        times["bare"].append(took)
        took, first = timed(lambda: statistics_once(raster.values, areas, raster.grid))
        times["first"].append(took)
        took, following = timed(lambda: coverage.statistics(raster.values))
        times["next"].append(took)
    for ours in (first, following):
        equal = {name: peer[name].to_numpy(float) for name in ("mean", "min", "max")}
        for name, theirs in equal.items():
            np.testing.assert_allclose(getattr(ours, name), theirs, rtol=0, atol=1e-4)
        np.testing.assert_allclose(ours.valid_area_m2, peer["count"] * CELL**2, rtol=1e-5)
    middle = {name: statistics.median(each) for name, each in times.items()}
    spread = ", ".join(f"{n} {min(t):.2f}-{max(t):.2f} s" for n, t in times.items())
    note = f"{side} x {side} cells, {count} zones: {spread}; index built in {building:.1f} s"
    first_ratio = middle["first"] / middle["bare"]
    report("zonal_first_raster_cost", first_ratio, 1.15, note, at_most=True)
    report("zonal_next_raster", middle["bare"] / middle["next"], 10, "means equal to 1e-4")


def country(count: int) -> None:
    """Build the index of a whole country and use it once; print seconds and peak memory (GB)."""
    grid = Grid(WEST - 80_000, NORTH + 100_000, CELL, 20_000, 22_000)
    areas = zones(count, grid)
    building, coverage = timed(lambda: build_coverage(areas, grid))
    using, found = timed(lambda: coverage.statistics(FlatCountry(grid), (25.0,)))
    if not np.isfinite(found.mean).all():
        raise AssertionError("a zone within the country has no mean")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{building:.1f} {using:.1f} {coverage.nbytes / 1e6:.0f} {peak:.3f}")


def main() -> None:
    """Measure speed here and memory in a process of its own."""
    side, count = (2_000, 300) if quick() else (10_000, 2_000)
    with TemporaryDirectory() as temporary:
        compare(side, count, Path(temporary) / "heat")
    count = 1_500 if quick() else 14_500
    code = f"from benchmarks.bench_zonal import country; country({count})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    building, using, index, peak = run.stdout.split()
    note = f"{count} zones on 440 M cells: index {index} MB in {building} s, used in {using} s"
    report("zonal_peak_gigabytes", float(peak), 1.0, note, at_most=True)


if __name__ == "__main__":
    main()
