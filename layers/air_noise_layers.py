"""Catalogue entries: noise, air and how residents experience their surroundings (RIVM).

Sourced (stored metadata of data.rivm.nl/geo/alo): layer names, the classes of noise, that 0 means
that no source was modelled, and the columns of the perception layer. From memory, unverified:
cell sizes of 10 m (noise) and 25 m (air).
"""

from layers.layer import Layer, NodataRule, OfficialClass, Texts, same_in_all, texts
from layers.palettes import HAZE, LEAF, NOISE, ROSE
from layers.sources.environment import RIVM_AIR, RIVM_NOISE, RIVM_PERCEPTION
from layers.wording import (
    CLASSES,
    DECIBELS,
    MICROGRAMS,
    PERCENT,
    SURFACE_CLASSES,
    WHOLE_DECIBELS,
)

_NOISE_NODATA = NodataRule({0.0: "no_source"}, -1.0)
_AIR_NODATA = NodataRule({}, -1.0)
PERCEPTION_NODATA = NodataRule({-9999.0: "missing"}, -9990.0)

_MODELLED_YEAR = texts(
    nl="Berekend met een landelijk model. Vlak bij een bron kan het echte cijfer anders zijn.",
    en="Computed with a national model. Close to a source the true figure may differ.",
    tr="Ulusal bir modelle hesaplandı. Kaynağa yakın yerde gerçek değer farklı olabilir.",
    ar="محسوب بنموذج وطني. قرب المصدر قد يختلف الرقم الحقيقي.",
    pl="Obliczone modelem krajowym. Blisko źródła prawdziwa wartość może być inna.",
    uk="Розраховано за національною моделлю. Поблизу джерела справжнє значення може відрізнятися.",
)
_MODELLED_SURVEY = texts(
    nl="Modelschatting uit een vragenlijst. Zegt niets zeker over één straat of één maatregel.",
    en="Model estimate from a survey. Says nothing certain about one street or one measure.",
    tr="Anketten model tahmini. Tek bir sokak ya da önlem hakkında kesin bilgi vermez.",
    ar="تقدير نموذجي من استبيان. لا يقول شيئًا مؤكدًا عن شارع أو إجراء واحد.",
    pl="Szacunek modelowy z ankiety. Nic pewnego nie mówi o jednej ulicy czy działaniu.",
    uk="Модельна оцінка з опитування. Нічого певного про одну вулицю чи захід.",
)


def _noise(id_: str, title: Texts, definition: Texts) -> Layer:
    steps = ((45, "≤ 45"), (50, "46–50"), (55, "51–55"), (60, "56–60"), (65, "61–65"))
    return Layer(
        id=id_,
        title=title,
        group="air_noise",
        geometry="raster",
        source=RIVM_NOISE,
        unit=DECIBELS,
        figure=None,
        scheme="official",
        colours=NOISE,
        definition=definition,
        legend_text=WHOLE_DECIBELS,
        edition_rule="newest",
        decimals=1,
        official_classes=tuple(
            OfficialClass(upper, same_in_all(f"{label} dB"))
            for upper, label in (*steps, (70, "66–70"), (120, "≥ 71"))
        ),
        nodata=_NOISE_NODATA,
        reader="raster",
        valid_range=(1.0, 120.0),
        resolution=10.0,
        provenance="modelled",
        uncertainty=_MODELLED_YEAR,
        whole_numbers=True,
    )


def _air(id_: str, top: float, title: Texts, definition: Texts) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="air_noise",
        geometry="raster",
        source=RIVM_AIR,
        unit=MICROGRAMS,
        figure=None,
        scheme="quantiles",
        colours=HAZE,
        definition=definition,
        legend_text=SURFACE_CLASSES,
        edition_rule="newest",
        decimals=1,
        nodata=_AIR_NODATA,
        reader="raster",
        valid_range=(0.0, top),
        resolution=25.0,
        provenance="modelled",
        uncertainty=_MODELLED_YEAR,
    )


