"""What was, and what may be, settled without money."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from milepost.core.early_payment import EarlyTerms, discount_by_part, settled_by_cents
from milepost.records.concessions import Concession
from milepost.records.invoices import Invoice, InvoiceTax
from milepost.records.jobs import Job
from milepost.records.payments import Allocation


@dataclass(frozen=True)
class DiscountInTime:
    """An early-payment discount that may be granted: its cents, and the payment that came in time."""

    cents: int
    payment_id: int


def written_off(invoice_id: int) -> int:
    """What of an invoice is written off and not recovered, in cents. Inside an open scope."""
    rows = Concession.objects.filter(invoice_id=invoice_id, kind="write_off")
    return int(rows.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def early_terms(terms: Mapping[str, object]) -> EarlyTerms | None:
    """The discount for early payment that a contract's terms grant, if they do."""
    percent, days = Decimal(str(terms.get("early_percent", 0))), int(str(terms.get("early_days", 0)))
    if not percent or not days:
        return None
    return EarlyTerms(percent, days, int(str(terms.get("net_days", 0))))


def discount_in_time(invoice: Invoice, job: Job) -> DiscountInTime | None:
    """
    What the money that was here in time has earned of the contract's discount, and is not granted yet:
    on what it settles, never more than is open, never on a deposit. Inside an open scope.
    """
    terms = early_terms(job.terms)
    if terms is None or invoice.kind == "deposit":
        return None
    until: date = terms.until(invoice.issued_on)
    parts = Allocation.objects.filter(invoice=invoice, payment__state="cleared")
    in_time = parts.filter(payment__received_on__lte=until)
    paid = int(in_time.aggregate(sum=Sum("amount_cents"))["sum"] or 0)
    newest = in_time.order_by("-id").first()
    if not paid or newest is None:
        return None
    settled = int(Allocation.objects.filter(invoice=invoice).aggregate(sum=Sum("amount_cents"))["sum"] or 0)
    conceded = Concession.objects.filter(invoice=invoice)
    granted = int(conceded.filter(kind="discount").aggregate(sum=Sum("amount_cents"))["sum"] or 0)
    other = int(conceded.aggregate(sum=Sum("amount_cents"))["sum"] or 0)
    earned = settled_by_cents(paid, terms.percent) - paid - granted
    cents = min(earned, invoice.stands_cents - settled - other)
    return DiscountInTime(cents, newest.payment_id) if cents > 0 else None


def tax_within(invoice: Invoice, cents: int) -> dict[int, int]:
    """The tax in so much of an invoice by code, in its proportion to net and tax; none in a deposit."""
    if invoice.kind == "deposit":
        return {}
    taxes = dict(InvoiceTax.objects.filter(invoice=invoice).values_list("tax_code_id", "tax_cents"))
    parts: dict[Hashable, int] = {"net": invoice.net_cents}
    parts.update(taxes.items())
    if any(part < 0 for part in parts.values()) or not any(parts.values()):
        return {}
    split = discount_by_part(cents, parts)
    return {code: split[code] for code in taxes if split[code]}
