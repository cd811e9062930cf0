"""Telephone numbers and email addresses as people type them."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal


class BadPhone(Refusal):
    code = "bad_phone"
    message = gettext_noop(
        "“{text}” is not a phone number. Write it with its area code, such as +1 312 555 0142."
    )


class BadEmail(Refusal):
    code = "bad_email"
    message = gettext_noop("“{text}” is not an email address. It looks like name@example.com.")


def phone_e164(text: str, *, country: str, field: str = "phone") -> str:
    """The number in E.164 ("+13125550142"), "" for none; refuses BadPhone."""
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise BadPhone(field=field, text=text[:40]) from None
    if not phonenumbers.is_possible_number(number):
        raise BadPhone(field=field, text=text[:40])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str, *, field: str = "email") -> str:
    """The address without surrounding space, "" for none; refuses BadEmail."""
    text = text.strip()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        raise BadEmail(field=field, text=text[:80]) from None
    if len(text) > 254:
        raise BadEmail(field=field, text=text[:80])
    return text
