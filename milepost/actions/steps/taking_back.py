"""Taking a payment back out of what it settled: returned, disputed, refunded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from milepost.actions.actor import Actor
from milepost.actions.steps.closing import open_again
from milepost.actions.steps.conceding import Event, standing_cents, take_back
from milepost.actions.steps.deposit_tax import book_paid_deposits
from milepost.actions.steps.finding import find, lock_customers, lock_jobs
from milepost.actions.steps.journal import post
from milepost.actions.steps.outbox import contacts_for, post_to, post_to_office
from milepost.actions.steps.timeline import tell
from milepost.core.journal import Transfer, through
from milepost.queries.credit import left_of
from milepost.records.customers import Contact, Customer
from milepost.records.jobs import Job
from milepost.records.payments import Allocation, Payment
from milepost.records.post import Message


@dataclass(frozen=True)
class Undone:
    """
    So much is open again, in cents by job and by invoice; and so much of the payment's unused credit is
    gone.
    """

    by_job: Mapping[int, int]
    by_invoice: Mapping[int, int]
    credit_cents: int

    @property
    def cents(self) -> int:
        return sum(self.by_job.values()) + self.credit_cents


def lock_payment(payment_id: int) -> tuple[Payment, list[Job]]:
    """
    The payment with its jobs, the one where it is filed first; locked in the one order: customer, jobs,
    payment.
    """
    seen = find(Payment.objects.exclude(job=None), id=payment_id)
    filed = int(str(seen.job_id))
    customers = Customer.objects.filter(Q(id=seen.customer_id) | Q(invoice__allocations__payment=seen))
    whose = lock_customers(set(customers.values_list("id", flat=True)))
    jobs = lock_jobs(whose, {filed, *settled_by_job(seen)})
    jobs.sort(key=lambda job: job.id != filed)
    return find(Payment.objects.select_for_update(no_key=True), id=payment_id), jobs


def refunded_cents(payment: Payment) -> int:
    """What of a payment went back to the payer, or is on its way there."""
    standing = payment.refunds.exclude(state="refused")
    return int(standing.aggregate(sum=Coalesce(Sum("amount_cents"), 0))["sum"])


def without_concessions(payment: Payment, jobs: Sequence[Job], event: Event) -> None:
    """A discount that came with it, cents that were let be: without the payment they do not stand."""
    for made in payment.concessions.filter(reverses=None).select_related("invoice").order_by("id"):
        job = next((job for job in jobs if made.invoice and job.id == made.invoice.job_id), jobs[0])
        if standing_cents(made):
            take_back(made, standing_cents(made), job, event)


def undo(payment: Payment, cents: int, *, on: date) -> Undone:
    """
    Take so much out of what a payment settles, by rows that name what they undo: first what it has left
    as credit, then its newest allocations. Never more than it has. `on`: the day that it is booked on.
    """
    credit = min(cents, max(left_of(payment.id), 0))
    rest = cents - credit
    by_job: dict[int, int] = {}
    by_invoice: dict[int, int] = {}
    rows: list[Allocation] = []
    standing = payment.allocations.filter(reverses__isnull=True, allocation__isnull=True)
    for allocation in standing.select_related("invoice").order_by("-id"):
        if not rest:
            break
        taken = min(rest, allocation.amount_cents)
        rows.append(_part(payment, allocation, -allocation.amount_cents, on, reverses=allocation))
        if taken < allocation.amount_cents:
            rows.append(_part(payment, allocation, allocation.amount_cents - taken, on))
        job_id = allocation.invoice.job_id
        by_job[job_id] = by_job.get(job_id, 0) + taken
        by_invoice[allocation.invoice_id] = by_invoice.get(allocation.invoice_id, 0) + taken
        rest -= taken
    Allocation.objects.bulk_create(rows)
    return Undone(by_job, by_invoice, credit)


def book(
    kind: str,
    payment: Payment,
    job: Job,
    entry: Sequence[Transfer],
    *,
    on: date,
    at: datetime,
    till: str = "",
) -> None:
    """One entry of a payment on one of its jobs; cash is where the payment arrived, or `till`."""
    post(
        kind,
        through(till or payment.till, entry),
        currency=payment.currency,
        on=on,
        at=at,
        job_id=job.id,
        payment_id=payment.id,
    )


def reopen(payment: Payment, jobs: Sequence[Job], undone: Undone, *, on: date, at: datetime) -> None:
    """
    A job that had closed because everything was paid is open again; and a deposit that is taxed when it
    is paid owes that much less tax.
    """
    unpaid = {invoice: -cents for invoice, cents in undone.by_invoice.items()}
    book_paid_deposits(unpaid, on=on, at=at, payment_id=payment.id)
    for job in jobs:
        if undone.by_job.get(job.id):
            open_again(job)


def say_returned(
    payment: Payment,
    jobs: Sequence[Job],
    undone: Undone,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    cause: str = "",
    beyond_cents: int = 0,
) -> None:
    """
    Each job's timeline says what is open again; everybody who had the receipt is told, and the office. Where
    nothing could be taken any more, because all of it had been given back before, the office alone is told;
    `beyond_cents` is what was taken of that.
    """
    facts = {"payment_id": payment.id, "reason": reason}
    for place, job in enumerate(jobs):
        own = undone.by_job.get(job.id, 0) + (0 if place else undone.credit_cents)
        if own or not undone.cents:
            tell(job, "payment_returned", by=by, at=at, for_customer=bool(own), amount_cents=own, **facts)
    job = jobs[0]
    facts |= {
        "amount_cents": undone.cents,
        "open_cents": sum(undone.by_job.values()),
        "in_part": payment.state != "returned",
    }
    named = f"{payment.id}:{cause}" if cause else str(payment.id)
    if undone.cents:
        post_to(job, had_receipt(payment, job), "payment_returned", cause=named, facts=facts, at=at)
    facts |= {"amount_cents": undone.cents or beyond_cents, "beyond_cents": beyond_cents}
    post_to_office(job, "payment_returned_office", cause=named, facts=facts, at=at)


def had_receipt(payment: Payment, job: Job) -> list[Contact]:
    """Everybody whom the receipt of a payment was sent to, and whoever pays today."""
    told = Message.objects.filter(kind="receipt", identity__startswith=f"receipt:{payment.id}:")
    before = set(told.values_list("contact_id", flat=True))
    payers = contacts_for(job, "payer")
    more = Contact.objects.filter(id__in=before - {one.id for one in payers}).order_by("position", "id")
    return [*payers, *more]


def settled_by_job(payment: Payment) -> dict[int, int]:
    parts = payment.allocations.values_list("invoice__job_id").annotate(sum=Sum("amount_cents"))
    return {job_id: cents for job_id, cents in parts if cents}


def _part(
    payment: Payment, allocation: Allocation, cents: int, on: date, *, reverses: Allocation | None = None
) -> Allocation:
    return Allocation(
        business_id=payment.business_id,
        payment=payment,
        invoice_id=allocation.invoice_id,
        amount_cents=cents,
        reverses=reverses,
        settled_on=on,
    )
