"""
Days with a gateway that misbehaves in every way it knows: answers lost after the charge, errors, halves,
silence; events lost, doubled, shuffled, late, forged. The janitor asks, with pauses that grow, and books
only what the gateway says. `make soak` lives through more of them: MILEPOST_LIVES=20.
"""

import os
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from milepost.core.refusals import Refusal
from milepost.gateways.payments import GatewayRefused
from milepost.gateways.practice.trouble import ANSWERS, EVENTS
from milepost.gateways.stripe import gateway as module
from milepost.mailroom import aftermath, checkout, inbox, payouts, wiring
from milepost.records.payments import Attempt, Payment
from milepost.records.scope import scoped
from tests.cast import Cast, Kitchen, kitchen
from tests.gateways.conftest import Practice, hook, pay_by_bank, pay_by_card, practice
from tests.mailroom.agreeing import assert_they_agree

__all__ = ["hook", "practice"]

LIVES = int(os.environ.get("MILEPOST_LIVES", "1"))
SEED = int(os.environ.get("MILEPOST_SEED", "1"))
CARDS = ("4242 4242 4242 4242", "4000000000005126", "4000000000007726")
ACCOUNTS = ("000123456789", "000222222227")
DAYS = 4
SLOW_PERCENT, SLOW_MS, PATIENCE_S = 4, 1500, 1.0
"""An answer that takes too long costs the test its patience, so there are few of them."""


