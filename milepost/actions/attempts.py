"""Payments through the gateway: the attempt first, then whatever the provider's own object says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find, lock_payer
from milepost.actions.steps.outbox import contacts_for, post_to, post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.settling import Balance, allocate, clear_payment, open_balances, release
from milepost.actions.steps.timeline import tell
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.settling import oldest_first
from milepost.core.surcharges import surcharge_cents
from milepost.queries.billing_state import LoadedJob, load
from milepost.records.jobs import Job
from milepost.records.payment_accounts import PaymentAccount
from milepost.records.payments import Attempt, AttemptInvoice, Payment

Outcome = Literal["open", "processing", "succeeded", "failed", "expired"]
Terms = tuple[str, int, int, int | None]
"""What an attempt asks for: method, cents, surcharge in cents, and at which account."""
LIVE = ("created", "open", "processing")
STORY_SESSION = "story_"
"""How sessions begin that a story told: no provider knows them."""


class NothingDue(Refusal):
    code = "nothing_due"
    message = gettext_noop("There is nothing to pay at the moment.")


class OnItsWay(Refusal):
    code = "on_its_way"
    message = gettext_noop("A bank payment of {amount} is already on its way. There is nothing to do.")


class PartsAreOff(Refusal):
    code = "parts_are_off"
    message = gettext_noop("{business} takes each invoice in one payment of {amount}.")


class PartTooSmall(Refusal):
    code = "part_too_small"
    message = gettext_noop("The smallest part is {least}.")


class PartTooLarge(Refusal):
    code = "part_too_large"
    message = gettext_noop("Only {most} is open, so {asked} cannot be paid.")


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
) -> Begun:
    """
    Commit the intention to pay these invoices (all open ones when none is named) in full, or so much of
    them, the oldest first, where the business takes parts. `surcharged`: by a credit card, which costs
    what the business has set.

    Pressing twice finds the same attempt. Refuses NothingDue, OnItsWay while a bank payment for one of
    them is pending, PartsAreOff, PartTooSmall, PartTooLarge.
    """
    job = lock_payer(job_id)
    loaded = load(job)
    wanted = _in_parts(job, _wanted(loaded, invoice_ids), amount_cents)
    live = list(
        AttemptInvoice.objects.filter(
            live=True, invoice_id__in=[b.invoice.id for b in wanted]
        ).select_related("attempt")
    )
    attempts = {part.attempt_id: part.attempt for part in live}
    _refuse_if_on_its_way(attempts.values())
    amount = Money(sum(balance.open_cents for balance in wanted), job.currency)
    surcharge = _surcharge(job, amount) if surcharged and method == "card" else 0
    account_id = PaymentAccount.objects.filter(retired_at=None).values_list("id", flat=True).first()
    terms = (method, amount.cents, surcharge, account_id)
    for attempt in attempts.values():
        if len(attempts) == 1 and _same(attempt, live, wanted, terms):
            return _begun(loaded, attempt, amount, wanted)
    if attempts:
        in_the_way = tuple(InTheWay(one.id, one.session_id, one.account_id) for one in attempts.values())
        return Begun(None, amount, method, _describe(wanted), "", in_the_way=in_the_way)
    attempt = _begin(job, wanted, terms, by=by, at=at)
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
    unless_opened: bool = False,
) -> None:
    """
    Book what the provider's own object says, in any order and any number of times.

    `payment_ref` is what the provider calls the payment, which later events name. processing: the
    payment is pending. succeeded: it clears, now or at last; what was paid elsewhere meanwhile makes it
    customer credit. failed, expired: what was pending is released and the invoices can be paid anew.
    """
    job = lock_payer(find(Attempt.objects.only("job_id"), id=attempt_id).job_id)
    attempt = find(Attempt.objects.select_for_update(no_key=True), id=attempt_id)
    if unless_opened and attempt.session_id:
        return  # its page was noted meanwhile: only the provider may say that it is closed
    attempt.payment_ref = attempt.payment_ref or payment_ref[:200]
    payment = Payment.objects.filter(attempt=attempt).first()
    settled = payment is not None and payment.state != "pending"
    if outcome == "open" or settled:
        _checked(attempt, at)
        return
    loaded = load(job)
    if outcome == "processing" and payment is None:
        payment = _pending(attempt, loaded, amount_cents, at)
        _tell_on_its_way(payment, job, by=by, at=at)
    elif outcome == "succeeded":
        payment = payment or _pending(attempt, loaded, amount_cents, at)
        clear_payment(payment, [loaded], by=by, at=at)
    elif outcome in ("failed", "expired"):
        _failed(attempt, payment, job, failure, by=by, at=at)
    _checked(attempt, at, state=outcome, failure=failure)


def _wanted(loaded: LoadedJob, invoice_ids: Sequence[int]) -> list[Balance]:
    balances = open_balances(loaded)
    if invoice_ids:
        balances = [balance for balance in balances if balance.invoice.id in set(invoice_ids)]
    pending = Payment.objects.filter(job=loaded.job, state="pending").first()
    wanted = [balance for balance in balances if balance.open_cents > 0]
    if not wanted and pending:
        raise OnItsWay(amount=Money(pending.amount_cents, pending.currency))
    if not wanted:
        raise NothingDue
    return wanted


def _in_parts(job: Job, wanted: list[Balance], amount_cents: int | None) -> list[Balance]:
    """So much of the invoices, the oldest first; all of them when nothing is said."""
    total = sum(balance.open_cents for balance in wanted)
    if amount_cents is None or amount_cents == total:
        return wanted
    business, asked = job.business, Money(amount_cents, job.currency)
    if business.parts_from_cents is None:
        raise PartsAreOff(field="amount", business=business.name, amount=Money(total, job.currency))
    if amount_cents > total:
        raise PartTooLarge(field="amount", most=Money(total, job.currency), asked=asked)
    if amount_cents < min(business.parts_from_cents, total):
        raise PartTooSmall(field="amount", least=Money(min(business.parts_from_cents, total), job.currency))
    parts = dict(oldest_first(amount_cents, [(b.invoice.id, b.open_cents) for b in wanted]))
    return [Balance(b.invoice, parts[b.invoice.id]) for b in wanted if b.invoice.id in parts]


def _surcharge(job: Job, amount: Money) -> int:
    return surcharge_cents(amount.cents, job.business.surcharge_percent)


def _refuse_if_on_its_way(attempts: Iterable[Attempt]) -> None:
    for attempt in attempts:
        if attempt.state == "processing":
            raise OnItsWay(amount=Money(attempt.amount_cents, attempt.currency))


def _same(attempt: Attempt, live: list[AttemptInvoice], wanted: list[Balance], terms: Terms) -> bool:
    """Whether a live attempt asks for just this."""
    parts = {(part.invoice_id, part.amount_cents) for part in live}
    asked = {(balance.invoice.id, balance.open_cents) for balance in wanted}
    had = (attempt.method, attempt.amount_cents, attempt.surcharge_cents, attempt.account_id)
    return terms == had and parts == asked


def _begin(job: Job, wanted: list[Balance], terms: Terms, *, by: Actor, at: datetime) -> Attempt:
    method, cents, surcharge, account_id = terms
    attempt = Attempt.objects.create(
        business_id=job.business_id,
        job=job,
        contact_id=by.contact_id,
        account_id=account_id,
        method=method,
        amount_cents=cents,
        surcharge_cents=surcharge,
        currency=job.currency,
        created_at=at,
    )
    AttemptInvoice.objects.bulk_create(
        [
            AttemptInvoice(
                business_id=job.business_id,
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
        _describe(wanted),
        email,
        attempt.session_id,
        attempt.url,
        surcharge=surcharge,
        account_id=attempt.account_id,
    )


def _describe(wanted: list[Balance]) -> str:
    return ", ".join(f"{balance.invoice.number_text} {balance.invoice.title}" for balance in wanted)[:200]


def _pending(attempt: Attempt, loaded: LoadedJob, amount_cents: int, at: datetime) -> Payment:
    job = loaded.job
    payment = Payment.objects.create(
        business_id=job.business_id,
        customer_id=job.customer_id,
        job=job,
        attempt=attempt,
        method=attempt.method,
        reference=attempt.session_id[-12:],
        currency=attempt.currency,
        amount_cents=amount_cents - attempt.surcharge_cents,
        surcharge_cents=attempt.surcharge_cents,
        state="pending",
        received_on=local_day(job.business, at),
        recorded_at=at,
        recorded_by="Milepost",
        till="cash" if attempt.session_id.startswith(STORY_SESSION) else "clearing",
    )
    wanted = _still_open(attempt, loaded, payment.amount_cents)
    if wanted:
        allocate(payment, [loaded], split=wanted)
    return payment


def _still_open(attempt: Attempt, loaded: LoadedJob, amount_cents: int) -> list[tuple[int, int]]:
    """What of the payment its own invoices still need. What they do not is credit: no other is touched."""
    balances = {balance.invoice.id: balance.open_cents for balance in open_balances(loaded)}
    asked = [
        (part.invoice_id, min(part.amount_cents, balances.get(part.invoice_id, 0)))
        for part in attempt.invoices.order_by("invoice_id")
    ]
    return oldest_first(amount_cents, asked)


def _tell_on_its_way(payment: Payment, job: Job, *, by: Actor, at: datetime) -> None:
    facts = {"payment_id": payment.id, "amount_cents": payment.amount_cents, "method": payment.method}
    tell(job, "payment_pending", by=by, at=at, **facts)
    contacts = contacts_for(job, "payer")
    post_to(job, contacts, "payment_on_its_way", cause=str(payment.id), facts=facts, at=at)


def _failed(
    attempt: Attempt, payment: Payment | None, job: Job, failure: str, *, by: Actor, at: datetime
) -> None:
    if payment is None:
        return
    release(payment)
    payment.state = "failed"
    payment.save(update_fields=["state"])
    facts = {"payment_id": payment.id, "amount_cents": payment.amount_cents, "reason": failure}
    tell(job, "payment_failed", by=by, at=at, **facts)
    contacts = contacts_for(job, "payer")
    post_to(job, contacts, "payment_failed", cause=str(payment.id), facts=facts, at=at)
    post_to_office(job, "payment_failed_office", cause=str(payment.id), facts=facts, at=at)


def _checked(attempt: Attempt, at: datetime, *, state: str = "", failure: str = "") -> None:
    attempt.checked_at = at
    if state:
        attempt.state, attempt.failure = state, failure[:500]
    attempt.save(update_fields=["checked_at", "state", "failure", "payment_ref"])
    if attempt.state not in ("created", "open"):
        # On its way, its payment holds the place: what is left of an invoice can be paid meanwhile.
        AttemptInvoice.objects.filter(attempt=attempt, live=True).update(live=False)
