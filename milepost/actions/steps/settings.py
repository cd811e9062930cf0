"""A business's settings, each checked for what it means."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from milepost.actions.steps.reach import email_address, phone_e164
from milepost.core.colors import is_color
from milepost.core.countries import COUNTRIES
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.files import StoredFile

CHOICES: Mapping[str, frozenset[str]] = {
    "deposit_tax": frozenset({"on_application", "at_deposit", "at_payment"}),
    "tax_at": frozenset({"contract", "document"}),
    "tax_per": frozenset({"code", "line"}),
    "tax_rounding": frozenset({"half_up", "down"}),
    "recovery": frozenset({"off_the_top", "first", "final"}),
    "holidays": frozenset({"", *(country.holidays for country in COUNTRIES.values())}),
}
LENGTHS: Mapping[str, int] = {
    "name": 200, "registration": 100, "licence": 100, "address": 1000, "transfer_details": 2000,
    "cheque_details": 2000,
}  # fmt: skip
DAYS = frozenset({"approval_days", "early_days", "net_days", "grace_days", "pause_after_days", "change_days"})


MOST_SURCHARGE_PERCENT = 3
"""What the card networks allow at most; the law of a place may allow less, or nothing."""


class NoSuchChoice(Refusal):
    code = "no_such_choice"
    message = gettext_noop("“{text}” is not one of the choices.")


class NotAColor(Refusal):
    code = "not_a_color"
    message = gettext_noop("“{text}” is not a colour. Write it like #0a5c3c.")


class NotAPicture(Refusal):
    code = "not_a_picture"
    message = gettext_noop("This picture is not stored here. Upload it again.")


class TooLong(Refusal):
    code = "too_long"
    message = gettext_noop("This is too long: at most {most} characters.")


class NeedsAName(Refusal):
    code = "needs_a_name"
    message = gettext_noop("A business needs a name.")


class OutOfRange(Refusal):
    code = "out_of_range"
    message = gettext_noop("This goes from {least} to {most}.")


def checked_settings(changes: Mapping[str, object], *, country: str) -> dict[str, object]:
    """
    The changes as they are stored: texts trimmed, the phone in E.164.

    Refuses at the field that is wrong: NeedsAName, TooLong, BadEmail, BadPhone, NotAColor,
    NoSuchChoice (a country's holidays, a time zone, a language, an accounting rule), OutOfRange.
    """
    return {name: _checked(name, value, country) for name, value in changes.items()}


def _checked(name: str, value: object, country: str) -> object:
    if name == "phone":
        return phone_e164(str(value), country=country, field=name)
    if name == "email":
        return email_address(str(value), field=name)
    if name in LENGTHS:
        return _text(name, str(value).strip())
    if name in CHOICES and value not in CHOICES[name]:
        raise NoSuchChoice(field=name, text=str(value)[:40])
    check = CHECKS.get(name) or (_days if name in DAYS else None)
    if check:
        check(name, value)
    return value


def _text(name: str, text: str) -> str:
    if name == "name" and not text:
        raise NeedsAName(field=name)
    if len(text) > LENGTHS[name]:
        raise TooLong(field=name, most=LENGTHS[name])
    return text


def _days(name: str, value: object) -> None:
    if not isinstance(value, int) or not 0 <= value <= 999:
        raise OutOfRange(field=name, least=0, most=999)


def _color(name: str, value: object) -> None:
    if not is_color(str(value)):
        raise NotAColor(field=name, text=str(value)[:40])


def _logo(name: str, value: object) -> None:
    if value and not StoredFile.objects.filter(sha256=value, mime="image/png").exists():
        raise NotAPicture(field="logo")


def _zone(name: str, value: object) -> None:
    if value not in available_timezones():
        raise NoSuchChoice(field=name, text=str(value)[:40])


def _locale(name: str, value: object) -> None:
    try:
        Locale.parse(str(value), sep="-")
    except (UnknownLocaleError, ValueError):
        raise NoSuchChoice(field=name, text=str(value)[:40]) from None


def _late_fee(name: str, value: object) -> None:
    if not isinstance(value, Decimal) or not 0 <= value <= 20:
        raise OutOfRange(field=name, least=0, most=20)


def _surcharge(name: str, value: object) -> None:
    if not isinstance(value, Decimal) or not 0 <= value <= MOST_SURCHARGE_PERCENT:
        raise OutOfRange(field=name, least=0, most=MOST_SURCHARGE_PERCENT)


def _part(name: str, value: object) -> None:
    if value is not None and (not isinstance(value, int) or not 1 <= value < 10**15):
        raise OutOfRange(field=name, least=1, most=10**13)


def _cents(name: str, value: object) -> None:
    if not isinstance(value, int) or not 0 <= value < 10**15:
        raise OutOfRange(field=name, least=0, most=10**13)


CHECKS: Mapping[str, Callable[[str, object], None]] = {
    "brand_color": _color,
    "logo_sha256": _logo,
    "timezone": _zone,
    "locale": _locale,
    "late_fee_monthly": _late_fee,
    "early_percent": _late_fee,
    "bank_from_cents": _cents,
    "surcharge_percent": _surcharge,
    "parts_from_cents": _part,
    "small_difference_cents": _cents,
    "returned_fee_cents": _cents,
    "field_change_cents": _cents,
}
