"""Customers, messages, today's jobs, and what the office chooses from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Subquery

from milepost.queries.door import NotThere, question
from milepost.queries.paging import NEWEST, Newest, Page, Sorting
from milepost.queries.search import customers_like
from milepost.records.businesses import Business, TaxCode
from milepost.records.credit_notes import standing_rows
from milepost.records.customers import Contact, Customer
from milepost.records.jobs import Job, ScheduledEvent, ScheduleRow
from milepost.records.people import Membership
from milepost.records.post import Message


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


@question
def messages(*, before: str = "", of: Collection[int] = ()) -> Page:
    """
    Messages to customers and the office, newest first; account letters carry keys and are left out.
    `of` these customers only, with what the office was told of their jobs.
    """
    found = Message.objects.exclude(kind="account")
    if of:
        found = found.filter(job__customer_id__in=of)
    rows, more = NEWEST.page(found, before)
    return Page([_message(row) for row in rows], more)


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


CUSTOMER_SORTINGS: Mapping[str, Newest | Sorting] = {"newest": NEWEST, "name": Sorting("name", "text")}


@question
def customers(*, sort: str = "newest", before: str = "", archived: bool = False) -> Page:
    """Customers in use, or those that were archived; a merged one is in neither."""
    found = Customer.objects.prefetch_related("contacts").filter(merged_into=None)
    rows, more = CUSTOMER_SORTINGS[sort].page(found.filter(archived_at__isnull=not archived), before)
    return Page([_customer(row) for row in rows], more)


@question
def customers_with(words: str, *, before: str = "") -> Page:
    """Customers in use with these words in their name or their people's, the newest first."""
    ids, more = customers_like(words, archived=False, before=before)
    found = Customer.objects.prefetch_related("contacts").filter(id__in=ids)
    return Page([_customer(row) for row in found.order_by("-id")], more)


def _customer(row: Customer) -> CustomerRow:
    present = [contact for contact in row.contacts.all() if contact.archived_at is None]
    first: Contact | None = min(present, key=lambda c: (c.position, c.id), default=None)
    return CustomerRow(row.id, row.name, first.email if first else "", first.phone if first else "")


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
