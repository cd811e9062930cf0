"""Money that comes in: by the gateway, or recorded by hand."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.conceding import Event, grant_in_time
from milepost.actions.steps.finding import lock_customers, lock_jobs, lock_payer
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.recording import check_payment, payment_here
from milepost.actions.steps.settling import allocate, clear_payment
from milepost.actions.steps.spreading import NothingToPayFor, jobs_of, oldest_of
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import load
from milepost.queries.open_items import one_and_duplicates

__all__ = ["NothingToPayFor", "TwoCurrencies", "record_customer_payment", "record_payment"]


class TwoCurrencies(Refusal):
    code = "two_currencies"
    message = gettext_noop("One payment pays invoices in one currency. Record one for each.")


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
    Refuses NotAboveZero, an unknown method, NotHereYet, and a split beyond the payment or a balance.
    """
    before = first_result(form_key, "record_payment", at=at)
    if before:
        return before["payment_id"]
    check_payment(amount_cents, method)
    loaded = [load(lock_payer(job_id))]
    payment = payment_here(loaded, amount_cents, method, reference, received_on, by=by, at=at)
    allocate(payment, loaded, first=invoice_id, split=split)
    clear_payment(payment, loaded, by=by, at=at)
    remember(form_key, payment_id=payment.id)
    return payment.id


@action("record_payment")
def record_customer_payment(
    *,
    by: Actor,
    at: datetime,
    customer_id: int,
    amount_cents: int,
    method: str,
    received_on: date | None = None,
    reference: str = "",
    split: Sequence[tuple[int, int]] = (),
    discounts: Collection[int] = (),
    form_key: str = "",
) -> int:
    """
    Record one payment for several invoices of a customer, of whichever jobs. Returns the payment's id.

    It settles their oldest invoices, or `split` says (invoice, cents) for each; what is over is customer
    credit. Only invoices in the business's currency. The same form sent twice records once. On invoices
    of `discounts` the contract's early-payment discount is granted, as far as the money came in time.
    Refuses NotAboveZero, an unknown method, NotHereYet, NothingToPayFor, TwoCurrencies, a split beyond the
    payment or a balance.
    """
    before = first_result(form_key, "record_customer_payment", at=at)
    if before:
        return before["payment_id"]
    check_payment(amount_cents, method)
    customers = lock_customers(one_and_duplicates(customer_id))
    wanted = list(split) or oldest_of(customers, amount_cents)
    job_ids = jobs_of(customers, [invoice_id for invoice_id, _cents in wanted])
    jobs = [load(job) for job in lock_jobs(customers, job_ids)]
    jobs.sort(key=lambda loaded: job_ids.index(loaded.job.id))
    if len({loaded.job.currency for loaded in jobs}) > 1:
        raise TwoCurrencies(field="amount")
    payment = payment_here(jobs, amount_cents, method, reference, received_on, by=by, at=at)
    allocate(payment, jobs, split=wanted)
    event = Event(by, at, payment.received_on)
    for loaded in jobs:
        for invoice in loaded.invoices:
            if invoice.id in discounts:
                grant_in_time(loaded, invoice, event)
    clear_payment(payment, jobs, by=by, at=at)
    remember(form_key, payment_id=payment.id)
    return payment.id
