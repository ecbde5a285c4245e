"""Make a readable title from the name of a CBS column."""

from layers.layer import Texts, texts

_WORDS = {
    "perc": "percentage",
    "gem": "gemiddeld",
    "afst": "afstand",
    "incl": "inclusief",
    "excl": "exclusief",
    "ex": "exclusief",
    "geb": "geboren",
    "huish": "huishoudens",
    "levensm": "levensmiddelen",
    "dagel": "dagelijkse",
    "ov": "overige",
    "buitenpoli": "buitenpolikliniek",
    "herkomstlnd": "herkomstland",
    "dagrcreatief": "dagrecreatief",
    "km2": "km²",
    "percent": "procent",
    "ha": "hectare",
    "nl": "Nederland",
    "ao": "AO",
    "aow": "AOW",
    "ww": "WW",
    "wmo": "Wmo",
    "cafe": "café",
    "clienten": "cliënten",
    "personenautos": "personenauto's",
    "nederland": "Nederland",
    "europa": "Europa",
}


def column_title(key: str) -> Texts:
    """Write a column's name as words: in Dutch, as CBS does, and said so in other languages.

    >>> column_title("perc_huurwoningen_in_bezit_overige_verhuurders")["nl"]
    'Percentage huurwoningen in bezit overige verhuurders'
    """
    words = " ".join(_WORDS.get(word, word) for word in key.split("_"))
    title = words[:1].upper() + words[1:]
    return texts(
        nl=title,
        en=f"{title} (name in Dutch)",
        tr=f"{title} (Hollandaca adı)",
        ar=f"{title} (الاسم بالهولندية)",
        pl=f"{title} (nazwa niderlandzka)",
        uk=f"{title} (назва нідерландською)",
    )
