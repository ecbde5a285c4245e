"""Picture services (WMS): what they have, and tiles of what they draw.

Another server draws these layers: nothing can be read from them or measured in them. Only hosts on
the allow-list are asked (``services.allowed_host``), always on the address that was given: the
addresses that a service tells of itself are not followed. What comes back is drawn anew, so that
only pixels reach a reader.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from PIL import Image

from gis.crs import WEB, Bounds
from layers.drawing import TILE_PIXELS
from layers.sources.http import Host, SourceUnavailable

MAX_CAPABILITIES_BYTES = 20_000_000
MAX_TILE_BYTES = 2_000_000
MOST_LAYERS = 20
PICTURE_FORMAT = "image/png"
_BROKEN = (
    *(OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What Pillow raises for pictures that are cut, made wrong or made to swell."""
_CRS_NAME = {"1.3.0": "CRS", "1.1.1": "SRS"}
_OURS = frozenset(
    (
        *("service", "request", "version", "layers", "styles", "crs", "srs"),
        *("bbox", "width", "height", "format", "transparent"),
    )
)


@dataclass(frozen=True)
class Picture:
    """Layers of a WMS, drawn together: address of the service, their names, version to ask in."""

    address: str
    layers: tuple[str, ...]
    version: str


def names_in(address: str) -> tuple[str, ...]:
    """Give the layers that an address of a WMS asks for, none when it asks for none."""
    given = {name.lower(): value for name, value in parse_qsl(urlsplit(address).query)}
    return names_of(given.get("layers", ""))


def names_of(text: str) -> tuple[str, ...]:
    """Give the names in a list with commas."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def describe_picture(address: str, names: Sequence[str], host: Host) -> Picture:
    """Ask a WMS what it has and check that it draws these layers as PNG in EPSG:3857.

    Without names the service must have one layer only. Raises :class:`SourceUnavailable`: no
    answer, no WMS, or no such layer, CRS or format there.
    """
    asked = {"service": "WMS", "request": "GetCapabilities", "version": "1.3.0"}
    body, _type, _url = host.get(
        urlsplit(address).path, _own_parameters(address) | asked, MAX_CAPABILITIES_BYTES
    )
    try:
        root = fromstring(body)
    except (ParseError, ValueError, LookupError) as error:
        raise SourceUnavailable("The service did not describe itself as a WMS does.") from error
    version = root.get("version", "")
    if version not in _CRS_NAME or not _tag(root).startswith("WM"):
        raise SourceUnavailable("The service is not a WMS of version 1.3.0 or 1.1.1.")
    if PICTURE_FORMAT not in _formats(root):
        raise SourceUnavailable("The service does not draw pictures as PNG.")
    offered = {name: systems for name, systems in _layers(root, frozenset()) if name}
    chosen = tuple(names) or _only(offered)
    for name in chosen:
        if name not in offered:
            raise SourceUnavailable(f"The service has no layer {name}.{_told(offered)}")
        if f"EPSG:{WEB}" not in offered[name]:
            raise SourceUnavailable(f"The service does not draw {name} in EPSG:{WEB}.")
    return Picture(address, chosen, version)


def picture_tile(picture: Picture, bounds: Bounds, host: Host) -> bytes:
    """Have a tile drawn within bounds (EPSG:3857, metres): PNG, transparent where nothing is.

    Raises :class:`SourceUnavailable` when anything else than a PNG of that size comes back.
    """
    asked = {
        "service": "WMS",
        "request": "GetMap",
        "version": picture.version,
        "layers": ",".join(picture.layers),
        "styles": "",
        _CRS_NAME[picture.version]: f"EPSG:{WEB}",
        "bbox": ",".join(f"{edge:.3f}" for edge in bounds),
        "width": str(TILE_PIXELS),
        "height": str(TILE_PIXELS),
        "format": PICTURE_FORMAT,
        "transparent": "TRUE",
    }
    path = urlsplit(picture.address).path
    body, media_type, _url = host.get(
        path, _own_parameters(picture.address) | asked, MAX_TILE_BYTES
    )
    if media_type != PICTURE_FORMAT:
        raise SourceUnavailable(f"The service sent {media_type or 'no type'}, not a PNG.")
    return _drawn_anew(body)


def _drawn_anew(body: bytes) -> bytes:
    """The pixels of a PNG in a new one."""
    try:
        with Image.open(io.BytesIO(body), formats=["PNG"]) as image:
            if image.size != (TILE_PIXELS, TILE_PIXELS):
                raise SourceUnavailable("The service sent a picture of another size.")
            pixels = image.convert("RGBA")
    except _BROKEN as error:
        raise SourceUnavailable("The service sent a PNG that is broken.") from error
    clean = Image.new("RGBA", pixels.size)
    clean.paste(pixels)
    drawn = io.BytesIO()
    clean.save(drawn, "PNG")
    return drawn.getvalue()


def _own_parameters(address: str) -> dict[str, str]:
    """What an address says beside the words of WMS, such as the name of a map file."""
    given = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    return {name: value for name, value in given if name.lower() not in _OURS}


def _formats(root: Any) -> set[str]:
    drawing = (each for each in root.iter() if _tag(each) == "GetMap")
    return {(each.text or "").strip() for way in drawing for each in way if _tag(each) == "Format"}


def _layers(element: Any, above: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Name and CRSs of each layer; a layer has those of the layers around it too."""
    for child in element:
        if _tag(child) == "Layer":
            listed = (each.text or "" for each in child if _tag(each) in ("CRS", "SRS"))
            systems = above.union(*(each.split() for each in listed))
            yield _text(child, "Name"), systems
            yield from _layers(child, systems)
        elif _tag(child) == "Capability":
            yield from _layers(child, above)


def _only(offered: dict[str, frozenset[str]]) -> tuple[str, ...]:
    if len(offered) != 1:
        raise SourceUnavailable(f"Say which layers to show: --layers name.{_told(offered)}")
    return tuple(offered)


def _told(offered: dict[str, frozenset[str]]) -> str:
    names = list(offered)[:MOST_LAYERS]
    more = ", …" if len(offered) > MOST_LAYERS else ""
    return f" It has: {', '.join(names)}{more}." if names else " It has none."


def _text(element: Any, name: str) -> str:
    return next(((each.text or "").strip() for each in element if _tag(each) == name), "")


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
