"""The payment schedule in words: the road, the money bar, what comes next."""

from collections.abc import Sequence
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.queries.documents_shape import Milepost, MoneyBar, Road
from milepost.queries.paper.facts import JobFacts, RowFacts
from milepost.queries.paper.parts import fact
from milepost.queries.paper.reader import Reader


def row_title(row: RowFacts) -> str:
    """A milestone by its number and name; a deposit by its name."""
    if not row.number:
        return row.name or _("Deposit")
    return _("Milestone {number}: {name}").format(number=row.number, name=row.name)


def when(row: RowFacts, reader: Reader) -> str:
    """The moment at which a row is billed, as the schedule says it."""
    if not row.number:
        return _("on signing")
    if row.bill_on == "acceptance":
        return _("when you accept it")
    if row.bill_on == "before":
        return ahead_of_event(row, reader)
    return _("when it is done")


def ahead_of_event(row: RowFacts, reader: Reader) -> str:
    """So many business days before an event, and its date where it has one."""
    event = row.event or _("its start")
    if row.event_on:
        event = _("{event}, {day}").format(event=event, day=reader.day(row.event_on))
    if not row.before_days:
        return _("on the day of {event}").format(event=event)
    return ngettext(
        "{days} business day before {event}", "{days} business days before {event}", row.before_days
    ).format(days=row.before_days, event=event)


def first_ahead(rows: Sequence[RowFacts]) -> RowFacts | None:
    """The next row to be billed, in schedule order."""
    return next((row for row in rows if row.state == "ahead" and row.amount_cents), None)


def road(rows: Sequence[RowFacts], reader: Reader, *, here_note: str = "") -> Road | None:
    """
    Every row and where it stands; `here_note` is what is said of this document's own rows. Where no row is this document's own, the first one that is not
    paid is where the reader stands. None for work without a schedule.
    """
    if not rows or not any(row.name for row in rows):
        return None
    here = _here(rows)
    following = first_ahead(rows)
    return Road(
        heading=_("Your payment schedule"),
        rows=[
            Milepost(
                name=row_title(row),
                amount=reader.money(row.amount_cents),
                note=_note(row, reader, here_note, following=row is following),
                state=_state(row, here),
            )
            for row in rows
        ],
    )


def _here(rows: Sequence[RowFacts]) -> RowFacts | None:
    if any(row.state == "now" for row in rows):
        return None
    return next((row for row in rows if row.state == "billed"), None) or first_ahead(rows)


def _state(row: RowFacts, here: RowFacts | None) -> Literal["paid", "billed", "now", "ahead"]:
    return "now" if row is here else row.state


def _note(row: RowFacts, reader: Reader, here_note: str, *, following: bool) -> str:
    if row.state == "paid":
        return _("paid")
    if row.state == "billed":
        return _("billed, not yet paid in full")
    if row.state == "now":
        return here_note or _("this invoice")
    if following:
        return _("next: {when}").format(when=when(row, reader))
    return when(row, reader)


def bar(job: JobFacts, reader: Reader, *, billed_cents: int, paid_cents: int) -> MoneyBar:
    """Quoted = billed + left; paid is a part of billed."""
    whole = job.contract_cents
    paid_bp = _share_bp(paid_cents, whole)
    return MoneyBar(
        paid_bp=paid_bp,
        open_bp=max(0, _share_bp(billed_cents, whole) - paid_bp),
        figures=[
            fact(_("Quoted"), reader.money(whole)),
            fact(_("Billed"), reader.money(billed_cents)),
            fact(_("Paid"), reader.money(paid_cents)),
            fact(_("Left to bill"), reader.money(whole - billed_cents)),
        ],
    )


def _share_bp(part: int, whole: int) -> int:
    return min(10_000, max(0, part * 10_000 // whole)) if whole else 10_000


def deposit_use(recovery: str) -> str:
    """How a deposit is used, by the way that the contract recovers it."""
    if recovery == "first":
        return _("It is taken off the first invoices for work, until it is used up.")
    if recovery == "final":
        return _("It is taken off the last invoice.")
    return _("A part of it is taken off each invoice for work, until it is used up.")
