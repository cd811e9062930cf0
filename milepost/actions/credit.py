"""Payments after they were booked: returned by the bank, left over, used, given back."""

from datetime import date, datetime

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.conceding import Event
from milepost.actions.steps.fees import charge_returned
from milepost.actions.steps.finding import lock_payer
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.outbox import contacts_for, post_to
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.recording import NotAboveZero
from milepost.actions.steps.refunding import MoreThanPaid, ask, finish, refuse_while_disputed
from milepost.actions.steps.settling import settle_with_credit
from milepost.actions.steps.taking_back import (
    book,
    lock_payment,
    refunded_cents,
    reopen,
    say_returned,
    settled_by_job,
    undo,
    without_concessions,
)
from milepost.actions.steps.timeline import tell
from milepost.core.journal import payment_returned
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.billing_state import load
from milepost.queries.credit import credits_of, left_of
from milepost.records.payments import METHODS


class NotCleared(Refusal):
    code = "not_cleared"
    message = gettext_noop("This payment is not here, so it cannot be returned or refunded.")


class RefundedAlready(Refusal):
    code = "refunded_already"
    message = gettext_noop(
        "{amount} of this payment was refunded. A refunded payment cannot bounce any more."
    )


class ToldByProvider(Refusal):
    code = "told_by_provider"
    message = gettext_noop(
        "This payment came in online. If its bank takes it back, that is booked by itself."
    )


class NoCredit(Refusal):
    code = "no_credit"
    message = gettext_noop("This customer has no credit to use.")


class NothingToSettle(Refusal):
    code = "nothing_to_settle"
    message = gettext_noop("Nothing is open on this job, so the credit stays for the next one.")


class CreditTooSmall(Refusal):
    code = "credit_too_small"
    message = gettext_noop("At most {room} of the credit fits here, so {asked} cannot be used.")


class RefundTooLarge(Refusal):
    code = "refund_too_large"
    message = gettext_noop("Only {left} of this payment is credit, so {asked} cannot be refunded.")


@action("return_payment")
def return_payment(
    *, by: Actor, at: datetime, payment_id: int, reason: str = "", fee_cents: int = 0, on: date | None = None
) -> None:
    """
    The cheque bounced, or the bank took it back: what it settled is open again, by new rows.

    The bank's own charge, if any, is booked beside it, and what the contract charges for it is billed. A
    job that had closed is open again. The payer and the office are told. Returning twice changes nothing.
    Refuses NotCleared, RefundedAlready.
    """
    payment, jobs = lock_payment(payment_id)
    if payment.state == "returned":
        return
    if payment.state != "cleared":
        raise NotCleared
    if payment.till == "clearing":
        raise ToldByProvider
    given = refunded_cents(payment)
    if given:
        raise RefundedAlready(amount=Money(given, payment.currency))
    if fee_cents < 0:
        raise NotAboveZero(field="fee")
    day = on or local_day(jobs[0].business, at)
    without_concessions(payment, jobs, Event(by, at, day))
    undone = undo(payment, payment.amount_cents, on=day)
    payment.state = "returned"
    payment.save(update_fields=["state"])
    for place, job in enumerate(jobs):
        own, charged = (0, 0) if place else (undone.credit_cents, fee_cents)
        entry = payment_returned(undone.by_job.get(job.id, 0), own, charged_cents=charged)
        book("payment_returned", payment, job, entry, on=day, at=at)
    reopen(payment, jobs, undone, on=day, at=at)
    say_returned(payment, jobs, undone, reason=reason.strip(), by=by, at=at)
    charge_returned(payment, jobs[0], by=by, at=at)


@action("use_credit")
def use_credit(
    *, by: Actor, at: datetime, job_id: int, invoice_id: int | None = None, amount_cents: int | None = None
) -> int:
    """
    Settle this job's open invoices, the oldest first, or `invoice_id` alone, with what the customer has
    paid too much, on whichever job, under this name or a merged one; `amount_cents` of it, or all that
    fits. Returns the cents used.

    Refuses NotAboveZero, NoCredit, NothingToSettle, CreditTooSmall.
    """
    if amount_cents is not None and amount_cents <= 0:
        raise NotAboveZero(field="amount")
    job = lock_payer(job_id)
    credits = credits_of(job.customer_id, job.currency)
    if not credits:
        raise NoCredit
    loaded = load(job)
    invoices = [invoice for invoice in loaded.invoices if invoice_id in (None, invoice.id)]
    open_cents = sum(max(loaded.open_cents(invoice), 0) for invoice in invoices)
    if not open_cents:
        raise NothingToSettle
    room = min(open_cents, sum(credit.left_cents for credit in credits))
    if amount_cents is not None and amount_cents > room:
        asked = Money(amount_cents, job.currency)
        raise CreditTooSmall(field="amount", room=Money(room, job.currency), asked=asked)
    wanted, used = room if amount_cents is None else amount_cents, 0
    for credit in credits:
        used += settle_with_credit(
            credit.payment, min(credit.left_cents, wanted - used), invoices, loaded, at
        )
    facts = {"amount_cents": used}
    event = tell(job, "credit_used", by=by, at=at, amount_cents=used)
    post_to(job, contacts_for(job, "payer"), "credit_used", cause=str(event.id), facts=facts, at=at)
    close_if_finished(loaded, loaded.contacts, by=Actor.system(job.business_id), at=at)
    return used


@action("refund_credit")
def refund_credit(
    *,
    by: Actor,
    at: datetime,
    payment_id: int,
    amount_cents: int,
    method: str,
    reference: str = "",
    reopens: bool = False,
    form_key: str = "",
) -> int:
    """
    Give back what a payment has left, by hand: a cheque, cash or a transfer that went out. With `reopens`
    also what it settled, the newest first, which is open again then. Returns the refund's id; the same
    form sent twice refunds once.

    Refuses NotAboveZero, an unknown method, NotCleared, DisputeIsOpen, RefundTooLarge, MoreThanPaid.
    """
    before = first_result(form_key, "refund_credit", at=at)
    if before:
        return int(before["refund_id"])
    if amount_cents <= 0:
        raise NotAboveZero(field="amount")
    if method not in METHODS:
        raise InputRefused(
            field="method", problem=gettext("“{method}” is not a way to pay.").format(method=method)
        )
    payment, jobs = lock_payment(payment_id)
    if payment.state != "cleared":
        raise NotCleared
    refuse_while_disputed(payment)
    left = left_of(payment.id)
    asked = Money(amount_cents, payment.currency)
    if amount_cents > left and not reopens:
        raise RefundTooLarge(field="amount", left=Money(left, payment.currency), asked=asked)
    room = left + sum(settled_by_job(payment).values())
    if amount_cents > room:
        raise MoreThanPaid(field="amount", left=Money(room, payment.currency), asked=asked)
    refund = ask(payment, jobs, amount_cents, method=method, reference=reference, by=by, at=at, by_hand=True)
    finish(refund, payment, jobs[0], by=by, at=at, till="cash")
    remember(form_key, refund_id=refund.id)
    return refund.id
