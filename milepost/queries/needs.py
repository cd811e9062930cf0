"""What the office should look at today: ready to bill, late, not signed yet, changes that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from milepost.core.money import Money
from milepost.queries.balances import with_settled
from milepost.queries.calendars import holidays_around
from milepost.queries.change_needs import ChangeNeed, change_needs, waiting_changes
from milepost.queries.door import question
from milepost.queries.job_lists import JobRow, job_row, with_billed
from milepost.queries.money_lists import InvoiceListRow, invoice_row
from milepost.queries.next_steps import row_is_ready, unbilled
from milepost.queries.paging import PAGE
from milepost.records.businesses import Business
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job, ScheduleRow

NEAR = timedelta(days=30)


@dataclass(frozen=True)
class ReadyRow:
    """A milestone that may be billed and is not."""

    job_id: int
    row_id: int
    title: str
    customer: str
    name: str
    amount: Money


@dataclass(frozen=True)
class Needs:
    """What nobody may overlook: the first 50 of each kind, and how many more there are."""

    ready: Sequence[ReadyRow]
    late: Sequence[InvoiceListRow]
    unsigned: Sequence[JobRow]
    more_ready: int = 0
    more_late: int = 0
    more_unsigned: int = 0
    changes: Sequence[ChangeNeed] = ()
    more_changes: int = 0

    @property
    def count(self) -> int:
        shown = len(self.ready) + len(self.late) + len(self.unsigned) + len(self.changes)
        return shown + self.more_ready + self.more_late + self.more_unsigned + self.more_changes


@question
def needs(*, at: datetime) -> Needs:
    """Ready to bill in the order of the jobs, late with the oldest first, unsigned with the newest first."""
    business, today = _today(at)
    done, before = _done().order_by("job_id", "position"), _before_event(business, today)
    nearest = sorted([*done[:PAGE], *before], key=lambda row: (row.job_id, row.position))[:PAGE]
    late, unsigned = _late(today), Job.objects.filter(state="sent")
    overdue = [invoice_row(invoice, today) for invoice in late.order_by("due_on", "id")[:PAGE]]
    changes = change_needs(today, PAGE)
    offers = [job_row(job) for job in with_billed(unsigned).order_by("-id")[:PAGE]]
    return Needs(
        [_ready_row(row) for row in nearest],
        overdue,
        offers,
        done.count() + len(before) - len(nearest),
        late.count() - len(overdue),
        unsigned.count() - len(offers),
        changes,
        waiting_changes().count() - len(changes),
    )


@question
def needs_count(*, at: datetime) -> int:
    """How many things wait, without reading them."""
    business, today = _today(at)
    ready = _done().count() + len(_before_event(business, today))
    offers = Job.objects.filter(state="sent").count() + waiting_changes().count()
    return ready + _late(today).count() + offers


def _today(at: datetime) -> tuple[Business, date]:
    business = Business.objects.get()
    return business, at.astimezone(ZoneInfo(business.timezone)).date()


def _late(today: date) -> "QuerySet[Invoice]":
    late = with_settled(Invoice.objects.filter(due_on__lt=today).select_related("customer"))
    return late.filter(settled__lt=F("total_cents") - F("credited_cents"))


def _done() -> "QuerySet[ScheduleRow]":
    """What the work itself has made ready."""
    return unbilled().filter(Q(done=True) & ~Q(bill_on="acceptance") | Q(accepted=True))


def _before_event(business: Business, today: date) -> list[ScheduleRow]:
    """What the calendar has made ready. The database sifts by days, the core counts business days."""
    rows = unbilled().filter(bill_on="before", done=False)
    rows = rows.annotate(on=Coalesce("event__on_date", "planned_on"))
    near = rows.filter(on__lte=today + NEAR + F("before_days") * timedelta(days=2))
    holidays = holidays_around(business.holidays, today)
    return [row for row in near if row_is_ready(row, today, holidays)]


def _ready_row(row: ScheduleRow) -> ReadyRow:
    amount = Money(row.amount_cents, row.job.currency)
    return ReadyRow(row.job_id, row.id, row.job.title, row.job.customer.name, row.name, amount)
