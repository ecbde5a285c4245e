"""One name per CBS column, whatever the file calls it.

The same figure is ``aantal_inwoners`` in CBS's GeoPackage, ``aantalInwoners`` in files that went
through some JSON tools and ``AANT_INW`` in the shapefiles of before 2020. Here all become the
GeoPackage's snake_case name. Columns nobody knows keep their own name, in snake_case.

Source: CBS, Toelichting Wijk- en Buurtkaart 2022, 2023 en 2024; the column list of edition 2024.
"""

import re
from functools import lru_cache

# Figures of the edition 2024. Each edition has three releases with more columns, so a name that
# is not here is no error: it is kept and reported.
_FIGURES_2024 = """
aantal_personen_0_tot_15_jaar aantal_personen_65_jaar_en_ouder
meest_voorkomende_postcode dekkingspercentage omgevingsadressendichtheid
stedelijkheid_adressen_per_km2 bevolkingsdichtheid_inwoners_per_km2 aantal_inwoners mannen
vrouwen percentage_personen_0_tot_15_jaar percentage_personen_15_tot_25_jaar
percentage_personen_25_tot_45_jaar percentage_personen_45_tot_65_jaar
percentage_personen_65_jaar_en_ouder percentage_ongehuwd percentage_gehuwd
percentage_gescheid percentage_verweduwd geboorte_totaal geboortes_per_1000_inwoners
sterfte_totaal sterfte_relatief aantal_huishoudens percentage_eenpersoonshuishoudens
percentage_huishoudens_zonder_kinderen percentage_huishoudens_met_kinderen
gemiddelde_huishoudsgrootte percentage_met_herkomstland_nederland
percentage_met_herkomstland_uit_europa_excl_nl percentage_met_herkomstland_buiten_europa
percentage_geb_in_nl_met_herkomstland_nederland
perc_geb_in_nl_met_herkomstland_in_europa_ex_nl
perc_geb_in_nl_met_herkomstland_buiten_europa
perc_geb_buiten_nl_met_herkomstlnd_in_europa_ex_nl
perc_geb_buiten_nl_met_herkomstlnd_buiten_europa aantal_bedrijven_landbouw_bosbouw_visserij
aantal_bedrijven_nijverheid_energie aantal_bedrijven_handel_en_horeca
aantal_bedrijven_vervoer_informatie_communicatie aantal_bedrijven_financieel_onroerend_goed
aantal_bedrijven_zakelijke_dienstverlening aantal_bedrijven_overheid_onderwijs_en_zorg
aantal_bedrijven_cultuur_recreatie_overige aantal_bedrijfsvestigingen woningvoorraad
gemiddelde_woningwaarde percentage_eengezinswoning percentage_meergezinswoning
percentage_bewoond percentage_koopwoningen percentage_huurwoningen
perc_huurwoningen_in_bezit_woningcorporaties perc_huurwoningen_in_bezit_overige_verhuurders
percentage_woningen_met_eigendom_onbekend percentage_bouwjaarklasse_tot_2000
percentage_bouwjaarklasse_vanaf_2000 percentage_leegstand_woningen
gemiddeld_gasverbruik_totaal gemiddeld_gasverbruik_appartement
gemiddeld_gasverbruik_tussenwoning gemiddeld_gasverbruik_hoekwoning
gemiddeld_gasverbruik_2_onder_1_kap_woning gemiddeld_gasverbruik_vrijstaande_woning
gemiddeld_gasverbruik_huurwoning gemiddeld_gasverbruikkoopwoning
gemiddeld_elektriciteitsverbruik_totaal gemiddeld_elektriciteitsverbruik_appartement
gemiddeld_elektriciteitsverbruik_tussenwoning gemiddeld_elektriciteitsverbruik_hoekwoning
gem_elektriciteitsverbruik_2_onder_1_kap_woning
gem_elektriciteitsverbruik_vrijstaande_woning gemiddeld_elektriciteitsverbruik_huurwoning
gemiddeld_elektriciteitsverbruikkoopwoning percentage_woningen_met_stadsverwarming
opleidingsniveau_laag opleidingsniveau_middelbaar opleidingsniveau_hoog
netto_arbeidsparticipatie percentage_werknemers percentage_zelfstandigen
aantal_inkomensontvangers gemiddeld_inkomen_per_inkomensontvanger
gemiddeld_inkomen_per_inwoner percentage_personen_met_hoog_inkomen
percentage_personen_met_laag_inkomen percentage_huishoudens_met_hoog_inkomen
percentage_huishoudens_met_laag_inkomen percentage_huishoudens_met_laagste_inkomen
percentage_huishoudens_onder_of_rond_sociaal_minimum
aantal_personen_met_een_ao_uitkering_totaal aantal_personen_met_een_ww_uitkering_totaal
aantal_personen_met_een_alg_bijstandsuitkering_tot
aantal_personen_met_een_aow_uitkering_totaal
gemiddeld_gestandaardiseerd_inkomen_van_huishoudens
huishoudens_tot_110_percent_van_sociaal_minimum
huishoudens_tot_120_percent_van_sociaal_minimum mediaan_vermogen_van_particuliere_huish
aantal_jongeren_met_jeugdzorg_in_natura percentage_jongeren_met_jeugdzorg_in_natura
aantal_wmo_clienten aantal_wmo_clienten_per_1000_inwoners personenautos_totaal
personenautos_per_huishouden personenautos_per_km2 motortweewielers_totaal
aantal_personenautos_met_brandstof_benzine aantal_personenautos_met_overige_brandstof
oppervlakte_totaal_in_ha oppervlakte_land_in_ha oppervlakte_water_in_ha
huisartsenpraktijk_gemiddelde_afstand_in_km huisartsenpraktijk_gemiddeld_aantal_binnen_1_km
huisartsenpraktijk_gemiddeld_aantal_binnen_3_km
huisartsenpraktijk_gemiddeld_aantal_binnen_5_km huisartsenpost_gemiddelde_afstand_in_km
apotheek_gemiddelde_afstand_in_km ziekenhuis_incl_buitenpolikliniek_gem_afst_in_km
ziekenhuis_incl_buitenpoli_gem_aantal_binnen_5_km
ziekenhuis_incl_buitenpoli_gem_aantal_binnen_10_km
ziekenhuis_incl_buitenpoli_gem_aantal_binnen_20_km
ziekenhuis_excl_buitenpolikliniek_gem_afst_in_km
ziekenhuis_excl_buitenpoli_gem_aantal_binnen_5_km
ziekenhuis_excl_buitenpoli_gem_aantal_binnen_10_km
ziekenhuis_excl_buitenpoli_gem_aantal_binnen_20_km grote_supermarkt_gemiddelde_afstand_in_km
grote_supermarkt_gemiddeld_aantal_binnen_1_km grote_supermarkt_gemiddeld_aantal_binnen_3_km
grote_supermarkt_gemiddeld_aantal_binnen_5_km winkels_ov_dagelijkse_levensm_gem_afst_in_km
winkels_ov_dagel_levensm_gem_aantal_binnen_1_km
winkels_ov_dagel_levensm_gem_aantal_binnen_3_km
winkels_ov_dagel_levensm_gem_aantal_binnen_5_km warenhuis_gemiddelde_afstand_in_km
warenhuis_gemiddeld_aantal_binnen_5_km warenhuis_gemiddeld_aantal_binnen_10_km
warenhuis_gemiddeld_aantal_binnen_20_km cafe_gemiddelde_afstand_in_km
cafe_gemiddeld_aantal_binnen_1_km cafe_gemiddeld_aantal_binnen_3_km
cafe_gemiddeld_aantal_binnen_5_km cafetaria_gemiddelde_afstand_in_km
cafetaria_gemiddeld_aantal_binnen_1_km cafetaria_gemiddeld_aantal_binnen_3_km
cafetaria_gemiddeld_aantal_binnen_5_km restaurant_gemiddelde_afstand_in_km
restaurant_gemiddeld_aantal_binnen_1_km restaurant_gemiddeld_aantal_binnen_3_km
restaurant_gemiddeld_aantal_binnen_5_km hotel_gemiddelde_afstand_in_km
hotel_gemiddeld_aantal_binnen_5_km hotel_gemiddeld_aantal_binnen_10_km
hotel_gemiddeld_aantal_binnen_20_km kinderdagverblijf_gemiddelde_afstand_in_km
kinderdagverblijf_gemiddeld_aantal_binnen_1_km
kinderdagverblijf_gemiddeld_aantal_binnen_3_km
kinderdagverblijf_gemiddeld_aantal_binnen_5_km buitenschoolse_opvang_gem_afstand_in_km
buitenschoolse_opvang_gemiddeld_aantal_binnen_1_km
buitenschoolse_opvang_gemiddeld_aantal_binnen_3_km
buitenschoolse_opvang_gemiddeld_aantal_binnen_5_km basisonderwijs_gemiddelde_afstand_in_km
basisonderwijs_gemiddeld_aantal_binnen_1_km basisonderwijs_gemiddeld_aantal_binnen_3_km
basisonderwijs_gemiddeld_aantal_binnen_5_km voortgezet_onderwijs_gem_afstand_in_km
voortgezet_onderwijs_gemiddeld_aantal_binnen_3_km
voortgezet_onderwijs_gemiddeld_aantal_binnen_5_km
voortgezet_onderwijs_gemiddeld_aantal_binnen_10_km vmbo_gemiddelde_afstand_in_km
vmbo_gemiddeld_aantal_binnen_3_km vmbo_gemiddeld_aantal_binnen_5_km
vmbo_gemiddeld_aantal_binnen_10_km havo_vwo_gemiddelde_afstand_in_km
havo_vwo_gemiddeld_aantal_binnen_3_km havo_vwo_gemiddeld_aantal_binnen_5_km
havo_vwo_gemiddeld_aantal_binnen_10_km brandweerkazerne_gemiddelde_afstand_in_km
oprit_hoofdverkeersweg_gemiddelde_afstand_in_km treinstation_gemiddelde_afstand_in_km
overstapstation_gemiddelde_afstand_in_km zwembad_gemiddelde_afstand_in_km
kunstijsbaan_gemiddelde_afstand_in_km bibliotheek_gemiddelde_afstand_in_km
poppodium_gemiddelde_afstand_in_km bioscoop_gemiddelde_afstand_in_km
bioscoop_gemiddeld_aantal_binnen_5_km bioscoop_gemiddeld_aantal_binnen_10_km
bioscoop_gemiddeld_aantal_binnen_20_km sauna_gemiddelde_afstand_in_km
zonnebank_gemiddelde_afstand_in_km attractiepark_gemiddelde_afstand_in_km
attractiepark_gemiddeld_aantal_binnen_10_km attractiepark_gemiddeld_aantal_binnen_20_km
attractiepark_gemiddeld_aantal_binnen_50_km theater_gemiddelde_afstand_in_km
theater_gemiddeld_aantal_binnen_5_km theater_gemiddeld_aantal_binnen_10_km
theater_gemiddeld_aantal_binnen_20_km gemiddelde_afstand_tot_museum
gemiddeld_aantal_musea_binnen_5_km gemiddeld_aantal_musea_binnen_10_km
gemiddeld_aantal_musea_binnen_20_km afstand_tot_openbaar_groen_totaal
afstand_tot_park_of_plantsoen afstand_tot_dagrcreatief_terrein afstand_tot_bos
afstand_tot_open_natuur_terrein_totaal afstand_tot_open_droog_natuur_terrein
afstand_tot_open_nat_natuurlijk_terrein afstand_tot_semiopenbaar_groen_totaal
afstand_tot_sportterrein afstand_tot_volkstuin afstand_tot_verblijfsrecreatief_terrein
afstand_tot_recreatief_binnenwater afstand_tot_begraafplaats
"""
KNOWN_FIGURES = frozenset(_FIGURES_2024.split())

