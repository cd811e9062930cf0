"""How amounts, quantities and days are written, in a reader's locale: the one place for pages and paper."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal
from django.utils import translation
from django.utils.translation import gettext

from milepost.core.money import currency_digits
from milepost.records.businesses import Business
from milepost.records.customers import Customer


@lru_cache
def locale_of(tag: str) -> Locale:
    """
    The locale of a language tag; its language alone, then English, where babel knows no better.

    >>> [str(locale_of(tag)) for tag in ("de-AT", "en_US", "de-XX", "tlh", "")]
    ['de_AT', 'en_US', 'de', 'en', 'en']
    """
    clean = tag.replace("-", "_")
    for candidate in (clean, clean.partition("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def tag_of(customer: Customer, business: Business) -> str:
    """The language tag that a customer reads: their own, else the business's."""
    return (customer.language or business.locale or "en").replace("_", "-")


@contextmanager
def in_words_of(customer: Customer, business: Business) -> Iterator[str]:
    """Whoever acts: what is put into words here is in the customer's language, whose tag this gives."""
    tag = tag_of(customer, business)
    with translation.override(tag):
        yield tag


def money(cents: int, currency: str, locale: str) -> str:
    """
    An amount without its symbol, with exactly the currency's decimals; nothing is rounded.

    >>> money(10_000_00, "USD", "en-US"), money(-5, "KWD", "en"), money(1_000_000, "JPY", "de")
    ('10,000.00', '−0.005', '1.000.000')
    """
    digits = currency_digits(currency)
    return _decimals(locale, digits, digits).apply(_major(cents, digits), locale_of(locale)).replace("-", "−")


def money_with_code(cents: int, currency: str, locale: str) -> str:
    """
    An amount with its currency where the reader's locale puts it.

    The decimals are ISO 4217's: babel's own are of cash in use, and would drop a dinar's para.

    >>> money_with_code(10_000_00, "USD", "en-US"), money_with_code(1250, "RSD", "en")
    ('$10,000.00', 'RSD\\xa012.50')
    """
    digits = currency_digits(currency)
    pattern = _currency(locale, digits)
    text = pattern.apply(_major(cents, digits), locale_of(locale), currency=currency, currency_digits=False)
    # CLDR's rule: a code of letters stands off the digits that follow it.
    return re.sub("(?<=[A-Za-z])(?=[0-9])", "\u00a0", text).replace("-", "−")


def unit_price(value: Decimal, currency: str, locale: str) -> str:
    """
    A price in major units: the currency's decimals, and more where the price has more.

    >>> [unit_price(Decimal(x), "USD", "en") for x in ("12.500000", "0.4125", "0.000125")]
    ['12.50', '0.4125', '0.000125']
    """
    least = currency_digits(currency)
    exact = max(0, -int(value.normalize().as_tuple().exponent))
    return _decimals(locale, least, max(least, exact)).apply(value, locale_of(locale)).replace("-", "−")


def quantity(value: Decimal | Fraction | int | str, locale: str) -> str:
    """
    A count or a measure without trailing zeros; at most six decimals are shown.

    >>> quantity(Decimal("2.500000"), "en"), quantity(1200, "de")
    ('2.5', '1.200')
    """
    return format_decimal(_decimal(value), format="#,##0.######", locale=locale_of(locale)).replace("-", "−")


def percent(value: Decimal | Fraction | int | str, locale: str) -> str:
    """
    Percent as a number (25 means 25 %), without trailing zeros; at most five decimals are shown.

    >>> percent(Decimal("25.000000"), "en"), percent("8.25", "de")
    ('25 %', '8,25 %')
    """
    number = format_decimal(_decimal(value), format="#,##0.#####", locale=locale_of(locale))
    return gettext("{number} %").format(number=number.replace("-", "−"))


def long_day(value: date, locale: str) -> str:
    """
    A day that readers on both sides of the Atlantic read alike, always with its year.

    >>> long_day(date(2026, 3, 2), "en-US"), long_day(date(2026, 3, 2), "de")
    ('2 March 2026', '2. März 2026')
    """
    known = locale_of(locale)
    return format_date(value, "d MMMM y" if known.language == "en" else "long", locale=known)


def day_first(locale: str) -> bool:
    """
    Whether the place writes days before months in figures.

    >>> day_first("en-GB"), day_first("de"), day_first("en-US"), day_first("ja")
    (True, True, False, False)
    """
    pattern = locale_of(locale).date_formats["short"].pattern
    return str(pattern).index("d") < str(pattern).index("M")


def moment(value: datetime, locale: str, timezone: str) -> str:
    """
    A moment on the clock of a time zone, which it names.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 3, 0, 42, tzinfo=UTC), "en-GB", "America/Chicago")
    '2 March 2026, 18:42 CST'
    """
    local = value.astimezone(ZoneInfo(timezone))
    # The narrow space before AM and PM is missing from many fonts.
    clock = format_time(local.time(), "short", locale=locale_of(locale)).replace("\u202f", "\u00a0")
    return f"{long_day(local.date(), locale)}, {clock} {local.tzname()}"


def _major(cents: int, digits: int) -> Decimal:
    return Decimal(cents).scaleb(-digits)


def _decimal(value: Decimal | Fraction | int | str) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value))


@lru_cache
def _decimals(locale: str, least: int, most: int) -> NumberPattern:
    """The locale's own grouping with so many decimals."""
    return _with_digits(locale_of(locale).decimal_formats[None], least, most)


@lru_cache
def _currency(locale: str, digits: int) -> NumberPattern:
    return _with_digits(locale_of(locale).currency_formats["standard"], digits, digits)


def _with_digits(pattern: NumberPattern, least: int, most: int) -> NumberPattern:
    changed = copy(pattern)
    changed.frac_prec = (least, most)
    return changed
