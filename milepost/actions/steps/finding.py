"""Find a row of the business in scope, locked; what is not there and what is another's look the same."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import TypeVar

from django.db.models import Model, QuerySet

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
    return Questions.of(Customer.objects.select_for_update(no_key=True).filter(job=given("job")))


def lock_payer(job_id: int) -> Job:
    """The job and its customer, locked in the one order: customer, then job."""
    _its_customer().ask(job=job_id)
    return lock_job(job_id)


def lock_customers(wanted: Collection[int]) -> list[int]:
    """These customers, locked in the order of their ids. NotFound if one is not there."""
    rows = Customer.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=wanted)
    found = list(rows.order_by("id").values_list("id", flat=True))
    if len(found) < len(wanted):
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
