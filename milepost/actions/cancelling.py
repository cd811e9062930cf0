"""End a job before its time: bill what was done, drop the rest, keep or give back the unused deposit."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.crediting import issue_credit
from milepost.actions.steps.finding import lock_payer
from milepost.actions.steps.issuing import Increment, issue, milestone_increment
from milepost.actions.steps.outbox import contacts_for, ensure_links, post_to
from milepost.actions.steps.snapshots import take_snapshot
from milepost.actions.steps.timeline import tell
from milepost.core.cancelling import Cancelled
from milepost.core.contract import Key
from milepost.core.money import currency_digits
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.cancelling import checked_job, done_rows, plan_cancel
from milepost.queries.crediting import plan_return, standing_of
from milepost.records.changes import Cancellation, KeyChange
from milepost.records.jobs import ContractKey, ContractLine, Job, ScheduleRow


@action("cancel_job")
def cancel_job(*, by: Actor, at: datetime, job_id: int, keep_cents: int = 0, reason: str = "") -> int:
    """
    Cancel an open job. Milestones that were reported as done are billed on one invoice; what is not
    billed then is dropped from the contract. Of the deposit that no invoice has used, `keep_cents` are
    kept (an invoice of nothing to pay says so), the rest is credited. Returns the cancellation's id.

    Refuses NotToCancel, DepositIsTaxed, KeptBelowZero, KeptTooMuch, PaymentOnItsWay.
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
    gone = plan_cancel(loaded, keep_cents)
    ensure_links(job, loaded.contacts, at=at, links=loaded.links)
    if gone.returned_cents:
        documents.append(_give_back(loaded, gone, reason, by=by, at=at))
        loaded = load(job)
    record = Cancellation.objects.create(
        business_id=job.business_id,
        job=job,
        reason=reason.strip(),
        dropped_cents=gone.dropped_cents,
        kept_cents=gone.kept_cents,
        returned_cents=gone.returned_cents,
        cancelled_at=at,
        by_name=by.name,
    )
    _drop(loaded, gone, record)
    if gone.kept_cents:
        documents.append(_keep(job, gone, record, by=by, at=at))
    job.state = "cancelled"
    job.save(update_fields=["state"])
    take_snapshot(job, at=at)
    _say(job, record, documents, by=by, at=at)
    return record.id


def _give_back(loaded: LoadedJob, gone: Cancelled, reason: str, *, by: Actor, at: datetime) -> int:
    """The unused deposit, by a credit note on its invoice; what was paid of it is the customer's credit."""
    invoice = next(invoice for invoice in reversed(loaded.standing) if invoice.kind == "deposit")
    plan = plan_return(loaded, standing_of(loaded, invoice), gone.returned_cents)
    return issue_credit(loaded, plan, reason.strip(), by=by, at=at).document_id


def _drop(loaded: LoadedJob, gone: Cancelled, record: Cancellation) -> None:
    """The contract comes down to what is billed and kept; rows to what they have asked for."""
    job = loaded.job
    KeyChange.objects.bulk_create(
        [
            KeyChange(
                business_id=job.business_id,
                job=job,
                key=loaded.keys[key],
                cancellation=record,
                delta_cents=cents,
            )
            for key, cents in gone.changes.items()
        ]
    )
    for row in loaded.rows:
        stands = loaded.row_head_cents(row)
        if row.amount_cents != stands:
            row.amount_cents = stands
            row.save(update_fields=["amount_cents"])
    job.contract_cents = gone.contract_cents
    job.save(update_fields=["contract_cents"])


def _keep(job: Job, gone: Cancelled, record: Cancellation, *, by: Actor, at: datetime) -> int:
    """What is kept: a line of its own that the deposit pays, on an invoice of nothing to pay."""
    name = gettext("Kept at cancellation")
    place = max(ContractLine.objects.filter(job=job).values_list("position", flat=True), default=0) + 1
    line = ContractLine.objects.create(
        business_id=job.business_id,
        job=job,
        position=place,
        description=name,
        quantity=1,
        unit_price=Decimal(gone.kept_cents).scaleb(-currency_digits(job.currency)),
        net_cents=gone.kept_cents,
    )
    key = ContractKey.objects.create(business_id=job.business_id, job=job, line=line, cents=0)
    KeyChange.objects.create(
        business_id=job.business_id, job=job, key=key, cancellation=record, delta_cents=gone.kept_cents
    )
    row = ScheduleRow.objects.create(
        business_id=job.business_id,
        job=job,
        position=max(ScheduleRow.objects.filter(job=job).values_list("position", flat=True)) + 1,
        kind="milestone",
        name=name,
        basis="fixed",
        value=0,
        amount_cents=0,
    )
    loaded = load(job)
    by_key = dict.fromkeys(loaded.keys, 0) | {Key(line.id): gone.kept_cents}
    increment = Increment("cancellation", by_key, {row.id: 0}, gone.kept_cents, gone.kept_cents, 0)
    return issue(loaded, increment, by=by, at=at).document_id


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
