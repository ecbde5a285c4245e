import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.figure import CELSIUS, NOTES, SHARE, Figure, Input, figure_from_dict, quotient

finite = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=30)
@given(
    value=finite,
    part=finite,
    whole=finite,
    gaps=st.none() | st.floats(0, 1),
    n=st.none() | st.integers(0, 10**9),
    parameters=st.dictionaries(st.text(), st.booleans() | st.integers() | finite | st.text()),
    notes=st.lists(st.sampled_from(NOTES)).map(tuple),
)
def test_what_is_written_as_json_is_read_back_the_same(
    value: float | None,
    part: float | None,
    whole: float | None,
    gaps: float | None,
    n: int | None,
    parameters: dict[str, bool | int | float | str | None],
    notes: tuple[str, ...],
) -> None:
    figure = Figure("HEAT-1", "1", parameters, value, SHARE, part, whole, gaps, n, notes).traced(
        (Input("pet", "2022", "ab" * 32), Input("bgt", "2026")), "0.1.0"
    )
    assert figure_from_dict(json.loads(json.dumps(figure.as_dict(), allow_nan=False))) == figure


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_no_figure(wrong: float) -> None:
    for part in ("value", "numerator", "denominator", "no_data_share"):
        with pytest.raises(ValueError, match="not finite"):
            Figure(**({"value": 1.0} | {part: wrong}), **_REST)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not finite"):
        Figure(**(_REST | {"value": 1.0, "parameters": {"distance_m": wrong}}))


@pytest.mark.parametrize("wrong", [-0.01, 1.01])
def test_the_share_without_data_is_a_share(wrong: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Figure(value=1.0, no_data_share=wrong, **_REST)


def test_a_note_has_a_text() -> None:
    with pytest.raises(ValueError, match="note"):
        Figure(value=1.0, notes=("something else",), **_REST)


def test_a_figure_keeps_its_own_copy_of_the_parameters() -> None:
    parameters = {"pet_min": 35.0}
    figure = Figure("HEAT-1", "1", parameters, 0.5, SHARE)
    parameters["pet_min"] = 20.0
    assert figure.parameters["pet_min"] == 35.0


def test_nothing_to_divide_by_gives_no_value_instead_of_zero() -> None:
    assert quotient(0, 0) is None
    assert quotient(0, 2) == 0
    assert quotient(3, 4) == 0.75


_REST = {"definition": "HEAT-2", "version": "1", "parameters": {}, "unit": CELSIUS}