NOISE_AND_AIR = (
    _noise(
        "noise_lden",
        texts(
            nl="Geluid, alle bronnen",
            en="Noise, all sources",
            tr="Gürültü, tüm kaynaklar",
            ar="الضوضاء، كل المصادر",
            pl="Hałas, wszystkie źródła",
            uk="Шум, усі джерела",
        ),
        texts(
            nl="Geluid van verkeer, industrie en windmolens samen (Lden), gemiddeld over een jaar. "
            "Avond en nacht tellen zwaarder.",
            en="Noise of traffic, industry and wind turbines together (Lden), mean over a year. "
            "Evening and night weigh more.",
            tr="Trafik, sanayi ve rüzgâr türbinlerinin toplam gürültüsü (Lden), yıllık ortalama. "
            "Akşam ve gece daha ağır sayılır.",
            ar="ضوضاء المرور والصناعة وتوربينات الرياح معًا (Lden)، متوسط سنوي. المساء والليل أثقل.",
            pl="Hałas ruchu, przemysłu i wiatraków razem (Lden), średnio w roku. Wieczór i noc "
            "liczą się bardziej.",
            uk="Шум транспорту, промисловості та вітряків разом (Lden), у середньому за рік. Вечір "
            "і ніч важать більше.",
        ),
    ),
    _noise(
        "noise_lden_road",
        texts(
            nl="Geluid van wegverkeer",
            en="Noise of road traffic",
            tr="Karayolu trafiği gürültüsü",
            ar="ضوضاء حركة المرور",
            pl="Hałas drogowy",
            uk="Шум дорожнього руху",
        ),
        texts(
            nl="Geluid van wegverkeer (Lden), gemiddeld over een jaar. Avond en nacht tellen "
            "zwaarder.",
            en="Noise of road traffic (Lden), mean over a year. Evening and night weigh more.",
            tr="Karayolu gürültüsü (Lden), yıllık ortalama. Akşam ve gece daha ağır sayılır.",
            ar="ضوضاء المرور (Lden)، متوسط سنوي. المساء والليل أثقل.",
            pl="Hałas drogowy (Lden), średnio w roku. Wieczór i noc liczą się bardziej.",
            uk="Шум дорожнього руху (Lden), у середньому за рік. Вечір і ніч важать більше.",
        ),
    ),
    _air(
        "no2",
        400.0,
        texts(
            nl="Stikstofdioxide (NO₂)",
            en="Nitrogen dioxide (NO₂)",
            tr="Azot dioksit (NO₂)",
            ar="ثاني أكسيد النيتروجين (NO₂)",
            pl="Dwutlenek azotu (NO₂)",
            uk="Діоксид азоту (NO₂)",
        ),
        texts(
            nl="Hoeveel stikstofdioxide er in de lucht zit, gemiddeld over een jaar.",
            en="How much nitrogen dioxide is in the air, mean over a year.",
            tr="Havadaki azot dioksit miktarı, yıllık ortalama.",
            ar="كمية ثاني أكسيد النيتروجين في الهواء، متوسط سنوي.",
            pl="Ile dwutlenku azotu jest w powietrzu, średnio w roku.",
            uk="Скільки діоксиду азоту в повітрі, у середньому за рік.",
        ),
    ),
    _air(
        "pm25",
        300.0,
        texts(
            nl="Fijnstof (PM2,5)",
            en="Fine particles (PM2.5)",
            tr="İnce parçacıklar (PM2,5)",
            ar="الجسيمات الدقيقة (PM2.5)",
            pl="Pył drobny (PM2,5)",
            uk="Дрібний пил (PM2,5)",
        ),
        texts(
            nl="Hoeveel heel fijn stof er in de lucht zit, gemiddeld over een jaar.",
            en="How much very fine dust is in the air, mean over a year.",
            tr="Havadaki çok ince toz miktarı, yıllık ortalama.",
            ar="كمية الغبار الدقيق جدًا في الهواء، متوسط سنوي.",
            pl="Ile bardzo drobnego pyłu jest w powietrzu, średnio w roku.",
            uk="Скільки дуже дрібного пилу в повітрі, у середньому за рік.",
        ),
    ),
)


