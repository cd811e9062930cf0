"""What a payment settles, what happens when it clears, and how it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.actions.actor import Actor
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.deposit_tax import book_paid_deposits
from milepost.actions.steps.finding import NotFound
from milepost.actions.steps.journal import post
from milepost.actions.steps.outbox import post_to, post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.receipting import Share, issue_receipt
from milepost.actions.steps.timeline import tell
from milepost.core.journal import Entry, credit_applied, payment_cleared, surcharge, through
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.settling import oldest_first
from milepost.queries.billing_state import LoadedJob
from milepost.queries.credit import credits_of
from milepost.records.crashing import crash_point
from milepost.records.invoices import Invoice
from milepost.records.payments import Allocation, Payment, Receipt


class SplitTooLarge(Refusal):
    code = "split_too_large"
    message = gettext_noop("{number} has only {balance} left to pay.")


class SplitBeyondPayment(Refusal):
    code = "split_beyond_payment"
    message = gettext_noop("The parts come to more than the payment of {amount}.")


@dataclass(frozen=True)
class Balance:
    """An invoice and what is left to pay of it, pending payments counted as paid."""

    invoice: Invoice
    open_cents: int


def open_balances(loaded: LoadedJob) -> list[Balance]:
    """The job's invoices, oldest first, each with its balance."""
    return [Balance(invoice, loaded.open_cents(invoice)) for invoice in loaded.invoices]


def allocate(
    payment: Payment,
    jobs: Sequence[LoadedJob],
    *,
    first: int | None = None,
    split: Sequence[tuple[int, int]] = (),
) -> None:
    """
    Settle invoices of these jobs with this payment: as `split` says, else `first`, then the oldest.

    Refuses SplitTooLarge and SplitBeyondPayment; what is over stays unallocated.
    """
    balances = [balance for loaded in jobs for balance in open_balances(loaded)]
    wanted = _checked_split(payment, balances, split) if split else _oldest_first(payment, balances, first)
    parts = [
        Allocation(
            business_id=payment.business_id,
            payment=payment,
            invoice_id=invoice_id,
            amount_cents=cents,
            settled_on=payment.received_on,
        )
        for invoice_id, cents in wanted
        if cents
    ]
    Allocation.objects.bulk_create(parts)
    owner = {balance.invoice.id: balance.invoice.job_id for balance in balances}
    for loaded in jobs:
        own = [part for part in parts if owner[part.invoice_id] == loaded.job.id]
        loaded.add(own, state=payment.state)


def _oldest_first(payment: Payment, balances: list[Balance], first: int | None) -> list[tuple[int, int]]:
    ordered = sorted(balances, key=lambda b: (b.invoice.id != first, b.invoice.id))
    return oldest_first(payment.amount_cents, [(b.invoice.id, b.open_cents) for b in ordered])


