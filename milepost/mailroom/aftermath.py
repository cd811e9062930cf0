"""After a payment: its cost, its refunds, its disputes, as the provider's own object tells them."""

import logging
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.aftermath import DisputeTold, RefundTold, settle_aftermath
from milepost.actions.refunds import RefundAsked, ask_refund
from milepost.core.money import Money
from milepost.gateways.payments import (
    CheckoutTruth,
    GatewayRefused,
    GatewayUnavailable,
    KeyRefused,
    RefundTruth,
)
from milepost.mailroom.payment_accounts import gateway_of
from milepost.queries.attempts import RefundToSend, refunds_to_send

logger = logging.getLogger(__name__)


def book(business_id: int, attempt_id: int, truth: CheckoutTruth, *, at: datetime) -> None:
    """
    Book what has become of a paid checkout, and ask again for refunds that the provider has never heard
    of: their request was lost on the way. Any number of times, in any order.
    """
    known = {one.ours for one in truth.refunds}
    _book(business_id, attempt_id, truth, at)
    waiting = refunds_to_send(business_id, attempt_id)
    lost = [one for one in waiting if _name(business_id, one.refund_id) not in known]
    for refund in lost:
        send_refund(business_id, refund, at=at)
    if lost:
        _book(business_id, attempt_id, truth, at)  # what had no room beside one that is refused now


def refund(
    *, by: Actor, at: datetime, payment_id: int, amount_cents: int, reopens: bool = False, form_key: str = ""
) -> None:
    """
    Give back so much of an online payment. It is committed first, then asked for; what the provider says
    is booked, now or when it says it. Refuses as `ask_refund` does.
    """
    asked: RefundAsked = ask_refund(
        by=by, at=at, payment_id=payment_id, amount_cents=amount_cents, reopens=reopens, form_key=form_key
    )
    for waiting in refunds_to_send(by.business_id, asked.attempt_id):
        if waiting.refund_id == asked.refund_id:
            send_refund(by.business_id, waiting, at=at)


def send_refund(business_id: int, refund: RefundToSend, *, at: datetime) -> None:
    """Ask the provider for one refund, under its own name: however often, it goes out once."""
    amount = Money(refund.amount_cents, refund.currency)
    try:
        told = gateway_of(business_id, refund.account_id).refund(
            session_id=refund.session_id, refund_id=_name(business_id, refund.refund_id), amount=amount
        )
    except GatewayUnavailable:
        logger.warning("Refund %s got no answer; it is asked for again.", refund.refund_id)
        return
    except KeyRefused as wrong:
        logger.error("Refund %s is asked for again when the key is good: %s", refund.refund_id, wrong)
        return
    except GatewayRefused as refused:
        _settle(business_id, refund.attempt_id, at, refunds=(_refused(refund, str(refused)),))
        return
    _settle(business_id, refund.attempt_id, at, refunds=(_told(business_id, told),))


def _book(business_id: int, attempt_id: int, truth: CheckoutTruth, at: datetime) -> None:
    _settle(
        business_id,
        attempt_id,
        at,
        fee_cents=truth.fee_cents,
        funding=truth.funding,
        refunds=tuple(_told(business_id, one) for one in truth.refunds),
        disputes=tuple(
            DisputeTold(one.dispute_id, one.amount.cents, one.state, one.reason, one.code, one.fee_cents)
            for one in truth.disputes
        ),
    )


def _settle(
    business_id: int,
    attempt_id: int,
    at: datetime,
    *,
    fee_cents: int | None = None,
    funding: str = "",
    refunds: tuple[RefundTold, ...] = (),
    disputes: tuple[DisputeTold, ...] = (),
) -> None:
    settle_aftermath(
        by=Actor.system(business_id),
        at=at,
        attempt_id=attempt_id,
        fee_cents=fee_cents,
        funding=funding,
        refunds=refunds,
        disputes=disputes,
    )


def _told(business_id: int, truth: RefundTruth) -> RefundTold:
    owner, _, number = truth.ours.partition("-")
    ours = int(number) if owner == str(business_id) and number.isdecimal() else None
    return RefundTold(truth.refund_id, ours, truth.amount.cents, truth.state, truth.failure)


def _refused(refund: RefundToSend, why: str) -> RefundTold:
    return RefundTold("", refund.refund_id, refund.amount_cents, "failed", why)


def _name(business_id: int, refund_id: int) -> str:
    """What the provider calls our refund: it leads back to its business by itself."""
    return f"{business_id}-{refund_id}"
