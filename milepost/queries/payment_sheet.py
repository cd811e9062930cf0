"""A payment and what has become of it, as the facts of its sheet."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from milepost.queries.credit import left_of
from milepost.queries.door import NotThere
from milepost.queries.paper.facts import CoveredFacts, JobFacts, PaymentSheetFacts, PaymentStep
from milepost.queries.wording import in_words_of
from milepost.records.invoices import Invoice
from milepost.records.payments import Payment


def find_payment(payment_id: int, *, job_id: int | None = None) -> Payment:
    """
    The payment, inside an open scope. With `job_id` one that is neither filed there nor settles a part of
    it is refused, as what does not exist is: NotThere.
    """
    rows = Payment.objects.exclude(job=None).select_related("receipt")
    if job_id is not None:
        rows = rows.filter(Q(job_id=job_id) | Q(allocations__invoice__job_id=job_id))
    found = rows.filter(id=payment_id).first()
    if found is None:
        raise NotThere
    return found


def sheet_facts(payment: Payment, job: JobFacts) -> PaymentSheetFacts:
    """The facts of today; what it settles is counted over all its jobs."""
    zone = ZoneInfo(job.business.timezone)
    with in_words_of(job.customer, job.business):  # whoever asks for it: it is the customer's sheet
        steps = _steps(payment, zone)
    receipt = payment.receipt.number_text if hasattr(payment, "receipt") else ""
    paid = payment.amount_cents + payment.surcharge_cents
    credit = left_of(payment.id) if payment.state == "cleared" else 0
    return PaymentSheetFacts(
        job,
        _state(payment, paid, sum(step.cents for step in steps)),
        payment.method,
        payment.reference,
        payment.received_on,
        paid,
        receipt,
        steps,
        _covered(payment),
        max(credit, 0),
    )


def _state(payment: Payment, paid: int, stands: int) -> str:
    if payment.state in ("pending", "failed"):
        return "on_its_way" if payment.state == "pending" else "failed"
    if payment.state == "returned":
        return "returned"
    if payment.disputes.filter(state="open").exists():
        return "disputed"
    if payment.disputes.filter(state="lost").exists():
        return "returned" if stands <= 0 else "refunded_in_part"
    if stands <= 0:
        return "refunded"
    return "received" if stands == paid else "refunded_in_part"


def _steps(payment: Payment, zone: ZoneInfo) -> list[PaymentStep]:
    """In the order of their days; only what has happened: a refund that is asked for has not."""
    if payment.state in ("pending", "failed"):
        return []
    paid = payment.amount_cents + payment.surcharge_cents
    steps = [PaymentStep(_day(payment.cleared_at, zone) or payment.received_on, _("Received"), paid)]
    for refund in payment.refunds.filter(state="done").order_by("id"):
        cents = refund.amount_cents + refund.surcharge_cents
        steps.append(PaymentStep(refund.refunded_on, _("Refunded"), -cents))
    for dispute in payment.disputes.filter(state="lost").order_by("id"):
        day = _day(dispute.closed_at, zone) or payment.received_on
        words = " ".join(text for text in (_("Taken back by the bank"), dispute.code, dispute.reason) if text)
        steps.append(PaymentStep(day, words, -min(dispute.amount_cents, paid)))
    if payment.state == "returned" and sum(step.cents for step in steps) > 0:
        last = payment.allocations.exclude(reverses=None).order_by("-id").first()
        day = last.settled_on if last and last.settled_on else payment.received_on
        steps.append(PaymentStep(day, _("Returned by the bank"), -sum(step.cents for step in steps)))
    return sorted(steps, key=lambda step: step.on)


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _covered(payment: Payment) -> list[CoveredFacts]:
    sums = payment.allocations.values_list("invoice_id").annotate(sum=Sum("amount_cents"))
    standing = {invoice: cents for invoice, cents in sums if cents}
    invoices = Invoice.objects.filter(id__in=standing).order_by("id")
    return [
        CoveredFacts(one.number_text, one.title, one.stands_cents, standing[one.id], 0) for one in invoices
    ]