def _checked_split(
    payment: Payment, balances: list[Balance], split: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    known = {balance.invoice.id: balance for balance in balances}
    wanted: dict[int, int] = {}
    for invoice_id, cents in split:
        wanted[invoice_id] = wanted.get(invoice_id, 0) + cents
    for invoice_id, cents in wanted.items():
        balance = known.get(invoice_id)
        if balance is None:
            raise NotFound
        if not 0 <= cents <= balance.open_cents:
            left = Money(balance.open_cents, payment.currency)
            raise SplitTooLarge(field=f"part-{invoice_id}", number=balance.invoice.number_text, balance=left)
    if sum(wanted.values()) > payment.amount_cents:
        raise SplitBeyondPayment(field="amount", amount=Money(payment.amount_cents, payment.currency))
    return list(wanted.items())


def clear_payment(payment: Payment, jobs: Sequence[LoadedJob], *, by: Actor, at: datetime) -> None:
    """
    The money is here: journal, receipt, messages; and each job closes if nothing of it is left.

    The first of the jobs is the one where the receipt is filed and what is over is booked.
    """
    day = payment.received_on
    if payment.state != "cleared":
        day = local_day(jobs[0].job.business, at)
        payment.state, payment.cleared_at = "cleared", at
        payment.save(update_fields=["state", "cleared_at"])
    whole = [Share(loaded, loaded.clear(payment)) for loaded in jobs]
    # What was asked for and paid elsewhere meanwhile is none of it.
    shares = [share for share in whole if share.covers] or whole[:1]
    excess = payment.amount_cents - sum(share.cents for share in shares)
    for place, share in enumerate(shares):
        post(
            "payment_cleared",
            through(payment.till, _cleared(payment, share.cents, place, excess)),
            currency=payment.currency,
            on=day,
            at=at,
            job_id=share.loaded.job.id,
            payment_id=payment.id,
        )
        book_paid_deposits(share.covers, on=day, at=at, payment_id=payment.id)
    crash_point("payment_written")
    receipt = issue_receipt(payment, shares, excess, at)
    _tell_paid(payment, shares, receipt, excess, by=by, at=at)
    for loaded in (share.loaded for share in shares):
        close_if_finished(loaded, loaded.contacts, by=Actor.system(loaded.job.business_id), at=at)


def _cleared(payment: Payment, share_cents: int, place: int, excess_cents: int) -> Entry:
    """What a payment brings to one of its jobs; the first also has what is over, and the surcharge."""
    if place:
        return payment_cleared(share_cents)
    return (*payment_cleared(share_cents, excess_cents), *surcharge(payment.surcharge_cents))


def release(payment: Payment, *, on: date | None = None) -> None:
    """Undo what a payment settles, by rows that name what they undo. `on`: the day that it is booked on."""
    standing = payment.allocations.filter(reverses__isnull=True, allocation__isnull=True)
    Allocation.objects.bulk_create(
        [
            Allocation(
                business_id=payment.business_id,
                payment=payment,
                invoice_id=allocation.invoice_id,
                amount_cents=-allocation.amount_cents,
                reverses=allocation,
                settled_on=on,
            )
            for allocation in standing
        ]
    )


def _tell_paid(
    payment: Payment, shares: Sequence[Share], receipt: Receipt, excess: int, *, by: Actor, at: datetime
) -> None:
    """Each job's timeline says what is its own; the payer gets one message for the whole payment."""
    facts = {"payment_id": payment.id, "method": payment.method, "receipt": receipt.number_text}
    for place, share in enumerate(shares):
        own = 0 if place else excess
        tell(
            share.loaded.job,
            "payment_received",
            by=by,
            at=at,
            for_customer=True,
            document_id=receipt.document_id,
            **facts,
            amount_cents=share.cents + own,
            credit_cents=own,
            invoice_ids=list(share.covers),
        )
    loaded = shares[0].loaded
    whole = facts | {
        "amount_cents": payment.amount_cents,
        "credit_cents": excess,
        "invoice_ids": [invoice for share in shares for invoice in share.covers],
    }
    post_to(
        loaded.job,
        [contact for contact in loaded.contacts if contact.pays] or loaded.contacts,
        "receipt",
        cause=str(payment.id),
        facts=whole,
        at=at,
        document_ids=[receipt.document_id],
    )
    post_to_office(loaded.job, "payment_office", cause=str(payment.id), facts=whole, at=at)


def settle_with_credit(
    payment: Payment, left: int, invoices: Sequence[Invoice], loaded: LoadedJob, at: datetime
) -> int:
    """Settle these invoices, in this order, with up to `left` cents of a payment. The cents it took."""
    parts = []
    for invoice in invoices:
        share = min(left, loaded.open_cents(invoice))
        if share > 0:
            parts.append(
                Allocation(
                    business_id=payment.business_id,
                    payment=payment,
                    invoice_id=invoice.id,
                    amount_cents=share,
                    settled_on=local_day(loaded.job.business, at),
                )
            )
            left -= share
            loaded.add(parts[-1:], state="cleared")
    if not parts:
        return 0
    Allocation.objects.bulk_create(parts)
    cents = sum(int(part.amount_cents) for part in parts)
    post(
        "credit_applied",
        credit_applied(cents),
        currency=payment.currency,
        on=local_day(loaded.job.business, at),
        at=at,
        job_id=loaded.job.id,
        payment_id=payment.id,
    )
    covered = {part.invoice_id: int(part.amount_cents) for part in parts}
    book_paid_deposits(covered, on=local_day(loaded.job.business, at), at=at, payment_id=payment.id)
    return cents


def settle_again(cents: int, invoices: Sequence[Invoice], loaded: LoadedJob, at: datetime) -> None:
    """What was paid on invoices that were taken back settles those that were sent in their place."""
    for credit in credits_of(loaded.job.customer_id, loaded.job.currency):
        if cents <= 0:
            return
        cents -= settle_with_credit(credit.payment, min(credit.left_cents, cents), invoices, loaded, at)
