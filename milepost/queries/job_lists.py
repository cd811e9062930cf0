"""Jobs and quotes in a list, each with its next step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from milepost.core.money import Money
from milepost.queries.door import question
from milepost.queries.next_steps import NextStep, next_steps
from milepost.queries.paging import NEWEST, Newest, Page, Sorting
from milepost.queries.search import jobs_like
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.timeline import JobEvent


@dataclass(frozen=True)
class JobRow:
    """A job or quote in a list. `was_viewed`: the customer has opened the version that was sent last."""

    id: int
    number: str
    title: str
    customer: str
    site: str
    state: str
    total: Money
    billed: Money

    next: NextStep | None = None
    was_viewed: bool = False

    @property
    def shown_state(self) -> str:
        """The state in the word of a list: a quote that was sent and opened is `viewed`."""
        return "viewed" if self.state == "sent" and self.was_viewed else self.state

    @property
    def is_quote(self) -> bool:
        return self.state in ("draft", "sent", "declined")


QUOTE_STATES = ("draft", "sent", "declined")
JOB_STATES = ("open", "closed", "cancelled")


SORTINGS: Mapping[str, Newest | Sorting] = {
    "newest": NEWEST,
    "title": Sorting("title", "text"),
    "customer": Sorting("customer__name", "text"),
    "total": Sorting("contract_cents", "number", descending=True),
}


@question
def jobs(
    *,
    quotes: bool | None,
    today: date | None = None,
    state: str = "",
    sort: str = "newest",
    before: str = "",
    of: Collection[int] = (),
) -> Page:
    """
    Jobs (signed) or quotes (not signed), with None both; in this state or in any; `of` these customers
    only. With `today` each has its next step.
    """
    states = [word for word in _states(quotes) if state in ("", word)]
    # A fee is billed beside its job: it stands among the invoices.
    found = with_billed(Job.objects.filter(state__in=states).exclude(origin="fee"))
    found = found.filter(customer_id__in=of) if of else found
    rows, more = SORTINGS[sort].page(found, before)
    return Page(_with_steps(rows, today), more)


@question
def jobs_with(words: str, *, quotes: bool, today: date, before: str = "") -> Page:
    """
    Those with these words in number, title, customer, the customer's people, or the number of an invoice,
    the newest first.
    """
    ids, more = jobs_like(words, states=_states(quotes), before=before)
    found = with_billed(Job.objects.filter(id__in=ids))
    return Page(_with_steps(list(found.order_by("-id")), today), more)


def _states(quotes: bool | None) -> tuple[str, ...]:
    return {True: QUOTE_STATES, False: JOB_STATES, None: QUOTE_STATES + JOB_STATES}[quotes]


def _with_steps(rows: list[Job], today: date | None) -> list[JobRow]:
    steps = next_steps(rows, today) if today else {}
    return [job_row(job, steps.get(job.id)) for job in rows]


def with_billed(found: "QuerySet[Job]") -> "QuerySet[Job]":
    """Each job with what is billed of it, asked for the rows of one page and not of the whole list."""
    billed = Invoice.objects.filter(job=OuterRef("id")).order_by().values("job")
    billed = billed.annotate(sum=Sum(F("total_cents") - F("credited_cents"))).values("sum")
    viewed = JobEvent.objects.filter(job=OuterRef("id"), kind__startswith="viewed_v").order_by("-seq")
    return (
        found.select_related("customer", "site")
        .annotate(billed=Coalesce(Subquery(billed), 0), viewed=Subquery(viewed.values("kind")[:1]))
        .prefetch_related("versions")
    )


def job_row(job: Job, step: NextStep | None = None) -> JobRow:
    """A job that was asked for `with_billed`. A quote's total is that of its newest version."""
    newest = max(job.versions.all(), key=lambda version: version.version, default=None)
    offered = newest.total_cents if newest else 0
    sent = max((v.version for v in job.versions.all() if v.sent_at is not None), default=0)
    return JobRow(
        job.id,
        job.number,
        job.title,
        job.customer.name,
        job.site.address if job.site else "",
        job.state,
        Money(job.contract_cents if job.signed_on else offered, job.currency),
        Money(job.billed, job.currency),  # type: ignore[attr-defined]
        step,
        was_viewed=job.viewed == f"viewed_v{sent}",  # type: ignore[attr-defined]
    )
