"""What figures are computed from: the areas of a level, and the newest editions around them.

Everything is read when it is first asked for and once: figures of one computation share it.
All geometry is in EPSG:28992 (RD New, metres).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from sqlalchemy import func, select

from gis.access import DistanceMode, qualifying_green, straight_distances
from gis.coverage import Coverage, Grid, ZoneStatistics, build_coverage
from gis.green import merged
from gis.network import WalkingNetwork
from gis.positions import UNREACHED
from gis.surroundings import ENTRANCE_REACH_M
from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.extensions import db
from webapp.figures.kinds import AREAS, NETWORK, POPULATION, Kind
from webapp.geodata import shape, stored
from webapp.map_layers.models import LayerEdition, LayerFeature
from webapp.map_layers.queries import newest_edition, open_raster
from webapp.trails.queries import current_network, walking_network

RESIDENTS_KEY = "aantal_inwoners"
MARGIN_M = 600.0
"""How far beyond the areas homes, green and trees are read: more than any distance of a definition."""
SEARCH_M = 5000.0
MOST_CELLS = 100_000_000
"""Of a window that is kept in memory as a whole."""

Floats = NDArray[np.float64]
Shapes = NDArray[Any]
Input = dict[str, Any]


class TooLargeError(Exception):
    """More cells than fit in memory at once; the message says which layer."""


@dataclass(frozen=True)
class Zone:
    """An area to compute for; `geometry` is EPSG:28992."""

    id: int
    code: str
    name: str
    geometry: Any


class World:
    """The areas of a level (of one year, or of each municipality the newest) and what is there."""

    def __init__(self, level: str, year: int | None = None) -> None:
        self.level = level
        self._asked = year
        self._editions: dict[str, LayerEdition | None] = {}
        self._coverages: dict[Grid, Coverage] = {}
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What several figures share, made when the first of them asks for it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def _rows(self) -> Sequence[Any]:
        rank = func.dense_rank().over(
            partition_by=Area.municipality_code, order_by=(Area.is_schematic, Area.year.desc())
        )
        columns = (Area.id, Area.code, Area.name, Area.year, Area.is_schematic, Area.geom)
        statement = select(*columns, AreaImport.sha256, rank.label("rank")).join(
            AreaImport, AreaImport.id == Area.import_id
        )
        statement = statement.where(Area.level == self.level, Area.geom.is_not(None), ~Area.water)
        if self._asked is not None:
            statement = statement.where(Area.year == self._asked)
        ranked = statement.subquery()
        newest = select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.code, ranked.c.id)
        return db.session.execute(newest).all()

    @cached_property
    def zones(self) -> list[Zone]:
        """The areas on land that have an outline, by code."""
        return [Zone(row.id, row.code, row.name, shape(row.geom)) for row in self._rows]

    @cached_property
    def shapes(self) -> Shapes:
        """Their outlines."""
        return np.array([zone.geometry for zone in self.zones], dtype=object)

    @property
    def year(self) -> int:
        """The newest year among the areas. Raises `ValueError` without areas."""
        return max(int(row.year) for row in self._rows)

    @cached_property
    def around(self) -> Any:
        """The box of the areas with a margin, RD."""
        return shapely.box(*shapely.total_bounds(self.shapes)).buffer(MARGIN_M, join_style="mitre")

    def edition(self, layer_id: str) -> LayerEdition | None:
        """The newest edition of a layer; one that was made up only when there is no other."""
        if layer_id not in self._editions:
            self._editions[layer_id] = newest_edition(layer_id)
        return self._editions[layer_id]

    def missing(self, kind: Kind) -> list[str]:
        """What a figure needs and is not there."""
        if not self._rows:
            return [AREAS]
        return [name for name in kind.needs if not self._there(name)]

    def _there(self, name: str) -> bool:
        if name == NETWORK:
            return self._network_input is not None
        if name == POPULATION:
            return bool(np.isfinite(self.population).any())
        return self.edition(name) is not None

    def inputs(self, kind: Kind) -> list[Input]:
        """What a figure is computed from at this moment, in a form that is stored and compared."""
        names = [*kind.needs, *(name for name in kind.uses if self._there(name))]
        return [self.areas_input, *(self.input(name) for name in names)]

    def input(self, name: str) -> Input:
        """One of them. Raises KeyError for what is not there."""
        if name == NETWORK and self._network_input is not None:
            return self._network_input
        if name == POPULATION:
            return self._population[1]
        found = self.edition(name)
        if found is None:
            raise KeyError(name)
        return edition_input(found)

    @cached_property
    def _network_input(self) -> Input | None:
        row = current_network()
        if row is None:
            return None
        return _input(NETWORK, row.edition, row.sha256, row.is_demo)

    @cached_property
    def areas_input(self) -> Input:
        """The edition of the areas themselves; schematic outlines count as made up."""
        digests = sorted({row.sha256 for row in self._rows})
        schematic = any(row.is_schematic for row in self._rows)
        return _input(AREAS, str(self.year), ",".join(digests), schematic)

    @property
    def network(self) -> WalkingNetwork:
        """The walking network in use."""
        return walking_network()

    @property
    def population(self) -> Floats:
        """Residents of each area, NaN where unknown."""
        return self._population[0]

    @cached_property
    def _population(self) -> tuple[Floats, Input]:
        ids = [zone.id for zone in self.zones]
        rows = db.session.execute(
            select(AreaFigures.area_id, AreaFigures.figures[RESIDENTS_KEY], AreaImport)
            .join(AreaImport, AreaImport.id == AreaFigures.import_id)
            .where(AreaFigures.area_id.in_(ids), AreaFigures.figures.has_key(RESIDENTS_KEY))
            .order_by(AreaFigures.import_id)
        ).all()
        known = {row[0]: float(row[1]) for row in rows if isinstance(row[1], int | float)}
        years = ",".join(sorted({str(row[2].year) for row in rows}))
        digests = ",".join(sorted({row[2].sha256 for row in rows}))
        found = np.array([known.get(each, np.nan) for each in ids], dtype=np.float64)
        return found, _input(POPULATION, years, digests, False)

    def coverage(self, grid: Grid) -> Coverage:
        """Which cells of a grid the areas cover."""
        if grid not in self._coverages:
            self._coverages[grid] = build_coverage(list(self.shapes), grid)
        return self._coverages[grid]

    def raster(self, layer_id: str) -> Any:
        """The raster of a layer's newest edition."""
        found = self.edition(layer_id)
        if found is None:
            raise KeyError(layer_id)
        return open_raster(found)

    def cells(self, layer_id: str) -> tuple[NDArray[np.float32], tuple[float, float], float]:
        """The cells around the areas, the upper left corner, and the side of a cell (metres).

        Raises `TooLargeError`.
        """
        raster = self.raster(layer_id)
        west, south, east, north = self.around.bounds
        cell = raster.grid.cell
        if (east - west) * (north - south) / cell**2 > MOST_CELLS:
            raise TooLargeError(layer_id)
        values, place = raster.window((west, south, east, north))
        return values, (float(place.c), float(place.f)), cell

    def features(self, layer_id: str, category: str | None = None) -> list[Any]:
        """Rows (geom, value, properties) of a vector layer in and around the areas."""
        found = self.edition(layer_id)
        if found is None:
            raise KeyError(layer_id)
        statement = select(
            func.ST_AsBinary(LayerFeature.geom).label("geom"),
            LayerFeature.value,
            LayerFeature.properties,
        ).where(
            LayerFeature.edition_id == found.id,
            func.ST_Intersects(LayerFeature.geom, stored(self.around)),
        )
        if category is not None:
            statement = statement.where(LayerFeature.category == category)
        return list(db.session.execute(statement.order_by(LayerFeature.id)))

    def shapes_of(self, layer_id: str, category: str | None = None) -> Shapes:
        """The geometry of those rows."""
        rows = self.features(layer_id, category)
        return np.asarray(shapely.from_wkb([bytes(row.geom) for row in rows]), dtype=object)

    @cached_property
    def dwellings(self) -> Shapes:
        """Points of the dwellings; an address with another use is none."""
        return shapely.centroid(self.shapes_of("bag_dwellings", "woning"))

    @cached_property
    def area_of_dwelling(self) -> NDArray[np.intp]:
        """The index of the area of each dwelling, -1 outside them all."""
        return self.area_of(self.dwellings)

    def area_of(self, points: Shapes) -> NDArray[np.intp]:
        """The index of the area of each point, -1 outside them all; on a border the first."""
        found = np.full(len(points), -1, dtype=np.intp)
        if len(points) and len(self.shapes):
            point, area = STRtree(self.shapes).query(points, predicate="intersects")
            found[point[::-1]] = area[::-1]
        return found

    @cached_property
    def parks(self) -> Shapes:
        """Public green that does not overlap."""
        return merged(self.shapes_of("parks"))

    def qualifying(self, min_area_m2: float) -> Shapes:
        """Public green that is large enough."""
        return qualifying_green(self.parks, min_area_m2)

    def distances(self, points: Shapes, targets: Shapes, mode: DistanceMode) -> Floats:
        """Metres from each point to the nearest target; infinite without a way within 5 km, NaN for
        a point without a path near it. A point inside a target has 0."""
        if mode == "straight":
            return straight_distances(points, targets)
        network = self.network
        entrances, _ = network.entrances(list(targets), ENTRANCE_REACH_M)
        found = network.distances(network.snap(list(points)), network.search(entrances, SEARCH_M))
        metres = found.metres.copy()
        metres[found.why_not == UNREACHED.index("too_far_from_path")] = np.nan
        if len(targets) and len(points):
            metres[STRtree(targets).query(points, predicate="intersects")[0]] = 0.0
        return metres


def known_ground(found: ZoneStatistics) -> Floats:
    """The area (m²) with values. Parts of cells are kept as float32: what only that rounding takes
    off or adds is no gap."""
    known = np.minimum(found.valid_area_m2, found.area_m2)
    return np.where(found.no_data_share == 0, found.area_m2, known)


def edition_input(found: LayerEdition) -> Input:
    """An edition as it is stored with a result."""
    return _input(found.layer_id, found.edition, found.sha256, found.is_synthetic, found.id)


def _input(
    layer: str, edition: str, sha256: str, is_synthetic: bool, edition_id: int | None = None
) -> Input:
    return {
        "layer": layer,
        "edition_id": edition_id,
        "edition": edition,
        "sha256": sha256,
        "is_synthetic": is_synthetic,
    }
