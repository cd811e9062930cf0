"""Money: whole minor units ("cents") of a currency, and the way in from typed text."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

# ISO 4217: the currencies that do not have two decimals.
_DIGITS: Final = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
_CODE: Final = re.compile(r"[A-Z]{3}")
_PLAIN: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")

# Ten million millions: far above any contract, far below what a bigint of cents holds.
MAJOR_DIGITS: Final = 13


class InvalidAmount(Refusal):
    """The text is not a plain decimal amount."""

    code = "invalid_amount"
    message = gettext_noop("“{text}” is not an amount. Write it in digits, like {example}.")


class TooManyDecimals(InvalidAmount):
    """The amount is finer than the currency's smallest unit."""

    code = "too_many_decimals"
    message = gettext_noop("“{text}” has too many decimals. Write it like {example}.")


class AmountTooLarge(InvalidAmount):
    """The amount has more digits than any contract."""

    code = "amount_too_large"
    message = gettext_noop("“{text}” is too large. Use at most {digits} digits before the point.")


class NegativeAmount(InvalidAmount):
    """An amount below zero where only zero or more makes sense."""

    code = "negative_amount"
    message = gettext_noop("“{text}” is below zero. Write an amount of zero or more.")


class UnknownCurrency(Refusal):
    """The currency is not a three-letter code of ISO 4217's form."""

    code = "unknown_currency"
    message = gettext_noop("“{currency}” is not a currency code. Use three capital letters, like USD.")


class Money(NamedTuple):
    """
    An amount for people to read, as refusals carry it.

    >>> str(Money(12_000_00, "USD"))
    '12,000.00'
    """

    cents: int
    currency: str

    def __str__(self) -> str:
        return format_cents(self.cents, self.currency)


def currency_digits(code: str) -> int:
    """
    How many decimals the currency has: 0, 2 or 3 (ISO 4217).

    Refuses what is not three capital letters (UnknownCurrency).

    >>> [currency_digits(code) for code in ("USD", "JPY", "JOD")]
    [2, 0, 3]
    """
    if not _CODE.fullmatch(code):
        raise UnknownCurrency(currency=_short(code), field="currency")
    return _DIGITS.get(code, 2)


def largest_cents(currency: str) -> int:
    """
    The largest amount that Milepost takes, in cents: 13 digits before the point.

    >>> largest_cents("JPY")
    9999999999999
    """
    return int(10 ** (MAJOR_DIGITS + currency_digits(currency))) - 1


def parse_cents(text: str, currency: str, *, field: str | None = None, negative: bool = False) -> int:
    """
    Cents from a plain decimal in major units, exactly; nothing is ever rounded.

    Refuses (InvalidAmount and its kinds, naming `field`): anything but digits with one
    point (no exponent, no "NaN", no thousands separator), more decimals than the currency
    has, more than 13 digits before the point, and a minus sign unless `negative`.

    >>> parse_cents("10825.00", "USD"), parse_cents("10825", "JPY"), parse_cents("0.5", "USD")
    (1082500, 10825, 50)
    >>> parse_cents("10.825", "USD")
    Traceback (most recent call last):
    milepost.core.money.TooManyDecimals: “10.825” has too many decimals. Write it like 1250.00.
    """
    places = currency_digits(currency)
    sign, whole, part = _parts(text, places=places, digits=MAJOR_DIGITS, field=field, negative=negative)
    cents = int(whole + part.ljust(places, "0"))
    return -cents if sign else cents


def parse_decimal(
    text: str,
    *,
    digits: int,
    places: int,
    field: str | None = None,
    negative: bool = False,
) -> Decimal:
    """
    An exact decimal (a quantity, a rate, a percentage) from plain text.

    `digits`: at most so many before the point; `places`: at most so many after it.
    Refuses as parse_cents does.

    >>> parse_decimal("8.25", digits=3, places=4)
    Decimal('8.25')
    >>> parse_decimal("1e400", digits=3, places=4)
    Traceback (most recent call last):
    milepost.core.money.InvalidAmount: “1e400” is not an amount. Write it in digits, like 1250.0000.
    """
    sign, whole, part = _parts(text, places=places, digits=digits, field=field, negative=negative)
    return Decimal(f"{sign}{whole}.{part}" if part else f"{sign}{whole}")


def _parts(text: str, *, places: int, digits: int, field: str | None, negative: bool) -> tuple[str, str, str]:
    """Sign, digits before and digits after the point, or a refusal."""
    trimmed = text.strip()
    example = plain_decimal(1250 * 10**places, places)
    match = _PLAIN.fullmatch(trimmed)
    if match is None:
        raise InvalidAmount(text=_short(trimmed), example=example, field=field)
    sign, whole, part = match[1], match[2].lstrip("0") or "0", match[3] or ""
    if len(whole) > digits:
        raise AmountTooLarge(text=_short(trimmed), digits=digits, field=field)
    if len(part) > places:
        raise TooManyDecimals(text=_short(trimmed), example=example, field=field)
    if sign and not negative:
        raise NegativeAmount(text=_short(trimmed), field=field)
    return sign, whole, part


def _short(text: str) -> str:
    """A refusal repeats what was typed, but not a page of it."""
    return text if len(text) <= 40 else text[:39] + "…"


def plain_decimal(cents: int, places: int) -> str:
    """
    Digits and a point, nothing else.

    >>> plain_decimal(-5, 2), plain_decimal(5, 0)
    ('-0.05', '5')
    """
    sign = "-" if cents < 0 else ""
    digits = str(abs(cents)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def short_decimal(value: Decimal | Fraction | int) -> str:
    """
    An exact number without the zeros that say nothing, as a sentence has it.

    >>> short_decimal(Decimal("110.000000")), short_decimal(Decimal(100)), short_decimal(Fraction(-1, 4))
    ('110', '100', '-0.25')
    """
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(cents: int, currency: str) -> str:
    """
    The amount in major units as stories and the API write it; parse_cents reads it back.

    >>> plain(10_825_00, "USD"), plain(-5, "JOD"), plain(800, "JPY")
    ('10825.00', '-0.005', '800')
    """
    return plain_decimal(cents, currency_digits(currency))


def format_cents(cents: int, currency: str) -> str:
    """
    The amount in major units with thousands grouped, in English.

    >>> format_cents(12_000_00, "USD"), format_cents(-1_234_567, "JPY")
    ('12,000.00', '-1,234,567')
    """
    whole, point, part = plain(abs(cents), currency).partition(".")
    return f"{'-' if cents < 0 else ''}{int(whole):,}{point}{part}"
