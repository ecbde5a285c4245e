"""Catalogue entries: social and economic status (CBS) and liveability (Leefbaarometer).

Measure codes of 85900NED were read in stored code that uses the table, the fields of Leefbaarometer
3.0 in its stored metadata.
"""

from layers.layer import (
    CBS_MISSING_CODES,
    Layer,
    NodataRule,
    OfficialClass,
    Texts,
    same_in_all,
    texts,
)
from layers.palettes import LEAF, PLUM, SCORE
from layers.sources.environment import CBS_SES, LIVEABILITY
from layers.wording import CLASSES, NO_UNIT, SCORE_POINTS


def _ses(column: str, figure: str, title: Texts) -> Layer:
    return Layer(
        id=figure,
        title=title,
        group="income",
        geometry="area_figure",
        source=CBS_SES,
        unit=NO_UNIT,
        figure=figure,
        scheme="quantiles",
        colours=PLUM,
        definition=_PERCENTILE,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=1,
        nodata=CBS_MISSING_CODES,
        reader="ses_woa",
        column=column,
        valid_range=(1.0, 100.0),
        provenance="register",
        uncertainty=_REGISTERED,
        download="https://datasets.cbs.nl/odata/v1/CBS/85900NED",
    )


_PERCENTILE = texts(
    nl="Gemiddelde plaats van de huishoudens in Nederland, van 1 (laagst) tot 100 (hoogst).",
    en="Mean place of the households within the Netherlands, from 1 (lowest) to 100 (highest).",
    tr="Hanelerin Hollanda içindeki ortalama yeri, 1 (en düşük) – 100 (en yüksek).",
    ar="متوسط موقع الأسر داخل هولندا، من 1 (الأدنى) إلى 100 (الأعلى).",
    pl="Średnia pozycja gospodarstw w Holandii, od 1 (najniżej) do 100 (najwyżej).",
    uk="Середнє місце домогосподарств у Нідерландах, від 1 (найнижче) до 100 (найвище).",
)
_REGISTERED = texts(
    nl="Uit registraties van CBS. Kleine aantallen zijn geheim en ontbreken.",
    en="From registers of Statistics Netherlands. Small numbers are secret and missing.",
    tr="CBS kayıtlarından. Küçük sayılar gizlidir ve yoktur.",
    ar="من سجلات مكتب الإحصاء. الأعداد الصغيرة سرية وغير موجودة.",
    pl="Z rejestrów CBS. Małe liczby są poufne i ich brak.",
    uk="З реєстрів CBS. Малі числа таємні й відсутні.",
)

SES_LAYERS = (
    _ses(
        "D007966_1",
        "ses_wealth",
        texts(
            nl="SES: welvaart (vermogen)",
            en="SES: wealth",
            tr="SES: servet",
            ar="الوضع الاجتماعي: الثروة",
            pl="SES: majątek",
            uk="SES: статки",
        ),
    ),
    _ses(
        "D007966_2",
        "ses_income",
        texts(
            nl="SES: inkomen",
            en="SES: income",
            tr="SES: gelir",
            ar="الوضع الاجتماعي: الدخل",
            pl="SES: dochód",
            uk="SES: дохід",
        ),
    ),
    _ses(
        "D007966_3",
        "ses_education",
        texts(
            nl="SES: opleiding",
            en="SES: education",
            tr="SES: eğitim",
            ar="الوضع الاجتماعي: التعليم",
            pl="SES: wykształcenie",
            uk="SES: освіта",
        ),
    ),
)

_LIVEABILITY_MODEL = texts(
    nl="Modelscore uit ongeveer honderd kenmerken van de omgeving. Geen mening van bewoners.",
    en="Model score from about a hundred features of the surroundings. No opinion of residents.",
    tr="Çevrenin yaklaşık yüz özelliğinden model puanı. Sakinlerin görüşü değildir.",
    ar="درجة نموذجية من نحو مئة سمة للمحيط، وليست رأي السكان.",
    pl="Wynik modelu z około stu cech otoczenia. To nie opinia mieszkańców.",
    uk="Модельний бал із близько ста ознак довкілля. Це не думка мешканців.",
)


def _class_label(score: int) -> Texts:
    if score == 5:
        return texts(
            nl="5: gemiddeld",
            en="5: average",
            tr="5: ortalama",
            ar="5: متوسط",
            pl="5: średnia",
            uk="5: середнє",
        )
    return same_in_all(str(score))


