"""Catalogue entries: homes, addresses, green and surface of an area (CBS key figures).

Definitions after CBS, Toelichting Wijk- en Buurtkaart 2022, 2023 en 2024.
"""

from layers.layer import Group, Layer, OfficialClass, Texts, texts
from layers.palettes import CLAY, LEAF, SLATE
from layers.sources.metadata import CBS_FIGURES
from layers.wording import (
    ADDRESSES_PER_SQUARE_KILOMETRE,
    CLASSES,
    HECTARES,
    KILOMETRES,
    NO_UNIT,
    PERCENT,
    THOUSAND_EUROS,
)

_COLOURS: dict[Group, tuple[str, ...]] = {"housing": CLAY, "surroundings": LEAF}


def _place(
    group: Group, key: tuple[str, str], unit: Texts, title: Texts, definition: Texts
) -> Layer:
    return Layer(
        id=key[0],
        title=title,
        group=group,
        geometry="area_figure",
        source=CBS_FIGURES,
        unit=unit,
        figure=key[1],
        scheme="quantiles",
        colours=_COLOURS[group],
        definition=definition,
        legend_text=CLASSES["quantiles"],
        edition_rule="newest_with_value",
        decimals=1 if unit is KILOMETRES else 0,
    )


URBANITY = Layer(
    id="urbanity",
    title=texts(
        nl="Stedelijkheid",
        en="Degree of urbanity",
        tr="Kentleşme derecesi",
        ar="درجة التحضر",
        pl="Stopień zurbanizowania",
        uk="Ступінь урбанізації",
    ),
    group="surroundings",
    geometry="area_figure",
    source=CBS_FIGURES,
    unit=NO_UNIT,
    figure="stedelijkheid_adressen_per_km2",
    scheme="official",
    # Class 1 is the most urban, so the darkest colour comes first.
    colours=tuple(reversed(SLATE)),
    definition=texts(
        nl="Een klasse van 1 tot en met 5, gemaakt van het aantal adressen in de omgeving.",
        en="A class from 1 to 5, made from the number of addresses around.",
        tr="Çevredeki adres sayısına göre 1'den 5'e kadar bir sınıf.",
        ar="فئة من 1 إلى 5 بحسب عدد العناوين في المحيط.",
        pl="Klasa od 1 do 5 na podstawie liczby adresów w okolicy.",
        uk="Клас від 1 до 5 за кількістю адрес довкола.",
    ),
    legend_text=CLASSES["official"],
    edition_rule="newest",
    official_classes=(
        OfficialClass(
            1,
            texts(
                nl="Zeer sterk stedelijk: 2500 adressen per km² of meer",
                en="Very strongly urban: 2500 addresses per km² or more",
                tr="Çok yoğun kentsel: km² başına 2500 adres ve üzeri",
                ar="حضري جدًا: 2500 عنوان لكل كم² أو أكثر",
                pl="Bardzo silnie miejski: 2500 adresów na km² lub więcej",
                uk="Дуже міський: 2500 адрес на км² або більше",
            ),
        ),
        OfficialClass(
            2,
            texts(
                nl="Sterk stedelijk: 1500 tot 2500",
                en="Strongly urban: 1500 to 2500",
                tr="Yoğun kentsel: 1500–2500",
                ar="حضري بقوة: من 1500 إلى 2500",
                pl="Silnie miejski: od 1500 do 2500",
                uk="Сильно міський: від 1500 до 2500",
            ),
        ),
        OfficialClass(
            3,
            texts(
                nl="Matig stedelijk: 1000 tot 1500",
                en="Moderately urban: 1000 to 1500",
                tr="Orta derecede kentsel: 1000–1500",
                ar="حضري باعتدال: من 1000 إلى 1500",
                pl="Umiarkowanie miejski: od 1000 do 1500",
                uk="Помірно міський: від 1000 до 1500",
            ),
        ),
        OfficialClass(
            4,
            texts(
                nl="Weinig stedelijk: 500 tot 1000",
                en="Hardly urban: 500 to 1000",
                tr="Az kentsel: 500–1000",
                ar="قليل التحضر: من 500 إلى 1000",
                pl="Słabo miejski: od 500 do 1000",
                uk="Маломіський: від 500 до 1000",
            ),
        ),
        OfficialClass(
            5,
            texts(
                nl="Niet stedelijk: minder dan 500",
                en="Not urban: fewer than 500",
                tr="Kentsel değil: 500'den az",
                ar="غير حضري: أقل من 500",
                pl="Niemiejski: mniej niż 500",
                uk="Неміський: менше ніж 500",
            ),
        ),
    ),
)

