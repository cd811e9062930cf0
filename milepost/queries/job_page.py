"""Everything about one job: what the office, the field and the portal show of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from milepost.core.money import Money
from milepost.core.timeline import breaks
from milepost.queries.change_page import ChangeRow, changes_of
from milepost.queries.contract_lines import contract_lines
from milepost.queries.credit import credits_of
from milepost.queries.door import NotThere, question
from milepost.queries.links import link_url
from milepost.queries.road import Stop, read_road
from milepost.queries.stored import documents_of
from milepost.queries.timeline import chain_of
from milepost.records.customers import Contact
from milepost.records.files import Document
from milepost.records.jobs import ContractKey, Job
from milepost.records.payments import Allocation, Payment
from milepost.records.post import PortalLink
from milepost.records.quotes import QuoteVersion, Signature
from milepost.records.timeline import JobEvent


@dataclass(frozen=True)
class Bar:
    """The money bar: quoted = billed + left; paid is part of billed, on its way is not yet paid."""

    quoted: Money
    billed: Money
    paid: Money
    pending: Money
    left: Money


@dataclass(frozen=True)
class ContactLink:
    """
    A person of the customer, and their link to this job ("" before anything was sent). Messages go
    to their email address, to their phone, or to both.
    """

    contact_id: int
    name: str
    email: str
    phone: str
    approves: bool
    pays: bool
    url: str


@dataclass(frozen=True)
class DocumentRow:
    """A document that can be opened as a PDF."""

    id: int
    kind: str
    name: str
    on: date


@dataclass(frozen=True)
class EventRow:
    """A line of the history. `facts` as told; `hash` proves that nothing was changed, if it `holds`."""

    seq: int
    at: datetime
    kind: str
    actor: str
    for_customer: bool
    facts: dict[str, object]
    hash: str
    holds: bool = True


@dataclass(frozen=True)
class LineRow:
    """A line of the contract, net. `id` names it in a change order."""

    section: str
    description: str
    quantity: object
    unit: str
    unit_price: object
    taxes: Sequence[str]
    net: Money
    id: int = 0


@dataclass(frozen=True)
class PaymentRow:
    """
    A payment that was recorded for this job or covers a part of it: `here` of its amount. `refunded` is
    what of it has gone back.
    """

    id: int
    on: date
    method: str
    reference: str
    amount: Money
    state: str
    receipt_document_id: int | None
    receipt_number: str
    here: Money
    refunded: Money


@dataclass(frozen=True)
class OtherVersion:
    """A job that takes the place of this one once it is signed, or the one whose place this one takes."""

    job_id: int
    number: str
    state: str
    is_newer: bool


@dataclass(frozen=True)
class JobPage:
    """One job as it stands at a moment. `now` is the stop where the reader stands, if any."""

    job_id: int
    business_name: str
    number: str
    title: str
    state: str
    origin: str
    currency: str
    customer_id: int
    customer_name: str
    site: str
    signed_on: date | None
    signed_by: str
    version: int
    total: Money
    bar: Bar
    due_now: Money
    stops: Sequence[Stop]
    people: Sequence[ContactLink]
    lines: Sequence[LineRow]
    clauses: Sequence[dict[str, str]]
    documents: Sequence[DocumentRow]
    payments: Sequence[PaymentRow]
    history: Sequence[EventRow]
    today: date
    technician_sends: bool = True
    credit: Money | None = None
    changes: Sequence[ChangeRow] = ()
    original: Money | None = None
    small_cents: int = 0
    versions: Sequence[OtherVersion] = ()

    @property
    def may_be_corrected(self) -> bool:
        """Whether a new version of the quote may still take its place: nothing is done, billed or changed."""
        begun = any(stop.kind == "milestone" and (stop.invoice or stop.is_done) for stop in self.stops)
        return self.state == "open" and self.origin == "quote" and not begun and self.changed is None

    @property
    def changed(self) -> Money | None:
        """What the signed change orders come to, where there are any."""
        signed = [change.difference.cents for change in self.changes if change.state == "approved"]
        return Money(sum(signed), self.currency) if signed else None

    @property
    def given(self) -> Money | None:
        """What was given off the contract otherwise, below zero; None where nothing was."""
        if self.original is None or self.signed_on is None:
            return None
        changed = self.changed.cents if self.changed else 0
        cents = self.bar.quoted.cents - self.original.cents - changed
        return Money(cents, self.currency) if cents else None

    @property
    def offered(self) -> list[ChangeRow]:
        """The change orders that wait for the customer's answer."""
        return [change for change in self.changes if change.state == "sent" and change.is_open]

    @property
    def has_bad_debt(self) -> bool:
        """Whether something was written off, so that nobody is thanked for having paid it."""
        return any(stop.state == "written_off" for stop in self.stops)

    @property
    def now(self) -> Stop | None:
        return next((stop for stop in self.stops if stop.place == "now"), None)

    @property
    def next(self) -> Stop | None:
        """The first milestone that will be billed: it lies ahead, or it is done and has no invoice yet."""
        open_stops = (stop for stop in self.stops if stop.place != "behind" and stop.kind != "event")
        return next((stop for stop in open_stops if stop.invoice is None), None)

    @property
    def broken(self) -> list[EventRow]:
        """Entries of the history that were changed, or do not follow the one before."""
        return [event for event in self.history if not event.holds]

    @property
    def declined_because(self) -> str:
        """What the customer said when they declined the quote, if they did and said something."""
        told = next((event for event in reversed(self.history) if event.kind == "declined"), None)
        return str(told.facts.get("reason", "")) if told else ""

    @property
    def ready(self) -> list[Stop]:
        """What may be billed and is not."""
        return [stop for stop in self.stops if stop.ready]

    @property
    def ready_total(self) -> Money:
        """What one invoice for all of it would ask for."""
        return Money(sum(stop.amount.cents - stop.billed.cents for stop in self.ready), self.currency)

    @property
    def open_invoices(self) -> list[Stop]:
        return [stop for stop in self.stops if stop.invoice and stop.invoice.balance.cents > 0]


