"""Small CBS files in every shape that circulates, made for one test each."""

from pathlib import Path
from typing import Any

import geopandas
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

HAARLEM = (103_000.0, 488_000.0)


def square(east: float = 0, size: float = 1000) -> Polygon:
    """A square near Haarlem in EPSG:28992, so many metres to the east."""
    x, y = HAARLEM[0] + east, HAARLEM[1]
    return box(x, y, x + size, y + size)


def bow_tie() -> Polygon:
    """A polygon that crosses itself: two triangles of together half a square kilometre."""
    x, y = HAARLEM
    return Polygon([(x, y), (x + 1000, y + 1000), (x + 1000, y), (x, y + 1000)])


def wijk(code: str = "WK039201", **columns: Any) -> dict[str, Any]:
    """A row in the GeoPackage's own spelling."""
    row: dict[str, Any] = {
        "wijkcode": code,
        "wijknaam": "Oude Stad",
        "gemeentecode": "GM0392",
        "gemeentenaam": "Haarlem",
        "water": "NEE",
        "aantal_inwoners": 2030,
        "jrstatcode": f"2024{code}",
    }
    return row | columns


def write(
    path: Path,
    rows: list[dict[str, Any]],
    shapes: list[BaseGeometry | None] | None = None,
    crs: int | None = 28992,
    layer: str = "wijken",
) -> Path:
    """Write rows to the kind of file that the name asks for."""
    shapes = [square(2000 * place) for place in range(len(rows))] if shapes is None else shapes
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=crs)
    options = {} if path.suffix == ".shp" else {"layer": layer}
    frame.to_file(path, engine="pyogrio", **options)
    return path
