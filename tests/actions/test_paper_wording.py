"""Amounts, quantities and days as readers of several places write them."""

import doctest
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from milepost.queries import wording
from milepost.queries.paper import parts

MONEY = [
    (10_000_00, "USD", "en-US", "10,000.00", "$10,000.00"),
    (10_000_00, "USD", "en-CA", "10,000.00", "US$10,000.00"),
    (10_000_00, "EUR", "de-DE", "10.000,00", "10.000,00\xa0€"),
    (10_000_00, "CHF", "de-CH", "10’000.00", "CHF\xa010’000.00"),
    (1_000_000, "JPY", "en", "1,000,000", "¥1,000,000"),
    (1_250_500, "KWD", "en", "1,250.500", "KWD\xa01,250.500"),
    (1_250_500, "IQD", "en", "1,250.500", "IQD\xa01,250.500"),
    (-3_333_33, "USD", "en-US", "−3,333.33", "−$3,333.33"),
    (5, "USD", "no such tongue", "0.05", "$0.05"),
]


@pytest.mark.parametrize(("cents", "currency", "locale", "plain", "coded"), MONEY)
def test_an_amount_is_written_with_its_own_decimals_in_the_reader_s_way(
    cents, currency, locale, plain, coded
):
    assert wording.money(cents, currency, locale) == plain
    assert wording.money_with_code(cents, currency, locale) == coded


def test_the_largest_amount_is_written_to_the_last_cent():
    assert wording.money(999_999_999_999_999, "USD", "en") == "9,999,999,999,999.99"


@pytest.mark.parametrize(
    ("price", "currency", "locale", "text"),
    [
        ("909.090900", "USD", "en-US", "909.0909"),
        ("12.500000", "USD", "en-US", "12.50"),
        ("12", "JPY", "en-US", "12"),
        ("0.4125", "EUR", "de", "0,4125"),
        ("1.5", "KWD", "en", "1.500"),
    ],
)
def test_a_unit_price_keeps_the_decimals_that_it_has_and_no_noise(price, currency, locale, text):
    assert wording.unit_price(Decimal(price), currency, locale) == text


@pytest.mark.parametrize(
    ("day", "locale", "text"),
    [
        (date(2026, 3, 2), "en-US", "2 March 2026"),
        (date(2026, 3, 2), "en-GB", "2 March 2026"),
        (date(2026, 3, 2), "de", "2. März 2026"),
        (date(2026, 3, 2), "fr-CA", "2 mars 2026"),
    ],
)
def test_a_day_reads_alike_on_both_sides_of_the_atlantic(day, locale, text):
    assert wording.long_day(day, locale) == text


def test_a_moment_is_on_the_clock_of_the_business_and_says_which():
    signed = datetime(2026, 3, 3, 0, 42, tzinfo=UTC)

    assert wording.moment(signed, "en-US", "America/Chicago") == "2 March 2026, 6:42\xa0PM CST"
    assert wording.moment(signed, "de", "Europe/Berlin") == "3. März 2026, 01:42 CET"


@pytest.mark.parametrize("module", [wording, parts])
def test_the_examples_beside_the_code_hold(module):
    assert doctest.testmod(module).failed == 0
