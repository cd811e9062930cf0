"""How amounts, quantities and dates are written for the reader: in their language, by its habits."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.dates import format_time as babel_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from milepost.core.money import Money
from milepost.queries import wording
from milepost.web.reader import country_of

# What a template may hold for an amount: Money, any (cents, currency) pair, bare cents, nothing.
Amount = Money | tuple[int, str] | int | None


def reader_locale() -> Locale:
    """The locale of the active language; English where babel does not know it."""
    return wording.locale_of(reader_tag())


def reader_tag() -> str:
    """The active language as a tag, with the country that the reader's browser names beside it, if any."""
    language = get_language() or "en"
    return language if "-" in language else country_of(language) or language


def locale_name(tag: str) -> str:
    """A locale in the reader's language: "German (Germany)" of "de-DE"."""
    return str(wording.locale_of(tag).get_display_name(reader_locale()) or tag)


def country_name(code: str) -> str:
    """A country in the reader's language: "Germany" of "DE"."""
    return str(reader_locale().territories.get(code, code))


def money(amount: Amount, currency: str = "") -> str:
    """
    An amount without its symbol: 4000000 cents of USD are written "40,000.00".

    Takes Money, a (cents, currency) pair, or whole cents with the currency beside them.
    Exact: the decimals are the currency's own, nothing is rounded. None is written as nothing.
    """
    if amount is None or amount == "":
        return ""
    cents, code = (amount, currency) if isinstance(amount, int) else amount
    return wording.money(cents, code, reader_tag())


def money_code(amount: Amount, currency: str = "") -> str:
    """An amount with its currency's symbol where the reader's locale puts it: "$40,000.00"."""
    if amount is None or amount == "":
        return ""
    cents, code = (amount, currency) if isinstance(amount, int) else amount
    return wording.money_with_code(cents, code, reader_tag())


def signed(amount: Amount, currency: str = "") -> str:
    """A difference: "+180.00", "-50.00", "0.00"."""
    if amount is None or amount == "":
        return ""
    cents = amount if isinstance(amount, int) else amount[0]
    return ("+" if cents > 0 else "") + money(amount, currency)


def quantity(value: Decimal | Fraction | int | str | None) -> str:
    """A count or measure without trailing zeros; at most six decimals are shown: "2.5", "1,200"."""
    if value is None or value == "":
        return ""
    return wording.quantity(value, reader_tag())


def unit_price(value: Decimal | None) -> str:
    """A price for one, in major units: two decimals at least, more where it was agreed finer: "12.50", "0.0825"."""
    if value is None or value == "":
        return ""
    return format_decimal(value, "#,##0.00####", locale=reader_locale())


def typed_price(value: Decimal | None) -> str:
    """A price for one as the reader would type it into a field: "12.50", "0.0825"."""
    return typed_number(value, places=2)


def percent(value: Decimal | Fraction | int | str | None) -> str:
    """Percent as a number (25 means 25 %), without trailing zeros, at most five decimals: "12.5 %"."""
    if value is None or value == "":
        return ""
    return wording.percent(value, reader_tag())


def share_bp(value_bp: int | None) -> str:
    """A share in basis points (2500 means 25 %), written as percent: "25 %"."""
    return "" if value_bp is None or value_bp == "" else percent(Decimal(value_bp) / 100)


def day(value: date | datetime | None) -> str:
    """The day as people say it: "Fri 20 March"; with its year when that is not this year."""
    return _day(value, english="EEE d MMMM", skeleton="MMMMEd")


def short_day(value: date | datetime | None) -> str:
    """The day where space is short: "20 Mar"; with its year when that is not this year."""
    return _day(value, english="d MMM", skeleton="MMMd")


def _day(value: date | datetime | None, *, english: str, skeleton: str) -> str:
    on = local_date(value)
    if on is None:
        return ""
    other_year = on.year != timezone.localdate().year
    locale = reader_locale()
    if locale.language == "en":
        return format_date(on, english + (" y" if other_year else ""), locale=locale)
    return format_skeleton(("y" if other_year else "") + skeleton, on, locale=locale)


def moment(value: datetime | None) -> str:
    """A day with its time of day: "Fri 20 March, 14:05" or "2:05 PM" as the locale has it."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)}, {babel_time(local.time(), 'short', locale=reader_locale())}"


def local_date(value: date | datetime | None) -> date | None:
    """The calendar day of a moment in the active time zone; a plain date as it is."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value or None


def relative_day(value: date | datetime | None) -> str:
    """How far a day is from today: "today", "in 3 days", "12 days ago"; past 30 days, the day itself."""
    on = local_date(value)
    if on is None:
        return ""
    days = (on - timezone.localdate()).days
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if days in near:
        return near[days]
    if abs(days) > 30:
        return day(on)
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


def shown(value: object) -> object:
    """Any value of a refusal or message, written for the reader."""
    if isinstance(value, Money):
        return money_code(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal | Fraction):
        return quantity(value)
    return value


def typed_number(value: Decimal | int | None, *, places: int = 0) -> str:
    """
    A number as the reader would type it into a field: their decimal sign, no grouping, no zeros at
    the end beyond `places` decimals. "1250.00", "1250,5"; nothing for None.
    """
    if value is None:
        return ""
    pattern = "0." + "0" * places + "#" * (12 - places)
    return format_decimal(Decimal(value), pattern, locale=reader_locale())
