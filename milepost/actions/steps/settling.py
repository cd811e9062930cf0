"""What a payment settles, what happens when it clears, and how it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.db.models.functions import Coalesce

from milepost.actions.actor import Actor
from milepost.actions.steps.billing_state import LoadedJob, load, settled_by_invoice, settled_by_row
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.journal import Move, post
from milepost.actions.steps.numbering import next_number
from milepost.actions.steps.outbox import contacts_for, post_to, post_to_office
from milepost.actions.steps.paper import job_facts, row_facts
from milepost.actions.steps.timeline import tell
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.paper.facts import CoveredFacts, ReceiptFacts
from milepost.queries.paper.receipt import receipt_content
from milepost.records.customers import Contact
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
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


def open_balances(job: Job) -> list[Balance]:
    """The job's invoices, oldest first, each with its balance."""
    invoices = Invoice.objects.filter(job=job).annotate(settled=Coalesce(Sum("allocations__amount_cents"), 0))
    return [Balance(invoice, invoice.total_cents - invoice.settled) for invoice in invoices.order_by("id")]


def allocate(
    payment: Payment, job: Job, *, first: int | None = None, split: Sequence[tuple[int, int]] = ()
) -> None:
    """
    Settle invoices of the job with this payment: as `split` says, else `first`, then the oldest.

    Refuses SplitTooLarge and SplitBeyondPayment; what is over stays unallocated.
    """
    balances = open_balances(job)
    wanted = _checked_split(payment, balances, split) if split else _oldest_first(payment, balances, first)
    Allocation.objects.bulk_create(
        [
            Allocation(
                business_id=payment.business_id, payment=payment, invoice_id=invoice_id, amount_cents=cents
            )
            for invoice_id, cents in wanted
            if cents
        ]
    )


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


def clear_payment(payment: Payment, job: Job, *, by: Actor, at: datetime) -> None:
    """The money is here: journal, receipt, messages; and the job closes if nothing is left."""
    payment.state, payment.cleared_at = "cleared", at
    payment.save(update_fields=["state", "cleared_at"])
    applied = payment.allocations.aggregate(sum=Coalesce(Sum("amount_cents"), 0))["sum"]
    excess = payment.amount_cents - applied
    post(
        "payment_cleared",
        [Move("cash", "receivables", applied), Move("cash", "customer_credit", excess)],
        currency=payment.currency,
        on=payment.received_on,
        at=at,
        job_id=job.id,
        payment_id=payment.id,
    )
    loaded, contacts = load(job), contacts_for(job, "everyone")
    receipt = _receipt(payment, loaded, contacts, excess, at)
    _tell_paid(payment, job, contacts, receipt, excess, by=by, at=at)
    close_if_finished(loaded, contacts, by=Actor.system(job.business_id), at=at)


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
    payment: Payment, loaded: LoadedJob, contacts: list[Contact], excess: int, at: datetime
) -> Receipt:
    job, number = loaded.job, next_number("receipt")
    settled, covered = settled_by_row(job), _covered(payment, job)
    facts = ReceiptFacts(
        job=job_facts(job, contacts, at=at),
        number=number.text,
        method=payment.method,
        reference=payment.reference,
        received_on=payment.received_on,
        amount_cents=payment.amount_cents,
        covered=covered,
        credit_cents=excess,
        billed_cents=loaded.billed_cents,
        paid_cents=sum(settled.values()),
        covers_deposit=payment.allocations.filter(invoice__kind="deposit").exists(),
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


def _covered(payment: Payment, job: Job) -> list[CoveredFacts]:
    """What is left counts cleared money only: a receipt never calls paid what may still come back."""
    settled = settled_by_invoice(job)
    by_invoice = dict(payment.allocations.values_list("invoice_id", "amount_cents"))
    return [
        CoveredFacts(
            balance.invoice.number_text,
            balance.invoice.title,
            balance.invoice.total_cents,
            by_invoice[balance.invoice.id],
            balance.invoice.total_cents - settled.get(balance.invoice.id, 0),
        )
        for balance in open_balances(job)
        if balance.invoice.id in by_invoice
    ]


def _tell_paid(
    payment: Payment,
    job: Job,
    contacts: list[Contact],
    receipt: Receipt,
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
        "invoice_ids": list(payment.allocations.values_list("invoice_id", flat=True)),
    }
    tell(job, "payment_received", by=by, at=at, document_id=receipt.document_id, **facts)
    post_to(
        job,
        [contact for contact in contacts if contact.pays] or contacts,
        "receipt",
        cause=str(payment.id),
        facts=facts,
        at=at,
        document_ids=[receipt.document_id],
    )
    post_to_office(job, "payment_office", cause=str(payment.id), facts=facts, at=at)
