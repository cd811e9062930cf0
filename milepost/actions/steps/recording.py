"""The row of a payment that is here, recorded by hand."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.steps.paper import local_day
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.billing_state import LoadedJob
from milepost.records.payments import METHODS, Payment


class NotAboveZero(Refusal):
    code = "not_above_zero"
    message = gettext_noop("A payment is more than nothing.")


class NotHereYet(Refusal):
    code = "not_here_yet"
    message = gettext_noop("{day} is still to come. A payment is recorded when it is here.")


def check_payment(amount_cents: int, method: str) -> None:
    """Refuses NotAboveZero and an unknown method."""
    if amount_cents <= 0:
        raise NotAboveZero(field="amount")
    if method not in METHODS:
        raise InputRefused(
            field="method", problem=gettext("“{method}” is not a way to pay.").format(method=method)
        )


def payment_here(
    jobs: Sequence[LoadedJob],
    amount_cents: int,
    method: str,
    reference: str,
    received_on: date | None,
    *,
    by: Actor,
    at: datetime,
) -> Payment:
    """A cleared payment by hand, filed with the first of these jobs. Refuses NotHereYet."""
    job = jobs[0].job
    today = local_day(job.business, at)
    if received_on is not None and received_on > today:
        raise NotHereYet(field="on", day=received_on)
    return Payment.objects.create(
        business_id=by.business_id,
        customer_id=job.customer_id,
        job=job,
        method=method,
        reference=reference.strip()[:100],
        currency=job.currency,
        amount_cents=amount_cents,
        state="cleared",
        received_on=received_on or today,
        recorded_at=at,
        cleared_at=at,
        recorded_by=by.name,
    )
