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
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any, Literal

import folium
from shapely.geometry import mapping, shape

from gis.crs import Bounds
from layers.layer import texts
from layers.palettes import LEAF
from layers.print_marks import Pattern, swatch

MOST_FEATURES = 20_000

_PNG = b"\x89PNG\r\n\x1a\n"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_ZOOM_IN = texts(
    nl="Inzoomen", en="Zoom in", tr="Yakınlaştır", ar="تكبير", pl="Przybliż", uk="Збільшити"
)
_ZOOM_OUT = texts(
    nl="Uitzoomen", en="Zoom out", tr="Uzaklaştır", ar="تصغير", pl="Oddal", uk="Зменшити"
)
_LEFT_OUT = texts(
    nl="Niet alles past in dit bestand. Weggelaten: {count}.",
    en="Not everything fits in this file. Left out: {count}.",
    tr="Her şey bu dosyaya sığmıyor. Çıkarılan: {count}.",
    ar="لا يتسع هذا الملف لكل شيء. ما تم حذفه: {count}.",
    pl="Nie wszystko mieści się w tym pliku. Pominięto: {count}.",
    uk="Не все вміщується в цей файл. Пропущено: {count}.",
)
_CLOSE = texts(nl="Sluiten", en="Close", tr="Kapat", ar="إغلاق", pl="Zamknij", uk="Закрити")


@dataclass(frozen=True)
class Key:
    """A line of a legend: words beside a colour and pattern."""

    label: str
    colour: str
    pattern: Pattern = "solid"


@dataclass(frozen=True)
class PictureLayer:
    """A raster as PNG in web mercator, with the words that make it readable.

    ``bounds`` are its edges in degrees: west, south, east, north. ``note`` names unit and edition;
    ``warning`` stands first in the legend, for what was made up.
    """

    name: str
    png: bytes
    bounds: Bounds
    legend: Sequence[Key]
    note: str = ""
    warning: str = ""
    opacity: float = 0.8


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
    legend: Sequence[Key] = ()
    note: str = ""
    warning: str = ""


def standalone_map(
    title: str,
    language: str,
    direction: Literal["ltr", "rtl"],
    layers: Sequence[Collection | PictureLayer],
    attribution: str,
    notice: str,
    *,
    vendor: Path,
) -> str:
    """Make the file's HTML; ``vendor`` is the folder with ``leaflet/leaflet.js`` and ``.css``.

    ``attribution`` names sources and dates; ``notice`` says what the reader must know, for
    instance that the map is schematic. Both stand on the page as plain text. Pictures lie below
    shapes. Of more than ``MOST_FEATURES`` features the last are left out, and the file says so.

    Raises ValueError for a language, direction, colour or geometry that is none.
    """
    if not _LANGUAGE.fullmatch(language) or direction not in ("ltr", "rtl"):
        raise ValueError("language and direction must be such as nl and ltr")
    pictures = [each for each in layers if isinstance(each, PictureLayer)]
    collections, left_out = _bounded([each for each in layers if isinstance(each, Collection)])
    drawing, script = _drawing(collections, pictures, language)
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
            f'<p class="notice">{_left_out_words(left_out, language)}</p>' if left_out else "",
            f'<div class="frame" role="region" aria-label="{escape(title)}">{drawing}</div>',
            *(_legend(f"p{place}", picture) for place, picture in enumerate(pictures)),
            *(_legend("", each) for each in collections if each.legend or each.warning),
            f"<p>{escape(attribution)}</p>",
            *(_table(place, collection) for place, collection in enumerate(collections)),
            "</main>",
            f"<script>{leaflet}</script>",
            f"<script>{script}</script>",
            "</body>",
            "</html>",
        ]
    )


def _bounded(collections: Sequence[Collection]) -> tuple[list[Collection], int]:
    kept, room, left_out = [], MOST_FEATURES, 0
    for each in collections:
        left_out += max(0, len(each.features) - room)
        kept.append(replace(each, features=each.features[:room]))
        room -= len(kept[-1].features)
    return kept, left_out


def _left_out_words(count: int, language: str) -> str:
    return escape(_LEFT_OUT.get(language, _LEFT_OUT["en"]).format(count=count))


