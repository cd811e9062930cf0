"""Find a row of the business in scope, locked; what is not there and what is another's look the same."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from milepost.actions.door import BeginAgain
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.businesses import Business
from milepost.records.customers import Customer, Site
from milepost.records.jobs import Job
from milepost.records.together import Questions, given

M = TypeVar("M", bound=Model)


class NotFound(Refusal):
    """There is no such thing in this business."""

    code = "not_found"
    message = gettext_noop("This no longer exists, or never did.")


def find(rows: "QuerySet[M]", **lookup: object) -> M:
    """The one row, or NotFound."""
    found = rows.filter(**lookup).first()
    if found is None:
        raise NotFound
    return found


@cache
def _a_job() -> Questions:
    """The job, locked, and what belongs to it."""
    job = given("job")
    return Questions.of(
        Job.objects.select_for_update(no_key=True).filter(id=job),
        Business.objects.filter(job=job),
        Customer.objects.filter(job=job),
        Site.objects.filter(job=job),
    )


def lock_job(job_id: int) -> Job:
    """The job and what belongs to it, locked until the transaction ends."""
    jobs, businesses, customers, sites = _a_job().ask(job=job_id)
    if not jobs:
        raise NotFound
    job: Job = jobs[0]
    job.business, job.customer, job.site = businesses[0], customers[0], sites[0] if sites else None
    return job


@cache
def _its_customer() -> Questions:
    own = Job.objects.filter(id=given("job")).values("customer_id")
    return Questions.of(_with_kept(own))


def _with_kept(wanted: Any) -> "QuerySet[Customer]":
    """
    These customers, by ids or a query of them, and those whom they were merged into, to be locked in the
    order of their ids. Merged customers are one: whoever moves money of one of them holds the lock of the
    one that was kept.
    """
    kept = Customer.objects.filter(id__in=wanted, merged_into__isnull=False).values("merged_into_id")
    rows = Customer.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(Q(id__in=wanted) | Q(id__in=kept)).order_by("id")


def _check_kept(locked: Collection[Customer]) -> None:
    """One that was merged while its lock was waited for needs another lock first."""
    held = {row.id for row in locked}
    if any(row.merged_into_id is not None and row.merged_into_id not in held for row in locked):
        raise BeginAgain


def lock_payer(job_id: int) -> Job:
    """The job and its customer, locked in the one order: customers, then job."""
    _check_kept(_its_customer().ask(job=job_id)[0])
    return lock_job(job_id)


def lock_customers(wanted: Collection[int]) -> list[int]:
    """
    These customers, by their ids, locked in that order with those whom they were merged into. NotFound
    if one is not there.
    """
    locked = list(_with_kept(wanted))
    _check_kept(locked)
    found = [row.id for row in locked if row.id in set(wanted)]
    if len(found) < len(set(wanted)):
        raise NotFound
    return found


def lock_jobs(customers: Collection[int], job_ids: Iterable[int]) -> list[Job]:
    """These jobs of the customer, whose own lock is held already, by their ids. NotFound if one is not theirs."""
    wanted = sorted(set(job_ids))
    jobs = Job.objects.select_for_update(no_key=True, of=("self",)).filter(customer_id__in=customers)
    found = list(jobs.select_related("business", "customer", "site").filter(id__in=wanted).order_by("id"))
    if len(found) < len(wanted):
        raise NotFound
    return found
