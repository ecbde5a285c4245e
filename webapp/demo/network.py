"""The walking network of the drawn quarter, so that walking distances work in the demo."""

from webapp.trails.actions import build_drawn_network, drawn_ways


def load_network() -> None:
    """Build it when the drawing has paths; a drawing that is unchanged is built once."""
    if drawn_ways():
        build_drawn_network()
