"""Amounts in and out: exact, refused by name, never through a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.money import (
    InvalidAmount,
    Money,
    UnknownCurrency,
    currency_digits,
    format_cents,
    largest_cents,
    parse_cents,
    parse_decimal,
    plain,
)
from tests.core.effort import tried

CURRENCIES = st.sampled_from(["USD", "JPY", "JOD"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_amount"),
        ("NaN", "invalid_amount"),
        ("Infinity", "invalid_amount"),
        ("1e400", "invalid_amount"),
        ("1E2", "invalid_amount"),
        ("1,000.00", "invalid_amount"),
        ("1 000", "invalid_amount"),
        ("1_000", "invalid_amount"),
        (".50", "invalid_amount"),
        ("5.", "invalid_amount"),
        ("+5", "invalid_amount"),
        ("$5", "invalid_amount"),
        ("ten thousand", "invalid_amount"),
        ("٣٤", "invalid_amount"),
        ("0x10", "invalid_amount"),
        ("1.005", "too_many_decimals"),
        ("1" * 40, "amount_too_large"),
        ("1" * 14, "amount_too_large"),
        ("-5.00", "negative_amount"),
    ],
)
def test_what_is_no_amount_is_refused_by_name_at_its_field(text: str, code: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        parse_cents(text, "USD", field="amount")
    assert (refused.value.code, refused.value.field) == (code, "amount")
    assert len(str(refused.value)) < 140


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("10825.00", "USD", 10_825_00),
        ("10825", "USD", 10_825_00),
        (" 0.5 ", "USD", 50),
        ("007.10", "USD", 7_10),
        ("9999999999999.99", "USD", 999_999_999_999_999),
        ("800", "JPY", 800),
        ("0.005", "JOD", 5),
    ],
)
def test_an_amount_is_read_exactly_in_its_currency(text: str, currency: str, cents: int) -> None:
    assert parse_cents(text, currency) == cents


def test_a_yen_has_no_decimals() -> None:
    with pytest.raises(InvalidAmount, match=r"“800\.00” has too many decimals\. Write it like 1250\."):
        parse_cents("800.00", "JPY")


@pytest.mark.parametrize("code", ["", "US", "usd", "USDX", "U$D"])
def test_a_currency_is_three_capital_letters(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        currency_digits(code)


@tried(100)
@given(CURRENCIES, st.data())
def test_what_is_written_is_read_back(currency: str, data: st.DataObject) -> None:
    most = largest_cents(currency)
    cents = data.draw(st.integers(-most, most))
    assert parse_cents(plain(cents, currency), currency, negative=True) == cents
    assert format_cents(cents, currency).replace(",", "") == plain(cents, currency)


@tried(100)
@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    try:
        cents = parse_cents(text, "USD")
    except InvalidAmount:
        return
    assert 0 <= cents <= largest_cents("USD")


def test_a_quantity_and_a_rate_are_exact_decimals() -> None:
    assert parse_decimal("9.975", digits=3, places=4) == Decimal("9.975")
    assert parse_decimal("-0.5", digits=6, places=3, negative=True) == Decimal("-0.5")
    for text, code in [
        ("1000", "amount_too_large"),
        ("8.25001", "too_many_decimals"),
        ("NaN", "invalid_amount"),
        ("-1", "negative_amount"),
    ]:
        with pytest.raises(InvalidAmount) as refused:
            parse_decimal(text, digits=3, places=4, field="tax")
        assert (refused.value.code, refused.value.field) == (code, "tax")


def test_a_refusal_carries_amounts_that_a_reader_s_locale_can_write() -> None:
    assert str(Money(-1_234_567_89, "USD")) == "-1,234,567.89"
