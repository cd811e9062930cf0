"""How Stripe's objects are read, where they say more than the practice gateway plays."""

import doctest
from importlib import import_module
from typing import Any

import pytest

from milepost.core.money import Money
from milepost.gateways.payments import GatewayRefused
from milepost.gateways.stripe.truth import read_truth
from milepost.gateways.stripe.units import from_stripe, to_stripe


def session(intent: Any = None, **changed: Any) -> dict[str, Any]:
    body = {
        "id": "cs_1",
        "status": "complete",
        "payment_status": "unpaid",
        "amount_total": 100_00,
        "currency": "usd",
        "payment_method_types": ["us_bank_account"],
        "payment_intent": intent,
    }
    return {**body, **changed}


def charged(**booked: Any) -> dict[str, Any]:
    charge = {"payment_method_details": {"type": "link"}, "balance_transaction": booked or None}
    return {"id": "pi_1", "status": "succeeded", "amount_received": 100_00, "latest_charge": charge}


def test_a_bank_account_that_waits_for_micro_deposits_is_on_its_way():
    assert read_truth(session({"id": "pi_1", "status": "requires_action"})).state == "processing"


def test_a_canceled_intent_has_failed():
    assert read_truth(session({"id": "pi_1", "status": "canceled"})).state == "failed"


def test_what_was_received_counts_and_not_what_was_asked():
    intent = charged(fee=3_20, currency="usd") | {"amount_received": 90_00}
    assert read_truth(session(intent)).amount == Money(90_00, "USD")


def test_a_fee_booked_in_another_currency_is_not_taken_for_ours():
    assert read_truth(session(charged(fee=3_20, currency="usd"))).fee_cents == 3_20
    assert read_truth(session(charged(fee=3_20, currency="eur"))).fee_cents is None
    assert read_truth(session(charged())).fee_cents is None


def test_a_card_that_came_by_another_name_is_the_method_that_was_offered():
    assert read_truth(session(charged(), payment_method_types=["card"])).method == "card"
    assert read_truth(session(charged())).method == "bank"


@pytest.mark.parametrize(
    "amount", [Money(1, "USD"), Money(7, "JPY"), Money(9, "ISK"), Money(300, "MGA"), Money(5, "KWD")]
)
def test_amounts_come_back_from_stripes_units_as_they_went(amount: Money):
    assert from_stripe(to_stripe(amount), amount.currency) == amount.cents


def test_a_part_of_an_ariary_is_refused():
    with pytest.raises(GatewayRefused):
        to_stripe(Money(150, "MGA"))


@pytest.mark.parametrize(
    "name",
    [
        "payments.signatures",
        "stripe.units",
        "practice.objects",
        "practice.page",
        "practice.webhooks",
        "practice.wire",
    ],
)
def test_the_examples_in_the_docstrings_hold(name: str):
    ran = doctest.testmod(import_module(f"milepost.gateways.{name}"))
    assert ran.attempted > 0
    assert ran.failed == 0
