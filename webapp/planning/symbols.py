"""How wishes and interventions look on the map: a colour and a pictogram, always with words."""

from typing import Any

from flask import url_for
from flask_babel import gettext

# Light enough to tell apart, dark enough for a white pictogram (contrast of 4.5 or more).
THEME_SYMBOLS = {
    "air_noise": ("wind", "#5a5f9e"),
    "health_lifestyle": ("heart-pulse", "#a3355e"),
    "active_social": ("users", "#9a4a00"),
    "safe_clean": ("shield-alert", "#5b5300"),
    "facilities_layout": ("building-2", "#42576a"),
    "green": ("tree-deciduous", "#1f6b3a"),
}
PHASE_SYMBOLS = {"open": "lightbulb", "active": "construction", "done": "check", "stopped": "x"}
PHASE_COLOURS = {"open": "#3d6f99", "active": "#1d5f8a", "done": "#0b3a57", "stopped": "#6b6b6b"}


def symbols() -> list[dict[str, Any]]:
    """Every symbol: its id on the map, its words, its shape, colour and pictogram."""
    themes = [
        _symbol("theme", key, gettext(f"common.theme.{key}"), colour, pictogram)
        for key, (pictogram, colour) in THEME_SYMBOLS.items()
    ]
    phases = [
        _symbol("phase", key, gettext(f"planning.phase.{key}"), PHASE_COLOURS[key], pictogram)
        for key, pictogram in PHASE_SYMBOLS.items()
    ]
    return themes + phases


def _symbol(group: str, key: str, words: str, colour: str, pictogram: str) -> dict[str, Any]:
    return {
        "id": f"{group}-{key}",
        "group": group,
        "key": key,
        "words": words,
        "colour": colour,
        "icon": pictogram,
        "address": url_for("static", filename=f"vendor/icons/{pictogram}.svg"),
    }
