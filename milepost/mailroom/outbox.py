"""Send what is waiting: rendered, stored to the letter, sent, noted; at least once, under one identity."""

import hashlib
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from milepost.actions.actor import Actor
from milepost.actions.post import Written, note_delivery, write_out
from milepost.core.refusals import Refusal
from milepost.gateways.email import Attachment, EmailUnavailable, OutgoingEmail
from milepost.gateways.sms import SmsUnavailable
from milepost.mailroom.documents import ensure_pdf
from milepost.mailroom.rendering import written
from milepost.mailroom.waiting import claim_messages
from milepost.mailroom.wiring import gateways
from milepost.queries.letters import LetterFacts, letter_facts
from milepost.records.crashing import crash_point

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=6)
MOST_TRIES = 16
Send = Callable[[LetterFacts, Written, datetime], str]


def send_waiting(at: datetime, *, most: int = 20) -> int:
    """Send what is due. Returns how many messages were looked at; a failed one is tried again later."""
    claimed = claim_messages(at, most, LEASE)
    crash_point("message_claimed")
    for business_id, message_id in claimed:
        try:
            _deliver(business_id, message_id, at)
        except Exception as problem:
            logger.exception("Message %s could not be sent.", message_id)
            _put_off(business_id, message_id, problem, at)
    return len(claimed)


def pause_after(tries: int) -> timedelta:
    """
    How long to wait after so many tries in vain: four times the last pause, up to six hours.

    >>> [str(pause_after(tries)) for tries in (1, 2, 3, 6, 9)]
    ['0:00:15', '0:01:00', '0:04:00', '4:16:00', '6:00:00']
    """
    return min(FIRST_PAUSE * 4 ** min(max(tries - 1, 0), 8), LONGEST_PAUSE)


def stable_identity(business_id: int, identity: str) -> str:
    """
    A message's name in the world, the same at every try.

    >>> stable_identity(7, "invoice_sent:12:email:3")
    'mp.7.invoice_sent.12.email.3'
    """
    plain = re.sub(r"[^A-Za-z0-9._+-]", ".", f"mp.{business_id}.{identity}")
    return plain if len(plain) <= 120 else f"mp.{business_id}.{hashlib.sha256(plain.encode()).hexdigest()}"


def _deliver(business_id: int, message_id: int, at: datetime) -> None:
    letter = letter_facts(business_id, message_id)
    if letter.state != "queued":
        return
    system = Actor.system(business_id)
    words = Written(*letter.written) if letter.written else written(letter)
    words = write_out(by=system, at=at, message_id=message_id, written=words)
    crash_point("message_written")
    send = _carrier(letter, business_id)
    if send is None:
        if letter.kind == "account":  # it is shown on no page: whoever runs Milepost reads it here
            logger.warning("Kept, as no email is set up. To %s: %s", letter.to_address, words.body_text)
        note_delivery(by=system, at=at, message_id=message_id, state="kept")
        return
    try:
        reference = send(letter, words, at)
        crash_point("message_sent")
    except Refusal as refusal:
        note_delivery(by=system, at=at, message_id=message_id, state="failed", error=str(refusal))
    except (EmailUnavailable, SmsUnavailable) as away:
        _put_off(business_id, message_id, away, at, tries=letter.attempts)
    else:
        note_delivery(by=system, at=at, message_id=message_id, state="sent", provider_ref=reference)
        crash_point("message_noted")


def _carrier(letter: LetterFacts, business_id: int) -> Send | None:
    """How a message travels; None where no gateway is set up for its channel, or all of it is practice."""
    if letter.is_practice:
        return None
    email, sms = gateways().email, gateways().sms
    identity = stable_identity(business_id, letter.identity)
    if letter.channel == "text" and sms is not None:
        return lambda letter, words, at: sms.send(letter.to_address, words.body_text, identity)
    if letter.channel == "email" and email is not None:
        return lambda letter, words, at: email.send(_email(letter, words, business_id, identity, at))
    return None


def _email(
    letter: LetterFacts, words: Written, business_id: int, identity: str, at: datetime
) -> OutgoingEmail:
    pdfs = [ensure_pdf(business_id, document_id, at=at) for document_id in letter.document_ids]
    crash_point("document_made")
    return OutgoingEmail(
        to=letter.to_address,
        subject=words.subject,
        text=words.body_text,
        html=words.body_html,
        from_name=" ".join(letter.business_name.split()),
        message_id=identity,
        reply_to=letter.business_email,
        attachments=tuple(Attachment(pdf.name, "application/pdf", pdf.data) for pdf in pdfs),
    )


def _put_off(
    business_id: int, message_id: int, problem: Exception, at: datetime, *, tries: int | None = None
) -> None:
    """Once more after a pause that grows; after the last try the message has failed, and the office sees it."""
    tries = letter_facts(business_id, message_id).attempts if tries is None else tries
    note_delivery(
        by=Actor.system(business_id),
        at=at,
        message_id=message_id,
        state="failed" if tries >= MOST_TRIES else "queued",
        error=str(problem) or type(problem).__name__,
        not_before=at + pause_after(tries),
    )