# Columns that identify a row; everything else is a figure.
IDENTIFYING_COLUMNS = frozenset(
    {
        "code",
        "name",
        "buurtcode",
        "buurtnaam",
        "wijkcode",
        "wijknaam",
        "gemeentecode",
        "gemeentenaam",
        "statcode",
        "statnaam",
        "jrstatcode",
        "jaar",
        "water",
        "indelingswijziging_wijken_en_buurten",
        "fuuid",
        "rubriek",
    }
)

SHAPEFILE_NAMES = {
    "BU_CODE": "buurtcode",
    "BU_NAAM": "buurtnaam",
    "WK_CODE": "wijkcode",
    "WK_NAAM": "wijknaam",
    "GM_CODE": "gemeentecode",
    "GM_NAAM": "gemeentenaam",
    "IND_WBI": "indelingswijziging_wijken_en_buurten",
    "H2O": "water",
    "WATER": "water",
    "POSTCODE": "meest_voorkomende_postcode",
    "DEK_PERC": "dekkingspercentage",
    "OAD": "omgevingsadressendichtheid",
    "STED": "stedelijkheid_adressen_per_km2",
    "BEV_DICHTH": "bevolkingsdichtheid_inwoners_per_km2",
    "AANT_INW": "aantal_inwoners",
    "AANT_MAN": "mannen",
    "AANT_VROUW": "vrouwen",
    "P_00_14_JR": "percentage_personen_0_tot_15_jaar",
    "P_15_24_JR": "percentage_personen_15_tot_25_jaar",
    "P_25_44_JR": "percentage_personen_25_tot_45_jaar",
    "P_45_64_JR": "percentage_personen_45_tot_65_jaar",
    "P_65_EO_JR": "percentage_personen_65_jaar_en_ouder",
    "P_ONGEHUWD": "percentage_ongehuwd",
    "P_GEHUWD": "percentage_gehuwd",
    "P_GESCHEID": "percentage_gescheid",
    "P_VERWEDUW": "percentage_verweduwd",
    "AANTAL_HH": "aantal_huishoudens",
    "P_EENP_HH": "percentage_eenpersoonshuishoudens",
    "P_HH_Z_K": "percentage_huishoudens_zonder_kinderen",
    "P_HH_M_K": "percentage_huishoudens_met_kinderen",
    "GEM_HH_GR": "gemiddelde_huishoudsgrootte",
    "OPP_TOT": "oppervlakte_totaal_in_ha",
    "OPP_LAND": "oppervlakte_land_in_ha",
    "OPP_WATER": "oppervlakte_water_in_ha",
}

