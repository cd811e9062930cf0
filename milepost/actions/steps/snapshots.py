"""The moment from which only what is not billed is shared out anew."""

from datetime import datetime

from django.db.models import Max

from milepost.records.changes import ContractSnapshot
from milepost.records.credit_notes import CreditNote
from milepost.records.invoices import Invoice, Position
from milepost.records.jobs import ChangeOrder, Job


def take_snapshot(
    job: Job, *, at: datetime, order: ChangeOrder | None = None, note: CreditNote | None = None
) -> None:
    """Set apart what is billed of the job now, because of a change order or a credit note, if any."""
    ContractSnapshot.objects.create(
        business_id=job.business_id,
        job=job,
        change_order=order,
        credit_note=note,
        last_position=Position.objects.filter(job=job).aggregate(id=Max("id"))["id"] or 0,
        last_invoice=Invoice.objects.filter(job=job).aggregate(id=Max("id"))["id"] or 0,
        taken_at=at,
    )
