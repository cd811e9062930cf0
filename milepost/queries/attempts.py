"""An attempt to pay, as the mailroom follows it up."""

from dataclasses import dataclass
from datetime import datetime

from milepost.queries.door import NotThere, question
from milepost.records.payments import Attempt


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
