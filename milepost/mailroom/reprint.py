"""A reprint: the invoice as it was issued, byte for byte, and a sheet with what was paid since."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext

from milepost.actions.steps.paper import job_facts, row_facts
from milepost.mailroom.documents import StoredPdf, ensure_pdf
from milepost.mailroom.logos import with_logo
from milepost.mailroom.wiring import gateways
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.documents_shape import TEMPLATE_VERSION
from milepost.queries.door import NotThere
from milepost.queries.paper.facts import MoneyEvent, PaidSheetFacts
from milepost.queries.paper.paid_sheet import paid_sheet_content
from milepost.queries.paper.payment_sheet import payment_sheet_content
from milepost.queries.payment_sheet import find_payment, sheet_facts
from milepost.queries.wording import in_words_of
from milepost.records.concessions import LET_OFF, Concession
from milepost.records.credit_notes import standing_rows
from milepost.records.customers import Contact
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import Allocation
from milepost.records.scope import scoped


class Reprint(NamedTuple):
    """Two files: the invoice, unchanged, and the sheet of today."""

    invoice: StoredPdf
    sheet: StoredPdf


def reprint(business_id: int, invoice_id: int, *, at: datetime) -> Reprint:
    """The invoice's one PDF and a sheet made now, which is not kept. Refuses NotThere."""
    sheet = paid_sheet(business_id, invoice_id, at=at)
    with scoped(business_id, writing=False):
        document_id = Invoice.objects.values_list("document_id", flat=True).get(id=invoice_id)
    return Reprint(ensure_pdf(business_id, document_id, at=at), sheet)


def paid_sheet(business_id: int, invoice_id: int, *, at: datetime, job_id: int | None = None) -> StoredPdf:
    """
    The sheet alone: how the invoice stands today. With `job_id` an invoice of another job is refused,
    as what does not exist is: NotThere.
    """
    with scoped(business_id, writing=False):
        invoice = Invoice.objects.filter(id=invoice_id).first()
        if invoice is None or (job_id is not None and invoice.job_id != job_id):
            raise NotThere
        facts = _facts(invoice, at)
        content = paid_sheet_content(facts)
    data = gateways().pdf.render("paid_sheet", TEMPLATE_VERSION, with_logo(content))
    with in_words_of(facts.job.customer, facts.job.business):
        name = gettext("Invoice {number}, as it stands today").format(number=invoice.number_text)
    return StoredPdf(data, f"{name}.pdf")


def payment_sheet(business_id: int, payment_id: int, *, at: datetime, job_id: int | None = None) -> StoredPdf:
    """
    How a payment stands today, made now and not kept: on its way, received, returned, refunded. With
    `job_id` a payment that has nothing to do with that job is refused: NotThere.
    """
    with scoped(business_id, writing=False):
        payment = find_payment(payment_id, job_id=job_id)
        job = Job.objects.select_related("business", "customer", "site").get(id=job_id or payment.job_id)
        contacts = list(Contact.objects.filter(customer_id=job.customer_id).order_by("position", "id"))
        facts = sheet_facts(payment, job_facts(job, contacts, at=at))
        content = payment_sheet_content(facts)
    data = gateways().pdf.render("receipt", TEMPLATE_VERSION, with_logo(content))
    return StoredPdf(data, f"{content['title']} {facts.receipt}".strip() + ".pdf")


def _facts(invoice: Invoice, at: datetime) -> PaidSheetFacts:
    job = Job.objects.select_related("business", "customer", "site").get(id=invoice.job_id)
    contacts = list(Contact.objects.filter(customer_id=job.customer_id).order_by("position", "id"))
    loaded, payments = load(job), _since(invoice)
    billed_here = {part.row_id: part.stands_cents for part in standing_rows().filter(invoice=invoice)}
    next_name, next_cents = _next(loaded)
    return PaidSheetFacts(
        job=job_facts(job, contacts, at=at),
        number=invoice.number_text,
        issued_on=invoice.issued_on,
        total_cents=invoice.total_cents,
        payments=payments,
        balance_cents=invoice.stands_cents - sum(payment.paid_cents for payment in payments),
        next_name=next_name,
        next_cents=next_cents,
        rows=row_facts(loaded, settled=loaded.settled_by_row(), now=billed_here, done={}),
    )


def _since(invoice: Invoice) -> list[MoneyEvent]:
    """What was paid and credited of this invoice, by the day."""
    credits = [
        MoneyEvent(note.issued_on, "", note.number_text, -note.total_cents, 0)
        for note in invoice.credit_notes.order_by("id")
        if note.total_cents
    ]
    return sorted([*_payments(invoice), *_let_off(invoice), *credits], key=lambda event: event.on)


def _payments(invoice: Invoice) -> list[MoneyEvent]:
    """What cleared payments have settled of this invoice, in their order."""
    parts = (
        Allocation.objects.filter(invoice=invoice, payment__state="cleared")
        .select_related("payment__receipt")
        .order_by("payment__received_on", "id")
    )
    return [
        MoneyEvent(
            part.payment.received_on,
            part.payment.method,
            part.payment.receipt.number_text if hasattr(part.payment, "receipt") else "",
            0,
            part.amount_cents,
        )
        for part in parts
    ]


def _let_off(invoice: Invoice) -> list[MoneyEvent]:
    """Discounts and small differences; what is written off is still owed, as far as the customer is told."""
    rows = Concession.objects.filter(invoice=invoice, kind__in=LET_OFF).order_by("id")
    return [MoneyEvent(row.conceded_on, row.kind, invoice.number_text, 0, row.amount_cents) for row in rows]


def _next(loaded: LoadedJob) -> tuple[str, int]:
    """The first row of the schedule that is not billed; nothing when all are."""
    row = next((row for row in loaded.rows if row.id not in loaded.billed_rows and row.amount_cents), None)
    return (row.name, row.amount_cents) if row else ("", 0)
