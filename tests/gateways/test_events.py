"""Signed events: carried until they arrive, and believed only when they are genuine and of now."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from milepost.gateways.payments import BadSignature, Event
from milepost.gateways.payments.signatures import sign
from milepost.gateways.stripe import StripeGateway
from tests.gateways.conftest import SECRET, UNHURRIED, Practice, pay_by_bank, pay_by_card, until

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GATEWAY = StripeGateway(secret_key="sk_test_x", webhook_secret=SECRET)
BODY = json.dumps(
    {
        "id": "evt_1",
        "object": "event",
        "type": "charge.dispute.created",
        "data": {"object": {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1"}},
    }
).encode()


def signed(body: bytes, at: datetime, secret: str = SECRET) -> str:
    return sign(body, secret, int(at.timestamp()))


def test_a_paid_card_is_told_by_events_that_the_sdk_and_we_both_verify(practice: Practice):
    checkout = practice.start()
    pay_by_card(checkout.url)
    body, signature = practice.hook.wait_for("checkout.session.completed")

    event = stripe.Webhook.construct_event(body, signature, SECRET)
    assert event.data.object["payment_status"] == "paid"

    payment_id = practice.gateway.fetch(checkout.session_id).payment_id
    assert practice.gateway.read_event(body, signature, datetime.now(UTC)) == Event(
        event.id, "checkout.session.completed", checkout.session_id, payment_id, "attempt-1"
    )
    body, signature = practice.hook.wait_for("payment_intent.succeeded")
    about_payment = practice.gateway.read_event(body, signature, datetime.now(UTC))
    assert (about_payment.session_id, about_payment.payment_id, about_payment.attempt_id) == (
        None,
        payment_id,
        "attempt-1",
    )


def test_a_bank_payment_tells_first_that_it_is_on_its_way_and_then_that_it_arrived(practice: Practice):
    checkout = practice.start(method="bank")
    pay_by_bank(checkout.url)
    completed = json.loads(practice.hook.wait_for("checkout.session.completed")[0])
    assert completed["data"]["object"]["payment_status"] == "unpaid"
    practice.hook.wait_for("payment_intent.processing")

    practice.settle()
    arrived = json.loads(practice.hook.wait_for("checkout.session.async_payment_succeeded")[0])
    assert arrived["data"]["object"]["payment_status"] == "paid"


def test_a_refused_bank_payment_and_a_closed_checkout_are_told(practice: Practice):
    pay_by_bank(practice.start("a", method="bank").url)
    practice.settle(failure_code="R01")
    practice.hook.wait_for("checkout.session.async_payment_failed")

    practice.gateway.expire(practice.start("b").session_id)
    practice.hook.wait_for("checkout.session.expired")


def test_an_event_is_sent_again_until_the_webhook_takes_it(practice: Practice):
    practice.hook.refuse = 2
    practice.gateway.expire(practice.start().session_id)
    practice.hook.wait_for("checkout.session.expired")
    assert practice.hook.refuse < 0


def test_an_event_that_nobody_took_survives_a_restart(practice: Practice):
    practice.hook.refuse = 1_000_000
    practice.gateway.expire(practice.start().session_id)
    until(lambda: practice.hook.refuse < 1_000_000)
    practice.kill()

    practice.hook.refuse = 0
    again = practice.restarted()
    try:
        practice.hook.wait_for("checkout.session.expired")
        assert len(practice.hook.received) == 1
    finally:
        again.kill()


def test_the_gateway_lists_its_events_as_they_were_sent(practice: Practice):
    pay_by_card(practice.start().url)
    listed = practice.sdk.v1.events.list(params={"type": "payment_intent.succeeded"}).data
    assert [event.type for event in listed] == ["payment_intent.succeeded"]
    body, _ = practice.hook.wait_for("payment_intent.succeeded")
    assert practice.sdk.v1.events.retrieve(listed[0].id).to_dict(recursive=True) == json.loads(body)


def test_a_list_comes_in_pages_the_newest_first(practice: Practice):
    made = [practice.start(str(number)).session_id for number in range(5)]
    page = practice.sdk.v1.checkout.sessions.list(params={"limit": 2})
    assert [session.id for session in page.auto_paging_iter()] == made[::-1]
    assert all(newer.created >= older.created for newer, older in pairwise(page.data))


def test_a_genuine_event_of_now_is_read():
    assert GATEWAY.read_event(BODY, signed(BODY, NOW), NOW) == Event(
        "evt_1", "charge.dispute.created", None, "pi_1"
    )


@pytest.mark.parametrize("signature", ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=é", "garbage"])
def test_what_is_no_signature_is_refused(signature: str):
    with pytest.raises(BadSignature):
        GATEWAY.read_event(BODY, signature, NOW)


def test_another_secret_or_a_changed_body_is_refused():
    with pytest.raises(BadSignature):
        GATEWAY.read_event(BODY, signed(BODY, NOW, "whsec_mallory"), NOW)
    with pytest.raises(BadSignature):
        GATEWAY.read_event(BODY.replace(b"pi_1", b"pi_2"), signed(BODY, NOW), NOW)
    with pytest.raises(BadSignature):
        GATEWAY.read_event(b"\xff", signed(b"\xff", NOW), NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_event_is_refused_and_one_from_the_future_too(minutes: int):
    then = NOW + timedelta(minutes=minutes)
    with pytest.raises(BadSignature):
        GATEWAY.read_event(BODY, signed(BODY, then), NOW)
    assert GATEWAY.read_event(BODY, signed(BODY, then), then).id == "evt_1"


@UNHURRIED
@given(body=st.text().map(str.encode), at=st.integers(0, 2**40), secret=st.text("abc_", min_size=1))
def test_our_signatures_are_the_sdks(body: bytes, at: int, secret: str):
    assert sign(body, secret, at) == stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, at
    )
    assert stripe.WebhookSignature.verify_header(body, sign(body, secret, at), secret)
