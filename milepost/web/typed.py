"""
What a person typed, read in their language: texts, amounts, numbers, percentages, days, choices.

Every function takes the text and the name of its field, and refuses at that field in words. "1.250,50"
is what a German types for "1,250.50".
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.core.money import InvalidAmount, parse_cents, parse_decimal
from milepost.core.refusals import InputRefused
from milepost.queries.wording import day_first
from milepost.web.show import reader_locale, reader_tag, typed_number

FIRST_YEAR, LAST_YEAR = 1900, 2200
_NUMBER = re.compile(r"[0-9](?:[ .,]?[0-9])*")
# Arabic decimal and thousands signs, the wide signs of East Asia, the minus that amounts are shown with;
# marks of writing direction, which come along when such an amount is copied.
_SIGNS = str.maketrans({"٫": ".", "٬": ",", "．": ".", "，": ",", "−": "-", "－": "-"}
                       | dict.fromkeys("\u200e\u200f\u061c"))  # fmt: skip
WIDE = "FULLWIDTH DIGIT"
NATIVE = {
    "arab": "ARABIC-INDIC DIGIT",
    "arabext": "EXTENDED ARABIC-INDIC DIGIT",
    "beng": "BENGALI DIGIT",
    "deva": "DEVANAGARI DIGIT",
    "thai": "THAI DIGIT",
}
_DAY = re.compile(r"([0-9]{1,4})\s*[./\-年]\s*([0-9]{1,2})\s*[./\-月]\s*([0-9]{1,4})\s*日?")

LOST = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: object) -> str:
    """
    Without the spaces around it; what no database stores, NUL and halves of characters, is shown as �.
    (What is not UTF-8 has become � on its way here.)
    """
    return _UNSTORABLE.sub(LOST, str(text)).strip()


def check_seen(data: Mapping[str, str]) -> None:
    """
    What was shown is what is done: each `seen-x` says for which `x` the page had told what happens. Refuses
    another `x`, typed since; the page then tells it of that one.
    """
    for name, shown in data.items():
        field = name.removeprefix("seen-")
        if field != name and clean(shown) != clean(data.get(field, "")):
            raise InputRefused(
                field=field, problem=_("This was changed. Look at what happens now, then press again.")
            )


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


def plain_number(text: object, *, field: str | None = None) -> str:
    """
    The number with a point for its decimals and nothing between its thousands.

    The reader's own signs are read by their place, so that nothing is ever off by a factor of a
    thousand: thousands stand in threes, and what can be read in two ways is refused at `field`.
    Digits are those of ASCII and of the reader's own script. What is no number comes back as it was, for
    the refusal to repeat.
    """
    found = clean(text)
    sign, signs = "", _usual(found)
    if signs[:1] == "-":
        sign, signs = "-", signs[1:].strip()
    if not _NUMBER.fullmatch(signs):
        return found
    decimal = _decimal_sign(signs, found, field)
    whole, point, part = signs.rpartition(decimal) if decimal else (signs, "", "")
    if not _grouped(whole) or (not decimal and not _may_group(whole)):
        return found
    return sign + re.sub("[^0-9]", "", whole) + ("." + part if point else "")


def _usual(text: str) -> str:
    """In the digits and signs of ASCII; every kind of space and apostrophe between digits is a space."""
    own = NATIVE.get(reader_locale().other_numbering_systems.get("native", ""), WIDE)
    digits = (
        str(unicodedata.decimal(sign)) if unicodedata.name(sign, "").startswith((own, WIDE)) else sign
        for sign in text
    )
    signs = "".join(digits).translate(_SIGNS)
    return "".join(" " if sign.isspace() or sign in "'’" else sign for sign in signs).strip()


def _signs() -> tuple[str, str]:
    """The reader's decimal sign, and what parts their thousands (a space for every space and apostrophe)."""
    locale = reader_locale()
    return _usual_sign(get_decimal_symbol(locale)), _usual_sign(get_group_symbol(locale))


def _usual_sign(sign: str) -> str:
    return " " if sign.isspace() or sign in "'’" else sign.translate(_SIGNS)


def _decimal_sign(signs: str, typed: str, field: str | None) -> str:
    """
    The sign before the decimals, "" where there are none. A point alone, where the reader's locale has
    other signs, is a decimal point unless it could as well part thousands: that is refused.
    """
    point, group = _signs()
    last = next((sign for sign in reversed(signs) if not sign.isdigit()), "")
    if last in ("", " ") or signs.count(last) > 1:
        return ""
    if last == point or {".", ","} <= set(signs):
        return last
    whole, _last, part = signs.rpartition(last)
    is_group = len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    if last == group and is_group:
        return ""
    if is_group and last == ".":
        words = _("“{text}” can be read in two ways. Write {thousands} or {decimals}.")
        shown = words.format(text=typed, thousands=whole + part, decimals=f"{whole}{point}{part}")
        raise InputRefused(field=field, problem=shown)
    return last if last == "." else ""


