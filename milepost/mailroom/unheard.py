"""
Refunds and disputes of which nobody has heard: every event about them was lost.

A payment that has come in is not asked about one by one for months. Instead each account is asked what
was refunded and disputed lately; what is not known here as it stands there leads to its payment, which is
booked from the provider's own object like any other.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from milepost.core.refusals import Refusal
from milepost.gateways.payments import GatewayError, PaymentGateway, TakenBack
from milepost.mailroom import checkout
from milepost.mailroom.payment_accounts import gateway_of
from milepost.mailroom.waiting import attempt_of_payment, payment_accounts
from milepost.mailroom.wiring import gateways
from milepost.queries.attempts import attempt_facts
from milepost.queries.door import NotThere
from milepost.queries.taken_back import Told, unknown

logger = logging.getLogger(__name__)

MINUTE, HOUR = 60, 60 * 60
LOOKS = (
    (timedelta(days=1), 10 * MINUTE),
    (timedelta(days=14), 6 * HOUR),
    (timedelta(days=180), 24 * HOUR),
)
"""How far back, and how often: the older a thing is, the longer are the pauses between two looks for it."""
Owner = tuple[int, int]


def look(at: datetime, *, back: timedelta) -> int:
    """
    Ask every account what was refunded and disputed since `back`, and book what nobody has told. Returns
    how many refunds and disputes were new or stood otherwise.
    """
    new = _look_at(gateways().payments, None, at, back)
    for business_id, account_id in payment_accounts(at):
        try:
            new += _look_at(gateway_of(business_id, account_id), (business_id, account_id), at, back)
        except GatewayError as wrong:
            logger.warning("Account %s could not be asked what was taken back: %s", account_id, wrong)
    return new


def _look_at(gateway: PaymentGateway, account: Owner | None, at: datetime, back: timedelta) -> int:
    try:
        told = gateway.taken_back(at - back)
    except GatewayError as away:
        logger.warning("The provider could not be asked what was taken back: %s", away)
        return 0
    by_business: dict[int, list[Told]] = defaultdict(list)
    for one in told:
        owner = _owner(one)
        if owner is not None and (account is None or account[0] == owner[0]):
            by_business[owner[0]].append(Told(one.ref, one.kind, one.state, owner[1]))
    account_id = account[1] if account else None
    return sum(_book(business_id, found, account_id, at) for business_id, found in by_business.items())


def _owner(told: TakenBack) -> Owner | None:
    """Whose the payment is: by the name that we gave its attempt, else by the payment."""
    business, _, attempt = told.attempt_id.partition("-")
    if business.isdecimal() and attempt.isdecimal():
        return int(business), int(attempt)
    return attempt_of_payment(told.payment_id) if told.payment_id else None


def _book(business_id: int, told: Sequence[Told], account_id: int | None, at: datetime) -> int:
    missing = unknown(business_id, told)
    for attempt_id in sorted({one.attempt_id for one in missing}):
        try:
            if attempt_facts(business_id, attempt_id).account_id == account_id:
                checkout.settle(business_id, attempt_id, at=at)
        except (Refusal, NotThere) as away:
            logger.warning("Attempt %s could not be asked about: %s", attempt_id, away)
        except Exception:  # whatever is wrong with this one: the others are not to wait for it
            logger.exception("Attempt %s could not be settled.", attempt_id)
    return len(missing) - len(unknown(business_id, missing)) if missing else 0
