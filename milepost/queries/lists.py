"""Lists of the office and the field: frozen rows, paged by their key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from milepost.core.money import Money
from milepost.queries.balances import with_settled
from milepost.queries.door import NotThere, question
from milepost.queries.search import customers_like, jobs_like
from milepost.records.businesses import Business, TaxCode
from milepost.records.credit_notes import standing_rows
from milepost.records.customers import Contact, Customer
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job, ScheduledEvent, ScheduleRow
from milepost.records.payments import Payment
from milepost.records.people import Membership
from milepost.records.post import Message

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, newest first; `next` is the key to ask for older ones, or None."""

    rows: Sequence[object]
    next: int | None


@dataclass(frozen=True)
class JobRow:
    """A job or quote in a list."""

    id: int
    number: str
    title: str
    customer: str
    site: str
    state: str
    total: Money
    billed: Money

    @property
    def is_quote(self) -> bool:
        return self.state in ("draft", "sent", "declined")


@dataclass(frozen=True)
class InvoiceListRow:
    """An invoice in a list; `state` is paid, written_off, due, overdue or credited (taken back)."""

    id: int
    job_id: int
    number: str
    title: str
    customer: str
    issued_on: date
    due_on: date
    total: Money
    balance: Money
    state: str
    document_id: int


@dataclass(frozen=True)
class PaymentListRow:
    """A payment in a list."""

    id: int
    job_id: int | None
    on: date
    customer: str
    method: str
    reference: str
    amount: Money
    state: str


@dataclass(frozen=True)
class MessageRow:
    """A message exactly as it went out, or as it would have gone."""

    id: int
    job_id: int | None
    at: datetime
    channel: str
    kind: str
    to_name: str
    to_address: str
    state: str
    subject: str
    body_text: str
    error: str


@dataclass(frozen=True)
class CustomerRow:
    """A customer with the first of their people."""

    id: int
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class TodayJob:
    """A job on the technician's phone: what is next there, and when."""

    id: int
    title: str
    customer: str
    site: str
    next: str
    events: Sequence[str]
    is_mine: bool


@dataclass(frozen=True)
class Choices:
    """
    What the office chooses from: customers (`has_more` than are here), taxes, people; `exempt` are
    customers without tax.
    """

    business: Business
    customers: Sequence[tuple[int, str]]
    taxes: Sequence[TaxCode]
    people: Sequence[tuple[int, str, str, str]]
    exempt: frozenset[int] = frozenset()
    has_more: bool = False


QUOTE_STATES = ("draft", "sent", "declined")
JOB_STATES = ("open", "closed", "cancelled")


@question
def jobs(
    *, quotes: bool | None, before: int | None = None, search: str = "", of: Collection[int] = ()
) -> Page:
    """
    Jobs (signed) or quotes (not signed), with None both, newest first; `search` in number, title,
    customer and their people, and the numbers of invoices; `of` these customers only.
    """
    states = {True: QUOTE_STATES, False: JOB_STATES, None: QUOTE_STATES + JOB_STATES}[quotes]
    found = _of(with_billed(Job.objects.filter(state__in=states)), of)
    if search:
        found = found.filter(id__in=jobs_like(search, states=states, before=before, most=PAGE + 1))
    elif before is not None:
        found = found.filter(id__lt=before)
    return _page([job_row(job) for job in found.order_by("-id")[: PAGE + 1]])


def with_billed(found: "QuerySet[Job]") -> "QuerySet[Job]":
    """Each job with what is billed of it, asked for the rows of one page and not of the whole list."""
    billed = Invoice.objects.filter(job=OuterRef("id")).order_by().values("job")
    billed = billed.annotate(sum=Sum(F("total_cents") - F("credited_cents"))).values("sum")
    return (
        found.select_related("customer", "site")
        .annotate(billed=Coalesce(Subquery(billed), 0))
        .prefetch_related("versions")
    )


def _of(found, customers: Collection[int]):  # type: ignore[no-untyped-def]
    return found.filter(customer_id__in=customers) if customers else found


def job_row(job: Job) -> JobRow:
    """A job that was asked for `with_billed`."""
    offered = max((v.total_cents for v in job.versions.all()), default=0)
    return JobRow(
        job.id,
        job.number,
        job.title,
        job.customer.name,
        job.site.address if job.site else "",
        job.state,
        Money(job.contract_cents if job.signed_on else offered, job.currency),
        Money(job.billed, job.currency),  # type: ignore[attr-defined]
    )


def _page(rows: list) -> Page:  # type: ignore[type-arg]
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


@question
def invoices(*, today: date, before: int | None = None, of: Collection[int] = ()) -> Page:
    """Invoices, newest first; `of` these customers only."""
    found = _with_balance(_of(Invoice.objects.all(), of))
    if before is not None:
        found = found.filter(id__lt=before)
    return _page([invoice_row(row, today) for row in found.order_by("-id")[: PAGE + 1]])


def _with_balance(found):  # type: ignore[no-untyped-def]
    return with_settled(found.select_related("customer"))


