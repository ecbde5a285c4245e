"""Catalogue entries: trees, shrubs, low green, parks and gardens.

Sourced (atlasleefomgeving.nl, bomen in Nederland): share per cell of 10 by 10 m, trees above
2.5 m, from AHN3 and aerial imagery. From memory, unverified: the heights of shrubs and low green,
and that the map of green within 500 m has cells of 10 m.
"""

from layers.layer import Category, Layer, NodataRule, Texts, same_in_all, texts
from layers.palettes import GRASS, LEAF, TREES
from layers.sources.environment import BGT, MUNICIPAL_GREEN, RIVM_GREEN
from layers.wording import METRES, ONE_KIND, PERCENT, SURFACE_CLASSES

_SHARE_NODATA = NodataRule({255.0: "no_data_here", -9999.0: "no_data_here"}, -1.0)

_MAP_OF_2020 = texts(
    nl="Gemaakt van luchtfoto's en hoogtemetingen (uitgave 2020). Wat daarna is geplant of gekapt "
    "staat er niet op.",
    en="Made from aerial photos and height measurements (edition 2020). What was planted or felled "
    "later is not in it.",
    tr="Hava fotoğrafları ve yükseklik ölçümlerinden (2020) yapıldı. Sonraki dikim ve kesimler "
    "yoktur.",
    ar="مصنوعة من صور جوية وقياسات ارتفاع (إصدار 2020). ما زُرع أو قُطع لاحقًا غير موجود.",
    pl="Wykonana ze zdjęć lotniczych i pomiarów wysokości (wydanie 2020). Późniejszych nasadzeń i "
    "wycinek nie ma.",
    uk="Створено з аерознімків і вимірів висоти (видання 2020). Пізніших посадок і вирубок немає.",
)


def _share(id_: str, title: Texts, definition: Texts, colours: tuple[str, ...] = LEAF) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="green",
        geometry="raster",
        source=RIVM_GREEN,
        unit=PERCENT,
        figure=None,
        scheme="equal_interval",
        colours=colours,
        definition=definition,
        legend_text=_STEPS,
        edition_rule="newest",
        nodata=_SHARE_NODATA,
        reader="raster",
        valid_range=(0.0, 100.0),
        resolution=10.0,
        provenance="modelled",
        uncertainty=_MAP_OF_2020,
    )


_STEPS = texts(
    nl="Elke kleur staat voor een even grote stap in procenten.",
    en="Each colour stands for an equal step in percent.",
    tr="Her renk yüzde olarak eşit bir aralığı gösterir.",
    ar="كل لون يمثل فئة متساوية بالنسبة المئوية.",
    pl="Każdy kolor oznacza równy przedział procentowy.",
    uk="Кожен колір позначає однаковий крок у відсотках.",
)

GREEN_SHARES = (
    _share(
        "tree_cover",
        texts(
            nl="Bomen",
            en="Trees",
            tr="Ağaçlar",
            ar="الأشجار",
            pl="Drzewa",
            uk="Дерева",
        ),
        texts(
            nl="Welk deel van de grond onder bomen ligt die hoger zijn dan 2,5 meter.",
            en="What share of the ground lies under trees above 2.5 metres.",
            tr="Zeminin ne kadarının 2,5 metreden yüksek ağaçların altında olduğu.",
            ar="نسبة الأرض الواقعة تحت أشجار يزيد ارتفاعها عن 2,5 متر.",
            pl="Jaka część terenu leży pod drzewami wyższymi niż 2,5 metra.",
            uk="Яка частка землі лежить під деревами вищими за 2,5 метра.",
        ),
    ),
    _share(
        "shrub_cover",
        texts(
            nl="Struiken",
            en="Shrubs",
            tr="Çalılar",
            ar="الشجيرات",
            pl="Krzewy",
            uk="Кущі",
        ),
        texts(
            nl="Welk deel van de grond begroeid is met struiken van ongeveer 1 tot 2,5 meter.",
            en="What share of the ground has shrubs of about 1 to 2.5 metres.",
            tr="Zeminin ne kadarında yaklaşık 1–2,5 metrelik çalılar bulunduğu.",
            ar="نسبة الأرض المغطاة بشجيرات من نحو 1 إلى 2,5 متر.",
            pl="Jaka część terenu jest porośnięta krzewami o wysokości około 1–2,5 metra.",
            uk="Яку частку землі вкривають кущі приблизно 1–2,5 метра.",
        ),
    ),
    _share(
        "low_green_cover",
        texts(
            nl="Laag groen",
            en="Low green",
            tr="Alçak bitkiler",
            ar="النباتات المنخفضة",
            pl="Niska zieleń",
            uk="Низька зелень",
        ),
        texts(
            nl="Welk deel van de grond gras of planten heeft lager dan 1 meter, zonder akkers.",
            en="What share of the ground has grass or plants below 1 metre, without farmland.",
            tr="Tarım arazisi dışında zeminin ne kadarında 1 metreden alçak bitki olduğu.",
            ar="نسبة الأرض التي فيها عشب أو نبات أقل من متر واحد، دون الأراضي الزراعية.",
            pl="Jaka część terenu ma trawę lub rośliny poniżej 1 metra, bez pól uprawnych.",
            uk="Яка частка землі має траву чи рослини нижчі за 1 метр, без сільгоспземель.",
        ),
    ),
    _share(
        "green_within_500m",
        texts(
            nl="Groen binnen 500 meter",
            en="Green within 500 metres",
            tr="500 metre içindeki yeşil alan",
            ar="المساحات الخضراء ضمن 500 متر",
            pl="Zieleń w promieniu 500 metrów",
            uk="Зелень у межах 500 метрів",
        ),
        texts(
            nl="Welk deel van de omgeving, tot 500 meter, groen is.",
            en="What share of the surroundings, up to 500 metres, is green.",
            tr="500 metreye kadar çevrenin ne kadarının yeşil olduğu.",
            ar="نسبة الخضرة في المحيط حتى 500 متر.",
            pl="Jaka część otoczenia, do 500 metrów, jest zielona.",
            uk="Яка частка довкілля, до 500 метрів, зелена.",
        ),
    ),
    _share(
        "trees_within_500m",
        texts(
            nl="Bomen binnen 500 meter",
            en="Trees within 500 metres",
            tr="500 metre içindeki ağaçlar",
            ar="الأشجار ضمن 500 متر",
            pl="Drzewa w promieniu 500 metrów",
            uk="Дерева в межах 500 метрів",
        ),
        texts(
            nl="Welk deel van de omgeving, tot 500 meter, onder bomen ligt.",
            en="What share of the surroundings, up to 500 metres, lies under trees.",
            tr="500 metreye kadar çevrenin ne kadarının ağaç altında olduğu.",
            ar="نسبة المحيط الواقع تحت الأشجار حتى 500 متر.",
            pl="Jaka część otoczenia, do 500 metrów, leży pod drzewami.",
            uk="Яка частка довкілля, до 500 метрів, лежить під деревами.",
        ),
    ),
)

