"""One payment: what it settled, what is left of it, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.money import Money
from milepost.queries.credit import with_left
from milepost.queries.door import NotThere, question
from milepost.records.payments import Payment


@dataclass(frozen=True)
class SettledRow:
    """So much of it settles so much of an invoice; below zero where that was taken back."""

    invoice: str
    title: str
    job_id: int
    job: str
    document_id: int
    amount: Money


@dataclass(frozen=True)
class RefundRow:
    """What was given back of it."""

    on: date
    method: str
    reference: str
    by: str
    amount: Money


@dataclass(frozen=True)
class PaymentPage:
    """A payment in the office. `left` is customer credit that can be used or refunded."""

    id: int
    job_id: int | None
    job: str
    customer: str
    on: date
    method: str
    reference: str
    recorded_by: str
    state: str
    amount: Money
    left: Money
    receipt: str
    receipt_document_id: int | None
    settled: Sequence[SettledRow]
    refunds: Sequence[RefundRow]

    @property
    def may_bounce(self) -> bool:
        """Whether the bank can still take it back."""
        return self.state == "cleared" and not self.refunds


@question
def payment_page(payment_id: int) -> PaymentPage:
    """The whole payment. Refuses NotThere."""
    found = (
        with_left(Payment.objects.select_related("job", "customer", "receipt")).filter(id=payment_id).first()
    )
    if found is None:
        raise NotThere
    receipt = found.receipt if hasattr(found, "receipt") else None
    left = found.left if found.state == "cleared" else 0  # type: ignore[attr-defined]
    return PaymentPage(
        found.id,
        found.job_id,
        found.job.title if found.job else "",
        found.customer.name,
        found.received_on,
        found.method,
        found.reference,
        found.recorded_by,
        found.state,
        Money(found.amount_cents, found.currency),
        Money(left, found.currency),
        receipt.number_text if receipt else "",
        receipt.document_id if receipt else None,
        [
            SettledRow(
                part.invoice.number_text,
                part.invoice.title,
                part.invoice.job_id,
                part.invoice.job.title,
                part.invoice.document_id,
                Money(part.amount_cents, found.currency),
            )
            for part in found.allocations.select_related("invoice__job").order_by("id")
        ],
        [
            RefundRow(
                row.refunded_on,
                row.method,
                row.reference,
                row.recorded_by,
                Money(row.amount_cents, found.currency),
            )
            for row in found.refunds.order_by("id")
        ],
    )
