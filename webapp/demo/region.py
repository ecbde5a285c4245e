"""The drawn base map around the quarter: sea, dunes, towns, roads, water and their labels."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from webapp.demo.features import BaseFeature

REGION = Path(__file__).with_name("region.toml")
STRAIGHT = {"land", "sea", "runway"}
ROUNDINGS = 2


def draw_region() -> list[BaseFeature]:
    """Every feature of the region in drawing order, EPSG:28992."""
    with REGION.open("rb") as file:
        return list(_features(tomllib.load(file)["features"]))


def _features(entries: list[dict[str, Any]]) -> Iterator[BaseFeature]:
    for entry in entries:
        yield BaseFeature(
            entry["kind"], _geometry(entry), entry.get("name"), entry.get("min_zoom", 0)
        )


def _geometry(entry: dict[str, Any]) -> BaseGeometry:
    if "point" in entry:
        return Point(entry["point"])
    straight = entry["kind"] in STRAIGHT
    if "polygon" in entry:
        ring = [*entry["polygon"], entry["polygon"][0]]
        return Polygon(ring if straight else _rounded_ring(ring))
    line = LineString(entry["line"] if straight else _rounded_line(entry["line"]))
    return line.buffer(entry["width"] / 2) if "width" in entry else line


def _rounded_line(corners: list[list[float]]) -> np.ndarray:
    """Corners cut off at a quarter from both ends of each side (Chaikin); the ends stay."""
    points = np.asarray(corners, dtype=float)
    for _ in range(ROUNDINGS):
        cut = _cut_corners(points)
        points = np.vstack([points[:1], cut, points[-1:]])
    return points.round(1)


def _rounded_ring(corners: list[list[float]]) -> np.ndarray:
    points = np.asarray(corners, dtype=float)
    for _ in range(ROUNDINGS):
        cut = _cut_corners(points)
        points = np.vstack([cut, cut[:1]])
    return points.round(1)


def _cut_corners(points: np.ndarray) -> np.ndarray:
    first, second = points[:-1], points[1:]
    cut = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], axis=1)
    return cut.reshape(-1, 2)