PARKS = Layer(
    id="parks",
    title=texts(
        nl="Parken en groengebieden",
        en="Parks and green areas",
        tr="Parklar ve yeşil alanlar",
        ar="الحدائق والمناطق الخضراء",
        pl="Parki i tereny zielone",
        uk="Парки та зелені зони",
    ),
    group="green",
    geometry="vector",
    source=MUNICIPAL_GREEN,
    unit=same_in_all("m²"),
    figure=None,
    scheme="quantiles",
    colours=LEAF,
    definition=texts(
        nl="Groen waar iedereen mag komen, met naam en oppervlakte.",
        en="Green that everyone may enter, with name and surface.",
        tr="Herkesin girebildiği yeşil alanlar, adı ve büyüklüğüyle.",
        ar="مساحات خضراء يدخلها الجميع، بالاسم والمساحة.",
        pl="Zieleń dostępna dla wszystkich, z nazwą i powierzchnią.",
        uk="Зелені зони, доступні всім, з назвою та площею.",
    ),
    legend_text=SURFACE_CLASSES,
    edition_rule="newest",
    # A list may have 0 where nobody filled the surface in; it is then measured.
    nodata=NodataRule({}, 0.0),
    reader="parks",
    column="oppervlakte_m2",
    valid_range=(0.0, 1_000_000_000.0),
    provenance="register",
    uncertainty=texts(
        nl="De lijst is van de beheerder. Kleine of nieuwe plekken kunnen ontbreken.",
        en="The list is the manager's. Small or new places may be missing.",
        tr="Liste yöneticiye aittir. Küçük ya da yeni yerler eksik olabilir.",
        ar="القائمة من الجهة المسؤولة. قد تنقص أماكن صغيرة أو جديدة.",
        pl="Lista pochodzi od zarządcy. Może brakować małych lub nowych miejsc.",
        uk="Перелік від управителя. Малих або нових місць може бракувати.",
    ),
    shape="polygon",
)

TREE_POINTS = Layer(
    id="trees",
    title=texts(
        nl="Bomen, een voor een",
        en="Trees, one by one",
        tr="Ağaçlar, tek tek",
        ar="الأشجار واحدة واحدة",
        pl="Drzewa, jedno po drugim",
        uk="Дерева, кожне окремо",
    ),
    group="green",
    geometry="vector",
    source=BGT,
    unit=METRES,
    figure=None,
    scheme="quantiles",
    colours=(GRASS, TREES),
    definition=texts(
        nl="Bomen die de beheerder van de openbare ruimte heeft ingemeten, met hoogte als die "
        "bekend is.",
        en="Trees surveyed by the manager of public space, with height where known.",
        tr="Kamusal alan yöneticisinin ölçtüğü ağaçlar, biliniyorsa yüksekliğiyle.",
        ar="أشجار سجّلها مدير الفضاء العام، مع الارتفاع إن عُرف.",
        pl="Drzewa zinwentaryzowane przez zarządcę przestrzeni publicznej, z wysokością, jeśli "
        "jest znana.",
        uk="Дерева, обліковані управителем громадського простору, з висотою, якщо відома.",
    ),
    legend_text=ONE_KIND,
    edition_rule="newest",
    nodata=NodataRule({}, 0.0),
    reader="trees",
    column="hoogte",
    categories=(
        Category(
            "boom",
            texts(nl="Boom", en="Tree", tr="Ağaç", ar="شجرة", pl="Drzewo", uk="Дерево"),
            TREES,
        ),
    ),
    valid_range=(0.0, 80.0),
    provenance="register",
    uncertainty=texts(
        nl="Niet elke gemeente levert bomen aan. Bomen in tuinen ontbreken.",
        en="Not every municipality delivers trees. Trees in gardens are missing.",
        tr="Her belediye ağaç verisi sağlamaz. Bahçelerdeki ağaçlar yoktur.",
        ar="لا تقدم كل بلدية بيانات الأشجار. أشجار الحدائق الخاصة غير موجودة.",
        pl="Nie każda gmina podaje drzewa. Brakuje drzew w ogrodach.",
        uk="Не кожна громада подає дерева. Дерев у садах немає.",
    ),
    download="https://api.pdok.nl/lv/bgt/ogc/v1/collections/vegetatieobject_punt/items",
    shape="point",
)

GREEN_LAYERS = (*GREEN_SHARES, PARKS, TREE_POINTS)
