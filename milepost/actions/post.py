"""What became of a message, and what a provider told us."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find
from milepost.records.post import Message, WebhookEvent


@dataclass(frozen=True)
class Written:
    """A message as it goes out, to the letter."""

    subject: str
    body_text: str
    body_html: str = ""


@action("deliver")
def write_out(*, by: Actor, at: datetime, message_id: int, written: Written) -> Written:
    """Store exactly what will be sent, before it is sent; written once, it stays. Returns what stands."""
    message = find(Message.objects.select_for_update(no_key=True), id=message_id)
    if message.body_text:
        return Written(message.subject, message.body_text, message.body_html)
    message.subject, message.body_text, message.body_html = (
        written.subject,
        written.body_text,
        written.body_html,
    )
    message.save(update_fields=["subject", "body_text", "body_html"])
    return written


@action("deliver")
def note_delivery(
    *,
    by: Actor,
    at: datetime,
    message_id: int,
    state: Literal["sent", "kept", "failed", "queued"],
    provider_ref: str = "",
    error: str = "",
    not_before: datetime | None = None,
) -> None:
    """The outcome of one try. "queued" tries again, not before `not_before`."""
    Message.objects.filter(id=message_id, state="queued").update(
        state=state,
        provider_ref=provider_ref[:200],
        error=error[:1000],
        not_before=not_before or at,
        claimed_until=None,
        sent_at=at if state in ("sent", "kept") else None,
    )


def receive_event(
    *, provider: str, event_id: str, kind: str, session_id: str, payload: str, at: datetime
) -> bool:
    """
    Store a verified event once; it is worked later. Returns whether it was new.

    It belongs to no business until it is worked, so it has no actor and no scope.
    """
    _, created = WebhookEvent.objects.get_or_create(
        provider=provider,
        event_id=event_id[:200],
        defaults={
            "kind": kind[:100],
            "session_id": session_id[:200],
            "payload": payload,
            "received_at": at,
            "not_before": at,
        },
    )
    return created


def work_event(
    *, event_row_id: int, at: datetime, error: str = "", not_before: datetime | None = None
) -> None:
    """The outcome of working one event: done, or once more later."""
    row = WebhookEvent.objects.get(id=event_row_id)
    row.attempts += 1
    row.error = error[:1000]
    if error:
        row.not_before = not_before or at
    else:
        row.worked_at = at
    row.save(update_fields=["attempts", "error", "not_before", "worked_at"])
