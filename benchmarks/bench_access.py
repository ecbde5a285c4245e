"""The 300 m share of ACCESS-1 against geopandas' sjoin_nearest, in turns in one run.

Made data: addresses in streets and irregular green of at least half a hectare, as dense as in a
Dutch city region. Both answer who lives within 300 m; every flag is compared.
"""

import time

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.report import quick, report
from gis.access import WHO_DISTANCE_M, qualifying_green, within_distance

ROUNDS = 3
THREADS = 2


def made(
    addresses: int, greens: int, side: float
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Addresses in rows along streets, and green with some sixty corners each, on a square (m)."""
    rng = np.random.default_rng(42)
    streets = rng.uniform(0, side, (addresses // 40, 2))
    along = rng.uniform(0, 2 * np.pi, len(streets))
    at = rng.integers(0, len(streets), addresses)
    step = rng.uniform(-150, 150, addresses)
    places = streets[at] + step[:, None] * np.column_stack([np.cos(along), np.sin(along)])[at]
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    size = rng.lognormal(3.6, 0.5, greens)
    wobble = 1 + 0.25 * np.sin(
        turn * rng.integers(2, 9, (greens, 1)) + rng.uniform(0, 6, (greens, 1))
    )
    radius = size[:, None] * wobble
    middle = rng.uniform(0, side, (greens, 1, 2))
    outline = middle + radius[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return shapely.points(places), qualifying_green(shapely.polygons(outline))


def peer(places: gpd.GeoDataFrame, green: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Say who has green within the distance, as sjoin_nearest finds it."""
    found = gpd.sjoin_nearest(places, green, max_distance=WHO_DISTANCE_M)
    flags = np.zeros(len(places), dtype=bool)
    flags[found.index.unique()] = True
    return flags


def main() -> None:
    """Measure, compare the flags and print the line."""
    addresses, greens, side = (50_000, 2_500, 15_000.0) if quick() else (200_000, 10_000, 30_000.0)
    places, green = made(addresses, greens, side)
    place_frame = gpd.GeoDataFrame(geometry=places, crs="EPSG:28992")
    green_frame = gpd.GeoDataFrame(geometry=green, crs="EPSG:28992")
    ours, theirs, wrong = [], [], 0
    for _ in range(ROUNDS):
        # Both build their own index in each round.
        start = time.perf_counter()
        flags = within_distance(places, green, WHO_DISTANCE_M, threads=THREADS)
        middle = time.perf_counter()
        expected = peer(place_frame, green_frame)
        theirs.append(time.perf_counter() - middle)
        ours.append(middle - start)
        wrong += int((flags != expected).sum())
    note = (
        f"{addresses:,} addresses, {len(green):,} green, {expected.mean():.0%} within: "
        f"ours {min(ours):.3f}–{max(ours):.3f} s with {THREADS} threads, "
        f"sjoin_nearest {min(theirs):.3f}–{max(theirs):.3f} s, {wrong} wrong flags"
    )
    ratio = None if wrong else float(np.median(theirs) / np.median(ours))
    report("300 m share against sjoin_nearest", ratio, 8, note)
