"""The 3-D view for machines: what MapLibre draws as JSON, and the same from above as SVG."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from flask import current_app
from numpy.typing import NDArray
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.crs import to_lonlat
from gis.shadows import crown_outlines
from layers.drawing import EDGE, FILL, ROAD, SEA, Kind
from layers.print_frame import MapFrame, scale_bar
from layers.print_ground import Ground, draw_ground, draw_names
from layers.print_marks import text
from layers.print_paths import clipped, polygon_path
from webapp.areas.printed_ground import ground_within
from webapp.planning.twin import Look
from webapp.planning.twin_scene import HALF, Plan, Trees
from webapp.planning.twin_shade import Shadows

SIDE_MM = 200.0
SCALE = round(2 * HALF / SIDE_MM * 1000)
SHADE, BUILT, FLAT = "#22314a", "#e9dcc3", "#c9c2b4"
CROWN, PLANTED, INK = "#5d9a5f", "#2f7d3b", "#1c2420"
PLAN_COLOURS = {"open": "#7f6bb3", "active": "#0f7f8c", "done": "#2e7d4f", "stopped": "#6b6b6b"}
"""Of areas of plans by type of phase: light enough to leave the shade on them readable."""
SURFACES: Sequence[Kind] = ("land", "built_up", "sand", "green", "water")
ROAD_METRES = {"main": 14.0, "street": 8.0, "lane": 5.0}
PATH_METRES = 1.6
DEGREES = 7
Feature = dict[str, Any]


def scene(shadows: Shadows) -> dict[str, Any]:
    """Buildings, trees, streets and plans in degrees, with metres where something has a height."""
    objects, look = shadows.objects, shadows.look
    houses = [
        {"height": round(float(height), 1) if np.isfinite(height) else None}
        for height in objects.height_m[objects.inside]
    ]
    is_drawn = current_app.config["BASE_MAP"] == "drawn"
    # PDOK's own map has names on it already.
    streets = [each for each in shadows.streets if is_drawn and each.geometry.length >= 60]
    return {
        "buildings": _collection(objects.footprints[objects.inside], houses),
        "trees": _trees(objects.trees, objects.trees_inside),
        "ground": _ground(look) if is_drawn else _collection([], []),
        "planted": [] if shadows.planted is None else _trees(shadows.planted),
        "streets": _collection(
            [shapely.line_merge(each.geometry) for each in streets],
            [{"name": each.name} for each in streets],
        ),
        "plans": _collection(
            [each.geometry for each in shown_plans(look)],
            [
                {"name": each.name, "colour": PLAN_COLOURS[each.phase_type]}
                for each in shown_plans(look)
            ],
        ),
    }


def _ground(look: Look) -> Feature:
    """What the drawn map shows on the ground of the square, from below to above, without names."""
    ground = ground_within(look.bounds, SCALE)
    found = [(shapely.box(*look.bounds), SEA)]
    for kind in SURFACES:
        found += [(each.geometry, FILL[kind]) for each in ground if each.kind == kind]
    lines = [each for each in ground if shapely.get_dimensions(each.geometry) == 1]
    found += [
        (each.geometry.buffer(PATH_METRES / 2), EDGE["path"])
        for each in lines
        if each.kind == "path"
    ]
    found += [
        (each.geometry.buffer(ROAD_METRES.get(each.road_class, 8.0) / 2), ROAD)
        for each in lines
        if each.kind == "road"
    ]
    cut = [(shapely.clip_by_rect(shape, *look.bounds), colour) for shape, colour in found]
    kept = [(shape, colour) for shape, colour in cut if shape.area > 0]
    return _collection([shape for shape, _ in kept], [{"colour": colour} for _, colour in kept])


def shown_plans(look: Look) -> list[Plan]:
    """What is done, and with the plans also what is not."""
    return [each for each in look.plans if look.with_plans or each.phase_type == "done"]


def shade(shadows: Shadows) -> dict[str, Any]:
    """The ground in shade and where the sun stands."""
    sun = shadows.look.sun()
    ground = shadows.drawn()
    return {
        "sun": {"azimuth": round(sun.azimuth, 2), "elevation": round(sun.elevation, 2)},
        "shadows": _collection([] if ground.is_empty else [ground], [{}]),
    }


def _collection(shapes: Sequence[Any] | NDArray[Any], properties: Sequence[Feature]) -> Feature:
    features = [
        {"type": "Feature", "properties": told, "geometry": mapping(place)}
        for place, told in zip(_degrees(shapes), properties, strict=False)
    ]
    return {"type": "FeatureCollection", "features": features}


def _degrees(shapes: Sequence[Any] | NDArray[Any]) -> list[BaseGeometry]:
    if not len(shapes):
        return []
    moved = to_lonlat(shapely.GeometryCollection(list(shapes)))
    return list(shapely.transform(moved, lambda places: places.round(DEGREES)).geoms)


def _trees(trees: Trees, chosen: NDArray[np.bool_] | None = None) -> list[list[float]]:
    """Longitude, latitude, radius, where the crown begins and its top; heights 0 when unknown."""
    places = np.arange(len(trees.positions)) if chosen is None else np.flatnonzero(chosen)
    if not len(places):
        return []
    points = shapely.get_coordinates(_degrees(shapely.points(trees.positions[places])))
    heights = np.nan_to_num(np.stack([trees.base_m, trees.height_m], axis=1)[places]).round(1)
    radii = trees.radius_m[places].round(1)
    return np.column_stack([points, radii, heights]).tolist()


def map_svg(shadows: Shadows) -> str:
    """The square from above: what covers the ground, shade, buildings, crowns, plans and names."""
    look, objects = shadows.look, shadows.objects
    frame = MapFrame(look.middle.x, look.middle.y, SCALE, SIDE_MM, SIDE_MM)
    ground = [each for each in ground_within(look.bounds, SCALE) if each.kind != "tree"]
    known = objects.known & objects.inside
    unknown = ~objects.known & objects.inside
    parts = [
        *draw_ground(frame, ground),
        *_plans(frame, shown_plans(look)),
        _fill(frame, [shadows.drawn()], SHADE, 'fill-opacity="0.5"'),
        _fill(frame, objects.footprints[unknown], FLAT, f'stroke="{INK}" stroke-width="0.1"'),
        _fill(frame, objects.footprints[known], BUILT, f'stroke="{INK}" stroke-width="0.15"'),
        _crowns(frame, objects.trees, CROWN),
        _crowns(frame, shadows.planted, PLANTED) if shadows.planted else "",
        *draw_names(frame, _names(shadows)),
        _marks(frame),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE_MM:g} {SIDE_MM:g}">'
        f"{''.join(parts)}</svg>"
    )


def _names(shadows: Shadows) -> list[Ground]:
    return [Ground("road", each.geometry, each.name) for each in shadows.streets]


def _fill(frame: MapFrame, shapes: Iterable[BaseGeometry], colour: str, more: str) -> str:
    path = "".join(polygon_path(frame, clipped(frame, each)) for each in shapes)
    return f'<path d="{path}" fill="{colour}" fill-rule="evenodd" {more}/>' if path else ""


def _crowns(frame: MapFrame, trees: Trees, colour: str) -> str:
    if not len(trees.positions):
        return ""
    crowns = crown_outlines(trees.positions, trees.radius_m)
    more = f'fill-opacity="0.75" stroke="{INK}" stroke-width="0.08"'
    return _fill(frame, crowns, colour, more).replace("evenodd", "nonzero")


def _plans(frame: MapFrame, plans: Iterable[Plan]) -> Iterable[str]:
    for plan in plans:
        colour = PLAN_COLOURS[plan.phase_type]
        wide = (
            plan.geometry.buffer(3) if shapely.get_dimensions(plan.geometry) < 2 else plan.geometry
        )
        more = f'fill-opacity="0.35" stroke="{colour}" stroke-width="0.6"'
        yield _fill(frame, [wide], colour, more)


def _marks(frame: MapFrame) -> str:
    """An arrow to the north and a scale bar."""
    bar = scale_bar(frame)
    left, low = 6.0, SIDE_MM - 6.0
    x, y = SIDE_MM - 10.0, 6.0
    return (
        f'<rect x="{left - 2:g}" y="{low - 6:g}" width="{bar.width + 16:g}" height="9" rx="1.5" '
        'fill="#ffffff" fill-opacity="0.85"/>'
        f'<path d="M{left:g} {low - 1.5:g}v1.5h{bar.width:.2f}v-1.5" fill="none" stroke="{INK}" '
        'stroke-width="0.5"/>'
        + text(f"{bar.metres} m", left, low - 2.4, 3, fill=INK)
        + f'<circle cx="{x:g}" cy="{y + 5:g}" r="8" fill="#ffffff" fill-opacity="0.85"/>'
        f'<path d="M{x:g} {y - 1:g}l2.4 7h-4.8z" fill="{INK}"/>'
        + text("N", x, y + 11, 4, text_anchor="middle", fill=INK)
    )
