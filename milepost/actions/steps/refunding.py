"""A refund's way: asked for, then done when the money has left, or refused, and then it is credit again."""

from collections.abc import Sequence
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.steps.outbox import contacts_for, post_to, post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.taking_back import book, reopen, undo
from milepost.actions.steps.timeline import tell
from milepost.core.journal import RP, SURCHARGES, Transfer, refund_asked, refund_done, refund_refused, swapped
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.jobs import Job
from milepost.records.payments import Payment, Refund


class MoreThanPaid(Refusal):
    code = "more_than_paid"
    message = gettext_noop("Only {left} of this payment can still be refunded, so {asked} cannot.")


class DisputeIsOpen(Refusal):
    code = "dispute_is_open"
    message = gettext_noop(
        "This payment is disputed. Wait for the bank’s decision: a refund would be paid twice."
    )


def refuse_while_disputed(payment: Payment) -> None:
    """Nothing of a payment is given back while its payer's bank may take it. Refuses DisputeIsOpen."""
    if payment.disputes.filter(state="open").exists():
        raise DisputeIsOpen


def ask(
    payment: Payment,
    jobs: Sequence[Job],
    amount_cents: int,
    *,
    method: str,
    by: Actor,
    at: datetime,
    surcharge_cents: int = 0,
    reference: str = "",
    provider_ref: str = "",
    by_hand: bool = False,
) -> Refund:
    """
    Write down that so much goes back: from what the payment has left as credit, then out of what it
    settled, which is open again. Whoever calls has checked that there is so much. Given by
    hand (`by_hand`) nothing is under way: it has left already.
    """
    today = local_day(jobs[0].business, at)
    undone = undo(payment, amount_cents, on=today)
    refund = Refund.objects.create(
        business_id=payment.business_id,
        payment=payment,
        amount_cents=amount_cents,
        surcharge_cents=surcharge_cents,
        method=method,
        reference=reference.strip()[:100],
        refunded_on=today,
        recorded_at=at,
        recorded_by=by.name,
        state="asked",
        provider_ref=provider_ref,
    )
    for place, job in enumerate(jobs):
        entry = refund_asked(0 if place else undone.credit_cents, undone.by_job.get(job.id, 0))
        if not place and surcharge_cents:
            entry = (*entry, Transfer(SURCHARGES, RP, surcharge_cents))
        book("refund_asked", payment, job, entry, on=today, at=at)
    reopen(payment, jobs, undone, on=today, at=at)
    if not by_hand:
        facts = _facts(refund)
        tell(jobs[0], "refund_asked", by=by, at=at, for_customer=True, **facts)
    return refund


def finish(refund: Refund, payment: Payment, job: Job, *, by: Actor, at: datetime, till: str = "") -> None:
    """The money has left: booked, and the payer is told."""
    _settled(refund, "done", at)
    entry = refund_done(refund.amount_cents + refund.surcharge_cents)
    book("refund_done", payment, job, entry, on=local_day(job.business, at), at=at, till=till)
    facts = _facts(refund)
    tell(job, "refunded", by=by, at=at, for_customer=True, **facts)
    post_to(job, contacts_for(job, "payer"), "refunded", cause=str(refund.id), facts=facts, at=at)


def refuse(refund: Refund, payment: Payment, job: Job, *, failure: str, by: Actor, at: datetime) -> None:
    """
    The bank refused it, perhaps days after it was done: it is the customer's credit again. The office is
    told, and the payer if they had been told that it was on its way.
    """
    was_done, today = refund.state == "done", local_day(job.business, at)
    refund.failure = failure[:300]
    _settled(refund, "refused", at)
    if was_done:
        back = swapped(refund_done(refund.amount_cents + refund.surcharge_cents))
        book("refund_undone", payment, job, back, on=today, at=at)
    entry = refund_refused(refund.amount_cents)
    if refund.surcharge_cents:
        entry = (*entry, Transfer(RP, SURCHARGES, refund.surcharge_cents))
    book("refund_refused", payment, job, entry, on=today, at=at)
    facts = _facts(refund) | {"reason": failure}
    tell(job, "refund_refused", by=by, at=at, for_customer=was_done, **facts)
    post_to_office(job, "refund_refused_office", cause=str(refund.id), facts=facts, at=at)
    if was_done:
        post_to(job, contacts_for(job, "payer"), "refund_refused", cause=str(refund.id), facts=facts, at=at)


def _settled(refund: Refund, state: str, at: datetime) -> None:
    refund.state, refund.settled_at = state, at
    refund.save(update_fields=["state", "settled_at", "failure"])


def _facts(refund: Refund) -> dict[str, object]:
    cents = refund.amount_cents + refund.surcharge_cents
    return {"payment_id": refund.payment_id, "amount_cents": cents, "method": refund.method}