def invoice_row(row: Invoice, today: date) -> InvoiceListRow:
    """An invoice that was asked for with what is `settled` of it."""
    balance = row.stands_cents - row.settled  # type: ignore[attr-defined]
    gone = row.credited_cents and row.credited_cents == row.total_cents
    state = "credited" if gone else "paid" if balance == 0 else "overdue" if today > row.due_on else "due"
    if state == "paid" and row.given_up:  # type: ignore[attr-defined]
        state = "written_off"
    return InvoiceListRow(
        row.id,
        row.job_id,
        row.number_text,
        row.title,
        row.customer.name,
        row.issued_on,
        row.due_on,
        Money(row.total_cents, row.currency),
        Money(balance, row.currency),
        state,
        row.document_id,
    )


@question
def payments(*, before: int | None = None, of: Collection[int] = ()) -> Page:
    """Payments, newest first; `of` these customers only."""
    found = _of(Payment.objects.select_related("customer"), of)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = [
        PaymentListRow(
            p.id,
            p.job_id,
            p.received_on,
            p.customer.name,
            p.method,
            p.reference,
            Money(p.amount_cents, p.currency),
            p.state,
        )
        for p in found.order_by("-id")[: PAGE + 1]
    ]
    return _page(rows)


@question
def messages(*, before: int | None = None, of: Collection[int] = ()) -> Page:
    """
    Messages to customers and the office, newest first; account letters carry keys and are left out.
    `of` these customers only, with what the office was told of their jobs.
    """
    found = Message.objects.exclude(kind="account")
    if of:
        found = found.filter(job__customer_id__in=of)
    if before is not None:
        found = found.filter(id__lt=before)
    return _page([_message(m) for m in found.order_by("-id")[: PAGE + 1]])


@question
def message(message_id: int) -> MessageRow:
    """One message. Refuses NotThere."""
    found = Message.objects.exclude(kind="account").filter(id=message_id).first()
    if found is None:
        raise NotThere
    return _message(found)


def _message(m: Message) -> MessageRow:
    return MessageRow(
        m.id,
        m.job_id,
        m.posted_at,
        m.channel,
        m.kind,
        m.to_name,
        m.to_address,
        m.state,
        m.subject,
        m.body_text,
        m.error,
    )


@question
def customers(*, before: int | None = None, search: str = "", archived: bool = False) -> Page:
    """Customers, newest first: those in use, or those that were archived; a merged one is in neither."""
    found = Customer.objects.prefetch_related("contacts").filter(merged_into=None)
    found = found.filter(archived_at__isnull=not archived)
    if search:
        found = found.filter(id__in=customers_like(search, archived=archived, before=before, most=PAGE + 1))
    elif before is not None:
        found = found.filter(id__lt=before)
    rows = []
    for customer in found.order_by("-id")[: PAGE + 1]:
        present = [contact for contact in customer.contacts.all() if contact.archived_at is None]
        first: Contact | None = min(present, key=lambda c: (c.position, c.id), default=None)
        rows.append(
            CustomerRow(
                customer.id,
                customer.name,
                first.email if first else "",
                first.phone if first else "",
            )
        )
    return _page(rows)


MOST_CARDS = 100


@question
def today(*, at: datetime, user_id: int | None) -> list[TodayJob]:
    """
    Open jobs for the field, at most 100 of them: those with an event for this person today, those with
    one for somebody else, then the newest.
    """
    business = Business.objects.get()
    day = at.astimezone(ZoneInfo(business.timezone)).date()
    rows = ScheduleRow.objects.filter(job=OuterRef("id"), kind="milestone").order_by("position")
    ahead = rows.exclude(id__in=standing_rows().values("row_id")).values("name")[:1]
    todays = ScheduledEvent.objects.filter(job=OuterRef("id"), on_date=day)
    found = (
        Job.objects.select_related("customer", "site")
        .filter(state="open", origin="quote")
        .annotate(
            next=Subquery(ahead), mine=Exists(todays.filter(technician_id=user_id)), busy=Exists(todays)
        )
        .filter(next__isnull=False)
        .order_by("-mine", "-busy", "-id")
    )
    cards = list(found[:MOST_CARDS])
    events: dict[int, list[str]] = {}
    for event in ScheduledEvent.objects.filter(job__in=cards, on_date=day).order_by("position", "id"):
        events.setdefault(event.job_id, []).append(event.name)
    return [
        TodayJob(
            job.id,
            job.title,
            job.customer.name,
            job.site.address if job.site else "",
            job.next,
            events.get(job.id, []),
            job.mine,
        )
        for job in cards
    ]


MOST_CHOICES = 500


@question
def choices(*, customer: int | None = None) -> Choices:
    """The business with its customers (500 by name, and always the one that is asked for), taxes and people."""
    people = Membership.objects.select_related("user").filter(disabled_at__isnull=True).order_by("id")
    in_use = Customer.objects.filter(archived_at=None).order_by("name", "id")
    known = list(in_use.values_list("id", "name", "tax_exempt")[:MOST_CHOICES])
    if customer not in (None, *(id for id, _name, _exempt in known)):
        known += in_use.filter(id=customer).values_list("id", "name", "tax_exempt")
    return Choices(
        Business.objects.get(),
        [(id, name) for id, name, _exempt in known],
        list(TaxCode.objects.filter(retired_at__isnull=True).order_by("id")),
        [(m.user_id, m.user.name, m.user.email, m.role) for m in people],
        frozenset(id for id, _name, exempt in known if exempt),
        len(known) >= MOST_CHOICES,
    )
