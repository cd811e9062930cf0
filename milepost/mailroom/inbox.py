"""Webhooks: verified, stored once, answered; worked afterwards from the provider's own object."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from milepost.actions.actor import Actor
from milepost.actions.attempts import note_session
from milepost.actions.payment_accounts import note_heard
from milepost.actions.post import receive_event, work_event
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.gateways.payments import BadSignature, Event
from milepost.mailroom import payouts
from milepost.mailroom.checkout import settle
from milepost.mailroom.payment_accounts import gateway_of, gateways_of
from milepost.mailroom.waiting import attempt_of_payment, attempt_of_session, connected_accounts
from milepost.mailroom.wiring import gateways
from milepost.queries.attempts import AttemptFacts, attempt_facts
from milepost.queries.door import NotThere
from milepost.queries.payment_accounts import account_facts, all_accounts
from milepost.records.crashing import crash_point
from milepost.records.post import WebhookEvent

logger = logging.getLogger(__name__)

PROVIDER, OWN = "stripe", "own:"
"""This installation's account, and, with its number, the account of one business."""
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 40


class NotSigned(Refusal):
    """A webhook that the provider did not sign for us."""

    code = "bad_signature"
    message = gettext_noop("This request is not signed with our webhook secret, or too long ago: {problem}")


def receive(payload: bytes, signature: str, *, at: datetime) -> bool:
    """Verify an event of this installation's account and store it once. Returns whether it was new. Refuses NotSigned."""
    try:
        event = gateways().payments.read_event(payload, signature, at)
    except BadSignature as wrong:
        raise NotSigned(problem=str(wrong)) from wrong
    return _store(event, payload, at, provider=PROVIDER)


def receive_of(business_id: int, payload: bytes, signature: str, *, at: datetime) -> bool:
    """
    The same for a business's own account, by the secret of its own webhook: the one in use, or one that
    was left and still reports. Refuses NotSigned, for a business that is not there, too.
    """
    problem = "There is no secret to check events with."
    for account, gateway in gateways_of(business_id, all_accounts(business_id)):
        try:
            event = gateway.read_event(payload, signature, at)
        except BadSignature as wrong:
            problem = str(wrong)
            continue
        new = _store(event, payload, at, provider=f"{OWN}{account.id}", business_id=business_id)
        note_heard(by=Actor.system(business_id), at=at, account_id=account.id)
        return new
    raise NotSigned(problem=problem)


def _store(
    event: Event, payload: bytes, at: datetime, *, provider: str, business_id: int | None = None
) -> bool:
    kept = {
        "attempt": event.attempt_id or "",
        "payment": event.payment_id or "",
        "business": business_id,
        "connected": event.account or "",
        "body": payload.decode("utf-8", "replace"),
    }
    crash_point("event_verified")
    new = receive_event(
        provider=provider,
        event_id=event.id,
        kind=event.kind,
        session_id=event.session_id or "",
        payload=json.dumps(kept),
        at=at,
    )
    crash_point("event_stored")
    return new


def work_waiting(at: datetime, *, most: int = 20) -> int:
    """Work stored events that are due. Returns how many were done; the rest are tried again later."""
    waiting = WebhookEvent.objects.filter(worked_at__isnull=True, not_before__lte=at).order_by("id")[:most]
    return sum(_work(row, at) for row in list(waiting))


def _work(row: WebhookEvent, at: datetime) -> bool:
    try:
        _settle_what_it_names(row, at)
    except Exception as problem:
        if row.attempts >= MOST_TRIES:
            logger.error("Event %s is given up: %s", row.event_id, problem)
            work_event(event_row_id=row.id, at=at)
            return False
        if not isinstance(problem, Refusal):
            logger.exception("Event %s could not be worked.", row.event_id)
        pause = min(timedelta(seconds=2 ** min(row.attempts, 12)), LONGEST_PAUSE)
        work_event(
            event_row_id=row.id, at=at, error=str(problem) or type(problem).__name__, not_before=at + pause
        )
        return False
    work_event(event_row_id=row.id, at=at)
    crash_point("event_worked")
    return True


def _settle_what_it_names(row: WebhookEvent, at: datetime) -> None:
    """An event is a hint: find the attempt, and ask the provider. What names none of ours is only noted."""
    told = json.loads(row.payload)
    if row.kind.startswith("payout."):
        _sync_payouts(row, told, at)
        return
    found = attempt_of_session(row.session_id) if row.session_id else None
    found = found or _named(str(told.get("attempt", ""))) or _paying(row, told)
    if found is None:
        logger.info("Event %s (%s) is about nothing of ours.", row.event_id, row.kind)
        return
    business_id, attempt_id = found
    try:
        attempt = attempt_facts(business_id, attempt_id)
    except NotThere:
        logger.info("Event %s names an attempt that we do not have.", row.event_id)
        return
    if not _may_speak_of(row, told, business_id, attempt):
        logger.warning("Event %s speaks of a payment at another account.", row.event_id)
        return
    if not attempt.session_id and row.session_id:
        # The answer to our own call was lost: the event tells which session it made.
        system = Actor.system(business_id)
        note_session(by=system, at=at, attempt_id=attempt_id, session_id=row.session_id, url="")
    settle(business_id, attempt_id, at=at)


def _may_speak_of(row: WebhookEvent, told: dict[str, Any], business_id: int, attempt: AttemptFacts) -> bool:
    """
    Whoever holds the secret of one account can sign what they like: it counts for that account alone.
    Connected accounts report through this installation's own webhook, each by its name.
    """
    if attempt.account_id is None:
        return row.provider == PROVIDER and not told.get("connected")
    if row.provider != PROVIDER:
        return row.provider == f"{OWN}{attempt.account_id}"
    account = account_facts(business_id, attempt.account_id)
    return account.kind == "connected" and told.get("connected") == account.provider_ref


def _sync_payouts(row: WebhookEvent, told: dict[str, Any], at: datetime) -> None:
    accounts = _accounts(row, told)
    if accounts == [None]:
        payouts.sync_own(at)
    for account in accounts:
        if account is not None:
            payouts.sync_account(*account, at)


def _accounts(row: WebhookEvent, told: dict[str, Any]) -> list[tuple[int, int] | None]:
    """
    Where an event happened: (business, account), None for this installation's own. A connected account
    that we do not know is nowhere.
    """
    if told.get("connected"):
        return list(connected_accounts(str(told["connected"])))
    business_id = told.get("business")
    return [None] if business_id is None else [(business_id, int(row.provider.removeprefix(OWN)))]


def _named(name: str) -> tuple[int, int] | None:
    business, _, attempt = name.partition("-")
    return (int(business), int(attempt)) if business.isdecimal() and attempt.isdecimal() else None


def _paying(row: WebhookEvent, told: dict[str, Any]) -> tuple[int, int] | None:
    """A dispute names its payment alone: one that we know, or whose session the provider names."""
    payment_ref = str(told.get("payment", ""))
    if not payment_ref:
        return None
    found = attempt_of_payment(payment_ref)
    if found is not None:
        return found
    for account in _accounts(row, told):
        session_id = gateway_of(*(account or (0, None))).session_of(payment_ref)
        if session_id:
            return attempt_of_session(session_id)
    return None
