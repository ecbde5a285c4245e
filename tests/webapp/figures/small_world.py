"""Two neighbourhoods of which every figure can be worked out by hand.

West is 100 × 100 m, east of it lies East, 200 × 100 m. Metres from the south-west corner of West:

- PET, cells of 10 m, from 0 to 200 east: 40 °C up to 50, 30 °C up to 100, 36 °C up to 200; of the
  eastern half of East nothing is known. Trees cover 40 % of every cell of the same ground.
- dwellings at 20, 80, 120 and 290 east and 50 north, each in a building of 10 × 10 m;
- a park of 1 ha from -200 to -100 east, and one of 100 m² in the corner of West;
- a path from the park along 50 north to 60 east, then a detour by 200 north to 120 east, and on;
- three trees with crowns of 33 m² within 25 m of the first building only, and one without a crown.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import rasterio
import shapely
from affine import Affine

from gis.crs import RD
from tests import factories
from webapp.areas.models import Area
from webapp.extensions import db
from webapp.geodata import stored
from webapp.map_layers.actions import Options, import_file
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.trails.models import NetworkEdge, NetworkImport

X, Y = 105_000.0, 486_000.0
DWELLINGS = (20, 80, 120, 290)
PATH = [(-100, 50), (60, 50), (60, 200), (120, 200), (120, 50), (290, 50)]
TREES = ((5, 50), (35, 50), (20, 30), (20, 70))


def point(east: float, north: float = 50) -> shapely.Point:
    """A place by its metres from the corner."""
    return shapely.Point(X + east, Y + north)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle by its metres from the corner."""
    return shapely.box(X + west, Y + south, X + east, Y + north)


def make_areas() -> dict[str, Area]:
    """West with 20 residents, East with 30."""
    made = {}
    for name, shape, residents in (
        ("West", box(0, 0, 100, 100), 20),
        ("East", box(100, 0, 300, 100), 30),
    ):
        code = "BU03920101" if name == "West" else "BU03920102"
        figures = {"aantal_inwoners": residents}
        made[name] = factories.make_area("neighbourhood", code, name=name, figures=figures)
        made[name].geom = stored(shapely.MultiPolygon([shape]))
    db.session.flush()
    return made


def heat() -> np.ndarray:
    """PET of 10 rows of 20 cells."""
    return np.tile(np.repeat(np.float32([40, 30, 36]), [5, 5, 10]), (10, 1))


def import_raster(
    layer_id: str, folder: Path, cells: np.ndarray, edition: str = "2022", **options: Any
) -> LayerEdition:
    """Import cells of 10 m that begin at the corner."""
    path = folder / f"{layer_id}_{uuid4().hex}.tif"
    north = Y + cells.shape[0] * 10
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=1,
        height=cells.shape[0],
        width=cells.shape[1],
        dtype="float32",
        nodata=float("nan"),
        crs=f"EPSG:{RD}",
        transform=Affine(10, 0, X, 0, -10, north),
    ) as file:
        file.write(cells.astype(np.float32), 1)
    return import_file(layer_id, path, Options(edition=edition, **options))


def make_features(layer_id: str, rows: list[dict[str, Any]], **values: Any) -> LayerEdition:
    """An edition of a vector layer with these rows."""
    edition = factories.make_layer_edition(layer_id, **values)
    db.session.add_all(
        LayerFeature(edition_id=edition.id, **{**row, "geom": stored(row["geom"])}) for row in rows
    )
    db.session.flush()
    return edition


def make_network() -> NetworkImport:
    """The path, cut at its corners."""
    network = factories.add(
        NetworkImport(
            source="made", edition="2024", sha256=uuid4().hex, licence="CC0", parameters={}
        )
    )
    for start, end in pairwise(PATH):
        line = shapely.LineString([point(*start), point(*end)])
        edge = NetworkEdge(import_id=network.id, length_m=line.length, geom=stored(line))
        db.session.add(edge)
    db.session.flush()
    return network


def make_homes() -> None:
    """Dwellings, one shop, and the buildings around the dwellings."""
    homes = [{"geom": point(east), "category": "woning"} for east in DWELLINGS]
    shop = {"geom": point(60, 90), "category": "ander_gebruik"}
    make_features("bag_dwellings", [*homes, shop])
    buildings = [{"geom": box(east - 5, 45, east + 5, 55), "value": 8.0} for east in DWELLINGS]
    shed = {"geom": box(50, 80, 52, 82), "value": 2.0}
    make_features("bag_buildings", [*buildings, shed])


def make_green() -> None:
    """The two parks and the trees."""
    parks = (box(-200, 0, -100, 100), box(0, 0, 10, 10))
    make_features("parks", [{"geom": shape} for shape in parks])
    known = [{"kroondiameter": 6.5}] * 3 + [{}]
    make_features(
        "trees",
        [
            {"geom": point(*place), "category": "boom", "value": 8.0, "properties": properties}
            for place, properties in zip(TREES, known, strict=True)
        ],
    )


def make_world(folder: Path) -> dict[str, Area]:
    """Everything."""
    areas = make_areas()
    import_raster("pet", folder, heat())
    import_raster("tree_cover", folder, np.full((10, 20), 40.0))
    make_homes()
    make_green()
    make_network()
    return areas
