"""Catalogue entries: who lives in an area and what they live on (CBS key figures).

Definitions after CBS, Toelichting Wijk- en Buurtkaart 2022, 2023 en 2024.
"""

from layers.layer import Layer, Texts, texts
from layers.palettes import PLUM, SKY
from layers.sources.metadata import CBS_FIGURES
from layers.wording import (
    CLASSES,
    HOUSEHOLDS,
    INHABITANTS,
    PER_SQUARE_KILOMETRE,
    PERCENT,
    THOUSAND_EUROS,
)


def _people(id_: str, figure: str, unit: Texts, title: Texts, definition: Texts) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="people",
        geometry="area_figure",
        source=CBS_FIGURES,
        unit=unit,
        figure=figure,
        scheme="quantiles",
        colours=SKY,
        definition=definition,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest",
    )


def _income(id_: str, figure: str, unit: Texts, title: Texts, definition: Texts) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="income",
        geometry="area_figure",
        source=CBS_FIGURES,
        unit=unit,
        figure=figure,
        scheme="quantiles",
        colours=PLUM,
        definition=definition,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=1,
    )


PEOPLE_LAYERS = (
    _people(
        "population",
        "aantal_inwoners",
        INHABITANTS,
        texts(
            nl="Inwoners",
            en="Inhabitants",
            tr="Nüfus",
            ar="عدد السكان",
            pl="Mieszkańcy",
            uk="Кількість мешканців",
        ),
        texts(
            nl="Hoeveel mensen er wonen op 1 januari. CBS rondt af op vijftallen.",
            en="How many people live here on 1 January, rounded by the publisher to fives.",
            tr="1 Ocak'ta burada yaşayan kişi sayısı. CBS beşin katlarına yuvarlar.",
            ar="عدد المقيمين في 1 يناير، مقرّبًا إلى مضاعفات الخمسة.",
            pl="Ilu ludzi mieszka tu 1 stycznia. CBS zaokrągla do piątek.",
            uk="Скільки людей живе тут на 1 січня. CBS округлює до п’яти.",
        ),
    ),
    _people(
        "population_density",
        "bevolkingsdichtheid_inwoners_per_km2",
        PER_SQUARE_KILOMETRE,
        texts(
            nl="Bevolkingsdichtheid",
            en="Population density",
            tr="Nüfus yoğunluğu",
            ar="الكثافة السكانية",
            pl="Gęstość zaludnienia",
            uk="Густота населення",
        ),
        texts(
            nl="Het aantal inwoners per vierkante kilometer land.",
            en="The number of inhabitants per square kilometre of land.",
            tr="Kara alanının kilometrekaresi başına düşen kişi sayısı.",
            ar="عدد السكان لكل كيلومتر مربع من اليابسة.",
            pl="Liczba mieszkańców na kilometr kwadratowy lądu.",
            uk="Кількість мешканців на квадратний кілометр суходолу.",
        ),
    ),
    _people(
        "households",
        "aantal_huishoudens",
        HOUSEHOLDS,
        texts(
            nl="Huishoudens",
            en="Households",
            tr="Haneler",
            ar="الأسر المعيشية",
            pl="Gospodarstwa domowe",
            uk="Домогосподарства",
        ),
        texts(
            nl="Hoeveel huishoudens er zijn: mensen die samen of alleen wonen.",
            en="How many households there are: people who live together or alone.",
            tr="Hane sayısı: birlikte ya da yalnız yaşayan kişiler.",
            ar="عدد الأسر المعيشية: أشخاص يسكنون معًا أو بمفردهم.",
            pl="Ile jest gospodarstw: osób mieszkających razem lub samotnie.",
            uk="Скільки домогосподарств: людей, що живуть разом або самі.",
        ),
    ),
    _people(
        "share_65_and_older",
        "percentage_personen_65_jaar_en_ouder",
        PERCENT,
        texts(
            nl="Inwoners van 65 jaar en ouder",
            en="Inhabitants aged 65 and over",
            tr="65 yaş ve üzeri nüfus",
            ar="السكان بعمر 65 سنة فأكثر",
            pl="Mieszkańcy w wieku 65 lat i więcej",
            uk="Мешканці віком від 65 років",
        ),
        texts(
            nl="Welk deel van de inwoners 65 jaar of ouder is.",
            en="The share of inhabitants who are 65 or older.",
            tr="Nüfus içinde 65 yaş ve üzerindekilerin payı.",
            ar="نسبة السكان الذين بلغوا 65 سنة أو أكثر.",
            pl="Odsetek mieszkańców, którzy mają 65 lat lub więcej.",
            uk="Частка мешканців, яким 65 років або більше.",
        ),
    ),
    _people(
        "share_0_to_15",
        "percentage_personen_0_tot_15_jaar",
        PERCENT,
        texts(
            nl="Kinderen tot 15 jaar",
            en="Children under 15",
            tr="15 yaş altı çocuklar",
            ar="الأطفال دون 15 سنة",
            pl="Dzieci do 15 lat",
            uk="Діти до 15 років",
        ),
        texts(
            nl="Welk deel van de inwoners jonger is dan 15 jaar.",
            en="The share of inhabitants who are younger than 15.",
            tr="Nüfus içinde 15 yaşından küçüklerin payı.",
            ar="نسبة السكان الذين تقل أعمارهم عن 15 سنة.",
            pl="Odsetek mieszkańców, którzy nie mają jeszcze 15 lat.",
            uk="Частка мешканців, яким ще немає 15 років.",
        ),
    ),
    _people(
        "one_person_households",
        "percentage_eenpersoonshuishoudens",
        PERCENT,
        texts(
            nl="Mensen die alleen wonen",
            en="One-person households",
            tr="Tek kişilik haneler",
            ar="أسر من شخص واحد",
            pl="Gospodarstwa jednoosobowe",
            uk="Домогосподарства з однієї особи",
        ),
        texts(
            nl="Welk deel van de huishoudens uit één persoon bestaat.",
            en="The share of households that consist of one person.",
            tr="Haneler içinde tek kişilik olanların payı.",
            ar="نسبة الأسر المكوّنة من شخص واحد.",
            pl="Odsetek gospodarstw złożonych z jednej osoby.",
            uk="Частка домогосподарств, що складаються з однієї особи.",
        ),
    ),
    _income(
        "income_per_inhabitant",
        "gemiddeld_inkomen_per_inwoner",
        THOUSAND_EUROS,
        texts(
            nl="Gemiddeld inkomen per inwoner",
            en="Average income per inhabitant",
            tr="Kişi başına ortalama gelir",
            ar="متوسط الدخل للفرد",
            pl="Średni dochód na mieszkańca",
            uk="Середній дохід на мешканця",
        ),
        texts(
            nl="Het gemiddelde inkomen per inwoner per jaar. Dit cijfer komt later dan de "
            "andere: let op het jaar dat erbij staat.",
            en="The average yearly income per inhabitant. It is published later than other "
            "figures: mind the year that is named with it.",
            tr="Kişi başına yıllık ortalama gelir. Diğer verilerden sonra yayımlanır: yanında "
            "yazan yıla dikkat edin.",
            ar="متوسط الدخل السنوي للفرد. يُنشر بعد الأرقام الأخرى، فانتبه إلى السنة المذكورة.",
            pl="Średni roczny dochód na mieszkańca. Publikowany później niż inne dane: proszę "
            "zwrócić uwagę na podany rok.",
            uk="Середній річний дохід на мешканця. Його публікують пізніше за інші дані: "
            "зверніть увагу на вказаний рік.",
        ),
    ),
    _income(
        "low_income_households",
        "percentage_huishoudens_met_laag_inkomen",
        PERCENT,
        texts(
            nl="Huishoudens met een laag inkomen",
            en="Households with a low income",
            tr="Düşük gelirli haneler",
            ar="أسر منخفضة الدخل",
            pl="Gospodarstwa o niskim dochodzie",
            uk="Домогосподарства з низьким доходом",
        ),
        texts(
            nl="Welk deel van de huishoudens een laag inkomen heeft. Dit cijfer komt later dan "
            "de andere: let op het jaar dat erbij staat.",
            en="The share of households with a low income. It is published later than other "
            "figures: mind the year that is named with it.",
            tr="Düşük gelirli hanelerin payı. Diğer verilerden sonra yayımlanır: yanında yazan "
            "yıla dikkat edin.",
            ar="نسبة الأسر ذات الدخل المنخفض. تُنشر بعد الأرقام الأخرى، فانتبه إلى السنة المذكورة.",
            pl="Odsetek gospodarstw o niskim dochodzie. Publikowany później niż inne dane: "
            "proszę zwrócić uwagę na podany rok.",
            uk="Частка домогосподарств із низьким доходом. Її публікують пізніше за інші дані: "
            "зверніть увагу на вказаний рік.",
        ),
    ),
)
