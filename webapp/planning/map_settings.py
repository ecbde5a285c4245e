"""What the map draws, for either renderer, as the page hands it over."""

from typing import Any

from flask import url_for
from shapely.geometry import LineString, Polygon, mapping

from layers import style
from layers.palettes import OUTLINE
from webapp.languages import current_language
from webapp.planning.choropleth import Choropleth
from webapp.planning.compare import Comparison, SideShown
from webapp.planning.forms import NO_FIGURE
from webapp.planning.overlay_style import overlay_settings
from webapp.planning.queries import Edition
from webapp.planning.value_sources import version
from webapp.planning.view import View

OUTLINES_ONLY: dict[str, Any] = {
    "maplibre": {"outline": {"paint": {"line-color": OUTLINE, "line-width": style.OUTLINE_WIDTH}}},
    "leaflet": {
        "fill": [],
        "path": {"color": OUTLINE, "weight": style.OUTLINE_WIDTH, "fillOpacity": 0.0},
        "no_figure": {"fillOpacity": 0.0},
    },
}


def map_settings(
    view: View, selected: dict[str, Any] | None, comparison: Comparison | None = None
) -> dict[str, Any]:
    """Tiles, files, styles and the selection; of a comparison also what lies on its right side."""
    filters = view.filter_state
    settings: dict[str, Any] = {
        "areas": area_settings(view, view.edition, view.areas, view.choropleth),
        "overlays": [overlay_settings(each.edition, each.opacity) for each in view.shown],
        "bounds": view.bounds,
        "centre": view.centre,
        "selected": selected,
        "measured": _measured(view),
        "compare": None,
    }
    language = current_language()
    for name, endpoint in (("wishes", "wish_tile"), ("interventions", "intervention_tile")):
        settings[name] = {
            "tiles": _tiles(f"planning.{endpoint}", **filters, language=language),
            "geojson": url_for("planning.download", table=name, file_format="geojson", **filters),
        }
    if comparison is not None:
        left, right = (_side(view, side) for side in (comparison.left, comparison.right))
        settings |= left
        settings["compare"] = {"mode": comparison.mode, "split": comparison.split, "right": right}
    return settings


def area_settings(
    view: View, edition: Edition | None, areas: Any, choropleth: Choropleth | None
) -> dict[str, Any] | None:
    """The areas of an edition, coloured by a figure; None where there are none."""
    if edition is None or not areas:
        return None
    filters = view.filter_state
    figure = view.figure.key if view.figure and choropleth else None
    names = ("layer", "case", "areas")
    state = view.state() if figure else view.state(layer=NO_FIGURE)
    shown = {name: value for name, value in state.items() if name in names}
    state = shown | {"level": edition.level, "year": str(edition.year)}
    return {
        "tiles": _tiles(
            "planning.area_tile",
            level=edition.level,
            year=edition.year,
            figure=figure,
            case=filters.get("case"),
            areas=filters.get("areas"),
            edition=max(row.figure_import or row.outline_import for row in areas),
            version=version(figure),
        ),
        "geojson": url_for("planning.download", table="areas", file_format="geojson", **state),
        "style": choropleth.painted() if choropleth else OUTLINES_ONLY,
    }


def _side(view: View, side: SideShown) -> dict[str, Any]:
    """What one side of a comparison draws instead of the areas and layers of the page."""
    if side.edition is not None:
        return {
            "areas": area_settings(view, view.edition, view.areas, None),
            "overlays": [overlay_settings(side.edition, 100)],
        }
    return {
        "areas": area_settings(view, side.year, side.rows, side.choropleth),
        "overlays": [],
    }


def _measured(view: View) -> dict[str, Any] | None:
    """What is measured, as GeoJSON, closed when it is an area."""
    drawn = view.drawn
    if drawn is None:
        return None
    positions = drawn.positions
    least = 3 if drawn.kind == "area" else 2
    if len(positions) < least:
        geometry: Any = {"type": "MultiPoint", "coordinates": positions}
    else:
        geometry = mapping((Polygon if drawn.kind == "area" else LineString)(positions))
    return {
        "kind": drawn.kind,
        "positions": positions,
        "geojson": {"type": "Feature", "properties": {}, "geometry": geometry},
    }


def _tiles(endpoint: str, **values: Any) -> str:
    address = url_for(endpoint, z=0, x=0, y=0, **values)
    return address.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
