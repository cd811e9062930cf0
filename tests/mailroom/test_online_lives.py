"""
Random lives in which much is paid online, and taken back: refunds, disputes, returns, declines, parts,
surcharges, several jobs at once, and whatever the office does meanwhile. After each step doctor recomputes
every guarantee; in the end the books hold what the gateway holds. `make soak`: MILEPOST_ONLINE_LIVES=40 MILEPOST_STEPS=80.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.actions.businesses import change_business
from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.gateways.payments import RefundTruth
from milepost.gateways.payments.fake import FakePayments, FakeSession
from milepost.mailroom import aftermath, checkout, wiring
from milepost.queries.clearing import clearing_page
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.open_items import open_page
from milepost.records.payments import Payment
from milepost.records.scope import scoped
from tests.actions.test_random_lives import Life
from tests.cast import Cast

LIVES = int(os.environ.get("MILEPOST_ONLINE_LIVES", "1"))
SEED = int(os.environ.get("MILEPOST_SEED", "1"))
STEPS = int(os.environ.get("MILEPOST_STEPS", "25"))


class OnlineLife(Life):
    """A life whose payers like to pay online, and whose banks and cardholders change their minds."""

    def __init__(self, cast: Cast, seed: int, fakes: FakePayments) -> None:
        super().__init__(cast, seed)
        self.fakes = fakes

    def happenings(self) -> list[Callable[[], None]]:
        usual = [
            self.simple, self.simple, self.simple, self.done, self.bill, self.bill, self.order_change,
            self.sign_change, self.fix, self.money_off, self.take_back_part, self.credit, self.credit, self.pay,
            self.give_up, self.let_be, self.send_again, self.quote, self.sign, self.other_tax_rules,
        ]  # fmt: skip
        seldom = [self.cancel, self.pay_several, self.refund, self.other_ways_to_pay]
        online = [
            self.press, self.press, self.at_the_gateway, self.at_the_gateway, self.at_the_gateway,
            self.janitor, self.ask_back,
        ]  # fmt: skip
        usual.append(self.random.choice(seldom))
        return [*usual, *online, *online]

    def busy_morning(self) -> None:
        """Some invoices are paid online before anything goes wrong."""
        for _ in range(4):
            with suppress(Refusal):
                self.simple()
                self.press()
                session = list(self.fakes.sessions.values())[-1]
                self.payer_pays(session)
                if session.truth.state == "processing":
                    self.bank_pays(session)
                checkout.settle(self.cast.business_id, self.attempt_of(session), at=self.at)

    def other_ways_to_pay(self) -> None:
        change_business(
            by=self.cast.alice,
            at=self.at,
            parts_from_cents=self.random.choice([None, 1_00]),
            surcharge_percent=self.random.choice([Decimal(0), Decimal("2.5")]),
        )

    def press(self) -> None:
        items = open_page(self.cast.business_id, self.cast.customer_id).items
        job = self.random.choice([item.job_id for item in items] or self.jobs)
        due = job_page(self.cast.business_id, job, at=self.at).due_now.cents
        part = self.random.choice([None, None, max(due // 3, 1)])
        checkout.begin(
            by=self.cast.pat, at=self.at, job_id=job, method=self.random.choice(["card", "bank"]),
            success_url="http://x/{attempt}/", cancel_url="http://x/", amount_cents=part,
            surcharged=self.random.random() < 0.5, everywhere=self.random.random() < 0.4,
        )  # fmt: skip

    def at_the_gateway(self) -> None:
        """Something happens there; perhaps somebody tells us, perhaps the janitor has to ask."""
        if not self.fakes.sessions:
            return
        name = self.random.choice(list(self.fakes.sessions)[-6:])
        session = self.fakes.sessions[name]
        happening = {
            "open": self.random.choice([self.payer_pays, self.payer_pays, self.payer_is_declined]),
            "processing": self.random.choice([self.bank_pays, self.bank_pays, self.bank_refuses]),
            "succeeded": self.random.choice([self.refunded_there, self.disputed, self.refund_ends]),
        }.get(session.truth.state)
        if happening is None:
            return
        happening(session)
        self.told[-1] = f"{happening.__name__} ({name})"
        if self.random.random() < 0.7:
            checkout.settle(self.cast.business_id, self.attempt_of(session), at=self.at)

    def payer_pays(self, session: FakeSession) -> None:
        funding = self.random.choice(["credit", "credit", "debit"])
        self.fakes.pay(session.session_id, fee_cents=self.random.choice([0, 3_20]), funding=funding)

    def payer_is_declined(self, session: FakeSession) -> None:
        self.fakes.decline(session.session_id)

    def bank_pays(self, session: FakeSession) -> None:
        self.fakes.settle(session.session_id, fee_cents=5_00)

    def bank_refuses(self, session: FakeSession) -> None:
        self.fakes.fail(session.session_id)

    def refunded_there(self, session: FakeSession) -> None:
        room = self.left_there(session)
        if room <= 0 or session.truth.disputes:
            return
        cents = self.random.choice([room, max(room // 2, 1), 1])
        state = self.random.choice(["pending", "succeeded", "failed"])
        name = f"re_{len(session.truth.refunds)}_{session.session_id}"
        money = Money(cents, session.truth.amount.currency)
        self.fakes.note_refund(session.session_id, RefundTruth(name, "", money, state))  # type: ignore[arg-type]

    def refund_ends(self, session: FakeSession) -> None:
        if session.truth.refunds and session.truth.refunds[-1].state != "failed":
            failure = self.random.choice(["", "account closed"])
            if failure or session.truth.refunds[-1].state == "pending":
                self.fakes.end_refund(session.session_id, failure=failure)

    def disputed(self, session: FakeSession) -> None:
        if session.truth.disputes:
            if session.truth.disputes[0].state == "open":
                told = replace(session.truth.disputes[0], state=self.random.choice(["won", "lost"]))
                session.truth = replace(session.truth, disputes=(told,))
            return
        room = self.left_there(session)
        if room <= 0:
            return
        cents = self.random.choice([room, room, max(room // 2, 1)])
        code = "R01" if session.truth.method == "bank" else ""
        state = "lost" if code else "open"
        self.fakes.dispute(session.session_id, state, code=code, fee_cents=15_00, cents=cents)  # type: ignore[arg-type]

    def left_there(self, session: FakeSession) -> int:
        gone = sum(one.amount.cents for one in session.truth.refunds if one.state != "failed")
        return session.truth.amount.cents - gone

    def ask_back(self) -> None:
        """The office gives part of an online payment back; the bank may take its time."""
        self.fakes.refunds_take_time = self.random.random() < 0.5
        with scoped(self.cast.business_id, writing=False):
            online = list(
                Payment.objects.filter(till="clearing").order_by("id").values_list("id", "amount_cents")
            )
        payment, amount = self.random.choice(online or [(0, 1)])
        cents = self.random.choice([amount, max(amount // 3, 1), 1])
        aftermath.refund(
            by=self.cast.bo, at=self.at, payment_id=payment, amount_cents=cents, reopens=self.random.random() < 0.8
        )  # fmt: skip

    def janitor(self) -> None:
        checkout.settle_unclear(self.at)

    def attempt_of(self, session: FakeSession) -> int:
        return int(str(session.asked["attempt_id"]).partition("-")[2])

    def held_there(self) -> int:
        """What the gateway holds of ours, by its own objects."""
        held = 0
        for session in self.fakes.sessions.values():
            truth = session.truth
            if truth.state == "succeeded":
                held += truth.amount.cents - (truth.fee_cents or 0)
                held -= sum(one.amount.cents for one in truth.refunds if one.state == "succeeded")
                held -= sum(one.fee_cents for one in truth.disputes)
                held -= sum(one.amount.cents for one in truth.disputes if one.state != "won")
        return held

    def ends(self) -> None:
        """Everything that is open is decided, and everything is asked about once more."""
        for session in self.fakes.sessions.values():
            with suppress(Refusal):
                checkout.settle(self.cast.business_id, self.attempt_of(session), at=self.at)
        page = clearing_page(self.cast.business_id)
        assert page.unexplained.cents == 0
        assert page.held.cents == self.held_there()
        assert examine() == []


@pytest.fixture
def fakes(outside) -> Iterator[FakePayments]:
    made = FakePayments()
    with wiring.use(payments=made):
        yield made


@pytest.mark.parametrize("seed", range(SEED, SEED + LIVES))
def test_whatever_happens_online_the_books_hold_what_the_gateway_holds(cast, fakes, seed: int):
    life = OnlineLife(cast, seed, fakes)
    life.begin()
    try:
        life.busy_morning()
        for _ in range(STEPS):
            life.step()
        life.ends()
    except BaseException:
        print(f"MILEPOST_SEED={seed} after {len(life.told)}:", "; ".join(life.told[-14:]))  # noqa: T201
        raise
