"""Where each cent of the online payments is: with the payer's bank, the processor, on its way, in our bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from milepost.core.money import Money
from milepost.queries.door import question
from milepost.queries.ledger import read_balances
from milepost.records.businesses import Business
from milepost.records.payments import Dispute, Payment, Payout, PayoutLine, Refund

MOST_PAYOUTS, MOST_WAITING = 50, 200


@dataclass(frozen=True)
class WaitingRow:
    """A payment that the processor has and has not paid out; `net` is what it will pay of it."""

    payment_id: int
    on: date
    customer: str
    amount: Money
    net: Money


@dataclass(frozen=True)
class PayoutLineRow:
    """One thing that a payout is made of."""

    kind: str
    payment_id: int | None
    customer: str
    amount: Money
    net: Money


@dataclass(frozen=True)
class PayoutRow:
    """What reached the bank, or is on its way there. `elsewhere` is what of it was not this business's."""

    on: date
    provider_ref: str
    state: str
    amount: Money
    elsewhere: Money
    lines: Sequence[PayoutLineRow]


@dataclass(frozen=True)
class ClearingPage:
    """
    came_in − cost − sent_back − taken − paid_out = held, as the rows tell it; `unexplained` is what the
    account in the journal says beyond that, and is nothing. `pending` is with the payers' banks,
    `disputed` with the banks that decide, `refunding` owed to customers.
    """

    came_in: Money
    cost: Money
    sent_back: Money
    taken: Money
    paid_out: Money
    held: Money
    unexplained: Money
    pending: Money
    disputed: Money
    refunding: Money
    waiting: Sequence[WaitingRow]
    payouts: Sequence[PayoutRow]


@question
def books_currency() -> str:
    """The currency in which a business keeps its books."""
    return str(Business.objects.values_list("currency", flat=True).get())


@question
def payout_state(provider_ref: str) -> str:
    """What is booked of a payout: its state, or "" for one that nobody has told us of."""
    return Payout.objects.filter(provider_ref=provider_ref).values_list("state", flat=True).first() or ""


@question
def clearing_page() -> ClearingPage:
    """Every sum from the rows, beside the account's balance in the journal."""
    currency = Business.objects.values_list("currency", flat=True).get()

    def money(cents: int) -> Money:
        return Money(cents, currency)

    online = Payment.objects.filter(till="clearing")
    cleared = online.filter(state__in=("cleared", "returned"))
    paid = Payout.objects.filter(state="paid")
    own = PayoutLine.objects.filter(payout__state__in=("paid", "failed"), kind="other")
    refunds = Refund.objects.filter(payment__till="clearing")
    disputes = Dispute.objects.filter(payment__till="clearing")
    came_in = _sum(cleared, "amount_cents") + _sum(cleared, "surcharge_cents")
    own_cost = _sum(own, "fee_cents") - _sum(own, "amount_cents")
    cost = _sum(cleared, "fee_cents") + _sum(disputes, "fee_cents") + own_cost
    done = refunds.filter(state="done").exclude(provider_ref="")
    sent_back = _sum(done, "amount_cents") + _sum(done, "surcharge_cents")
    taken = _sum(disputes.exclude(state="won"), "amount_cents")
    paid_out = _sum(paid, "amount_cents")
    held = came_in - cost - sent_back - taken - paid_out
    booked = next(row.balance.cents for row in read_balances(currency) if row.code == "clearing")
    asked = refunds.filter(state="asked")
    return ClearingPage(
        *map(money, (came_in, cost, sent_back, taken, paid_out, held, booked - held)),
        pending=money(_sum(online.filter(state="pending"), "amount_cents")),
        disputed=money(_sum(disputes.filter(state="open"), "amount_cents")),
        refunding=money(_sum(asked, "amount_cents") + _sum(asked, "surcharge_cents")),
        waiting=_waiting(currency),
        payouts=_payouts(),
    )


def _sum(
    rows: "QuerySet[Payment] | QuerySet[Refund] | QuerySet[Dispute] | QuerySet[Payout] | QuerySet[PayoutLine]",
    column: str,
) -> int:
    return int(rows.aggregate(sum=Coalesce(Sum(column), 0))["sum"])


def _waiting(currency: str) -> list[WaitingRow]:
    """Payments that stand in no payout that has gone out, or in one that was sent again; the oldest first."""
    again = PayoutLine.objects.filter(kind="came_back").exclude(payout__state="failed").values("provider_ref")
    sent = ~Q(payout__state="failed") | Q(payout__provider_ref__in=again)
    gone = PayoutLine.objects.filter(sent, kind="payment").values("payment_id")
    found = (
        Payment.objects.filter(till="clearing", state__in=("cleared", "returned"))
        .exclude(Q(id__in=gone.filter(payment__isnull=False)))
        .select_related("customer")
        .annotate(net=F("amount_cents") + F("surcharge_cents") - F("fee_cents"))
    )
    return [
        WaitingRow(
            row.id,
            row.received_on,
            row.customer.name,
            Money(row.amount_cents + row.surcharge_cents, currency),
            Money(row.net, currency),
        )
        for row in found.order_by("id")[:MOST_WAITING]
    ]


def _payouts() -> list[PayoutRow]:
    rows = Payout.objects.prefetch_related("lines__payment__customer").order_by("-arrives_on", "-id")
    return [
        PayoutRow(
            row.arrives_on,
            row.provider_ref,
            row.state,
            Money(row.amount_cents, row.currency),
            Money(row.whole_cents - row.amount_cents, row.currency),
            [_line(line, row.currency) for line in sorted(row.lines.all(), key=lambda line: line.id)],
        )
        for row in rows[:MOST_PAYOUTS]
    ]


def _line(line: PayoutLine, currency: str) -> PayoutLineRow:
    return PayoutLineRow(
        line.kind,
        line.payment_id,
        line.payment.customer.name if line.payment else "",
        Money(line.amount_cents, currency),
        Money(line.amount_cents - line.fee_cents, currency),
    )
