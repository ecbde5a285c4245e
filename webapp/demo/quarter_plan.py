"""The plan of the invented quarter, in metres east and north of its own south-west corner.

Nothing here exists: street names, dwellings and postcodes are made up. A Dutch postcode starts at
1000, so one that starts with 0 belongs to nobody.
"""

from typing import NamedTuple

Corner = tuple[float, float]

QUARTER = "Zilverkwartier"
MUNICIPALITY_CODE = "GM0392"
POSTCODE_DIGITS = "0100"


class Way(NamedTuple):
    """A street or path; where two ways share a corner, or cross, one can turn."""

    name: str
    kind: str
    width: float
    corners: tuple[Corner, ...]


class Row(NamedTuple):
    """Dwellings with their front on the line start–end and their depth to the left of it."""

    street: str
    parity: int
    start: Corner
    end: Corner


class Flats(NamedTuple):
    """A block of flats, as a row: front on the line start–end, depth to the left of it."""

    street: str
    parity: int
    start: Corner
    end: Corner
    floors: int
    per_floor: int


WAYS = (
    Way("Zilverlindelaan", "street", 9, ((10, 222), (22, 222), (340, 222), (384, 222), (450, 222))),
    Way("Zonnewijzerlaan", "street", 7, ((22, 14), (22, 404))),
    Way("Regendropstraat", "street", 6, ((185, 14), (185, 404))),
    Way(
        "Waterspiegelkade",
        "street",
        6,
        ((323, 14), (330, 110), (333, 140), (340, 222), (331, 315), (318, 404)),
    ),
    Way(
        "Lisdoddekade",
        "street",
        6,
        ((367, 14), (374, 110), (384, 222), (375, 315), (362, 404)),
    ),
    Way("Kiezelstraat", "street", 6, ((22, 14), (323, 14))),
    Way("Sterrenmosstraat", "street", 6, ((22, 62), (185, 62))),
    Way("Kikkerbeetstraat", "street", 6, ((22, 122), (185, 122))),
    Way("Vuurvliegstraat", "street", 6, ((22, 172), (185, 172))),
    Way("Krekelhof", "street", 5, ((222, 14), (222, 140))),
    Way("Hommelhof", "street", 5, ((276, 14), (276, 140))),
    Way("Wolkenstraat", "street", 6, ((76, 222), (76, 404))),
    Way("Mistralstraat", "street", 6, ((131, 222), (131, 404))),
    Way("Noorderlichtstraat", "street", 6, ((22, 404), (318, 404))),
    Way("Maanvishof", "street", 5, ((371, 68), (440, 68), (440, 404), (362, 404))),
    Way("Hazelwormpad", "path", 2.5, ((104, 14), (104, 222))),
    Way("Duizendbladpad", "path", 2.5, ((22, 315), (185, 315))),
    Way("Klaverpad", "path", 3, ((185, 140), (222, 140), (276, 140), (333, 140))),
    Way("Libellenbrug", "path", 3, ((330, 110), (374, 110))),
    Way("Rietbrug", "path", 3, ((331, 315), (375, 315))),
    Way("Parkpad", "path", 3, ((185, 315), (212, 308), (250, 332), (298, 322), (331, 315))),
    Way("Parkpad", "path", 3, ((230, 222), (226, 262), (212, 308))),
    Way("Parkpad", "path", 3, ((340, 222), (310, 258), (303, 290), (298, 322))),
    Way("Parkpad", "path", 3, ((226, 262), (262, 250), (310, 258))),
    Way("Parkpad", "path", 3, ((250, 332), (256, 404))),
    Way("Schoolpad", "path", 3, ((250, 140), (250, 160))),
    Way("Speelpad", "path", 2.5, ((375, 315), (396, 330), (440, 330))),
)

_SOUTH_WEST = ((36, 98), (110, 172))
_NORTH_WEST = ((240, 308), (322, 390))


def _rows_along(
    street: str, parity: int, at: float, spans: tuple[Corner, ...], heading: str
) -> tuple[Row, ...]:
    """One row per span along a straight street; the heading keeps the dwelling on the left."""
    corners = {
        "east": [((a, at), (b, at)) for a, b in spans],
        "west": [((b, at), (a, at)) for a, b in spans],
        "north": [((at, a), (at, b)) for a, b in spans],
        "south": [((at, b), (at, a)) for a, b in spans],
    }
    return tuple(Row(street, parity, start, end) for start, end in corners[heading])


