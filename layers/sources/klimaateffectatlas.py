"""How the Klimaateffectatlas writes perceived temperature per neighbourhood and coolness.

``buurtcode`` and ``_mean`` were read in listings of ``GevoelstemperatuurBuurt_2022.gpkg``. What the
column with the distance in ``afstand_tot_koelte.gpkg`` is called is not established; the reader
tries likely names and otherwise says which columns there are not.
"""

from layers.sources.feature_rows import Profile

_DISTANCES = ("afstand", "afstand_tot_koelte", "afstand_m", "distance", "koelte_afstand")

COOLNESS = Profile(
    keys=("identificatie", "pand_id", "id", "fid"),
    values=_DISTANCES,
    required=(_DISTANCES,),
)
