"""Catalogue entries: heat on a summer day and in the night (Klimaateffectatlas, RIVM).

The steps of the official legends were read in the atlas's own stored legends. Not checked against
the publisher, and said so in each entry's texts or here: that the files are in EPSG:28992, that
the night heat map has cells of 10 m, and what the column with the distance to coolness is called.
"""

from layers.layer import Layer, NodataRule, OfficialClass, Texts, same_in_all, texts
from layers.palettes import EMBER, HEAT, NIGHT_HEAT
from layers.sources.environment import KEA_COOLNESS, KEA_PET, KEA_UHI
from layers.wording import CLASSES, DEGREES, METRES, WHOLE_DEGREES

# Numbers that the atlas's servers and files use for "no value".
HEAT_NODATA = NodataRule(
    {
        55537.0: "no_data_here",
        2147483647.0: "no_data_here",
        -9999.0: "no_data_here",
        -1.0: "no_data_here",
    }
)

_MODEL = texts(
    nl="Berekend voor één warme dag (1 juli 2015, 12 tot 18 uur). Geen meting; op één plek kan "
    "het enkele graden schelen.",
    en="Modelled for one hot day (1 July 2015, noon to 6 pm). Not measured; at one spot it may be "
    "a few degrees off.",
    tr="Tek bir sıcak gün için hesaplandı (1 Temmuz 2015, 12–18). Ölçüm değildir; bir noktada "
    "birkaç derece sapabilir.",
    ar="محسوب ليوم حار واحد (1 يوليو 2015، من 12 إلى 18). ليس قياسًا، وقد يختلف بضع درجات.",
    pl="Obliczone dla jednego gorącego dnia (1 lipca 2015, 12–18). To nie pomiar; w jednym "
    "miejscu może różnić się o kilka stopni.",
    uk="Розраховано для одного спекотного дня (1 липня 2015, 12–18 год). Це не вимір; в одній "
    "точці можлива різниця в кілька градусів.",
)


def _heat_class(upper: float, degrees: str, strength: Texts) -> OfficialClass:
    label = {language: f"{degrees} °C: {word}" for language, word in strength.items()}
    return OfficialClass(upper, texts(**label))


_NONE = texts(
    nl="weinig of geen hittestress",
    en="little or no heat stress",
    tr="az ya da hiç ısı stresi yok",
    ar="إجهاد حراري قليل أو معدوم",
    pl="mały stres cieplny lub brak",
    uk="малий тепловий стрес або немає",
)
_MODERATE = texts(
    nl="matige hittestress",
    en="moderate heat stress",
    tr="orta ısı stresi",
    ar="إجهاد حراري متوسط",
    pl="umiarkowany stres cieplny",
    uk="помірний тепловий стрес",
)
_STRONG = texts(
    nl="sterke hittestress",
    en="strong heat stress",
    tr="güçlü ısı stresi",
    ar="إجهاد حراري قوي",
    pl="silny stres cieplny",
    uk="сильний тепловий стрес",
)


def _extreme(step: int) -> Texts:
    return texts(
        nl=f"extreme hittestress {step}",
        en=f"extreme heat stress {step}",
        tr=f"aşırı ısı stresi {step}",
        ar=f"إجهاد حراري شديد {step}",
        pl=f"ekstremalny stres cieplny {step}",
        uk=f"екстремальний тепловий стрес {step}",
    )


PET_CLASSES = (
    _heat_class(31, "< 32", _NONE),
    _heat_class(34, "32–34", _MODERATE),
    _heat_class(37, "35–37", _STRONG),
    _heat_class(40, "38–40", _STRONG),
    _heat_class(43, "41–43", _extreme(1)),
    _heat_class(45, "44–45", _extreme(1)),
    _heat_class(48, "46–48", _extreme(2)),
    _heat_class(50, "49–50", _extreme(2)),
    _heat_class(70, "> 50", _extreme(3)),
)

