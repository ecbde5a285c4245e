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

DEGREES = same_in_all("°C")
DECIBELS = same_in_all("dB")
MICROGRAMS = same_in_all("µg/m³")
METRES = texts(nl="m", en="m", tr="m", ar="م", pl="m", uk="м")
SCORE_POINTS = texts(nl="punten", en="points", tr="puan", ar="نقطة", pl="punktów", uk="балів")

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

SURFACE_CLASSES = texts(
    nl="Elke kleur staat voor ongeveer evenveel oppervlakte.",
    en="Each colour stands for about the same surface.",
    tr="Her renk yaklaşık olarak aynı büyüklükte bir yüzeyi gösterir.",
    ar="كل لون يمثل المساحة نفسها تقريبًا.",
    pl="Każdy kolor oznacza mniej więcej taką samą powierzchnię.",
    uk="Кожен колір позначає приблизно однакову площу.",
)
PICTURE_LEGEND = texts(
    nl="De kleuren zijn van de maker van de plaat: vraag daar wat ze betekenen.",
    en="The colours are those of the publisher of the picture: ask there what they mean.",
    tr="Renkler görüntüyü yayımlayana aittir: anlamlarını ona sorun.",
    ar="الألوان من ناشر الصورة: اسأله عن معناها.",
    pl="Kolory pochodzą od wydawcy obrazu: zapytaj go, co znaczą.",
    uk="Кольори визначив видавець зображення: запитайте його, що вони означають.",
)
PICTURE_HAS_NO_VALUE = texts(
    nl="Dit is een plaat: er is geen waarde.",
    en="This is a picture: there is no value.",
    tr="Bu bir görüntüdür: değer yoktur.",
    ar="هذه صورة: لا توجد قيمة.",
    pl="To jest obraz: nie ma wartości.",
    uk="Це зображення: значення немає.",
)
KINDS = texts(
    nl="Elke kleur en elk patroon staat voor een soort.",
    en="Each colour and pattern stands for a kind.",
    tr="Her renk ve desen bir türü gösterir.",
    ar="كل لون ونقش يمثل نوعًا.",
    pl="Każdy kolor i wzór oznacza rodzaj.",
    uk="Кожен колір і візерунок позначає вид.",
)
ONE_KIND = texts(
    nl="De kleur laat zien waar dit is.",
    en="The colour shows where this is.",
    tr="Renk bunun nerede olduğunu gösterir.",
    ar="اللون يبيّن أين يوجد هذا.",
    pl="Kolor pokazuje, gdzie to jest.",
    uk="Колір показує, де це є.",
)
WHOLE_DEGREES = texts(
    nl="De klassen zijn van de maker, in hele graden. Wij ronden eerst af: 34,5 wordt 35.",
    en="The classes are the publisher's, in whole degrees. We round first: 34.5 becomes 35.",
    tr="Sınıflar yayımlayana aittir, tam derecedir. Önce yuvarlarız: 34,5, 35 olur.",
    ar="الفئات من الجهة الناشرة وبالدرجات الكاملة. نقرّب أولًا: 34,5 تصبح 35.",
    pl="Klasy pochodzą od wydawcy, w pełnych stopniach. Najpierw zaokrąglamy: 34,5 to 35.",
    uk="Класи визначив видавець, у цілих градусах. Спершу округлюємо: 34,5 стає 35.",
)
WHOLE_DECIBELS = texts(
    nl="De klassen zijn van de maker, in hele decibel. Wij ronden eerst af: 55,5 wordt 56.",
    en="The classes are the publisher's, in whole decibels. We round first: 55.5 becomes 56.",
    tr="Sınıflar yayımlayana aittir, tam desibeldir. Önce yuvarlarız: 55,5, 56 olur.",
    ar="الفئات من الجهة الناشرة وبالديسيبل الكامل. نقرّب أولًا: 55,5 تصبح 56.",
    pl="Klasy pochodzą od wydawcy, w pełnych decybelach. Najpierw zaokrąglamy: 55,5 to 56.",
    uk="Класи визначив видавець, у цілих децибелах. Спершу округлюємо: 55,5 стає 56.",
)

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
    "no_source": texts(
        nl="Geen cijfer: hier is geen bron van geluid berekend. Dat is niet hetzelfde als stil.",
        en="No figure: no source of noise was modelled here. That is not the same as silence.",
        tr="Veri yok: burada gürültü kaynağı hesaplanmadı. Bu, sessiz demek değildir.",
        ar="لا توجد بيانات: لم يُحسب مصدر ضوضاء هنا. هذا لا يعني الهدوء.",
        pl="Brak danych: nie obliczono tu źródła hałasu. To nie znaczy, że jest cicho.",
        uk="Немає даних: тут не розраховано джерела шуму. Це не означає тишу.",
    ),
    "no_data_here": texts(
        nl="Geen cijfer: de kaart heeft hier geen waarde.",
        en="No figure: the map has no value here.",
        tr="Veri yok: haritada burada değer yok.",
        ar="لا توجد بيانات: لا قيمة في الخريطة هنا.",
        pl="Brak danych: mapa nie ma tu wartości.",
        uk="Немає даних: карта не має тут значення.",
    ),
    "nothing_to_measure": texts(
        nl="Geen cijfer: hier is niets om te meten, zoals woningen.",
        en="No figure: there is nothing to measure here, such as dwellings.",
        tr="Veri yok: burada konut gibi ölçülecek bir şey yok.",
        ar="لا توجد بيانات: لا يوجد هنا ما يُقاس، مثل المساكن.",
        pl="Brak danych: nie ma tu czego mierzyć, na przykład mieszkań.",
        uk="Немає даних: тут нічого вимірювати, наприклад житла.",
    ),
}