LIVEABILITY_CLASS = Layer(
    id="liveability_class",
    title=texts(
        nl="Leefbaarheid, klasse",
        en="Liveability, class",
        tr="Yaşanabilirlik sınıfı",
        ar="فئة جودة العيش",
        pl="Jakość życia, klasa",
        uk="Придатність для життя, клас",
    ),
    group="health",
    geometry="area_figure",
    source=LIVEABILITY,
    unit=NO_UNIT,
    figure="leefbaarometer_kscore",
    scheme="official",
    colours=SCORE,
    definition=texts(
        nl="Klasse van 1 (laagst) tot 9 (hoogst) van de Leefbaarometer; 5 is gemiddeld.",
        en="Class from 1 (lowest) to 9 (highest) of the Leefbaarometer; 5 is average.",
        tr="Leefbaarometer sınıfı, 1 (en düşük) – 9 (en yüksek); 5 ortalamadır.",
        ar="فئة Leefbaarometer من 1 (الأدنى) إلى 9 (الأعلى)؛ 5 متوسط.",
        pl="Klasa Leefbaarometer od 1 (najniższa) do 9 (najwyższa); 5 to średnia.",
        uk="Клас Leefbaarometer від 1 (найнижчий) до 9 (найвищий); 5 — середній.",
    ),
    legend_text=CLASSES["official"],
    edition_rule="newest",
    official_classes=tuple(OfficialClass(score, _class_label(score)) for score in range(1, 10)),
    nodata=NodataRule({}, -9990.0),
    reader="leefbaarometer",
    column="kscore",
    valid_range=(1.0, 9.0),
    provenance="modelled",
    uncertainty=_LIVEABILITY_MODEL,
    download="https://geo.leefbaarometer.nl/lbm3/ows?typeNames=lbm3:buurtscore24",
)


def _deviation(column: str, title: Texts) -> Layer:
    return Layer(
        id=f"liveability_{column}",
        title=title,
        group="health",
        geometry="area_figure",
        source=LIVEABILITY,
        unit=SCORE_POINTS,
        figure=f"leefbaarometer_{column}",
        scheme="quantiles",
        colours=LEAF,
        definition=_DEVIATION,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest",
        decimals=3,
        nodata=NodataRule({}, -9990.0),
        reader="leefbaarometer",
        column=column,
        valid_range=(-10.0, 10.0),
        provenance="modelled",
        uncertainty=_LIVEABILITY_MODEL,
        download="https://geo.leefbaarometer.nl/lbm3/ows?typeNames=lbm3:buurtscore24",
    )


_DEVIATION = texts(
    nl="Hoeveel hoger of lager dan gemiddeld Nederland. De vijf onderdelen tellen samen op tot "
    "het totaal.",
    en="How much above or below the Dutch average. The five parts add up to the total.",
    tr="Hollanda ortalamasının ne kadar üstünde ya da altında. Beş bölümün toplamı bütünü verir.",
    ar="كم فوق متوسط هولندا أو تحته. مجموع الأجزاء الخمسة يساوي الكل.",
    pl="O ile powyżej lub poniżej średniej w Holandii. Pięć części sumuje się do całości.",
    uk="На скільки вище чи нижче середнього в Нідерландах. П'ять частин разом дають ціле.",
)

LIVEABILITY_LAYERS = (
    LIVEABILITY_CLASS,
    _deviation(
        "afw",
        texts(
            nl="Leefbaarheid, verschil met gemiddeld",
            en="Liveability, difference from average",
            tr="Yaşanabilirlik, ortalamadan fark",
            ar="جودة العيش، الفرق عن المتوسط",
            pl="Jakość życia, różnica od średniej",
            uk="Придатність для життя, різниця від середнього",
        ),
    ),
    _deviation(
        "fys",
        texts(
            nl="Leefbaarheid: fysieke omgeving",
            en="Liveability: physical surroundings",
            tr="Yaşanabilirlik: fiziksel çevre",
            ar="جودة العيش: البيئة المادية",
            pl="Jakość życia: otoczenie fizyczne",
            uk="Придатність для життя: фізичне довкілля",
        ),
    ),
    _deviation(
        "onv",
        texts(
            nl="Leefbaarheid: overlast en onveiligheid",
            en="Liveability: nuisance and lack of safety",
            tr="Yaşanabilirlik: rahatsızlık ve güvensizlik",
            ar="جودة العيش: الإزعاج وانعدام الأمان",
            pl="Jakość życia: uciążliwości i brak bezpieczeństwa",
            uk="Придатність для життя: незручності та небезпека",
        ),
    ),
    _deviation(
        "soc",
        texts(
            nl="Leefbaarheid: sociale samenhang",
            en="Liveability: social cohesion",
            tr="Yaşanabilirlik: sosyal bağlar",
            ar="جودة العيش: الترابط الاجتماعي",
            pl="Jakość życia: więzi społeczne",
            uk="Придатність для життя: соціальна згуртованість",
        ),
    ),
    _deviation(
        "vrz",
        texts(
            nl="Leefbaarheid: voorzieningen",
            en="Liveability: amenities",
            tr="Yaşanabilirlik: olanaklar",
            ar="جودة العيش: المرافق",
            pl="Jakość życia: udogodnienia",
            uk="Придатність для життя: послуги",
        ),
    ),
    _deviation(
        "won",
        texts(
            nl="Leefbaarheid: woningen",
            en="Liveability: housing",
            tr="Yaşanabilirlik: konutlar",
            ar="جودة العيش: المساكن",
            pl="Jakość życia: mieszkania",
            uk="Придатність для життя: житло",
        ),
    ),
)
