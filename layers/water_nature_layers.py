"""Catalogue entries: water after heavy rain and nature.

The names ``waterdiepte_neerslag_70mm_2uur`` and ``…140mm_2uur`` were read in stored map
configurations. From memory, unverified: that the depth is in metres and that cells are 2 m; a file
in centimetres falls outside the valid range and is refused. The six area types of
Basiskwaliteit Natuur: Drenthe and Overijssel (kanbouwen.nl, 24-9-2025).
"""

from layers.layer import Category, Layer, NodataRule, texts
from layers.palettes import ASPHALT, DEEP, GRASS, LEAF, SOIL, STONE, TREES
from layers.sources.environment import COMMON_NATURE, KEA_RAIN, NATURA
from layers.wording import KINDS, METRES, NO_UNIT, ONE_KIND, SURFACE_CLASSES


def _depth(id_: str, millimetres: int) -> Layer:
    return Layer(
        id=id_,
        title=texts(
            nl=f"Waterdiepte bij {millimetres} mm regen in 2 uur",
            en=f"Water depth at {millimetres} mm of rain in 2 hours",
            tr=f"2 saatte {millimetres} mm yağmurda su derinliği",
            ar=f"عمق المياه عند هطول {millimetres} مم في ساعتين",
            pl=f"Głębokość wody przy {millimetres} mm deszczu w 2 godziny",
            uk=f"Глибина води за {millimetres} мм дощу за 2 години",
        ),
        group="water",
        geometry="raster",
        source=KEA_RAIN,
        unit=METRES,
        figure=None,
        scheme="quantiles",
        colours=DEEP,
        definition=texts(
            nl="Hoe diep het water op straat kan staan na zo'n bui.",
            en="How deep water may stand in the street after such a shower.",
            tr="Böyle bir sağanaktan sonra sokakta suyun ne kadar derin olabileceği.",
            ar="عمق المياه المحتمل في الشارع بعد مثل هذا المطر.",
            pl="Jak głęboko może stać woda na ulicy po takiej ulewie.",
            uk="Наскільки глибоко може стояти вода на вулиці після такої зливи.",
        ),
        legend_text=SURFACE_CLASSES,
        edition_rule="newest",
        decimals=2,
        nodata=NodataRule({-9999.0: "no_data_here"}, -0.5),
        reader="raster",
        valid_range=(0.0, 20.0),
        resolution=2.0,
        provenance="modelled",
        uncertainty=texts(
            nl="Een landelijk model: putten, drempels en kelders kunnen het anders maken.",
            en="A national model: drains, thresholds and cellars may make it different.",
            tr="Ulusal bir model: ızgaralar, eşikler ve bodrumlar sonucu değiştirebilir.",
            ar="نموذج وطني: المصارف والعتبات والأقبية قد تغيّر النتيجة.",
            pl="Model krajowy: studzienki, progi i piwnice mogą to zmienić.",
            uk="Національна модель: стоки, пороги й підвали можуть змінити результат.",
        ),
    )


AREA_TYPES = (
    Category(
        "dichte_kern",
        texts(
            nl="Dichte stads- of dorpskern",
            en="Dense town or village centre",
            tr="Yoğun kent ya da köy merkezi",
            ar="مركز مدينة أو قرية كثيف",
            pl="Zwarte centrum miasta lub wsi",
            uk="Щільний центр міста чи села",
        ),
        ASPHALT,
    ),
    Category(
        "grondgebonden_woonwijk",
        texts(
            nl="Dichtbebouwde woonwijk met huizen aan de grond",
            en="Dense quarter of houses with own ground floor",
            tr="Zemin katlı evlerden yoğun mahalle",
            ar="حي كثيف من البيوت الأرضية",
            pl="Gęsta dzielnica domów z parterem",
            uk="Щільний квартал будинків із власним першим поверхом",
        ),
        STONE,
        "lines",
    ),
    Category(
        "compacte_woonwijk",
        texts(
            nl="Dichtbebouwde compacte woonwijk",
            en="Dense compact quarter",
            tr="Yoğun ve sıkışık mahalle",
            ar="حي سكني كثيف متراص",
            pl="Gęsta zwarta dzielnica",
            uk="Щільний компактний квартал",
        ),
        STONE,
        "cross",
    ),
    Category(
        "ruime_woonwijk",
        texts(
            nl="Klein dorp of ruim opgezette woonwijk",
            en="Small village or spacious quarter",
            tr="Küçük köy ya da geniş mahalle",
            ar="قرية صغيرة أو حي واسع",
            pl="Mała wieś lub luźna dzielnica",
            uk="Мале село чи просторий квартал",
        ),
        GRASS,
        "dots",
    ),
    Category(
        "bedrijventerrein",
        texts(
            nl="Bedrijventerrein, industrie of campus",
            en="Business park, industry or campus",
            tr="İş alanı, sanayi ya da kampüs",
            ar="منطقة أعمال أو صناعة أو حرم جامعي",
            pl="Teren firm, przemysł lub kampus",
            uk="Бізнес-зона, промисловість чи кампус",
        ),
        SOIL,
        "lines",
    ),
    Category(
        "groenblauwe_structuur",
        texts(
            nl="Groenblauwe structuur",
            en="Green and blue structure",
            tr="Yeşil-mavi yapı",
            ar="بنية خضراء وزرقاء",
            pl="Struktura zieleni i wody",
            uk="Зелено-блакитна структура",
        ),
        TREES,
    ),
)

