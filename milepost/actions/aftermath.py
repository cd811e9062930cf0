"""What the provider says about a payment after it came in: its cost, refunds, disputes, returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.conceding import Event
from milepost.actions.steps.fees import charge_returned
from milepost.actions.steps.outbox import post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.refunding import ask, finish, refuse
from milepost.actions.steps.taking_back import (
    Undone,
    book,
    lock_payment,
    refunded_cents,
    reopen,
    say_returned,
    undo,
    without_concessions,
)
from milepost.actions.steps.timeline import tell
from milepost.core.journal import (
    CASH,
    CC,
    DISPUTED,
    SURCHARGES,
    Transfer,
    dispute_lost,
    dispute_opened,
    dispute_won,
    payment_returned,
    processing_cost,
)
from milepost.records.jobs import Job
from milepost.records.payments import Dispute, Payment, Refund

NEVER_SURCHARGED = ("debit", "prepaid")


@dataclass(frozen=True)
class RefundTold:
    """A refund as the provider tells it; `refund_id` is ours, None for one that was made there."""

    provider_ref: str
    refund_id: int | None
    amount_cents: int
    state: Literal["pending", "succeeded", "failed"]
    failure: str = ""


@dataclass(frozen=True)
class DisputeTold:
    """A dispute as the provider tells it. What is lost with a bank's code is a returned payment."""

    provider_ref: str
    amount_cents: int
    state: Literal["open", "won", "lost"]
    reason: str = ""
    code: str = ""
    fee_cents: int = 0

    @property
    def words(self) -> str:
        """What the bank says, with its code: the code is what one searches for."""
        return f"{self.code} {self.reason}".strip()


@dataclass(frozen=True)
class _Case:
    """A payment under its lock, who tells, and when."""

    payment: Payment
    jobs: list[Job]
    by: Actor
    at: datetime

    @property
    def filed(self) -> Job:
        return self.jobs[0]

    @property
    def today(self) -> date:
        return local_day(self.filed.business, self.at)

    def book(self, kind: str, entry: Sequence[Transfer], job: Job | None = None) -> None:
        book(kind, self.payment, job or self.filed, entry, on=self.today, at=self.at)


@action("settle_payment")
def settle_aftermath(
    *,
    by: Actor,
    at: datetime,
    attempt_id: int | None = None,
    payment_id: int | None = None,
    fee_cents: int | None = None,
    funding: str = "",
    refunds: Sequence[RefundTold] = (),
    disputes: Sequence[DisputeTold] = (),
) -> None:
    """
    Book what has become of a payment that had cleared, in any order and any number of times. It is named
    by its attempt, or by itself.

    The processor's cost when it is known; a surcharge that a debit card paid is asked back; refunds when
    they are done or refused; a dispute when it is opened, and when it is won or lost; a return by the bank.
    What was taken for good is open again, and what a bank gives back after all is the customer's credit.
    """
    named = {"id": payment_id} if attempt_id is None else {"attempt_id": attempt_id}
    seen = Payment.objects.filter(**named).first()
    if seen is None:
        return
    payment, jobs = lock_payment(seen.id)
    if payment.state not in ("cleared", "returned"):
        return
    case = _Case(payment, jobs, by, at)
    if fee_cents is not None and fee_cents != payment.fee_cents:
        _cost(case, fee_cents)
    if funding in NEVER_SURCHARGED and payment.surcharge_cents and not payment.refunds.exists():
        ask(
            payment,
            jobs,
            0,
            surcharge_cents=payment.surcharge_cents,
            method=payment.method,
            by=by,
            at=at,
        )
    for refund in refunds:
        _refund(case, refund)
    for row in payment.disputes.select_for_update(no_key=True).filter(state="lost").order_by("id"):
        _take_more(case, row)
    for dispute in disputes:
        _dispute(case, dispute)


def _cost(case: _Case, fee_cents: int) -> None:
    case.book("processing_cost", processing_cost(fee_cents - case.payment.fee_cents))
    case.payment.fee_cents = fee_cents
    case.payment.save(update_fields=["fee_cents"])


