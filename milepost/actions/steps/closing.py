"""The end of a job: nothing left to bill, nothing left to pay."""

from datetime import datetime

from django.db.models import Sum

from milepost.actions.actor import Actor
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.outbox import post_to
from milepost.actions.steps.paper import job_facts, line_facts, row_facts, tax_facts
from milepost.actions.steps.timeline import tell
from milepost.queries.billing_state import LoadedJob
from milepost.queries.paper.facts import MoneyEvent, StatementFacts
from milepost.queries.paper.statement import statement_content
from milepost.records.concessions import CONCESSION_KINDS, LET_OFF, Concession
from milepost.records.credit_notes import CreditNote
from milepost.records.customers import Contact
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import Allocation, Payment


def close_if_finished(loaded: LoadedJob, contacts: list[Contact], *, by: Actor, at: datetime) -> bool:
    """
    Close the job with its closing statement, once every row is billed and every invoice is
    settled by money that cleared, or without money. Where something was written off, it closes
    without a word to the customer. Returns whether it closed.
    """
    job = loaded.job
    if job.state != "open" or any(
        row.id not in loaded.billed_rows and row.amount_cents for row in loaded.rows
    ):
        return False
    if any(row.kind == "milestone" and row.id not in loaded.billed_rows for row in loaded.rows):
        return False
    covered = loaded.settled_by_row(conceded=CONCESSION_KINDS)
    if any(covered.get(row.id, 0) < row.amount_cents for row in loaded.rows):
        return False
    job.state, job.closed_at = "closed", at
    job.save(update_fields=["state", "closed_at"])
    given_up = sum(loaded.conceded_by_invoice(["write_off"]).values())
    if given_up:
        tell(job, "closed_unpaid", by=by, at=at, for_customer=False, amount_cents=given_up)
        return True
    settled = loaded.settled_by_row(conceded=LET_OFF)
    document = freeze(
        job, "statement", f"Closing statement {job.number}", _statement(loaded, settled, contacts, at), at=at
    )
    tell(job, "closed", by=by, at=at, contract_cents=job.contract_cents, document_id=document.id)
    post_to(
        job,
        contacts,
        "closed",
        cause=str(document.id),
        facts={"contract_cents": job.contract_cents, "paid_cents": sum(settled.values())},
        at=at,
        document_ids=[document.id],
    )
    return True


def open_again(job: Job) -> None:
    """What had closed because nothing was left to pay is open again."""
    if job.state == "closed":
        job.state, job.closed_at = "open", None
        job.save(update_fields=["state", "closed_at"])


def _statement(
    loaded: LoadedJob, settled: dict[int, int], contacts: list[Contact], at: datetime
) -> dict[str, object]:
    job = loaded.job
    whole = dict(loaded.state.priced.keys)
    facts = StatementFacts(
        job=job_facts(job, contacts, at=at, links=loaded.links),
        lines=line_facts(loaded, whole, {}),
        taxes=tax_facts(loaded, whole),
        events=_money_events(job.id),
        rows=row_facts(loaded, settled=settled, now={}, done={}),
        billed_cents=loaded.billed_cents,
        paid_cents=sum(settled.values()),
    )
    return dict(statement_content(facts))


def _money_events(job_id: int) -> list[MoneyEvent]:
    invoices = [
        MoneyEvent(invoice.issued_on, invoice.title, invoice.number_text, invoice.total_cents, 0)
        for invoice in Invoice.objects.filter(job_id=job_id).order_by("id")
    ]
    credits = [
        MoneyEvent(note.issued_on, "", note.number_text, -note.total_cents, 0)
        for note in CreditNote.objects.filter(job_id=job_id, total_cents__gt=0).order_by("id")
    ]
    return sorted(
        [*invoices, *credits, *_payments(job_id), *_concessions(job_id)], key=lambda event: event.on
    )


def _payments(job_id: int) -> list[MoneyEvent]:
    """What each payment has paid of this job: of one over several jobs its part, of too much what was due."""
    sums = Allocation.objects.filter(invoice__job_id=job_id, payment__state="cleared")
    by_payment = sums.values_list("payment_id").annotate(sum=Sum("amount_cents"))
    paid = {payment: cents for payment, cents in by_payment if cents}
    found = Payment.objects.filter(id__in=paid, receipt__isnull=False).select_related("receipt")
    return [
        MoneyEvent(
            payment.received_on,
            payment.method,
            payment.receipt.number_text,
            0,
            paid[payment.id],
            payment.reference,
        )
        for payment in found.order_by("id")
    ]


def _concessions(job_id: int) -> list[MoneyEvent]:
    """What was let off, and what of it was taken back. What was written off is not the customer's business."""
    found = (
        Concession.objects.filter(invoice__job_id=job_id, kind__in=LET_OFF)
        .select_related("invoice")
        .order_by("id")
    )
    return [
        MoneyEvent(made.conceded_on, made.kind, made.invoice.number_text, 0, made.amount_cents)
        for made in found
        if made.invoice
    ]