def _perception(column: str, title: Texts, colours: tuple[str, ...] = ROSE) -> Layer:
    return Layer(
        id=f"perception_{column.removeprefix('b_')}",
        title=title,
        group="air_noise",
        geometry="area_figure",
        source=RIVM_PERCEPTION,
        unit=PERCENT,
        figure=f"beleving_{column.removeprefix('b_')}",
        scheme="quantiles",
        colours=colours,
        definition=_PERCEIVED,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=1,
        nodata=PERCEPTION_NODATA,
        reader="perception",
        column=column,
        valid_range=(0.0, 100.0),
        provenance="modelled",
        uncertainty=_MODELLED_SURVEY,
        # The type's name carries its date; the publisher gives a new edition a new name.
        download="https://data.rivm.nl/geo/alo/wfs?typeNames=rivm_20251201_geluidhinder_bu_weg_2024",
    )


_PERCEIVED = texts(
    nl="Welk deel van de volwassen inwoners dit in een vragenlijst zegt, geschat per buurt.",
    en="What share of adult residents says so in a survey, estimated per neighbourhood.",
    tr="Yetişkin sakinlerin ne kadarının ankette böyle dediği, mahalle bazında tahmin.",
    ar="نسبة البالغين الذين يقولون ذلك في استبيان، مقدّرة لكل حي.",
    pl="Jaka część dorosłych mieszkańców tak mówi w ankiecie, szacunek dla dzielnicy.",
    uk="Яка частка дорослих мешканців так каже в опитуванні, оцінка для району.",
)

PERCEPTIONS = (
    _perception(
        "b_gel_weg",
        texts(
            nl="Geluidhinder door wegverkeer",
            en="Annoyed by noise of road traffic",
            tr="Karayolu gürültüsünden rahatsızlık",
            ar="الانزعاج من ضوضاء المرور",
            pl="Uciążliwość hałasu drogowego",
            uk="Роздратування шумом доріг",
        ),
    ),
    _perception(
        "b_gel_trei",
        texts(
            nl="Geluidhinder door treinen",
            en="Annoyed by noise of trains",
            tr="Tren gürültüsünden rahatsızlık",
            ar="الانزعاج من ضوضاء القطارات",
            pl="Uciążliwość hałasu pociągów",
            uk="Роздратування шумом потягів",
        ),
    ),
    _perception(
        "b_gel_vv",
        texts(
            nl="Geluidhinder door vliegverkeer",
            en="Annoyed by noise of aircraft",
            tr="Uçak gürültüsünden rahatsızlık",
            ar="الانزعاج من ضوضاء الطائرات",
            pl="Uciążliwość hałasu samolotów",
            uk="Роздратування шумом літаків",
        ),
    ),
    _perception(
        "b_gel_bu",
        texts(
            nl="Geluidhinder door buren",
            en="Annoyed by noise of neighbours",
            tr="Komşu gürültüsünden rahatsızlık",
            ar="الانزعاج من ضوضاء الجيران",
            pl="Uciążliwość hałasu sąsiadów",
            uk="Роздратування шумом сусідів",
        ),
    ),
    _perception(
        "b_sv_weg",
        texts(
            nl="Slecht slapen door wegverkeer",
            en="Sleep disturbed by road traffic",
            tr="Karayolu yüzünden uyku bozukluğu",
            ar="اضطراب النوم بسبب المرور",
            pl="Zaburzenia snu przez ruch drogowy",
            uk="Порушення сну через дороги",
        ),
    ),
    _perception(
        "b_tevr_gr",
        texts(
            nl="Tevreden met het groen",
            en="Satisfied with the greenery",
            tr="Yeşil alandan memnuniyet",
            ar="الرضا عن المساحات الخضراء",
            pl="Zadowolenie z zieleni",
            uk="Задоволеність зеленню",
        ),
        LEAF,
    ),
)

AIR_NOISE_LAYERS = (*NOISE_AND_AIR, *PERCEPTIONS)
