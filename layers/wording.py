"""Words that many layers share: units, how classes were made, why a figure is missing."""

from layers.layer import Scheme, Texts, same_in_all, texts

PERCENT = same_in_all("%")
NO_UNIT = same_in_all("")
KILOMETRES = texts(nl="km", en="km", tr="km", ar="كم", pl="km", uk="км")
HECTARES = texts(nl="hectare", en="hectares", tr="hektar", ar="هكتار", pl="ha", uk="га")
INHABITANTS = texts(
    nl="inwoners", en="inhabitants", tr="kişi", ar="نسمة", pl="mieszkańców", uk="мешканців"
)
PER_SQUARE_KILOMETRE = texts(
    nl="inwoners per km²",
    en="inhabitants per km²",
    tr="km² başına kişi",
    ar="نسمة لكل كم²",
    pl="mieszkańców na km²",
    uk="мешканців на км²",
)
HOUSEHOLDS = texts(
    nl="huishoudens",
    en="households",
    tr="hane",
    ar="أسرة معيشية",
    pl="gospodarstw domowych",
    uk="домогосподарств",
)
THOUSAND_EUROS = texts(
    nl="duizend euro",
    en="thousand euros",
    tr="bin avro",
    ar="ألف يورو",
    pl="tys. euro",
    uk="тис. євро",
)
ADDRESSES_PER_SQUARE_KILOMETRE = texts(
    nl="adressen per km²",
    en="addresses per km²",
    tr="km² başına adres",
    ar="عنوان لكل كم²",
    pl="adresów na km²",
    uk="адрес на км²",
)

CLASSES: dict[Scheme, Texts] = {
    "quantiles": texts(
        nl="Elke kleur staat voor ongeveer evenveel gebieden.",
        en="Each colour stands for about the same number of areas.",
        tr="Her renk yaklaşık olarak aynı sayıda bölgeyi gösterir.",
        ar="كل لون يمثل العدد نفسه تقريبًا من المناطق.",
        pl="Każdy kolor oznacza mniej więcej tyle samo obszarów.",
        uk="Кожен колір позначає приблизно однакову кількість територій.",
    ),
    "equal_interval": texts(
        nl="Elke kleur staat voor een even grote stap.",
        en="Each colour stands for a step of the same size.",
        tr="Her renk aynı büyüklükte bir aralığı gösterir.",
        ar="كل لون يمثل فئة بالحجم نفسه.",
        pl="Każdy kolor oznacza przedział tej samej wielkości.",
        uk="Кожен колір позначає проміжок однакового розміру.",
    ),
    "natural_breaks": texts(
        nl="Gebieden die op elkaar lijken hebben dezelfde kleur.",
        en="Areas that are alike have the same colour.",
        tr="Birbirine benzeyen bölgeler aynı renktedir.",
        ar="المناطق المتشابهة لها اللون نفسه.",
        pl="Podobne obszary mają ten sam kolor.",
        uk="Схожі території мають однаковий колір.",
    ),
    "official": texts(
        nl="De klassen zijn van de maker van de gegevens.",
        en="The classes are those of the publisher.",
        tr="Sınıflar veriyi yayımlayan kuruma aittir.",
        ar="الفئات محددة من الجهة الناشرة للبيانات.",
        pl="Klasy pochodzą od wydawcy danych.",
        uk="Класи визначені видавцем даних.",
    ),
}

NO_VALUE = texts(
    nl="Geen cijfer",
    en="No figure",
    tr="Veri yok",
    ar="لا توجد بيانات",
    pl="Brak danych",
    uk="Немає даних",
)

MISSING: dict[str, Texts] = {
    "secret": texts(
        nl="Geen cijfer: geheim of niet aanwezig. CBS beschermt zo de privacy.",
        en="No figure: secret or not present. Statistics Netherlands protects privacy this way.",
        tr="Veri yok: gizli ya da mevcut değil. CBS gizliliği böyle korur.",
        ar="لا توجد بيانات: سرية أو غير متوفرة. هكذا يحمي مكتب الإحصاء الخصوصية.",
        pl="Brak danych: poufne lub nieobecne. Tak CBS chroni prywatność.",
        uk="Немає даних: таємні або відсутні. Так CBS захищає приватність.",
    ),
    "later_release": texts(
        nl="Nog geen cijfer: CBS maakt dit later bekend.",
        en="No figure yet: it will be published later.",
        tr="Henüz veri yok: CBS daha sonra yayımlayacak.",
        ar="لا توجد بيانات بعد: ستُنشر لاحقًا.",
        pl="Jeszcze brak danych: CBS opublikuje je później.",
        uk="Даних ще немає: CBS опублікує їх пізніше.",
    ),
    "discontinued": texts(
        nl="Geen cijfer meer: CBS maakt dit niet meer bekend.",
        en="No figure any more: it is no longer published.",
        tr="Artık veri yok: CBS bunu artık yayımlamıyor.",
        ar="لم تعد هناك بيانات: توقف نشرها.",
        pl="Brak danych: CBS już ich nie publikuje.",
        uk="Даних більше немає: CBS їх уже не публікує.",
    ),
    "missing": texts(
        nl="Geen cijfer: het staat niet in het bestand.",
        en="No figure: it is not in the file.",
        tr="Veri yok: dosyada bulunmuyor.",
        ar="لا توجد بيانات: غير موجودة في الملف.",
        pl="Brak danych: nie ma ich w pliku.",
        uk="Немає даних: їх немає у файлі.",
    ),
}
