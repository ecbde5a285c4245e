"""Who published the layers about heat, green, air, noise, health, ground and routes.

Publishers and licences after their own pages as far as those could be read; where the licence
could not be established it says so, and the data is then not passed on as open data.
"""

from dataclasses import replace

from layers.layer import UNKNOWN_LICENCE
from layers.sources.metadata import CBS_FIGURES, SourceMetadata

_ASK = "Its licence could not be established: ask the publisher before passing the data on."
_ALO = "https://www.atlasleefomgeving.nl"

KEA_PET = SourceMetadata(
    id="kea_pet_2022",
    title="Hittekaart gevoelstemperatuur",
    publisher="Stichting Climate Adaptation Services (made by Witteveen+Bos)",
    licence="CC BY 4.0",
    licence_note="",
    attribution="Klimaateffectatlas, 2022",
    url="https://www.klimaateffectatlas.nl",
)
KEA_COOLNESS = replace(
    KEA_PET,
    id="kea_koelte",
    title="Afstand tot koelte",
    publisher="Hogeschool van Amsterdam and Stichting Climate Adaptation Services",
    attribution="Klimaateffectatlas",
)
KEA_UHI = replace(
    KEA_PET,
    id="kea_uhi",
    title="Stedelijk hitte-eiland",
    publisher="RIVM and Stichting Climate Adaptation Services",
    attribution="Klimaateffectatlas",
)
KEA_RAIN = replace(
    KEA_PET,
    id="kea_waterdiepte",
    title="Waterdiepte bij hevige neerslag",
    publisher="Stichting Climate Adaptation Services",
    attribution="Klimaateffectatlas",
)
RIVM_GREEN = SourceMetadata(
    id="rivm_groenkaart",
    title="Groenkaart (bomen, struiken, laag groen)",
    publisher="RIVM",
    licence=UNKNOWN_LICENCE,
    licence_note=_ASK,
    attribution="RIVM, Atlas Leefomgeving",
    url=f"{_ALO}/bomen-in-nederland",
)
RIVM_NOISE = replace(RIVM_GREEN, id="rivm_lden", title="Geluid in Nederland (Lden)", url=_ALO)
RIVM_AIR = replace(RIVM_GREEN, id="rivm_lucht", title="Luchtkwaliteit, jaargemiddelden", url=_ALO)
RIVM_PERCEPTION = replace(
    RIVM_GREEN, id="rivm_beleving_buurt", title="Beleving van de leefomgeving per buurt", url=_ALO
)
RIVM_HEALTH = SourceMetadata(
    id="rivm_gezondheid",
    title="Gezondheid per wijk en buurt (50120NED, 50140NED)",
    publisher="RIVM, GGD'en and CBS",
    licence=UNKNOWN_LICENCE,
    licence_note=f"Values per neighbourhood are SMAP model estimates. {_ASK}",
    attribution="Gezondheidsmonitor, RIVM, GGD'en, CBS",
    url="https://statline.rivm.nl",
)
CBS_NEARNESS = replace(
    CBS_FIGURES,
    id="cbs_nabij",
    title="Nabijheid voorzieningen",
    licence_note="The licence was not read on the table's own page.",
    attribution="CBS",
    url="https://opendata.cbs.nl",
)
CBS_SES = replace(CBS_NEARNESS, id="cbs_seswoa", title="SES-WOA scores per wijk en buurt")
LIVEABILITY = SourceMetadata(
    id="lbm3",
    title="Leefbaarometer 3.0",
    publisher="Ministerie van Volkshuisvesting en Ruimtelijke Ordening",
    licence="CC0 1.0",
    licence_note="",
    attribution="Leefbaarometer 3.0",
    url="https://www.leefbaarometer.nl",
)
BGT = SourceMetadata(
    id="bgt",
    title="Basisregistratie Grootschalige Topografie",
    publisher="Kadaster (PDOK)",
    licence="CC0 1.0",
    licence_note="",
    attribution="Kadaster, BGT",
    url="https://www.pdok.nl",
)
BAG = replace(
    BGT,
    id="bag",
    title="Basisregistratie Adressen en Gebouwen",
    licence="CC0 1.0",
    licence_note="CC0 or the Public Domain Mark; not read on the publisher's own page.",
    attribution="Kadaster, BAG",
)
NATURA = SourceMetadata(
    id="natura2000",
    title="Natura 2000-gebieden",
    publisher="Ministerie van Landbouw, Visserij, Voedselzekerheid en Natuur (PDOK)",
    licence=UNKNOWN_LICENCE,
    licence_note=_ASK,
    attribution="Ministerie van LVVN, Natura 2000",
    url="https://www.natura2000.nl",
)
COMMON_NATURE = SourceMetadata(
    id="bkn_gebiedstype",
    title="Gebiedstypen Basiskwaliteit Natuur",
    publisher="The municipality or province that drew the areas",
    licence=UNKNOWN_LICENCE,
    licence_note=f"Six types as used in Drenthe and Overijssel. {_ASK}",
    attribution="Gebiedstypen Basiskwaliteit Natuur",
    url="",
)
WALKING = SourceMetadata(
    id="wandelnet",
    title="Regionale wandelnetwerken",
    publisher="Wandelnet (PDOK)",
    licence=UNKNOWN_LICENCE,
    licence_note=_ASK,
    attribution="Wandelnet",
    url="https://www.wandelnet.nl",
)
LONG_WALKS = replace(WALKING, id="wandelnet_landelijk", title="Landelijke wandelroutes")
CYCLING = replace(
    WALKING,
    id="fiets_netwerk",
    title="Regionale fietsnetwerken",
    publisher="Landelijk Fietsplatform (PDOK)",
    attribution="Landelijk Fietsplatform",
    url="https://www.fietsplatform.nl",
)
MUNICIPAL_GREEN = SourceMetadata(
    id="gemeente_parken",
    title="Parken en groengebieden",
    publisher="The municipality that maintains the list",
    licence=UNKNOWN_LICENCE,
    licence_note=_ASK,
    attribution="Gemeente",
    url="",
)
OWN_FILE = SourceMetadata(
    id="own_file",
    title="Own file or service",
    publisher="Whoever made the file: name the publisher when you import it",
    licence=UNKNOWN_LICENCE,
    licence_note="Name the licence when you import it.",
    attribution="Own file",
    url="",
)
