"""A place in words, in the reader's language."""

from flask_babel import gettext

from webapp.areas.queries import Nearby
from webapp.languages import current_language, direction


def place_in_words(near: Nearby) -> str:
    """Such as: near Zilverlindelaan 12, in Meerwijk."""
    place, area = isolated(near.place), isolated(near.area)
    if place and area:
        return gettext("wishes.near.both", place=place, area=area)
    if place:
        return gettext("wishes.near.place", place=place)
    return gettext("wishes.near.area", area=area) if area else gettext("wishes.near.none")


def isolated(name: str | None) -> str:
    """A name that keeps its own direction within a text from right to left."""
    if not name or direction(current_language()) == "ltr":
        return name or ""
    return f"\u2068{name}\u2069"
