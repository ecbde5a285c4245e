"""A map in one HTML file, to download or mail: no network, no foreign code, a table beneath it.

folium draws the shapes; it is never given a word of text: it puts text into the page as code, and
reads text as a template on our side too. All text stands escaped in the table, and the pop-ups
copy it from there as plain text. A Content-Security-Policy in the file allows exactly our scripts
and nothing from outside.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import folium
from shapely.geometry import mapping, shape

from layers.layer import texts
from layers.palettes import LEAF

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_ZOOM_IN = texts(
    nl="Inzoomen", en="Zoom in", tr="Yakınlaştır", ar="تكبير", pl="Przybliż", uk="Збільшити"
)
_ZOOM_OUT = texts(
    nl="Uitzoomen", en="Zoom out", tr="Uzaklaştır", ar="تصغير", pl="Oddal", uk="Зменшити"
)
_CLOSE = texts(nl="Sluiten", en="Close", tr="Kapat", ar="إغلاق", pl="Zamknij", uk="Закрити")


@dataclass(frozen=True)
class Collection:
    """Features that belong together, with the columns of their table.

    ``features`` are GeoJSON features in CRS84 (degrees); ``columns`` are (property, heading)
    pairs. ``colour`` is ``#rrggbb``; a feature's property ``colour`` of that form goes before it.
    """

    name: str
    features: Sequence[Mapping[str, Any]]
    columns: Sequence[tuple[str, str]]
    colour: str = LEAF[3]


def standalone_map(
    title: str,
    language: str,
    direction: Literal["ltr", "rtl"],
    collections: Sequence[Collection],
    attribution: str,
    notice: str,
    *,
    vendor: Path,
) -> str:
    """Make the file's HTML; ``vendor`` is the folder with ``leaflet/leaflet.js`` and ``.css``.

    ``attribution`` names sources and dates; ``notice`` says what the reader must know, for
    instance that the map is schematic. Both stand on the page as plain text.

    Raises ValueError for a language, direction, colour or geometry that is none.
    """
    if not _LANGUAGE.fullmatch(language) or direction not in ("ltr", "rtl"):
        raise ValueError("language and direction must be such as nl and ltr")
    drawing, script = _drawing(collections, language)
    leaflet = _leaflet_script(vendor)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(language)}" dir="{direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(leaflet, script)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{_leaflet_style(vendor)}{_PAGE_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{escape(title)}</h1>",
            f'<p class="notice">{escape(notice)}</p>' if notice else "",
            f'<div class="frame" role="region" aria-label="{escape(title)}">{drawing}</div>',
            f"<p>{escape(attribution)}</p>",
            *(_table(place, collection) for place, collection in enumerate(collections)),
            "</main>",
            f"<script>{leaflet}</script>",
            f"<script>{script}</script>",
            "</body>",
            "</html>",
        ]
    )


def _drawing(collections: Sequence[Collection], language: str) -> tuple[str, str]:
    """Give the map's element and its script; only numbers, colours and our own words are in it."""
    drawn = folium.Map(location=(52.2, 5.3), zoom_start=7, tiles=None, zoom_control=False)
    drawn.options |= {"attribution_control": False, "fade_animation": False}
    shapes = []
    for place, collection in enumerate(collections):
        features = _bare_features(place, collection)
        if features:
            shapes.append((place, _shapes(features).add_to(drawn)))
    if shapes:
        bounds: Any = drawn.get_bounds()
        drawn.fit_bounds(bounds, padding=(20, 20))
    figure: Any = drawn.get_root()
    figure.render()
    names = {f"c{place}": layer.get_name() for place, layer in shapes}
    return figure.html.render(), figure.script.render() + _page_script(
        drawn.get_name(), names, language
    )


def _shapes(features: list[dict[str, Any]]) -> Any:
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: {
            "color": feature["properties"]["colour"],
            "fillColor": feature["properties"]["colour"],
            "fill": True,
            "fillOpacity": 0.5,
            "weight": 3,
        },
        marker=folium.CircleMarker(radius=8),
    )


def _bare_features(place: int, collection: Collection) -> list[dict[str, Any]]:
    features = []
    for row, feature in enumerate(collection.features):
        if feature.get("geometry") is None:
            continue
        own = str((feature.get("properties") or {}).get("colour", ""))
        colour = own if _COLOUR.fullmatch(own) else collection.colour
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f"not a colour: {colour}")
        features.append(
            {
                "type": "Feature",
                "id": f"c{place}r{row}",
                "properties": {"colour": colour},
                "geometry": _checked_geometry(feature["geometry"]),
            }
        )
    return features


