"""A payment on its way: its row, what it settles meanwhile, and what is said of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from milepost.actions.actor import Actor
from milepost.actions.steps.finding import NotFound, lock_customers, lock_jobs, lock_payer
from milepost.actions.steps.outbox import contacts_for, post_to, post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.settling import allocate, open_balances, release
from milepost.actions.steps.timeline import tell
from milepost.core.settling import oldest_first
from milepost.queries.billing_state import LoadedJob
from milepost.records.jobs import Job
from milepost.records.payments import Attempt, AttemptInvoice, Payment

STORY_SESSION = "story_"
"""How sessions begin that a story told: no provider knows them."""


def lock_jobs_of(attempt_id: int) -> list[Job]:
    """
    The jobs whose invoices an attempt asks for, that of the oldest invoice first; locked in the one
    order: customers, jobs. NotFound if there is no such attempt.
    """
    asked = AttemptInvoice.objects.filter(attempt_id=attempt_id).order_by("invoice_id")
    owners = list(asked.values_list("invoice__job_id", "invoice__customer_id"))
    order = list(dict.fromkeys(job_id for job_id, _customer in owners))
    if not order:
        raise NotFound
    if len(order) == 1:
        return [lock_payer(order[0])]
    jobs = lock_jobs(lock_customers({customer for _job, customer in owners}), order)
    return sorted(jobs, key=lambda job: order.index(job.id))


def pending(
    attempt: Attempt,
    jobs: Sequence[LoadedJob],
    amount_cents: int,
    at: datetime,
    *,
    paid_at: datetime | None = None,
) -> Payment:
    """
    The payment of an attempt, filed with the first of its jobs; it settles what those still need. It was
    received on the day on which it was paid, in the business's time zone, however late that is told.
    """
    job, is_told = jobs[0].job, attempt.session_id.startswith(STORY_SESSION)
    payment = Payment.objects.create(
        business_id=job.business_id,
        customer_id=job.customer_id,
        job=job,
        attempt=attempt,
        method=attempt.method,
        reference="" if is_told else attempt.session_id[-12:],
        currency=attempt.currency,
        amount_cents=amount_cents - attempt.surcharge_cents,
        surcharge_cents=attempt.surcharge_cents,
        state="pending",
        received_on=local_day(job.business, min(paid_at or at, at)),
        recorded_at=at,
        recorded_by="Milepost",
        till="cash" if is_told else "clearing",
    )
    wanted = _still_open(attempt, jobs, payment.amount_cents)
    if wanted:
        allocate(payment, jobs, split=wanted)
    return payment


def _still_open(attempt: Attempt, jobs: Sequence[LoadedJob], amount_cents: int) -> list[tuple[int, int]]:
    """What of the payment its own invoices still need. What they do not is credit: no other is touched."""
    balances = {
        balance.invoice.id: balance.open_cents for loaded in jobs for balance in open_balances(loaded)
    }
    asked = [
        (part.invoice_id, min(part.amount_cents, balances.get(part.invoice_id, 0)))
        for part in attempt.invoices.order_by("invoice_id")
    ]
    return oldest_first(amount_cents, asked)


def tell_on_its_way(payment: Payment, jobs: Sequence[LoadedJob], *, by: Actor, at: datetime) -> None:
    """Each job's timeline says what is its own; the payer gets one message."""
    facts: dict[str, Any] = {"payment_id": payment.id, "method": payment.method}
    for job, own in _shares(payment, [loaded.job for loaded in jobs]):
        tell(job, "payment_pending", by=by, at=at, amount_cents=own, **facts)
    job = jobs[0].job
    whole = facts | {"amount_cents": payment.amount_cents}
    contacts = contacts_for(job, "payer")
    post_to(job, contacts, "payment_on_its_way", cause=str(payment.id), facts=whole, at=at)


def fail(payment: Payment, jobs: Sequence[Job], reason: str, *, by: Actor, at: datetime) -> None:
    """What was on its way did not come: its invoices are open again, and everybody is told."""
    shares = _shares(payment, jobs)
    release(payment)
    payment.state = "failed"
    payment.save(update_fields=["state"])
    facts: dict[str, Any] = {"payment_id": payment.id, "reason": reason}
    for job, own in shares:
        tell(job, "payment_failed", by=by, at=at, amount_cents=own, **facts)
    whole, cause = facts | {"amount_cents": payment.amount_cents}, str(payment.id)
    contacts = contacts_for(jobs[0], "payer")
    post_to(jobs[0], contacts, "payment_failed", cause=cause, facts=whole, at=at)
    post_to_office(jobs[0], "payment_failed_office", cause=cause, facts=whole, at=at)


def _shares(payment: Payment, jobs: Sequence[Job]) -> list[tuple[Job, int]]:
    """What of a payment is for each of its jobs, in cents; the first also has what is over."""
    if len(jobs) == 1:
        return [(jobs[0], payment.amount_cents)]
    own = dict.fromkeys((job.id for job in jobs), 0)
    for job_id, cents in payment.allocations.values_list("invoice__job_id", "amount_cents"):
        own[job_id] += cents
    own[jobs[0].id] += payment.amount_cents - sum(own.values())
    return [(job, own[job.id]) for job in jobs if own[job.id]]
