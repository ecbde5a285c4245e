"""Where an intervention is: reading what was drawn or uploaded. No Flask, no database."""

import json
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis.geojson import parse_feature_collection
from gis.refusal import Remark
from gis.tracks import parse_gpx

MAX_VERTICES = 2_000


@dataclass(frozen=True)
class Place:
    """A geometry in longitude/latitude (CRS84), and the parts of a file that were left out."""

    geometry: BaseGeometry
    left_out: tuple[Remark, ...] = ()


def read_drawn(text: str) -> Place:
    """The place in a GeoJSON text. Raises `GeometryError` with what is wrong and where."""
    found = parse_feature_collection(text, max_vertices=MAX_VERTICES)
    return Place(found.geometry, found.refused)


def read_file(content: bytes) -> Place:
    """The place in a GeoJSON or GPX file: XML is taken for GPX. Raises `GeometryError`."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Place(parse_gpx(content))
    found = parse_feature_collection(content, max_vertices=10_000)
    return Place(found.geometry, found.refused)


def as_text(geometry: dict[str, Any] | None) -> str:
    """GeoJSON for a form field; empty when there is none."""
    return json.dumps(geometry, separators=(",", ":")) if geometry else ""
