"""An attempt to pay, as the mailroom follows it up."""

from dataclasses import dataclass
from datetime import datetime

from milepost.queries.door import NotThere, question
from milepost.records.payments import Attempt

LIVE = ("created", "open", "processing")


@dataclass(frozen=True)
class AttemptFacts:
    """Where an attempt stands; `session_id` is "" until the gateway has answered."""

    attempt_id: int
    job_id: int
    method: str
    state: str
    session_id: str
    amount_cents: int
    currency: str
    created_at: datetime


@question
def attempt_facts(attempt_id: int) -> AttemptFacts:
    """One attempt. Refuses NotThere."""
    attempt = Attempt.objects.filter(id=attempt_id).first()
    if attempt is None:
        raise NotThere
    return _facts(attempt)


@question
def live_attempts(job_id: int) -> list[AttemptFacts]:
    """The attempts on a job whose end is not known, the oldest first."""
    return [
        _facts(attempt) for attempt in Attempt.objects.filter(job_id=job_id, state__in=LIVE).order_by("id")
    ]


def _facts(attempt: Attempt) -> AttemptFacts:
    return AttemptFacts(
        attempt.id,
        attempt.job_id,
        attempt.method,
        attempt.state,
        attempt.session_id,
        attempt.amount_cents,
        attempt.currency,
        attempt.created_at,
    )