ROWS = (
    *_rows_along("Kiezelstraat", 1, 22, _SOUTH_WEST, "east"),
    *_rows_along("Sterrenmosstraat", 0, 54, _SOUTH_WEST, "west"),
    *_rows_along("Sterrenmosstraat", 1, 70, _SOUTH_WEST, "east"),
    *_rows_along("Kikkerbeetstraat", 0, 114, _SOUTH_WEST, "west"),
    *_rows_along("Kikkerbeetstraat", 1, 130, _SOUTH_WEST, "east"),
    *_rows_along("Vuurvliegstraat", 0, 164, _SOUTH_WEST, "west"),
    *_rows_along("Vuurvliegstraat", 1, 180, _SOUTH_WEST, "east"),
    *_rows_along("Zilverlindelaan", 0, 212, _SOUTH_WEST, "west"),
    *_rows_along("Krekelhof", 0, 214, ((26, 128),), "north"),
    *_rows_along("Krekelhof", 1, 230, ((26, 128),), "south"),
    *_rows_along("Hommelhof", 0, 268, ((26, 128),), "north"),
    *_rows_along("Hommelhof", 1, 284, ((26, 128),), "south"),
    Row("Waterspiegelkade", 1, (316, 30), (320, 98)),
    *_rows_along("Zonnewijzerlaan", 1, 31, _NORTH_WEST, "south"),
    *_rows_along("Wolkenstraat", 0, 68, _NORTH_WEST, "north"),
    *_rows_along("Wolkenstraat", 1, 84, _NORTH_WEST, "south"),
    *_rows_along("Mistralstraat", 0, 123, _NORTH_WEST, "north"),
    *_rows_along("Mistralstraat", 1, 139, _NORTH_WEST, "south"),
    *_rows_along("Regendropstraat", 0, 177, _NORTH_WEST, "north"),
)

FLATS = (
    Flats("Noorderlichtstraat", 0, (244, 394), (196, 394), 4, 4),
    Flats("Noorderlichtstraat", 0, (308, 394), (266, 394), 4, 4),
    Flats("Maanvishof", 0, (428, 92), (428, 140), 4, 5),
    Flats("Maanvishof", 0, (428, 158), (428, 206), 4, 5),
    Flats("Maanvishof", 0, (428, 240), (428, 288), 4, 5),
)

CANAL: tuple[Corner, ...] = ((345, -6), (352, 110), (362, 222), (353, 315), (340, 412), (336, 440))
CANAL_WIDTH = 17.0
DITCH: tuple[Corner, ...] = ((6, 424), (200, 420), (338, 424))
DITCH_WIDTH = 7.0
POND: tuple[Corner, ...] = (
    (240, 270), (262, 262), (284, 268), (292, 284), (284, 302), (264, 312), (246, 306), (252, 290),
)  # fmt: skip
PARK: tuple[Corner, ...] = ((194, 232), (333, 231), (324, 318), (316, 372), (194, 372))
SCHOOL: tuple[Corner, ...] = (
    (214, 162), (292, 162), (292, 178), (244, 178), (244, 204), (228, 204), (228, 178), (214, 178),
)  # fmt: skip
SCHOOLYARD: tuple[Corner, ...] = ((198, 148), (320, 148), (324, 210), (198, 210))
COMMUNITY_CENTRE: tuple[Corner, ...] = ((198, 234), (220, 234), (220, 258), (198, 258))
PLAYGROUND: tuple[Corner, ...] = ((396, 338), (430, 338), (430, 372), (394, 372))
SCHOOL_NAME = "Basisschool De Vuurvlieg"
COMMUNITY_CENTRE_NAME = "Buurthuis De Zilverlinde"
PLAYGROUND_NAME = "Speelplaats De Kikkersprong"
PARK_NAME = "Zilverpark"
CANAL_NAME = "Zilvervaart"
POND_NAME = "Libellenvijver"
