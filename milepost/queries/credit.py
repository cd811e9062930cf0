"""What customers have paid beyond their invoices, payment by payment."""

from dataclasses import dataclass

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from milepost.records.concessions import Concession
from milepost.records.customers import Customer
from milepost.records.payments import Allocation, Dispute, Payment, Refund


@dataclass(frozen=True)
class CreditLeft:
    """A cleared payment and what it has left, in cents."""

    payment: Payment
    left_cents: int


def with_left(payments: "QuerySet[Payment]") -> "QuerySet[Payment]":
    """Each payment with `left`: its amount less allocations, refunds, cents that were kept and what a dispute took."""
    used = _sum(Allocation.objects.all())
    given = _sum(Refund.objects.exclude(state="refused"))
    kept = _sum(Concession.objects.filter(invoice=None))
    taken = _sum(Dispute.objects.all(), "taken_cents")
    return payments.annotate(
        left=F("amount_cents")
        - Coalesce(Subquery(used, output_field=IntegerField()), 0)
        - Coalesce(Subquery(given, output_field=IntegerField()), 0)
        - Coalesce(Subquery(taken, output_field=IntegerField()), 0)
        - Coalesce(Subquery(kept, output_field=IntegerField()), 0)
    )


def _sum(rows, column="amount_cents"):  # type: ignore[no-untyped-def]
    own = rows.filter(payment_id=OuterRef("pk")).order_by().values("payment_id")
    return own.annotate(sum=Sum(column)).values("sum")


def credits_of(customer_id: int, currency: str) -> list[CreditLeft]:
    """
    The customer's cleared payments in this currency that have something left, the oldest first; those of
    their duplicates too, and of whom they are a duplicate: merged customers are one. Inside an open scope.
    """
    one = Customer.objects.filter(id=customer_id).values(kept=Coalesce("merged_into_id", "id"))
    same = Customer.objects.filter(Q(id__in=one) | Q(merged_into_id__in=one)).values("id")
    theirs = Payment.objects.filter(customer_id__in=same, currency=currency, state="cleared")
    found = with_left(theirs).filter(left__gt=0)
    return [CreditLeft(payment, payment.left) for payment in found.order_by("id")]  # type: ignore[attr-defined]


def left_of(payment_id: int) -> int:
    """What one payment has left, in cents. Inside an open scope."""
    return int(with_left(Payment.objects.filter(id=payment_id))[0].left)  # type: ignore[attr-defined]
