"""Who published what, under which licence: the first link of every figure's trail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceMetadata:
    """What must be told about a source wherever its figures or shapes are shown.

    ``licence_note`` holds what a careful reader must know beyond the licence's name.
    """

    id: str
    title: str
    publisher: str
    licence: str
    licence_note: str
    attribution: str
    url: str


CBS_AREAS = SourceMetadata(
    id="cbs_wijken_en_buurten",
    title="CBS Wijk- en buurtkaart",
    publisher="Centraal Bureau voor de Statistiek (CBS) and Kadaster",
    licence="CC BY 4.0",
    licence_note=(
        "The service's own capabilities state CC0 1.0, other pages of the publisher state "
        "CC BY 4.0. The stricter of the two is followed: the attribution is always shown."
    ),
    attribution="CBS, Kadaster",
    url="https://www.cbs.nl/nl-nl/dossier/nederland-regionaal/geografische-data",
)

CBS_FIGURES = SourceMetadata(
    id="cbs_kerncijfers",
    title="CBS Kerncijfers wijken en buurten",
    publisher="Centraal Bureau voor de Statistiek (CBS)",
    licence="CC BY 4.0",
    licence_note=(
        "Counts per wijk and buurt are rounded at random to multiples of five by the publisher, "
        "so they do not add up to the exact count of the municipality."
    ),
    attribution="CBS, Kadaster",
    url="https://www.cbs.nl/nl-nl/reeksen/publicatie/kerncijfers-wijken-en-buurten",
)

BRT_TILES = SourceMetadata(
    id="brt_achtergrondkaart",
    title="BRT Achtergrondkaart",
    publisher="Kadaster",
    licence="CC BY 4.0",
    licence_note="The attribution must stay visible on the map.",
    attribution="Kaartgegevens © Kadaster",
    url="https://www.pdok.nl/introductie/-/article/basisregistratie-topografie-achtergrondkaarten-brt-a-",
)

LOCATIESERVER = SourceMetadata(
    id="pdok_locatieserver",
    title="PDOK Locatieserver",
    publisher="Kadaster (PDOK)",
    licence="CC0 1.0",
    licence_note="Addresses come from the BAG.",
    attribution="PDOK, Kadaster",
    url="https://www.pdok.nl/pdok-locatieserver",
)
