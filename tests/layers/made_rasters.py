"""Rasters with known answers, and rasters with one thing wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from layers.layer import Layer, NodataRule, OfficialClass, same_in_all, texts
from layers.sources.metadata import SourceMetadata

HAARLEM = (103_000.0, 489_000.0)
"""The north-west corner of the made rasters (RD, metres)."""

_TITLE = texts(nl="gemaakt", en="made", tr="yapma", ar="مصنوع", pl="zrobione", uk="зроблене")
_SOURCE = SourceMetadata("made", "Made", "Nobody", "CC0 1.0", "", "Made for a test", "")

HEAT = Layer(
    id="made_heat",
    title=_TITLE,
    group="heat",
    geometry="raster",
    source=_SOURCE,
    unit=same_in_all("°C"),
    figure=None,
    scheme="official",
    colours=("#ffffcc", "#fed976", "#fd8d3c", "#bd0026"),
    definition=_TITLE,
    legend_text=_TITLE,
    edition_rule="newest",
    decimals=1,
    official_classes=tuple(
        OfficialClass(upper, same_in_all(str(upper))) for upper in (31, 34, 37, 70)
    ),
    nodata=NodataRule({55537.0: "no_data_here", 2147483647.0: "no_data_here"}, -1.0),
    reader="raster",
    valid_range=(0.0, 70.0),
    resolution=10.0,
    whole_numbers=True,
)
"""As the heat map of the catalogue: classes in whole degrees, and its known no-data codes."""

NOISE = replace(
    HEAT, id="made_noise", nodata=NodataRule({0.0: "no_data_here"}), valid_range=(1.0, 120.0)
)
"""As the noise map of the catalogue: 0 is "no source", not 0 dB."""


def ramp(height: int = 40, width: int = 60) -> np.ndarray[Any, Any]:
    """Cells that all differ, from 20 to 50, ascending along the rows."""
    return np.linspace(20, 50, height * width, dtype=np.float32).reshape(height, width)


def write(path: Path, cells: np.ndarray[Any, Any], **changes: Any) -> Path:
    """Write a GeoTIFF in RD with cells of 10 m; ``changes`` are options of rasterio."""
    bands = cells if cells.ndim == 3 else cells[None]
    options: dict[str, Any] = {
        "driver": "GTiff",
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "crs": "EPSG:28992",
        "transform": Affine(10, 0, HAARLEM[0], 0, -10, HAARLEM[1]),
        **changes,
    }
    tags = options.pop("scale", None)
    with rasterio.open(path, "w", **{k: v for k, v in options.items() if v is not None}) as made:
        made.write(bands)
        if tags:
            made.scales = (tags[0],) * len(bands)
            made.offsets = (tags[1],) * len(bands)
    return path
