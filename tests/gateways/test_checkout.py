"""The Stripe gateway, by the official SDK, against the practice gateway over HTTP."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from milepost.core.money import Money
from milepost.gateways.payments import (
    ATTEMPT_KEY,
    CheckoutTruth,
    GatewayRefused,
    GatewayUnavailable,
    KeyRefused,
)
from milepost.gateways.practice import launch
from milepost.gateways.stripe import StripeGateway
from tests.gateways.conftest import SECRET, TEN_THOUSAND, Practice, browse, pay_by_bank, pay_by_card, until


def test_a_card_pays_at_once_and_the_payer_is_sent_back_with_the_session_in_the_address(practice: Practice):
    # Given a checkout that nobody has paid
    checkout = practice.start()
    assert practice.gateway.fetch(checkout.session_id) == CheckoutTruth(
        "open", TEN_THOUSAND, "card", None, None, None
    )

    # When the payer presses Pay
    status, _, headers = pay_by_card(checkout.url)

    # Then the browser is led back, and the provider's objects say paid, with the fee
    assert (status, headers["Location"]) == (303, f"http://127.0.0.1:1/paid?session={checkout.session_id}")
    truth = practice.gateway.fetch(checkout.session_id)
    assert (truth.state, truth.amount, truth.fee_cents) == ("succeeded", TEN_THOUSAND, 290_30)
    intent = practice.sdk.v1.payment_intents.retrieve(truth.payment_id or "")
    assert (intent.amount_received, intent.metadata[ATTEMPT_KEY], intent.metadata["business"]) == (
        10_000_00,
        "attempt-1",
        "7",
    )


def test_the_same_attempt_twice_is_one_session_and_with_other_terms_it_is_refused(practice: Practice):
    first, again = practice.start(), practice.start()
    assert first == again

    with pytest.raises(GatewayRefused, match="same parameters"):
        practice.start(amount=Money(1_00, "USD"))
    assert len(practice.sdk.v1.checkout.sessions.list().data) == 1


def test_two_presses_of_pay_are_one_charge(practice: Practice):
    checkout = practice.start()
    with ThreadPoolExecutor(8) as payers:
        answers = list(payers.map(lambda _: pay_by_card(checkout.url)[0], range(8)))

    assert answers == [303] * 8
    assert [charge.status for charge in practice.sdk.v1.charges.list().data] == ["succeeded"]


def test_a_bank_payment_is_on_its_way_and_then_arrives(practice: Practice):
    # Given a bank payment that the payer has made
    checkout = practice.start(method="bank")
    assert pay_by_bank(checkout.url)[0] == 303
    truth = practice.gateway.fetch(checkout.session_id)
    assert (truth.state, truth.method, truth.fee_cents) == ("processing", "bank", None)

    # When the bank answers
    practice.settle(payment_intent=truth.payment_id or "")

    # Then it is paid, for 0.8 % and never more than 5.00
    truth = practice.gateway.fetch(checkout.session_id)
    assert (truth.state, truth.amount, truth.fee_cents) == ("succeeded", TEN_THOUSAND, 5_00)


def test_a_bank_payment_arrives_by_itself_after_its_delay(swift: Practice):
    checkout = swift.start(method="bank")
    pay_by_bank(checkout.url)
    until(lambda: swift.gateway.fetch(checkout.session_id).state == "succeeded")


def test_a_bank_payment_that_the_bank_refuses_has_failed_and_says_why(practice: Practice):
    checkout = practice.start(method="bank")
    pay_by_bank(checkout.url, "000222222227")
    practice.settle()

    truth = practice.gateway.fetch(checkout.session_id)
    assert (truth.state, truth.failure) == ("failed", "The bank account has insufficient funds.")


def test_a_declined_card_stays_on_the_page_and_another_card_still_pays(practice: Practice):
    checkout = practice.start()
    status, text, _ = pay_by_card(checkout.url, "4000000000000002")
    assert status == 200
    assert "Your card was declined." in text
    truth = practice.gateway.fetch(checkout.session_id)
    assert (truth.state, truth.failure) == ("open", "Your card was declined.")

    assert pay_by_card(checkout.url)[0] == 303
    assert practice.gateway.fetch(checkout.session_id).failure is None


def test_a_number_that_is_not_for_practice_is_refused_and_not_kept(practice: Practice):
    checkout = practice.start()
    status, text, _ = pay_by_card(checkout.url, "4111111111111111")
    assert status == 200
    assert "not one of the practice cards" in text
    practice.kill()
    kept = b"".join(file.read_bytes() for file in practice.state.parent.iterdir())
    assert b"4111111111111111" not in kept
    assert b"4111 1111" not in kept


def test_a_closed_checkout_cannot_be_paid_and_a_paid_one_cannot_be_closed(practice: Practice):
    closed, paid = practice.start("a"), practice.start("b")
    practice.gateway.expire(closed.session_id)
    practice.gateway.expire(closed.session_id)
    assert "run out" in pay_by_card(closed.url)[1]
    assert practice.gateway.fetch(closed.session_id).state == "expired"

    pay_by_card(paid.url)
    with pytest.raises(GatewayRefused, match="status of complete"):
        practice.gateway.expire(paid.session_id)


def test_a_checkout_runs_out_at_its_time(practice: Practice):
    session = practice.sdk.v1.checkout.sessions.create(
        params={
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [
                {"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Call-out"}}}
            ],
            "success_url": "http://127.0.0.1:1/",
            "cancel_url": "http://127.0.0.1:1/",
            "expires_at": int(time.time()) + 1,
        }
    )
    until(lambda: practice.gateway.fetch(session.id).state == "expired")


def test_yen_have_no_cents_and_pass_as_they_are(practice: Practice):
    checkout = practice.start(amount=Money(150_000, "JPY"))
    assert "150,000 JPY" in browse(checkout.url)[1]
    pay_by_card(checkout.url)
    assert practice.gateway.fetch(checkout.session_id).amount == Money(150_000, "JPY")


def test_what_the_gateway_will_not_take_is_a_refusal_in_its_words(practice: Practice):
    with pytest.raises(GatewayRefused, match="below the minimum"):
        practice.start(amount=Money(49, "USD"))
    with pytest.raises(GatewayRefused, match="No such"):
        practice.gateway.fetch("cs_test_00")
    with pytest.raises(GatewayRefused, match="email"):
        practice.start("other", email="nobody")


def test_a_wrong_key_is_told_apart_and_never_repeated_in_words(practice: Practice):
    gateway = practice.gateway_with("sk_test_stolen_secret")
    with pytest.raises(KeyRefused) as refused:
        gateway.fetch("cs_test_00")
    assert "stolen" not in str(refused.value)
    assert "stolen" not in repr(gateway)
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_other", base_addresses={"api": practice.url}).v1.events.list()


def test_a_gateway_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("milepost.gateways.stripe.gateway.NETWORK_RETRIES", 0)
    gateway = StripeGateway(secret_key="sk_x", webhook_secret=SECRET, api_base="http://127.0.0.1:1")
    with pytest.raises(GatewayUnavailable):
        gateway.fetch("cs_test_00")


def test_what_was_paid_survives_a_kill_and_the_repeat_still_gives_the_same_session(practice: Practice):
    checkout = practice.start(method="bank")
    pay_by_bank(checkout.url)
    practice.kill()

    again = practice.restarted()
    try:
        assert again.start(method="bank") == checkout
        again.settle()
        assert again.gateway.fetch(checkout.session_id).state == "succeeded"
    finally:
        again.kill()


def test_a_taken_port_is_told_in_words(practice: Practice, capfd: pytest.CaptureFixture[str]):
    port = int(practice.url.rpartition(":")[2])
    with pytest.raises(RuntimeError, match="code 1"):
        launch.start(state=practice.state, webhook_url=practice.hook.url, webhook_secret=SECRET, port=port)
    assert "cannot start" in capfd.readouterr().err


def test_the_practice_process_stands_on_the_standard_library_alone():
    probe = (
        "import sys, milepost.gateways.practice.__main__ as _;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names - {'milepost'}))"
    )
    ran = subprocess.run([sys.executable, "-S", "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() in ("[]", "['__main__']")
