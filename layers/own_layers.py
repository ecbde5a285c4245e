"""Catalogue entries for any raster, shapes and picture service that a planner has.

They take their title, source and licence from the import: the texts here only say that it is an
own file.
"""

from dataclasses import replace

from layers.layer import GeometryKind, Layer, NodataRule, Texts, texts
from layers.palettes import SLATE
from layers.sources.environment import OWN_FILE
from layers.wording import CLASSES, NO_UNIT, PICTURE_LEGEND, SURFACE_CLASSES


def _own(id_: str, geometry: GeometryKind, title: Texts, definition: Texts, reader: str) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="other",
        geometry=geometry,
        source=OWN_FILE,
        unit=NO_UNIT,
        figure=None,
        scheme="quantiles",
        colours=SLATE,
        definition=definition,
        legend_text=SURFACE_CLASSES if geometry == "raster" else CLASSES["quantiles"],
        edition_rule="newest",
        decimals=2,
        nodata=NodataRule(),
        reader=reader,
        provenance="register",
        uncertainty=texts(
            nl="Niet door ons nagekeken: vraag de maker wat de waarden betekenen.",
            en="Not checked by us: ask the maker what the values mean.",
            tr="Tarafımızca denetlenmedi: değerlerin anlamını yapana sorun.",
            ar="لم نتحقق منه: اسأل صاحب الملف عن معنى القيم.",
            pl="Nie sprawdziliśmy tego: zapytaj autora, co znaczą wartości.",
            uk="Ми цього не перевіряли: запитайте автора, що означають значення.",
        ),
        audience="staff",
    )


OWN_LAYERS = (
    _own(
        "own_raster",
        "raster",
        texts(
            nl="Eigen raster",
            en="Own raster",
            tr="Kendi rasteriniz",
            ar="ملف نقطي خاص",
            pl="Własny raster",
            uk="Власний растр",
        ),
        texts(
            nl="Een eigen GeoTIFF. De eerste band wordt gelezen.",
            en="An own GeoTIFF. Its first band is read.",
            tr="Kendi GeoTIFF dosyanız. İlk bandı okunur.",
            ar="ملف GeoTIFF خاص. تُقرأ النطاق الأول منه.",
            pl="Własny GeoTIFF. Czytane jest pierwsze pasmo.",
            uk="Власний GeoTIFF. Читається перший канал.",
        ),
        "raster",
    ),
    _own(
        "own_shapes",
        "vector",
        texts(
            nl="Eigen vlakken, lijnen of punten",
            en="Own areas, lines or points",
            tr="Kendi alan, çizgi ya da noktalarınız",
            ar="أشكال أو خطوط أو نقاط خاصة",
            pl="Własne obszary, linie lub punkty",
            uk="Власні площі, лінії чи точки",
        ),
        texts(
            nl="Een eigen GeoPackage, GeoJSON of shapefile, of een service (WFS, OGC API).",
            en="An own GeoPackage, GeoJSON or shapefile, or a service (WFS, OGC API).",
            tr="Kendi GeoPackage, GeoJSON ya da shapefile dosyanız ya da bir servis (WFS, OGC API).",
            ar="ملف GeoPackage أو GeoJSON أو shapefile خاص، أو خدمة (WFS أو OGC API).",
            pl="Własny GeoPackage, GeoJSON lub shapefile albo usługa (WFS, OGC API).",
            uk="Власний GeoPackage, GeoJSON чи shapefile або сервіс (WFS, OGC API).",
        ),
        "any_shapes",
    ),
    replace(
        _own(
            "own_picture",
            "picture",
            texts(
                nl="Plaat van een andere server (WMS)",
                en="Picture of another server (WMS)",
                tr="Başka bir sunucunun görüntüsü (WMS)",
                ar="صورة من خادم آخر (WMS)",
                pl="Obraz z innego serwera (WMS)",
                uk="Зображення з іншого сервера (WMS)",
            ),
            texts(
                nl="Alleen een plaat: geen waarden, geen statistiek.",
                en="Picture only: no values, no statistics.",
                tr="Yalnızca görüntü: değer yok, istatistik yok.",
                ar="صورة فقط: لا قيم ولا إحصاءات.",
                pl="Tylko obraz: bez wartości i bez statystyk.",
                uk="Лише зображення: без значень і без статистики.",
            ),
            "picture",
        ),
        legend_text=PICTURE_LEGEND,
        uncertainty=texts(
            nl="Niet door ons nagekeken. De maker kan de plaat elk moment veranderen.",
            en="Not checked by us. The publisher can change the picture at any moment.",
            tr="Tarafımızca denetlenmedi. Yayımlayan görüntüyü her an değiştirebilir.",
            ar="لم نتحقق منها. يمكن للناشر تغيير الصورة في أي لحظة.",
            pl="Nie sprawdziliśmy tego. Wydawca może w każdej chwili zmienić obraz.",
            uk="Ми цього не перевіряли. Видавець може будь-коли змінити зображення.",
        ),
    ),
)