PERCEIVED_TEMPERATURE = Layer(
    id="pet",
    title=texts(
        nl="Gevoelstemperatuur op een hete dag",
        en="Perceived temperature on a hot day",
        tr="Sıcak bir günde hissedilen sıcaklık",
        ar="الحرارة المحسوسة في يوم حار",
        pl="Temperatura odczuwalna w upalny dzień",
        uk="Відчутна температура у спекотний день",
    ),
    group="heat",
    geometry="raster",
    source=KEA_PET,
    unit=DEGREES,
    figure=None,
    scheme="official",
    colours=HEAT,
    definition=texts(
        nl="Hoe warm het voelt (PET) op een hete zomermiddag, gemiddeld van 12 tot 18 uur.",
        en="How warm it feels (PET) on a hot summer afternoon, mean from noon to 6 pm.",
        tr="Sıcak bir yaz öğleden sonrasında ne kadar sıcak hissedildiği (PET), 12–18 ortalaması.",
        ar="مدى الشعور بالحرارة (PET) في ظهيرة صيفية حارة، متوسط من 12 إلى 18.",
        pl="Jak ciepło się odczuwa (PET) w upalne letnie popołudnie, średnia z godzin 12–18.",
        uk="Наскільки тепло відчувається (PET) спекотного літнього дня, середнє за 12–18 год.",
    ),
    legend_text=WHOLE_DEGREES,
    edition_rule="newest",
    decimals=1,
    official_classes=PET_CLASSES,
    nodata=HEAT_NODATA,
    reader="raster",
    valid_range=(0.0, 70.0),
    resolution=1.0,
    provenance="modelled",
    uncertainty=_MODEL,
    whole_numbers=True,
)

PERCEIVED_TEMPERATURE_MEAN = Layer(
    id="pet_neighbourhood",
    title=texts(
        nl="Gevoelstemperatuur per buurt, gemiddeld",
        en="Mean perceived temperature per neighbourhood",
        tr="Mahalle başına ortalama hissedilen sıcaklık",
        ar="متوسط الحرارة المحسوسة في كل حي",
        pl="Średnia temperatura odczuwalna w dzielnicy",
        uk="Середня відчутна температура в районі",
    ),
    group="heat",
    geometry="area_figure",
    source=KEA_PET,
    unit=DEGREES,
    figure="pet_mean",
    scheme="official",
    colours=HEAT,
    definition=texts(
        nl="Het gemiddelde van de gevoelstemperatuur (PET) in de buurt, zoals de maker het geeft.",
        en="The mean perceived temperature (PET) in the neighbourhood, as the publisher gives it.",
        tr="Yayımlayanın verdiği, mahalledeki ortalama hissedilen sıcaklık (PET).",
        ar="متوسط الحرارة المحسوسة (PET) في الحي كما تعطيه الجهة الناشرة.",
        pl="Średnia temperatura odczuwalna (PET) w dzielnicy, według wydawcy.",
        uk="Середня відчутна температура (PET) у районі, за даними видавця.",
    ),
    legend_text=WHOLE_DEGREES,
    edition_rule="newest",
    decimals=1,
    official_classes=PET_CLASSES,
    nodata=HEAT_NODATA,
    reader="pet_neighbourhood",
    column="_mean",
    valid_range=(0.0, 70.0),
    provenance="modelled",
    uncertainty=_MODEL,
    whole_numbers=True,
)


def _beyond(upper: float, label: str) -> OfficialClass:
    metres = {language: f"{label} {unit}" for language, unit in METRES.items()}
    return OfficialClass(upper, texts(**metres))


