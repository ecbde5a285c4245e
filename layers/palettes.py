"""Colours for classes: one hue per subject, each step clearly darker than the one before.

Lightness alone carries the order, so the steps stay apart for readers with any kind of colour
blindness and on a black-and-white print; a test simulates that.
"""

SKY = ("#edf4fa", "#b9d3ea", "#7aa9d2", "#3a77ad", "#0d4377")
PLUM = ("#f5eef8", "#d6bfe4", "#ae88c8", "#7f51a4", "#4a1e72")
CLAY = ("#fdf2e2", "#f3c992", "#d9924a", "#a85c1a", "#643004")
LEAF = ("#eff7ea", "#bcdcae", "#7db878", "#3c8549", "#0c4d27")
SLATE = ("#f1f3f4", "#c9d0d4", "#97a3aa", "#606f78", "#2d3a42")

# Marks what has no figure: never a fill that could be taken for a class.
NO_DATA_BACKGROUND = "#ffffff"
NO_DATA_LINES = "#6b6b6b"

# Outline of areas, drawn over every class.
OUTLINE = "#4a4a4a"
