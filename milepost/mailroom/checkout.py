"""Paying online: the attempt is committed, then the gateway is asked, and its own object is the truth."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.attempts import (
    STORY_SESSION,
    Begun,
    InTheWay,
    begin_payment,
    note_session,
    settle_attempt,
)
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.gateways.payments import Checkout, GatewayRefused, GatewayUnavailable, KeyRefused, Surcharge
from milepost.mailroom import aftermath
from milepost.mailroom.payment_accounts import gateway_of, ways
from milepost.mailroom.waiting import attempts_to_ask
from milepost.queries.attempts import AttemptFacts, attempt_facts, is_overtaken, live_attempts
from milepost.records.crashing import crash_point

logger = logging.getLogger(__name__)

ROUNDS = 4
UNANSWERED = timedelta(hours=1)
MOST_IN_VAIN = 3
"""After so many silences in a row the provider is away; until then it may be this one attempt."""
ENDS = ("succeeded", "failed", "expired")
Method = Literal["card", "bank"]


class GatewayAway(Refusal):
    """The provider gives no clear answer."""

    code = "gateway_away"
    message = gettext_noop(
        "The payment page does not answer at the moment. Nothing was charged; please try again in a minute."
    )


class _OpenedByAnother(Exception):
    """Somebody else has just opened the page of this attempt, with their own way back."""


class CannotBePaidOnline(Refusal):
    """The provider will not take this payment."""

    code = "cannot_be_paid_online"
    message = gettext_noop("This cannot be paid online ({problem}). Please choose another way to pay.")


class OnlinePaymentIsOff(Refusal):
    """The provider does not know our key: the installation's settings are wrong."""

    code = "online_payment_is_off"
    message = gettext_noop("Online payment is not available at the moment. Please choose another way to pay.")


def begin(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    method: Method,
    success_url: str,
    cancel_url: str,
    invoice_ids: Sequence[int] = (),
    amount_cents: int | None = None,
    surcharged: bool = False,
    everywhere: bool = False,
) -> str:
    """
    Start paying these invoices (all open ones of the job when none is named; with `everywhere` they may
    be of the customer's other jobs, too). Returns where to send the payer.

    `{attempt}` in either URL is filled in with the attempt's id. Pressing twice leads to the same
    page; another method closes the page of the first. An attempt that turns out to be paid leads to
    `success_url`; one that another took the place of meanwhile leads back to `cancel_url`. Refuses
    NothingDue, OnItsWay, what a part may be refused for, GatewayAway, CannotBePaidOnline,
    OnlinePaymentIsOff.
    """
    if method not in ways(by.business_id):
        raise OnlinePaymentIsOff
    for _ in range(ROUNDS):
        begun = begin_payment(
            by=by,
            at=at,
            job_id=job_id,
            method=method,
            invoice_ids=invoice_ids,
            amount_cents=amount_cents,
            surcharged=surcharged,
            everywhere=everywhere,
        )
        if begun.attempt_id is None:
            for other in begun.in_the_way:
                _close(by.business_id, other, at)
            continue
        success = success_url.replace("{attempt}", str(begun.attempt_id))
        state = settle(by.business_id, begun.attempt_id, at=at) if begun.session_id else "created"
        if state == "created" or (state == "open" and not begun.url):
            try:
                return _open_page(by, at, begun, success, cancel_url)
            except _OpenedByAnother:
                continue
        if state == "open":
            return begun.url
        if state in ("processing", "succeeded"):
            return success
    raise GatewayAway


def settle(business_id: int, attempt_id: int, *, at: datetime) -> str:
    """
    Ask the gateway what became of an attempt and book it; any number of times, in any order.

    Returns its state: created, open, processing, succeeded, failed or expired. The return page, the
    inbox and the janitor all come here. Refuses GatewayAway, OnlinePaymentIsOff, NotThere.
    """
    attempt = attempt_facts(business_id, attempt_id)
    if not attempt.session_id:
        return _look_for_page(business_id, attempt, at)
    if attempt.session_id.startswith(STORY_SESSION):
        return _looked_at(business_id, attempt, at)  # there is no provider to ask
    try:
        truth = gateway_of(business_id, attempt.account_id).fetch(attempt.session_id)
    except GatewayUnavailable as away:
        raise GatewayAway from away
    except KeyRefused as wrong:
        logger.error("The payment gateway refuses our key: %s", wrong)
        raise OnlinePaymentIsOff from wrong
    except GatewayRefused as unknown:
        if attempt.state == "processing":
            # The payer's bank has it. Only the provider may say that it failed, not a key that was changed.
            logger.error(
                "Attempt %s is on its way, but the gateway will not tell of it: %s", attempt_id, unknown
            )
            return _looked_at(business_id, attempt, at)
        _expire(business_id, attempt, str(unknown), at=at)
        return "expired"
    crash_point("truth_fetched")
    if truth.state == "open" and is_overtaken(business_id, attempt_id):
        return _withdraw(business_id, attempt, at)
    _settle(
        business_id,
        attempt,
        outcome=truth.state,
        amount_cents=truth.amount.cents,
        failure=truth.failure or "",
        at=at,
        payment_ref=truth.payment_id or "",
        paid_at=truth.paid_at,
    )
    crash_point("payment_booked")
    if truth.state == "succeeded":
        aftermath.book(business_id, attempt_id, truth, at=at)
        crash_point("aftermath_booked")
    return str(truth.state)


