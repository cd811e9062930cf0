"""What the provider has sent to the bank, as it tells it itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.journal import post
from milepost.actions.steps.paper import local_day
from milepost.core.journal import CLEARING, Entry, paid_out, processing_cost, swapped, through
from milepost.records.businesses import Business
from milepost.records.payments import Payment, Payout, PayoutLine

State = Literal["on_its_way", "paid", "failed"]
ORDER: Sequence[str] = ("on_its_way", "paid", "failed")
"""A payout only moves forward: what was read before that and is told later is no news."""


@dataclass(frozen=True)
class LineTold:
    """
    One line of a payout; `attempt_id` is ours, None for what belongs to no payment. One that `came_back`
    is named by the payout that the bank had sent back.
    """

    provider_ref: str
    kind: Literal["payment", "refund", "dispute", "came_back", "other"]
    amount_cents: int
    fee_cents: int
    attempt_id: int | None


@action("settle_payment")
def book_payout(
    *,
    by: Actor,
    at: datetime,
    provider_ref: str,
    state: State,
    currency: str,
    whole_cents: int,
    arrives_on: date,
    lines: Sequence[LineTold],
) -> bool:
    """
    Store a payout once, and book it when it has reached the bank: cash from the processor, and what the
    processor kept for itself beside the payments. One that came back is booked back, but for what the
    processor kept. Any number of times; returns whether anything was new.
    """
    row, is_new = Payout.objects.get_or_create(
        provider_ref=provider_ref,
        defaults={
            "business_id": by.business_id,
            "state": state,
            "amount_cents": sum(line.amount_cents - line.fee_cents for line in lines),
            "whole_cents": whole_cents,
            "currency": currency,
            "arrives_on": arrives_on,
            "told_at": at,
        },
    )
    before = "on_its_way"
    if is_new:
        _store_lines(row, lines)
    else:
        row = Payout.objects.select_for_update(no_key=True).get(id=row.id)
        before = row.state
        if ORDER.index(state) <= ORDER.index(before):
            return False
        row.state = state
        row.save(update_fields=["state"])
    if state == "paid":
        entry = (*paid_out(row.amount_cents), *_kept(row))
        post("paid_out", entry, currency=currency, on=arrives_on, at=at)
    elif state == "failed":
        today = local_day(Business.objects.get(), at)
        back = swapped(paid_out(row.amount_cents)) if before == "paid" else _kept(row)
        post("payout_failed", back, currency=currency, on=today, at=at)
    return True


def _kept(row: Payout) -> Entry:
    """What belongs to no payment is the processor's own cost, whether the rest arrives or not."""
    own = sum(line.fee_cents - line.amount_cents for line in row.lines.all() if line.kind == "other")
    return tuple(through(CLEARING, processing_cost(own)))


def _store_lines(row: Payout, lines: Sequence[LineTold]) -> None:
    attempts = [line.attempt_id for line in lines if line.attempt_id is not None]
    payments = dict(Payment.objects.filter(attempt_id__in=attempts).values_list("attempt_id", "id"))
    PayoutLine.objects.bulk_create(
        [
            PayoutLine(
                business_id=row.business_id,
                payout=row,
                payment_id=payments.get(line.attempt_id or 0),
                provider_ref=line.provider_ref,
                kind=line.kind,
                amount_cents=line.amount_cents,
                fee_cents=line.fee_cents,
            )
            for line in lines
        ]
    )
