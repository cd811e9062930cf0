"""An attempt to pay, as the mailroom follows it up."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from milepost.core.money import Money
from milepost.queries.balances import with_settled
from milepost.queries.door import NotThere, question
from milepost.records.invoices import Invoice
from milepost.records.payments import Attempt, AttemptInvoice, Refund

LIVE = ("created", "open", "processing")


@dataclass(frozen=True)
class AttemptFacts:
    """Where an attempt stands; `session_id` is "" until the gateway has answered; `account_id` is where."""

    attempt_id: int
    job_id: int
    method: str
    state: str
    session_id: str
    amount_cents: int
    currency: str
    created_at: datetime
    account_id: int | None


@question
def attempt_facts(attempt_id: int) -> AttemptFacts:
    """One attempt. Refuses NotThere."""
    attempt = Attempt.objects.filter(id=attempt_id).first()
    if attempt is None:
        raise NotThere
    return _facts(attempt)


@dataclass(frozen=True)
class AskedRow:
    """An invoice that an attempt asks for, and how much of it."""

    number: str
    title: str
    job: str
    amount: Money


@question
def asked_of(attempt_id: int) -> list[AskedRow]:
    """What an attempt asks for, the oldest invoice first; a job is named where there are several."""
    parts = AttemptInvoice.objects.filter(attempt_id=attempt_id).select_related("invoice__job")
    rows = list(parts.order_by("invoice_id"))
    several = len({row.invoice.job_id for row in rows}) > 1
    return [
        AskedRow(
            row.invoice.number_text,
            row.invoice.title,
            row.invoice.job.title if several else "",
            Money(row.amount_cents, row.invoice.currency),
        )
        for row in rows
    ]


@question
def live_attempts(job_id: int) -> list[AttemptFacts]:
    """The attempts begun on a job, or for an invoice of it, whose end is not known; the oldest first."""
    asking = AttemptInvoice.objects.filter(attempt_id=OuterRef("id"), invoice__job_id=job_id)
    found = Attempt.objects.filter(Q(job_id=job_id) | Q(Exists(asking)), state__in=LIVE)
    return [_facts(attempt) for attempt in found.order_by("id")]


@dataclass(frozen=True)
class RefundToSend:
    """A refund that is asked for and not told of yet: what the provider has to be asked."""

    refund_id: int
    attempt_id: int
    session_id: str
    amount_cents: int
    currency: str
    account_id: int | None


@question
def refunds_to_send(attempt_id: int) -> list[RefundToSend]:
    """The refunds of an attempt's payment that wait for the provider's word, the oldest first."""
    waiting = Refund.objects.filter(payment__attempt_id=attempt_id, state="asked", provider_ref="")
    return [
        RefundToSend(
            refund.id,
            attempt_id,
            refund.payment.attempt.session_id,  # type: ignore[union-attr]
            refund.amount_cents + refund.surcharge_cents,
            refund.payment.currency,
            refund.payment.attempt.account_id,  # type: ignore[union-attr]
        )
        for refund in waiting.select_related("payment__attempt").order_by("id")
    ]


@question
def is_overtaken(attempt_id: int) -> bool:
    """Whether an attempt asks for more than its invoices still need: something else was paid meanwhile."""
    asked = dict(
        AttemptInvoice.objects.filter(attempt_id=attempt_id).values_list("invoice_id", "amount_cents")
    )
    invoices = with_settled(Invoice.objects.filter(id__in=asked))
    return any(one.stands_cents - one.settled < asked[one.id] for one in invoices)  # type: ignore[attr-defined]


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
        attempt.account_id,
    )
