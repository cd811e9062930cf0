"""
A customer's account as of a day and for a period: what was owed, what happened, what is open.

It is read from the journal, receivables and customer credit together, so that it says what the books
say; the open items are read from the invoices, and come to the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from milepost.core.ageing import ageing
from milepost.core.money import Money
from milepost.queries.door import NotThere, question
from milepost.records.businesses import Business
from milepost.records.concessions import Concession
from milepost.records.credit_notes import CreditNote
from milepost.records.customers import Customer
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.journal import Transfer
from milepost.records.payments import Allocation, Payment

OWED = ("receivables", "customer_credit")
MOST_LINES = 1000


@dataclass(frozen=True)
class AccountLine:
    """One event: `amount` above zero is owed, below zero is paid or taken off; `balance` is after it."""

    on: date
    kind: str
    number: str
    title: str
    document_id: int | None
    payment_id: int | None
    invoice_id: int | None
    job_id: int | None
    amount: Money
    balance: Money

    @property
    def is_charge(self) -> bool:
        return self.amount.cents > 0

    @property
    def size(self) -> Money:
        """The amount without its sign."""
        return Money(abs(self.amount.cents), self.amount.currency)


@dataclass(frozen=True)
class OpenInvoice:
    """What was left to pay of an invoice on the day."""

    invoice_id: int
    job_id: int
    job: str
    number: str
    title: str
    issued_on: date
    due_on: date
    document_id: int
    total: Money
    balance: Money


@dataclass(frozen=True)
class Account:
    """
    The account of a customer, or of one of their jobs. `closing` is what they owe at the end of `until`:
    what is open, less their `credit`; `ageing` is what is open by how late it is; `on_its_way` are
    payments that are pending today. Older lines than MOST_LINES are in `opening`.
    """

    customer_id: int
    customer: str
    job_id: int | None
    job: str
    currency: str
    since: date
    until: date
    opening: Money
    closing: Money
    credit: Money
    on_its_way: Money
    lines: Sequence[AccountLine]
    open: Sequence[OpenInvoice]
    ageing: tuple[Money, ...]

    @property
    def open_total(self) -> Money:
        return Money(sum(item.balance.cents for item in self.open), self.currency)

    @property
    def charged(self) -> Money:
        """What was added in the period."""
        return Money(sum(max(line.amount.cents, 0) for line in self.lines), self.currency)

    @property
    def paid(self) -> Money:
        """What was paid or taken off in the period."""
        return Money(-sum(min(line.amount.cents, 0) for line in self.lines), self.currency)


@question
def customer_account(customer_id: int, *, since: date, until: date) -> Account:
    """The account of a customer and their merged duplicates, over all jobs. Refuses NotThere."""
    return read_account(customer_id=customer_id, since=since, until=until)


@question
def job_account(job_id: int, *, since: date, until: date) -> Account:
    """The account of one job. Refuses NotThere."""
    return read_account(job_id=job_id, since=since, until=until)


def read_account(
    *, customer_id: int | None = None, job_id: int | None = None, since: date, until: date
) -> Account:
    """Inside an open scope; a number of queries that does not depend on what there is."""
    job = Job.objects.filter(id=job_id).first() if job_id is not None else None
    customer = Customer.objects.filter(id=job.customer_id if job else customer_id).first()
    if customer is None or (job_id is not None and job is None):
        raise NotThere
    currency = job.currency if job else Business.objects.values_list("currency", flat=True).get()
    merged = Customer.objects.filter(merged_into=customer).values_list("id", flat=True)
    whose = Q(job=job) if job else Q(job__customer_id__in=[customer.id, *merged])
    since = min(since, until)
    before, lines = _lines(whose, currency, since, until)
    items = _open(whose, currency, until)
    closing = before + sum(line.amount.cents for line in lines)
    open_cents = sum(item.balance.cents for item in items)
    buckets = ageing([(item.due_on, item.balance.cents) for item in items], until)
    return Account(
        customer.id,
        customer.name,
        job.id if job else None,
        job.title if job else "",
        currency,
        since,
        until,
        Money(before, currency),
        Money(closing, currency),
        Money(open_cents - closing, currency),
        Money(_on_its_way(whose, currency), currency),
        lines,
        items,
        tuple(Money(cents, currency) for cents in buckets),
    )


def _lines(whose: Q, currency: str, since: date, until: date) -> tuple[int, list[AccountLine]]:
    """What was owed before the first line, and the lines; one line for an event over several jobs."""
    transfers = Transfer.objects.filter(
        _of_entry(whose), currency=currency, entry__on_date__lte=until
    ).filter(Q(debit__code__in=OWED) | Q(credit__code__in=OWED))
    owed = Sum(
        Case(When(debit__code__in=OWED, then=F("cents")), default=0)
        - Case(When(credit__code__in=OWED, then=F("cents")), default=0)
    )
    events = (
        transfers.filter(entry__on_date__gte=since)
        .values(
            "entry__on_date",
            "entry__kind",
            "entry__invoice_id",
            "entry__payment_id",
            "entry__credit_note_id",
            "entry__at",
        )
        .annotate(
            owed=owed,
            first=Min("entry_id"),
            job=Min("entry__job_id"),
            jobs=Count("entry__job_id", distinct=True),
        )
        .exclude(owed=0)
        .order_by("-entry__on_date", "-first")[:MOST_LINES]
    )
    found = list(reversed(events))
    whole = transfers.aggregate(sum=owed)["sum"] or 0
    balance = before = whole - sum(event["owed"] for event in found)
    names, lines = _names(found), []
    for event in found:
        balance += event["owed"]
        number, title, document_id = names[event["first"]]
        lines.append(
            AccountLine(
                event["entry__on_date"],
                event["entry__kind"],
                number,
                title,
                document_id,
                event["entry__payment_id"],
                event["entry__invoice_id"],
                event["job"] if event["jobs"] == 1 else None,
                Money(event["owed"], currency),
                Money(balance, currency),
            )
        )
    return before, lines


def _of_entry(whose: Q) -> Q:
    return Q(*[(f"entry__{name}", value) for name, value in whose.children])  # type: ignore[misc]


def _names(events: Sequence[dict[str, Any]]) -> dict[int, tuple[str, str, int | None]]:
    """By an event's first entry: the number and title of its document, and the document."""
    invoices = Invoice.objects.in_bulk([event["entry__invoice_id"] for event in events])
    notes = CreditNote.objects.in_bulk([event["entry__credit_note_id"] for event in events])
    payments = Payment.objects.select_related("receipt").in_bulk(
        [event["entry__payment_id"] for event in events]
    )
    names: dict[int, tuple[str, str, int | None]] = {}
    for event in events:
        note, invoice = notes.get(event["entry__credit_note_id"]), invoices.get(event["entry__invoice_id"])
        payment = payments.get(event["entry__payment_id"])
        if note is not None:
            names[event["first"]] = (note.number_text, invoice.title if invoice else "", note.document_id)
        elif invoice is not None:
            names[event["first"]] = (invoice.number_text, invoice.title, invoice.document_id)
        elif payment is not None:
            receipt = payment.receipt if hasattr(payment, "receipt") else None
            number = receipt.number_text if receipt else ""
            names[event["first"]] = (number, payment.reference, receipt.document_id if receipt else None)
        else:
            names[event["first"]] = ("", "", None)
    return names


