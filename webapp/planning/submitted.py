"""What the page's own forms send, turned into the one address that says the same.

A check box, an opacity or a typed place is a field of its own in a form. The address that is left
in the browser has each part of the state once. What is wrong is passed on as it is: the form of
the page names it.
"""

import re
from collections.abc import Callable, Sequence

from werkzeug.datastructures import MultiDict

from gis.measuring import Position
from webapp.planning.address import Drawn, position_words, read_position

OWN_FIELDS = frozenset({"pick", "on", "pick_areas", "area", "shape", "points"})
PER_LAYER = ("opacity-", "edition-")
MOST_LINES = 100
_OPEN = re.compile(r"([^@:]+)(?:@([^:]*))?(?::(.*))?")

Find = Callable[[str], Position | None]
"""The place of an address that was typed, or None."""


def rewritten(arguments: MultiDict[str, str], find: Find) -> dict[str, str] | None:
    """The parts of the address that a form's fields stand for; None: nothing to rewrite."""
    own = [name for name in arguments if name in OWN_FIELDS or name.startswith(PER_LAYER)]
    place = arguments.get("place", "")
    at_place = _position(place) if place else None
    if not own and at_place is None:
        return None
    state = {
        name: value
        for name, value in arguments.items()
        if value and name not in own and name != "csrf_token"
    }
    if "pick" in arguments or any(name.startswith(PER_LAYER) for name in own):
        state["layers"] = _layers(arguments)
    if "pick_areas" in arguments:
        state["areas"] = ",".join(arguments.getlist("area"))
        if arguments["pick_areas"] == "all":
            state["areas"] = ""
    if "points" in arguments:
        state |= _measure(arguments, find)
    if at_place is not None:
        state["selected"] = f"point:{position_words(at_place)}"
        state["place"] = ""
    state = {name: value for name, value in state.items() if value}
    # What could not be read stays as it was typed: the page says so instead of asking again.
    return None if state == arguments.to_dict() else state


def _layers(arguments: MultiDict[str, str]) -> str:
    """The layers in their order, those that were ticked now on top of the others."""
    before = [part for part in arguments.get("layers", "").split(",") if part]
    ids = [part.partition("@")[0].partition(":")[0] for part in before]
    ticked = arguments.getlist("on") if "pick" in arguments else ids
    added = [layer for layer in dict.fromkeys(ticked) if layer not in ids]
    kept = [part for layer, part in zip(ids, before, strict=True) if layer in ticked]
    return ",".join(_changed(part, arguments) for part in [*added, *kept])


def _changed(part: str, arguments: MultiDict[str, str]) -> str:
    found = _OPEN.fullmatch(part)
    if found is None:
        return part
    layer, edition, opacity = found.groups(default="")
    edition = arguments.get(f"edition-{layer}", "") or edition
    opacity = arguments.get(f"opacity-{layer}", "").strip() or opacity
    return layer + (f"@{edition}" if edition else "") + (f":{opacity}" if opacity else "")


def _measure(arguments: MultiDict[str, str], find: Find) -> dict[str, str]:
    """The places that were typed, one a line, as one shape; else what was typed, to be named."""
    typed = arguments["points"]
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if not lines:
        return {"measure": ""}
    positions = _positions(lines[: MOST_LINES + 1], find)
    kind = "area" if arguments.get("shape") == "area" else "line"
    if positions is None:
        return {"points": typed[:2000], "shape": kind, "measure": ""}
    return {"measure": str(Drawn(kind, positions))}


def _positions(lines: Sequence[str], find: Find) -> tuple[Position, ...] | None:
    found = []
    for line in lines:
        position = _position(line)
        if position is None and not any(character.isalpha() for character in line):
            return None
        place = position or find(line)
        if place is None:
            return None
        found.append(place)
    return tuple(found)


def _position(text: str) -> Position | None:
    try:
        return read_position(text)
    except ValueError:
        return None
