"""A job ends before its time: the contract comes down to what is billed, the unused deposit is kept or goes back."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.steps.crediting import issue_credit
from milepost.actions.steps.issuing import Increment, issue
from milepost.actions.steps.outbox import ensure_links
from milepost.actions.steps.snapshots import take_snapshot
from milepost.core.cancelling import Cancelled
from milepost.core.contract import Key, tax_by_code
from milepost.core.money import currency_digits
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.cancelling import plan_cancel
from milepost.queries.crediting import plan_return, standing_of
from milepost.queries.wording import in_words_of
from milepost.records.changes import Cancellation, KeyChange
from milepost.records.jobs import ContractKey, ContractLine, Job, ScheduleRow


@dataclass(frozen=True)
class Ended:
    """What says that the job ended, and the documents of its deposit."""

    record: Cancellation
    documents: list[int]


def end_job(loaded: LoadedJob, keep_cents: int, reason: str, *, by: Actor, at: datetime) -> Ended:
    """
    Drop what is not billed, keep so much of the unused deposit and credit the rest. Demands an open
    transaction, the customer and the job locked. Refuses KeptBelowZero, KeptTooMuch, PaymentOnItsWay.
    """
    job, documents = loaded.job, list[int]()
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
    return Ended(record, documents)


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
    """
    What is kept: a line of its own that the deposit pays, on an invoice of nothing to pay. Of a deposit
    that carries tax, the tax in it is kept with it and stays owed.
    """
    loaded = load(job)
    back = loaded.deposit_back
    unused = {key: put - back.get(key, 0) for key, put in loaded.deposit_put.items()}
    taxes = {code: cents for code, cents in tax_by_code(unused).items() if cents}
    by_key = _write_kept(loaded, gone.kept_cents - sum(taxes.values()), taxes, record)
    with in_words_of(job.customer, job.business):
        name = gettext("Kept at cancellation")
    row = ScheduleRow.objects.create(
        business_id=job.business_id,
        job=job,
        position=max(row.position for row in loaded.rows) + 1,
        kind="milestone",
        name=name,
        basis="fixed",
        value=0,
        amount_cents=0,
    )
    loaded = load(job)
    kept, tax = gone.kept_cents, sum(taxes.values())
    increment = Increment(
        "cancellation",
        dict.fromkeys(loaded.keys, 0) | by_key,
        {row.id: 0},
        kept,
        kept - tax,
        tax,
        {key: -cents for key, cents in unused.items()},
    )
    return issue(loaded, increment, by=by, at=at).document_id


def _write_kept(
    loaded: LoadedJob, net_cents: int, taxes: dict[Hashable, int], record: Cancellation
) -> dict[Key, int]:
    """The line of what is kept, with its taxes at their rates; its keys and what each is worth."""
    job = loaded.job
    with in_words_of(job.customer, job.business):
        description = gettext("Kept at cancellation")
    line = ContractLine.objects.create(
        business_id=job.business_id,
        job=job,
        position=max((line.position for line in loaded.lines), default=0) + 1,
        description=description,
        quantity=1,
        unit_price=Decimal(net_cents).scaleb(-currency_digits(job.currency)),
        net_cents=net_cents,
    )
    rates = loaded.state.priced.tax_rates
    made = ContractKey.objects.bulk_create(
        [
            ContractKey(
                business_id=job.business_id,
                job=job,
                line=line,
                tax_code_id=code,  # type: ignore[misc]
                tax_name=rates[code].name if code is not None else "",
                tax_percent=rates[code].percent if code is not None else None,
                cents=0,
            )
            for code in (None, *taxes)
        ]
    )
    worth = [net_cents, *taxes.values()]
    KeyChange.objects.bulk_create(
        [
            KeyChange(business_id=job.business_id, job=job, key=key, cancellation=record, delta_cents=cents)
            for key, cents in zip(made, worth, strict=True)
            if cents
        ]
    )
    return {Key(line.id, code): cents for code, cents in zip((None, *taxes), worth, strict=True)}