def _refund(case: _Case, told: RefundTold) -> None:
    refunds = Refund.objects.select_for_update(no_key=True).filter(payment=case.payment)
    row = refunds.filter(provider_ref=told.provider_ref).first() if told.provider_ref else None
    row = row or (refunds.filter(id=told.refund_id).first() if told.refund_id else None)
    if row is None or _made_after_all(row, told):
        row = _made_there(case, told)
    if row is None or row.state == "refused":
        return
    if told.provider_ref and not row.provider_ref:
        row.provider_ref = told.provider_ref
        row.save(update_fields=["provider_ref"])
    if told.state == "succeeded" and row.state == "asked":
        finish(row, case.payment, case.filed, by=case.by, at=case.at)
    elif told.state == "failed":
        refuse(row, case.payment, case.filed, failure=told.failure, by=case.by, at=case.at)


def _made_after_all(row: Refund, told: RefundTold) -> bool:
    """Our asking was refused, but an earlier one, whose answer was lost, had been heard."""
    return row.state == "refused" and not row.provider_ref and told.state != "failed"


def _made_there(case: _Case, told: RefundTold) -> Refund | None:
    """
    A refund that somebody made at the provider's: it is booked as asked first, as any other. What goes
    beyond the payment is its surcharge, as much of it as is left.
    """
    payment = case.payment
    room = payment.amount_cents - refunded_cents(payment) - _taken(payment)
    cents = max(min(told.amount_cents, room), 0)
    surcharge = min(told.amount_cents - cents, _surcharge_left(payment))
    if told.state == "failed" or cents + surcharge <= 0 or payment.state != "cleared":
        return None
    return ask(
        payment,
        case.jobs,
        cents,
        surcharge_cents=surcharge,
        method=payment.method,
        by=case.by,
        at=case.at,
        provider_ref=told.provider_ref,
    )


def _surcharge_left(payment: Payment) -> int:
    """What of a surcharge was neither given back nor taken."""
    returned = sum(payment.refunds.exclude(state="refused").values_list("surcharge_cents", flat=True))
    taken = sum(payment.disputes.values_list("surcharge_cents", flat=True))
    return int(payment.surcharge_cents - returned - taken)


def _taken(payment: Payment) -> int:
    return sum(payment.disputes.values_list("taken_cents", flat=True))


def _dispute(case: _Case, told: DisputeTold) -> None:
    row = case.payment.disputes.select_for_update(no_key=True).filter(provider_ref=told.provider_ref).first()
    if row is None:
        row = _open(case, told)
    if row.state != "open" and told.state == "open":
        return  # read before the bank decided, and told after
    if told.fee_cents != row.fee_cents:
        case.book("dispute_cost", payment_returned(0, charged_cents=told.fee_cents - row.fee_cents))
        row.fee_cents = told.fee_cents
        row.save(update_fields=["fee_cents"])
    if row.state == "open" and told.state == "won":
        _won(case, row)
    elif row.state == "open" and told.state == "lost":
        _lost(case, row, told)
    elif row.state == "lost" and told.state == "won":
        _won_after_all(case, row)


def _open(case: _Case, told: DisputeTold) -> Dispute:
    row = Dispute.objects.create(
        business_id=case.payment.business_id,
        payment=case.payment,
        provider_ref=told.provider_ref,
        state="open",
        amount_cents=told.amount_cents,
        reason=told.reason[:300],
        code=told.code[:20],
        opened_at=case.at,
    )
    if not _is_return(told):
        case.book("dispute_opened", dispute_opened(told.amount_cents))
        facts = {"payment_id": case.payment.id, "amount_cents": told.amount_cents, "reason": told.words}
        tell(case.filed, "dispute_opened", by=case.by, at=case.at, for_customer=False, **facts)
        post_to_office(case.filed, "dispute_opened_office", cause=str(row.id), facts=facts, at=case.at)
    return row


def _is_return(told: DisputeTold) -> bool:
    """The bank took it back at once: nothing is left to argue about."""
    return told.state == "lost" and bool(told.code)


def _won(case: _Case, row: Dispute) -> None:
    _close(row, "won", case.at)
    case.book("dispute_won", dispute_won(row.amount_cents))
    _say_won(case, row)