DISTANCE_TO_COOLNESS = Layer(
    id="distance_to_coolness",
    title=texts(
        nl="Afstand tot koelte",
        en="Distance to a cool place",
        tr="Serin bir yere uzaklık",
        ar="المسافة إلى مكان بارد",
        pl="Odległość do chłodnego miejsca",
        uk="Відстань до прохолодного місця",
    ),
    group="heat",
    geometry="vector",
    source=KEA_COOLNESS,
    unit=METRES,
    figure=None,
    scheme="official",
    colours=EMBER,
    definition=texts(
        nl="Hoe ver het lopen is van een gebouw naar een koele plek: 200 m² of meer, niet warmer "
        "dan 35 °C gevoelstemperatuur. De norm is 300 meter.",
        en="How far it is to walk from a building to a cool place: 200 m² or more, not above "
        "35 °C perceived temperature. The norm is 300 metres.",
        tr="Bir binadan serin bir yere yürüme mesafesi: en az 200 m², hissedilen sıcaklık en çok "
        "35 °C. Norm 300 metredir.",
        ar="مسافة المشي من مبنى إلى مكان بارد: 200 م² أو أكثر، وحرارة محسوسة لا تتجاوز 35 °م. "
        "المعيار 300 متر.",
        pl="Jak daleko pieszo z budynku do chłodnego miejsca: co najmniej 200 m², odczuwalnie do "
        "35 °C. Norma to 300 metrów.",
        uk="Скільки йти від будівлі до прохолодного місця: від 200 м², відчутна температура до "
        "35 °C. Норма — 300 метрів.",
    ),
    legend_text=CLASSES["official"],
    edition_rule="newest",
    official_classes=(
        _beyond(100, "< 100"),
        _beyond(300, "100–300"),
        _beyond(500, "300–500"),
        _beyond(1000, "500–1000"),
        _beyond(100_000, "> 1000"),
    ),
    nodata=HEAT_NODATA,
    reader="coolness",
    column="afstand",
    valid_range=(0.0, 100_000.0),
    provenance="modelled",
    uncertainty=texts(
        nl="Berekend met de hittekaart en een wegenkaart. Paden die niet op de kaart staan tellen "
        "niet mee.",
        en="Modelled from the heat map and a road map. Paths that are not on the map do not count.",
        tr="Isı haritası ve yol haritasından hesaplandı. Haritada olmayan yollar sayılmaz.",
        ar="محسوبة من خريطة الحرارة وخريطة الطرق. المسارات غير المرسومة لا تُحسب.",
        pl="Obliczone z mapy upałów i mapy dróg. Ścieżki spoza mapy nie są liczone.",
        uk="Розраховано за картою спеки та картою доріг. Стежки поза картою не враховано.",
    ),
    shape="polygon",
)

_UHI_STEPS = [place / 5 for place in range(1, 11)]

NIGHT_HEAT_ISLAND = Layer(
    id="urban_heat_island",
    title=texts(
        nl="Stedelijk hitte-eiland",
        en="Urban heat island",
        tr="Kentsel ısı adası",
        ar="الجزيرة الحرارية الحضرية",
        pl="Miejska wyspa ciepła",
        uk="Міський острів тепла",
    ),
    group="heat",
    geometry="raster",
    source=KEA_UHI,
    unit=DEGREES,
    figure=None,
    scheme="official",
    colours=NIGHT_HEAT,
    definition=texts(
        nl="Hoeveel warmer het 's nachts in de stad is dan in het landelijk gebied, gemiddeld "
        "over een jaar.",
        en="How much warmer nights are in town than in the countryside, mean over a year.",
        tr="Gecelerin kentte kırsala göre ne kadar daha sıcak olduğu, yıllık ortalama.",
        ar="كم تزيد حرارة الليل في المدينة عن الريف، متوسط سنوي.",
        pl="O ile cieplejsze są noce w mieście niż na wsi, średnio w roku.",
        uk="Наскільки тепліші ночі в місті, ніж за містом, у середньому за рік.",
    ),
    legend_text=CLASSES["official"],
    edition_rule="newest",
    decimals=1,
    official_classes=(
        OfficialClass(_UHI_STEPS[0], same_in_all("≤ 0,2 °C")),
        *(
            OfficialClass(upper, same_in_all(f"{upper - 0.2:.1f}–{upper:.1f} °C".replace(".", ",")))
            for upper in _UHI_STEPS[1:]
        ),
        OfficialClass(15.0, same_in_all("> 2,0 °C")),
    ),
    nodata=NodataRule({55537.0: "no_data_here", 2147483647.0: "no_data_here"}, -999.0),
    reader="raster",
    valid_range=(-5.0, 15.0),
    resolution=10.0,
    provenance="modelled",
    uncertainty=texts(
        nl="Een modelkaart van jaargemiddelden. Hij zegt niets over één bepaalde nacht.",
        en="A model map of yearly means. It says nothing about one particular night.",
        tr="Yıllık ortalamaların model haritasıdır. Belirli bir gece hakkında bilgi vermez.",
        ar="خريطة نموذجية لمتوسطات سنوية، ولا تقول شيئًا عن ليلة معينة.",
        pl="Mapa modelowa średnich rocznych. Nic nie mówi o konkretnej nocy.",
        uk="Модельна карта річних середніх. Нічого не каже про певну ніч.",
    ),
)

HEAT_LAYERS = (
    PERCEIVED_TEMPERATURE,
    PERCEIVED_TEMPERATURE_MEAN,
    DISTANCE_TO_COOLNESS,
    NIGHT_HEAT_ISLAND,
)
