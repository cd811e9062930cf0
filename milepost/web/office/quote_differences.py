"""What differs between the quote that somebody else saved and the one on the screen."""

from dataclasses import fields as fields_of

from django.utils.translation import gettext as _

from milepost.core.msgids import gettext_noop
from milepost.core.quote_input import QuoteInput
from milepost.web.office.quote_fields import LineFields, QuoteFields, RowFields, saved

Difference = tuple[str, str, str]
"""Where, theirs, mine."""
TEXTS = {
    "title": gettext_noop("Title"),
    "site": gettext_noop("Where"),
    "note": gettext_noop("Note"),
    "discount": gettext_noop("Discount"),
    "expires_on": gettext_noop("Good until"),
    "net_days": gettext_noop("Days to pay an invoice"),
    "late_fee": gettext_noop("Late fee, percent a month"),
    "grace_days": gettext_noop("Days of grace before it"),
}
UNSAID = {"key", "kind", "event_side"}
CHOICES = {
    "percent": gettext_noop("% of the total"),
    "fixed": gettext_noop("An amount"),
    "remainder": gettext_noop("The rest"),
    "share": gettext_noop("A share"),
    "lines": gettext_noop("Its own lines"),
    "completion": gettext_noop("When it is done"),
    "acceptance": gettext_noop("When the customer accepts it"),
    "before": gettext_noop("Before its event"),
}


def differences(theirs: QuoteInput, mine: QuoteFields, currency: str) -> list[Difference]:
    """Line by line, payment by payment and term by term: where, what they saved, what was typed here."""
    other = saved(theirs, currency)
    found: list[Difference] = []
    found += _parts(_("Line {number}"), other.lines, mine.lines)
    found += _parts(_("Payment {number}"), other.rows, mine.rows)
    for name, words in TEXTS.items():
        before, now = getattr(other, name), getattr(mine, name)
        if before != now and now:
            found.append((_(words), before, now))
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
            found.append((word.format(number=place + 1), _said(before), _said(now)))
    return found


def _said(part: LineFields | RowFields | None) -> str:
    """What stands in a line or payment, in its order, without its key and its boxes."""
    if part is None:
        return ""
    texts = [getattr(part, field.name) for field in fields_of(part) if field.name not in UNSAID]
    said = (_(CHOICES[text]) if text in CHOICES else text for text in texts if isinstance(text, str))
    return " · ".join(text for text in said if text)
