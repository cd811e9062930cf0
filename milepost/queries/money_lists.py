"""Invoices and payments in a list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from milepost.core.money import Money
from milepost.queries.balances import with_settled
from milepost.queries.door import question
from milepost.queries.paging import NEWEST, Newest, Page, Sorting
from milepost.records.invoices import Invoice
from milepost.records.payments import Payment, Refund


@dataclass(frozen=True)
class InvoiceListRow:
    """An invoice in a list; `state` is paid, written_off, due, overdue or credited (taken back)."""

    id: int
    job_id: int
    customer_id: int
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
    """A payment in a list; `refunded` is what of it has gone back."""

    id: int
    job_id: int | None
    on: date
    customer: str
    method: str
    reference: str
    amount: Money
    state: str
    refunded: Money


CUSTOMER = Sorting("customer__name", "text")
INVOICE_SORTINGS: Mapping[str, Newest | Sorting] = {
    "newest": NEWEST,
    "customer": CUSTOMER,
    "due": Sorting("due_on", "day"),
    "total": Sorting("total_cents", "number", descending=True),
}
PAYMENT_SORTINGS: Mapping[str, Newest | Sorting] = {
    "day": Sorting("received_on", "day", descending=True),
    "customer": CUSTOMER,
    "amount": Sorting("amount_cents", "number", descending=True),
}


@question
def invoices(
    *, today: date, state: str = "", sort: str = "newest", before: str = "", of: Collection[int] = ()
) -> Page:
    """Invoices: any, open (something is left to pay), late or paid; `of` these customers only."""
    found = with_settled(Invoice.objects.select_related("customer"))
    found = _in_state(found.filter(customer_id__in=of) if of else found, state, today)
    rows, more = INVOICE_SORTINGS[sort].page(found, before)
    return Page([invoice_row(row, today) for row in rows], more)


def _in_state(found: "QuerySet[Invoice]", state: str, today: date) -> "QuerySet[Invoice]":
    left = F("total_cents") - F("credited_cents")
    if state == "open":
        return found.filter(settled__lt=left)
    if state == "late":
        return found.filter(settled__lt=left, due_on__lt=today)
    if state == "paid":
        return found.filter(settled=left, total_cents__gt=F("credited_cents"))
    return found


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
        row.customer_id,
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
def payments(*, state: str = "", sort: str = "day", before: str = "", of: Collection[int] = ()) -> Page:
    """Payments: any, pending, cleared, or returned (failed ones too); `of` these customers only."""
    refunds = Refund.objects.filter(payment=OuterRef("pk"), state="done").values("payment")
    given = Coalesce(Subquery(refunds.annotate(sum=Sum("amount_cents")).values("sum")), 0)
    found = Payment.objects.select_related("customer").annotate(refunded_cents=given)
    found = found.filter(customer_id__in=of) if of else found
    if state:
        found = found.filter(state__in=("returned", "failed") if state == "returned" else (state,))
    rows, more = PAYMENT_SORTINGS[sort].page(found, before)
    return Page([_payment(row) for row in rows], more)


def _payment(row: Payment) -> PaymentListRow:
    return PaymentListRow(
        row.id,
        row.job_id,
        row.received_on,
        row.customer.name,
        row.method,
        row.reference,
        Money(row.amount_cents, row.currency),
        row.state,
        Money(row.refunded_cents, row.currency),  # type: ignore[attr-defined]
    )
