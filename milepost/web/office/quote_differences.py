"""What differs between the quote that somebody else saved and the one on the screen."""

from dataclasses import fields as fields_of

from django.utils.translation import gettext as _

from milepost.core.quote_input import QuoteInput
from milepost.web.office.quote_fields import LineFields, QuoteFields, RowFields, saved

Difference = tuple[str, str, str]
"""Where, theirs, mine."""


def differences(theirs: QuoteInput, mine: QuoteFields, currency: str) -> list[Difference]:
    """Line by line, payment by payment and term by term: where, what they saved, what was typed here."""
    other = saved(theirs, currency)
    found: list[Difference] = []
    found += _parts(_("Line"), other.lines, mine.lines)
    found += _parts(_("Payment"), other.rows, mine.rows)
    for name in ("title", "site", "note", "discount", "expires_on", "net_days", "late_fee", "grace_days"):
        before, now = getattr(other, name), getattr(mine, name)
        if before != now and now:
            found.append((name.replace("_", " "), before, now))
    return found


def _parts(
    word: str,
    theirs: tuple[LineFields, ...] | tuple[RowFields, ...],
    mine: tuple[LineFields, ...] | tuple[RowFields, ...],
) -> list[Difference]:
    found: list[Difference] = []
    for place in range(max(len(theirs), len(mine))):
        before = theirs[place] if place < len(theirs) else None
        now = mine[place] if place < len(mine) else None
        if _said(before) != _said(now):
            found.append((f"{word} {place + 1}", _said(before), _said(now)))
    return found


def _said(part: LineFields | RowFields | None) -> str:
    """What stands in a line or payment, in its order, without its key and its boxes."""
    if part is None:
        return ""
    texts = [getattr(part, field.name) for field in fields_of(part) if field.name != "key"]
    return " · ".join(text for text in texts if isinstance(text, str) and text)
