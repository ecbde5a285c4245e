"""Catalogue entries: what the ground is covered with, dwellings and buildings (BGT, BAG).

``fysiek_voorkomen`` as column name of the BGT's services is from memory; files in circulation
spell it ``bgt_fysiekvoorkomen``, ``plus_fysiekvoorkomen``, ``class`` or ``surfacematerial``, and
the reader knows all of these.
"""

from layers.layer import Category, Layer, NodataRule, Texts, texts
from layers.palettes import (
    ASPHALT,
    CLAY,
    GRASS,
    NO_DATA_BACKGROUND,
    PLAIN,
    ROAD,
    ROOF,
    SLATE,
    SOIL,
    STONE,
    TREES,
    WATER,
)
from layers.sources.environment import BAG, BGT
from layers.wording import CLASSES, KINDS, METRES, NO_UNIT

_COLLECTIONS = (
    "begroeidterreindeel,onbegroeidterreindeel,wegdeel,ondersteunendwegdeel,waterdeel,"
    "ondersteunendwaterdeel,pand"
)
_SURVEYED = texts(
    nl="Ingemeten op ongeveer 20 tot 30 cm. De kaart kan enkele maanden achterlopen.",
    en="Surveyed to about 20 to 30 cm. The map may be some months behind.",
    tr="Yaklaşık 20–30 cm doğrulukla ölçüldü. Harita birkaç ay geride olabilir.",
    ar="مقيسة بدقة 20 إلى 30 سم تقريبًا. قد تتأخر الخريطة بضعة أشهر.",
    pl="Pomierzone z dokładnością około 20–30 cm. Mapa może być opóźniona o kilka miesięcy.",
    uk="Виміряно з точністю близько 20–30 см. Карта може відставати на кілька місяців.",
)

GREENERY = Category(
    "begroeid",
    texts(
        nl="Begroeid",
        en="Vegetation",
        tr="Bitkili",
        ar="مغطى بالنبات",
        pl="Zieleń",
        uk="Рослинність",
    ),
    TREES,
)
WATER_PART = Category(
    "water", texts(nl="Water", en="Water", tr="Su", ar="ماء", pl="Woda", uk="Вода"), WATER, "lines"
)
BUILDING_PART = Category(
    "pand",
    texts(nl="Gebouw", en="Building", tr="Bina", ar="مبنى", pl="Budynek", uk="Будівля"),
    ROOF,
)
COVER_KINDS = (
    GREENERY,
    Category(
        "onbegroeid",
        texts(
            nl="Niet begroeid",
            en="Not vegetated",
            tr="Bitkisiz",
            ar="بلا نبات",
            pl="Bez zieleni",
            uk="Без рослин",
        ),
        SOIL,
        "dots",
    ),
    Category(
        "weg",
        texts(
            nl="Weg of pad", en="Road or path", tr="Yol", ar="طريق أو مسار", pl="Droga", uk="Дорога"
        ),
        ROAD,
    ),
    Category(
        "berm",
        texts(
            nl="Berm of oever",
            en="Verge or bank",
            tr="Yol ya da su kenarı",
            ar="حافة طريق أو ضفة",
            pl="Pobocze lub brzeg",
            uk="Узбіччя або берег",
        ),
        GRASS,
        "lines",
    ),
    WATER_PART,
    BUILDING_PART,
    Category(
        "overig",
        texts(nl="Overig", en="Other", tr="Diğer", ar="غير ذلك", pl="Inne", uk="Інше"),
        PLAIN,
        "cross",
    ),
)
PAVING_KINDS = (
    Category(
        "gesloten_verharding",
        texts(
            nl="Dicht verhard (asfalt)",
            en="Sealed (asphalt)",
            tr="Kapalı kaplama (asfalt)",
            ar="مرصوف مغلق (أسفلت)",
            pl="Szczelna nawierzchnia (asfalt)",
            uk="Суцільне покриття (асфальт)",
        ),
        ASPHALT,
    ),
    Category(
        "open_verharding",
        texts(
            nl="Open verhard (tegels, klinkers)",
            en="Paved with joints (tiles, bricks)",
            tr="Derzli kaplama (karo, tuğla)",
            ar="مرصوف بفواصل (بلاط، طوب)",
            pl="Nawierzchnia z fugami (płyty, kostka)",
            uk="Покриття зі швами (плитка, клінкер)",
        ),
        STONE,
        "lines",
    ),
    Category(
        "half_verhard",
        texts(
            nl="Half verhard (grind, schelpen)",
            en="Half paved (gravel, shells)",
            tr="Yarı kaplama (çakıl)",
            ar="نصف مرصوف (حصى)",
            pl="Częściowo utwardzona (żwir)",
            uk="Напівтверде (гравій)",
        ),
        SOIL,
        "dots",
    ),
    Category(
        "onverhard",
        texts(
            nl="Onverhard of zand",
            en="Unpaved or sand",
            tr="Kaplamasız ya da kum",
            ar="غير مرصوف أو رمل",
            pl="Nieutwardzona lub piasek",
            uk="Без покриття або пісок",
        ),
        SOIL,
    ),
    Category(
        "erf",
        texts(
            nl="Erf (niet verder bekend)",
            en="Yard (not known further)",
            tr="Avlu (ayrıntı bilinmiyor)",
            ar="فناء (غير محدد)",
            pl="Podwórze (bez szczegółów)",
            uk="Подвір'я (без деталей)",
        ),
        PLAIN,
        "cross",
    ),
    GREENERY,
    WATER_PART,
    BUILDING_PART,
    Category(
        "overig",
        texts(nl="Overig", en="Other", tr="Diğer", ar="غير ذلك", pl="Inne", uk="Інше"),
        NO_DATA_BACKGROUND,
        "dots",
    ),
)


