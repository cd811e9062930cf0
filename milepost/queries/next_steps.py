"""The next step of each job in a list: what the office would do there first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Exists, F, OuterRef, QuerySet

from milepost.core.money import Money
from milepost.core.readiness import is_ready
from milepost.queries.balances import with_settled
from milepost.queries.calendars import holidays_around
from milepost.records.businesses import Business
from milepost.records.credit_notes import standing_rows
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.work import Completion

Step = Literal["finish", "signature", "expired", "bill", "late", "acceptance", "payment", "work"]


@dataclass(frozen=True)
class NextStep:
    """
    What comes next. For a quote: finish it, its signature (`on` is its last day), or it expired; for a
    job: bill `name`, a payment that is late or due `on`, the acceptance of `name`, the work `name`.
    """

    kind: Step
    name: str = ""
    amount: Money | None = None
    on: date | None = None


def next_steps(jobs: Sequence[Job], today: date) -> Mapping[int, NextStep]:
    """By the job's id; jobs with `versions` at hand. Three queries, whatever their number."""
    steps = {job.id: _of_quote(job, today) for job in jobs if job.state in ("draft", "sent")}
    running = [job.id for job in jobs if job.state == "open"]
    if not running:
        return steps
    ahead = _ahead(running)
    ready, waiting, later = dict[int, NextStep](), dict[int, NextStep](), dict[int, NextStep]()
    business = Business.objects.get()
    holidays = holidays_around(business.holidays, today)
    for row in ahead:
        amount = Money(row.amount_cents, row.job.currency)
        if row_is_ready(row, today, holidays):
            ready.setdefault(row.job_id, NextStep("bill", row.name, amount))
        elif row.done:  # type: ignore[attr-defined]
            waiting.setdefault(row.job_id, NextStep("acceptance", row.name))
        else:
            later.setdefault(row.job_id, NextStep("work", row.name, None, row.planned_on))
    late, due = _owed(running, today)
    return steps | {**later, **due, **waiting, **late, **ready}


def _of_quote(job: Job, today: date) -> NextStep:
    newest = max(job.versions.all(), key=lambda version: version.version)
    if newest.sent_at is None:
        return NextStep("finish")
    if newest.expires_on and today > newest.expires_on:
        return NextStep("expired", on=newest.expires_on)
    return NextStep("signature", on=newest.expires_on)


def unbilled() -> "QuerySet[ScheduleRow]":
    """Milestones of open jobs that are not billed, each with `done` and `accepted`."""
    standing = Completion.objects.filter(row=OuterRef("id"), withdrawn_at__isnull=True)
    return (
        ScheduleRow.objects.filter(job__state="open", kind="milestone")
        .exclude(id__in=standing_rows().values("row_id"))
        .annotate(done=Exists(standing), accepted=Exists(standing.filter(acceptance__isnull=False)))
        .select_related("job__customer", "event")
    )


def row_is_ready(row: ScheduleRow, today: date, holidays: frozenset[date]) -> bool:
    """Whether one of the `unbilled` may be billed."""
    return is_ready(
        row.bill_on,
        done=row.done,  # type: ignore[attr-defined]
        accepted=row.accepted,  # type: ignore[attr-defined]
        event_on=row.event.on_date if row.event else row.planned_on,
        before_days=row.before_days,
        today=today,
        holidays=holidays,
    )


def _ahead(jobs: Sequence[int]) -> "QuerySet[ScheduleRow]":
    return unbilled().filter(job_id__in=jobs).order_by("job_id", "position")


def _owed(jobs: Sequence[int], today: date) -> tuple[dict[int, NextStep], dict[int, NextStep]]:
    """What is late and what is due of each job, the oldest first."""
    late, due = dict[int, NextStep](), dict[int, NextStep]()
    found = with_settled(Invoice.objects.filter(job_id__in=jobs))
    for row in found.filter(settled__lt=F("total_cents") - F("credited_cents")).order_by("due_on", "id"):
        left = Money(row.stands_cents - row.settled, row.currency)  # type: ignore[attr-defined]
        is_late = today > row.due_on
        step = NextStep("late" if is_late else "payment", row.number_text, left, row.due_on)
        (late if is_late else due).setdefault(row.job_id, step)
    return late, due