def _may_group(whole: str) -> bool:
    """Whether what stands between the digits may part thousands for this reader."""
    return set(re.sub("[0-9]", "", whole)) <= {" ", _signs()[1]}


def _grouped(whole: str) -> bool:
    """Nothing between the digits, or one sign between groups of three (of two before the last, in India)."""
    between = set(re.sub("[0-9]", "", whole))
    if not between:
        return bool(whole)
    sign = between.pop()
    first, *rest = whole.split(sign)
    if between or not 1 <= len(first) <= 3 or first.startswith("0"):
        return False
    return len(rest[-1]) == 3 and all(
        len(part) == 3 or (len(part) == 2 and sign == ",") for part in rest[:-1]
    )


def money_cents(text: object, currency: str, *, field: str, negative: bool = False) -> int:
    """
    An amount in cents, exactly; the currency's own sign or code may stand beside it. Refuses what
    parse_cents refuses, with an example as the reader writes it.
    """
    bare = _without_currency(clean(text), currency)
    try:
        return parse_cents(plain_number(bare, field=field), currency, field=field, negative=negative)
    except InvalidAmount as refused:
        raise _in_readers_signs(refused, text) from None


def _without_currency(text: str, currency: str) -> str:
    minus, rest = ("-", text[1:]) if text[:1] in ("-", "−") else ("", text)
    own = {currency, get_currency_symbol(currency, reader_locale()), get_currency_symbol(currency, "en")}
    for sign in sorted(own, key=len, reverse=True):
        if rest.startswith(sign) or rest.endswith(sign):
            return minus + clean(rest.removeprefix(sign).removesuffix(sign))
    return text


def _in_readers_signs(refused: InvalidAmount, typed: object) -> InvalidAmount:
    """The same refusal, repeating what was typed, with an example in the reader's own signs."""
    told = {name: value for name, value in refused.values.items() if name not in ("text", "example")}
    if "example" in refused.values:
        example = str(refused.values["example"])
        places = len(example.partition(".")[2])
        told["example"] = typed_number(Decimal(example), places=places)
    return type(refused)(field=refused.field, text=clean(typed)[:40], **told)


def number(text: object, *, field: str, digits: int, places: int, negative: bool = False) -> Decimal:
    """An exact decimal with at most so many digits before and places after the point."""
    plain = plain_number(text, field=field)
    try:
        return parse_decimal(plain, digits=digits, places=places, field=field, negative=negative)
    except InvalidAmount as refused:
        raise _in_readers_signs(refused, text) from None


def percent(text: object, *, field: str) -> Decimal:
    """A percentage from 0 to 100, with or without its sign."""
    found = number(re.sub("[%٪]$", "", clean(text)), field=field, digits=3, places=5)
    if found > 100:
        raise InputRefused(field=field, problem=_("A percentage goes from 0 to 100."))
    return found


def whole_number(text: object, *, field: str, most: int, least: int = 0) -> int:
    """A whole number within its bounds."""
    found = _usual(clean(text))
    if found.isascii() and found.isdecimal() and len(found) <= 12 and least <= int(found) <= most:
        return int(found)
    raise InputRefused(
        field=field,
        problem=_("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most},
    )


def day(text: object, *, field: str) -> date:
    """
    A day as a date field sends it, 2026-03-19, or as the reader writes it, with all of its year:
    19.03.2026, 03/19/2026. What may be one of two days is refused.
    """
    found = _usual(clean(text))
    try:
        read = date.fromisoformat(found) if len(found) == 10 and found[4] == "-" else _day_of(found)
    except ValueError:
        read = date.min
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise InputRefused(field=field, problem=_("Write the day like 2026-03-19."))
    return read


def _day_of(text: str) -> date:
    """A day in the order of the reader's locale. ValueError for none, and where the order is not known."""
    matched = _DAY.fullmatch(text)
    if matched is None or sum(len(part) == 4 for part in matched.groups()) != 1:
        raise ValueError
    first, second, third = (int(part) for part in matched.groups())
    if len(matched[1]) == 4:
        return date(first, second, third)
    locale = reader_locale()
    # English without a country may be either side of the Atlantic.
    if str(locale) == "en" and first != second and max(first, second) <= 12:
        raise ValueError
    return date(third, second, first) if day_first(reader_tag()) else date(third, first, second)


def choice(text: object, among: Collection[str], *, field: str) -> str:
    """One of the values that the field offers."""
    found = clean(text)
    if found not in among:
        raise InputRefused(field=field, problem=_("Choose one of the list."))
    return found
