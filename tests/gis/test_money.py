from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.money import (
    LARGEST_CENTS,
    REASONS,
    MoneyError,
    largest_within,
    parse_euros,
    percentage_of,
    percentage_within,
)

cents = st.integers(-LARGEST_CENTS, LARGEST_CENTS)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234.567,89", 123_456_789),
        ("1234567.89", 123_456_789),
        ("1,234,567.89", 123_456_789),
        ("1 234 567,89", 123_456_789),
        ("€ 600.000", 60_000_000),
        ("€ 600.000,-", 60_000_000),
        ("600.000,--", 60_000_000),
        ("€ 600.000,00", 60_000_000),
        ("600000", 60_000_000),
        ("EUR 12,50", 1250),
        ("12,5 euro", 1250),
        ("12.5", 1250),
        ("0,07", 7),
        ("18,6 mln", 1_860_000_000),
        ("18.6 mln.", 1_860_000_000),
        ("€18,6 miljoen", 1_860_000_000),
        ("2,07 mln", 207_000_000),
        ("0,530 mln", 53_000_000),
        ("1,9500 mld", 195_000_000_000),
        ("20 duizend", 2_000_000),
        ("-600,00", -60_000),
        ("€ −600", -60_000),
        ("\u00a05\u00a0000\u00a0", 500_000),
    ],
)
def test_clear_amounts_are_read(text: str, amount: int) -> None:
    assert parse_euros(text) == amount


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("nan", "not_a_number"),
        ("inf", "not_a_number"),
        ("1e6", "not_a_number"),
        ("€", "not_a_number"),
        ("mln", "not_a_number"),
        ("--5", "not_a_number"),
        ("-€-5", "not_a_number"),
        ("12 34", "not_a_number"),
        ("1.23.456", "not_a_number"),
        ("1.234.567.89", "not_a_number"),
        ("1,5,5", "not_a_number"),
        ("5,", "not_a_number"),
        ("٥٠", "not_a_number"),
        ("1" * 41, "not_a_number"),
        ("1,234", "ambiguous"),
        ("1.234 mln", "ambiguous"),
        ("1,234 mln", "ambiguous"),
        ("12,345", "ambiguous"),
        ("12,3456", "too_many_decimals"),
        ("0.600", "too_many_decimals"),
        ("1234.500", "too_many_decimals"),
        ("1.234,567", "too_many_decimals"),
        ("0,123456789 mln", "too_many_decimals"),
        ("10.000.000.000.000,01", "too_large"),
        ("99999 mld", "too_large"),
    ],
)
def test_unclear_amounts_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_euros(text)
    assert caught.value.reason == reason


@given(cents)
def test_every_amount_is_read_back_in_both_notations(amount: int) -> None:
    plain = f"{Decimal(amount) / 100:,.2f}"
    dutch = plain.translate(str.maketrans(",.", ".,"))
    assert parse_euros(dutch) == parse_euros(plain) == amount
    assert parse_euros(plain.replace(",", "")) == amount


@given(st.text(max_size=45) | st.text("0123456789.,- €mln", max_size=20))
def test_any_text_is_an_amount_or_refused_with_a_reason(text: str) -> None:
    try:
        amount: int | str = parse_euros(text)
    except MoneyError as error:
        amount = error.reason
    assert amount in REASONS or abs(int(amount)) <= LARGEST_CENTS


def test_three_percent_of_twenty_million_is_exactly_six_hundred_thousand() -> None:
    whole = parse_euros("20.000.000,00")
    assert percentage_within(parse_euros("600.000,00"), whole, 3)
    assert not percentage_within(parse_euros("600.000,01"), whole, 3)
    assert largest_within(whole, 3) == parse_euros("600.000")


def test_three_percent_of_the_waterweg_deal_as_worked_out_by_hand() -> None:
    part, whole = parse_euros("530.000"), parse_euros("17,7 mln")
    share = percentage_of(part, whole)
    assert percentage_within(part, whole, Decimal("3"))
    assert share is not None
    assert round(share, 3) == Fraction("2.994")


def test_of_nothing_only_nothing_is_within() -> None:
    assert percentage_within(0, 0, 3)
    assert not percentage_within(1, 0, 3)
    assert percentage_of(1, 0) is None


@given(st.integers(0, LARGEST_CENTS), st.fractions(0, 100))
def test_one_cent_more_than_the_largest_within_is_not_within(whole: int, percent: Fraction) -> None:
    most = largest_within(whole, percent)
    assert percentage_within(most, whole, percent)
    assert not percentage_within(most + 1, whole, percent)
