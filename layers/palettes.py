"""Colours for classes: one hue per subject, each step clearly darker than the one before.

Lightness alone carries the order, so the steps stay apart for readers with any kind of colour
blindness and on a black-and-white print; a test simulates that.
"""

SKY = ("#edf4fa", "#b9d3ea", "#7aa9d2", "#3a77ad", "#0d4377")
PLUM = ("#f5eef8", "#d6bfe4", "#ae88c8", "#7f51a4", "#4a1e72")
CLAY = ("#fdf2e2", "#f3c992", "#d9924a", "#a85c1a", "#643004")
LEAF = ("#eff7ea", "#bcdcae", "#7db878", "#3c8549", "#0c4d27")
SLATE = ("#f1f3f4", "#c9d0d4", "#97a3aa", "#606f78", "#2d3a42")

EMBER = ("#fef6e3", "#efa449", "#cc5f1a", "#903518", "#4a1510")
HAZE = ("#faf6e5", "#d8ae48", "#a6752a", "#714a21", "#382213")
ROSE = ("#fef4f5", "#f09bb1", "#db4879", "#972454", "#47142d")
DEEP = ("#edf8fc", "#72bce7", "#2b81d6", "#23509d", "#142351")

# One colour per official class: perceived temperature, night heat, noise, liveability.
HEAT = (
    "#fffae0",
    "#face57",
    "#f0a01a",
    "#d97b16",
    "#bc5e1b",
    "#9c451d",
    "#7c311d",
    "#571f18",
    "#210b0b",
)
NIGHT_HEAT = (
    "#ffffff",
    "#f5d3f8",
    "#e4adef",
    "#ce8ce4",
    "#b570d7",
    "#9959c8",
    "#7d46b5",
    "#5e3e8a",
    "#423262",
    "#28223b",
    "#030305",
)
NOISE = ("#fef8f9", "#f5b7d1", "#e87aba", "#d537ad", "#9d2793", "#661f6c", "#2c1235")
SCORE = (
    "#fef7fe",
    "#eec7f4",
    "#d5a0e9",
    "#b77ede",
    "#9562d2",
    "#724bc5",
    "#4e3aa4",
    "#312d74",
    "#171a37",
)

# Categories: told apart by lightness and, where two are alike, by pattern.
GRASS = "#bcdcae"
TREES = "#3c8549"
SOIL = "#e6cf9c"
STONE = "#97a3aa"
ASPHALT = "#2d3a42"
ROAD = "#c9d0d4"
ROOF = "#d9924a"
WATER = "#3a77ad"
PLAIN = "#f1f3f4"
PATTERN_MARKS = "#2d3a42"

# Marks what has no figure: never a fill that could be taken for a class.
NO_DATA_BACKGROUND = "#ffffff"
NO_DATA_LINES = "#6b6b6b"

# Outline of areas, drawn over every class.
OUTLINE = "#4a4a4a"