@dataclass
class Days:
    """Some kitchens, their payers, and a clock that the test moves."""

    cast: Cast
    practice: Practice
    dice: random.Random
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    jobs: list[Kitchen] = field(default_factory=list)
    heard: int = 0
    janitor_is_at_work: bool = False

    def trouble(self, percent: int) -> None:
        """From now on so many answers and events of a hundred go wrong, each kind of them in turn."""
        self.calm()
        for kind in (*ANSWERS, *EVENTS):
            share = SLOW_PERCENT if kind == "slow" else max(percent // 3, 1)
            self.practice.sdk.raw_request(
                "post", "/practice/trouble", kind=kind, path=WHERE.get(kind, ".*"), percent=str(share),
                milliseconds=str(SLOW_MS), seed=str(self.dice.random()),
            )  # fmt: skip

    def calm(self) -> None:
        self.practice.sdk.raw_request("post", "/practice/trouble", kind="none")

    def press(self, job: Kitchen, method: str) -> None:
        """Pay is pressed until there is a page; the payer pays on it, or does not."""
        for _ in range(20):
            with suppress(Refusal):
                url = checkout.begin(
                    by=self.cast.pat, at=self.clock, job_id=job.job_id, method=method,
                    success_url="http://127.0.0.1:1/{attempt}/", cancel_url="http://127.0.0.1:1/",
                )  # fmt: skip
                if self.dice.randrange(6) and "/c/pay/" in url:
                    pay = pay_by_bank if method == "bank" else pay_by_card
                    pay(url, self.dice.choice(ACCOUNTS if method == "bank" else CARDS))
                return

    def hear(self) -> None:
        """What the gateway got through to us, some of it much later than it was sent."""
        waiting = self.practice.hook.received[self.heard :]
        for body, signature in waiting[: self.dice.randint(0, len(waiting))]:
            self.heard += 1
            with suppress(inbox.NotSigned):
                inbox.receive(body, signature, at=datetime.now(UTC))

    def refund(self) -> None:
        """The office gives part of a payment back."""
        with scoped(self.cast.business_id, writing=False):
            paid = list(Payment.objects.filter(state="cleared").order_by("id").values_list("id", flat=True))
        if paid:
            with suppress(Refusal):
                aftermath.refund(
                    by=self.cast.bo, at=self.clock, payment_id=self.dice.choice(paid), amount_cents=50_00, reopens=True
                )  # fmt: skip

    def bank_and_cardholders(self) -> None:
        """What happens at the banks meanwhile: payments arrive or fail, refunds end, cards are disputed."""
        self.practice.settle()
        for refund in self.practice.sdk.v1.refunds.list().data:
            self.practice.sdk.raw_request("post", "/practice/refunds", refund=refund.id)
        charges = [one for one in self.practice.sdk.v1.charges.list().data if one.status == "succeeded"]
        if charges and self.dice.randrange(2):
            with suppress(Exception):  # it may be disputed already
                chosen = self.dice.choice(charges).id
                self.practice.sdk.raw_request("post", "/practice/disputes", charge=chosen)
        for dispute in self.practice.sdk.v1.disputes.list().data:
            ends = self.dice.choice(["won", "lost", "later"])
            if ends != "later":
                self.practice.sdk.raw_request("post", f"/practice/disputes/{dispute.id}/{ends}")

    def one_more_payment(self) -> None:
        """So that there is something to pay out: with less than nothing the gateway sends no payout."""
        job = kitchen(self.cast)
        url = checkout.begin(
            by=self.cast.pat, at=self.clock, job_id=job.job_id, method="card",
            success_url="http://127.0.0.1:1/{attempt}/", cancel_url="http://127.0.0.1:1/",
        )  # fmt: skip
        pay_by_card(url)
        checkout.settle_job(self.cast.business_id, job.job_id, at=self.clock)

    def worker(self) -> None:
        inbox.work_waiting(self.clock)
        self.janitor_is_at_work = True
        checkout.settle_unclear(self.clock)
        self.janitor_is_at_work = False

    def assert_nothing_is_guessed(self) -> None:
        """Whatever we call paid, failed or run out, the gateway calls so, too."""
        with scoped(self.cast.business_id, writing=False):
            attempts = list(Attempt.objects.exclude(session_id="").values_list("state", "session_id"))
        for state, session in attempts:
            if state in ("succeeded", "failed", "expired"):
                try:
                    assert self.practice.gateway.fetch(session).state == state
                except GatewayRefused:
                    assert state == "expired"


WHERE = dict.fromkeys(ANSWERS, "/v1/")
"""The misbehaviour is the gateway's towards us; the test's own requests and the payers' pages are spared."""


@pytest.fixture
def days(cast, practice: Practice, outside, monkeypatch) -> Days:
    monkeypatch.setattr(module, "NETWORK_RETRIES", 0)
    monkeypatch.setattr(module, "READ_SECONDS", PATIENCE_S)
    return Days(cast, practice, random.Random(SEED))


@pytest.mark.parametrize("life", range(LIVES))
def test_over_days_of_misbehaviour_what_is_booked_is_what_the_gateway_says(
    days: Days, life: int, monkeypatch
):
    days.dice.seed(SEED * 1000 + life)
    looks: Counter[str] = Counter()
    hurried = days.practice.gateway_with("sk_test_practice")
    fetch = hurried.fetch

    def counted(session: str):
        looks[session] += days.janitor_is_at_work
        return fetch(session)

    monkeypatch.setattr(hurried, "fetch", counted)
    began = days.clock
    with wiring.use(payments=hurried):
        days.trouble(60)
        for _ in range(5):
            job = kitchen(days.cast)
            days.jobs.append(job)
            days.press(job, days.dice.choice(["card", "bank"]))
            if days.dice.randrange(2):
                checkout.settle_job(days.cast.business_id, job.job_id, at=days.clock)
        while days.clock < began + timedelta(days=DAYS):
            days.clock += (
                timedelta(minutes=10) if days.clock < began + timedelta(hours=3) else timedelta(hours=3)
            )
            days.hear()
            if not days.dice.randrange(6):
                days.refund()
            if not days.dice.randrange(4):
                days.calm()
                days.bank_and_cardholders()
                days.trouble(60)
            days.worker()
    # Then the gateway is well again: its banks answer, and the janitor comes round
    monkeypatch.undo()
    days.calm()
    with wiring.use(payments=days.practice.gateway_with("sk_test_practice")):
        days.bank_and_cardholders()
        for session in days.practice.sdk.v1.checkout.sessions.list().data:
            if session.status == "open":
                days.practice.sdk.v1.checkout.sessions.expire(session.id)
        for _ in range(4):
            days.clock += timedelta(hours=7)
            days.worker()
        # What became of clear payments, and was told by events that were lost, stands in the payout
        days.one_more_payment()
        days.practice.sdk.raw_request("post", "/practice/payouts")
        payouts.sync(days.clock)
    days.practice.gateway = days.practice.gateway_with("sk_test_practice")
    days.assert_nothing_is_guessed()
    with scoped(days.cast.business_id, writing=False):
        unclear = Attempt.objects.filter(state__in=("created", "open", "processing"))
        assert list(unclear.values_list("id", "state")) == []
    assert_they_agree(days.practice, days.cast.business_id)
    # It was the janitor who asked; how his pauses grow is in test_asked_again.py
    assert looks.total() > 0
