"""What a payment settles, what happens when it clears, and how it is taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.steps.billing_state import LoadedJob
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.journal import post
from milepost.actions.steps.numbering import next_number
from milepost.actions.steps.outbox import post_to, post_to_office
from milepost.actions.steps.paper import job_facts, row_facts
from milepost.actions.steps.timeline import tell
from milepost.core.journal import payment_cleared
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.paper.facts import CoveredFacts, ReceiptFacts
from milepost.queries.paper.receipt import receipt_content
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
    payment: Payment, loaded: LoadedJob, *, first: int | None = None, split: Sequence[tuple[int, int]] = ()
) -> None:
    """
    Settle invoices of the job with this payment: as `split` says, else `first`, then the oldest.

    Refuses SplitTooLarge and SplitBeyondPayment; what is over stays unallocated.
    """
    balances = open_balances(loaded)
    wanted = _checked_split(payment, balances, split) if split else _oldest_first(payment, balances, first)
    parts = [
        Allocation(
            business_id=payment.business_id, payment=payment, invoice_id=invoice_id, amount_cents=cents
        )
        for invoice_id, cents in wanted
        if cents
    ]
    Allocation.objects.bulk_create(parts)
    loaded.add(parts, state=payment.state)


def _oldest_first(payment: Payment, balances: list[Balance], first: int | None) -> list[tuple[int, int]]:
    ordered = sorted(balances, key=lambda b: (b.invoice.id != first, b.invoice.id))
    left, wanted = payment.amount_cents, []
    for balance in ordered:
        share = min(left, balance.open_cents)
        wanted.append((balance.invoice.id, share))
        left -= share
    return wanted


def _checked_split(
    payment: Payment, balances: list[Balance], split: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    known = {balance.invoice.id: balance for balance in balances}
    for invoice_id, cents in split:
        balance = known[invoice_id]
        if not 0 <= cents <= balance.open_cents:
            left = Money(balance.open_cents, payment.currency)
            raise SplitTooLarge(field="split", number=balance.invoice.number_text, balance=left)
    if sum(cents for _, cents in split) > payment.amount_cents:
        raise SplitBeyondPayment(field="split", amount=Money(payment.amount_cents, payment.currency))
    return list(split)


def clear_payment(payment: Payment, loaded: LoadedJob, *, by: Actor, at: datetime) -> None:
    """The money is here: journal, receipt, messages; and the job closes if nothing is left."""
    job = loaded.job
    if payment.state != "cleared":
        payment.state, payment.cleared_at = "cleared", at
        payment.save(update_fields=["state", "cleared_at"])
    covers = loaded.clear(payment)
    applied = sum(covers.values())
    excess = payment.amount_cents - applied
    post(
        "payment_cleared",
        payment_cleared(applied, excess),
        currency=payment.currency,
        on=payment.received_on,
        at=at,
        job_id=job.id,
        payment_id=payment.id,
    )
    receipt = _receipt(payment, loaded, covers, excess, at)
    _tell_paid(payment, loaded, receipt, covers, excess, by=by, at=at)
    close_if_finished(loaded, loaded.contacts, by=Actor.system(job.business_id), at=at)


def release(payment: Payment) -> None:
    """Undo what a payment settles, by rows that name what they undo."""
    standing = payment.allocations.filter(reverses__isnull=True, allocation__isnull=True)
    Allocation.objects.bulk_create(
        [
            Allocation(
                business_id=payment.business_id,
                payment=payment,
                invoice_id=allocation.invoice_id,
                amount_cents=-allocation.amount_cents,
                reverses=allocation,
            )
            for allocation in standing
        ]
    )


def _receipt(
    payment: Payment, loaded: LoadedJob, covers: Mapping[int, int], excess: int, at: datetime
) -> Receipt:
    job, number = loaded.job, next_number("receipt")
    settled = loaded.settled_by_row()
    facts = ReceiptFacts(
        job=job_facts(job, loaded.contacts, at=at, links=loaded.links),
        number=number.text,
        method=payment.method,
        reference=payment.reference,
        received_on=payment.received_on,
        amount_cents=payment.amount_cents,
        covered=_covered(loaded, covers),
        credit_cents=excess,
        billed_cents=loaded.billed_cents,
        paid_cents=sum(settled.values()),
        covers_deposit=any(i.kind == "deposit" and i.id in covers for i in loaded.invoices),
        rows=row_facts(loaded, settled=settled, now={}, done={}),
    )
    document = freeze(job, "receipt", f"Receipt {number.text}", receipt_content(facts), at=at)
    return Receipt.objects.create(
        business_id=job.business_id,
        payment=payment,
        series_id=number.series_id,
        number=number.number,
        number_text=number.text,
        issued_at=at,
        document=document,
    )


def _covered(loaded: LoadedJob, covers: Mapping[int, int]) -> list[CoveredFacts]:
    """What is left counts cleared money only: a receipt never calls paid what may still come back."""
    settled = loaded.settled_by_invoice()
    return [
        CoveredFacts(
            invoice.number_text,
            invoice.title,
            invoice.total_cents,
            covers[invoice.id],
            invoice.total_cents - settled.get(invoice.id, 0),
        )
        for invoice in loaded.invoices
        if invoice.id in covers
    ]


def _tell_paid(
    payment: Payment,
    loaded: LoadedJob,
    receipt: Receipt,
    covers: Mapping[int, int],
    excess: int,
    *,
    by: Actor,
    at: datetime,
) -> None:
    facts = {
        "payment_id": payment.id,
        "amount_cents": payment.amount_cents,
        "method": payment.method,
        "receipt": receipt.number_text,
        "credit_cents": excess,
        "invoice_ids": list(covers),
    }
    job = loaded.job
    tell(job, "payment_received", by=by, at=at, document_id=receipt.document_id, **facts)
    post_to(
        job,
        [contact for contact in loaded.contacts if contact.pays] or loaded.contacts,
        "receipt",
        cause=str(payment.id),
        facts=facts,
        at=at,
        document_ids=[receipt.document_id],
    )
    post_to_office(job, "payment_office", cause=str(payment.id), facts=facts, at=at)
