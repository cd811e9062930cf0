"""Refunds through the provider: asked for here, booked as done when the provider says so."""

from dataclasses import dataclass
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.credit import NotCleared
from milepost.actions.door import action
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.recording import NotAboveZero
from milepost.actions.steps.refunding import DisputeIsOpen, MoreThanPaid, ask, refuse_while_disputed
from milepost.actions.steps.taking_back import lock_payment, refunded_cents
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.surcharges import surcharge_returned
from milepost.queries.credit import left_of
from milepost.records.payments import Payment

__all__ = ["DisputeIsOpen", "MoreThanPaid", "NotPaidOnline", "RefundAsked", "ReopensInvoices", "ask_refund"]


class NotPaidOnline(Refusal):
    code = "not_paid_online"
    message = gettext_noop("This payment did not come in online. Give it back by hand and record how.")


class ReopensInvoices(Refusal):
    code = "reopens_invoices"
    message = gettext_noop(
        "Only {left} of this payment is credit. Refunding {asked} opens its invoices again; say that you want that."
    )


@dataclass(frozen=True)
class RefundAsked:
    """A refund that is committed and has to be asked of the provider; the same form gives the same one."""

    refund_id: int
    attempt_id: int


@action("refund_credit")
def ask_refund(
    *, by: Actor, at: datetime, payment_id: int, amount_cents: int, reopens: bool = False, form_key: str = ""
) -> RefundAsked:
    """
    Ask for so much of an online payment to go back the way it came: its unused credit first; with
    `reopens` also what it settled, which is open again then. A surcharge goes back in proportion.

    Refuses NotAboveZero, NotPaidOnline, NotCleared, DisputeIsOpen, MoreThanPaid, ReopensInvoices.
    """
    before = first_result(form_key, "ask_refund", at=at)
    if before:
        return RefundAsked(before["refund_id"], before["attempt_id"])
    if amount_cents <= 0:
        raise NotAboveZero(field="amount")
    payment, jobs = lock_payment(payment_id)
    if payment.attempt_id is None or payment.till != "clearing":
        raise NotPaidOnline
    if payment.state != "cleared":
        raise NotCleared
    refuse_while_disputed(payment)
    asked = Money(amount_cents, payment.currency)
    taken = sum(payment.disputes.values_list("taken_cents", flat=True))
    room = payment.amount_cents - refunded_cents(payment) - taken
    if amount_cents > room:
        raise MoreThanPaid(field="amount", left=Money(room, payment.currency), asked=asked)
    left = left_of(payment.id)
    if amount_cents > left and not reopens:
        raise ReopensInvoices(field="reopens", left=Money(left, payment.currency), asked=asked)
    refund = ask(
        payment,
        jobs,
        amount_cents,
        surcharge_cents=_surcharge(payment, amount_cents),
        method=payment.method,
        by=by,
        at=at,
    )
    remember(form_key, refund_id=refund.id, attempt_id=payment.attempt_id)
    return RefundAsked(refund.id, payment.attempt_id)


def _surcharge(payment: Payment, amount_cents: int) -> int:
    """What of the surcharge goes back with it; what a lost dispute took of both is gone before."""
    standing, taken = list(payment.refunds.exclude(state="refused")), list(payment.disputes.all())
    return surcharge_returned(
        payment.surcharge_cents,
        payment.amount_cents,
        before_cents=sum(one.amount_cents for one in standing) + sum(one.taken_cents for one in taken),
        now_cents=amount_cents,
        returned_cents=sum(one.surcharge_cents for one in standing)
        + sum(one.surcharge_cents for one in taken),
    )
