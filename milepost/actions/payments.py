"""Money that comes in: by the gateway, or recorded by hand."""

from collections.abc import Sequence
from datetime import date, datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.billing_state import load
from milepost.actions.steps.finding import lock_payer
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.settling import allocate, clear_payment
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.records.payments import METHODS, Payment


class NotAboveZero(Refusal):
    code = "not_above_zero"
    message = gettext_noop("A payment is more than nothing.")


@action("record_payment")
def record_payment(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    amount_cents: int,
    method: str,
    received_on: date | None = None,
    reference: str = "",
    invoice_id: int | None = None,
    split: Sequence[tuple[int, int]] = (),
    form_key: str = "",
) -> int:
    """
    Record money that is here: a cheque, cash, a transfer. Returns the payment's id.

    It settles `invoice_id` first, then the oldest invoices of the job; or `split` says (invoice,
    cents) for each. What is over is customer credit. The same form sent twice records once.
    Refuses NotAboveZero, an unknown method, and a split beyond the payment or a balance.
    """
    before = first_result(form_key, "record_payment", at=at)
    if before:
        return before["payment_id"]
    if amount_cents <= 0:
        raise NotAboveZero(field="amount")
    if method not in METHODS:
        raise InputRefused(field="method", problem=f"“{method}” is not a way to pay.")
    job = lock_payer(job_id)
    loaded = load(job)
    payment = Payment.objects.create(
        business_id=by.business_id,
        customer_id=job.customer_id,
        job=job,
        method=method,
        reference=reference.strip()[:100],
        currency=job.currency,
        amount_cents=amount_cents,
        state="cleared",
        received_on=received_on or local_day(job.business, at),
        recorded_at=at,
        cleared_at=at,
        recorded_by=by.name,
    )
    allocate(payment, loaded, first=invoice_id, split=split)
    clear_payment(payment, loaded, by=by, at=at)
    remember(form_key, payment_id=payment.id)
    return payment.id
