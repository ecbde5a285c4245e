"""Catalogue entries: health per neighbourhood (RIVM, GGD and CBS, table 50120NED).

The figures are SMAP model estimates: they follow from who lives somewhere, so they cannot show
what a measure in one street did (that sentence is from memory). Column names after the table's
stored metadata; a newer table may number them otherwise, so the reader matches on the name
without its number.
"""

from layers.layer import CBS_MISSING_CODES, Layer, Texts, texts
from layers.palettes import LEAF, ROSE
from layers.sources.environment import RIVM_HEALTH
from layers.wording import CLASSES, PERCENT

_MODEL_ESTIMATE = texts(
    nl="Modelschatting: volgt uit wie er wonen. Kan het effect van een maatregel niet laten zien.",
    en="Model estimate: follows from who lives here. Cannot show the effect of a measure.",
    tr="Model tahmini: kimlerin yaşadığına dayanır. Bir önlemin etkisini gösteremez.",
    ar="تقدير نموذجي: يعتمد على من يسكن هنا، ولا يُظهر أثر إجراء.",
    pl="Szacunek modelowy: wynika z tego, kto tu mieszka. Nie pokaże skutku działania.",
    uk="Модельна оцінка: залежить від складу мешканців. Не показує ефекту заходу.",
)
_ADULTS = texts(
    nl="Welk deel van de inwoners van 18 jaar en ouder dit heeft. Modelschatting.",
    en="What share of inhabitants aged 18 and over this holds for. Model estimate.",
    tr="18 yaş ve üzeri sakinlerin ne kadarı için geçerli olduğu. Model tahmini.",
    ar="نسبة السكان من 18 سنة فأكثر الذين ينطبق عليهم ذلك. تقدير نموذجي.",
    pl="Jakiej części mieszkańców od 18 lat to dotyczy. Szacunek modelowy.",
    uk="Якої частки мешканців від 18 років це стосується. Модельна оцінка.",
)


def _health(column: str, figure: str, title: Texts, colours: tuple[str, ...] = ROSE) -> Layer:
    return Layer(
        id=figure,
        title=title,
        group="health",
        geometry="area_figure",
        source=RIVM_HEALTH,
        unit=PERCENT,
        figure=figure,
        scheme="quantiles",
        colours=colours,
        definition=_ADULTS,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=1,
        nodata=CBS_MISSING_CODES,
        reader="health",
        column=column,
        valid_range=(0.0, 100.0),
        provenance="modelled",
        uncertainty=_MODEL_ESTIMATE,
        download="https://dataderden.cbs.nl/ODataApi/OData/50120NED",
    )


HEALTH_LAYERS = (
    _health(
        "ErvarenGezondheidGoedZeerGoed",
        "health_good",
        texts(
            nl="Goede ervaren gezondheid",
            en="Good perceived health",
            tr="İyi algılanan sağlık",
            ar="صحة محسوسة جيدة",
            pl="Dobre zdrowie we własnej ocenie",
            uk="Добре самопочуття",
        ),
        LEAF,
    ),
    _health(
        "VoldoetAanBeweegrichtlijn",
        "health_active",
        texts(
            nl="Beweegt genoeg",
            en="Enough physical activity",
            tr="Yeterli hareket",
            ar="نشاط بدني كافٍ",
            pl="Wystarczająca aktywność fizyczna",
            uk="Достатньо руху",
        ),
        LEAF,
    ),
    _health(
        "Overgewicht",
        "health_overweight",
        texts(
            nl="Overgewicht",
            en="Overweight",
            tr="Fazla kilo",
            ar="زيادة الوزن",
            pl="Nadwaga",
            uk="Надмірна вага",
        ),
    ),
    _health(
        "HoogRisicoOpAngstOfDepressie",
        "health_anxiety",
        texts(
            nl="Hoog risico op angst of depressie",
            en="High risk of anxiety or depression",
            tr="Yüksek kaygı ya da depresyon riski",
            ar="خطر مرتفع للقلق أو الاكتئاب",
            pl="Wysokie ryzyko lęku lub depresji",
            uk="Високий ризик тривоги чи депресії",
        ),
    ),
    _health(
        "HeelVeelStress",
        "health_stress",
        texts(
            nl="Veel stress",
            en="Much stress",
            tr="Çok stres",
            ar="ضغط نفسي كبير",
            pl="Duży stres",
            uk="Сильний стрес",
        ),
    ),
    _health(
        "Eenzaam",
        "health_lonely",
        texts(
            nl="Eenzaam",
            en="Lonely",
            tr="Yalnız",
            ar="الوحدة",
            pl="Samotność",
            uk="Самотність",
        ),
    ),
    _health(
        "ErnstigZeerErnstigEenzaam",
        "health_very_lonely",
        texts(
            nl="Ernstig eenzaam",
            en="Severely lonely",
            tr="Ağır yalnızlık",
            ar="وحدة شديدة",
            pl="Silna samotność",
            uk="Сильна самотність",
        ),
    ),
    _health(
        "MoeiteMetRondkomen",
        "health_hard_to_make_ends_meet",
        texts(
            nl="Moeite met rondkomen",
            en="Hard to make ends meet",
            tr="Geçim sıkıntısı",
            ar="صعوبة في تدبير المعيشة",
            pl="Trudno związać koniec z końcem",
            uk="Важко зводити кінці з кінцями",
        ),
    ),
)