def _checked_geometry(geometry: Any) -> Any:
    try:
        # Through shapely, so that nothing but a type and numbers is left.
        return mapping(shape(geometry))
    except Exception as error:
        raise ValueError("a feature's geometry could not be read") from error


def _table(place: int, collection: Collection) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for _, head in collection.columns)
    rows = []
    for row, feature in enumerate(collection.features):
        properties = feature.get("properties") or {}
        cells = "".join(f"<td>{_cell(properties.get(key))}</td>" for key, _ in collection.columns)
        rows.append(f'<tr id="c{place}r{row}">{cells}</tr>')
    return (
        f"<div class='table' role='group' tabindex='0' aria-label='{escape(collection.name)}'>"
        f"<table><caption id='c{place}'>{escape(collection.name)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    return "" if value is None else escape(str(value))


def _page_script(map_name: str, shapes: dict[str, str], language: str) -> str:
    words = {
        "zoomInTitle": _ZOOM_IN.get(language, _ZOOM_IN["en"]),
        "zoomOutTitle": _ZOOM_OUT.get(language, _ZOOM_OUT["en"]),
    }
    close = _CLOSE.get(language, _CLOSE["en"])
    layers = ",".join(f"{caption}: {shape}" for caption, shape in shapes.items())
    return (
        f"var map = {map_name}, shapes = {{{layers}}}, close = {json.dumps(close)};"
        f"L.control.zoom({json.dumps(words)}).addTo(map);{_PAGE_SCRIPT}"
    )


def _leaflet_script(vendor: Path) -> str:
    code = (vendor / "leaflet" / "leaflet.js").read_text(encoding="utf-8")
    # A browser's tools would look for the map of the source beside the file.
    code = re.sub(r"//# sourceMappingURL=\S+", "", code)
    return code.replace("</script", "<\\/script")


def _leaflet_style(vendor: Path) -> str:
    css = (vendor / "leaflet" / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\([^)]*\)", "none", css)


def _policy(*scripts: str) -> str:
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


# textContent on both sides: what the table shows as words stays words. Only Leaflet's list of
# layers wants HTML; it gets the caption as the browser itself writes it down safely.
_PAGE_SCRIPT = """
var list = {};
Object.keys(shapes).forEach(function (caption) {
  var safe = document.createElement('span');
  safe.textContent = document.getElementById(caption).textContent;
  list[safe.outerHTML] = shapes[caption];
  shapes[caption].bindPopup(function (layer) { return popup(layer.feature.id); });
});
if (Object.keys(list).length > 1) {
  L.control.layers({}, list, {collapsed: false}).addTo(map);
}
map.on('popupopen', function (event) {
  var shown = event.popup.getElement();
  var button = shown.querySelector('.leaflet-popup-close-button');
  button.setAttribute('aria-label', close);
  button.setAttribute('href', '#' + shown.querySelector('dl').dataset.row);
});
function popup(id) {
  var row = document.getElementById(id);
  var heads = row.closest('table').querySelectorAll('thead th');
  var list = document.createElement('dl');
  list.dataset.row = id;
  row.querySelectorAll('td').forEach(function (cell, place) {
    var term = document.createElement('dt');
    var words = document.createElement('dd');
    term.textContent = heads[place].textContent;
    words.textContent = cell.textContent;
    list.append(term, words);
  });
  return list;
}
"""

_PAGE_STYLE = """
body{margin:0;font:18px/1.5 system-ui,sans-serif;color:#1f2a24;background:#fff}
main{max-width:70rem;margin:0 auto;padding:1rem}
.notice{background:#f5f0e4;border-inline-start:6px solid #0c4d27;padding:.75rem 1rem}
.frame{height:70vh;min-height:20rem}
.folium-map{height:100%;background:#f5f0e4}
.leaflet-container{font:inherit}
.table{overflow-x:auto}
table{border-collapse:collapse;margin-block:1.5rem;width:100%}
caption{font-weight:700;text-align:start;padding-block:.5rem}
th,td{border-bottom:1px solid #8a8f8b;padding:.5rem;text-align:start;vertical-align:top}
dt{font-weight:700;overflow-wrap:anywhere}
dd{margin:0 0 .5rem;overflow-wrap:anywhere}
:focus-visible{outline:3px solid #0d4377;outline-offset:2px}
"""
