"""End a job before its time: bill what was done, drop the rest, keep or give back the unused deposit."""

from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.ending import end_job
from milepost.actions.steps.finding import lock_payer
from milepost.actions.steps.issuing import issue, milestone_increment
from milepost.actions.steps.outbox import contacts_for, post_to
from milepost.actions.steps.timeline import tell
from milepost.queries.billing_state import load
from milepost.queries.cancelling import checked_job, done_rows
from milepost.records.changes import Cancellation
from milepost.records.jobs import Job


@action("cancel_job")
def cancel_job(*, by: Actor, at: datetime, job_id: int, keep_cents: int = 0, reason: str = "") -> int:
    """
    Cancel an open job. Milestones that were reported as done are billed on one invoice; what is not
    billed then is dropped from the contract. Of the deposit that no invoice has used, `keep_cents` are
    kept (an invoice of nothing to pay says so), the rest is credited. Returns the cancellation's id.

    Refuses NotToCancel, KeptBelowZero, KeptTooMuch, PaymentOnItsWay.
    """
    job = lock_payer(job_id)
    loaded = load(job)
    checked_job(loaded)
    done = done_rows(loaded)
    documents = []
    if done:
        invoice = issue(loaded, milestone_increment(loaded, [row.id for row in done]), by=by, at=at)
        documents.append(invoice.document_id)
        loaded = load(job)
    ended = end_job(loaded, keep_cents, reason, by=by, at=at)
    _say(job, ended.record, documents + ended.documents, by=by, at=at)
    return ended.record.id


def _say(job: Job, record: Cancellation, documents: list[int], *, by: Actor, at: datetime) -> None:
    facts: dict[str, object] = {
        "contract_cents": job.contract_cents,
        "kept_cents": record.kept_cents,
        "credit_cents": record.returned_cents,
        "reason": record.reason,
    }
    tell(job, "cancelled", by=by, at=at, for_customer=True, **facts)
    post_to(
        job, contacts_for(job, "everyone"), "cancelled", cause=str(record.id), facts=facts, at=at,
        document_ids=documents,
    )  # fmt: skip