def _won_after_all(case: _Case, row: Dispute) -> None:
    """
    The bank changes its mind after its decision. What had been open again since may be paid, or written
    off: the money is the customer's credit, and a person says what it pays.
    """
    payment, taken, surcharge = case.payment, row.taken_cents, row.surcharge_cents
    row.taken_cents = row.surcharge_cents = 0
    _close(row, "won", case.at)
    if payment.state == "returned":
        payment.state = "cleared"
        payment.save(update_fields=["state"])
    beyond = row.amount_cents - taken - surcharge
    parts = ((CC, taken), (SURCHARGES, surcharge), (DISPUTED, beyond))
    case.book("dispute_won", [Transfer(CASH, account, cents) for account, cents in parts if cents])
    _say_won(case, row, credit_cents=taken)


def _say_won(case: _Case, row: Dispute, *, credit_cents: int = 0) -> None:
    facts = {"payment_id": case.payment.id, "amount_cents": row.amount_cents, "credit_cents": credit_cents}
    tell(case.filed, "dispute_won", by=case.by, at=case.at, for_customer=False, **facts)
    post_to_office(case.filed, "dispute_won_office", cause=str(row.id), facts=facts, at=case.at)


def _lost(case: _Case, row: Dispute, told: DisputeTold) -> None:
    """
    What is gone is open again, by new rows. Of a payment that was refunded before, only the rest can
    be; what the provider took beyond that stays among the disputed, for a person to look at.
    """
    payment, is_return = case.payment, _is_return(told)
    room = payment.amount_cents - refunded_cents(payment) - _taken(payment)
    if room == payment.amount_cents <= row.amount_cents:
        without_concessions(payment, case.jobs, Event(case.by, case.at, case.today))
    row.state, row.closed_at = "lost", case.at
    undone = _take(case, row, is_return=is_return)
    beyond = row.amount_cents - row.taken_cents - row.surcharge_cents
    if is_return and beyond:
        case.book("dispute_opened", dispute_opened(beyond))
    say_returned(
        payment, case.jobs, undone, reason=told.words, by=case.by, at=case.at, cause=f"d{row.id}",
        beyond_cents=beyond,
    )  # fmt: skip
    charge_returned(payment, case.filed, by=case.by, at=case.at)


def _take_more(case: _Case, row: Dispute) -> None:
    """A refund that had been made before a dispute was lost is refused: that money is not here either."""
    if row.amount_cents == row.taken_cents + row.surcharge_cents:
        return
    undone = _take(case, row, is_return=False)
    if undone.cents:
        cause = f"d{row.id}-{row.taken_cents}"
        reason = f"{row.code} {row.reason}".strip()
        say_returned(case.payment, case.jobs, undone, reason=reason, by=case.by, at=case.at, cause=cause)


def _take(case: _Case, row: Dispute, *, is_return: bool) -> Undone:
    """Take what a lost dispute has not taken yet out of its payment, as far as that has it, and book it."""
    payment = case.payment
    short = row.amount_cents - row.taken_cents - row.surcharge_cents
    room = payment.amount_cents - refunded_cents(payment) - _taken(payment)
    undone = undo(payment, min(short, room), on=case.today)
    surcharge = min(short - undone.cents, _surcharge_left(payment))
    row.taken_cents += undone.cents
    row.surcharge_cents += surcharge
    row.save(update_fields=["state", "closed_at", "taken_cents", "surcharge_cents"])
    if undone.cents and _taken(payment) == payment.amount_cents:
        payment.state = "returned"
        payment.save(update_fields=["state"])
    kind = "payment_returned" if is_return else "dispute_lost"
    for place, job in enumerate(case.jobs):
        back = dispute_lost(undone.by_job.get(job.id, 0), 0 if place else undone.credit_cents)
        if not place and surcharge:
            back = (*back, Transfer(SURCHARGES, DISPUTED, surcharge))
        case.book(kind, _from_till(back) if is_return else back, job)
    reopen(payment, case.jobs, undone, on=case.today, at=case.at)
    return undone


def _from_till(entry: Sequence[Transfer]) -> list[Transfer]:
    """A return never stood among the disputed: it comes out of where the money lay."""
    return [
        Transfer(one.debit, CASH if one.credit == DISPUTED else one.credit, one.cents, one.tax)
        for one in entry
    ]


def _close(row: Dispute, state: str, at: datetime) -> None:
    row.state, row.closed_at = state, at
    row.save(update_fields=["state", "closed_at", "taken_cents", "surcharge_cents"])