def _legend(name: str, layer: Collection | PictureLayer) -> str:
    """Give the legend of a layer; each line has a swatch and words."""
    lines = "".join(
        f"<li>{swatch(key.colour, key.pattern)} {escape(key.label)}</li>" for key in layer.legend
    )
    given = f" id='{name}'" if name else ""
    warning = f"<p class='notice'>{escape(layer.warning)}</p>" if layer.warning else ""
    note = f"<p>{escape(layer.note)}</p>" if layer.note else ""
    return (
        f"<section class='legend'><h2{given}>{escape(layer.name)}</h2>"
        f"{warning}{note}<ul>{lines}</ul></section>"
    ).replace("<svg ", "<svg aria-hidden='true' focusable='false' ")


def _drawing(
    collections: Sequence[Collection], pictures: Sequence[PictureLayer], language: str
) -> tuple[str, str]:
    """Give the map's element and its script; only numbers, colours and our own words are in it."""
    drawn = folium.Map(location=(52.2, 5.3), zoom_start=7, tiles=None, zoom_control=False)
    drawn.options |= {"attribution_control": False, "fade_animation": False}
    overlays = [_overlay(picture).add_to(drawn) for picture in pictures]
    shapes = []
    for place, collection in enumerate(collections):
        features = _bare_features(place, collection)
        if features:
            shapes.append((place, _shapes(features).add_to(drawn)))
    if shapes or overlays:
        bounds: Any = drawn.get_bounds()
        drawn.fit_bounds(bounds, padding=(20, 20))
    figure: Any = drawn.get_root()
    figure.render()
    names = {f"c{place}": layer.get_name() for place, layer in shapes}
    return figure.html.render(), figure.script.render() + _page_script(
        drawn.get_name(),
        names,
        {f"p{place}": overlay.get_name() for place, overlay in enumerate(overlays)},
        language,
    )


def _overlay(picture: PictureLayer) -> Any:
    west, south, east, north = picture.bounds
    address = "data:image/png;base64," + base64.b64encode(picture.png).decode()
    if not (picture.png.startswith(_PNG) and west < east and south < north):
        raise ValueError("a picture is a PNG between west and east, south and north")
    return folium.raster_layers.ImageOverlay(
        address, [[south, west], [north, east]], opacity=float(picture.opacity), pixelated=False
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


def _page_script(
    map_name: str, shapes: dict[str, str], pictures: dict[str, str], language: str
) -> str:
    words = {
        "zoomInTitle": _ZOOM_IN.get(language, _ZOOM_IN["en"]),
        "zoomOutTitle": _ZOOM_OUT.get(language, _ZOOM_OUT["en"]),
    }
    close = _CLOSE.get(language, _CLOSE["en"])
    layers = ",".join(f"{caption}: {shape}" for caption, shape in shapes.items())
    below = ",".join(f"{heading}: {overlay}" for heading, overlay in pictures.items())
    return (
        f"var map = {map_name}, shapes = {{{layers}}}, pictures = {{{below}}}, "
        f"close = {json.dumps(close)};"
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
function offer(place, layer) {
  var safe = document.createElement('span');
  safe.textContent = document.getElementById(place).textContent;
  list[safe.outerHTML] = layer;
}
Object.keys(pictures).forEach(function (heading) { offer(heading, pictures[heading]); });
Object.keys(shapes).forEach(function (caption) {
  offer(caption, shapes[caption]);
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
.leaflet-image-layer{image-rendering:pixelated}
.legend ul{list-style:none;padding:0}
.legend svg{vertical-align:middle;width:9mm;height:5mm}
.table{overflow-x:auto}
table{border-collapse:collapse;margin-block:1.5rem;width:100%}
caption{font-weight:700;text-align:start;padding-block:.5rem}
th,td{border-bottom:1px solid #8a8f8b;padding:.5rem;text-align:start;vertical-align:top}
dt{font-weight:700;overflow-wrap:anywhere}
dd{margin:0 0 .5rem;overflow-wrap:anywhere}
:focus-visible{outline:3px solid #0d4377;outline-offset:2px}
"""