def _surface(id_: str, title: Texts, definition: Texts, kinds: tuple[Category, ...]) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="ground",
        geometry="vector",
        source=BGT,
        unit=NO_UNIT,
        figure=None,
        scheme="quantiles",
        colours=SLATE,
        definition=definition,
        legend_text=KINDS,
        edition_rule="newest",
        nodata=NodataRule(),
        reader=id_,
        column=None,
        categories=kinds,
        provenance="register",
        uncertainty=_SURVEYED,
        download=f"https://api.pdok.nl/lv/bgt/ogc/v1/collections/{_COLLECTIONS}/items",
        shape="polygon",
        popup_fields=("name", "category"),
    )


GROUND_LAYERS = (
    _surface(
        "bgt_cover",
        texts(
            nl="Groen, weg, water en gebouwen",
            en="Green, roads, water and buildings",
            tr="Yeşil, yol, su ve binalar",
            ar="الخضرة والطرق والمياه والمباني",
            pl="Zieleń, drogi, woda i budynki",
            uk="Зелень, дороги, вода та будівлі",
        ),
        texts(
            nl="Waarmee de grond bedekt is, volgens de grootschalige kaart van de overheid (BGT).",
            en="What covers the ground, by the government's large-scale map (BGT).",
            tr="Devletin büyük ölçekli haritasına (BGT) göre zemin örtüsü.",
            ar="ما يغطي الأرض بحسب الخريطة الحكومية التفصيلية (BGT).",
            pl="Czym pokryty jest teren według wielkoskalowej mapy państwowej (BGT).",
            uk="Чим вкрита земля за великомасштабною державною картою (BGT).",
        ),
        COVER_KINDS,
    ),
    _surface(
        "bgt_paving",
        texts(
            nl="Verharding",
            en="Paving",
            tr="Zemin kaplaması",
            ar="الرصف",
            pl="Nawierzchnia",
            uk="Тверде покриття",
        ),
        texts(
            nl="Hoe hard de grond is: asfalt, tegels, grind, zand of groen (BGT).",
            en="How hard the ground is: asphalt, tiles, gravel, sand or green (BGT).",
            tr="Zeminin kaplaması: asfalt, karo, çakıl, kum ya da yeşil (BGT).",
            ar="نوع سطح الأرض: أسفلت أو بلاط أو حصى أو رمل أو خضرة (BGT).",
            pl="Jaka jest nawierzchnia: asfalt, płyty, żwir, piasek czy zieleń (BGT).",
            uk="Яке покриття: асфальт, плитка, гравій, пісок чи зелень (BGT).",
        ),
        PAVING_KINDS,
    ),
    Layer(
        id="bag_dwellings",
        title=texts(
            nl="Adressen met een woning",
            en="Addresses with a dwelling",
            tr="Konut adresleri",
            ar="عناوين المساكن",
            pl="Adresy z mieszkaniem",
            uk="Адреси з житлом",
        ),
        group="ground",
        geometry="vector",
        source=BAG,
        unit=NO_UNIT,
        figure=None,
        scheme="quantiles",
        colours=CLAY,
        definition=texts(
            nl="Elk adres (verblijfsobject) en waar het voor gebruikt wordt.",
            en="Each address (unit of use) and what it is used for.",
            tr="Her adres ve kullanım amacı.",
            ar="كل عنوان وغرض استعماله.",
            pl="Każdy adres i sposób jego użytkowania.",
            uk="Кожна адреса та її призначення.",
        ),
        legend_text=KINDS,
        edition_rule="newest",
        nodata=NodataRule(),
        reader="bag_dwellings",
        column="gebruiksdoel",
        categories=(
            Category(
                "woning",
                texts(
                    nl="Woning", en="Dwelling", tr="Konut", ar="مسكن", pl="Mieszkanie", uk="Житло"
                ),
                "#643004",
            ),
            Category(
                "ander_gebruik",
                texts(
                    nl="Ander gebruik",
                    en="Other use",
                    tr="Başka kullanım",
                    ar="استعمال آخر",
                    pl="Inne użytkowanie",
                    uk="Інше призначення",
                ),
                "#f3c992",
                "cross",
            ),
        ),
        provenance="register",
        uncertainty=texts(
            nl="Een adres is geen huishouden: leegstand staat er ook in.",
            en="An address is not a household: empty homes are in it too.",
            tr="Adres, hane demek değildir: boş konutlar da vardır.",
            ar="العنوان ليس أسرة: تشمل المساكن الفارغة أيضًا.",
            pl="Adres to nie gospodarstwo: są tu też pustostany.",
            uk="Адреса — не домогосподарство: порожнє житло теж враховано.",
        ),
        download="https://api.pdok.nl/kadaster/bag/ogc/v2/collections/verblijfsobject/items",
        shape="point",
        popup_fields=("name", "category"),
    ),
    Layer(
        id="bag_buildings",
        title=texts(
            nl="Gebouwen",
            en="Buildings",
            tr="Binalar",
            ar="المباني",
            pl="Budynki",
            uk="Будівлі",
        ),
        group="ground",
        geometry="vector",
        source=BAG,
        unit=METRES,
        figure=None,
        scheme="quantiles",
        colours=CLAY,
        definition=texts(
            nl="Gebouwen, met hun hoogte als die in het bestand staat.",
            en="Buildings, with their height when the file has it.",
            tr="Binalar, dosyada varsa yükseklikleriyle.",
            ar="المباني، مع ارتفاعها إن وُجد في الملف.",
            pl="Budynki, z wysokością, jeśli jest w pliku.",
            uk="Будівлі, з висотою, якщо вона є у файлі.",
        ),
        legend_text=CLASSES["quantiles"],
        edition_rule="newest",
        decimals=1,
        nodata=NodataRule({}, 0.0),
        reader="bag_buildings",
        column="hoogte",
        valid_range=(0.0, 400.0),
        provenance="register",
        uncertainty=_SURVEYED,
        download="https://api.pdok.nl/kadaster/bag/ogc/v2/collections/pand/items",
        shape="polygon",
    ),
)
