"""
What a person typed, read in their language: texts, amounts, numbers, percentages, days, choices.

Every function takes the text and the name of its field, and refuses at that field in words. "1.250,50"
is what a German types for "1,250.50".
"""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.core.money import parse_cents, parse_decimal
from milepost.core.refusals import InputRefused
from milepost.web.show import reader_locale

FIRST_YEAR, LAST_YEAR = 1900, 2200


LOST = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: object) -> str:
    """
    Without the spaces around it; what no database stores, NUL and halves of characters, is shown as �.
    (What is not UTF-8 has become � on its way here.)
    """
    return _UNSTORABLE.sub(LOST, str(text)).strip()


def checked_text(text: object, *, field: str, most: int, required: bool = False) -> str:
    """
    A text of at most so many characters, without the spaces around it. Refuses what is longer, nothing
    where it is required, and what cannot be stored.
    """
    found = clean(text)
    if LOST in found:
        raise InputRefused(
            field=field, problem=_("Where you see �, a character was lost or cannot be kept. Type it again.")
        )
    if required and not found:
        raise InputRefused(field=field, problem=_("Please fill this in."))
    if len(found) > most:
        words = ngettext(
            "This is too long: at most %(most)d character.",
            "This is too long: at most %(most)d characters.",
            most,
        ) % {"most": most}
        raise InputRefused(field=field, problem=words)
    return found


def plain_number(text: object) -> str:
    """
    The number with a point for its decimals and nothing between its thousands.

    The reader's own signs are read by their place; spaces of every width and apostrophes between
    thousands go. What is no number comes back as it was, for the refusal to repeat.
    """
    found = clean(text)
    bare = "".join(sign for sign in found if not sign.isspace() and sign not in "'’")
    point, group = get_decimal_symbol(reader_locale()), get_group_symbol(reader_locale())
    if group.strip() and group in bare and _grouped(bare, point, group):
        bare = bare.replace(group, "")
    return bare.replace(point, ".") if point != "." and "." not in bare else bare


def _grouped(text: str, point: str, group: str) -> bool:
    """Whether the grouping signs stand between groups of two or three digits before the decimals."""
    whole = text.lstrip("-").partition(point)[0]
    parts = whole.split(group)
    return bool(parts[0]) and len(parts[-1]) == 3 and all(len(part) in (2, 3) for part in parts[1:])


def money_cents(text: object, currency: str, *, field: str, negative: bool = False) -> int:
    """An amount in cents, exactly. Refuses what parse_cents refuses."""
    return parse_cents(plain_number(text), currency, field=field, negative=negative)


def number(text: object, *, field: str, digits: int, places: int, negative: bool = False) -> Decimal:
    """An exact decimal with at most so many digits before and places after the point."""
    return parse_decimal(plain_number(text), digits=digits, places=places, field=field, negative=negative)


def percent(text: object, *, field: str) -> Decimal:
    """A percentage from 0 to 100, with or without its sign."""
    found = number(clean(text).removesuffix("%"), field=field, digits=3, places=5)
    if found > 100:
        raise InputRefused(field=field, problem=_("A percentage goes from 0 to 100."))
    return found


def whole_number(text: object, *, field: str, most: int, least: int = 0) -> int:
    """A whole number within its bounds."""
    found = clean(text)
    if found.isascii() and found.isdecimal() and len(found) <= 12 and least <= int(found) <= most:
        return int(found)
    raise InputRefused(
        field=field,
        problem=_("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most},
    )


def day(text: object, *, field: str) -> date:
    """A day as a date field sends it, 2026-03-19."""
    try:
        found = date.fromisoformat(clean(text))
    except ValueError:
        found = date.min
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InputRefused(field=field, problem=_("Write the day like 2026-03-19."))
    return found


def choice(text: object, among: Collection[str], *, field: str) -> str:
    """One of the values that the field offers."""
    found = clean(text)
    if found not in among:
        raise InputRefused(field=field, problem=_("Choose one of the list."))
    return found
