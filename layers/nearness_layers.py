"""Catalogue entries: how far residents are from nature, sport and recreation (CBS nearness).

Names of the table's columns were read in stored code; their numbers differ per table. That CBS
measures by road for an average inhabitant is from memory.
"""

from layers.layer import Layer, Texts, texts
from layers.palettes import LEAF
from layers.sources.environment import CBS_NEARNESS
from layers.wording import CLASSES, KILOMETRES


def _nearness(column: str, figure: str, id_: str, title: Texts) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="surroundings",
        geometry="area_figure",
        source=CBS_NEARNESS,
        unit=KILOMETRES,
        figure=figure,
        scheme="quantiles",
        colours=LEAF,
        definition=_DISTANCE,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=1,
        reader="nearness",
        column=column,
        valid_range=(0.0, 200.0),
        provenance="register",
        uncertainty=_AVERAGE,
        download="https://opendata.cbs.nl/ODataApi/odata/86134NED",
    )


_DISTANCE = texts(
    nl="Hoe ver inwoners gemiddeld over de weg moeten naar de dichtstbijzijnde plek.",
    en="How far inhabitants must go by road, on average, to the nearest one.",
    tr="Sakinlerin en yakın yere yoldan ortalama uzaklığı.",
    ar="متوسط المسافة بالطريق التي يقطعها السكان إلى أقرب مكان.",
    pl="Jak daleko, średnio drogą, mieszkańcy mają do najbliższego miejsca.",
    uk="Як далеко, в середньому дорогою, мешканцям до найближчого місця.",
)
_AVERAGE = texts(
    nl="Een gemiddelde per gebied: voor één huis kan het verder of dichterbij zijn.",
    en="A mean per area: for one home it may be farther or nearer.",
    tr="Bölge ortalamasıdır: tek bir ev için daha uzak ya da yakın olabilir.",
    ar="متوسط لكل منطقة: قد يكون أبعد أو أقرب لبيت معين.",
    pl="Średnia dla obszaru: z jednego domu może być dalej lub bliżej.",
    uk="Середнє для території: для окремого дому може бути далі чи ближче.",
)

NEARNESS_LAYERS = (
    _nearness(
        "AfstandTotBos",
        "afstand_tot_bos",
        "distance_to_forest",
        texts(
            nl="Afstand tot bos",
            en="Distance to forest",
            tr="Ormana uzaklık",
            ar="المسافة إلى الغابة",
            pl="Odległość do lasu",
            uk="Відстань до лісу",
        ),
    ),
    _nearness(
        "AfstandTotDagrecreatiefTerrein",
        "afstand_tot_dagrcreatief_terrein",
        "distance_to_day_recreation",
        texts(
            nl="Afstand tot een terrein voor dagrecreatie",
            en="Distance to a day recreation area",
            tr="Günübirlik dinlenme alanına uzaklık",
            ar="المسافة إلى منطقة ترفيه نهارية",
            pl="Odległość do terenu rekreacji dziennej",
            uk="Відстань до місця денного відпочинку",
        ),
    ),
    _nearness(
        "AfstandTotOpenNatTerreinTotaal",
        "afstand_tot_open_natuur_terrein_totaal",
        "distance_to_open_nature",
        texts(
            nl="Afstand tot open natuur",
            en="Distance to open nature",
            tr="Açık doğa alanına uzaklık",
            ar="المسافة إلى الطبيعة المفتوحة",
            pl="Odległość do otwartej przyrody",
            uk="Відстань до відкритої природи",
        ),
    ),
    _nearness(
        "AfstandTotSportterrein",
        "afstand_tot_sportterrein",
        "distance_to_sports_ground",
        texts(
            nl="Afstand tot een sportterrein",
            en="Distance to a sports ground",
            tr="Spor alanına uzaklık",
            ar="المسافة إلى ملعب رياضي",
            pl="Odległość do terenu sportowego",
            uk="Відстань до спортивного майданчика",
        ),
    ),
    _nearness(
        "AfstandTotVolkstuin",
        "afstand_tot_volkstuin",
        "distance_to_allotment",
        texts(
            nl="Afstand tot een volkstuin",
            en="Distance to an allotment garden",
            tr="Hobi bahçesine uzaklık",
            ar="المسافة إلى حديقة أهلية",
            pl="Odległość do ogródków działkowych",
            uk="Відстань до громадських городів",
        ),
    ),
    _nearness(
        "AfstandTotRecreatiefBinnenwater",
        "afstand_tot_recreatief_binnenwater",
        "distance_to_recreational_water",
        texts(
            nl="Afstand tot water voor recreatie",
            en="Distance to water for recreation",
            tr="Dinlenme amaçlı suya uzaklık",
            ar="المسافة إلى مياه ترفيهية",
            pl="Odległość do wody rekreacyjnej",
            uk="Відстань до води для відпочинку",
        ),
    ),
)