WATER_NATURE_LAYERS = (
    _depth("water_depth_70mm", 70),
    _depth("water_depth_140mm", 140),
    Layer(
        id="natura_2000",
        title=texts(
            nl="Natura 2000-gebieden",
            en="Natura 2000 sites",
            tr="Natura 2000 alanları",
            ar="مواقع ناتورا 2000",
            pl="Obszary Natura 2000",
            uk="Території Natura 2000",
        ),
        group="nature",
        geometry="vector",
        source=NATURA,
        unit=NO_UNIT,
        figure=None,
        scheme="quantiles",
        colours=LEAF,
        definition=texts(
            nl="Natuur die volgens Europese regels beschermd is.",
            en="Nature protected under European rules.",
            tr="Avrupa kurallarıyla korunan doğa.",
            ar="طبيعة محمية بموجب القواعد الأوروبية.",
            pl="Przyroda chroniona prawem europejskim.",
            uk="Природа, захищена європейськими правилами.",
        ),
        legend_text=ONE_KIND,
        edition_rule="newest",
        nodata=NodataRule(),
        reader="natura_2000",
        provenance="register",
        uncertainty=texts(
            nl="De grens op deze kaart is ter informatie; het besluit zelf is leidend.",
            en="The border on this map is for information; the decision itself prevails.",
            tr="Haritadaki sınır bilgi içindir; geçerli olan karardır.",
            ar="الحد على الخريطة للعلم؛ والقرار نفسه هو المعتمد.",
            pl="Granica na mapie jest informacyjna; decyduje sama decyzja.",
            uk="Межа на карті довідкова; чинним є саме рішення.",
        ),
        shape="polygon",
        popup_fields=("name",),
    ),
    Layer(
        id="bkn_area_types",
        title=texts(
            nl="Gebiedstypen Basiskwaliteit Natuur",
            en="Area types for basic quality of nature",
            tr="Temel doğa kalitesi alan türleri",
            ar="أنواع المناطق لجودة الطبيعة الأساسية",
            pl="Typy obszarów podstawowej jakości przyrody",
            uk="Типи територій базової якості природи",
        ),
        group="nature",
        geometry="vector",
        source=COMMON_NATURE,
        unit=NO_UNIT,
        figure=None,
        scheme="quantiles",
        colours=LEAF,
        definition=texts(
            nl="Zes soorten bebouwd gebied, elk met eigen doelen voor gewone planten en dieren.",
            en="Six kinds of built-up area, each with own aims for common plants and animals.",
            tr="Sıradan bitki ve hayvanlar için kendi hedefleri olan altı yerleşim türü.",
            ar="ستة أنواع من المناطق المبنية، لكل منها أهداف للنبات والحيوان الشائع.",
            pl="Sześć rodzajów zabudowy, każdy z celami dla zwykłych roślin i zwierząt.",
            uk="Шість видів забудови, кожен зі своїми цілями для звичайних рослин і тварин.",
        ),
        legend_text=KINDS,
        edition_rule="newest",
        nodata=NodataRule(),
        reader="bkn_area_types",
        column="bkn_gebiedstype",
        categories=AREA_TYPES,
        provenance="register",
        uncertainty=texts(
            nl="De indeling is door mensen getekend; grenzen zijn niet scherp.",
            en="People drew the division; its borders are not sharp.",
            tr="Ayrım insanlar tarafından çizildi; sınırlar kesin değildir.",
            ar="التقسيم مرسوم يدويًا؛ والحدود ليست دقيقة.",
            pl="Podział narysowali ludzie; granice nie są ostre.",
            uk="Поділ намалювали люди; межі нечіткі.",
        ),
        shape="polygon",
        popup_fields=("name", "category"),
    ),
)
