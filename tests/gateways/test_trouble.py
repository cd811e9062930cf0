"""The practice gateway misbehaves on demand, and the official SDK and our gateway live with it."""

import json
from datetime import UTC, datetime

import pytest

from milepost.gateways.payments import BadSignature, GatewayUnavailable
from milepost.gateways.stripe import gateway as module
from tests.gateways.conftest import TEN_THOUSAND, Practice, pay_by_card, until


def ask(practice: Practice, kind: str, **params: str) -> None:
    practice.sdk.raw_request("post", "/practice/trouble", kind=kind, **params)


def sessions(practice: Practice) -> list[str]:
    return [one.id for one in practice.sdk.v1.checkout.sessions.list().data]


@pytest.mark.parametrize("kind", ["error_before", "error_after", "lost_answer"])
def test_one_bad_answer_is_asked_for_again_and_takes_effect_once(practice: Practice, kind: str):
    ask(practice, kind, path="/v1/checkout", times="1")
    assert practice.start().session_id == sessions(practice)[0]
    assert len(sessions(practice)) == 1


@pytest.mark.parametrize(
    ("kind", "made"), [("error_before", 0), ("error_after", 1), ("lost_answer", 1), ("half_answer", 1)]
)
def test_without_a_clear_answer_nothing_is_known_and_the_repeat_makes_it_one(
    practice: Practice, kind: str, made: int
):
    ask(practice, kind, path="/v1/checkout")
    with pytest.raises(GatewayUnavailable):
        practice.start()
    ask(practice, "none")
    assert len(sessions(practice)) == made
    practice.start()
    assert len(sessions(practice)) == 1


def test_a_refund_whose_answer_was_lost_is_made_once(practice: Practice):
    checkout = practice.start()
    pay_by_card(checkout.url)
    ask(practice, "lost_answer", path="/v1/refunds")
    with pytest.raises(GatewayUnavailable):
        practice.gateway.refund(session_id=checkout.session_id, refund_id="1-1", amount=TEN_THOUSAND)
    ask(practice, "none")
    again = practice.gateway.refund(session_id=checkout.session_id, refund_id="1-1", amount=TEN_THOUSAND)
    assert practice.gateway.fetch(checkout.session_id).refunds == (again,)


def test_an_answer_that_takes_too_long_is_no_answer(practice: Practice, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "READ_SECONDS", 0.2)
    monkeypatch.setattr(module, "NETWORK_RETRIES", 0)
    impatient = practice.gateway_with("sk_test_practice")
    ask(practice, "slow", path="/v1/checkout", times="1", milliseconds="1500")
    with pytest.raises(GatewayUnavailable):
        impatient.fetch("cs_test_00")


def test_events_are_doubled_and_forged_and_only_the_genuine_ones_are_believed(practice: Practice):
    ask(practice, "forge", path="completed", times="1")
    ask(practice, "duplicate", path="succeeded", times="1")
    pay_by_card(practice.start().url)
    until(lambda: len(practice.hook.received) == 4)
    now, believed = datetime.now(UTC), []
    for body, signature in practice.hook.received:
        try:
            believed.append(practice.gateway.read_event(body, signature, now).id)
        except BadSignature:
            continue
    assert len(believed) == 3 and len(set(believed)) == 2


def test_events_are_lost_delayed_and_sent_again(practice: Practice):
    ask(practice, "drop", path="succeeded")
    ask(practice, "delay", path="completed", times="1", milliseconds="300")
    pay_by_card(practice.start().url)
    practice.hook.wait_for("checkout.session.completed")
    assert not practice.hook.bodies("payment_intent.succeeded")
    ask(practice, "none")
    practice.sdk.raw_request("post", "/practice/resend")
    practice.hook.wait_for("payment_intent.succeeded")


def test_events_arrive_out_of_order(practice: Practice):
    practice.hook.refuse = 1_000_000
    for number in range(12):
        practice.gateway.expire(practice.start(str(number)).session_id)
    ask(practice, "shuffle", seed="5")
    practice.hook.refuse = 0
    practice.sdk.raw_request("post", "/practice/resend")
    until(lambda: len(practice.hook.received) >= 12)
    told = [json.loads(body)["data"]["object"]["client_reference_id"] for body, _ in practice.hook.received]
    assert len(set(told)) > 1 and told[:12] != sorted(told[:12], key=int)


def test_an_unknown_trouble_is_refused(practice: Practice):
    with pytest.raises(Exception, match="No such trouble"):
        ask(practice, "earthquake")