def settle_job(business_id: int, job_id: int, *, at: datetime) -> list[str]:
    """
    Settle what is unfinished on a job, as the page does to which a payer comes back.

    Returns the states that were found. Where the gateway gives no answer the state is as it was:
    the page is shown all the same, and the inbox or the janitor books the rest. Refuses nothing.
    """
    return [_settled_or_as_it_was(business_id, attempt, at) for attempt in live_attempts(business_id, job_id)]


def settle_unclear(at: datetime, *, most: int = 20) -> int:
    """
    The janitor: ask about attempts of which nobody has heard for a while, with pauses that grow. It
    books what the provider says and never guesses. Returns how many ended.
    """
    settled, in_vain = 0, 0
    for business_id, attempt_id in attempts_to_ask(at, most):
        try:
            settled += settle(business_id, attempt_id, at=at) in ENDS
            in_vain = 0
            continue
        except GatewayAway:
            in_vain += 1
            if in_vain == MOST_IN_VAIN:
                return settled
        except Exception:
            logger.exception("Attempt %s could not be settled.", attempt_id)
        with suppress(Exception):  # whatever is wrong with this one: the others are not to wait for it
            _looked_at(business_id, attempt_facts(business_id, attempt_id), at)
    return settled


def gateway_name(business_id: int, attempt_id: int) -> str:
    """What the provider calls our attempt: it leads back to its business by itself."""
    return f"{business_id}-{attempt_id}"


def _settled_or_as_it_was(business_id: int, attempt: AttemptFacts, at: datetime) -> str:
    try:
        return settle(business_id, attempt.attempt_id, at=at)
    except (GatewayAway, OnlinePaymentIsOff) as away:
        logger.warning("Attempt %s is not settled yet: %s", attempt.attempt_id, away)
        return attempt.state


def _open_page(by: Actor, at: datetime, begun: Begun, success_url: str, cancel_url: str) -> str:
    assert begun.attempt_id is not None
    back = cancel_url.replace("{attempt}", str(begun.attempt_id))
    crash_point("attempt_committed")
    page = _ask_for_page(by.business_id, at, begun, success_url, back)
    crash_point("page_made")
    system = Actor.system(by.business_id)
    note_session(by=system, at=at, attempt_id=begun.attempt_id, session_id=page.session_id, url=page.url)
    crash_point("session_noted")
    if attempt_facts(by.business_id, begun.attempt_id).state in ("expired", "failed"):
        # Another method was chosen while the gateway was making this page: only one may be payable.
        _close(by.business_id, InTheWay(begun.attempt_id, page.session_id, begun.account_id), at)
        return back
    return page.url


def _ask_for_page(business_id: int, at: datetime, begun: Begun, success_url: str, back: str) -> Checkout:
    """The gateway's page for a committed attempt. What it will not take ends the attempt, in words."""
    assert begun.attempt_id is not None
    try:
        return gateway_of(business_id, begun.account_id).start_checkout(
            attempt_id=gateway_name(business_id, begun.attempt_id),
            amount=begun.amount,
            method="bank" if begun.method == "bank" else "card",
            description=begun.description,
            email=begun.email or None,
            success_url=success_url,
            cancel_url=back,
            metadata={"milepost_business": str(business_id)},
            surcharge=_surcharge(begun),
        )
    except GatewayUnavailable as away:
        raise GatewayAway from away
    except GatewayRefused as refused:
        if not isinstance(refused, KeyRefused) and _opened_by_another(business_id, begun.attempt_id, at):
            raise _OpenedByAnother from refused
        settle_attempt(
            by=Actor.system(business_id),
            at=at,
            attempt_id=begun.attempt_id,
            outcome="failed",
            amount_cents=begun.amount.cents,
            failure=str(refused),
        )
        if isinstance(refused, KeyRefused):
            logger.error("The payment gateway refuses our key: %s", refused)
            raise OnlinePaymentIsOff from refused
        raise CannotBePaidOnline(problem=str(refused)) from refused