def _open(whose: Q, currency: str, until: date) -> list[OpenInvoice]:
    """What was left to pay of each invoice at the end of the day, the oldest first."""
    rows = (
        Invoice.objects.filter(whose, currency=currency, issued_on__lte=until)
        .select_related("job")
        .annotate(
            credited=_sum(CreditNote.objects.filter(issued_on__lte=until), "total_cents"),
            conceded=_sum(Concession.objects.filter(conceded_on__lte=until), "amount_cents"),
            settled=_sum(_settled(until), "amount_cents"),
        )
        .annotate(left=F("total_cents") - F("credited") - F("conceded") - F("settled"))
        .exclude(left=0)
        .order_by("issued_on", "id")
    )
    return [
        OpenInvoice(
            row.id,
            row.job_id,
            row.job.title,
            row.number_text,
            row.title,
            row.issued_on,
            row.due_on,
            row.document_id,
            Money(row.total_cents - row.credited, currency),
            Money(row.left, currency),
        )
        for row in rows
    ]


def _settled(until: date) -> "QuerySet[Allocation]":
    """
    Money that was here by then, and what had not come back by then. A payment that was on its way counts
    from the day on which it arrived, as in the journal.
    """
    zone = ZoneInfo(Business.objects.values_list("timezone", flat=True).get())
    earliest = Greatest("payment__received_on", "invoice__issued_on", output_field=DateField())
    arrived = Case(
        When(payment__attempt__isnull=False, then=TruncDate("payment__cleared_at", tzinfo=zone)),
        output_field=DateField(),
    )
    return (
        Allocation.objects.filter(payment__state__in=["cleared", "returned"])
        .annotate(day=Greatest(Coalesce("settled_on", earliest), arrived))
        .filter(day__lte=until)
    )


def _sum(rows: "QuerySet[Any]", column: str) -> Coalesce:
    own = rows.filter(invoice_id=OuterRef("pk")).order_by().values("invoice_id")
    return Coalesce(Subquery(own.annotate(sum=Sum(column)).values("sum"), output_field=IntegerField()), 0)


def _on_its_way(whose: Q, currency: str) -> int:
    pending = Payment.objects.filter(whose, currency=currency, state="pending")
    return int(pending.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def newest_job(customer_id: int) -> int | None:
    """The newest signed job of the customer or of a merged duplicate. Inside an open scope."""
    own = Q(customer_id=customer_id) | Q(customer__merged_into_id=customer_id)
    found = Job.objects.filter(own, signed_on__isnull=False).order_by("-id")
    return found.values_list("id", flat=True).first()
