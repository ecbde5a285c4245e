"""The measure of what is drawn, in words that name how far RD is off at that place."""

from gis.measuring import Measured, measure
from webapp.planning.view import View


def measured(view: View) -> Measured | None:
    """Length and area of what the address draws; None while it has too few corners.

    An outline that crosses itself has no area: that too is None.
    """
    drawn = view.drawn
    if drawn is None:
        return None
    try:
        return measure(drawn.kind, drawn.positions)
    except ValueError:
        return None
