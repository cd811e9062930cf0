"""What giving so much of a payment back does, before it is done: credit, invoices, deposit, balance."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.core.money import Money
from milepost.queries.credit import with_left
from milepost.queries.door import NotThere, question
from milepost.records.payments import Payment


@dataclass(frozen=True)
class Reopened:
    """So much of an invoice would be open again; `left` of the payment's part still settles it."""

    number: str
    title: str
    is_deposit: bool
    amount: Money
    left: Money


@dataclass(frozen=True)
class GivingBack:
    """
    What a refund does: first the credit, then the newest of what it settled is open again. `beyond` is
    what cannot go back, because there is no more.
    """

    amount: Money
    credit: Money
    credit_left: Money
    reopened: Sequence[Reopened]
    beyond: Money


@question
def giving_back(payment_id: int, *, amount_cents: int) -> GivingBack:
    """As `actions/steps/taking_back.undo` does it. Refuses NotThere."""
    payment = with_left(Payment.objects.all()).filter(id=payment_id).first()
    if payment is None:
        raise NotThere
    if payment.state != "cleared":
        nothing = Money(0, payment.currency)
        return GivingBack(nothing, nothing, nothing, [], Money(amount_cents, payment.currency))
    credit = min(amount_cents, max(payment.left, 0))  # type: ignore[attr-defined]
    rest, reopened = amount_cents - credit, list[Reopened]()
    standing = payment.allocations.filter(reverses__isnull=True, allocation__isnull=True)
    for part in standing.select_related("invoice").order_by("-id"):
        taken = min(rest, part.amount_cents)
        if not taken:
            break
        reopened.append(
            Reopened(
                part.invoice.number_text,
                part.invoice.title,
                part.invoice.kind == "deposit",
                Money(taken, payment.currency),
                Money(part.amount_cents - taken, payment.currency),
            )
        )
        rest -= taken
    return GivingBack(
        Money(amount_cents, payment.currency),
        Money(credit, payment.currency),
        Money(max(payment.left, 0) - credit, payment.currency),  # type: ignore[attr-defined]
        reopened,
        Money(rest, payment.currency),
    )
