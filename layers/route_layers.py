"""Catalogue entries: networks for walking and cycling.

The picture services (WMS) of these networks were read in PDOK's stored metadata; that a WFS with
the same path exists is from memory, so an address made from it counts as unverified.
"""

from layers.layer import Layer, NodataRule, Texts, texts
from layers.palettes import CLAY, LEAF, PLUM
from layers.sources.environment import CYCLING, LONG_WALKS, WALKING
from layers.sources.metadata import SourceMetadata
from layers.wording import NO_UNIT, ONE_KIND

_PDOK = "https://service.pdok.nl"


def _network(
    id_: str,
    source: SourceMetadata,
    colours: tuple[str, ...],
    title: Texts,
    definition: Texts,
    download: str,
) -> Layer:
    return Layer(
        id=id_,
        title=title,
        group="routes",
        geometry="vector",
        source=source,
        unit=NO_UNIT,
        figure=None,
        scheme="quantiles",
        colours=colours,
        definition=definition,
        legend_text=ONE_KIND,
        edition_rule="newest",
        nodata=NodataRule(),
        reader=id_,
        provenance="register",
        uncertainty=texts(
            nl="Routes veranderen; een pad kan dicht of verlegd zijn.",
            en="Routes change; a path may be closed or moved.",
            tr="Rotalar değişir; bir yol kapalı ya da taşınmış olabilir.",
            ar="المسارات تتغير؛ قد يكون مسار مغلقًا أو منقولًا.",
            pl="Trasy się zmieniają; ścieżka może być zamknięta lub przesunięta.",
            uk="Маршрути змінюються; стежка може бути закрита чи перенесена.",
        ),
        download=download,
        address_from_memory=True,
        shape="line",
        popup_fields=("name",),
    )


ROUTE_LAYERS = (
    _network(
        "walking_network",
        WALKING,
        LEAF,
        texts(
            nl="Wandelnetwerken",
            en="Walking networks",
            tr="Yürüyüş ağları",
            ar="شبكات المشي",
            pl="Sieci szlaków pieszych",
            uk="Мережі пішохідних маршрутів",
        ),
        texts(
            nl="Wandelpaden die met nummers aan elkaar te rijgen zijn.",
            en="Walking paths that can be strung together by numbers.",
            tr="Numaralarla birleştirilebilen yürüyüş yolları.",
            ar="مسارات مشي يمكن وصلها بالأرقام.",
            pl="Ścieżki piesze, które można łączyć według numerów.",
            uk="Пішохідні стежки, які можна поєднувати за номерами.",
        ),
        f"{_PDOK}/wandelnet/regionale-wandelnetwerken/wfs/v1_0?typeNames=wandelnetwerken",
    ),
    _network(
        "long_walks",
        LONG_WALKS,
        CLAY,
        texts(
            nl="Landelijke wandelroutes",
            en="Long-distance walking routes",
            tr="Uzun mesafe yürüyüş yolları",
            ar="مسارات المشي الطويلة",
            pl="Długodystansowe szlaki piesze",
            uk="Далекі пішохідні маршрути",
        ),
        texts(
            nl="Lange wandelroutes door het hele land (LAW).",
            en="Long walking routes across the country (LAW).",
            tr="Ülke boyunca uzun yürüyüş yolları (LAW).",
            ar="مسارات مشي طويلة عبر البلاد (LAW).",
            pl="Długie szlaki piesze przez cały kraj (LAW).",
            uk="Довгі пішохідні маршрути країною (LAW).",
        ),
        f"{_PDOK}/wandelnet/landelijke-wandelroutes/wfs/v1_0?typeNames=landelijke-wandelroutes",
    ),
    _network(
        "cycling_network",
        CYCLING,
        PLUM,
        texts(
            nl="Fietsnetwerken",
            en="Cycling networks",
            tr="Bisiklet ağları",
            ar="شبكات الدراجات",
            pl="Sieci tras rowerowych",
            uk="Мережі велосипедних маршрутів",
        ),
        texts(
            nl="Fietsroutes die met nummers aan elkaar te rijgen zijn.",
            en="Cycling routes that can be strung together by numbers.",
            tr="Numaralarla birleştirilebilen bisiklet yolları.",
            ar="مسارات دراجات يمكن وصلها بالأرقام.",
            pl="Trasy rowerowe, które można łączyć według numerów.",
            uk="Велосипедні маршрути, які можна поєднувати за номерами.",
        ),
        f"{_PDOK}/fietsplatform/regionale-fietsnetwerken/wfs/v1_0?typeNames=fietsnetwerken",
    ),
)
