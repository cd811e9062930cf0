"""What becomes of many payments at the gateway: paid, refunded, disputed, returned, refused, paid out; each with its events."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from milepost.actions.invoices import bill_simple
from milepost.core.money import Money
from milepost.core.quote_input import LineInput
from milepost.gateways.payments import LineKind, PayoutLine, PayoutTruth, RefundTruth
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import checkout
from tests.cast import Cast

Signed = tuple[bytes, str]
Step = tuple[str, Callable[[], None]]
"""The kind of an event, and what happens before it is sent."""
FEE_CENTS, DISPUTE_CENTS, RETURN_CENTS = 3_20, 15_00, 4_00
PAID_OUT_EVERY = 40


@dataclass
class World:
    """The gateway in memory, and what has moved its balance since the last payout."""

    cast: Cast
    fakes: FakePayments
    dice: random.Random
    moves: list[PayoutLine] = field(default_factory=list)
    balance_cents: int = 0

    def pay_page(self) -> str:
        """A new invoice whose page at the gateway is open. Returns the gateway's session."""
        price = Decimal(self.dice.randrange(50_00, 900_00)) / 100
        line = LineInput("Call-out", price)
        cast = self.cast
        made = bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, lines=[line])
        method = self.dice.choice(["card", "card", "bank"])
        checkout.begin(
            by=cast.pat, at=cast.at, job_id=made.job_id, method=method, success_url="http://x/{attempt}/",
            cancel_url="http://x/",
        )  # fmt: skip
        return list(self.fakes.sessions)[-1]

    def life(self, session: str) -> list[Step]:
        """How it goes on, step by step."""
        if self.fakes.sessions[session].truth.method == "bank":
            return self._by_bank(session)
        begins = [("payment_intent.payment_failed", lambda: self.fakes.decline(session))]
        if self.dice.randrange(12) == 0:
            return [*begins, ("checkout.session.expired", lambda: self.fakes.expire(session))]
        paid = ("checkout.session.completed", lambda: self._come_in(session))
        return [*(begins if self.dice.randrange(6) == 0 else []), paid, *self._later(session)]

    def pay_out(self) -> Iterator[Step]:
        """What has come together goes to the bank; now and then it comes back, and goes once more."""
        moves, self.moves = self.moves, []
        cents = sum(one.amount.cents - one.fee_cents for one in moves)
        if cents <= 0:
            self.moves = moves
            return
        name = f"po_{len(self.fakes.made_payouts) + 1}"
        fails = self.dice.randrange(4) == 0
        made = PayoutTruth(name, usd(cents), "on_its_way", self.cast.at.date(), tuple(moves))
        yield "payout.created", lambda: self._note_payout(made)
        arrived = PayoutTruth(name, usd(cents), "paid", self.cast.at.date(), tuple(moves))
        yield "payout.paid", lambda: self._note_payout(arrived)
        if fails:
            back = PayoutTruth(name, usd(cents), "failed", self.cast.at.date(), tuple(moves))
            yield "payout.failed", lambda: self._note_payout(back)
            self.moves.append(PayoutLine(f"txn_{name}", "came_back", usd(cents), 0, None, None, name))

    def _note_payout(self, payout: PayoutTruth) -> None:
        before = {one.payout_id: one.state for one in self.fakes.made_payouts}.get(payout.payout_id, "")
        others = [one for one in self.fakes.made_payouts if one.payout_id != payout.payout_id]
        self.fakes.made_payouts[:] = [*others, payout]
        self.balance_cents -= payout.amount.cents * ((payout.state == "paid") - (before == "paid"))

    def _by_bank(self, session: str) -> list[Step]:
        sent = ("checkout.session.completed", lambda: self.fakes.pay(session))
        if self.dice.randrange(5) == 0:
            failed = ("checkout.session.async_payment_failed", lambda: self.fakes.fail(session))
            return [sent, failed]
        arrived = ("checkout.session.async_payment_succeeded", lambda: self._come_in(session))
        if self.dice.randrange(3):
            return [sent, arrived]
        return [sent, arrived, ("charge.dispute.closed", lambda: self._taken(session, "lost", code="R01"))]

    def _later(self, session: str) -> list[Step]:
        whole = self.fakes.sessions[session].truth.amount.cents
        part = whole * 2 // 5
        refunds: list[list[Step]] = [
            [
                ("refund.created", lambda: self._refund(session, 1, part, "pending")),
                ("charge.refunded", lambda: self._refund(session, 1, part, "succeeded")),
            ],
            [
                ("charge.refunded", lambda: self._refund(session, 1, whole, "succeeded")),
                ("refund.failed", lambda: self._refund(session, 1, whole, "failed")),
            ],
            [
                ("charge.refunded", lambda: self._refund(session, 1, part, "succeeded")),
                ("charge.refunded", lambda: self._refund(session, 2, part, "succeeded")),
            ],
        ]
        opened = ("charge.dispute.created", lambda: self._taken(session, "open"))
        disputes: list[list[Step]] = [
            [opened, ("charge.dispute.closed", lambda: self._taken(session, "won"))],
            [opened, ("charge.dispute.closed", lambda: self._taken(session, "lost"))],
            [("charge.dispute.closed", lambda: self._taken(session, "lost", cents=part))],
        ]
        return self.dice.choice([[], [], *refunds, *disputes])

    def _come_in(self, session: str) -> None:
        if self.fakes.sessions[session].truth.method == "bank":
            self.fakes.settle(session, fee_cents=FEE_CENTS)
        else:
            self.fakes.pay(session, fee_cents=FEE_CENTS)
        self._move(session, "payment", self.fakes.sessions[session].truth.amount.cents, FEE_CENTS)

    def _refund(self, session: str, number: int, cents: int, state: str) -> None:
        name = f"re_{number}_{session}"
        known = {one.refund_id: one.state for one in self.fakes.sessions[session].truth.refunds}
        failure = "account closed" if state == "failed" else ""
        self.fakes.note_refund(session, RefundTruth(name, "", usd(cents), state, failure))  # type: ignore[arg-type]
        if name not in known:
            self._move(session, "refund", -cents)
        if state == "failed":
            self._move(session, "refund", cents)

    def _taken(self, session: str, state: str, *, code: str = "", cents: int | None = None) -> None:
        known = self.fakes.sessions[session].truth.disputes
        cost = RETURN_CENTS if code else DISPUTE_CENTS
        self.fakes.dispute(session, state, code=code, fee_cents=cost, cents=cents)  # type: ignore[arg-type]
        taken = self.fakes.sessions[session].truth.disputes[0].amount.cents
        if not known:
            self._move(session, "dispute", -taken, cost)
        if state == "won":
            self._move(session, "dispute", taken)

    def _move(self, session: str, kind: LineKind, cents: int, fee: int = 0) -> None:
        self.balance_cents += cents - fee
        name = f"txn_{kind}_{len(self.moves)}_{self.balance_cents}_{session}"
        attempt = str(self.fakes.sessions[session].asked["attempt_id"])
        self.moves.append(PayoutLine(name, kind, usd(cents), fee, None, attempt))

    def event(self, session: str, kind: str) -> Signed:
        return self.fakes.event(session, kind, self.cast.at + timedelta(seconds=1))


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def history(world: World, events: int) -> Iterator[Signed]:
    """So many events and a few more, each handed out after what it tells of has happened."""
    count = paid = 0
    while count < events:
        session = world.pay_page()
        steps = world.life(session)
        paid += 1
        if paid % PAID_OUT_EVERY == 0:
            steps += list(world.pay_out())
        for kind, happens in steps:
            happens()
            count += 1
            yield world.event(session, kind)