@question
def job_page(job_id: int, *, at: datetime) -> JobPage:
    """The whole job, in a number of queries that does not depend on its size. Refuses NotThere."""
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    if job is None:
        raise NotThere
    today = at.astimezone(ZoneInfo(job.business.timezone)).date()
    road = read_road(job, today)
    version = QuoteVersion.objects.filter(job=job).order_by("-version").first()
    signature = Signature.objects.filter(job=job).first()
    payments = _payments(job)
    return JobPage(
        job_id=job.id,
        business_name=job.business.name,
        number=job.number,
        title=job.title,
        state=job.state,
        origin=job.origin,
        currency=job.currency,
        customer_id=job.customer_id,
        customer_name=job.customer.name,
        site=job.site.address if job.site else "",
        signed_on=job.signed_on if job.origin == "quote" else None,
        signed_by=signature.name if signature else "",
        version=version.version if version else 0,
        total=Money(
            job.contract_cents if job.signed_on else (version.total_cents if version else 0), job.currency
        ),
        bar=_bar(job, road),
        due_now=Money(
            sum({s.invoice.id: s.invoice.balance.cents for s in road if s.invoice}.values()), job.currency
        ),
        stops=road,
        people=_people(job),
        lines=_lines(job),
        clauses=version.clauses if version else [],
        documents=_documents(job),
        payments=payments,
        history=_history(job),
        today=today,
        technician_sends=job.business.technician_sends,
        credit=Money(
            sum(left.left_cents for left in credits_of(job.customer_id, job.currency)), job.currency
        ),
        changes=changes_of(job, today),
        original=_original(job),
        small_cents=job.business.small_difference_cents,
        versions=_versions(job),
    )


def _versions(job: Job) -> list[OtherVersion]:
    others = Job.objects.filter(Q(replaces=job) | Q(id=job.replaces_id)).order_by("id")
    return [OtherVersion(other.id, other.number, other.state, other.id > job.id) for other in others]


def _original(job: Job) -> Money:
    """The contract total as it was signed first: keys that came with a change began at nothing."""
    signed = ContractKey.objects.filter(job=job).aggregate(sum=Sum("cents"))["sum"]
    return Money(int(signed or 0), job.currency)


def _bar(job: Job, road: Sequence[Stop]) -> Bar:
    billed = sum(stop.billed.cents for stop in road)
    paid = sum(stop.paid.cents for stop in road)
    pending = sum(stop.pending.cents for stop in road)
    quoted = job.contract_cents

    def money(cents: int) -> Money:
        return Money(cents, job.currency)

    return Bar(money(quoted), money(billed), money(paid), money(pending), money(quoted - billed))


def _people(job: Job) -> list[ContactLink]:
    links = {link.contact_id: link for link in PortalLink.objects.filter(job=job, revoked_at=None)}
    return [
        ContactLink(
            c.id,
            c.name,
            c.email,
            c.phone,
            c.approves,
            c.pays,
            link_url(links[c.id]) if c.id in links else "",
        )
        for c in Contact.objects.filter(customer_id=job.customer_id).order_by("position", "id")
    ]


def _lines(job: Job) -> list[LineRow]:
    return [
        LineRow(
            line.section,
            line.description,
            line.quantity,
            line.unit,
            line.unit_price,
            [tax["name"] for tax in line.taxes],
            Money(line.net_cents, job.currency),
            line.id,
        )
        for line in contract_lines(job.id)
        if line.quantity
    ]


def _documents(job: Job) -> list[DocumentRow]:
    own = documents_of(Document.objects.all(), job.id).order_by("id")
    rows = own.values_list("id", "kind", "name", "created_at")
    zone = ZoneInfo(job.business.timezone)
    return [DocumentRow(id, kind, name, at.astimezone(zone).date()) for id, kind, name, at in rows]


def _payments(job: Job) -> list[PaymentRow]:
    sums = Allocation.objects.filter(invoice__job=job).values_list("payment_id")
    here = dict(sums.annotate(sum=Sum("amount_cents")))
    given = Sum("refunds__amount_cents", filter=Q(refunds__state="done"))
    rows = Payment.objects.filter(Q(job=job) | Q(id__in=here)).select_related("receipt")
    return [
        PaymentRow(
            payment.id,
            payment.received_on,
            payment.method,
            payment.reference,
            Money(payment.amount_cents, payment.currency),
            payment.state,
            payment.receipt.document_id if hasattr(payment, "receipt") else None,
            payment.receipt.number_text if hasattr(payment, "receipt") else "",
            Money(here.get(payment.id, 0), payment.currency),
            Money(payment.given or 0, payment.currency),  # type: ignore[attr-defined]
        )
        for payment in rows.annotate(given=given).order_by("id")
    ]


def _history(job: Job) -> list[EventRow]:
    events = list(JobEvent.objects.filter(job=job).order_by("seq"))
    broken = {found.number for found in breaks(chain_of(events))}
    return [
        EventRow(
            event.seq,
            event.at,
            event.kind,
            event.actor_name,
            event.for_customer,
            json.loads(event.text),
            event.hash,
            event.seq not in broken,
        )
        for event in events
    ]


@question
def job_customer(job_id: int) -> int:
    """Whose job it is. Refuses NotThere."""
    found = Job.objects.filter(id=job_id).values_list("customer_id", flat=True).first()
    if found is None:
        raise NotThere
    return found
