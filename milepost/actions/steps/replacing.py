"""A new version is signed in the place of a signed job, which ends in that moment."""

from datetime import datetime

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.steps.ending import end_job
from milepost.actions.steps.finding import find, lock_customers, lock_job, lock_jobs
from milepost.actions.steps.settling import settle_again
from milepost.actions.steps.timeline import tell
from milepost.queries.billing_state import load
from milepost.queries.rewriting import check_not_begun
from milepost.queries.wording import in_words_of
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job


def lock_to_sign(job_id: int, version: int) -> Job:
    """
    The job, locked to be signed; with the job whose place it takes, in the one order. A first version
    takes nobody's place.
    """
    if version > 1:
        seen = find(Job.objects.only("replaces_id", "customer_id"), id=job_id)
        if seen.replaces_id:
            lock_customers([seen.customer_id])
            lock_jobs([seen.customer_id], [seen.replaces_id, job_id])
    return lock_job(job_id)


def end_replaced(job: Job, *, by: Actor, at: datetime) -> tuple[int, list[int]]:
    """
    End the job whose place this one takes: its contract is dropped, its deposit credited. What was paid
    of it in cents, and its documents. Refuses what has begun, as `check_not_begun` does.
    """
    if job.replaces_id is None:
        return 0, []
    old = lock_job(job.replaces_id)
    if old.state == "cancelled":
        return 0, []
    loaded = load(old)
    check_not_begun(loaded)
    settled = loaded.settled_by_invoice()
    paid = sum(settled.get(invoice.id, 0) for invoice in loaded.standing)
    with in_words_of(job.customer, job.business):
        reason = gettext("{number} is signed in its place.").format(number=job.number)
    ended = end_job(loaded, 0, reason, by=by, at=at)
    tell(
        old, "cancelled", by=by, at=at, contract_cents=old.contract_cents, kept_cents=0, reason=reason,
        replaced_by=job.number,
    )  # fmt: skip
    tell(job, "takes_the_place", by=by, at=at, number=old.number)
    return paid, ended.documents


def settle_deposit(job: Job, deposit: Invoice | None, paid_cents: int, *, at: datetime) -> None:
    """What was paid of the old deposit settles the new one; what is more stays the customer's credit."""
    if deposit is not None and paid_cents:
        settle_again(paid_cents, [deposit], load(job), at)
