"""Payouts: asked of the provider, shared out among the businesses whose payments they carry."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from milepost.actions.actor import Actor
from milepost.actions.payouts import LineTold, book_payout
from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.gateways.payments import GatewayError, KeyRefused, PaymentGateway, PayoutLine, PayoutTruth
from milepost.mailroom import checkout
from milepost.mailroom.payment_accounts import gateway_of
from milepost.mailroom.waiting import attempt_of_payment, payment_accounts
from milepost.mailroom.wiring import gateways
from milepost.queries.clearing import books_currency, payout_state
from milepost.queries.door import NotThere

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=14)
"""Longer than a payout takes to arrive, or to come back."""
OF_THE_ACCOUNT = ("other", "came_back")
Owned = tuple[PayoutLine, int | None, int | None]
"""A line, whose it is and which attempt's: (line, business, attempt)."""
Told = Mapping[str, PayoutTruth]
"""All payouts of one account that it tells of, the oldest first, by its name for them."""


def sync(at: datetime) -> int:
    """Ask every account what was paid out lately and book what is new. Returns how many were new."""
    new = sync_own(at)
    for business_id, account_id in payment_accounts(at):
        new += sync_account(business_id, account_id, at)
    return new


def sync_own(at: datetime) -> int:
    """The same for this installation's account alone."""
    told = _told(gateways().payments, at)
    return sum(_book(payout, told, at) for payout in told.values())


def sync_account(business_id: int, account_id: int, at: datetime) -> int:
    """The same for one business's own account. Whatever is named there, its lines are of no other business."""
    try:
        told = _told(gateway_of(business_id, account_id), at)
    except KeyRefused as wrong:
        logger.warning("The payouts of business %s could not be asked for: %s", business_id, wrong)
        return 0
    return sum(_book(payout, told, at, owner=business_id) for payout in told.values())


def _told(gateway: PaymentGateway, at: datetime) -> Told:
    try:
        return {payout.payout_id: payout for payout in gateway.payouts(at - LOOK_BACK)}
    except GatewayError as away:
        logger.warning("The payouts could not be asked for: %s", away)
        return {}


def _book(payout: PayoutTruth, told: Told, at: datetime, *, owner: int | None = None) -> int:
    new = 0
    for business_id, lines in _shared_out(payout, told, owner).items():
        try:
            new += _book_for(business_id, payout, lines, at)
        except Exception:  # whatever is wrong with this one: the others are not to wait for it
            logger.exception("Payout %s of business %s could not be booked.", payout.payout_id, business_id)
    return new


def _shared_out(payout: PayoutTruth, told: Told, owner: int | None) -> dict[int, list[Owned]]:
    """Each business's lines of a payout."""
    owned = [one for line in payout.lines for one in _owners(line, told, owner)]
    businesses = sorted({business for _line, business, _attempt in owned if business is not None})
    if owner is not None:
        businesses = [owner] if owner in businesses else []
    shared = {}
    for business_id in businesses:
        # What belongs to no payment is the cost of the account: clear whose, where there is one owner.
        wanted = (business_id, None) if len(businesses) == 1 else (business_id,)
        shared[business_id] = [
            one for one in owned if one[1] in wanted and (one[1] is not None or one[0].kind in OF_THE_ACCOUNT)
        ]
    return shared


def _owners(line: PayoutLine, told: Told, owner: int | None) -> Iterator[Owned]:
    """Whose a line is; a payout that came back is of each business as much as it had of it."""
    earlier = told.get(line.payout_id or "")
    if earlier is None:
        yield _owned(line)
        return
    for business_id, lines in _shared_out(earlier, told, owner).items():
        cents = sum(one.amount.cents - one.fee_cents for one, _business, _attempt in lines)
        share = replace(line, amount=Money(cents, line.amount.currency), fee_cents=0)
        yield share, business_id, None


def _book_for(business_id: int, payout: PayoutTruth, lines: Sequence[Owned], at: datetime) -> int:
    if payout_state(business_id, payout.payout_id) == payout.state:
        return 0
    if payout.amount.currency != books_currency(business_id):
        # The account is paid out in another currency than it takes. What that came to is the bank's to say.
        logger.warning("Payout %s is in %s: not booked.", payout.payout_id, payout.amount.currency)
        return 0
    # Whatever event about its lines was lost, here they stand at last: they are booked before what paid them.
    for attempt_id in sorted({attempt for _line, _business, attempt in lines if attempt}):
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
            LineTold(line.payout_id or line.line_id, line.kind, line.amount.cents, line.fee_cents, attempt)
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
