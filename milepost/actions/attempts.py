"""Payments through the gateway: the attempt first, then whatever the provider's own object says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.arriving import (
    STORY_SESSION,
    fail,
    lock_jobs_of,
    pending,
    tell_on_its_way,
)
from milepost.actions.steps.asking import (
    NothingDue,
    OneCurrency,
    OnItsWay,
    PartsAreOff,
    PartTooLarge,
    PartTooSmall,
    describe,
    in_parts,
    load_asked,
    refuse_if_on_its_way,
    wanted_of,
)
from milepost.actions.steps.finding import find
from milepost.actions.steps.settling import Balance, clear_payment
from milepost.core.money import Money
from milepost.core.surcharges import surcharge_cents
from milepost.queries.billing_state import LoadedJob, load
from milepost.records.jobs import Job
from milepost.records.payment_accounts import PaymentAccount
from milepost.records.payments import Attempt, AttemptInvoice, Payment

__all__ = [
    "STORY_SESSION",
    "Begun",
    "InTheWay",
    "NothingDue",
    "OnItsWay",
    "OneCurrency",
    "PartTooLarge",
    "PartTooSmall",
    "PartsAreOff",
    "begin_payment",
    "note_session",
    "settle_attempt",
]

Outcome = Literal["open", "processing", "succeeded", "failed", "expired"]
Terms = tuple[str, int, int, int | None]
"""What an attempt asks for: method, cents, surcharge in cents, and at which account."""
LIVE = ("created", "open", "processing")


@dataclass(frozen=True)
class InTheWay:
    """An attempt on the same invoices that was begun and not finished, and at which account."""

    attempt_id: int
    session_id: str
    account_id: int | None = None


@dataclass(frozen=True)
class Begun:
    """
    An attempt that is committed. `session_id` and `url` are there when the gateway has already
    answered; `in_the_way` lists attempts that must be closed at the gateway first, and then
    there is no attempt yet.
    """

    attempt_id: int | None
    amount: Money
    method: str
    description: str
    email: str
    session_id: str = ""
    url: str = ""
    in_the_way: tuple[InTheWay, ...] = ()
    surcharge: Money | None = None
    account_id: int | None = None


@action("begin_payment")
def begin_payment(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    method: Literal["card", "bank"],
    invoice_ids: Sequence[int] = (),
    amount_cents: int | None = None,
    surcharged: bool = False,
    everywhere: bool = False,
) -> Begun:
    """
    Commit the intention to pay these invoices (all open ones of the job when none is named) in full, or
    so much of them, the oldest first, where the business takes parts. `everywhere`: they may be of
    whichever jobs of the customer; one attempt, one charge. `surcharged`: by a credit card, which costs
    what the business has set.

    Pressing twice finds the same attempt. Refuses NothingDue, OnItsWay while a bank payment for one of
    them is pending, PartsAreOff, PartTooSmall, PartTooLarge, OneCurrency.
    """
    jobs = load_asked(job_id, invoice_ids, everywhere=everywhere)
    loaded, job = jobs[0], jobs[0].job
    wanted = in_parts(job, wanted_of(jobs, invoice_ids), amount_cents)
    live = list(
        AttemptInvoice.objects.filter(
            live=True, invoice_id__in=[b.invoice.id for b in wanted]
        ).select_related("attempt")
    )
    attempts = {part.attempt_id: part.attempt for part in live}
    refuse_if_on_its_way(attempts.values())
    amount = Money(sum(balance.open_cents for balance in wanted), job.currency)
    surcharge = _surcharge(job, amount) if surcharged and method == "card" else 0
    account_id = PaymentAccount.objects.filter(retired_at=None).values_list("id", flat=True).first()
    terms = (method, amount.cents, surcharge, account_id)
    for attempt in attempts.values():
        if len(attempts) == 1 and _same(attempt, live, wanted, terms):
            return _begun(loaded, attempt, amount, wanted)
    if attempts:
        in_the_way = tuple(InTheWay(one.id, one.session_id, one.account_id) for one in attempts.values())
        return Begun(None, amount, method, describe(wanted), "", in_the_way=in_the_way)
    attempt = _begin(job_id, job.currency, wanted, terms, by=by, at=at)
    return _begun(loaded, attempt, amount, wanted)


@action("settle_payment")
def note_session(*, by: Actor, at: datetime, attempt_id: int, session_id: str, url: str) -> None:
    """The gateway has made a page for the attempt."""
    attempt = find(Attempt.objects.select_for_update(no_key=True), id=attempt_id)
    attempt.session_id, attempt.url, attempt.checked_at = session_id, url, at
    if attempt.state == "created":
        attempt.state = "open"
    attempt.save(update_fields=["session_id", "url", "state", "checked_at"])


@action("settle_payment")
def settle_attempt(
    *,
    by: Actor,
    at: datetime,
    attempt_id: int,
    outcome: Outcome,
    amount_cents: int,
    failure: str = "",
    payment_ref: str = "",
    paid_at: datetime | None = None,
    unless_opened: bool = False,
) -> None:
    """
    Book what the provider's own object says, in any order and any number of times.

    `payment_ref` is what the provider calls the payment, which later events name; `paid_at` is when it
    was paid, which may be told late: that is the day on which it was received. processing: the payment is
    pending. succeeded: it clears, now or at last; what was paid elsewhere meanwhile makes it
    customer credit. failed, expired: what was pending is released and the invoices can be paid anew.
    """
    owners = lock_jobs_of(attempt_id)
    attempt = find(Attempt.objects.select_for_update(no_key=True), id=attempt_id)
    if unless_opened and attempt.session_id:
        return  # its page was noted meanwhile: only the provider may say that it is closed
    attempt.payment_ref = attempt.payment_ref or payment_ref[:200]
    payment = Payment.objects.filter(attempt=attempt).first()
    settled = payment is not None and payment.state != "pending"
    if outcome == "open" or settled:
        _checked(attempt, at)
        return
    if outcome in ("failed", "expired"):
        if payment is not None:
            fail(payment, owners, failure, by=by, at=at)
    else:
        jobs = [load(job) for job in owners]
        if payment is None:
            payment = pending(attempt, jobs, amount_cents, at, paid_at=paid_at)
            if outcome == "processing":
                tell_on_its_way(payment, jobs, by=by, at=at)
        if outcome == "succeeded":
            clear_payment(payment, jobs, by=by, at=at)
    _checked(attempt, at, state=outcome, failure=failure)


def _surcharge(job: Job, amount: Money) -> int:
    return surcharge_cents(amount.cents, job.business.surcharge_percent)


def _same(attempt: Attempt, live: list[AttemptInvoice], wanted: list[Balance], terms: Terms) -> bool:
    """Whether a live attempt asks for just this."""
    parts = {(part.invoice_id, part.amount_cents) for part in live}
    asked = {(balance.invoice.id, balance.open_cents) for balance in wanted}
    had = (attempt.method, attempt.amount_cents, attempt.surcharge_cents, attempt.account_id)
    return terms == had and parts == asked


def _begin(
    job_id: int, currency: str, wanted: list[Balance], terms: Terms, *, by: Actor, at: datetime
) -> Attempt:
    method, cents, surcharge, account_id = terms
    attempt = Attempt.objects.create(
        business_id=by.business_id,
        job_id=job_id,
        contact_id=by.contact_id,
        account_id=account_id,
        method=method,
        amount_cents=cents,
        surcharge_cents=surcharge,
        currency=currency,
        created_at=at,
    )
    AttemptInvoice.objects.bulk_create(
        [
            AttemptInvoice(
                business_id=by.business_id,
                attempt=attempt,
                invoice=balance.invoice,
                amount_cents=balance.open_cents,
            )
            for balance in wanted
        ]
    )
    return attempt


def _begun(loaded: LoadedJob, attempt: Attempt, amount: Money, wanted: list[Balance]) -> Begun:
    payers = [contact for contact in loaded.contacts if contact.pays] or loaded.contacts
    email = next((contact.email for contact in payers if contact.email), "")
    surcharge = Money(attempt.surcharge_cents, amount.currency)
    return Begun(
        attempt.id,
        amount,
        attempt.method,
        describe(wanted),
        email,
        attempt.session_id,
        attempt.url,
        surcharge=surcharge,
        account_id=attempt.account_id,
    )


def _checked(attempt: Attempt, at: datetime, *, state: str = "", failure: str = "") -> None:
    attempt.checked_at = at
    if state:
        attempt.state, attempt.failure = state, failure[:500]
    attempt.save(update_fields=["checked_at", "state", "failure", "payment_ref"])
    if attempt.state not in ("created", "open"):
        # On its way, its payment holds the place: what is left of an invoice can be paid meanwhile.
        AttemptInvoice.objects.filter(attempt=attempt, live=True).update(live=False)
