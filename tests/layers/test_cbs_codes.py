"""CBS codes, column names and the codes for figures that are missing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.sources.cbs_codes import level_of, missing_reason, municipality_of, parent_of
from layers.sources.cbs_columns import KNOWN_FIGURES, column_key, is_unknown


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("GM0392", "municipality"),
        ("WK039221", "wijk"),
        ("WK0392AB", "wijk"),
        ("BU03922105", "buurt"),
        ("BU0363AC02", "buurt"),
        ("WK03922105", None),
        ("GM392", None),
        ("gm0392", None),
        ("", None),
    ],
)
def test_the_level_follows_from_the_code(code: str, level: str | None) -> None:
    assert level_of(code) == level


def test_the_area_above_follows_from_the_code() -> None:
    assert parent_of("BU03922105") == "WK039221"
    assert parent_of("WK039221") == "GM0392"
    assert parent_of("GM0392") is None
    assert municipality_of("BU03922105") == "GM0392"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (-99997, "secret"),
        (-99995.0, "later_release"),
        (-99991, "discontinued"),
        (-99999999, "missing"),
        (-1e8, "missing"),
        (None, "missing"),
        (math.nan, "missing"),
        (math.inf, "missing"),
        (-99990, "missing"),
        (-99989, None),
        (-9999, None),
        (0, None),
    ],
)
def test_a_missing_code_has_its_reason(value: float | None, reason: str | None) -> None:
    assert missing_reason(value) == reason


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("aantalInwoners", "aantal_inwoners"),
        ("aantal_inwoners", "aantal_inwoners"),
        ("AANT_INW", "aantal_inwoners"),
        ("percentagePersonen0Tot15Jaar", "percentage_personen_0_tot_15_jaar"),
        ("P_00_14_JR", "percentage_personen_0_tot_15_jaar"),
        ("bevolkingsdichtheidInwonersPerKm2", "bevolkingsdichtheid_inwoners_per_km2"),
        (
            "winkelsOvDagelLevensmGemAantalBinnen1Km",
            "winkels_ov_dagel_levensm_gem_aantal_binnen_1_km",
        ),
        ("H2O", "water"),
        ("bu_code", "buurtcode"),
        ("buurtCode", "buurtcode"),
        ("Shape_Area", "shape_area"),
    ],
)
def test_a_column_has_one_key_in_every_spelling(name: str, key: str) -> None:
    assert column_key(name) == key


@given(st.sampled_from(sorted(KNOWN_FIGURES)))
def test_a_known_figure_keeps_its_name(key: str) -> None:
    assert column_key(key) == key
    assert not is_unknown(key)
