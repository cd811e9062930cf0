"""Payouts: asked of the provider, shared out among the businesses whose payments they carry."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from milepost.actions.actor import Actor
from milepost.actions.payouts import LineTold, book_payout
from milepost.core.refusals import Refusal
from milepost.gateways.payments import GatewayError, KeyRefused, PaymentGateway, PayoutLine, PayoutTruth
from milepost.mailroom import checkout
from milepost.mailroom.payment_accounts import gateway_of
from milepost.mailroom.waiting import attempt_of_payment, payment_accounts
from milepost.mailroom.wiring import gateways
from milepost.queries.door import NotThere

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=14)
"""Longer than a payout takes to arrive, or to come back."""
Owned = tuple[PayoutLine, int | None, int | None]
"""A line, whose it is and which attempt's: (line, business, attempt)."""


def sync(at: datetime) -> int:
    """Ask every account what was paid out lately and book what is new. Returns how many were new."""
    new = sum(_book(payout, at) for payout in _told(gateways().payments, at))
    for business_id, account_id in payment_accounts(at):
        new += sync_account(business_id, account_id, at)
    return new


def sync_account(business_id: int, account_id: int, at: datetime) -> int:
    """The same for one business's own account. Whatever is named there, its lines are of no other business."""
    try:
        told = _told(gateway_of(business_id, account_id), at)
    except KeyRefused as wrong:
        logger.warning("The payouts of business %s could not be asked for: %s", business_id, wrong)
        return 0
    return sum(_book(payout, at, owner=business_id) for payout in told)


def _told(gateway: PaymentGateway, at: datetime) -> Sequence[PayoutTruth]:
    try:
        return gateway.payouts(at - LOOK_BACK)
    except GatewayError as away:
        logger.warning("The payouts could not be asked for: %s", away)
        return ()


def _book(payout: PayoutTruth, at: datetime, *, owner: int | None = None) -> int:
    owned = [_owned(line) for line in payout.lines]
    businesses = sorted({business for _line, business, _attempt in owned if business is not None})
    if owner is not None:
        businesses = [owner] if owner in businesses else []
    new = 0
    for business_id in businesses:
        # What belongs to no payment is the cost of the account: clear whose, where there is one owner.
        wanted = (business_id, None) if len(businesses) == 1 else (business_id,)
        mine = [one for one in owned if one[1] in wanted and (one[1] is not None or one[0].kind == "other")]
        new += _book_for(business_id, payout, mine, at)
    return new


def _book_for(business_id: int, payout: PayoutTruth, lines: Sequence[Owned], at: datetime) -> int:
    # A refund or a dispute whose event was lost stands here at last: it is booked before what paid it.
    for attempt_id in {attempt for line, _, attempt in lines if attempt and line.kind != "payment"}:
        with suppress(Refusal, NotThere):
            checkout.settle(business_id, attempt_id, at=at)
    new = book_payout(
        by=Actor.system(business_id),
        at=at,
        provider_ref=payout.payout_id,
        state=payout.state,
        currency=payout.amount.currency,
        whole_cents=payout.amount.cents,
        arrives_on=payout.arrives_on,
        lines=[
            LineTold(line.line_id, line.kind, line.amount.cents, line.fee_cents, attempt)
            for line, _business, attempt in lines
        ],
    )
    return int(new)


def _owned(line: PayoutLine) -> Owned:
    """Whose a line is: by the name that we gave its payment, else by the payment."""
    business, _, attempt = (line.attempt_id or "").partition("-")
    if business.isdecimal() and attempt.isdecimal():
        return line, int(business), int(attempt)
    found = attempt_of_payment(line.payment_id) if line.payment_id else None
    return (line, *found) if found else (line, None, None)