PLACE_LAYERS = (
    _place(
        "housing",
        ("rental_homes", "percentage_huurwoningen"),
        PERCENT,
        texts(
            nl="Huurwoningen",
            en="Rental homes",
            tr="Kiralık konutlar",
            ar="مساكن مؤجرة",
            pl="Mieszkania na wynajem",
            uk="Орендоване житло",
        ),
        texts(
            nl="Welk deel van de woningen wordt gehuurd.",
            en="The share of homes that are rented.",
            tr="Konutlar içinde kiralık olanların payı.",
            ar="نسبة المساكن المؤجرة.",
            pl="Odsetek mieszkań, które są wynajmowane.",
            uk="Частка житла, яке орендують.",
        ),
    ),
    _place(
        "housing",
        ("housing_corporation_homes", "perc_huurwoningen_in_bezit_woningcorporaties"),
        PERCENT,
        texts(
            nl="Huurwoningen van een woningcorporatie",
            en="Homes rented from a housing corporation",
            tr="Konut kurumuna ait kiralık konutlar",
            ar="مساكن مؤجرة من مؤسسة إسكان",
            pl="Mieszkania wynajmowane od korporacji mieszkaniowej",
            uk="Житло, орендоване у житлової корпорації",
        ),
        texts(
            nl="Welk deel van alle woningen van een woningcorporatie wordt gehuurd.",
            en="The share of all homes that are rented from a housing corporation.",
            tr="Tüm konutlar içinde konut kurumundan kiralananların payı.",
            ar="نسبة المساكن المؤجرة من مؤسسة إسكان إلى جميع المساكن.",
            pl="Odsetek wszystkich mieszkań wynajmowanych od korporacji mieszkaniowej.",
            uk="Частка всього житла, яке орендують у житлової корпорації.",
        ),
    ),
    _place(
        "housing",
        ("home_value", "gemiddelde_woningwaarde"),
        THOUSAND_EUROS,
        texts(
            nl="Gemiddelde WOZ-waarde van woningen",
            en="Average taxable value of homes (WOZ)",
            tr="Konutların ortalama vergi değeri (WOZ)",
            ar="متوسط القيمة الضريبية للمساكن (WOZ)",
            pl="Średnia wartość podatkowa mieszkań (WOZ)",
            uk="Середня оподатковувана вартість житла (WOZ)",
        ),
        texts(
            nl="De gemiddelde waarde van een woning volgens de gemeente (WOZ).",
            en="The average value of a home as set by the municipality (WOZ).",
            tr="Belediyenin belirlediği ortalama konut değeri (WOZ).",
            ar="متوسط قيمة المسكن كما تحددها البلدية (WOZ).",
            pl="Średnia wartość mieszkania według gminy (WOZ).",
            uk="Середня вартість житла за оцінкою муніципалітету (WOZ).",
        ),
    ),
    _place(
        "surroundings",
        ("address_density", "omgevingsadressendichtheid"),
        ADDRESSES_PER_SQUARE_KILOMETRE,
        texts(
            nl="Adressen in de omgeving",
            en="Density of addresses around",
            tr="Çevredeki adres yoğunluğu",
            ar="كثافة العناوين في المحيط",
            pl="Gęstość adresów w okolicy",
            uk="Щільність адрес довкола",
        ),
        texts(
            nl="Het gemiddelde aantal adressen per vierkante kilometer binnen 1 km van elk adres.",
            en="The average number of addresses per square kilometre within 1 km of each address.",
            tr="Her adresin 1 km çevresinde kilometrekare başına ortalama adres sayısı.",
            ar="متوسط عدد العناوين لكل كيلومتر مربع ضمن 1 كم من كل عنوان.",
            pl="Średnia liczba adresów na kilometr kwadratowy w promieniu 1 km od każdego adresu.",
            uk="Середня кількість адрес на квадратний кілометр у межах 1 км від кожної адреси.",
        ),
    ),
    URBANITY,
    _place(
        "surroundings",
        ("distance_to_public_green", "afstand_tot_openbaar_groen_totaal"),
        KILOMETRES,
        texts(
            nl="Afstand tot openbaar groen",
            en="Distance to public green",
            tr="Kamuya açık yeşil alana uzaklık",
            ar="المسافة إلى المساحات الخضراء العامة",
            pl="Odległość do zieleni publicznej",
            uk="Відстань до громадської зелені",
        ),
        texts(
            nl="Hoe ver inwoners gemiddeld over de weg gaan naar het dichtstbijzijnde openbare "
            "groen.",
            en="How far inhabitants travel by road, on average, to the nearest public green.",
            tr="Sakinlerin en yakın kamuya açık yeşil alana yoldan ortalama uzaklığı.",
            ar="متوسط المسافة بالطريق إلى أقرب مساحة خضراء عامة.",
            pl="Jak daleko, średnio drogą, mieszkańcy mają do najbliższej zieleni publicznej.",
            uk="Як далеко, в середньому дорогою, мешканцям до найближчої громадської зелені.",
        ),
    ),
    _place(
        "surroundings",
        ("distance_to_park", "afstand_tot_park_of_plantsoen"),
        KILOMETRES,
        texts(
            nl="Afstand tot een park of plantsoen",
            en="Distance to a park or public garden",
            tr="Parka ya da bahçeye uzaklık",
            ar="المسافة إلى حديقة أو متنزه",
            pl="Odległość do parku lub skweru",
            uk="Відстань до парку або скверу",
        ),
        texts(
            nl="Hoe ver inwoners gemiddeld over de weg gaan naar het dichtstbijzijnde park of "
            "plantsoen.",
            en="How far inhabitants travel by road, on average, to the nearest park or garden.",
            tr="Sakinlerin en yakın parka ya da bahçeye yoldan ortalama uzaklığı.",
            ar="متوسط المسافة بالطريق إلى أقرب حديقة أو متنزه.",
            pl="Jak daleko, średnio drogą, mieszkańcy mają do najbliższego parku lub skweru.",
            uk="Як далеко, в середньому дорогою, мешканцям до найближчого парку або скверу.",
        ),
    ),
    _place(
        "surroundings",
        ("land_surface", "oppervlakte_land_in_ha"),
        HECTARES,
        texts(
            nl="Oppervlakte land",
            en="Land surface",
            tr="Kara alanı",
            ar="مساحة اليابسة",
            pl="Powierzchnia lądu",
            uk="Площа суходолу",
        ),
        texts(
            nl="Hoe groot het land in dit gebied is, zonder water.",
            en="How large the land of this area is, without water.",
            tr="Bölgenin su hariç kara alanı.",
            ar="مساحة اليابسة في هذه المنطقة بدون المياه.",
            pl="Jak duży jest ląd na tym obszarze, bez wody.",
            uk="Яка площа суходолу на цій території, без води.",
        ),
    ),
    _place(
        "surroundings",
        ("water_surface", "oppervlakte_water_in_ha"),
        HECTARES,
        texts(
            nl="Oppervlakte water",
            en="Water surface",
            tr="Su alanı",
            ar="مساحة المياه",
            pl="Powierzchnia wody",
            uk="Площа води",
        ),
        texts(
            nl="Hoe groot het water in dit gebied is.",
            en="How large the water of this area is.",
            tr="Bölgenin su alanı.",
            ar="مساحة المياه في هذه المنطقة.",
            pl="Jak duża jest powierzchnia wody na tym obszarze.",
            uk="Яка площа води на цій території.",
        ),
    ),
)
