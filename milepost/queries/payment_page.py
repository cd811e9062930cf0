"""One payment: what it settled, what is left of it, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Sum

from milepost.core.money import Money
from milepost.queries.credit import with_left
from milepost.queries.door import NotThere, question
from milepost.records.businesses import Business
from milepost.records.concessions import Concession
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
    state: str = "done"
    failure: str = ""


@dataclass(frozen=True)
class DisputeRow:
    """What was taken back of it, for now or for good."""

    on: date
    state: str
    reason: str
    amount: Money
    cost: Money


@dataclass(frozen=True)
class PaymentPage:
    """
    A payment in the office. `left` is customer credit that can be used or refunded; `refundable` is what
    can go back the way it came, of an online payment.
    """

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
    is_online: bool = False
    refundable: Money | None = None
    surcharge: Money | None = None
    cost: Money | None = None
    disputes: Sequence[DisputeRow] = ()
    is_small: bool = False
    kept: Money | None = None

    @property
    def may_bounce(self) -> bool:
        """Whether somebody may say that the bank took it back: of an online payment the provider does."""
        given = [row for row in self.refunds if row.state != "refused"]
        return self.state == "cleared" and not given and not self.is_online

    @property
    def by_hand(self) -> Money:
        """
        What can be given back by hand: its credit, and of money that did not come online what it settled;
        nothing while the payment is disputed.
        """
        if self.is_disputed:
            return Money(0, self.amount.currency)
        if self.is_online or self.state != "cleared":
            return self.left
        return Money(self.left.cents + sum(row.amount.cents for row in self.settled), self.amount.currency)

    @property
    def refunded(self) -> Money:
        """What of it has gone back."""
        return Money(
            sum(row.amount.cents for row in self.refunds if row.state == "done"), self.amount.currency
        )

    @property
    def is_disputed(self) -> bool:
        return any(row.state == "open" for row in self.disputes)


@question
def payment_page(payment_id: int) -> PaymentPage:
    """The whole payment. Refuses NotThere."""
    found = (
        with_left(Payment.objects.select_related("job", "customer", "receipt")).filter(id=payment_id).first()
    )
    if found is None:
        raise NotThere
    currency = found.currency
    zone, tolerance = Business.objects.values_list("timezone", "small_difference_cents").get()
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
        Money(found.amount_cents, currency),
        Money(left, currency),
        receipt.number_text if receipt else "",
        receipt.document_id if receipt else None,
        _settled(found),
        _refunds(found),
        is_online=found.till == "clearing",
        is_small=0 < left <= tolerance,
        kept=Money(_kept(found), currency),
        refundable=_refundable(found),
        surcharge=Money(found.surcharge_cents, currency),
        cost=Money(found.fee_cents, currency),
        disputes=_disputes(found, ZoneInfo(zone)),
    )


def _settled(payment: Payment) -> list[SettledRow]:
    """What it settles, invoice by invoice, with what was taken back of it."""
    return [
        SettledRow(
            part.invoice.number_text,
            part.invoice.title,
            part.invoice.job_id,
            part.invoice.job.title,
            part.invoice.document_id,
            Money(part.amount_cents, payment.currency),
        )
        for part in payment.allocations.select_related("invoice__job").order_by("id")
    ]


def _refunds(payment: Payment) -> list[RefundRow]:
    return [
        RefundRow(
            row.refunded_on,
            row.method,
            row.reference,
            row.recorded_by,
            Money(row.amount_cents + row.surcharge_cents, payment.currency),
            row.state,
            row.failure,
        )
        for row in payment.refunds.order_by("id")
    ]


def _disputes(payment: Payment, zone: ZoneInfo) -> list[DisputeRow]:
    return [
        DisputeRow(
            row.opened_at.astimezone(zone).date(),
            row.state,
            f"{row.code} {row.reason}".strip(),
            Money(row.amount_cents, payment.currency),
            Money(row.fee_cents, payment.currency),
        )
        for row in payment.disputes.order_by("id")
    ]


def _refundable(payment: Payment) -> Money | None:
    """What can go back through the provider; None where nothing can."""
    disputed = [one.state for one in payment.disputes.all()]
    if payment.till != "clearing" or payment.state != "cleared" or "open" in disputed:
        return None
    given = sum(one.amount_cents for one in payment.refunds.all() if one.state != "refused")
    taken = sum(one.taken_cents for one in payment.disputes.all())
    left = payment.amount_cents - given - taken
    return Money(left, payment.currency) if left > 0 else None


def _kept(payment: Payment) -> int:
    """What of it was too little to give back, and is income."""
    rows = Concession.objects.filter(payment=payment, invoice=None)
    return rows.aggregate(sum=Sum("amount_cents"))["sum"] or 0
