"""The moment from which only what is not billed is shared out anew."""

from datetime import datetime
from typing import Literal

from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from milepost.records.changes import ContractSnapshot
from milepost.records.credit_notes import CreditNote
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
        last_position=_last("position", job),
        last_invoice=_last("invoice", job),
        taken_at=at,
    )


def _last(table: Literal["position", "invoice"], job: Job) -> RawSQL:
    """The id of the job's newest row there, 0 where there is none; the database looks while it writes."""
    sql = f"(SELECT coalesce(max(id), 0) FROM {table} WHERE job_id = %s)"  # noqa: S608 - one of two names
    return RawSQL(sql, [job.id], BigIntegerField())  # noqa: S611 - the job's id is a parameter
