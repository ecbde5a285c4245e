"""What the drawn demo geography consists of, before it becomes rows. Geometry is EPSG:28992."""

from dataclasses import dataclass, field
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

ROADS = {"motorway": "main", "road": "main", "street": "street"}
DRAWN_AS = {
    "land": "land",
    "built_up": "built_up",
    "industry": "built_up",
    "airport": "built_up",
    "beach": "sand",
    "sea": "water",
    "water": "water",
    "dune": "green",
    "wood": "green",
    "park": "green",
    "grass": "green",
    "garden": "green",
    "building": "building",
    "path": "path",
    "tree": "tree",
}


@dataclass(frozen=True)
class BaseFeature:
    """A piece of the drawn base map; shown from `min_zoom` on."""

    kind: str
    geometry: BaseGeometry
    name: str | None = None
    min_zoom: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)

    def drawing(self) -> dict[str, str]:
        """How the drawn base map of `layers` shows this kind; nothing when it does not."""
        as_road = ROADS.get(self.kind)
        if as_road:
            return {"drawn_as": "road", "road_class": as_road}
        return {"drawn_as": DRAWN_AS[self.kind]} if self.kind in DRAWN_AS else {}


@dataclass(frozen=True)
class Place:
    """Something that can be searched: an address, a street, a neighbourhood or a landmark."""

    kind: str
    label: str
    point: Point
    municipality_code: str
    street: str | None = None
    number: str | None = None
    postcode: str | None = None