OTHER_SPELLINGS = {
    "buurt_code": "buurtcode",
    "buurt_naam": "buurtnaam",
    "wijk_code": "wijkcode",
    "wijk_naam": "wijknaam",
    "gemeente_code": "gemeentecode",
    "gemeente_naam": "gemeentenaam",
    "naam": "name",
    "gemiddelde_huishoudensgrootte": "gemiddelde_huishoudsgrootte",
}

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Z])")


def snake_case(name: str) -> str:
    """Write a column name in CBS's own snake_case; names that already are stay as they are.

    >>> snake_case("percentagePersonen0Tot15Jaar")
    'percentage_personen_0_tot_15_jaar'
    >>> snake_case("bevolkingsdichtheidInwonersPerKm2")
    'bevolkingsdichtheid_inwoners_per_km2'
    """
    if name == name.lower():
        return re.sub(r"\W+", "_", name).strip("_")
    words = name.lower() if name == name.upper() else _WORD_STARTS.sub("_", name).lower()
    return re.sub(r"\W+", "_", words).strip("_").replace("km_2", "km2")


@lru_cache(maxsize=4096)
def column_key(name: str) -> str:
    """Give the one key under which a column is known, from any of its spellings."""
    if name.upper() in SHAPEFILE_NAMES:
        return SHAPEFILE_NAMES[name.upper()]
    key = snake_case(name)
    return OTHER_SPELLINGS.get(key, key)


def is_unknown(key: str) -> bool:
    """Tell whether a normalised key is neither identifying nor in CBS's edition 2024."""
    return key not in KNOWN_FIGURES and key not in IDENTIFYING_COLUMNS
