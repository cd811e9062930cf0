"""Settle without money: give up, let cents be, grant a discount; and take that back."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import Sum

from milepost.actions.actor import Actor
from milepost.actions.steps.journal import post
from milepost.actions.steps.timeline import tell
from milepost.core.journal import Entry, early_discount, small_difference, swapped, write_off
from milepost.core.settling import part_to_date
from milepost.queries.billing_state import LoadedJob
from milepost.queries.concessions import discount_in_time, tax_within
from milepost.records.concessions import LET_OFF, Concession
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import Payment

Kind = Literal["write_off", "short", "discount", "over"]
_ENTRIES: dict[str, tuple[str, Callable[[int, dict[Hashable, int]], Entry]]] = {
    "write_off": ("write_off", write_off),
    "short": ("small_difference", lambda cents, _taxes: small_difference(cents)),
    "over": ("small_difference", lambda cents, _taxes: small_difference(-cents)),
    "discount": ("early_discount", early_discount),
}
_TOLD = {
    "write_off": "written_off",
    "short": "difference_settled",
    "over": "difference_settled",
    "discount": "discount_taken",
}


@dataclass(frozen=True)
class Event:
    """Who does it, when, and the day that it is booked on."""

    by: Actor
    at: datetime
    on: date


def concede(
    job: Job,
    kind: Kind,
    cents: int,
    event: Event,
    *,
    invoice: Invoice | None = None,
    payment: Payment | None = None,
    taxes: Mapping[int, int] | None = None,
    reason: str = "",
) -> Concession:
    """Settle so much of the invoice, or keep so much of the payment: row, journal, timeline."""
    made = Concession.objects.create(
        business_id=job.business_id,
        invoice=invoice,
        payment=payment,
        kind=kind,
        amount_cents=cents,
        taxes=[[code, tax] for code, tax in (taxes or {}).items()],
        reason=reason.strip()[:300],
        conceded_on=event.on,
        recorded_at=event.at,
        recorded_by=event.by.name,
    )
    _book(made, cents, taxes or {}, job, event)
    _tell(made, cents, job, event, _TOLD[kind])
    return made


def grant_in_time(loaded: LoadedJob, invoice: Invoice, event: Event) -> Concession | None:
    """Grant the contract's early-payment discount on what was paid in time, if any is to be granted."""
    found = discount_in_time(invoice, loaded.job)
    if found is None:
        return None
    made = concede(
        loaded.job,
        "discount",
        found.cents,
        event,
        invoice=invoice,
        payment=Payment.objects.get(id=found.payment_id),
        taxes=tax_within(invoice, found.cents),
    )
    loaded.concessions.append(made)
    return made


def take_back(made: Concession, cents: int, job: Job, event: Event) -> Concession:
    """Take back so much of a concession: a new row, the same transfers the other way round."""
    before = -_taken_back(made)
    taxes = {
        code: part_to_date(tax, before + cents, made.amount_cents)
        - part_to_date(tax, before, made.amount_cents)
        for code, tax in made.taxes
    }
    back = Concession.objects.create(
        business_id=job.business_id,
        invoice=made.invoice,
        payment=made.payment,
        kind=made.kind,
        amount_cents=-cents,
        taxes=[[code, -tax] for code, tax in taxes.items()],
        conceded_on=event.on,
        reverses=made,
        recorded_at=event.at,
        recorded_by=event.by.name,
    )
    _book(back, cents, taxes, job, event)
    _tell(made, cents, job, event, f"{_TOLD[made.kind]}_undone")
    return back


def standing_cents(made: Concession) -> int:
    """What of a concession was not taken back."""
    return int(made.amount_cents) + _taken_back(made)


def _taken_back(made: Concession) -> int:
    return int(made.reversals.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def _book(made: Concession, cents: int, taxes: Mapping[int, int], job: Job, event: Event) -> None:
    kind, entry_of = _ENTRIES[made.kind]
    entry = entry_of(cents - sum(taxes.values()), {code: tax for code, tax in taxes.items()})  # noqa: C416
    post(
        kind if made.amount_cents > 0 else f"{kind}_undone",
        entry if made.amount_cents > 0 else swapped(entry),
        currency=job.currency,
        on=event.on,
        at=event.at,
        job_id=job.id,
        invoice_id=made.invoice_id,
        payment_id=made.payment_id,
    )


def _tell(made: Concession, cents: int, job: Job, event: Event, kind: str) -> None:
    tell(
        job,
        kind,
        by=event.by,
        at=event.at,
        for_customer=made.kind in LET_OFF,
        amount_cents=cents,
        number=made.invoice.number_text if made.invoice else "",
        reason=made.reason,
    )
