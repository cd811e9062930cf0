"""What every payment gateway promises: the fake keeps the same promises as Stripe's API does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from milepost.core.money import Money
from milepost.gateways.payments import BadSignature, GatewayRefused, GatewayUnavailable, PaymentGateway
from milepost.gateways.payments.fake import FakePayments
from tests.gateways.conftest import TEN_THOUSAND, browse, pay_by_bank, pay_by_card


@dataclass
class World:
    """A gateway, and the payer and the bank behind it."""

    gateway: PaymentGateway
    pay: Callable[[Any], object]
    decline: Callable[[Any], object]
    settle: Callable[[Any], object]

    def start(self, attempt_id: str = "a", **changed: Any) -> Any:
        asked: dict[str, Any] = {
            "amount": TEN_THOUSAND,
            "method": "card",
            "description": "Deposit",
            "email": None,
            "success_url": "http://127.0.0.1:1/paid",
            "cancel_url": "http://127.0.0.1:1/back",
            "metadata": {},
        }
        return self.gateway.start_checkout(attempt_id=attempt_id, **{**asked, **changed})

    def state(self, checkout: Any) -> str:
        return self.gateway.fetch(checkout.session_id).state


@pytest.fixture(params=["fake", "practice"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        fake = FakePayments()
        return World(
            fake,
            pay=lambda checkout: fake.pay(checkout.session_id),
            decline=lambda checkout: fake.decline(checkout.session_id),
            settle=lambda checkout: fake.settle(checkout.session_id),
        )
    practice = request.getfixturevalue("practice")

    def pay(checkout: Any) -> None:
        way = pay_by_card if "Pay by card" in browse(checkout.url)[1] else pay_by_bank
        way(checkout.url)

    return World(
        practice.gateway,
        pay=pay,
        decline=lambda checkout: pay_by_card(checkout.url, "4000000000000002"),
        settle=lambda _: practice.settle(),
    )


def test_an_attempt_is_one_checkout_however_often_it_is_started(world: World):
    first = world.start()
    assert world.start() == first
    with pytest.raises(GatewayRefused):
        world.start(amount=Money(5_00, "USD"))
    assert world.start("b").session_id != first.session_id


def test_a_card_succeeds_and_a_bank_payment_is_first_on_its_way(world: World):
    card, bank = world.start("card"), world.start("bank", method="bank")
    assert (world.state(card), world.state(bank)) == ("open", "open")
    world.pay(card)
    world.pay(bank)
    assert (world.state(card), world.state(bank)) == ("succeeded", "processing")
    world.settle(bank)
    truth = world.gateway.fetch(bank.session_id)
    assert (truth.state, truth.method, truth.amount) == ("succeeded", "bank", TEN_THOUSAND)
    assert truth.payment_id is not None


def test_a_declined_checkout_stays_open_and_says_why(world: World):
    checkout = world.start()
    world.decline(checkout)
    truth = world.gateway.fetch(checkout.session_id)
    assert (truth.state, truth.failure) == ("open", "Your card was declined.")


def test_closing_twice_is_once_and_what_is_paid_stays_paid(world: World):
    closed, paid = world.start("closed"), world.start("paid")
    world.gateway.expire(closed.session_id)
    world.gateway.expire(closed.session_id)
    world.pay(closed)
    assert world.state(closed) == "expired"
    world.pay(paid)
    with pytest.raises(GatewayRefused):
        world.gateway.expire(paid.session_id)
    assert world.state(paid) == "succeeded"


def test_too_little_and_the_unknown_are_refused(world: World):
    with pytest.raises(GatewayRefused):
        world.start(amount=Money(49, "USD"))
    with pytest.raises(GatewayRefused):
        world.gateway.fetch("cs_test_unknown")


def test_the_fakes_events_are_believed_only_when_genuine_and_of_now():
    fake, now = FakePayments(), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    checkout = World(fake, fake.pay, fake.decline, fake.settle).start()
    payload, signature = fake.event(checkout.session_id, "checkout.session.completed", now)

    event = fake.read_event(payload, signature, now)
    assert (event.session_id, event.attempt_id) == (checkout.session_id, "a")
    for body, at in (
        (payload + b" ", now),
        (payload, now - timedelta(hours=1)),
        (payload, now + timedelta(hours=1)),
    ):
        with pytest.raises(BadSignature):
            fake.read_event(body, signature, at)


def test_the_fake_can_be_away():
    fake = FakePayments()
    fake.unavailable = True
    with pytest.raises(GatewayUnavailable):
        fake.fetch("any")