def _opened_by_another(business_id: int, attempt_id: int, at: datetime) -> bool:
    """
    Whether the provider has a page for this attempt already: approver and payer pressed at once, and
    each has a way back of their own. Its page stays the only one; calling it failed would free a second.
    """
    attempt = attempt_facts(business_id, attempt_id)
    try:
        made = attempt.session_id or gateway_of(business_id, attempt.account_id).find_checkout(
            gateway_name(business_id, attempt_id), attempt.created_at
        )
    except GatewayUnavailable as away:
        raise GatewayAway from away
    return bool(made)


def _surcharge(begun: Begun) -> Surcharge | None:
    if begun.surcharge is None or not begun.surcharge.cents:
        return None
    return Surcharge(gettext("Surcharge for paying by credit card"), begun.surcharge)


def _close(business_id: int, other: InTheWay, at: datetime) -> None:
    """Close an unfinished attempt at the gateway, or book what it became meanwhile."""
    if other.session_id:
        try:
            gateway_of(business_id, other.account_id).expire(other.session_id)
        except GatewayUnavailable as away:
            raise GatewayAway from away
        except GatewayRefused:
            logger.info("Attempt %s was paid or closed before it could be replaced.", other.attempt_id)
        settle(business_id, other.attempt_id, at=at)
        return
    # Its page was never handed to anybody: whoever opens one notes it, then looks whether the attempt
    # still stands. Here it is the other way round, so of two at once, one always sees the other.
    _expire(business_id, attempt_facts(business_id, other.attempt_id), "", at=at, unless_opened=True)
    noted = attempt_facts(business_id, other.attempt_id)
    if noted.session_id:
        _close(business_id, InTheWay(other.attempt_id, noted.session_id, noted.account_id), at)


def _look_for_page(business_id: int, attempt: AttemptFacts, at: datetime) -> str:
    """
    The answer to our own call was lost: did the provider make a page all the same? An attempt without
    one is given up after an hour, once the provider has said that there is none.
    """
    if attempt.state != "created":
        return _looked_at(business_id, attempt, at)
    try:
        name = gateway_name(business_id, attempt.attempt_id)
        session_id = gateway_of(business_id, attempt.account_id).find_checkout(name, attempt.created_at)
    except GatewayUnavailable as away:
        raise GatewayAway from away
    except KeyRefused as wrong:
        raise OnlinePaymentIsOff from wrong
    if session_id:
        system = Actor.system(business_id)
        note_session(by=system, at=at, attempt_id=attempt.attempt_id, session_id=session_id, url="")
        return settle(business_id, attempt.attempt_id, at=at)
    if attempt.created_at < at - UNANSWERED:
        _expire(business_id, attempt, "", at=at)
        return "expired"
    return _looked_at(business_id, attempt, at)


def _withdraw(business_id: int, attempt: AttemptFacts, at: datetime) -> str:
    """What this page asks for was paid elsewhere: it is closed before somebody pays twice."""
    try:
        gateway_of(business_id, attempt.account_id).expire(attempt.session_id)
    except GatewayUnavailable as away:
        raise GatewayAway from away
    except GatewayRefused:
        logger.info("Attempt %s was paid before its page could be closed.", attempt.attempt_id)
        return _looked_at(business_id, attempt, at)  # the next look books it
    _expire(business_id, attempt, "", at=at)
    return "expired"


def _looked_at(business_id: int, attempt: AttemptFacts, at: datetime) -> str:
    """Nothing is new; whoever has waited longer is asked about first the next time."""
    _settle(business_id, attempt, outcome="open", amount_cents=attempt.amount_cents, failure="", at=at)
    return attempt.state


def _expire(
    business_id: int, attempt: AttemptFacts, why: str, *, at: datetime, unless_opened: bool = False
) -> None:
    settle_attempt(
        by=Actor.system(business_id),
        at=at,
        attempt_id=attempt.attempt_id,
        outcome="expired",
        amount_cents=attempt.amount_cents,
        failure=why,
        unless_opened=unless_opened,
    )


def _settle(
    business_id: int,
    attempt: AttemptFacts,
    *,
    outcome: str,
    amount_cents: int,
    failure: str,
    at: datetime,
    payment_ref: str = "",
    paid_at: datetime | None = None,
) -> None:
    settle_attempt(
        by=Actor.system(business_id),
        at=at,
        attempt_id=attempt.attempt_id,
        outcome=outcome,  # type: ignore[arg-type]
        amount_cents=amount_cents,
        failure=failure,
        payment_ref=payment_ref,
        paid_at=paid_at,
    )
