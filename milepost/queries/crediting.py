"""
What happens when an invoice is taken back or made less, computed through the core before anything is
written: the actions carry out exactly what the pages have shown.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, cast

from django.db.models import Sum

from milepost.core.billing import JobState
from milepost.core.changes import change
from milepost.core.contract import Key, tax_by_code
from milepost.core.credits import (
    Credited,
    CreditNotPositive,
    CreditTooLarge,
    Issued,
    NotSinceSnapshot,
    ShareTooSmall,
    after_allowance,
    after_reversal,
    after_void,
    allowance,
    back_by_row,
    cut_by_row,
    further_reversal,
    whole,
)
from milepost.core.deposit_tax import part_by_key
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import half_up
from milepost.queries.billing_state import LoadedJob
from milepost.records.credit_notes import CreditNote
from milepost.records.invoices import Invoice, Position
from milepost.records.payments import AttemptInvoice

CreditKind = Literal["void", "reversal", "allowance", "cancellation", "reduction"]


class SettledWithoutMoney(Refusal):
    code = "settled_without_money"
    message = gettext_noop(
        "{amount} of invoice {number} is written off or was let be. Take that back first, on the invoice's page."
    )


class PaymentOnItsWay(Refusal):
    code = "payment_on_its_way"
    message = gettext_noop(
        "A payment of invoice {number} is on its way. Wait until it is here or has failed, then take the "
        "invoice back."
    )


class AlreadyTakenBack(Refusal):
    code = "already_taken_back"
    message = gettext_noop("Nothing is left of invoice {number}: it was taken back already.")


class DepositIsUsed(Refusal):
    code = "deposit_is_used"
    message = gettext_noop(
        "{used} of this deposit came off later invoices. Take those back first, the newest before the others."
    )


class DepositPartIsUsed(Refusal):
    code = "deposit_part_is_used"
    message = gettext_noop(
        "Only {left} of this deposit is not used by an invoice, so {asked} cannot go back."
    )


class CancellationStands(Refusal):
    code = "cancellation_stands"
    message = gettext_noop("{number} is cancelled, and what became of its deposit stands.")


class NotOffADeposit(Refusal):
    code = "not_off_a_deposit"
    message = gettext_noop("A deposit is a part of the price. Give money off an invoice for work instead.")


@dataclass(frozen=True)
class Standing:
    """
    What still stands of an invoice, in cents: by key, by row, and the deposit that it recovered.
    `entries` are its own chain entries, by kind and track.
    """

    invoice: Invoice
    issued: Issued
    due_by_row: Mapping[int, int]
    entries: Mapping[tuple[str, int], Position]


@dataclass(frozen=True)
class CreditPlan:
    """One credit note before it is written; every amount in cents and positive. `after` is the job then."""

    standing: Standing
    kind: CreditKind
    credit: Credited
    by_row: Mapping[int, int]
    paid_cents: int
    excess_cents: int
    after: JobState
    takes_snapshot: bool
    deposit_parts: Mapping[Key, int] = field(default_factory=dict)
    """What its invoice had put into a taxed deposit by key, or taken out (below zero), that goes back."""
    share: Fraction | None = None
    """The share of the invoice that is taken back, where it is not all that stands."""

    @property
    def is_whole(self) -> bool:
        return self.kind in ("void", "reversal") and self.share is None

    @property
    def is_deposit(self) -> bool:
        return self.standing.invoice.kind == "deposit"

    @property
    def tax_by_code(self) -> dict[Hashable, int]:
        return tax_by_code(self.taxed_lines)

    @property
    def taxed_lines(self) -> Mapping[Key, int]:
        """What the taxes of the credit note stand on: the lines, of a taxed deposit its parts."""
        return self.deposit_parts if self.standing.invoice.kind == "deposit" else self.credit.lines

    @property
    def net_cents(self) -> int:
        """Of a deposit, which earns nothing, all of it."""
        if self.standing.invoice.kind == "deposit":
            return self.total_cents - self.tax_cents
        return self.credit.lines_cents - self.tax_cents

    @property
    def tax_cents(self) -> int:
        return sum(self.tax_by_code.values())

    @property
    def total_cents(self) -> int:
        return sum(self.by_row.values())


def standing_of(loaded: LoadedJob, invoice: Invoice) -> Standing:
    """
    What still stands of it. Refuses AlreadyTakenBack, SettledWithoutMoney, and PaymentOnItsWay while a
    payment is pending.
    """
    rows = {part.row_id: part.stands_cents for part in loaded.parts if part.invoice_id == invoice.id}
    if not rows:
        raise AlreadyTakenBack(number=invoice.number_text)
    conceded = loaded.conceded_by_invoice().get(invoice.id, 0)
    if conceded:
        raise SettledWithoutMoney(number=invoice.number_text, amount=Money(conceded, invoice.currency))
    pending = any(
        part.invoice_id == invoice.id and part.payment_state == "pending"  # type: ignore[attr-defined]
        for part in loaded.allocations
    )
    if (
        pending
        or AttemptInvoice.objects.filter(invoice=invoice, live=True, attempt__state="processing").exists()
    ):
        raise PaymentOnItsWay(number=invoice.number_text)
    entries: dict[tuple[str, int], Position] = {}
    sums: dict[tuple[str, int], int] = {}
    for entry in Position.objects.filter(invoice=invoice).order_by("id"):
        place = (entry.kind, int(entry.track))
        entries.setdefault(place, entry)
        sums[place] = sums.get(place, 0) + entry.delta_cents
    lines = {
        key: sums[("earned", row.id)] for key, row in loaded.keys.items() if sums.get(("earned", row.id))
    }
    recovered = sum(cents for (kind, _track), cents in sums.items() if kind == "recovered")
    order = {row.id: row.position for row in loaded.rows}
    due = {row: rows[row] for row in sorted(rows, key=lambda row: order[row])}
    return Standing(invoice, Issued(lines, recovered, currency=invoice.currency), due, entries)


def plan_whole(loaded: LoadedJob, standing: Standing) -> CreditPlan:
    """
    Take all of it back: a void when nothing of it is paid, else a reversal. Its work is unbilled again,
    its recovered deposit is back in the pot. Refuses DepositIsUsed, CancellationStands.
    """
    invoice, due = standing.invoice, standing.due_by_row
    paid, parts = _paid(loaded, invoice), loaded.deposit_parts_of(invoice)
    if invoice.kind == "cancellation" or (invoice.kind == "deposit" and loaded.job.state == "cancelled"):
        raise CancellationStands(number=loaded.job.number)
    if invoice.kind == "deposit":
        _refuse_used_deposit(loaded)
        return CreditPlan(
            standing, _whole_kind(paid), Credited(), due, paid, paid, loaded.state, False, parts
        )
    credit = whole(standing.issued)
    try:
        after, snapshot = after_void(loaded.state, credit, due), False
    except NotSinceSnapshot:
        after, snapshot = after_reversal(loaded.state, credit, cast(Mapping[Hashable, int], due)), True
    return CreditPlan(standing, _whole_kind(paid), credit, due, paid, paid, after, snapshot, parts)


def plan_share(
    loaded: LoadedJob, standing: Standing, *, share: Fraction | None = None, cents: int | None = None
) -> CreditPlan:
    """
    Take so much of an invoice back: a share of all of it (money off aside), or so many cents of what it
    asked for. With what was taken back before, all of it is the rest. Its part of the work is unbilled
    again, in a milestone of its own; its part of the deposit is back in the pot.

    Of a deposit it is what no invoice has used; the open milestones ask for it instead. Refuses
    CreditNotPositive, CreditTooLarge, ShareTooSmall, DepositPartIsUsed, and as `plan_whole` does.
    """
    invoice, before = standing.invoice, _shared_before(loaded, standing.invoice)
    due = sum(standing.due_by_row.values())
    if cents is not None:
        if cents <= 0:
            raise CreditNotPositive(field="amount")
        if cents > due:
            most, asked = Money(due, invoice.currency), Money(cents, invoice.currency)
            raise CreditTooLarge(most=most, asked=asked, field="amount")
        share = Fraction(cents, due + _due_before(invoice))
    if share is None or share <= 0:
        raise CreditNotPositive(field="amount")
    if before.share + share == 1 or cents == due:
        return plan_whole(loaded, standing)
    if invoice.kind == "cancellation":
        raise CancellationStands(number=loaded.job.number)
    if invoice.kind == "deposit":
        asked = half_up((due + _due_before(invoice)) * share) if cents is None else cents
        if asked <= 0:
            raise ShareTooSmall(field="share")
        return _share_of_deposit(loaded, standing, asked, share)
    part = further_reversal(standing.issued, loaded.state.priced, share, before=before)
    if cents is not None and 0 <= part.lines_cents - cents <= standing.issued.recovered_cents:
        part = replace(part, recovered_cents=part.lines_cents - cents)
    rows = cast(Mapping[Hashable, int], standing.due_by_row)
    paid = _paid(loaded, invoice)
    carried = loaded.deposit_parts_of(invoice)
    return CreditPlan(
        standing,
        "reversal",
        part,
        {int(str(row)): cut for row, cut in back_by_row(part, rows).items() if cut},
        paid,
        max(paid - (due - part.due_cents), 0),
        after_reversal(loaded.state, part, rows),
        True,
        part_by_key(loaded.state.priced, carried, -part.recovered_cents) if carried else {},
        share,
    )


def _share_of_deposit(loaded: LoadedJob, standing: Standing, cents: int, share: Fraction) -> CreditPlan:
    """The deposit asks for less from now on, the open milestones for that much more."""
    job = loaded.job
    if job.state == "cancelled":
        raise CancellationStands(number=job.number)
    left = sum(standing.due_by_row.values()) - loaded.state.recovered_cents
    if cents > left:
        asked = Money(cents, job.currency)
        raise DepositPartIsUsed(left=Money(left, job.currency), asked=asked, field="amount")
    plan = plan_reduction(loaded, standing, cents)
    pooled = any(row.in_pool for row in plan.after.open_rows if row.id not in loaded.billed_rows)
    moved = change(plan.after, plan.after.priced, placement="spread" if pooled else "final")
    return replace(plan, kind="reversal", after=moved.state, takes_snapshot=True, share=share)


def _shared_before(loaded: LoadedJob, invoice: Invoice) -> Credited:
    """What shares of this invoice were taken back before."""
    notes = {
        note.id: Fraction(note.share) for note in CreditNote.objects.filter(invoice=invoice).exclude(share="")
    }
    if not notes:
        return Credited()
    sums = Position.objects.filter(credit_note_id__in=notes).values_list("kind", "track")
    taken = {(kind, track): -cents for kind, track, cents in sums.annotate(sum=Sum("delta_cents"))}
    return Credited(
        {key: taken.get(("earned", row.id), 0) for key, row in loaded.keys.items()},
        sum(cents for (kind, _track), cents in taken.items() if kind == "recovered"),
        share=sum(notes.values(), Fraction(0)),
    )


def _due_before(invoice: Invoice) -> int:
    """What shares of it that were taken back before had asked for."""
    notes = CreditNote.objects.filter(invoice=invoice).exclude(share="")
    return int(notes.aggregate(sum=Sum("total_cents"))["sum"] or 0)


def plan_return(loaded: LoadedJob, standing: Standing, cents: int) -> CreditPlan:
    """So much of an unused deposit is given back at a cancellation; what was paid of it is credit."""
    deposit = standing.invoice
    paid = _paid(loaded, deposit)
    left = sum(standing.due_by_row.values()) - cents
    by_row = dict.fromkeys(standing.due_by_row, cents)
    back = loaded.deposit_back
    unused = {key: put - back.get(key, 0) for key, put in loaded.deposit_put.items()}
    return CreditPlan(
        standing,
        "cancellation",
        Credited(),
        by_row,
        paid,
        max(paid - left, 0),
        loaded.state,
        False,
        part_by_key(loaded.state.priced, unused, cents) if unused else {},
    )


def plan_reduction(loaded: LoadedJob, standing: Standing, cents: int) -> CreditPlan:
    """
    So much of an unused deposit is credited because the contract came down below what is billed. What
    was paid of it is credit; what is left is the deposit from now on.
    """
    plan = plan_return(loaded, standing, cents)
    cuts = cast(Mapping[Hashable, int], plan.by_row)
    amounts = {row: amount - cuts.get(row, 0) for row, amount in loaded.state.amounts.items()}
    rows = tuple(
        replace(row, amount_cents=amounts[row.id]) if row.id in cuts else row for row in loaded.state.rows
    )
    return replace(plan, kind="reduction", after=replace(loaded.state, amounts=amounts, rows=rows))


def plan_allowance(loaded: LoadedJob, standing: Standing, cents: int) -> CreditPlan:
    """
    Money off: the contract, what is billed of it, its rows and the invoice come down alike; the
    recovered deposit stays. Refuses NotOffADeposit, CreditNotPositive, CreditTooLarge.
    """
    if standing.invoice.kind in ("deposit", "cancellation"):
        raise NotOffADeposit(field="amount")
    off = allowance(standing.issued, cents, group_of=loaded.state.priced.group_of)
    cuts = {
        int(str(row)): cut
        for row, cut in cut_by_row(off, cast(Mapping[Hashable, int], standing.due_by_row)).items()
    }
    paid = _paid(loaded, standing.invoice)
    left = standing.issued.due_cents - cents
    after = after_allowance(loaded.state, off, cast(Mapping[Hashable, int], cuts))
    return CreditPlan(standing, "allowance", off, cuts, paid, max(paid - left, 0), after, True)


def _whole_kind(paid_cents: int) -> CreditKind:
    return "reversal" if paid_cents else "void"


def _paid(loaded: LoadedJob, invoice: Invoice) -> int:
    return loaded.settled_by_invoice().get(invoice.id, 0)


def _refuse_used_deposit(loaded: LoadedJob) -> None:
    used = loaded.state.recovered_cents
    if used:
        raise DepositIsUsed(used=Money(used, loaded.job.currency))
